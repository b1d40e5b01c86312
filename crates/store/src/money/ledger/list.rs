//! The list of entries, and all lines of a year for the auditor.

use anyhow::Result;
use jianjia_domain::money::ledger::Line;
use sqlx::Row;

use super::{KeptEntry, SELECTED, kept_of, line_of};
use crate::core::{
    condition::{Conditions, List, anywhere},
    db::Tx,
    pinyin,
};

/// What is wanted of the entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    pub year: i16,
    /// The subtrees that are looked through.
    pub within: Vec<String>,
    /// A key of a kind; empty for all.
    pub kind: String,
    /// A key of a purpose; empty for all.
    pub purpose: String,
    /// Part of the unit's name or its pinyin, or of what an entry rests on.
    pub name: String,
    /// Only what was spent beyond what there was.
    pub over: bool,
}

impl EntryFilter {
    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.equals("e.year", i64::from(self.year));
        conditions.within("e.unit_path", &self.within);
        if !self.kind.is_empty() {
            conditions.equals("e.kind", self.kind.as_str());
        }
        if !self.purpose.is_empty() {
            conditions.equals("e.purpose", self.purpose.as_str());
        }
        if self.over {
            conditions.and("e.over_fen > 0".to_owned());
        }
        let name = self.name.trim();
        if !name.is_empty() {
            let called = pinyin::called(&mut conditions, "u.name", "u.sort_key", name);
            let part = conditions.value(anywhere(name));
            conditions.search(format!(
                "({called} OR e.unit_name LIKE {part} ESCAPE '!' OR e.basis LIKE {part} ESCAPE '!')"
            ));
        }
        conditions
    }
}

/// A portion (limit, offset) of the entries, the newest first, and how many there are. Their lines are not read.
pub async fn page(
    tx: &mut Tx,
    filter: &EntryFilter,
    portion: (i64, i64),
) -> Result<(Vec<KeptEntry>, i64)> {
    let list = List {
        table: "ledger_entry e JOIN unit u ON u.id = e.unit_id",
        key: "e.id",
        order: "e.number DESC",
        columns: SELECTED,
        from: "ledger_entry e",
        from_key: "e.id",
        from_order: "e.number DESC",
    };
    let (rows, total) = filter.conditions().page(tx, &list, portion).await?;
    let entries = rows.iter().map(kept_of).collect::<Result<_>>()?;
    Ok((entries, total))
}

/// A portion of the lines of a year, in the order in which they were written, each with its entry; and how many there are.
pub async fn lines(
    tx: &mut Tx,
    year: i16,
    within: &[String],
    (limit, offset): (i64, i64),
) -> Result<(Vec<(KeptEntry, Line)>, i64)> {
    let conditions = || {
        let mut conditions = Conditions::default();
        conditions.equals("l.year", i64::from(year));
        conditions.within("e.unit_path", within);
        conditions
    };
    let counted = conditions();
    let from = "ledger_line l JOIN ledger_entry e ON e.id = l.entry_id";
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) AS total FROM {from}{}",
        counted.sql()
    );
    let row = counted.query(sql).fetch_one(&mut **tx).await?;
    let total: i64 = row.try_get("total")?;
    let mut conditions = conditions();
    let where_sql = conditions.sql();
    let (limit, offset) = (conditions.value(limit), conditions.value(offset));
    // The year and the purpose of the line are other than the entry's.
    let sql = format!(
        "SELECT {SELECTED}, l.year AS line_year, l.account, l.purpose AS line_purpose, l.amount_fen AS line_amount_fen
         FROM {from}{where_sql}
         ORDER BY e.number, l.place
         LIMIT {limit} OFFSET {offset}"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let mut lines = Vec::new();
    for row in &rows {
        let kept = kept_of(row)?;
        lines.push((kept, of_joined(row)?));
    }
    Ok((lines, total))
}

fn of_joined(row: &sqlx::any::AnyRow) -> Result<Line> {
    let line = line_of(row)?;
    Ok(Line {
        year: i16::try_from(row.try_get::<i64, _>("line_year")?)?,
        purpose: row.try_get("line_purpose")?,
        amount_fen: row.try_get("line_amount_fen")?,
        ..line
    })
}
