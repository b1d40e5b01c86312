//! What the unions said of a year, and of those of their people who strive for a title.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::StatementId,
    year::statement::{Source, Statement},
};
use jiff::civil::Date;
use serde_json::Value;

use crate::{
    core::{
        city::{City, Ids},
        day::morning,
    },
    year::fact::Answers,
};

/// What the units said of a year, all on one day. The chair says it.
///
/// # Errors
/// When an answer can't be written.
pub fn of_units(
    city: &City,
    ids: &Ids,
    year: i16,
    said_on: Date,
    answers: &[Option<Answers>],
) -> Result<Vec<Statement>> {
    let mut chairs = vec![""; city.units.len()];
    for person in city.people.iter().rev() {
        chairs[person.unit] = &person.name;
    }
    answers
        .iter()
        .enumerate()
        .filter_map(|(unit, answers)| Some((unit, answers.as_ref()?)))
        .map(|(unit, answers)| {
            let said = statement(city, ids, unit, (year, said_on), answers)?;
            Ok(Statement {
                said_by_name: chairs[unit].to_owned(),
                ..said
            })
        })
        .collect()
}

/// What people said of themselves: only those who strive for a title.
///
/// # Errors
/// When an answer can't be written.
pub fn of_people(
    city: &City,
    ids: &Ids,
    year: i16,
    said_on: Date,
    answers: &[(usize, Answers)],
) -> Result<Vec<Statement>> {
    answers
        .iter()
        .map(|(index, answers)| {
            let person = &city.people[*index];
            let said = statement(city, ids, person.unit, (year, said_on), answers)?;
            Ok(Statement {
                person: Some(person.id),
                said_by_name: person.name.clone(),
                ..said
            })
        })
        .collect()
}

/// A statement that nobody said yet.
fn statement(
    city: &City,
    ids: &Ids,
    unit: usize,
    (year, said_on): (i16, Date),
    answers: &Answers,
) -> Result<Statement> {
    let unit = &city.units[unit];
    let facts = answers
        .iter()
        .map(|(key, value)| Ok((key.clone(), serde_json::to_value(value)?)))
        .collect::<Result<BTreeMap<String, Value>>>()
        .context("the answers of a unit")?;
    Ok(Statement {
        id: StatementId(ids.next()),
        unit: unit.id,
        unit_path: unit.path.clone(),
        person: None,
        year,
        source: Source::Union,
        facts,
        said_by: None,
        said_by_name: String::new(),
        said_at: morning(said_on),
        request_key: None,
    })
}
