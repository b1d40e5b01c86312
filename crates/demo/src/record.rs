//! Writes the invented city down: whole columns, many rows a statement.

use anyhow::Result;
use jianjia_app::core::sort_key::sort_key;
use jianjia_domain::{
    core::ids::{ActivityId, ElectionId, StatementId},
    register::unit::UnitKind,
};
use jianjia_store::core::{
    bulk::{Value, insert},
    db::Tx,
};
use jiff::{Timestamp, civil::Date};
use serde_json::json;

use crate::{
    core::{
        city::{City, Ids, Unit},
        pools::Division,
    },
    register::tree,
    year::{fact::Answers, subject::Year},
};

/// A row of values of mixed kinds.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$(jianjia_store::core::bulk::Value::from($value)),*] };
}
pub(super) use row;

/// Nine in the morning of a day, as it is written.
pub fn morning(day: Date) -> String {
    let start = jianjia_domain::core::day::start_of(day).as_second() + 9 * 3600;
    Timestamp::from_second(start)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

pub async fn divisions(tx: &mut Tx, divisions: &[Division]) -> Result<()> {
    let city = row![tree::CITY, "", "city", "常州市", sort_key("常州市")];
    let rows = divisions.iter().map(|division| {
        row![
            division.code.as_str(),
            division.parent.as_str(),
            division.level.as_str(),
            division.name.as_str(),
            sort_key(&division.name)
        ]
    });
    let rows = std::iter::once(city).chain(rows).collect();
    insert(
        tx,
        "division",
        &["code", "parent_code", "level", "name", "sort_key"],
        rows,
    )
    .await
}

pub async fn units(tx: &mut Tx, city: &City, ids: &Ids<'_>, made_at: &str) -> Result<()> {
    let columns = [
        "id",
        "number",
        "parent_id",
        "path",
        "kind",
        "name",
        "sort_key",
        "division",
        "form",
        "credit_code",
        "founded_on",
        "employer",
        "employer_name",
        "employer_credit_code",
        "employer_address",
        "employer_nature",
        "employer_economic_type",
        "employer_industry",
        "phone",
        "workers",
        "members",
        "created_at",
        "changed_at",
    ];
    let rows = city
        .units
        .iter()
        .map(|unit| {
            row![
                unit.id.to_string(),
                unit.number,
                unit.above.map(|above| city.units[above].id.to_string()),
                unit.path.as_str(),
                unit.kind.key(),
                unit.name.as_str(),
                sort_key(&unit.name),
                unit.division.as_str(),
                unit.form.map(str::to_owned),
                unit.credit_code.clone(),
                Some(unit.founded_on.to_string()),
                unit.employer.map(|employer| employer.key().to_owned()),
                unit.employer_name.clone(),
                unit.employer_credit_code.clone(),
                unit.employer_address.clone(),
                unit.employer_nature.map(str::to_owned),
                unit.employer_economic_type.map(str::to_owned),
                unit.employer_industry.clone(),
                unit.phone.clone(),
                Some(unit.workers),
                Some(unit.members),
                made_at,
                made_at,
            ]
        })
        .collect();
    insert(tx, "unit", &columns, rows).await?;
    insert(
        tx,
        "counter",
        &["name", "value"],
        vec![row!["unit", city.units.len() as i64]],
    )
    .await?;
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "valid_from",
        "change",
        "data",
        "recorded_at",
    ];
    let rows = city
        .units
        .iter()
        .map(|unit| {
            row![
                ids.next().simple().to_string(),
                unit.id.to_string(),
                unit.path.as_str(),
                unit.founded_on.to_string(),
                "founded",
                version(city, unit, made_at),
                made_at,
            ]
        })
        .collect();
    insert(tx, "unit_version", &columns, rows).await
}

/// The whole row of a unit, as its history keeps it.
fn version(city: &City, unit: &Unit, made_at: &str) -> String {
    json!({
        "id": unit.id,
        "number": unit.number,
        "parent_id": unit.above.map(|above| city.units[above].id),
        "path": unit.path,
        "kind": unit.kind.key(),
        "details": {
            "name": unit.name,
            "division": unit.division,
            "form": unit.form,
            "credit_code": unit.credit_code,
            "founded_on": unit.founded_on,
            "employer": unit.employer.map(|employer| employer.key()),
            "employer_name": unit.employer_name,
            "employer_credit_code": unit.employer_credit_code,
            "employer_address": unit.employer_address,
            "employer_nature": unit.employer_nature,
            "employer_economic_type": unit.employer_economic_type,
            "employer_industry": unit.employer_industry,
            "phone": unit.phone,
            "workers": unit.workers,
            "members": unit.members,
        },
        "sort_key": sort_key(&unit.name),
        "state": "active",
        "ended_on": null,
        "successor_id": null,
        "revision": 1,
        "created_at": made_at,
        "changed_at": made_at,
    })
    .to_string()
}

