//! What is known of the homes that can be drawn: a statement for each kind of sign, for all units at once. The frame of a city is made while somebody
//! waits for the page.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use jianjia_domain::{
    check::{
        risk::{Numbers, Signals},
        spot_check::Home,
    },
    core::ids::UnitId,
};
use sqlx::{Row, any::AnyRow};

use crate::{
    check::outcome::earlier_findings,
    core::{condition::Conditions, db::Tx},
};

/// What a frame is made of.
pub struct Asked<'a> {
    pub year: i16,
    pub title: &'a str,
    /// A holder's turn comes again so many years after it was drawn.
    pub every_years: i64,
    /// The facts whose jumps are looked for.
    pub facts: Vec<String>,
}

/// The holders of a title whose turn it is, in the order of their numbers, each with its signals.
pub async fn homes(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Home>> {
    let mut homes = holders(tx, asked).await?;
    let mut sheets = sheets(tx, asked.year).await?;
    let mut numbers = numbers(tx, asked).await?;
    let photos = shared_photos(tx, asked.year).await?;
    let earlier = earlier_findings(tx, asked.year).await?;
    for home in &mut homes {
        home.signals = Signals {
            sheet: sheets.remove(&home.unit),
            numbers: numbers.remove(&home.unit).unwrap_or_default(),
            shared_photos: photos.get(&home.unit).copied().unwrap_or(0),
            is_first_time: home.signals.is_first_time,
            earlier: earlier.get(&home.unit).copied(),
        };
    }
    Ok(homes)
}

/// A unit that was given the title in several years is one home, of the newest title.
async fn holders(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Home>> {
    let rows = sqlx::query(
        "SELECT honour.id AS honour_id, honour.year AS given, unit.id, unit.path, unit.number, unit.name
         FROM honour
         JOIN unit ON unit.id = honour.unit_id
         WHERE honour.title = $1 AND honour.state = 'in-force' AND honour.year <= $2 AND honour.person_id = ''
           AND unit.state = 'active'
           AND NOT EXISTS (
             SELECT 1
             FROM visit
             WHERE visit.unit_id = honour.unit_id AND visit.year > $3 AND visit.year < $2)
         ORDER BY unit.number, honour.year, honour.id",
    )
    .bind(asked.title.to_owned())
    .bind(i64::from(asked.year))
    .bind(i64::from(asked.year) - asked.every_years)
    .fetch_all(&mut **tx)
    .await?;
    let mut homes: Vec<Home> = Vec::with_capacity(rows.len());
    for row in &rows {
        let unit: UnitId = row.try_get::<String, _>("id")?.parse()?;
        let honour = row.try_get::<String, _>("honour_id")?.parse()?;
        if let Some(before) = homes.last_mut()
            && before.unit == unit
        {
            before.honour = honour;
            continue;
        }
        homes.push(Home {
            unit,
            unit_path: row.try_get("path")?,
            unit_number: row.try_get("number")?,
            unit_name: row.try_get("name")?,
            honour,
            signals: Signals {
                is_first_time: row.try_get::<i64, _>("given")? == i64::from(asked.year),
                ..Signals::default()
            },
        });
    }
    Ok(homes)
}

/// How many questions of the year's sheet are answered, of how many.
async fn sheets(tx: &mut Tx, year: i16) -> Result<HashMap<UnitId, (u64, u64)>> {
    let rows = sqlx::query(
        "SELECT unit_id, answered, asked
         FROM standing
         WHERE year = $1",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let number =
                |column| Ok::<u64, anyhow::Error>(row.try_get::<i64, _>(column)?.max(0) as u64);
            Ok((unit_of(row)?, (number("answered")?, number("asked")?)))
        })
        .collect()
}

/// The facts that units said as numbers for this year and the one before.
async fn numbers(tx: &mut Tx, asked: &Asked<'_>) -> Result<HashMap<UnitId, Vec<Numbers>>> {
    if asked.facts.is_empty() {
        return Ok(HashMap::new());
    }
    let mut conditions = Conditions::default();
    let (before, now) = (i64::from(asked.year) - 1, i64::from(asked.year));
    let first = conditions.value(before);
    let last = conditions.value(now);
    conditions.and(format!("year >= {first} AND year <= {last}"));
    conditions.and("person_id = ''".to_owned());
    // What says nothing of these facts need not be read.
    let patterns: Vec<String> = asked
        .facts
        .iter()
        .map(|fact| {
            let pattern = conditions.value(format!("%\"{}\"%", fact.replace('_', "!_")));
            format!("facts LIKE {pattern} ESCAPE '!'")
        })
        .collect();
    conditions.and(format!("({})", patterns.join(" OR ")));
    let sql = format!(
        "SELECT unit_id, year, facts
         FROM statement{}
         ORDER BY id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    // By unit and fact: the two years' last answers.
    let mut said: HashMap<UnitId, BTreeMap<&str, [Option<u64>; 2]>> = HashMap::new();
    for row in &rows {
        let year: i64 = row.try_get("year")?;
        let facts: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(&row.try_get::<String, _>("facts")?)?;
        let of_unit = said.entry(unit_of(row)?).or_default();
        for fact in &asked.facts {
            if let Some(value) = facts.get(fact) {
                let years = of_unit.entry(fact).or_default();
                years[usize::from(year == now)] = value.as_u64();
            }
        }
    }
    let numbers = said.into_iter().map(|(unit, facts)| {
        let known = facts.into_iter().filter_map(|(fact, years)| match years {
            [Some(before), Some(now)] => Some(Numbers {
                fact: fact.to_owned(),
                before,
                now,
            }),
            _ => None,
        });
        (unit, known.collect())
    });
    Ok(numbers.collect())
}

/// How many photos of a year, vouchers of spending aside, other units have, too, by the photos' content.
async fn shared_photos(tx: &mut Tx, year: i16) -> Result<HashMap<UnitId, u64>> {
    let rows = sqlx::query(
        "SELECT mine.unit_id, CAST(COUNT(DISTINCT mine.hash) AS BIGINT) AS photos
         FROM evidence AS mine
         WHERE mine.removed_at IS NULL AND mine.media_type LIKE 'image/%'
           AND mine.hash IN (
             SELECT hash
             FROM evidence
             WHERE removed_at IS NULL
             GROUP BY hash
             HAVING MIN(unit_id) <> MAX(unit_id))
           AND EXISTS (
             SELECT 1
             FROM evidence_use
             WHERE evidence_use.unit_id = mine.unit_id AND evidence_use.year = $1 AND evidence_use.evidence_id = mine.id
               AND evidence_use.target NOT LIKE 'spending:%')
         GROUP BY mine.unit_id",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok((unit_of(row)?, row.try_get::<i64, _>("photos")? as u64)))
        .collect()
}

fn unit_of(row: &AnyRow) -> Result<UnitId> {
    Ok(row.try_get::<String, _>("unit_id")?.parse()?)
}
