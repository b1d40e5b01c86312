//! What the search is made of, and what it shows of what it found.

use anyhow::Result;
use jianjia_domain::{
    core::ids::{ApplicationId, PersonId, UnitId},
    office::search::{Named, Noun},
    register::person::Post,
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};
use uuid::Uuid;

use crate::core::{bulk, db::Tx};

/// Rows that are read at a time, so that a large city is never in memory twice.
const PORTION: i64 = 5_000;

/// The tables whose rows have names here, with what they are.
pub const TABLES: [(&str, Noun); 2] = [("unit", Noun::Unit), ("person", Noun::Person)];

const OF_UNITS: &str = "SELECT id, path, name, sort_key,
       number, COALESCE(credit_code, '') AS credit_code, COALESCE(employer_credit_code, '') AS employer_credit_code,
       CASE WHEN state = 'active' THEN 0 ELSE 1 END AS is_past
     FROM unit";

const OF_PEOPLE: &str = "SELECT id, unit_path AS path, name, sort_key,
       CASE WHEN left_on IS NULL THEN 0 ELSE 1 END AS is_past
     FROM person";

/// Hands every name over, one after the other.
pub async fn each(tx: &mut Tx, mut take: impl FnMut(Named)) -> Result<()> {
    for (_, noun) in TABLES {
        let mut last = String::new();
        loop {
            let sql = format!(
                "{}
                 WHERE id > $1
                 ORDER BY id
                 LIMIT $2",
                select(noun)
            );
            let rows = sqlx::query(AssertSqlSafe(sql))
                .bind(last.clone())
                .bind(PORTION)
                .fetch_all(&mut **tx)
                .await?;
            let Some(newest) = rows.last() else {
                break;
            };
            last = newest.try_get("id")?;
            for row in &rows {
                take(named_of(row, noun)?);
            }
        }
    }
    Ok(())
}

/// The names of these rows; those that are gone have none.
pub async fn of(tx: &mut Tx, noun: Noun, ids: &[String]) -> Result<Vec<Named>> {
    let sql = format!("{} WHERE id IN ({{words}})", select(noun));
    let rows = bulk::select(tx, &sql, &[], ids.iter().cloned()).await?;
    rows.iter().map(|row| named_of(row, noun)).collect()
}

fn select(noun: Noun) -> &'static str {
    match noun {
        Noun::Unit => OF_UNITS,
        Noun::Person => OF_PEOPLE,
    }
}

fn named_of(row: &AnyRow, noun: Noun) -> Result<Named> {
    let numbers = match noun {
        Noun::Unit => {
            let number: i64 = row.try_get("number")?;
            let own: String = row.try_get("credit_code")?;
            let employers: String = row.try_get("employer_credit_code")?;
            format!("{number} {own} {employers}").trim_end().to_owned()
        }
        Noun::Person => String::new(),
    };
    Ok(Named {
        noun,
        id: row.try_get::<String, _>("id")?.parse::<Uuid>()?,
        path: row.try_get("path")?,
        name: row.try_get("name")?,
        sort_key: row.try_get("sort_key")?,
        numbers,
        is_past: row.try_get::<i64, _>("is_past")? == 1,
    })
}

/// A person as the search shows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLine {
    pub id: PersonId,
    pub name: String,
    pub post: Option<Post>,
    pub has_left: bool,
    pub unit: UnitId,
    pub unit_name: String,
}

/// The people of these ids, in no order.
pub async fn people(tx: &mut Tx, ids: &[PersonId]) -> Result<Vec<PersonLine>> {
    let sql = "SELECT person.id, person.name, person.post, person.unit_id, unit.name AS unit_name,
           CASE WHEN person.left_on IS NULL THEN 0 ELSE 1 END AS has_left
         FROM person
         JOIN unit ON unit.id = person.unit_id
         WHERE person.id IN ({words})";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(PersonId::to_string)).await?;
    rows.iter()
        .map(|row| {
            Ok(PersonLine {
                id: row.try_get::<String, _>("id")?.parse()?,
                name: row.try_get("name")?,
                post: Post::from_key(&row.try_get::<String, _>("post")?),
                has_left: row.try_get::<i64, _>("has_left")? == 1,
                unit: row.try_get::<String, _>("unit_id")?.parse()?,
                unit_name: row.try_get("unit_name")?,
            })
        })
        .collect()
}

/// An application as the search shows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLine {
    pub id: ApplicationId,
    pub year: i16,
    pub title: String,
    pub state: String,
    pub unit_name: String,
    pub unit_path: String,
    pub person_name: String,
    /// Its number in its year, once it was handed in.
    pub receipt: Option<i64>,
}

const OF_FILES: &str = "SELECT application.id, application.year, application.title, application.state, application.unit_name, application.unit_path,
       application.person_name, receipt.number
     FROM application
     LEFT JOIN receipt ON receipt.application_id = application.id";

/// The application with a number in its year.
pub async fn file_of_number(tx: &mut Tx, year: i16, number: i64) -> Result<Option<FileLine>> {
    let sql = format!(
        "{OF_FILES}
         WHERE receipt.year = $1 AND receipt.number = $2"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(i64::from(year))
        .bind(number)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| file_of(&row)).transpose()
}

/// The applications of these units and their people, the newest first.
pub async fn files_of_units(tx: &mut Tx, units: &[UnitId]) -> Result<Vec<FileLine>> {
    let sql = format!(
        "{OF_FILES}
         WHERE application.unit_id IN ({{words}}) AND application.state <> 'withdrawn'
         ORDER BY application.year DESC, application.id DESC"
    );
    let rows = bulk::select(tx, &sql, &[], units.iter().map(UnitId::to_string)).await?;
    rows.iter().map(file_of).collect()
}

fn file_of(row: &AnyRow) -> Result<FileLine> {
    Ok(FileLine {
        id: row.try_get::<String, _>("id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        title: row.try_get("title")?,
        state: row.try_get("state")?,
        unit_name: row.try_get("unit_name")?,
        unit_path: row.try_get("unit_path")?,
        person_name: row.try_get("person_name")?,
        receipt: row.try_get("number")?,
    })
}