pub async fn people(tx: &mut Tx, city: &City, ids: &Ids<'_>, made_at: &str) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "name",
        "sort_key",
        "post",
        "duty",
        "phone",
        "since_on",
        "created_at",
        "changed_at",
    ];
    let rows = city
        .people
        .iter()
        .map(|person| {
            let unit = &city.units[person.unit];
            row![
                person.id.to_string(),
                unit.id.to_string(),
                unit.path.as_str(),
                person.name.as_str(),
                sort_key(&person.name),
                person.post.key(),
                person.duty,
                Some(person.phone.clone()),
                Some(person.since.to_string()),
                made_at,
                made_at,
            ]
        })
        .collect();
    insert(tx, "person", &columns, rows).await?;
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "held_on",
        "term_years",
        "chair_id",
        "chair_name",
        "recorded_at",
    ];
    let rows = city
        .people
        .iter()
        .filter(|person| {
            person.post == jianjia_standard::kinds::Post::Chair
                && city.units[person.unit].kind != UnitKind::Branch
        })
        .map(|person| {
            let unit = &city.units[person.unit];
            row![
                ElectionId(ids.next()).to_string(),
                unit.id.to_string(),
                unit.path.as_str(),
                unit.last_election.to_string(),
                unit.term_years,
                Some(person.id.to_string()),
                person.name.as_str(),
                morning(unit.last_election),
            ]
        })
        .collect();
    insert(tx, "election", &columns, rows).await
}

/// What the units said of a year.
pub async fn statements(
    tx: &mut Tx,
    city: &City,
    ids: &Ids<'_>,
    year: i64,
    said_on: Date,
    answers: &[Option<Answers>],
) -> Result<()> {
    let mut chairs = vec![""; city.units.len()];
    for person in city.people.iter().rev() {
        chairs[person.unit] = &person.name;
    }
    let said_at = morning(said_on);
    let mut rows = Vec::new();
    for (index, facts) in answers.iter().enumerate() {
        let Some(facts) = facts else { continue };
        let unit = &city.units[index];
        let facts = serde_json::to_string(facts)?;
        rows.push(statement(
            ids,
            unit,
            "",
            year,
            facts,
            chairs[index],
            &said_at,
        ));
    }
    insert(tx, "statement", &STATEMENT, rows).await
}

const STATEMENT: [&str; 9] = [
    "id",
    "unit_id",
    "unit_path",
    "person_id",
    "year",
    "source",
    "facts",
    "said_by_name",
    "said_at",
];

fn statement(
    ids: &Ids,
    unit: &Unit,
    person: &str,
    year: i64,
    facts: String,
    by: &str,
    at: &str,
) -> Vec<Value> {
    row![
        StatementId(ids.next()).to_string(),
        unit.id.to_string(),
        unit.path.as_str(),
        person,
        year,
        "union",
        facts,
        by,
        at,
    ]
}

/// What is said of people: only of those who strive for a title.
pub async fn personal_statements(
    tx: &mut Tx,
    city: &City,
    ids: &Ids<'_>,
    year: i64,
    said_on: Date,
    of: &[(usize, Answers)],
) -> Result<()> {
    let said_at = morning(said_on);
    let mut rows = Vec::new();
    for (index, facts) in of {
        let person = &city.people[*index];
        let facts = serde_json::to_string(facts)?;
        rows.push(statement(
            ids,
            &city.units[person.unit],
            &person.id.to_string(),
            year,
            facts,
            &person.name,
            &said_at,
        ));
    }
    insert(tx, "statement", &STATEMENT, rows).await
}

pub async fn activities(tx: &mut Tx, city: &City, ids: &Ids<'_>, year: &Year) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "held_on",
        "kind",
        "title",
        "participants",
        "recorded_at",
    ];
    let rows = year
        .activities
        .iter()
        .flatten()
        .map(|held| {
            let unit = &city.units[held.unit];
            row![
                ActivityId(ids.next()).to_string(),
                unit.id.to_string(),
                unit.path.as_str(),
                held.on.to_string(),
                held.kind,
                held.title.as_str(),
                Some(held.participants),
                morning(held.on.tomorrow().unwrap_or(held.on)),
            ]
        })
        .collect();
    insert(tx, "activity", &columns, rows).await
}
