//! What the unions said of a year, and of those of their people who strive for a title.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::StatementId,
    year::statement::{Source, Statement},
};
use jianjia_store::{core::db::Tx, year::statement as kept};
use jiff::{Timestamp, ToSpan, civil::date};
use serde_json::Value;

use crate::{
    core::{
        city::{City, Ids, Unit},
        day::{office_hour, working},
        draw::Draw,
    },
    year::fact::Answers,
};

/// The names of the chairs, by unit.
pub fn chairs(city: &City) -> Vec<&str> {
    let mut chairs = vec![""; city.units.len()];
    for person in city.people.iter().rev() {
        chairs[person.unit] = &person.name;
    }
    chairs
}

/// When a unit fills in its sheet of a year: in September or the first days of October.
pub fn said_at(number: i64, year: i16) -> Timestamp {
    let mut draw = Draw::of("said", number << 12 | i64::from(year));
    let day = date(year, 9, 5).saturating_add(draw.between(0, 28).days());
    office_hour(working(day), &mut draw)
}

/// Whether nothing is kept of what a unit said of a year.
///
/// # Errors
/// When the database fails.
pub async fn is_silent(tx: &mut Tx, unit: &Unit, year: i16) -> Result<bool> {
    Ok(kept::of_year(tx, &unit.id, None, year).await?.is_empty())
}

/// What units said of a year before an instant. The chair says it.
///
/// # Errors
/// When an answer can't be written.
pub fn of_units<'a>(
    city: &City,
    (chairs, ids): (&[&str], &Ids<'_>),
    year: i16,
    until: Timestamp,
    answers: impl Iterator<Item = (usize, &'a Answers)>,
) -> Result<Vec<Statement>> {
    answers
        .map(|(unit, answers)| (unit, said_at(city.units[unit].number, year), answers))
        .filter(|(_, said_at, _)| *said_at < until)
        .map(|(unit, said_at, answers)| {
            let said = statement(city, ids, unit, (year, said_at), answers)?;
            Ok(Statement {
                said_by_name: chairs[unit].to_owned(),
                ..said
            })
        })
        .collect()
}

/// What people said of themselves before an instant: only those who strive for a title.
///
/// # Errors
/// When an answer can't be written.
pub fn of_people(
    city: &City,
    ids: &Ids<'_>,
    year: i16,
    until: Timestamp,
    answers: &[(usize, Answers)],
) -> Result<Vec<Statement>> {
    answers
        .iter()
        .map(|(index, answers)| (*index, said_at(*index as i64 + (1 << 30), year), answers))
        .filter(|(_, said_at, _)| *said_at < until)
        .map(|(index, said_at, answers)| {
            let person = &city.people[index];
            let said = statement(city, ids, person.unit, (year, said_at), answers)?;
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
    (year, said_at): (i16, Timestamp),
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
        said_at,
        request_key: None,
    })
}
