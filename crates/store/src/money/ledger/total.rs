//! What units' years come to, kept beside the lines for lists and for sums by place. Nothing is decided by it; `verify` works it out again.

use std::collections::BTreeSet;

use anyhow::Result;
use jianjia_domain::{
    core::{ids::UnitId, place::UnitPlace},
    money::ledger::{Balances, YearSums},
};
use sqlx::{Row, any::AnyRow};

use super::{balances_of, balances_of_year, year_of};
use crate::core::{
    bulk::{self, Value},
    condition::{Conditions, List},
    db::Tx,
    pinyin,
    place::place_of,
};

/// A unit's year in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitTotal {
    pub unit: UnitPlace,
    pub sums: YearSums,
}

/// What a place and all below it come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceTotal {
    pub unit: UnitPlace,
    /// Units that have any of it.
    pub units: i64,
    /// Those of them that spent more than there was.
    pub over: i64,
    pub sums: YearSums,
}

const SUMS: [&str; 7] = [
    "opening_fen",
    "granted_fen",
    "unpaid_fen",
    "paid_fen",
    "spent_fen",
    "returned_fen",
    "closing_fen",
];

/// Works out anew what these units' years come to.
pub async fn renew(tx: &mut Tx, units: &[UnitPlace], years: &[i16]) -> Result<()> {
    let mut seen = BTreeSet::new();
    let units: Vec<&UnitPlace> = units.iter().filter(|unit| seen.insert(unit.id)).collect();
    let ids: Vec<UnitId> = units.iter().map(|unit| unit.id).collect();
    let years: BTreeSet<i16> = years.iter().copied().collect();
    for year in years {
        let balances = balances_of(tx, &ids, year).await?;
        let rows = units.iter().filter_map(|unit| {
            let balances = balances.get(&unit.id)?;
            Some(row_of(&unit.id, &unit.path, year, balances))
        });
        let rows: Vec<Vec<Value>> = rows.collect();
        if !rows.is_empty() {
            let columns: Vec<&'static str> = ["id", "unit_id", "unit_path", "year"]
                .into_iter()
                .chain(SUMS)
                .collect();
            bulk::upsert(tx, "ledger_total", &["id"], &columns, rows).await?;
        }
    }
    Ok(())
}

fn row_of(unit: &UnitId, path: &str, year: i16, balances: &Balances) -> Vec<Value> {
    let sums = balances.sums();
    vec![
        format!("{unit}:{year}").into(),
        unit.to_string().into(),
        path.into(),
        i64::from(year).into(),
        sums.opening_fen.into(),
        sums.granted_fen.into(),
        sums.unpaid_fen.into(),
        sums.paid_fen.into(),
        sums.spent_fen.into(),
        sums.returned_fen.into(),
        sums.closing_fen.into(),
    ]
}

/// The years of units whose kept figures aren't those of their lines.
pub async fn wrong(tx: &mut Tx, year: i16) -> Result<Vec<UnitId>> {
    let balances = balances_of_year(tx, year).await?;
    let rows = sqlx::query(
        "SELECT unit_id, opening_fen, granted_fen, unpaid_fen, paid_fen, spent_fen, returned_fen, closing_fen
         FROM ledger_total
         WHERE year = $1",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    let mut wrong = BTreeSet::new();
    let mut known = BTreeSet::new();
    for row in &rows {
        let unit: UnitId = row.try_get::<String, _>("unit_id")?.parse()?;
        known.insert(unit);
        let kept = sums_of(row)?;
        if balances.get(&unit).map(Balances::sums) != Some(kept) {
            wrong.insert(unit);
        }
    }
    wrong.extend(balances.keys().filter(|unit| !known.contains(*unit)));
    Ok(wrong.into_iter().collect())
}

/// What is wanted of the units of a year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TotalFilter {
    pub year: i16,
    pub within: Vec<String>,
    /// Part of the unit's name or its pinyin.
    pub name: String,
    /// `unpaid`, `left`, `over`, `unspent`; empty for all.
    pub state: String,
}

