//! Titles that are due to be looked at again, what was found when they were, and the plaques of those that were taken.

use anyhow::{Context, Result};
use jianjia_domain::{
    check::renewal::{Due, Plaque, Renewal},
    core::{
        ids::{HonourId, UnitId},
        place::UnitKind,
    },
};
use jianjia_standard::kinds::HonourLevel;
use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk,
    condition::{Conditions, anywhere},
    db::Tx,
    pinyin,
};

/// What is wanted of the titles that are due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DueFilter {
    /// A title's key; empty for all.
    pub title: String,
    /// Part of the holder's name or its pinyin, of a person's name, or of a number.
    pub name: String,
}

/// The titles in force within a subtree that nobody has looked at since their cycle's year: by naming, a visit that was not red, or a renewal. `cycles`:
/// a title's key with the last year for which it is due. The longest ago first; with how many there are.
pub async fn due(
    tx: &mut Tx,
    within: &[String],
    (first_year, cycles): (i16, &[(String, i16)]),
    filter: &DueFilter,
    (limit, offset): (i64, i64),
) -> Result<(Vec<Due>, i64)> {
    let wanted = |title: &str| filter.title.is_empty() || filter.title == title;
    let cycles = cycles.iter().filter(|(title, _)| wanted(title));
    let cycles: Vec<&(String, i16)> = cycles.collect();
    if cycles.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let counted = conditions_of(within, first_year, (&cycles, filter), "h.title");
    let count = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM honour h{}",
        counted.sql()
    );
    let total: i64 = counted
        .query(count)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    // Read in the order of an index, as far as the page goes, and looked up for the page's lines alone: an index on titles would have all of them sorted.
    let mut conditions = conditions_of(
        within,
        first_year,
        (&cycles, filter),
        "COALESCE(h.title, '')",
    );
    let where_sql = conditions.sql();
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    let sql = format!(
        "SELECT h.id, h.title, h.level, h.number, h.unit_id, h.unit_path, h.holder_name, h.person_name, h.begun_on, h.year, h.revision,
           (SELECT MAX(r.year) FROM honour_renewal r WHERE r.honour_id = h.id) AS renewed_in,
           (SELECT MAX(v.year) FROM visit v WHERE v.unit_id = h.unit_id AND h.person_id = '' AND v.colour IN ('green', 'amber')) AS visited_in
         FROM honour h
         JOIN (
           SELECT h.id
           FROM honour h{where_sql}
           ORDER BY h.year, h.unit_path, h.id
           LIMIT {limit} OFFSET {offset}
         ) AS line ON line.id = h.id
         ORDER BY h.year, h.unit_path, h.id"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let due = rows.iter().map(due_of).collect::<Result<_>>()?;
    Ok((due, total))
}

/// Which titles are due; `title` is the column that holds one's key.
fn conditions_of(
    within: &[String],
    first_year: i16,
    (cycles, filter): (&[&(String, i16)], &DueFilter),
    title: &str,
) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.within("h.unit_path", within);
    conditions.equals("h.state", "in-force");
    // Titles from before the programme follow no cycle of it.
    let first = conditions.value(i64::from(first_year));
    conditions.and(format!("h.year >= {first}"));
    let mut pieces = Vec::new();
    for (key, last) in cycles {
        let key = conditions.value(key.as_str());
        let last = conditions.value(i64::from(*last));
        pieces.push(format!(
            "({title} = {key} AND h.year <= {last}
              AND h.id NOT IN (SELECT r.honour_id FROM honour_renewal r WHERE r.year > {last})
              AND (h.person_id <> ''
                OR h.unit_id NOT IN (SELECT v.unit_id FROM visit v WHERE v.colour IN ('green', 'amber') AND v.year > {last})))"
        ));
    }
    conditions.and(format!("({})", pieces.join(" OR ")));
    let name = filter.name.trim();
    if !name.is_empty() {
        let holder = pinyin::called(&mut conditions, "h.holder_name", "h.holder_sort_key", name);
        let part = conditions.value(anywhere(name));
        conditions.and(format!(
            "({holder} OR h.person_name LIKE {part} ESCAPE '!' OR h.number LIKE {part} ESCAPE '!')"
        ));
    }
    conditions
}

fn due_of(row: &AnyRow) -> Result<Due> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let named_in = i16::try_from(row.try_get::<i64, _>("year")?)?;
    let mut looked_in = named_in;
    for column in ["renewed_in", "visited_in"] {
        let year: Option<i64> = row.try_get(column)?;
        let year = year.map(i16::try_from).transpose()?;
        looked_in = looked_in.max(year.unwrap_or(named_in));
    }
    let person = text("person_name")?;
    let holder = text("holder_name")?;
    let level = text("level")?;
    Ok(Due {
        honour: text("id")?.parse()?,
        title: text("title")?,
        level: HonourLevel::from_key(&level).with_context(|| format!("no level {level}"))?,
        number: text("number")?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        holder_name: if person.is_empty() {
            holder
        } else {
            format!("{person}（{holder}）")
        },
        begun_on: text("begun_on")?.parse()?,
        named_in,
        looked_in,
        revision: row.try_get("revision")?,
    })
}

