//! What judging reads of the register, the honours, the vetoes, the ratings and the log: one small query each, for one unit or thousands.

use std::collections::HashMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    ids::{PersonId, UnitId},
    rating::RatingTotals,
    unit::{UnitKind, subtree},
};
use jianjia_standard::{
    kinds::{Employer, Post},
    subject::{Activity, HeldTitle, VetoState},
};
use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::{bulk, db::Tx};

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
    Ok(units(tx, std::slice::from_ref(id)).await?.pop())
}

/// What the register knows of units, in no order; what isn't there is left out.
pub async fn units(tx: &mut Tx, ids: &[UnitId]) -> Result<Vec<RegisterFacts>> {
    let sql = "SELECT id, kind, name, path, division, employer, founded_on, workers, members
               FROM unit
               WHERE id IN ({words})";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(UnitId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get("kind")?;
            let founded_on: Option<String> = row.try_get("founded_on")?;
            let employer: Option<String> = row.try_get("employer")?;
            Ok(RegisterFacts {
                id: row.try_get::<String, _>("id")?.parse()?,
                kind: UnitKind::from_key(&kind)
                    .with_context(|| format!("unknown unit kind {kind}"))?,
                name: row.try_get("name")?,
                path: row.try_get("path")?,
                division: row.try_get("division")?,
                employer: employer.and_then(|key| key.parse().ok()),
                founded_on: founded_on.and_then(|day| day.parse().ok()),
                workers: row.try_get("workers")?,
                members: row.try_get("members")?,
            })
        })
        .collect()
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

/// The day and the term in years of each unit's last election up to a day, as the register has it.
pub async fn last_elections(
    tx: &mut Tx,
    ids: &[UnitId],
    as_of: Date,
) -> Result<HashMap<UnitId, (Date, i64)>> {
    let sql = "SELECT unit_id, held_on, term_years
               FROM election
               WHERE held_on <= $1 AND removed_at IS NULL AND unit_id IN ({words})
               ORDER BY held_on, id";
    let day = [as_of.to_string().into()];
    let rows = bulk::select(tx, sql, &day, ids.iter().map(UnitId::to_string)).await?;
    // The later one takes the place of the earlier.
    rows.iter()
        .map(|row| {
            let held_on: Date = row.try_get::<String, _>("held_on")?.parse()?;
            Ok((unit_of(row)?, (held_on, row.try_get("term_years")?)))
        })
        .collect()
}

/// The titles in force of units themselves, up to a day, each unit's oldest first.
pub async fn titles(
    tx: &mut Tx,
    ids: &[UnitId],
    as_of: Date,
) -> Result<HashMap<UnitId, Vec<HeldTitle>>> {
    let sql = "SELECT unit_id, title, year, level, reconfirmed
               FROM honour
               WHERE person_id = '' AND state = 'in-force' AND begun_on <= $1 AND unit_id IN ({words})
               ORDER BY year, id";
    let day = [as_of.to_string().into()];
    let rows = bulk::select(tx, sql, &day, ids.iter().map(UnitId::to_string)).await?;
    let mut titles: HashMap<UnitId, Vec<HeldTitle>> = HashMap::new();
    for row in &rows {
        titles
            .entry(unit_of(row)?)
            .or_default()
            .push(title_of(row)?);
    }
    Ok(titles)
}

/// The titles in force of a person, up to a day, oldest first. A person takes them along when moving to another union.
pub async fn titles_of_person(
    tx: &mut Tx,
    person: &PersonId,
    as_of: Date,
) -> Result<Vec<HeldTitle>> {
    sqlx::query(
        "SELECT title, year, level, reconfirmed
         FROM honour
         WHERE person_id = $1 AND person_id <> '' AND state = 'in-force' AND begun_on <= $2
         ORDER BY year, id",
    )
    .bind(person.to_string())
    .bind(as_of.to_string())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(title_of)
    .collect()
}

/// The vetoes in force of units, of every year.
pub async fn vetoes(tx: &mut Tx, ids: &[UnitId]) -> Result<HashMap<UnitId, Vec<VetoState>>> {
    let sql = "SELECT unit_id, clause, year
               FROM veto
               WHERE lifted_at IS NULL AND unit_id IN ({words})
               ORDER BY year, clause";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(UnitId::to_string)).await?;
    let mut vetoes: HashMap<UnitId, Vec<VetoState>> = HashMap::new();
    for row in &rows {
        vetoes.entry(unit_of(row)?).or_default().push(VetoState {
            clause: row.try_get("clause")?,
            year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        });
    }
    Ok(vetoes)
}

/// The members' ratings of units in a year.
pub async fn ratings(
    tx: &mut Tx,
    ids: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, RatingTotals>> {
    let sql = "SELECT unit_id, roll, satisfied, basically_satisfied, dissatisfied, void
               FROM rating
               WHERE year = $1 AND unit_id IN ({words})";
    let year = [i64::from(year).into()];
    let rows = bulk::select(tx, sql, &year, ids.iter().map(UnitId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let totals = RatingTotals {
                roll: row.try_get("roll")?,
                satisfied: row.try_get("satisfied")?,
                basically_satisfied: row.try_get("basically_satisfied")?,
                dissatisfied: row.try_get("dissatisfied")?,
                void: row.try_get("void")?,
            };
            Ok((unit_of(row)?, totals))
        })
        .collect()
}

/// The activities of units in the days from `from` to `to`, each unit's oldest first. A unit that logged none in these days but one
/// before has an empty list; a unit that never logged one up to `to` is not there.
pub async fn activities(
    tx: &mut Tx,
    ids: &[UnitId],
    from: Date,
    to: Date,
) -> Result<HashMap<UnitId, Vec<Activity>>> {
    let sql = "SELECT DISTINCT unit_id
               FROM activity
               WHERE held_on <= $1 AND removed_at IS NULL AND unit_id IN ({words})";
    let until = [to.to_string().into()];
    let rows = bulk::select(tx, sql, &until, ids.iter().map(UnitId::to_string)).await?;
    let mut activities: HashMap<UnitId, Vec<Activity>> = rows
        .iter()
        .map(|row| Ok((unit_of(row)?, Vec::new())))
        .collect::<Result<_>>()?;
    let sql = "SELECT unit_id, held_on, kind
               FROM activity
               WHERE held_on >= $1 AND held_on <= $2 AND removed_at IS NULL AND unit_id IN ({words})
               ORDER BY held_on, id";
    let days = [from.to_string().into(), to.to_string().into()];
    let logging: Vec<String> = activities.keys().map(UnitId::to_string).collect();
    for row in &bulk::select(tx, sql, &days, logging).await? {
        activities.entry(unit_of(row)?).or_default().push(Activity {
            on: row.try_get::<String, _>("held_on")?.parse()?,
            kind: row.try_get("kind")?,
        });
    }
    Ok(activities)
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

fn title_of(row: &AnyRow) -> Result<HeldTitle> {
    Ok(HeldTitle {
        title: row.try_get("title")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        level: row.try_get::<String, _>("level")?.parse().ok(),
        reconfirmed: row.try_get::<i64, _>("reconfirmed")? != 0,
    })
}

#[cfg(test)]
mod tests;
