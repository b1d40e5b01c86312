//! Editing a standard's text at the places that its parser tells.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Change, RATING, Reason};

type Value<'a> = Spanned<DeValue<'a>>;

fn parsed(text: &str) -> Result<DeTable<'_>, Reason> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        Ok(table.into_inner())
    } else {
        Err(Reason::NotToml)
    }
}

/// The table of an array of tables whose `key` is this.
fn one_of<'a, 'b>(
    root: &'a DeTable<'b>,
    part: &str,
    key: &str,
    word: &str,
) -> Option<&'a DeTable<'b>> {
    let all = root.get(part)?.get_ref().as_array()?;
    let mut tables = all.iter().filter_map(|item| item.get_ref().as_table());
    tables.find(|table| says(table, key, word))
}

fn says(table: &DeTable<'_>, key: &str, word: &str) -> bool {
    let said = table.get(key).and_then(|value| value.get_ref().as_str());
    said == Some(word)
}

fn title_of<'a, 'b>(root: &'a DeTable<'b>, change: &Change) -> Result<&'a DeTable<'b>, Reason> {
    one_of(root, "title", "key", &change.title).ok_or(Reason::NoTitle)
}

/// Where a title mentions a clause.
fn mention_of<'a, 'b>(title: &'a DeTable<'b>, clause: &str) -> Option<&'a Value<'b>> {
    let mentions = title.get("criteria")?.get_ref().as_array()?;
    let mut mentions = mentions.iter();
    mentions.find(|mention| {
        let table = mention.get_ref().as_table();
        table.is_some_and(|table| says(table, "clause", clause))
    })
}

