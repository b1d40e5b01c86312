//! Finding in a standard's text what a change is about.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Change, RATING, Reason};

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

pub(super) fn parsed(text: &str) -> Result<DeTable<'_>, Reason> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        Ok(table.into_inner())
    } else {
        Err(Reason::NotToml)
    }
}

/// The table of an array of tables whose `key` is this.
pub(super) fn one_of<'a, 'b>(
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

pub(super) fn title_of<'a, 'b>(
    root: &'a DeTable<'b>,
    change: &Change,
) -> Result<&'a DeTable<'b>, Reason> {
    one_of(root, "title", "key", &change.title).ok_or(Reason::NoTitle)
}

/// Where a title mentions a clause.
pub(super) fn mention_of<'a, 'b>(title: &'a DeTable<'b>, clause: &str) -> Option<&'a Value<'b>> {
    let mentions = title.get("criteria")?.get_ref().as_array()?;
    let mut mentions = mentions.iter();
    mentions.find(|mention| {
        let table = mention.get_ref().as_table();
        table.is_some_and(|table| says(table, "clause", clause))
    })
}

/// The value at a path from a table; places in lists are counted from 0.
pub(super) fn at_path<'a, 'b>(table: &'a DeTable<'b>, path: &str) -> Option<&'a Value<'b>> {
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

/// A change with its path as the file spells it, and its value as the file writes it, where it names a check by its place or how ratings are counted.
pub(super) fn spelled(root: &DeTable<'_>, change: &Change) -> Change {
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

/// The newest value of the parameter that a value names, if it names one.
pub(super) fn parameter_of<'a, 'b>(
    root: &'a DeTable<'b>,
    value: &Value<'_>,
) -> Option<&'a Value<'b>> {
    let named = value.get_ref().as_table()?.get("parameter")?;
    newest_of(root, named.get_ref().as_str()?)
}

pub(super) fn newest_of<'a, 'b>(root: &'a DeTable<'b>, key: &str) -> Option<&'a Value<'b>> {
    let parameter = one_of(root, "parameter", "key", key)?;
    let values = parameter.get("values")?.get_ref().as_array()?;
    values.iter().last()?.get_ref().as_table()?.get("value")
}

pub(super) fn is_asked_elsewhere(root: &DeTable<'_>, change: &Change) -> bool {
    let titles = root.get("title").and_then(|all| all.get_ref().as_array());
    let titles = titles.into_iter().flat_map(|all| all.iter());
    let mut titles = titles.filter_map(|title| title.get_ref().as_table());
    titles.any(|title| {
        !says(title, "key", &change.title) && mention_of(title, &change.clause).is_some()
    })
}
