//! Lists of what is to be granted, before somebody confirms them.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::GrantListId,
    money::grant::{GrantList, ListState},
};
use sqlx::{Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

/// Inserts a list; false if the form was sent before.
pub async fn insert(tx: &mut Tx, list: &GrantList, request_key: Option<&str>) -> Result<bool> {
    let columns = [
        "id",
        "year",
        "file_name",
        "typed",
        "state",
        "made_by",
        "made_by_name",
        "made_at",
        "request_key",
        "revision",
    ];
    let row = vec![
        list.id.to_string().into(),
        i64::from(list.year).into(),
        list.file_name.as_str().into(),
        serde_json::to_string(&list.rows)?.into(),
        list.state.key().into(),
        list.made_by.map(|id| id.to_string()).into(),
        list.made_by_name.as_str().into(),
        list.made_at.to_string().into(),
        request_key.map(str::to_owned).into(),
        list.revision.into(),
    ];
    bulk::insert_new(tx, "grant_list", &columns, row).await
}

pub async fn find(tx: &mut Tx, id: &GrantListId) -> Result<Option<GrantList>> {
    let row = sqlx::query(
        "SELECT id, year, file_name, typed, state, made_by, made_by_name, made_at, revision
         FROM grant_list
         WHERE id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| list_of(&row)).transpose()
}

/// The list that a form made which was sent before.
pub async fn of_request(tx: &mut Tx, request_key: &str) -> Result<Option<GrantListId>> {
    let row = sqlx::query(
        "SELECT id
         FROM grant_list
         WHERE request_key = $1",
    )
    .bind(request_key.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .transpose()
}

/// The lists of a year that wait to be confirmed, the newest first.
pub async fn open(tx: &mut Tx, year: i16) -> Result<Vec<GrantList>> {
    let rows = sqlx::query(
        "SELECT id, year, file_name, typed, state, made_by, made_by_name, made_at, revision
         FROM grant_list
         WHERE year = $1 AND state = 'draft'
         ORDER BY id DESC
         LIMIT 20",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(list_of).collect()
}

/// Ends a list; false if it is not a draft any more.
pub async fn end(tx: &mut Tx, id: &GrantListId, state: ListState) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE grant_list
         SET state = $2, revision = revision + 1
         WHERE id = $1 AND state = 'draft'",
    )
    .bind(id.to_string())
    .bind(state.key())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn list_of(row: &AnyRow) -> Result<GrantList> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let state = text("state")?;
    let made_by: Option<String> = row.try_get("made_by")?;
    Ok(GrantList {
        id: text("id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        file_name: text("file_name")?,
        rows: serde_json::from_str(&text("typed")?).context("the rows of a list of grants")?,
        state: ListState::from_key(&state)
            .with_context(|| format!("no state of a list {state}"))?,
        made_by: made_by.map(|id| id.parse()).transpose()?,
        made_by_name: text("made_by_name")?,
        made_at: text("made_at")?.parse()?,
        revision: row.try_get("revision")?,
    })
}
