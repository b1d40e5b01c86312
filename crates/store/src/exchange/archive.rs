//! The archive of a round, read from the database: the lines of each noun, one after the other, and figures over them. What stands in an archive is listed in
//! `noun`; the files, and what checks them, are `app`'s.

pub mod noun;

use std::{collections::BTreeMap, ops::Range};

use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use jianjia_domain::{
    core::ids::{ApplicationId, PublicationId, SpotCheckId},
    honour::honour::Honour,
};
use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value};
use sqlx::{
    Any, AssertSqlSafe, Row,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use self::noun::{Field, FieldKind, Noun, Whose};
use crate::{
    core::{db::Tx, schema::tables},
    honour::honour::{COLUMNS, honour_of},
};

/// Calls `each` with every line of a noun, in the order of the table's key; returns their number. Rows are read as they come, never all at once.
///
/// # Errors
/// If the table can't be read, or a row holds what its column can't hold; and those of `each`.
pub async fn each_line(
    tx: &mut Tx,
    noun: &Noun,
    year: i16,
    mut each: impl FnMut(Map<String, Value>) -> Result<()>,
) -> Result<i64> {
    let fields = noun.fields();
    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
    let keys = tables()
        .into_iter()
        .find(|table| table.name == noun.table)
        .map(|table| table.keys)
        .with_context(|| format!("there is no table {}", noun.table))?;
    let sql = format!(
        "SELECT {} FROM {}{} ORDER BY {}",
        names.join(", "),
        noun.table,
        condition(noun),
        keys.join(", ")
    );
    let query = bound(noun, year, AssertSqlSafe(sql))?;
    let mut rows = query.fetch(&mut **tx);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        let line = line(noun, &fields, &row).with_context(|| format!("a line of {}", noun.name))?;
        each(line)?;
        count += 1;
    }
    Ok(count)
}

/// How many lines of a noun there are by some of its fields: the values, joined by spaces, and the number.
///
/// # Errors
/// If the table can't be read.
pub async fn count_by(
    tx: &mut Tx,
    noun: &Noun,
    fields: &[&str],
    year: i16,
) -> Result<BTreeMap<String, i64>> {
    let told: Vec<String> = fields
        .iter()
        .map(|field| format!("COALESCE(CAST({field} AS TEXT), '')"))
        .collect();
    // PostgreSQL groups by no constant.
    let (told, grouped) = if told.is_empty() {
        ("''".to_owned(), String::new())
    } else {
        let told = told.join(" || ' ' || ");
        let grouped = format!(" GROUP BY {told}");
        (told, grouped)
    };
    let sql = format!(
        "SELECT {told} AS told, CAST(COUNT(*) AS BIGINT) AS counted FROM {}{}{grouped}",
        noun.table,
        condition(noun)
    );
    let rows = bound(noun, year, AssertSqlSafe(sql))?
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("told")?, row.try_get("counted")?)))
        .collect()
}

/// The years that had a round, the newest first: days were set for it, or something was handed in.
///
/// # Errors
/// If they can't be read.
pub async fn years(tx: &mut Tx) -> Result<Vec<i16>> {
    let rows = sqlx::query(
        "SELECT year FROM round
         UNION
         SELECT year FROM application WHERE state <> 'draft'
         ORDER BY 1 DESC",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(i16::try_from(row.try_get::<i64, _>(0)?)?))
        .collect()
}

/// The versions of the standards by which something of the round was judged, voted or drawn.
///
/// # Errors
/// If they can't be read.
pub async fn standard_versions(tx: &mut Tx, year: i16) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT standard_hash AS version FROM judgement WHERE year = $1
         UNION
         SELECT standard FROM poll WHERE year = $1 AND standard <> ''
         UNION
         SELECT standard_version FROM spot_check WHERE year = $1
         ORDER BY 1",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The first and the last position in the chain of the lines that were written in a time; none where no line was, or none is sealed.
///
/// # Errors
/// If they can't be read.
pub async fn positions(tx: &mut Tx, time: &Range<Timestamp>) -> Result<Option<(i64, i64)>> {
    let row = sqlx::query(
        "SELECT MIN(position) AS first, MAX(position) AS last
         FROM audit
         WHERE position IS NOT NULL AND at >= $1 AND at < $2",
    )
    .bind(time.start.to_string())
    .bind(time.end.to_string())
    .fetch_one(&mut **tx)
    .await?;
    let first: Option<i64> = row.try_get("first")?;
    let last: Option<i64> = row.try_get("last")?;
    Ok(first.zip(last))
}

/// The ids of the applications of a year that were handed in.
///
/// # Errors
/// If they can't be read.
pub async fn applications(tx: &mut Tx, year: i16) -> Result<Vec<ApplicationId>> {
    let rows = sqlx::query(
        "SELECT id
         FROM application
         WHERE year = $1 AND state <> 'draft'
         ORDER BY id",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .collect()
}

/// The ids of the round's public notices.
///
/// # Errors
/// If they can't be read.
pub async fn publications(tx: &mut Tx, year: i16) -> Result<Vec<PublicationId>> {
    let rows = sqlx::query("SELECT id FROM publication WHERE year = $1 ORDER BY id")
        .bind(i64::from(year))
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .collect()
}

/// What was named in one act each in the round of a year.
///
/// # Errors
/// If it can't be read.
pub async fn batches(tx: &mut Tx, year: i16) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT DISTINCT batch_id
         FROM honour
         WHERE year = $1 AND source = 'named' AND batch_id <> ''
         ORDER BY batch_id",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?))
        .collect()
}

/// The titles of the round of a year that have a certificate and were decided one by one, in the order of their numbers.
///
/// # Errors
/// If they can't be read.
pub async fn singles(tx: &mut Tx, year: i16) -> Result<Vec<Honour>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM honour h
         WHERE h.year = $1 AND h.source = 'named' AND h.batch_id = ''
           AND h.id IN (SELECT honour_id FROM certificate)
         ORDER BY h.number, h.id"
    )))
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(honour_of).collect()
}

