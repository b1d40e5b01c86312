//! What judging reads of the register, the honours and the vetoes: one small query each, of any number of units and people at once.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    ids::{PersonId, UnitId},
    unit::{UnitKind, subtree},
};
use jianjia_standard::{
    kinds::{Employer, Post},
    subject::{HeldTitle, VetoState},
};
use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::{condition::Conditions, db::Tx};

/// What the register knows of a unit that judging needs.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterFacts {
    pub id: UnitId,
    pub kind: UnitKind,
    pub name: String,
    pub path: String,
    pub division: String,
    pub employer: Option<Employer>,
    pub founded_on: Option<Date>,
    pub workers: Option<i64>,
    pub members: Option<i64>,
}

/// A person of the register.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonFacts {
    pub id: PersonId,
    pub unit: UnitId,
    pub name: String,
    pub post: Post,
}

pub async fn unit(tx: &mut Tx, id: &UnitId) -> Result<Option<RegisterFacts>> {
    Ok(units(tx, &[*id]).await?.remove(id))
}

/// What the register knows of some units.
pub async fn units(tx: &mut Tx, ids: &[UnitId]) -> Result<BTreeMap<UnitId, RegisterFacts>> {
    let mut conditions = Conditions::default();
    conditions.among("id", ids.iter().map(ToString::to_string));
    let sql = format!(
        "SELECT id, kind, name, path, division, employer, founded_on, workers, members
         FROM unit{}",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let id: UnitId = row.try_get::<String, _>("id")?.parse()?;
            let kind: String = row.try_get("kind")?;
            let founded_on: Option<String> = row.try_get("founded_on")?;
            let employer: Option<String> = row.try_get("employer")?;
            let facts = RegisterFacts {
                id,
                kind: UnitKind::from_key(&kind)
                    .with_context(|| format!("unknown unit kind {kind}"))?,
                name: row.try_get("name")?,
                path: row.try_get("path")?,
                division: row.try_get("division")?,
                employer: employer.and_then(|key| key.parse().ok()),
                founded_on: founded_on.and_then(|day| day.parse().ok()),
                workers: row.try_get("workers")?,
                members: row.try_get("members")?,
            };
            Ok((id, facts))
        })
        .collect()
}

/// A person of the unit who has not left it.
pub async fn person(tx: &mut Tx, unit: &UnitId, id: &PersonId) -> Result<Option<PersonFacts>> {
    let found = people(tx, &[*id]).await?.remove(id);
    Ok(found.filter(|person| person.unit == *unit))
}

/// Those of some people who have not left their unit.
pub async fn people(tx: &mut Tx, ids: &[PersonId]) -> Result<BTreeMap<PersonId, PersonFacts>> {
    let mut conditions = Conditions::default();
    conditions.among("id", ids.iter().map(ToString::to_string));
    conditions.and("left_on IS NULL".to_owned());
    let sql = format!(
        "SELECT id, unit_id, name, post
         FROM person{}",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let id: PersonId = row.try_get::<String, _>("id")?.parse()?;
            let post: String = row.try_get("post")?;
            let facts = PersonFacts {
                id,
                unit: row.try_get::<String, _>("unit_id")?.parse()?,
                name: row.try_get("name")?,
                post: post
                    .parse()
                    .with_context(|| format!("unknown post {post}"))?,
            };
            Ok((id, facts))
        })
        .collect()
}

/// The day and the term in years of the last election up to a day, as the register has it.
pub async fn last_election(tx: &mut Tx, unit: &UnitId, as_of: Date) -> Result<Option<(Date, i64)>> {
    Ok(last_elections(tx, &[*unit], as_of).await?.remove(unit))
}

