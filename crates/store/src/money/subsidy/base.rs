//! What subsidies start from: records that are added, of which the last of a unit and year holds.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{SubsidyBaseId, UnitId},
        place::subtree,
    },
    money::subsidy::{Base, BaseSource},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    condition::{Conditions, List},
    db::Tx,
    pinyin,
};

/// The columns that `base_of` reads and `insert_many` writes, in this order.
const COLUMNS: &str = "b.id, b.unit_id, b.unit_path, b.year, b.number, b.amount_fen, b.source, b.note, b.recorded_by, b.recorded_by_name, b.recorded_at";

/// That no later record of the same unit and year is there.
const HOLDS: &str = "NOT EXISTS (
           SELECT 1 FROM subsidy_base later
           WHERE later.unit_id = b.unit_id AND later.year = b.year AND later.number > b.number)";

/// Records a base; false if another of its number is there.
pub async fn record(tx: &mut Tx, base: &Base) -> Result<bool> {
    bulk::insert_new(tx, "subsidy_base", &columns(), values(base)).await
}

/// Records bases whose numbers are free: for imports.
pub async fn insert_many(tx: &mut Tx, bases: &[Base]) -> Result<()> {
    let rows = bases.iter().map(values).collect();
    bulk::insert(tx, "subsidy_base", &columns(), rows).await
}

fn columns() -> Vec<&'static str> {
    let names = COLUMNS.split(',');
    names
        .map(|column| column.trim().trim_start_matches("b."))
        .collect()
}

fn values(base: &Base) -> Vec<Value> {
    let recorded_by = base.recorded_by;
    vec![
        base.id.to_string().into(),
        base.unit.to_string().into(),
        base.unit_path.as_str().into(),
        i64::from(base.year).into(),
        base.number.into(),
        base.amount_fen.into(),
        base.source.key().into(),
        base.note.as_str().into(),
        Value::Text(recorded_by.map_or_else(String::new, |id| id.to_string())),
        base.recorded_by_name.as_str().into(),
        base.recorded_at.to_string().into(),
    ]
}

pub async fn find(tx: &mut Tx, id: &SubsidyBaseId) -> Result<Option<Base>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM subsidy_base b WHERE b.id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| base_of(&row)).transpose()
}

/// The bases of these records, in no order.
pub async fn find_many(tx: &mut Tx, ids: &[SubsidyBaseId]) -> Result<Vec<Base>> {
    let sql = format!("SELECT {COLUMNS} FROM subsidy_base b WHERE b.id IN ({{words}})");
    let rows = bulk::select(tx, &sql, &[], ids.iter().map(SubsidyBaseId::to_string)).await?;
    rows.iter().map(base_of).collect()
}

/// The bases that hold for these units in a year, in no order.
pub async fn of_units(tx: &mut Tx, year: i16, units: &[UnitId]) -> Result<Vec<Base>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM subsidy_base b
         WHERE b.year = $1 AND b.unit_id IN ({{words}}) AND {HOLDS}"
    );
    let first = [Value::Number(i64::from(year))];
    let rows = bulk::select(tx, &sql, &first, units.iter().map(UnitId::to_string)).await?;
    rows.iter().map(base_of).collect()
}

/// Every base that a unit ever had, the newest year first, within a year the newest first.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Base>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM subsidy_base b
         WHERE b.unit_id = $1
         ORDER BY b.year DESC, b.number DESC"
    )))
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(base_of).collect()
}

/// The bases that hold in a subtree, of all years: for imports.
pub async fn within(tx: &mut Tx, path: &str) -> Result<Vec<Base>> {
    let (lower, upper) = subtree(path);
    between(tx, (&lower, &upper)).await
}

/// The bases that hold of the units from a path on and before another, in the order of the tree: for exports.
pub async fn between(tx: &mut Tx, (lower, upper): (&str, &str)) -> Result<Vec<Base>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM subsidy_base b
         WHERE b.unit_path >= $1 AND b.unit_path < $2 AND {HOLDS}
         ORDER BY b.unit_path, b.year"
    )))
    .bind(lower.to_owned())
    .bind(upper.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(base_of).collect()
}

/// Which units are asked for in the list of a year's bases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DueFilter {
    pub year: i16,
    /// Only units within these subtrees.
    pub within: Vec<String>,
    /// Keys of kinds.
    pub kinds: Vec<&'static str>,
    /// Codes of divisions whose bases are recorded; none for every place.
    pub divisions: Vec<String>,
    pub only_missing: bool,
    /// Part of the name, or its pinyin.
    pub name: String,
}

/// A unit whose base is recorded, with what holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub unit: UnitId,
    pub unit_name: String,
    pub upper: String,
    pub base: Option<(i64, i64, String)>,
}

/// A portion (limit, offset) of the units whose bases the city records, in the order of the tree, and how many there are.
pub async fn due(tx: &mut Tx, filter: &DueFilter, portion: (i64, i64)) -> Result<(Vec<Due>, i64)> {
    let mut conditions = Conditions::default();
    conditions.equals("unit.state", "active");
    conditions.among("unit.kind", filter.kinds.iter().copied());
    conditions.within("unit.path", &filter.within);
    if !filter.divisions.is_empty() {
        let ranges = filter.divisions.iter().map(|code| {
            let (lower, upper) = (
                conditions.value(code.as_str()),
                conditions.value(format!("{code}:")),
            );
            format!("(unit.division >= {lower} AND unit.division < {upper})")
        });
        let ranges: Vec<String> = ranges.collect();
        conditions.and(format!("({})", ranges.join(" OR ")));
    }
    if filter.only_missing {
        let year = conditions.value(i64::from(filter.year));
        conditions.and(format!(
            "NOT EXISTS (SELECT 1 FROM subsidy_base b WHERE b.unit_id = unit.id AND b.year = {year})"
        ));
    }
    if !filter.name.trim().is_empty() {
        let called = pinyin::called(&mut conditions, "unit.name", "unit.sort_key", &filter.name);
        conditions.search(called);
    }
    let list = List {
        table: "unit",
        key: "unit.id",
        order: "unit.path",
        columns: "listed.id, listed.name, COALESCE(upper_unit.name, '') AS upper_name",
        from: "unit AS listed LEFT JOIN unit AS upper_unit ON upper_unit.id = listed.parent_id",
        from_key: "listed.id",
        from_order: "listed.path",
    };
    let (rows, total) = conditions.page(tx, &list, portion).await?;
    let ids: Vec<UnitId> = rows
        .iter()
        .map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .collect::<Result<_>>()?;
    let bases = of_units(tx, filter.year, &ids).await?;
    let due = rows
        .iter()
        .zip(ids)
        .map(|(row, unit)| {
            let base = bases.iter().find(|base| base.unit == unit);
            Ok(Due {
                unit,
                unit_name: row.try_get("name")?,
                upper: row.try_get("upper_name")?,
                base: base.map(|base| (base.amount_fen, base.number, base.note.clone())),
            })
        })
        .collect::<Result<_>>()?;
    Ok((due, total))
}

fn base_of(row: &AnyRow) -> Result<Base> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let (source, recorded_by) = (text("source")?, text("recorded_by")?);
    Ok(Base {
        id: text("id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        number: row.try_get("number")?,
        amount_fen: row.try_get("amount_fen")?,
        source: BaseSource::from_key(&source)
            .with_context(|| format!("unknown source of a base {source}"))?,
        note: text("note")?,
        recorded_by: match recorded_by.as_str() {
            "" => None,
            id => Some(id.parse()?),
        },
        recorded_by_name: text("recorded_by_name")?,
        recorded_at: text("recorded_at")?.parse()?,
    })
}
