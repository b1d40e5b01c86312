//! What the x-ray looks through: the unions portion by portion with what is known of each, the photos of all of them, and what is usual.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::{EvidenceId, UnitId},
        place::{UnitKind, subtree},
    },
    insight::xray::{look::Look, usual::Usual},
    year::evidence::MediaType,
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    condition::Conditions,
    db::Tx,
    place::kind_of,
};

/// A union whose data is looked through, as the register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    pub unit: UnitId,
    pub path: String,
    pub name: String,
    pub kind: UnitKind,
    pub workers: Option<i64>,
    pub members: Option<i64>,
}

/// The kinds that only lead have no data of their own.
const EXAMINED: &str = "SELECT id, path, name, kind, workers, members
    FROM unit
    WHERE state = 'active' AND kind NOT IN ('city', 'district')";

/// The next active unions at and below a path, in the order of their ids.
pub async fn after(tx: &mut Tx, path: &str, after: &str, limit: i64) -> Result<Vec<Examined>> {
    let (lower, upper) = subtree(path);
    let sql = format!(
        "{EXAMINED} AND id > $1 AND path >= $2 AND path < $3
         ORDER BY id
         LIMIT $4"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(after.to_owned())
        .bind(lower)
        .bind(upper)
        .bind(limit)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(examined_of).collect()
}

/// These unions, those of them that are active.
pub async fn of(tx: &mut Tx, units: &[UnitId]) -> Result<Vec<Examined>> {
    let sql = format!("{EXAMINED} AND id IN ({{words}})");
    let rows = bulk::select(tx, &sql, &[], units.iter().map(UnitId::to_string)).await?;
    rows.iter().map(examined_of).collect()
}

/// How many there are at and below a path.
pub async fn count(tx: &mut Tx, path: &str) -> Result<i64> {
    let (lower, upper) = subtree(path);
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM unit
         WHERE state = 'active' AND kind NOT IN ('city', 'district') AND path >= $1 AND path < $2",
    )
    .bind(lower)
    .bind(upper)
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get(0)?)
}

fn examined_of(row: &AnyRow) -> Result<Examined> {
    Ok(Examined {
        unit: unit_of(row)?,
        path: row.try_get("path")?,
        name: row.try_get("name")?,
        kind: kind_of(row)?,
        workers: row.try_get("workers")?,
        members: row.try_get("members")?,
    })
}

fn unit_of(row: &AnyRow) -> Result<UnitId> {
    Ok(row.try_get::<String, _>("id")?.parse()?)
}

/// The unions of whose year something was said, used, rated, applied for or registered since an instant, and those that have an open contradiction: in the
/// order of their ids, after one.
pub async fn changed(
    tx: &mut Tx,
    year: i16,
    since: Timestamp,
    (after, limit): (&str, i64),
) -> Result<Vec<UnitId>> {
    let rows = sqlx::query(
        "SELECT id
         FROM (
           SELECT unit_id AS id FROM statement WHERE year = $1 AND said_at > $2 AND person_id = ''
           UNION
           SELECT unit_id AS id FROM evidence_use WHERE year = $1 AND added_at > $2
           UNION
           SELECT unit_id AS id FROM rating WHERE year = $1 AND recorded_at > $2
           UNION
           SELECT unit_id AS id FROM application WHERE year = $1 AND since_at > $2 AND person_id = ''
           UNION
           SELECT id FROM unit WHERE changed_at > $2
           UNION
           SELECT unit_id AS id FROM doubt WHERE year = $1 AND is_open = 1) AS changed
         WHERE id > $3
         ORDER BY id
         LIMIT $4",
    )
    .bind(i64::from(year))
    .bind(since.to_string())
    .bind(after.to_owned())
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(unit_of).collect()
}

/// The answers of a year that have a document: what is used for, as evidence is (`fact:own_account`).
pub async fn proven(
    tx: &mut Tx,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, BTreeSet<String>>> {
    let sql = "SELECT evidence_use.unit_id AS id, evidence_use.target AS what
               FROM evidence_use
               JOIN evidence ON evidence.id = evidence_use.evidence_id AND evidence.removed_at IS NULL
               WHERE evidence_use.year = $1 AND evidence_use.unit_id IN ({words}) AND evidence_use.target NOT LIKE 'spending:%'";
    sets(&of_year(tx, sql, units, year).await?)
}

/// The titles that these unions applied for in a year.
pub async fn applied(
    tx: &mut Tx,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, BTreeSet<String>>> {
    let sql = "SELECT unit_id AS id, title AS what
               FROM application
               WHERE year = $1 AND person_id = '' AND state NOT IN ('draft', 'withdrawn') AND unit_id IN ({words})";
    sets(&of_year(tx, sql, units, year).await?)
}

async fn of_year(tx: &mut Tx, sql: &str, units: &[UnitId], year: i16) -> Result<Vec<AnyRow>> {
    let first = [i64::from(year).into()];
    bulk::select(tx, sql, &first, units.iter().map(UnitId::to_string)).await
}

fn sets(rows: &[AnyRow]) -> Result<HashMap<UnitId, BTreeSet<String>>> {
    let mut sets: HashMap<UnitId, BTreeSet<String>> = HashMap::new();
    for row in rows {
        let set = sets.entry(unit_of(row)?).or_default();
        set.insert(row.try_get("what")?);
    }
    Ok(sets)
}

/// A photo in a union's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    pub evidence: EvidenceId,
    pub unit: UnitId,
    pub unit_name: String,
    pub name: String,
    /// The hash of its content.
    pub content: String,
    /// None of what can't be decoded, or was not looked at yet.
    pub look: Option<Look>,
}

/// The photos in the files of active unions, of whatever year; without those that are only vouchers of spending, which is no part of the file.
pub async fn photos(tx: &mut Tx) -> Result<Vec<Photo>> {
    let rows = sqlx::query(
        "SELECT evidence.id, evidence.unit_id, evidence.name, evidence.hash, unit.name AS unit_name, COALESCE(photo_look.look, '') AS look
         FROM evidence
         JOIN unit ON unit.id = evidence.unit_id AND unit.state = 'active'
         LEFT JOIN photo_look ON photo_look.hash = evidence.hash
         WHERE evidence.removed_at IS NULL AND evidence.media_type LIKE 'image/%'
           AND (NOT EXISTS (
               SELECT 1
               FROM evidence_use
               WHERE evidence_use.unit_id = evidence.unit_id AND evidence_use.evidence_id = evidence.id AND evidence_use.target LIKE 'spending:%')
             OR EXISTS (
               SELECT 1
               FROM evidence_use
               WHERE evidence_use.unit_id = evidence.unit_id AND evidence_use.evidence_id = evidence.id AND evidence_use.target NOT LIKE 'spending:%'))
         ORDER BY evidence.id",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            Ok(Photo {
                evidence: text("id")?.parse()?,
                unit: text("unit_id")?.parse()?,
                unit_name: text("unit_name")?,
                name: text("name")?,
                content: text("hash")?,
                look: text("look")?.parse().ok(),
            })
        })
        .collect()
}