/// A portion (limit, offset) of the units that have money of a year, by their place, and how many there are.
pub async fn page(
    tx: &mut Tx,
    filter: &TotalFilter,
    portion: (i64, i64),
) -> Result<(Vec<UnitTotal>, i64)> {
    let mut conditions = Conditions::default();
    conditions.equals("t.year", i64::from(filter.year));
    conditions.within("t.unit_path", &filter.within);
    match filter.state.as_str() {
        "unpaid" => conditions.and("t.unpaid_fen > 0".to_owned()),
        "left" => conditions.and("t.closing_fen > 0".to_owned()),
        "over" => conditions.and("t.closing_fen < 0".to_owned()),
        "unspent" => conditions.and("t.paid_fen > 0 AND t.spent_fen = 0".to_owned()),
        _ => {}
    }
    let name = filter.name.trim();
    if !name.is_empty() {
        let called = pinyin::called(&mut conditions, "u.name", "u.sort_key", name);
        conditions.search(called);
    }
    let columns = format!("u.id, u.kind, u.name, u.path, {}", named("t"));
    let list = List {
        table: "ledger_total t JOIN unit u ON u.id = t.unit_id",
        key: "t.id",
        order: "t.unit_path, t.id",
        columns: &columns,
        from: "ledger_total t JOIN unit u ON u.id = t.unit_id",
        from_key: "t.id",
        from_order: "t.unit_path, t.id",
    };
    let (rows, total) = conditions.page(tx, &list, portion).await?;
    let units = rows
        .iter()
        .map(|row| {
            Ok(UnitTotal {
                unit: place_of(row)?,
                sums: sums_of(row)?,
            })
        })
        .collect::<Result<_>>()?;
    Ok((units, total))
}

/// What the units directly below one come to, each with all below it; those without any are left out.
pub async fn by_place(tx: &mut Tx, year: i16, above: &UnitId) -> Result<Vec<PlaceTotal>> {
    let sql = format!(
        "SELECT c.id, c.kind, c.name, c.path, {}
         FROM unit c
         JOIN ledger_total t ON t.year = $1 AND t.unit_path >= c.path AND t.unit_path < SUBSTR(c.path, 1, LENGTH(c.path) - 1) || '0'
         WHERE c.parent_id = $2
         GROUP BY c.id, c.kind, c.name, c.path, c.number
         ORDER BY c.number",
        summed("t")
    );
    let rows = Conditions::default()
        .query(sql)
        .bind(i64::from(year))
        .bind(above.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(place_total_of).collect()
}

/// What a unit comes to with all below it.
pub async fn of_place(tx: &mut Tx, year: i16, unit: &UnitPlace) -> Result<PlaceTotal> {
    let mut conditions = Conditions::default();
    conditions.equals("t.year", i64::from(year));
    conditions.within("t.unit_path", std::slice::from_ref(&unit.path));
    let sql = format!(
        "SELECT {} FROM ledger_total t{}",
        summed("t"),
        conditions.sql()
    );
    let row = conditions.query(sql).fetch_one(&mut **tx).await?;
    Ok(PlaceTotal {
        unit: unit.clone(),
        units: row.try_get("units")?,
        over: row.try_get("over_units")?,
        sums: sums_of(&row)?,
    })
}

fn place_total_of(row: &AnyRow) -> Result<PlaceTotal> {
    Ok(PlaceTotal {
        unit: place_of(row)?,
        units: row.try_get("units")?,
        over: row.try_get("over_units")?,
        sums: sums_of(row)?,
    })
}

fn named(table: &str) -> String {
    SUMS.map(|column| format!("{table}.{column}")).join(", ")
}

fn summed(table: &str) -> String {
    let sums = SUMS
        .map(|column| format!("CAST(COALESCE(SUM({table}.{column}), 0) AS BIGINT) AS {column}"));
    format!(
        "CAST(COUNT(*) AS BIGINT) AS units, CAST(COALESCE(SUM(CASE WHEN {table}.closing_fen < 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS over_units, {}",
        sums.join(", ")
    )
}

fn sums_of(row: &AnyRow) -> Result<YearSums> {
    Ok(YearSums {
        opening_fen: row.try_get("opening_fen")?,
        granted_fen: row.try_get("granted_fen")?,
        unpaid_fen: row.try_get("unpaid_fen")?,
        paid_fen: row.try_get("paid_fen")?,
        spent_fen: row.try_get("spent_fen")?,
        returned_fen: row.try_get("returned_fen")?,
        closing_fen: row.try_get("closing_fen")?,
    })
}

/// The years of totals that a unit has, newest first, with what each comes to.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<(i16, YearSums)>> {
    let rows = sqlx::query(
        "SELECT year, opening_fen, granted_fen, unpaid_fen, paid_fen, spent_fen, returned_fen, closing_fen
         FROM ledger_total
         WHERE unit_id = $1
         ORDER BY year DESC",
    )
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok((year_of(row)?, sums_of(row)?)))
        .collect()
}
