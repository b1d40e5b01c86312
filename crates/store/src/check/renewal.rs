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

use crate::{
    core::{
        bulk,
        condition::{Conditions, anywhere},
        db::Tx,
        pinyin,
    },
    honour::honour::look,
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
    let cycles: Vec<&(String, i16)> = cycles.iter().filter(|(title, _)| wanted(title)).collect();
    if cycles.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let name = filter.name.trim();
    let joined = if name.is_empty() {
        ""
    } else {
        "JOIN honour h ON h.id = l.honour_id"
    };
    let mut total = 0;
    for (title, last) in &cycles {
        let mut conditions = Conditions::default();
        conditions.equals("l.title", title.as_str());
        let last = conditions.value(i64::from(*last));
        conditions.and(format!("l.looked_in <= {last}"));
        // By the index of titles: by that of places the rows of all titles would be gone through for each.
        let path = "COALESCE(l.unit_path, '')";
        narrow(&mut conditions, (path, within), first_year, name);
        let sql = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM honour_look l {joined}{}",
            conditions.sql()
        );
        let count: i64 = conditions
            .query(sql)
            .fetch_one(&mut **tx)
            .await?
            .try_get(0)?;
        total += count;
    }
    // Read in the order of an index, as far as the page goes, and looked up for the page's lines alone: an index on titles would have all of them sorted.
    let mut conditions = Conditions::default();
    let latest = cycles.iter().map(|(_, last)| i64::from(*last)).max();
    let latest = conditions.value(latest.unwrap_or_default());
    conditions.and(format!("l.looked_in <= {latest}"));
    let pieces: Vec<String> = cycles
        .iter()
        .map(|(title, last)| {
            let title = conditions.value(title.as_str());
            let last = conditions.value(i64::from(*last));
            format!("(COALESCE(l.title, '') = {title} AND l.looked_in <= {last})")
        })
        .collect();
    conditions.and(format!("({})", pieces.join(" OR ")));
    narrow(&mut conditions, ("l.unit_path", within), first_year, name);
    let where_sql = conditions.sql();
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    let sql = format!(
        "SELECT h.id, h.title, h.level, h.number, h.unit_id, h.unit_path, h.holder_name, h.person_name, h.begun_on, h.year, h.revision, line.looked_in
         FROM honour h
         JOIN (
           SELECT l.honour_id, l.looked_in
           FROM honour_look l {joined}{where_sql}
           ORDER BY l.looked_in, l.unit_path, l.honour_id
           LIMIT {limit} OFFSET {offset}
         ) AS line ON line.honour_id = h.id
         ORDER BY line.looked_in, h.unit_path, h.id"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let due = rows.iter().map(due_of).collect::<Result<_>>()?;
    Ok((due, total))
}

/// Leaves those within the subtrees, of the programme's own years (titles from before follow no cycle of it), and of a name if one is asked for.
fn narrow(
    conditions: &mut Conditions,
    (path, within): (&str, &[String]),
    first_year: i16,
    name: &str,
) {
    conditions.within(path, within);
    let first = conditions.value(i64::from(first_year));
    conditions.and(format!("l.named_in >= {first}"));
    if !name.is_empty() {
        let holder = pinyin::called(conditions, "h.holder_name", "h.holder_sort_key", name);
        let part = conditions.value(anywhere(name));
        conditions.and(format!(
            "({holder} OR h.person_name LIKE {part} ESCAPE '!' OR h.number LIKE {part} ESCAPE '!')"
        ));
    }
}

fn due_of(row: &AnyRow) -> Result<Due> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let year = |column: &str| -> Result<i16> { Ok(i16::try_from(row.try_get::<i64, _>(column)?)?) };
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
        named_in: year("year")?,
        looked_in: year("looked_in")?,
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
    let is_new = bulk::insert_new(tx, "honour_renewal", &RENEWAL_COLUMNS, row).await?;
    if is_new {
        look::note(tx, std::iter::once(renewal.honour)).await?;
    }
    Ok(is_new)
}

/// Keeps many that are not kept yet.
pub async fn insert_many(tx: &mut Tx, renewals: &[Renewal]) -> Result<()> {
    let rows = renewals.iter().map(renewal_values).collect();
    bulk::insert(tx, "honour_renewal", &RENEWAL_COLUMNS, rows).await?;
    look::note(tx, renewals.iter().map(|renewal| renewal.honour)).await
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
