//! The people of units.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{PersonId, UnitId},
        place::subtree,
    },
    register::person::{Person, PersonDetails, Post},
};
use jiff::{Timestamp, civil::Date};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

const COLUMNS: &str = "id, unit_id, unit_path, name, sort_key, post, duty, phone, since_on, left_on, revision, created_at, changed_at";

/// Inserts people.
pub async fn insert(tx: &mut Tx, people: &[Person]) -> Result<()> {
    let columns: Vec<&'static str> = COLUMNS.split(',').map(str::trim).collect();
    let rows = people.iter().map(|person| Ok(values_of(person)));
    bulk::insert_each(tx, "person", &columns, rows).await
}

/// Saves a person's details and `left_on`. Returns false and changes nothing if the row is not at the revision it was read with.
pub async fn update(tx: &mut Tx, person: &Person) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE person
         SET name = $1, sort_key = $2, post = $3, duty = $4, phone = $5, since_on = $6, left_on = $7, changed_at = $8,
             revision = revision + 1
         WHERE id = $9 AND revision = $10",
    )
    .bind(person.details.name.clone())
    .bind(person.sort_key.clone())
    .bind(person.details.post.key())
    .bind(person.details.duty.clone())
    .bind(person.details.phone.clone())
    .bind(person.details.since_on.map(|day| day.to_string()))
    .bind(person.left_on.map(|day| day.to_string()))
    .bind(person.changed_at.to_string())
    .bind(person.id.to_string())
    .bind(person.revision)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find(tx: &mut Tx, id: &PersonId) -> Result<Option<Person>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM person
         WHERE id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| person_of(&row)).transpose()
}

/// The posts of these people, in no order.
pub async fn posts(tx: &mut Tx, ids: &[PersonId]) -> Result<Vec<(PersonId, Post)>> {
    let sql = "SELECT id, post
               FROM person
               WHERE id IN ({words})";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(PersonId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let post: String = row.try_get("post")?;
            let post = Post::from_key(&post).with_context(|| format!("unknown post {post}"))?;
            Ok((row.try_get::<String, _>("id")?.parse()?, post))
        })
        .collect()
}

/// The people of a unit: those in post first (the chair before the others, then in Chinese order), then those who left.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Person>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM person
         WHERE unit_id = $1
         ORDER BY CASE WHEN left_on IS NULL THEN 0 ELSE 1 END, CASE post WHEN 'chair' THEN 0 ELSE 1 END, sort_key, id"
    )))
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(person_of).collect()
}

/// The people in post in the subtree of `path`: for imports.
pub async fn within(tx: &mut Tx, path: &str) -> Result<Vec<Person>> {
    let (lower, upper) = subtree(path);
    between(tx, (&lower, &upper)).await
}

/// The people in post of the units from a path on and before another: for exports.
pub async fn between(tx: &mut Tx, (lower, upper): (&str, &str)) -> Result<Vec<Person>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM person
         WHERE unit_path >= $1 AND unit_path < $2 AND left_on IS NULL
         ORDER BY unit_path, sort_key, id"
    )))
    .bind(lower.to_owned())
    .bind(upper.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(person_of).collect()
}

/// The head of a unit: its chair in post.
pub async fn chair_of(tx: &mut Tx, unit: &UnitId) -> Result<Option<Person>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM person
         WHERE unit_id = $1 AND post = 'chair' AND left_on IS NULL
         ORDER BY id
         LIMIT 1"
    )))
    .bind(unit.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| person_of(&row)).transpose()
}

/// Moves a merged unit's people in post to its successor. The chair becomes a worker there, since the successor has a chair of its own.
pub async fn follow(
    tx: &mut Tx,
    from: &UnitId,
    (to, to_path): (&UnitId, &str),
    now: Timestamp,
) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE person
         SET unit_id = $1, unit_path = $2, changed_at = $3, revision = revision + 1,
             post = CASE WHEN post = 'chair' THEN 'worker' ELSE post END
         WHERE unit_id = $4 AND left_on IS NULL",
    )
    .bind(to.to_string())
    .bind(to_path.to_owned())
    .bind(now.to_string())
    .bind(from.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Records that a closed unit's people in post left on a day.
pub async fn leave_all(tx: &mut Tx, unit: &UnitId, on: Date, now: Timestamp) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE person
         SET left_on = $1, changed_at = $2, revision = revision + 1
         WHERE unit_id = $3 AND left_on IS NULL",
    )
    .bind(on.to_string())
    .bind(now.to_string())
    .bind(unit.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

fn person_of(row: &AnyRow) -> Result<Person> {
    let text = |column: &str| row.try_get::<Option<String>, _>(column);
    let day = |column: &str| -> Result<Option<Date>> {
        Ok(text(column)?.map(|day| day.parse()).transpose()?)
    };
    let post: String = row.try_get("post")?;
    Ok(Person {
        id: row.try_get::<String, _>("id")?.parse()?,
        unit_id: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        details: PersonDetails {
            name: row.try_get("name")?,
            post: Post::from_key(&post).with_context(|| format!("unknown post {post}"))?,
            duty: row.try_get("duty")?,
            phone: text("phone")?,
            since_on: day("since_on")?,
        },
        sort_key: row.try_get("sort_key")?,
        left_on: day("left_on")?,
        revision: row.try_get("revision")?,
        created_at: row.try_get::<String, _>("created_at")?.parse()?,
        changed_at: row.try_get::<String, _>("changed_at")?.parse()?,
    })
}

fn values_of(person: &Person) -> Vec<Value> {
    let details = &person.details;
    vec![
        person.id.to_string().into(),
        person.unit_id.to_string().into(),
        person.unit_path.clone().into(),
        details.name.clone().into(),
        person.sort_key.clone().into(),
        details.post.key().into(),
        details.duty.clone().into(),
        details.phone.clone().into(),
        details.since_on.map(|day| day.to_string()).into(),
        person.left_on.map(|day| day.to_string()).into(),
        person.revision.into(),
        person.created_at.to_string().into(),
        person.changed_at.to_string().into(),
    ]
}
