//! Editing a standard's text at the places that its parser tells.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::finding::{
    Value, at_path, is_asked_elsewhere, mention_of, newest_of, one_of, parameter_of, parsed,
    spelled, title_of,
};
use super::{Change, Reason};

pub(super) fn spliced(text: &str, range: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..range.start], &text[range.end..])
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