/// The value at a path from a table; places in lists are counted from 0.
fn at_path<'a, 'b>(table: &'a DeTable<'b>, path: &str) -> Option<&'a Value<'b>> {
    let mut keys = path.split('.');
    let mut value = table.get(keys.next()?)?;
    for key in keys {
        value = match value.get_ref() {
            DeValue::Table(table) => table.get(key)?,
            DeValue::Array(array) => array.get(key.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

fn spliced(text: &str, range: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..range.start], &text[range.end..])
}

/// A change with its path as the file spells it, and its value as the file writes it, where it names a check by its place or how ratings are counted.
fn spelled(root: &DeTable<'_>, change: &Change) -> Change {
    let mut spelled = change.clone();
    if change.title == RATING && change.clause.is_empty() && title_of(root, change).is_err() {
        spelled.title.clear();
        spelled.path = match change.path.as_str() {
            "counts" | "of" => format!("rating.formula.{}", change.path),
            path => format!("rating.{path}"),
        };
        if change.path == "of" && change.value == "cast" {
            let cast = at_path(root, "rating.cast");
            let cast = cast.and_then(|cast| cast.get_ref().as_array());
            let words = cast.into_iter().flat_map(|cast| cast.iter());
            let words: Vec<&str> = words.filter_map(|word| word.get_ref().as_str()).collect();
            spelled.value = words.join(",");
        }
        return spelled;
    }
    let Some((place, parameter)) = change.path.split_once('.') else {
        return spelled;
    };
    let Ok(place) = place.parse::<usize>() else {
        return spelled;
    };
    let mention = title_of(root, change).ok();
    let mention = mention.and_then(|title| mention_of(title, &change.clause));
    let mention = mention.and_then(|mention| mention.get_ref().as_table());
    let own = mention.filter(|mention| mention.contains_key("check"));
    let Some(of) = own.or_else(|| one_of(root, "criterion", "clause", &change.clause)) else {
        return spelled;
    };
    let Some(check) = checks(of).into_iter().nth(place) else {
        return spelled;
    };
    let activities = format!("{check}.activities");
    spelled.path = match parameter {
        "none" => format!("{check}.none_is_met"),
        // The check itself, whose parts are all asked for or any of them.
        "of" => check,
        parameter if at_path(of, &activities).is_some() => format!("{activities}.{parameter}"),
        parameter => format!("{check}.{parameter}"),
    };
    if parameter == "none" {
        let is_met = change.value == "met" || change.value == "true";
        spelled.value = is_met.to_string();
    }
    spelled
}

/// The paths of all checks of a criterion, as what-if counts them: each before its parts. None where a condition stands around the check.
fn checks(of: &DeTable<'_>) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(check) = of.get("check").filter(|_| !of.contains_key("when")) {
        walk("check".to_owned(), check, &mut found);
    }
    found
}

fn walk(path: String, check: &Value<'_>, found: &mut Vec<String>) {
    found.push(path.clone());
    let Some(table) = check.get_ref().as_table() else {
        return;
    };
    for key in ["all", "any"] {
        let parts = table.get(key).and_then(|parts| parts.get_ref().as_array());
        for (place, part) in parts.into_iter().flat_map(|parts| parts.iter()).enumerate() {
            walk(format!("{path}.{key}.{place}"), part, found);
        }
    }
    for key in ["when", "then"] {
        if let Some(part) = table.get(key) {
            walk(format!("{path}.{key}"), part, found);
        }
    }
}

/// Whether all parts of a check are asked for or any of them: its key is written anew.
fn change_parts(text: &str, check: &Value<'_>, change: &Change) -> Result<String, Reason> {
    let table = check.get_ref().as_table().ok_or(Reason::NoValue)?;
    let key = table.iter().map(|(key, _)| key);
    let key = key.into_iter().find(|key| {
        let word: &str = key.get_ref().as_ref();
        word == "all" || word == "any"
    });
    let key = key.ok_or(Reason::NoValue)?;
    match change.value.as_str() {
        "all" | "any" => Ok(spliced(text, key.span(), &change.value)),
        _ => Err(Reason::OtherSort {
            such_as: "all".to_owned(),
        }),
    }
}

/// Writes another value at a change's path.
pub(super) fn change_value(text: &str, change: &Change) -> Result<String, Reason> {
    let root = parsed(text)?;
    let change = &spelled(&root, change);
    if change.title.is_empty() && change.clause.is_empty() {
        let value = match change.path.strip_prefix("parameter.") {
            Some(key) => newest_of(&root, key),
            None => at_path(&root, &change.path),
        };
        return written(text, value.ok_or(Reason::NoValue)?, &change.value);
    }
    if change.clause.is_empty() {
        let title = title_of(&root, change)?;
        let value = at_path(title, &change.path).ok_or(Reason::NoValue)?;
        return written(text, value, &change.value);
    }
    let criterion = one_of(&root, "criterion", "clause", &change.clause);
    let criterion = criterion.ok_or(Reason::NoCriterion)?;
    if !change.title.is_empty() {
        let title = title_of(&root, change)?;
        let mention = mention_of(title, &change.clause).ok_or(Reason::NotAsked)?;
        if let Some(value) = mention
            .get_ref()
            .as_table()
            .and_then(|table| at_path(table, &change.path))
        {
            return of_criterion(text, &root, value, change);
        }
        let key = change.path.split('.').next().unwrap_or_default();
        if is_asked_elsewhere(&root, change)
            && let Some(own) = criterion.get(key)
        {
            // The title gets its own word for it, and the others keep theirs.
            let own = &text[own.span()];
            let end = mention.span().end.saturating_sub(1);
            let before = text[..end].trim_end();
            let comma = if before.ends_with(['{', ',']) {
                ""
            } else {
                ","
            };
            let own = format!("{comma} {key} = {own} ");
            let copied = spliced(text, before.len()..end, &own);
            return change_own(&copied, change);
        }
    }
    let value = at_path(criterion, &change.path).ok_or(Reason::NoValue)?;
    of_criterion(text, &root, value, change)
}

/// Writes a value of a title's own check, where the title was just given it: a parameter, which others use too, gives way to the value.
fn change_own(text: &str, change: &Change) -> Result<String, Reason> {
    let root = parsed(text)?;
    let title = title_of(&root, change)?;
    let mention = mention_of(title, &change.clause).ok_or(Reason::NotAsked)?;
    let table = mention.get_ref().as_table().ok_or(Reason::NotAsked)?;
    let value = at_path(table, &change.path).ok_or(Reason::NoValue)?;
    if change.value == "all" || change.value == "any" {
        return change_parts(text, value, change);
    }
    match parameter_of(&root, value) {
        Some(sample) => {
            let new = literal(text, sample, &change.value)?;
            Ok(spliced(text, value.span(), &new))
        }
        None => written(text, value, &change.value),
    }
}

/// Writes a value of a criterion, or of the parameter that it names, and the same figure in the criterion's words.
fn of_criterion(
    text: &str,
    root: &DeTable<'_>,
    value: &Value<'_>,
    change: &Change,
) -> Result<String, Reason> {
    if change.value == "all" || change.value == "any" {
        return change_parts(text, value, change);
    }
    let value = parameter_of(root, value).unwrap_or(value);
    let was = value.get_ref().as_str().map(str::to_owned);
    let changed = written(text, value, &change.value)?;
    match was {
        Some(was) if was.ends_with('%') => said_anew(&changed, change, &was),
        _ => Ok(changed),
    }
}

/// The newest value of the parameter that a value names, if it names one.
fn parameter_of<'a, 'b>(root: &'a DeTable<'b>, value: &Value<'_>) -> Option<&'a Value<'b>> {
    let named = value.get_ref().as_table()?.get("parameter")?;
    newest_of(root, named.get_ref().as_str()?)
}

fn newest_of<'a, 'b>(root: &'a DeTable<'b>, key: &str) -> Option<&'a Value<'b>> {
    let parameter = one_of(root, "parameter", "key", key)?;
    let values = parameter.get("values")?.get_ref().as_array()?;
    values.iter().last()?.get_ref().as_table()?.get("value")
}

fn is_asked_elsewhere(root: &DeTable<'_>, change: &Change) -> bool {
    let titles = root.get("title").and_then(|all| all.get_ref().as_array());
    let titles = titles.into_iter().flat_map(|all| all.iter());
    let mut titles = titles.filter_map(|title| title.get_ref().as_table());
    titles.any(|title| {
        !says(title, "key", &change.title) && mention_of(title, &change.clause).is_some()
    })
}

fn written(text: &str, value: &Value<'_>, new: &str) -> Result<String, Reason> {
    let new = literal(text, value, new)?;
    Ok(spliced(text, value.span(), &new))
}

/// A typed value as TOML of the same sort as what stands there.
fn literal(text: &str, value: &Value<'_>, new: &str) -> Result<String, Reason> {
    let new = new.trim();
    let other = || Reason::OtherSort {
        such_as: text[value.span()].chars().take(60).collect(),
    };
    match value.get_ref() {
        DeValue::String(was) if was.ends_with('%') => {
            let number = new.trim_end_matches(['%', '％']).trim_end();
            let is_number = number.chars().all(|c| c.is_ascii_digit() || c == '.');
            if number.is_empty() || !is_number {
                return Err(other());
            }
            Ok(format!("\"{number}%\""))
        }
        DeValue::String(_) => Ok(quoted(new)),
        DeValue::Integer(_) => {
            let number: i64 = new.parse().map_err(|_| other())?;
            Ok(number.to_string())
        }
        DeValue::Boolean(_) if new == "true" || new == "false" => Ok(new.to_owned()),
        DeValue::Datetime(_) => {
            let day: jiff::civil::Date = new.parse().map_err(|_| other())?;
            Ok(day.to_string())
        }
        DeValue::Array(array) => {
            let is_words = array.iter().all(|item| item.get_ref().is_str());
            if !is_words {
                return Err(other());
            }
            let words = new.split([',', '，', '、', '+']).map(str::trim);
            let words: Vec<String> = words.filter(|word| !word.is_empty()).map(quoted).collect();
            Ok(format!("[{}]", words.join(", ")))
        }
        _ => Err(other()),
    }
}

pub(super) fn quoted(word: &str) -> String {
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The criterion's words with the new percentage in the places of the old one.
fn said_anew(text: &str, change: &Change, was: &str) -> Result<String, Reason> {
    let root = parsed(text)?;
    let criterion = one_of(&root, "criterion", "clause", &change.clause);
    let criterion = criterion.ok_or(Reason::NoCriterion)?;
    let old = was.trim_end_matches('%');
    let new = change.value.trim().trim_end_matches(['%', '％']).trim_end();
    let mut spans: Vec<Range<usize>> = ["name", "text", "advice"]
        .into_iter()
        .filter_map(|key| criterion.get(key))
        .map(Spanned::span)
        .collect();
    // From the end on, so that the places before stay as they are.
    spans.sort_by_key(|span| std::cmp::Reverse(span.start));
    let mut changed = text.to_owned();
    for span in spans {
        let words = replaced(&changed[span.clone()], old, new);
        changed = spliced(&changed, span, &words);
    }
    Ok(changed)
}

/// `85%`, `85 %` and `85％` with another number; `185%` and `0.85%` are other figures.
fn replaced(words: &str, old: &str, new: &str) -> String {
    let mut done = String::new();
    let mut rest = words;
    while let Some(at) = rest.find(old) {
        let before = rest[..at].chars().next_back();
        let after = &rest[at + old.len()..];
        let is_apart = !before.is_some_and(|c| c.is_ascii_digit() || c == '.');
        let is_percentage = after.trim_start_matches(' ').starts_with(['%', '％']);
        done.push_str(&rest[..at]);
        done.push_str(if is_apart && is_percentage { new } else { old });
        rest = after;
    }
    done.push_str(rest);
    done
}

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