/// The same of some units. Elections that were struck out don't count.
pub async fn last_elections(
    tx: &mut Tx,
    units: &[UnitId],
    as_of: Date,
) -> Result<BTreeMap<UnitId, (Date, i64)>> {
    let mut conditions = Conditions::default();
    conditions.among("unit_id", units.iter().map(ToString::to_string));
    let as_of = conditions.value(as_of.to_string());
    conditions.and(format!("held_on <= {as_of} AND removed_at IS NULL"));
    let sql = format!(
        "SELECT unit_id, held_on, term_years
         FROM election{}
         ORDER BY held_on, id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    // The last of a unit stays.
    rows.iter()
        .map(|row| {
            let held_on = row.try_get::<String, _>("held_on")?.parse()?;
            Ok((unit_of(row)?, (held_on, row.try_get("term_years")?)))
        })
        .collect()
}

/// The titles in force of some units themselves, up to a day, oldest first.
pub async fn titles_of_units(
    tx: &mut Tx,
    units: &[UnitId],
    as_of: Date,
) -> Result<BTreeMap<UnitId, Vec<HeldTitle>>> {
    let mut conditions = Conditions::default();
    conditions.among("unit_id", units.iter().map(ToString::to_string));
    // A union's titles are those of its own row.
    conditions.and("person_id = ''".to_owned());
    titles(tx, conditions, as_of, unit_of).await
}

/// The titles in force of some people, up to a day, oldest first. A person takes them along when moving to another union.
pub async fn titles_of_people(
    tx: &mut Tx,
    people: &[PersonId],
    as_of: Date,
) -> Result<BTreeMap<PersonId, Vec<HeldTitle>>> {
    let mut conditions = Conditions::default();
    conditions.among("person_id", people.iter().map(ToString::to_string));
    conditions.and("person_id <> ''".to_owned());
    titles(tx, conditions, as_of, |row| {
        Ok(row.try_get::<String, _>("person_id")?.parse()?)
    })
    .await
}

async fn titles<Holder: Ord>(
    tx: &mut Tx,
    mut conditions: Conditions,
    as_of: Date,
    holder: impl Fn(&AnyRow) -> Result<Holder>,
) -> Result<BTreeMap<Holder, Vec<HeldTitle>>> {
    let as_of = conditions.value(as_of.to_string());
    conditions.and(format!("state = 'in-force' AND begun_on <= {as_of}"));
    let sql = format!(
        "SELECT unit_id, person_id, title, year, level, reconfirmed
         FROM honour{}
         ORDER BY year, id",
        conditions.sql()
    );
    let mut found: BTreeMap<Holder, Vec<HeldTitle>> = BTreeMap::new();
    for row in conditions.query(sql).fetch_all(&mut **tx).await? {
        found.entry(holder(&row)?).or_default().push(HeldTitle {
            title: row.try_get("title")?,
            year: i16::try_from(row.try_get::<i64, _>("year")?)?,
            level: row.try_get::<String, _>("level")?.parse().ok(),
            reconfirmed: row.try_get::<i64, _>("reconfirmed")? != 0,
        });
    }
    Ok(found)
}

/// The vetoes in force of some units, of every year.
pub async fn vetoes(tx: &mut Tx, units: &[UnitId]) -> Result<BTreeMap<UnitId, Vec<VetoState>>> {
    let mut conditions = Conditions::default();
    conditions.among("unit_id", units.iter().map(ToString::to_string));
    conditions.and("lifted_at IS NULL".to_owned());
    let sql = format!(
        "SELECT unit_id, clause, year
         FROM veto{}
         ORDER BY year, clause",
        conditions.sql()
    );
    let mut found: BTreeMap<UnitId, Vec<VetoState>> = BTreeMap::new();
    for row in conditions.query(sql).fetch_all(&mut **tx).await? {
        found.entry(unit_of(&row)?).or_default().push(VetoState {
            clause: row.try_get("clause")?,
            year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        });
    }
    Ok(found)
}

/// How many active grassroots unions stand below a federation.
pub async fn unions_below(tx: &mut Tx, path: &str) -> Result<i64> {
    let (lower, upper) = subtree(path);
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS unions
         FROM unit
         WHERE state = 'active' AND kind IN ('grassroots', 'direct') AND path > $1 AND path < $2",
    )
    .bind(lower)
    .bind(upper)
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get("unions")?)
}

/// How many active grassroots unions below a federation hold one of the titles in force: given since `first_year`, or before it
/// and reconfirmed (clause P5, as far as a count needs it).
pub async fn unions_holding(
    tx: &mut Tx,
    path: &str,
    titles: &[&str],
    first_year: i16,
    as_of: Date,
) -> Result<i64> {
    if titles.is_empty() {
        return Ok(0);
    }
    let (lower, upper) = subtree(path);
    let places: Vec<String> = (0..titles.len()).map(|at| format!("${}", at + 5)).collect();
    let sql = format!(
        "SELECT CAST(COUNT(DISTINCT honour.unit_id) AS BIGINT) AS unions
         FROM honour
         JOIN unit ON unit.id = honour.unit_id AND unit.state = 'active' AND unit.kind IN ('grassroots', 'direct')
         WHERE honour.title IN ({}) AND honour.state = 'in-force'
           AND honour.unit_path > $1 AND honour.unit_path < $2
           AND honour.begun_on <= $3
           AND (honour.year >= $4 OR (honour.reconfirmed = 1 AND honour.level <> 'county'))",
        places.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql))
        .bind(lower)
        .bind(upper)
        .bind(as_of.to_string())
        .bind(i64::from(first_year));
    for title in titles {
        query = query.bind((*title).to_owned());
    }
    Ok(query.fetch_one(&mut **tx).await?.try_get("unions")?)
}

fn unit_of(row: &AnyRow) -> Result<UnitId> {
    Ok(row.try_get::<String, _>("unit_id")?.parse()?)
}

#[cfg(test)]
mod tests;
