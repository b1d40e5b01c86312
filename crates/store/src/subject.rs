//! What judging reads of the register, the honours and the vetoes: one small query each.

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
use sqlx::{AssertSqlSafe, Row};

use crate::db::Tx;

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
    let row = sqlx::query(
        "SELECT id, kind, name, path, division, employer, founded_on, workers, members
         FROM unit
         WHERE id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        let kind: String = row.try_get("kind")?;
        let founded_on: Option<String> = row.try_get("founded_on")?;
        let employer: Option<String> = row.try_get("employer")?;
        Ok(RegisterFacts {
            id: row.try_get::<String, _>("id")?.parse()?,
            kind: UnitKind::from_key(&kind).with_context(|| format!("unknown unit kind {kind}"))?,
            name: row.try_get("name")?,
            path: row.try_get("path")?,
            division: row.try_get("division")?,
            employer: employer.and_then(|key| key.parse().ok()),
            founded_on: founded_on.and_then(|day| day.parse().ok()),
            workers: row.try_get("workers")?,
            members: row.try_get("members")?,
        })
    })
    .transpose()
}

/// A person of the unit who has not left it.
pub async fn person(tx: &mut Tx, unit: &UnitId, id: &PersonId) -> Result<Option<PersonFacts>> {
    let row = sqlx::query(
        "SELECT id, unit_id, name, post
         FROM person
         WHERE id = $1 AND unit_id = $2 AND left_on IS NULL",
    )
    .bind(id.to_string())
    .bind(unit.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        let post: String = row.try_get("post")?;
        Ok(PersonFacts {
            id: row.try_get::<String, _>("id")?.parse()?,
            unit: row.try_get::<String, _>("unit_id")?.parse()?,
            name: row.try_get("name")?,
            post: post
                .parse()
                .with_context(|| format!("unknown post {post}"))?,
        })
    })
    .transpose()
}

/// The day and the term in years of the last election up to a day, as the register has it.
pub async fn last_election(tx: &mut Tx, unit: &UnitId, as_of: Date) -> Result<Option<(Date, i64)>> {
    let row = sqlx::query(
        "SELECT held_on, term_years
         FROM election
         WHERE unit_id = $1 AND held_on <= $2
         ORDER BY held_on DESC, id DESC
         LIMIT 1",
    )
    .bind(unit.to_string())
    .bind(as_of.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok((
            row.try_get::<String, _>("held_on")?.parse()?,
            row.try_get("term_years")?,
        ))
    })
    .transpose()
}

/// The titles in force of a unit itself (`person` none) or of a person, up to a day, oldest first.
pub async fn titles(
    tx: &mut Tx,
    unit: &UnitId,
    person: Option<&PersonId>,
    as_of: Date,
) -> Result<Vec<HeldTitle>> {
    // A person takes titles along when moving to another union; a union's titles are those of its own row.
    let query = match person {
        None => sqlx::query(
            "SELECT title, year, level, reconfirmed
             FROM honour
             WHERE unit_id = $1 AND person_id = '' AND state = 'in-force' AND begun_on <= $2
             ORDER BY year, id",
        )
        .bind(unit.to_string()),
        Some(person) => sqlx::query(
            "SELECT title, year, level, reconfirmed
             FROM honour
             WHERE person_id = $1 AND person_id <> '' AND state = 'in-force' AND begun_on <= $2
             ORDER BY year, id",
        )
        .bind(person.to_string()),
    };
    query
        .bind(as_of.to_string())
        .fetch_all(&mut **tx)
        .await?
        .iter()
        .map(|row| {
            Ok(HeldTitle {
                title: row.try_get("title")?,
                year: i16::try_from(row.try_get::<i64, _>("year")?)?,
                level: row.try_get::<String, _>("level")?.parse().ok(),
                reconfirmed: row.try_get::<i64, _>("reconfirmed")? != 0,
            })
        })
        .collect()
}

/// The vetoes in force of a unit, of every year.
pub async fn vetoes(tx: &mut Tx, unit: &UnitId) -> Result<Vec<VetoState>> {
    sqlx::query(
        "SELECT clause, year
         FROM veto
         WHERE unit_id = $1 AND lifted_at IS NULL
         ORDER BY year, clause",
    )
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(|row| {
        Ok(VetoState {
            clause: row.try_get("clause")?,
            year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        })
    })
    .collect()
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