/// What a public notice showed, byte for byte.
///
/// # Errors
/// If it can't be read.
pub async fn shown(tx: &mut Tx, id: &PublicationId) -> Result<String> {
    let row = sqlx::query("SELECT shown FROM publication WHERE id = $1")
        .bind(id.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(row.try_get(0)?)
}

/// The round's spot check.
///
/// # Errors
/// If it can't be read.
pub async fn spot_check(tx: &mut Tx, year: i16) -> Result<Option<SpotCheckId>> {
    let row = sqlx::query("SELECT id FROM spot_check WHERE year = $1")
        .bind(i64::from(year))
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .transpose()
}

/// The hashes of the files that the round's records name: evidence of the year's facts and activities, and photos of its visits.
///
/// # Errors
/// If they can't be read.
pub async fn file_hashes(tx: &mut Tx, year: i16) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT hash FROM evidence WHERE id IN (SELECT evidence_id FROM evidence_use WHERE year = $1)
         UNION
         SELECT hash FROM visit_photo WHERE visit_id IN (SELECT id FROM visit WHERE year = $1)
         ORDER BY 1",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

fn condition(noun: &Noun) -> String {
    match noun.whose {
        Whose::All => String::new(),
        Whose::Year(condition) | Whose::Days(condition) | Whose::Until(condition) => {
            format!(" WHERE {condition}")
        }
    }
}

/// The statement with what its condition asks for.
fn bound(
    noun: &Noun,
    year: i16,
    sql: AssertSqlSafe<String>,
) -> Result<Query<'static, Any, AnyArguments>> {
    let query = sqlx::query(sql).persistent(false);
    let day = |year: i16, month, day| {
        let day = Date::new(year, month, day).context("a day of the round's year")?;
        anyhow::Ok(day.to_string())
    };
    Ok(match noun.whose {
        Whose::All => query,
        Whose::Year(_) => query.bind(i64::from(year)),
        Whose::Days(_) => query.bind(day(year, 1, 1)?).bind(day(year, 12, 31)?),
        Whose::Until(_) => query.bind(day(year.saturating_add(1), 12, 31)?),
    })
}

fn line(noun: &Noun, fields: &[Field], row: &AnyRow) -> Result<Map<String, Value>> {
    let mut line = Map::new();
    for (index, field) in fields.iter().enumerate() {
        let value = value(field, row, index).with_context(|| field.name)?;
        line.insert(field.name.to_owned(), value);
    }
    if noun.name == "unit-version"
        && let Some(data) = line.get_mut("data")
    {
        without_telephone(data);
    }
    Ok(line)
}

fn value(field: &Field, row: &AnyRow, index: usize) -> Result<Value> {
    if let FieldKind::Number | FieldKind::Truth = field.kind {
        let number: Option<i64> = row.try_get(index)?;
        return Ok(match field.kind {
            FieldKind::Truth => number.map(|number| number != 0).into(),
            _ => number.into(),
        });
    }
    let text: Option<String> = row.try_get(index)?;
    // Whether nothing is '' or NULL is the tables' own business.
    let Some(text) = text.filter(|text| !text.is_empty() || !field.is_optional) else {
        return Ok(Value::Null);
    };
    Ok(match field.kind {
        FieldKind::Json => serde_json::from_str(&text)?,
        FieldKind::DayOf => {
            let at: Timestamp = text.parse()?;
            jianjia_domain::core::day::day_of(at).to_string().into()
        }
        _ => text.into(),
    })
}

/// Takes telephone numbers out of a unit as it was.
fn without_telephone(data: &mut Value) {
    if let Some(data) = data.as_object_mut() {
        data.remove("phone");
        for value in data.values_mut() {
            without_telephone(value);
        }
    }
}

#[cfg(test)]
mod tests;
