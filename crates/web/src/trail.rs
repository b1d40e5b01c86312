//! A line of the trail in words: what it is about, where that is shown, and what it says, without ids, JSON or UTC.

use jianjia_app::core::{audit::Named, standard::Standards};
use jianjia_domain::{
    core::audit::{AuditLine, Written, object::Noun},
    rating::poll::signal::Signal,
};
use serde_json::{Map, Value};

use crate::{frame::Frame, pages::exchange::address::ARCHIVES, trail::keys::Keys};

pub(crate) mod keys;

/// What a line is about, as people know it; empty where that is the city or the trail itself.
pub(crate) fn object(
    frame: &Frame,
    standards: &Standards,
    line: &AuditLine,
    named: Option<&Named>,
) -> String {
    let title = |key: &str, year: i16| {
        standards.title(year, key).map_or_else(
            || key.to_owned(),
            |title| frame.text(&title.name).to_owned(),
        )
    };
    if let Some(named) = named {
        let year = i16::try_from(named.year).unwrap_or(0);
        return match (named.title.as_str(), year) {
            ("", 0) => named.name.clone(),
            ("", year) => format!("{} {year}", named.name),
            (key, year) => format!("{} · {} {year}", named.name, title(key, year)),
        };
    }
    match &line.noun {
        Written::Known(
            Noun::Round | Noun::CertificateKey | Noun::Archive | Noun::Subsidies | Noun::MoneyYear,
        ) => line.noun_id.clone(),
        Written::Known(Noun::Department) => {
            let (year, key) = line.noun_id.split_once('/').unwrap_or_default();
            let department = year
                .parse()
                .ok()
                .and_then(|year| standards.of(year).department(key));
            let name = department.map_or(key, |found| frame.text(&found.name));
            format!("{name} {year}")
        }
        Written::Known(Noun::Quota | Noun::Recommendation) => {
            let mut parts = line.noun_id.split('/');
            let year: i16 = parts.next().and_then(|year| year.parse().ok()).unwrap_or(0);
            let key = parts.next().unwrap_or_default();
            format!("{} {year}", title(key, year))
        }
        _ => String::new(),
    }
}

/// The page on which it is shown; empty where there is none.
pub(crate) fn link(line: &AuditLine) -> String {
    let (Written::Known(noun), id) = (&line.noun, &line.noun_id) else {
        return String::new();
    };
    match noun {
        Noun::Application => format!("/applications/{id}"),
        Noun::Amendment | Noun::Edition => format!("/amendments/{id}"),
        Noun::Archive => ARCHIVES.to_owned(),
        Noun::Honour => format!("/honours/{id}"),
        Noun::Doubt => format!("/insight/x-ray/{id}"),
        Noun::Forward => format!("/priority/forwards/{id}"),
        Noun::Batch => format!("/honours/batches/{id}"),
        Noun::Unit => format!("/units/{id}"),
        Noun::Veto => format!("/vetoes/{id}"),
        Noun::Entry => format!("/entries/{id}"),
        Noun::Department => format!("/departments/{id}"),
        Noun::Poll => format!("/ratings/{id}"),
        Noun::Evidence => format!("/evidence/{id}"),
        Noun::GrantList => format!("/grant-lists/{id}"),
        Noun::LedgerEntry => format!("/ledger-entries/{id}"),
        Noun::MoneyYear => format!("/money/{id}"),
        Noun::PaymentRun => format!("/payments/{id}"),
        Noun::Letter => format!("/letters/{id}"),
        Noun::Case => format!("/cases/{id}"),
        Noun::Topic => format!("/topics/{id}"),
        Noun::Meeting => format!("/meetings/{id}"),
        Noun::Objection => format!("/objections/{id}"),
        Noun::Proposal => format!("/what-if/saved/{id}"),
        Noun::Publication => format!("/publications/{id}"),
        Noun::SpotCheck => "/spot-checks".to_owned(),
        Noun::Visit => format!("/visits/{id}"),
        Noun::Round => "/rounds".to_owned(),
        Noun::Subsidies => format!("/subsidies/{id}"),
        Noun::Standard => "/standard".to_owned(),
        Noun::Activity => unit(line, "/activities"),
        Noun::Person | Noun::Election => unit(line, "/people"),
        Noun::Statement => unit(line, ""),
        _ => String::new(),
    }
}