/// The photos that a year's facts and activities use; vouchers of spending are none of them.
pub async fn used(tx: &mut Tx, year: i16) -> Result<BTreeSet<EvidenceId>> {
    let rows = sqlx::query(
        "SELECT DISTINCT evidence_use.evidence_id AS id
         FROM evidence_use
         JOIN evidence ON evidence.id = evidence_use.evidence_id AND evidence.media_type LIKE 'image/%'
         WHERE evidence_use.year = $1 AND evidence_use.target NOT LIKE 'spending:%'",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .collect()
}

/// Contents of photos that nobody looked at yet.
pub async fn unlooked(tx: &mut Tx, limit: i64) -> Result<Vec<(String, MediaType)>> {
    let rows = sqlx::query(
        "SELECT evidence.hash, MIN(evidence.media_type) AS media_type
         FROM evidence
         LEFT JOIN photo_look ON photo_look.hash = evidence.hash
         WHERE evidence.removed_at IS NULL AND evidence.media_type LIKE 'image/%' AND photo_look.hash IS NULL
         GROUP BY evidence.hash
         ORDER BY evidence.hash
         LIMIT $1",
    )
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .filter_map(|row| {
            let read = || -> Result<Option<(String, MediaType)>> {
                let media_type: String = row.try_get("media_type")?;
                let media_type = MediaType::from_mime(&media_type);
                Ok(media_type
                    .zip(Some(row.try_get("hash")?))
                    .map(|(of, hash)| (hash, of)))
            };
            read().transpose()
        })
        .collect()
}

/// Keeps how photos look; none of what can't be decoded.
pub async fn keep_looks(tx: &mut Tx, looks: &[(String, Option<Look>)]) -> Result<()> {
    let rows = looks
        .iter()
        .map(|(hash, look)| {
            let look = look.map_or_else(String::new, |look| look.to_string());
            vec![hash.as_str().into(), look.into()]
        })
        .collect();
    bulk::upsert(tx, "photo_look", &["hash"], &["hash", "look"], rows).await
}

/// What is usual: by a rule's key, a kind and a size.
pub type Usuals = HashMap<(String, UnitKind, usize), Usual>;

pub async fn usual(tx: &mut Tx, year: i16) -> Result<Usuals> {
    let mut conditions = Conditions::default();
    conditions.equals("year", i64::from(year));
    let sql = format!(
        "SELECT rule, unit_kind AS kind, size, unions, median_twice, spread_four
         FROM usual{}",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let number =
                |column| Ok::<u64, anyhow::Error>(u64::try_from(row.try_get::<i64, _>(column)?)?);
            let key = (
                row.try_get("rule")?,
                kind_of(row)?,
                usize::try_from(number("size")?)?,
            );
            let usual = Usual {
                unions: number("unions")?,
                median_twice: number("median_twice")?,
                spread_four: number("spread_four")?,
            };
            Ok((key, usual))
        })
        .collect()
}

/// Takes what is usual in a year in the place of what was.
pub async fn set_usual(tx: &mut Tx, year: i16, usuals: &Usuals) -> Result<()> {
    sqlx::query("DELETE FROM usual WHERE year = $1")
        .bind(i64::from(year))
        .execute(&mut **tx)
        .await?;
    let columns = [
        "year",
        "rule",
        "unit_kind",
        "size",
        "unions",
        "median_twice",
        "spread_four",
    ];
    let number = |number: u64| Value::Number(i64::try_from(number).unwrap_or(i64::MAX));
    let mut rows: Vec<Vec<Value>> = usuals
        .iter()
        .map(|((rule, kind, size), usual)| {
            vec![
                i64::from(year).into(),
                rule.as_str().into(),
                kind.key().into(),
                number(*size as u64),
                number(usual.unions),
                number(usual.median_twice),
                number(usual.spread_four),
            ]
        })
        .collect();
    // In one order, whatever the map's.
    rows.sort_by_key(|row| format!("{row:?}"));
    bulk::insert(tx, "usual", &columns, rows).await
}

#[cfg(test)]
mod tests;
