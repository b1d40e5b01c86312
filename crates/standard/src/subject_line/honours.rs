//! Titles held and vetoes, of a unit and of a person's union.

use serde_json::Value;

use crate::kinds::HonourLevel;
use crate::mistyped::Wanted;
use crate::programme::Standard;
use crate::subject::{HeldTitle, UnionOfPerson, VetoState};
use crate::subject_line::errors::Errors;

pub(crate) fn union_of_person(
    standard: &Standard,
    value: &Value,
    errors: &mut Errors,
) -> Option<UnionOfPerson> {
    let object = errors.object(value, &["titles", "vetoes"])?;
    let titles = errors.list(object, "titles", |item, errors| {
        held_title(standard, item, errors)
    });
    let vetoes = errors.list(object, "vetoes", |item, errors| {
        veto(standard, item, errors)
    });
    Some(UnionOfPerson {
        titles: titles.unwrap_or_default(),
        vetoes: vetoes.unwrap_or_default(),
    })
}

pub(crate) fn held_title(
    standard: &Standard,
    value: &Value,
    errors: &mut Errors,
) -> Option<HeldTitle> {
    let object = errors.object(value, &["title", "year", "level", "reconfirmed"])?;
    errors.required(object, "title");
    errors.required(object, "year");
    let title = errors.text(object, "title");
    if let Some(title) = title
        && standard.title(title).is_none()
    {
        let known: Vec<&str> = standard
            .titles
            .iter()
            .map(|title| title.key.as_str())
            .collect();
        errors.none_of("title", title, &known);
    }
    let year = errors.year(object, "year");
    let level: Option<HonourLevel> = errors.keyed(object, "level");
    let reconfirmed = match object.get("reconfirmed") {
        None => false,
        Some(Value::Bool(truth)) => *truth,
        Some(found) => {
            errors.mistyped("reconfirmed", found, Wanted::Truth);
            false
        }
    };
    Some(HeldTitle {
        title: title?.to_owned(),
        year: year?,
        level,
        reconfirmed,
    })
}

pub(crate) fn veto(standard: &Standard, value: &Value, errors: &mut Errors) -> Option<VetoState> {
    let object = errors.object(value, &["clause", "year"])?;
    errors.required(object, "clause");
    errors.required(object, "year");
    let year = errors.year(object, "year");
    let clause = errors.text(object, "clause")?;
    if standard.veto(clause).is_none() {
        let known: Vec<&str> = standard
            .vetoes
            .iter()
            .map(|veto| veto.clause.as_str())
            .collect();
        errors.none_of("clause", clause, &known);
    }
    Some(VetoState {
        clause: clause.to_owned(),
        year: year?,
    })
}
