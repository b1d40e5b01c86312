//! What judging reads from the register, the honours, the vetoes, the ratings and the activity log: one query each, for one unit or thousands.

use std::collections::HashMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{PersonId, UnitId},
        place::{UnitKind, UnitPlace, subtree},
    },
    register::unit::{Unit, UnitState},
    year::totals::RatingTotals,
};
use jianjia_standard::{
    kinds::{Employer, Post},
    subject::{Activity, HeldTitle, VetoState},
};
use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

/// The facts about a unit that judging takes from the register.
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
    /// A key of `codes::INDUSTRIES`.
    pub industry: Option<String>,
    pub is_active: bool,
}

impl From<&Unit> for RegisterFacts {
    fn from(unit: &Unit) -> RegisterFacts {
        let details = &unit.details;
        RegisterFacts {
            id: unit.id,
            kind: unit.kind,
            name: details.name.clone(),
            path: unit.path.clone(),
            division: details.division.clone(),
            employer: details.employer.as_deref().and_then(|key| key.parse().ok()),
            founded_on: details.founded_on,
            workers: details.workers,
            members: details.members,
            industry: details.employer_industry.clone(),
            is_active: unit.state == UnitState::Active,
        }
    }
}

impl RegisterFacts {
    pub fn place(&self) -> UnitPlace {
        UnitPlace {
            id: self.id,
            kind: self.kind,
            name: self.name.clone(),
            path: self.path.clone(),
        }
    }
}

/// The facts about a person that judging takes from the register.
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

/// The register's facts about these units, in no order; unknown ids are left out.
pub async fn units(tx: &mut Tx, ids: &[UnitId]) -> Result<Vec<RegisterFacts>> {
    let sql = "SELECT id, kind, name, path, division, employer, founded_on, workers, members, employer_industry, state
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
                industry: row.try_get("employer_industry")?,
                is_active: row.try_get::<String, _>("state")? == UnitState::Active.key(),
            })
        })
        .collect()
}

/// A person who belongs to the unit and has not left.
pub async fn person(tx: &mut Tx, unit: &UnitId, id: &PersonId) -> Result<Option<PersonFacts>> {
    let found = people(tx, std::slice::from_ref(id)).await?;
    Ok(found.into_iter().find(|person| person.unit == *unit))
}

/// The people among these who have not left their unit, in no order.
pub async fn people(tx: &mut Tx, ids: &[PersonId]) -> Result<Vec<PersonFacts>> {
    let sql = "SELECT id, unit_id, name, post
               FROM person
               WHERE left_on IS NULL AND id IN ({words})";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(PersonId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let post: String = row.try_get("post")?;
            Ok(PersonFacts {
                id: row.try_get::<String, _>("id")?.parse()?,
                unit: unit_of(row)?,
                name: row.try_get("name")?,
                post: post
                    .parse()
                    .with_context(|| format!("unknown post {post}"))?,
            })
        })
        .collect()
}

/// Days and terms (in years) of units' elections held by a day, oldest first.
pub async fn elections(
    tx: &mut Tx,
    ids: &[UnitId],
    until: Date,
) -> Result<HashMap<UnitId, Vec<(Date, i64)>>> {
    let sql = "SELECT unit_id, held_on, term_years
               FROM election
               WHERE held_on <= $1 AND removed_at IS NULL AND unit_id IN ({words})
               ORDER BY held_on, id";
    let day = [until.to_string().into()];
    let rows = bulk::select(tx, sql, &day, ids.iter().map(UnitId::to_string)).await?;
    let mut elections: HashMap<UnitId, Vec<(Date, i64)>> = HashMap::new();
    for row in &rows {
        let held_on: Date = row.try_get::<String, _>("held_on")?.parse()?;
        let of_unit = elections.entry(unit_of(row)?).or_default();
        of_unit.push((held_on, row.try_get("term_years")?));
    }
    Ok(elections)
}

/// The titles in force that units themselves hold and that began by a day, each with that day, oldest first.
pub async fn titles(
    tx: &mut Tx,
    ids: &[UnitId],
    until: Date,
) -> Result<HashMap<UnitId, Vec<(Date, HeldTitle)>>> {
    let sql = "SELECT unit_id, title, year, level, reconfirmed, begun_on
               FROM honour
               WHERE person_id = '' AND state = 'in-force' AND begun_on <= $1 AND unit_id IN ({words})
               ORDER BY year, id";
    let day = [until.to_string().into()];
    let rows = bulk::select(tx, sql, &day, ids.iter().map(UnitId::to_string)).await?;
    let mut titles: HashMap<UnitId, Vec<(Date, HeldTitle)>> = HashMap::new();
    for row in &rows {
        let of_unit = titles.entry(unit_of(row)?).or_default();
        of_unit.push(title_of(row)?);
    }
    Ok(titles)
}

