//! Entries of the ledger, their lines, and what accounts come to by them. Entries are inserted and read: there is no function that changes one.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{LedgerEntryId, UnitId},
    money::{
        ledger::{Account, Balances, EntryKind, LedgerEntry, Line},
        spending::PayeeKind,
    },
};
use sqlx::{Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    condition::Conditions,
    db::Tx,
};

pub mod list;
pub mod total;

/// An entry, with what the table has besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEntry {
    pub entry: LedgerEntry,
    /// Of what was spent: the purpose and the payee.
    pub purpose: String,
    pub payee: Option<PayeeKind>,
    /// By what a form that was sent twice is known again.
    pub request_key: Option<String>,
}

impl From<LedgerEntry> for KeptEntry {
    fn from(entry: LedgerEntry) -> KeptEntry {
        KeptEntry {
            entry,
            purpose: String::new(),
            payee: None,
            request_key: None,
        }
    }
}

const COLUMNS: [&str; 21] = [
    "id",
    "number",
    "kind",
    "year",
    "unit_id",
    "unit_path",
    "unit_name",
    "amount_fen",
    "happened_on",
    "basis",
    "reason",
    "reverses_id",
    "grant_id",
    "run_id",
    "purpose",
    "payee",
    "over_fen",
    "recorded_by",
    "recorded_by_name",
    "recorded_at",
    "request_key",
];

/// The columns of an entry, of a table called `e`.
pub(crate) const SELECTED: &str =
    "e.id, e.number, e.kind, e.year, e.unit_id, e.unit_path, e.unit_name, e.amount_fen, e.happened_on, e.basis, e.reason,
    e.reverses_id, e.grant_id, e.run_id, e.purpose, e.payee, e.over_fen, e.recorded_by, e.recorded_by_name, e.recorded_at, e.request_key";

/// Inserts entries with their lines.
pub async fn insert(tx: &mut Tx, entries: &[KeptEntry]) -> Result<()> {
    let rows = entries.iter().map(row_of).collect();
    bulk::insert(tx, "ledger_entry", &COLUMNS, rows).await?;
    let columns = [
        "entry_id",
        "place",
        "unit_id",
        "year",
        "account",
        "purpose",
        "amount_fen",
    ];
    let lines = entries.iter().flat_map(|kept| {
        let entry = &kept.entry;
        (1_i64..).zip(&entry.lines).map(|(place, line)| {
            vec![
                entry.id.to_string().into(),
                place.into(),
                entry.unit.to_string().into(),
                i64::from(line.year).into(),
                line.account.key().into(),
                line.purpose.as_str().into(),
                line.amount_fen.into(),
            ]
        })
    });
    bulk::insert(tx, "ledger_line", &columns, lines.collect()).await
}

fn row_of(kept: &KeptEntry) -> Vec<Value> {
    let entry = &kept.entry;
    vec![
        entry.id.to_string().into(),
        entry.number.into(),
        entry.kind.key().into(),
        i64::from(entry.year).into(),
        entry.unit.to_string().into(),
        entry.unit_path.as_str().into(),
        entry.unit_name.as_str().into(),
        entry.amount_fen.into(),
        entry.happened_on.to_string().into(),
        entry.basis.as_str().into(),
        entry.reason.as_str().into(),
        entry.reverses.map(|id| id.to_string()).into(),
        entry
            .grant
            .map_or_else(String::new, |id| id.to_string())
            .into(),
        entry
            .run
            .map_or_else(String::new, |id| id.to_string())
            .into(),
        kept.purpose.as_str().into(),
        kept.payee.map_or("", PayeeKind::key).into(),
        entry.over_fen.into(),
        entry.recorded_by.map(|id| id.to_string()).into(),
        entry.recorded_by_name.as_str().into(),
        entry.recorded_at.to_string().into(),
        kept.request_key.clone().into(),
    ]
}

/// An entry with its lines.
pub async fn find(tx: &mut Tx, id: &LedgerEntryId) -> Result<Option<KeptEntry>> {
    let mut conditions = Conditions::default();
    conditions.equals("e.id", id.to_string());
    let sql = format!("SELECT {SELECTED} FROM ledger_entry e{}", conditions.sql());
    let row = conditions.query(sql).fetch_optional(&mut **tx).await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let mut kept = kept_of(&row)?;
    fill(tx, std::slice::from_mut(&mut kept)).await?;
    Ok(Some(kept))
}

