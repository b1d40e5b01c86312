//! Who holds a title that lets them go first, what bars them, who was put forward and what came of it.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{AccountId, ForwardId},
    honour::honour::HonourState,
    money::priority::{Came, Forward, Outcome},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{bulk, condition::Conditions, db::Tx};

mod bars;
mod held;
pub use bars::{Bars, bars};
pub use held::{Held, HeldFilter, count_held, held};

/// Keeps who was put forward; false where somebody of them was in this year already.
pub async fn insert(tx: &mut Tx, forwards: &[Forward]) -> Result<bool> {
    let columns = [
        "id",
        "year",
        "honour",
        "title_held",
        "unit_id",
        "unit_path",
        "unit_name",
        "person_id",
        "person_name",
        "place",
        "ranked",
        "passed_over",
        "reason",
        "put_by",
        "put_by_name",
        "put_at",
    ];
    for forward in forwards {
        let row = vec![
            forward.id.to_string().into(),
            i64::from(forward.year).into(),
            forward.honour.as_str().into(),
            forward.title_held.to_string().into(),
            forward.unit.to_string().into(),
            forward.unit_path.as_str().into(),
            forward.unit_name.as_str().into(),
            forward
                .person
                .map_or_else(String::new, |id| id.to_string())
                .into(),
            forward.person_name.as_str().into(),
            forward.place.into(),
            forward.of.into(),
            forward.passed_over.into(),
            forward.reason.as_str().into(),
            forward.by.to_string().into(),
            forward.by_name.as_str().into(),
            forward.at.to_string().into(),
        ];
        if !bulk::insert_new(tx, "put_forward", &columns, row).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Adds what came of it; `id` goes up with each.
pub async fn came(
    tx: &mut Tx,
    id: &str,
    forward: &ForwardId,
    came: &Came,
    by: &AccountId,
) -> Result<()> {
    let columns = [
        "id",
        "forward_id",
        "outcome",
        "day",
        "document_number",
        "note",
        "account_id",
        "account_name",
        "at",
    ];
    let row = vec![
        id.into(),
        forward.to_string().into(),
        came.outcome.key().into(),
        came.on.to_string().into(),
        came.document_number.as_str().into(),
        came.note.as_str().into(),
        by.to_string().into(),
        came.by_name.as_str().into(),
        came.at.to_string().into(),
    ];
    bulk::insert(tx, "forward_outcome", &columns, vec![row]).await
}

/// With the newest word on what came of it, and the state of the title by which it went first.
const FORWARD: &str = "SELECT f.id, f.year, f.honour, f.title_held, f.unit_id, f.unit_path, f.unit_name, f.person_id, f.person_name, f.place, f.ranked,
    f.passed_over, f.reason, f.put_by, f.put_by_name, f.put_at, h.title, h.state AS title_state,
    COALESCE(o.outcome, '') AS outcome, COALESCE(o.day, '') AS day, COALESCE(o.document_number, '') AS document_number,
    COALESCE(o.note, '') AS note, COALESCE(o.account_name, '') AS account_name, COALESCE(o.at, '') AS at
  FROM put_forward f
  JOIN honour h ON h.id = f.title_held
  LEFT JOIN forward_outcome o ON o.id = (SELECT MAX(newest.id) FROM forward_outcome newest WHERE newest.forward_id = f.id)";

pub async fn find(tx: &mut Tx, id: &ForwardId) -> Result<Option<Forward>> {
    let row = sqlx::query(AssertSqlSafe(format!("{FORWARD} WHERE f.id = $1")))
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(forward_of).transpose()
}

/// Those put forward for a higher honour (or all, where it is empty) within subtrees, the newest year first, by their places.
pub async fn forwards(tx: &mut Tx, within: &[String], honour: &str) -> Result<Vec<Forward>> {
    let mut conditions = Conditions::default();
    if !honour.is_empty() {
        conditions.equals("f.honour", honour);
    }
    conditions.within("f.unit_path", within);
    let sql = format!(
        "{FORWARD}{}
         ORDER BY f.year DESC, f.honour, f.place, f.unit_path, f.id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(forward_of).collect()
}

/// Everything that was said of what came of one, the newest first.
pub async fn outcomes(tx: &mut Tx, id: &ForwardId) -> Result<Vec<Came>> {
    let rows = sqlx::query(
        "SELECT outcome, day, document_number, note, account_name, at
         FROM forward_outcome
         WHERE forward_id = $1
         ORDER BY id DESC",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    let came = rows.iter().map(came_of);
    came.filter_map(Result::transpose).collect()
}

fn came_of(row: &AnyRow) -> Result<Option<Came>> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let outcome = text("outcome")?;
    if outcome.is_empty() {
        return Ok(None);
    }
    Ok(Some(Came {
        outcome: Outcome::from_key(&outcome).with_context(|| format!("no outcome {outcome}"))?,
        on: text("day")?.parse()?,
        document_number: text("document_number")?,
        note: text("note")?,
        by_name: text("account_name")?,
        at: text("at")?.parse()?,
    }))
}

fn forward_of(row: &AnyRow) -> Result<Forward> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let (person, state) = (text("person_id")?, text("title_state")?);
    Ok(Forward {
        id: text("id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        honour: text("honour")?,
        title_held: text("title_held")?.parse()?,
        title_state: HonourState::from_key(&state)
            .with_context(|| format!("no state of a title {state}"))?,
        title: text("title")?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        person: match person.as_str() {
            "" => None,
            person => Some(person.parse()?),
        },
        person_name: text("person_name")?,
        place: row.try_get("place")?,
        of: row.try_get("ranked")?,
        passed_over: row.try_get("passed_over")?,
        reason: text("reason")?,
        by: text("put_by")?.parse()?,
        by_name: text("put_by_name")?,
        at: text("put_at")?.parse()?,
        came: came_of(row)?,
    })
}

#[cfg(test)]
mod tests;
