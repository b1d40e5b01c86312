//! The object of a line: a subject with its parts.

use serde_json::Value;

use crate::programme::Standard;
use crate::subject::{Activity, Subject};
use crate::subject_line::ReadAnswer;
use crate::subject_line::counts::{rating, subordinates};
use crate::subject_line::errors::Errors;
use crate::subject_line::facts::facts;
use crate::subject_line::honours::{held_title, union_of_person, veto};

const KEYS: &[&str] = &[
    "id",
    "kind",
    "employer",
    "post",
    "founded_on",
    "facts",
    "activities",
    "rating",
    "titles",
    "vetoes",
    "subordinates",
    "union",
];

pub(crate) fn subject(
    standard: &Standard,
    value: &Value,
    read_answer: ReadAnswer,
    errors: &mut Errors,
) -> Option<Subject> {
    let belongs_below = |key: &str| standard.fact(key).map(|_| format!("facts.{key}"));
    let object = errors.object_meaning(value, KEYS, belongs_below)?;
    errors.required(object, "id");
    errors.required(object, "kind");
    let id = errors.text(object, "id").map(str::to_owned);
    let kind = errors.keyed(object, "kind");
    let employer = errors.keyed(object, "employer");
    let post = errors.keyed(object, "post");
    let founded_on = errors.day(object, "founded_on");
    let facts = object
        .get("facts")
        .map(|value| {
            errors.within("facts".to_owned(), |errors| {
                facts(standard, value, read_answer, errors)
            })
        })
        .unwrap_or_default();
    let activities = errors.list(object, "activities", |item, errors| {
        activity(standard, item, errors)
    });
    let rating = object.get("rating").and_then(|value| {
        errors.within("rating".to_owned(), |errors| {
            rating(standard, value, errors)
        })
    });
    let titles = errors.list(object, "titles", |item, errors| {
        held_title(standard, item, errors)
    });
    let vetoes = errors.list(object, "vetoes", |item, errors| {
        veto(standard, item, errors)
    });
    let subordinates = object.get("subordinates").and_then(|value| {
        errors.within("subordinates".to_owned(), |errors| {
            subordinates(standard, value, errors)
        })
    });
    let union = object.get("union").and_then(|value| {
        errors.within("union".to_owned(), |errors| {
            union_of_person(standard, value, errors)
        })
    });
    Some(Subject {
        id: id?,
        kind: kind?,
        employer,
        post,
        founded_on,
        facts,
        activities,
        rating,
        titles: titles.unwrap_or_default(),
        vetoes: vetoes.unwrap_or_default(),
        subordinates,
        union,
    })
}

fn activity(standard: &Standard, value: &Value, errors: &mut Errors) -> Option<Activity> {
    let object = errors.object(value, &["on", "kind"])?;
    errors.required(object, "on");
    errors.required(object, "kind");
    let on = errors.day(object, "on");
    let kind = errors.text(object, "kind")?;
    if standard.activity_kind(kind).is_none() {
        let known: Vec<&str> = standard
            .activity_kinds
            .iter()
            .map(|kind| kind.key.as_str())
            .collect();
        errors.none_of("kind", kind, &known);
    }
    Some(Activity {
        on: on?,
        kind: kind.to_owned(),
    })
}