/// The entry that a form made which was sent before.
pub async fn of_request(tx: &mut Tx, request_key: &str) -> Result<Option<LedgerEntryId>> {
    let row = sqlx::query(
        "SELECT id
         FROM ledger_entry
         WHERE request_key = $1",
    )
    .bind(request_key.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .transpose()
}

/// The entry that takes another back.
pub async fn reversing(tx: &mut Tx, id: &LedgerEntryId) -> Result<Option<LedgerEntryId>> {
    let row = sqlx::query(
        "SELECT id
         FROM ledger_entry
         WHERE reverses_id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .transpose()
}

/// Reads the lines of entries into them.
pub async fn fill(tx: &mut Tx, entries: &mut [KeptEntry]) -> Result<()> {
    let sql = "SELECT entry_id, place, year, account, purpose, amount_fen
               FROM ledger_line
               WHERE entry_id IN ({words})";
    let ids: Vec<String> = entries
        .iter()
        .map(|kept| kept.entry.id.to_string())
        .collect();
    let mut lines: HashMap<String, BTreeMap<i64, Line>> = HashMap::new();
    for row in bulk::select(tx, sql, &[], ids).await? {
        let of = lines.entry(row.try_get("entry_id")?).or_default();
        of.insert(row.try_get("place")?, line_of(&row)?);
    }
    for kept in entries {
        let own = lines.remove(&kept.entry.id.to_string()).unwrap_or_default();
        kept.entry.lines = own.into_values().collect();
    }
    Ok(())
}

/// What stands on the accounts of a unit's year.
pub async fn balances(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<Balances> {
    let mut found = balances_of(tx, std::slice::from_ref(unit), year).await?;
    Ok(found.remove(unit).unwrap_or_default())
}

/// The same of several units; those without a line are left out.
pub async fn balances_of(
    tx: &mut Tx,
    units: &[UnitId],
    year: i16,
) -> Result<HashMap<UnitId, Balances>> {
    let sql = "SELECT unit_id, account, purpose, CAST(SUM(amount_fen) AS BIGINT) AS amount_fen
               FROM ledger_line
               WHERE year = $1 AND unit_id IN ({words})
               GROUP BY unit_id, account, purpose";
    let first = [i64::from(year).into()];
    let rows = bulk::select(tx, sql, &first, units.iter().map(UnitId::to_string)).await?;
    gathered(&rows, year)
}

/// The same of all units that have a line in the year.
pub async fn balances_of_year(tx: &mut Tx, year: i16) -> Result<HashMap<UnitId, Balances>> {
    let rows = sqlx::query(
        "SELECT unit_id, account, purpose, CAST(SUM(amount_fen) AS BIGINT) AS amount_fen
         FROM ledger_line
         WHERE year = $1
         GROUP BY unit_id, account, purpose",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    gathered(&rows, year)
}

fn gathered(rows: &[AnyRow], year: i16) -> Result<HashMap<UnitId, Balances>> {
    let mut found: HashMap<UnitId, Balances> = HashMap::new();
    for row in rows {
        let unit: UnitId = row.try_get::<String, _>("unit_id")?.parse()?;
        let line = Line {
            year,
            account: account_of(row)?,
            purpose: row.try_get("purpose")?,
            amount_fen: row.try_get("amount_fen")?,
        };
        let added = found.entry(unit).or_default().add(&line);
        added.map_err(|_| {
            anyhow::anyhow!("an account of unit {unit} has more than can be counted")
        })?;
    }
    Ok(found)
}

/// The years that have lines of a unit, the newest first.
pub async fn years_of(tx: &mut Tx, unit: &UnitId) -> Result<Vec<i16>> {
    let rows = sqlx::query(
        "SELECT DISTINCT year
         FROM ledger_line
         WHERE unit_id = $1
         ORDER BY year DESC",
    )
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(year_of).collect()
}

/// The years that have lines, the oldest first.
pub async fn years(tx: &mut Tx) -> Result<Vec<i16>> {
    let rows = sqlx::query(
        "SELECT DISTINCT year
         FROM ledger_line
         ORDER BY year",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(year_of).collect()
}

pub(crate) fn year_of(row: &AnyRow) -> Result<i16> {
    Ok(i16::try_from(row.try_get::<i64, _>("year")?)?)
}

/// How many entries were written for a year.
pub async fn count(tx: &mut Tx, year: i16) -> Result<i64> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS total
         FROM ledger_entry
         WHERE year = $1",
    )
    .bind(i64::from(year))
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get("total")?)
}

/// The entries of a unit, the newest first, with their lines.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<Vec<KeptEntry>> {
    let mut conditions = Conditions::default();
    conditions.equals("e.unit_id", unit.to_string());
    let year = conditions.value(i64::from(year));
    // One that carries over stands in two years.
    conditions.and(format!(
        "e.id IN (SELECT l.entry_id FROM ledger_line l WHERE l.unit_id = $1 AND l.year = {year})"
    ));
    let sql = format!(
        "SELECT {SELECTED} FROM ledger_entry e{} ORDER BY e.number DESC",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let mut entries = rows.iter().map(kept_of).collect::<Result<Vec<_>>>()?;
    fill(tx, &mut entries).await?;
    Ok(entries)
}

/// Entries that do not come to nothing on a side of a year, by their numbers. There are none, unless somebody wrote past the program.
pub async fn unbalanced(tx: &mut Tx) -> Result<Vec<i64>> {
    let federation: Vec<String> = Account::ALL
        .into_iter()
        .filter(|account| account.side() == jianjia_domain::money::ledger::Side::Federation)
        .map(|account| format!("'{account}'"))
        .collect();
    let sql = format!(
        "SELECT DISTINCT e.number
         FROM ledger_entry e
         LEFT JOIN (
           SELECT entry_id, year, CASE WHEN account IN ({}) THEN 1 ELSE 0 END AS side,
             CAST(SUM(amount_fen) AS BIGINT) AS rest, MAX(CASE WHEN amount_fen = 0 THEN 1 ELSE 0 END) AS is_zero
           FROM ledger_line
           GROUP BY entry_id, year, CASE WHEN account IN ({}) THEN 1 ELSE 0 END
         ) AS sums ON sums.entry_id = e.id
         WHERE sums.entry_id IS NULL OR sums.rest <> 0 OR sums.is_zero = 1
         ORDER BY e.number",
        federation.join(", "),
        federation.join(", ")
    );
    let rows = Conditions::default()
        .query(sql)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(|row| Ok(row.try_get("number")?)).collect()
}

/// Lines of no entry, or of another unit than their entry's.
pub async fn strays(tx: &mut Tx) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT DISTINCT l.entry_id
         FROM ledger_line l
         LEFT JOIN ledger_entry e ON e.id = l.entry_id
         WHERE e.id IS NULL OR e.unit_id <> l.unit_id
         ORDER BY l.entry_id",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("entry_id")?))
        .collect()
}

pub(crate) fn kept_of(row: &AnyRow) -> Result<KeptEntry> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let kind = text("kind")?;
    let payee = text("payee")?;
    let optional = |text: String| (!text.is_empty()).then_some(text);
    let reverses: Option<String> = row.try_get("reverses_id")?;
    let recorded_by: Option<String> = row.try_get("recorded_by")?;
    Ok(KeptEntry {
        entry: LedgerEntry {
            id: text("id")?.parse()?,
            number: row.try_get("number")?,
            kind: EntryKind::from_key(&kind).with_context(|| format!("no kind of entry {kind}"))?,
            year: year_of(row)?,
            unit: text("unit_id")?.parse()?,
            unit_path: text("unit_path")?,
            unit_name: text("unit_name")?,
            amount_fen: row.try_get("amount_fen")?,
            happened_on: text("happened_on")?.parse()?,
            basis: text("basis")?,
            reason: text("reason")?,
            reverses: reverses.map(|id| id.parse()).transpose()?,
            grant: optional(text("grant_id")?)
                .map(|id| id.parse())
                .transpose()?,
            run: optional(text("run_id")?).map(|id| id.parse()).transpose()?,
            over_fen: row.try_get("over_fen")?,
            recorded_by: recorded_by.map(|id| id.parse()).transpose()?,
            recorded_by_name: text("recorded_by_name")?,
            recorded_at: text("recorded_at")?.parse()?,
            lines: Vec::new(),
        },
        purpose: text("purpose")?,
        payee: PayeeKind::from_key(&payee),
        request_key: row.try_get("request_key")?,
    })
}

pub(crate) fn line_of(row: &AnyRow) -> Result<Line> {
    Ok(Line {
        year: year_of(row)?,
        account: account_of(row)?,
        purpose: row.try_get("purpose")?,
        amount_fen: row.try_get("amount_fen")?,
    })
}

fn account_of(row: &AnyRow) -> Result<Account> {
    let account: String = row.try_get("account")?;
    Account::from_key(&account).with_context(|| format!("no account {account}"))
}

#[cfg(test)]
pub(crate) mod tests;