const RENEWAL_COLUMNS: [&str; 6] = [
    "honour_id",
    "year",
    "note",
    "account_id",
    "account_name",
    "at",
];

fn renewal_values(renewal: &Renewal) -> Vec<bulk::Value> {
    vec![
        renewal.honour.to_string().into(),
        i64::from(renewal.year).into(),
        renewal.note.as_str().into(),
        renewal.account.to_string().into(),
        renewal.account_name.as_str().into(),
        renewal.at.to_string().into(),
    ]
}

/// Keeps that a holder meets the conditions still; false if that was kept for the year.
pub async fn renew(tx: &mut Tx, renewal: &Renewal) -> Result<bool> {
    let row = renewal_values(renewal);
    bulk::insert_new(tx, "honour_renewal", &RENEWAL_COLUMNS, row).await
}

/// Keeps many that are not kept yet.
pub async fn insert_many(tx: &mut Tx, renewals: &[Renewal]) -> Result<()> {
    let rows = renewals.iter().map(renewal_values).collect();
    bulk::insert(tx, "honour_renewal", &RENEWAL_COLUMNS, rows).await
}

/// Asks for the plaque of a title; false if it was asked for before.
pub async fn ask_plaque(
    tx: &mut Tx,
    (honour, unit, unit_path): (&HonourId, &UnitId, &str),
    (asked_on, due_on): (Date, Date),
    by_name: &str,
) -> Result<bool> {
    let columns = [
        "honour_id",
        "unit_id",
        "unit_path",
        "asked_on",
        "asked_by_name",
        "due_on",
    ];
    let row = vec![
        honour.to_string().into(),
        unit.to_string().into(),
        unit_path.into(),
        asked_on.to_string().into(),
        by_name.into(),
        due_on.to_string().into(),
    ];
    bulk::insert_new(tx, "plaque", &columns, row).await
}

/// Records that a plaque came back; false if it was not out.
pub async fn return_plaque(
    tx: &mut Tx,
    honour: &HonourId,
    returned_on: Date,
    by_name: &str,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE plaque
         SET returned_on = $2, returned_by_name = $3
         WHERE honour_id = $1 AND returned_on = ''",
    )
    .bind(honour.to_string())
    .bind(returned_on.to_string())
    .bind(by_name.to_owned())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

const PLAQUE: &str = "SELECT p.honour_id, p.unit_id, p.unit_path, p.asked_on, p.asked_by_name, p.due_on, p.returned_on, p.returned_by_name,
    h.holder_name, h.unit_kind, h.title, h.number, h.year
  FROM plaque p
  JOIN honour h ON h.id = p.honour_id";

pub async fn plaque(tx: &mut Tx, honour: &HonourId) -> Result<Option<Plaque>> {
    let row = sqlx::query(AssertSqlSafe(format!("{PLAQUE} WHERE p.honour_id = $1")))
        .bind(honour.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(plaque_of).transpose()
}

/// A portion (limit, offset) of the plaques asked for within subtrees, those still out first, the longest ago first; and how many there are.
pub async fn plaques(
    tx: &mut Tx,
    within: &[String],
    (limit, offset): (i64, i64),
) -> Result<(Vec<Plaque>, i64)> {
    let mut conditions = Conditions::default();
    conditions.within("p.unit_path", within);
    let where_sql = conditions.sql();
    let count = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM plaque p{where_sql}");
    let total = conditions.query(count).fetch_one(&mut **tx).await?;
    let total: i64 = total.try_get(0)?;
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    let sql = format!(
        "{PLAQUE}{where_sql}
         ORDER BY CASE WHEN p.returned_on = '' THEN 0 ELSE 1 END, p.due_on, p.honour_id
         LIMIT {limit} OFFSET {offset}"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let plaques = rows.iter().map(plaque_of).collect::<Result<_>>()?;
    Ok((plaques, total))
}

fn plaque_of(row: &AnyRow) -> Result<Plaque> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let returned_on = text("returned_on")?;
    let kind = text("unit_kind")?;
    Ok(Plaque {
        honour: text("honour_id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_kind: UnitKind::from_key(&kind).with_context(|| format!("no kind of unit {kind}"))?,
        holder_name: text("holder_name")?,
        title: text("title")?,
        number: text("number")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        asked_on: text("asked_on")?.parse()?,
        asked_by_name: text("asked_by_name")?,
        due_on: text("due_on")?.parse()?,
        returned_on: if returned_on.is_empty() {
            None
        } else {
            Some(returned_on.parse()?)
        },
        returned_by_name: text("returned_by_name")?,
    })
}

#[cfg(test)]
mod tests;