fn unit(line: &AuditLine, page: &str) -> String {
    line.unit_id
        .map_or_else(String::new, |id| format!("/units/{id}{page}"))
}

/// What a line says, each with its word.
pub(crate) fn pairs(frame: &Frame, standards: &Standards, detail: &Value) -> Vec<(String, String)> {
    let Value::Object(fields) = detail else {
        return Vec::new();
    };
    let keys = Keys::of(frame, standards);
    told(&keys, fields)
}

/// Fields that say what the others are of.
const IS_OF: [&str; 6] = ["object", "clause", "title", "name", "kind", "batch"];

fn told(keys: &Keys<'_>, fields: &Map<String, Value>) -> Vec<(String, String)> {
    ordered(fields)
        .into_iter()
        .filter_map(|(key, value)| Some((keys.field(key), words(keys, key, value)?)))
        .collect()
}

/// What a count is of stands before it; else fields stand by their keys.
fn ordered(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_by_key(|(key, _)| !IS_OF.contains(&key.as_str()));
    fields
}

/// A value of a field in words; none where it is an id, or says nothing.
fn words(keys: &Keys<'_>, field: &str, value: &Value) -> Option<String> {
    let frame = keys.frame;
    match value {
        Value::Null => None,
        Value::Bool(true) => Some(frame.t("是").to_owned()),
        Value::Bool(false) => Some(frame.t("否").to_owned()),
        // Steps and members of a group are counted from 0.
        Value::Number(number) if matches!(field, "step" | "member") => {
            Some(number.as_u64().unwrap_or(0).saturating_add(1).to_string())
        }
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => text_of(keys, field, text),
        Value::Array(list) => {
            let each: Vec<String> = list
                .iter()
                .filter_map(|one| words(keys, field, one))
                .collect();
            match (each.is_empty(), list.is_empty()) {
                (false, _) => Some(each.join(frame.t("、"))),
                // A list of ids: how many.
                (true, false) => Some(list.len().to_string()),
                (true, true) => None,
            }
        }
        Value::Object(fields) => {
            if let Ok(signal) = serde_json::from_value::<Signal>(value.clone()) {
                return Some(signal.sentence(frame.lang));
            }
            let colon = frame.t("：");
            let pairs: Vec<String> = told(keys, fields)
                .into_iter()
                .map(|(what, is)| format!("{what}{colon}{is}"))
                .collect();
            (!pairs.is_empty()).then(|| pairs.join(frame.t("，")))
        }
    }
}

fn text_of(keys: &Keys<'_>, field: &str, text: &str) -> Option<String> {
    if text.is_empty() || is_machine_s(text) {
        return None;
    }
    if text.parse::<jiff::Timestamp>().is_ok() {
        return Some(keys.frame.minute(text));
    }
    if text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10 {
        return Some(keys.frame.day(text));
    }
    Some(keys.value(field, text))
}

/// An id or a digest, alone or behind a word: nothing that people read.
fn is_machine_s(text: &str) -> bool {
    let last = text.rsplit([':', '/']).next().unwrap_or(text);
    let digits = last.chars().filter(|c| *c != '-');
    let (mut number, mut is_hex) = (0, true);
    for digit in digits {
        number += 1;
        is_hex &= digit.is_ascii_hexdigit();
    }
    is_hex && number >= 32
}

#[cfg(test)]
mod tests {
    use super::{is_machine_s, ordered};

    #[test]
    fn what_is_counted_stands_before_its_counts() {
        let fields = serde_json::json!({ "answers": 3, "ballots": 4, "object": "home", "void": 1 });
        let fields = fields.as_object().unwrap();
        let keys: Vec<&str> = ordered(fields)
            .into_iter()
            .map(|(key, _)| key.as_str())
            .collect();
        assert_eq!(keys, ["object", "answers", "ballots", "void"]);
    }

    #[test]
    fn ids_and_digests_are_told_from_words() {
        for text in [
            "00000000000000000000000000000007",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            "activity:01890a5dac96774bbcceb302099a8057",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ] {
            assert!(is_machine_s(text), "{text}");
        }
        for text in [
            "",
            "M1b",
            "天宁区总工会",
            "2016-10-20",
            "1000000000",
            "deadbeef",
        ] {
            assert!(!is_machine_s(text), "{text}");
        }
    }
}
