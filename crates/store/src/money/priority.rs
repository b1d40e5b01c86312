//! Who holds a title that lets them go first, what bars them, who was put forward and what came of it.

use std::collections::HashMap;

use anyhow::{Context, Result};
use jianjia_domain::{
    check::visit::VisitState,
    core::{
        ids::{AccountId, ForwardId, PersonId, UnitId},
        place::UnitKind,
    },
    honour::honour::{Honour, HonourState},
    money::priority::{Came, Forward, Outcome},
    register::unit::UnitState,
};
use jianjia_standard::kinds::Post;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::{
    core::{bulk, condition::Conditions, db::Tx, place::kind_of},
    honour::honour::{COLUMNS, honour_of},
};

/// The titles in force of these keys within subtrees, of units or of people, those held longest first.
pub async fn held(
    tx: &mut Tx,
    within: &[String],
    titles: &[String],
    of_people: bool,
) -> Result<Vec<Honour>> {
    let mut conditions = Conditions::default();
    conditions.among("h.title", titles.iter().map(String::as_str));
    conditions.equals("h.state", HonourState::InForce.key());
    conditions.within("h.unit_path", within);
    conditions.and(match of_people {
        true => "h.person_id <> ''".to_owned(),
        false => "h.person_id = ''".to_owned(),
    });
    let sql = format!(
        "SELECT {COLUMNS}
         FROM honour h{}
         ORDER BY h.begun_on, h.id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(honour_of).collect()
}

/// What the register knows of holders' units: whether they still are, what they are called, how many members they have.
pub async fn members(
    tx: &mut Tx,
    units: &[UnitId],
) -> Result<HashMap<UnitId, (bool, String, Option<i64>)>> {
    // Thousands of units: these columns alone.
    let sql = "SELECT id, state, name, members
               FROM unit
               WHERE id IN ({words})";
    let rows = bulk::select(tx, sql, &[], units.iter().map(UnitId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let state: String = row.try_get("state")?;
            let known = (
                state == UnitState::Active.key(),
                row.try_get("name")?,
                row.try_get("members")?,
            );
            Ok((row.try_get::<String, _>("id")?.parse()?, known))
        })
        .collect()
}

/// The posts of people: vetoes bar only some.
pub async fn posts(tx: &mut Tx, people: &[PersonId]) -> Result<HashMap<PersonId, Post>> {
    let sql = "SELECT id, post
               FROM person
               WHERE id IN ({words})";
    let rows = bulk::select(tx, sql, &[], people.iter().map(PersonId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let post: String = row.try_get("post")?;
            let post = Post::from_key(&post).with_context(|| format!("no post {post}"))?;
            Ok((row.try_get::<String, _>("id")?.parse()?, post))
        })
        .collect()
}

/// What bars units within subtrees, by the path of the unit that it is of, with its kind: a union's bars its branches, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bars {
    pub vetoes: Vec<(String, UnitKind, String)>,
    pub entries: Vec<(String, UnitKind, String)>,
    pub visits: Vec<(String, VisitState)>,
}

/// The vetoes in force and the entries not decided on of a year, and the visits that are not over or found red in that year's check or the one before.
pub async fn bars(tx: &mut Tx, within: &[String], year: i16) -> Result<Bars> {
    let clauses = |table: &'static str, column: &'static str, value: &'static str| {
        let mut conditions = Conditions::default();
        conditions.equals("said.year", i64::from(year));
        conditions.within("said.unit_path", within);
        // Constants of the program.
        conditions.and(format!("said.{column} {value}"));
        let sql = format!(
            "SELECT said.unit_path, said.clause, unit.kind
             FROM {table} AS said
             JOIN unit ON unit.id = said.unit_id{}
             ORDER BY said.unit_path, said.clause",
            conditions.sql()
        );
        (conditions, sql)
    };
    let mut bars = Bars::default();
    let (conditions, sql) = clauses("veto", "lifted_at", "IS NULL");
    for row in conditions.query(sql).fetch_all(&mut **tx).await? {
        bars.vetoes.push(clause_of(&row)?);
    }
    let (conditions, sql) = clauses("veto_entry", "outcome", "= ''");
    for row in conditions.query(sql).fetch_all(&mut **tx).await? {
        bars.entries.push(clause_of(&row)?);
    }
    let mut conditions = Conditions::default();
    conditions.within("unit_path", within);
    let since = conditions.value(i64::from(year) - 1);
    let until = conditions.value(i64::from(year));
    conditions.and(format!(
        "(state IN ('hearing', 'mending')
          OR (colour = 'red' AND year >= {since} AND year <= {until} AND state NOT IN ('mended', 'cleared', 'overturned')))"
    ));
    let sql = format!(
        "SELECT unit_path, state
         FROM visit{}
         ORDER BY unit_path, year DESC, id",
        conditions.sql()
    );
    for row in conditions.query(sql).fetch_all(&mut **tx).await? {
        let state: String = row.try_get("state")?;
        let state =
            VisitState::from_key(&state).with_context(|| format!("no state of a visit {state}"))?;
        bars.visits.push((row.try_get("unit_path")?, state));
    }
    Ok(bars)
}

fn clause_of(row: &AnyRow) -> Result<(String, UnitKind, String)> {
    Ok((
        row.try_get("unit_path")?,
        kind_of(row)?,
        row.try_get("clause")?,
    ))
}

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
