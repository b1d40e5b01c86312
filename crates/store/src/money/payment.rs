//! Payment runs and their rows.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{AccountId, PaymentRunId},
    money::payment::{PaymentRow, PaymentRun, RowState, RunState},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    condition::Conditions,
    db::Tx,
};

const RUN: &str = "id, number, year, state, row_count, total_fen, prepared_by, prepared_person_id, prepared_by_name, prepared_at,
    approved_by_name, approved_at, csv_digest, xlsx_digest, ended_by_name, ended_at, revision";

const ROW: &str = "run_id, place, grant_id, unit_id, unit_path, unit_name, amount_fen, basis, account_name, bank, sealed, tail,
    bank_revision, state, reason";

/// Inserts a run with its rows.
pub async fn insert(
    tx: &mut Tx,
    run: &PaymentRun,
    rows: &[PaymentRow],
    request_key: Option<&str>,
) -> Result<()> {
    let columns = [
        "id",
        "number",
        "year",
        "state",
        "row_count",
        "total_fen",
        "prepared_by",
        "prepared_person_id",
        "prepared_by_name",
        "prepared_at",
        "request_key",
        "revision",
    ];
    let row = vec![
        run.id.to_string().into(),
        run.number.into(),
        i64::from(run.year).into(),
        run.state.key().into(),
        run.rows.into(),
        run.total_fen.into(),
        run.prepared_by.map(|id| id.to_string()).into(),
        run.prepared_person.map(|id| id.to_string()).into(),
        run.prepared_by_name.as_str().into(),
        run.prepared_at.to_string().into(),
        request_key.map(str::to_owned).into(),
        run.revision.into(),
    ];
    bulk::insert(tx, "payment_run", &columns, vec![row]).await?;
    let columns = [
        "run_id",
        "place",
        "grant_id",
        "unit_id",
        "unit_path",
        "unit_name",
        "amount_fen",
        "basis",
        "account_name",
        "bank",
        "sealed",
        "tail",
        "bank_revision",
        "state",
        "reason",
    ];
    let rows = rows.iter().map(|row| -> Vec<Value> {
        vec![
            row.run.to_string().into(),
            row.place.into(),
            row.grant.to_string().into(),
            row.unit.to_string().into(),
            row.unit_path.as_str().into(),
            row.unit_name.as_str().into(),
            row.amount_fen.into(),
            row.basis.as_str().into(),
            row.account_name.as_str().into(),
            row.bank.as_str().into(),
            row.sealed.as_str().into(),
            row.tail.as_str().into(),
            row.bank_revision.into(),
            row.state.key().into(),
            row.reason.as_str().into(),
        ]
    });
    bulk::insert(tx, "payment_row", &columns, rows.collect()).await
}

pub async fn find(tx: &mut Tx, id: &PaymentRunId) -> Result<Option<PaymentRun>> {
    let sql = format!("SELECT {RUN} FROM payment_run WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| run_of(&row)).transpose()
}

/// The run that a form made which was sent before.
pub async fn of_request(tx: &mut Tx, request_key: &str) -> Result<Option<PaymentRunId>> {
    let row = sqlx::query(
        "SELECT id
         FROM payment_run
         WHERE request_key = $1",
    )
    .bind(request_key.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .transpose()
}

/// A portion (limit, offset) of the runs of a year, the newest first, and how many there are.
pub async fn of_year(
    tx: &mut Tx,
    year: i16,
    (limit, offset): (i64, i64),
) -> Result<(Vec<PaymentRun>, i64)> {
    let sql = format!(
        "SELECT {RUN} FROM payment_run WHERE year = $1 ORDER BY number DESC LIMIT $2 OFFSET $3"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(i64::from(year))
        .bind(limit)
        .bind(offset)
        .fetch_all(&mut **tx)
        .await?;
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS total
         FROM payment_run
         WHERE year = $1",
    )
    .bind(i64::from(year))
    .fetch_one(&mut **tx)
    .await?;
    let runs = rows.iter().map(run_of).collect::<Result<_>>()?;
    Ok((runs, row.try_get("total")?))
}

/// How many runs of a year are not ended.
pub async fn open_of(tx: &mut Tx, year: i16) -> Result<i64> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS total
         FROM payment_run
         WHERE year = $1 AND state IN ('prepared', 'approved')",
    )
    .bind(i64::from(year))
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get("total")?)
}

