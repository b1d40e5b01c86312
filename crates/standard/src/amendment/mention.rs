//! Which clauses a title asks for.

use std::ops::Range;

use super::editing::{quoted, spliced};
use super::finding::{mention_of, one_of, parsed, title_of};
use super::{Change, Reason};

/// Adds a clause at the end of a title's criteria.
pub(super) fn add_mention(text: &str, change: &Change) -> Result<String, Reason> {
    let root = parsed(text)?;
    let title = title_of(&root, change)?;
    one_of(&root, "criterion", "clause", &change.clause).ok_or(Reason::NoCriterion)?;
    if mention_of(title, &change.clause).is_some() {
        return Err(Reason::AskedAlready);
    }
    let criteria = title.get("criteria").ok_or(Reason::NoValue)?;
    let mentions = criteria.get_ref().as_array().ok_or(Reason::NoValue)?;
    let mention = format!("{{ clause = {} }}", quoted(&change.clause));
    let Some(last) = mentions.iter().last() else {
        return Ok(spliced(text, criteria.span(), &format!("[{mention}]")));
    };
    let last = last.span();
    let line = text[..last.start].rfind('\n').map_or(0, |end| end + 1);
    let indent = &text[line..last.start];
    let is_alone = indent.chars().all(|c| c == ' ' || c == '\t');
    let new = if is_alone {
        format!(",\n{indent}{mention}")
    } else {
        format!(", {mention}")
    };
    // A comma behind the last one stays behind the new one.
    Ok(spliced(text, last.end..last.end, &new))
}

/// Takes a clause out of a title's criteria, with the rest of its line.
pub(super) fn drop_mention(text: &str, change: &Change) -> Result<String, Reason> {
    let root = parsed(text)?;
    let title = title_of(&root, change)?;
    let mention = mention_of(title, &change.clause).ok_or(Reason::NotAsked)?;
    let Range { start, mut end } = mention.span();
    let after = &text[end..];
    let has_comma = after.trim_start().starts_with(',');
    if has_comma {
        end += after.find(',').map_or(0, |comma| comma + 1);
    }
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    let before = text[line_start..start].trim();
    let behind = text[end..line_end].trim();
    if before.is_empty() && (behind.is_empty() || behind.starts_with('#')) {
        return Ok(spliced(text, line_start..line_end, ""));
    }
    let behind = text[end..].len() - text[end..].trim_start_matches(' ').len();
    let mut start = start;
    if !has_comma {
        // The last of a line: the comma before it goes, too.
        let kept = text[..start].trim_end();
        start = kept.strip_suffix(',').unwrap_or(kept).len();
    }
    Ok(spliced(text, start..end + behind, ""))
}