/// The titles in force that people hold and that began by a day, as `titles`. A person keeps them when moving to another union.
pub async fn titles_of_people(
    tx: &mut Tx,
    ids: &[PersonId],
    until: Date,
) -> Result<HashMap<PersonId, Vec<(Date, HeldTitle)>>> {
    let sql = "SELECT person_id, title, year, level, reconfirmed, begun_on
               FROM honour
               WHERE person_id <> '' AND state = 'in-force' AND begun_on <= $1 AND person_id IN ({words})
               ORDER BY year, id";
    let day = [until.to_string().into()];
    let rows = bulk::select(tx, sql, &day, ids.iter().map(PersonId::to_string)).await?;
    let mut titles: HashMap<PersonId, Vec<(Date, HeldTitle)>> = HashMap::new();
    for row in &rows {
        let person = row.try_get::<String, _>("person_id")?.parse()?;
        titles.entry(person).or_default().push(title_of(row)?);
    }
    Ok(titles)
}

/// The vetoes in force for these units, of every year.
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

/// The members' ratings of units for a year.
pub async fn ratings(
    tx: &mut Tx,
    ids: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, RatingTotals>> {
    let sql = "SELECT unit_id, roll, answers
               FROM rating
               WHERE year = $1 AND unit_id IN ({words})";
    let year = [i64::from(year).into()];
    let rows = bulk::select(tx, sql, &year, ids.iter().map(UnitId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let totals = RatingTotals {
                roll: row.try_get("roll")?,
                answers: serde_json::from_str(&row.try_get::<String, _>("answers")?)?,
            };
            Ok((unit_of(row)?, totals))
        })
        .collect()
}

/// A unit's activity log.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// The day of its first activity ever.
    pub first_on: Date,
    /// The activities of the days asked for, oldest first.
    pub activities: Vec<Activity>,
}

/// The activities of units from the day `from` to the day `to`; a unit without any activity by `to` is not in the map.
pub async fn activities(
    tx: &mut Tx,
    ids: &[UnitId],
    from: Date,
    to: Date,
) -> Result<HashMap<UnitId, Log>> {
    let sql = "SELECT unit_id, MIN(held_on) AS first_on
               FROM activity
               WHERE held_on <= $1 AND removed_at IS NULL AND unit_id IN ({words})
               GROUP BY unit_id";
    let until = [to.to_string().into()];
    let rows = bulk::select(tx, sql, &until, ids.iter().map(UnitId::to_string)).await?;
    let mut logs: HashMap<UnitId, Log> = rows
        .iter()
        .map(|row| {
            let log = Log {
                first_on: row.try_get::<String, _>("first_on")?.parse()?,
                activities: Vec::new(),
            };
            Ok((unit_of(row)?, log))
        })
        .collect::<Result<_>>()?;
    let sql = "SELECT unit_id, held_on, kind
               FROM activity
               WHERE held_on >= $1 AND held_on <= $2 AND removed_at IS NULL AND unit_id IN ({words})
               ORDER BY held_on, id";
    let days = [from.to_string().into(), to.to_string().into()];
    let logging: Vec<String> = logs.keys().map(UnitId::to_string).collect();
    for row in &bulk::select(tx, sql, &days, logging).await? {
        let activity = Activity {
            on: row.try_get::<String, _>("held_on")?.parse()?,
            kind: row.try_get("kind")?,
        };
        if let Some(log) = logs.get_mut(&unit_of(row)?) {
            log.activities.push(activity);
        }
    }
    Ok(logs)
}

/// The number of active grassroots unions below a federation.
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

/// The number of active grassroots unions below a federation that hold one of these titles in force: given since `first_year`, or earlier and
/// reconfirmed (clause P5, as far as a count needs it).
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

/// The day on which a title began, and the title.
fn title_of(row: &AnyRow) -> Result<(Date, HeldTitle)> {
    let title = HeldTitle {
        title: row.try_get("title")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        level: row.try_get::<String, _>("level")?.parse().ok(),
        reconfirmed: row.try_get::<i64, _>("reconfirmed")? != 0,
    };
    Ok((row.try_get::<String, _>("begun_on")?.parse()?, title))
}

#[cfg(test)]
mod tests;