/// The rows of a run, in their order.
pub async fn rows(tx: &mut Tx, run: &PaymentRunId) -> Result<Vec<PaymentRow>> {
    let sql = format!("SELECT {ROW} FROM payment_row WHERE run_id = $1 ORDER BY place");
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(run.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(row_of).collect()
}

/// Saves a run as it became; false if it is not at the revision before.
pub async fn save(tx: &mut Tx, run: &PaymentRun, approved_by: Option<AccountId>) -> Result<bool> {
    let mut conditions = Conditions::default();
    let mut set = Vec::new();
    let mut say = |column: &str, value: Value| {
        let parameter = conditions.value(value);
        set.push(format!("{column} = {parameter}"));
    };
    say("state", run.state.key().into());
    say("approved_by_name", run.approved_by_name.as_str().into());
    say(
        "approved_at",
        run.approved_at.map(|at| at.to_string()).into(),
    );
    say("csv_digest", run.csv_digest.as_str().into());
    say("xlsx_digest", run.xlsx_digest.as_str().into());
    say("ended_by_name", run.ended_by_name.as_str().into());
    say("ended_at", run.ended_at.map(|at| at.to_string()).into());
    say("revision", run.revision.into());
    if let Some(by) = approved_by {
        say("approved_by", by.to_string().into());
    }
    let set = set.join(", ");
    conditions.equals("id", run.id.to_string());
    conditions.equals("revision", run.revision - 1);
    let sql = format!("UPDATE payment_run SET {set}{}", conditions.sql());
    let done = conditions.query(sql).execute(&mut **tx).await?;
    Ok(done.rows_affected() == 1)
}

/// Saves what became of rows.
pub async fn save_rows(tx: &mut Tx, rows: &[PaymentRow]) -> Result<()> {
    let sql = "UPDATE payment_row
               SET state = given.column3, reason = given.column4
               FROM (VALUES {rows}) AS given
               WHERE payment_row.run_id = given.column1 AND payment_row.place = given.column2";
    let rows = rows.iter().map(|row| -> Vec<Value> {
        vec![
            row.run.to_string().into(),
            row.place.into(),
            row.state.key().into(),
            row.reason.as_str().into(),
        ]
    });
    bulk::update(tx, sql, &[], rows.collect()).await?;
    Ok(())
}

fn run_of(row: &AnyRow) -> Result<PaymentRun> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let optional = |column: &str| row.try_get::<Option<String>, _>(column);
    let state = text("state")?;
    Ok(PaymentRun {
        id: text("id")?.parse()?,
        number: row.try_get("number")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        state: RunState::from_key(&state).with_context(|| format!("no state of a run {state}"))?,
        rows: row.try_get("row_count")?,
        total_fen: row.try_get("total_fen")?,
        prepared_by: optional("prepared_by")?.map(|id| id.parse()).transpose()?,
        prepared_person: optional("prepared_person_id")?
            .map(|id| id.parse())
            .transpose()?,
        prepared_by_name: text("prepared_by_name")?,
        prepared_at: text("prepared_at")?.parse()?,
        approved_by_name: text("approved_by_name")?,
        approved_at: optional("approved_at")?.map(|at| at.parse()).transpose()?,
        csv_digest: text("csv_digest")?,
        xlsx_digest: text("xlsx_digest")?,
        ended_by_name: text("ended_by_name")?,
        ended_at: optional("ended_at")?.map(|at| at.parse()).transpose()?,
        revision: row.try_get("revision")?,
    })
}

fn row_of(row: &AnyRow) -> Result<PaymentRow> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let state = text("state")?;
    Ok(PaymentRow {
        run: text("run_id")?.parse()?,
        place: row.try_get("place")?,
        grant: text("grant_id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        amount_fen: row.try_get("amount_fen")?,
        basis: text("basis")?,
        account_name: text("account_name")?,
        bank: text("bank")?,
        sealed: text("sealed")?,
        tail: text("tail")?,
        bank_revision: row.try_get("bank_revision")?,
        state: RowState::from_key(&state).with_context(|| format!("no state of a row {state}"))?,
        reason: text("reason")?,
    })
}

#[cfg(test)]
mod tests;
