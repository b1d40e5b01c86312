//! Who holds the titles that a higher honour asks for.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{HonourId, PersonId, UnitId},
        place::UnitKind,
    },
    honour::honour::HonourState,
    register::unit::UnitState,
};
use jianjia_standard::kinds::{HonourLevel, Post};
use jiff::civil::Date;
use sqlx::{Row, any::AnyRow};

use super::bars::barred_units;
use crate::core::{condition::Conditions, db::Tx, place::kind_of_key};

/// A title in force, with what the register knows of its holder now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub honour: HonourId,
    pub title: String,
    pub level: HonourLevel,
    pub number: String,
    pub since: Date,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_kind: UnitKind,
    pub unit_name: String,
    pub members: Option<i64>,
    pub person: Option<PersonId>,
    pub person_name: String,
    pub post: Option<Post>,
}

/// Whose titles are asked for: those in force of units that still are.
#[derive(Clone, Copy, Debug)]
pub struct HeldFilter<'a> {
    /// Only within these subtrees.
    pub within: &'a [String],
    pub titles: &'a [String],
    /// Of people, or else of units.
    pub of_people: bool,
    /// Begun by this day.
    pub on: Date,
    /// Only those that something may bar in this year: of units that a bar is of, and of all branches, which their unions' bar, too.
    pub barred_in: Option<i16>,
}

impl HeldFilter<'_> {
    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.among("h.title", self.titles.iter().map(String::as_str));
        conditions.equals("h.state", HonourState::InForce.key());
        conditions.within("h.unit_path", self.within);
        conditions.and(match self.of_people {
            true => "h.person_id <> ''".to_owned(),
            false => "h.person_id = ''".to_owned(),
        });
        let on = conditions.value(self.on.to_string());
        conditions.and(format!("h.begun_on <= {on}"));
        conditions.equals("unit.state", UnitState::Active.key());
        if let Some(year) = self.barred_in {
            let branch = conditions.value(UnitKind::Branch.key());
            let units = barred_units(&mut conditions, year);
            conditions.and(format!(
                "(h.unit_kind = {branch} OR h.unit_id IN ({units}))"
            ));
        }
        conditions
    }
}

/// The titles, those held longest first.
pub async fn held(tx: &mut Tx, filter: &HeldFilter<'_>) -> Result<Vec<Held>> {
    let conditions = filter.conditions();
    // Thousands of titles: these columns alone.
    let sql = format!(
        "SELECT h.id, h.title, h.level, h.number, h.begun_on, h.unit_id, h.unit_path, h.unit_kind, unit.name, unit.members,
           h.person_id, h.person_name, person.post
         FROM honour h
         JOIN unit ON unit.id = h.unit_id
         LEFT JOIN person ON person.id = h.person_id{}
         ORDER BY h.begun_on, h.id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(held_of).collect()
}

/// How many units or people hold one of the titles; who holds two counts once.
pub async fn count_held(tx: &mut Tx, filter: &HeldFilter<'_>) -> Result<i64> {
    let conditions = filter.conditions();
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM (
           SELECT DISTINCT h.unit_id, h.person_id
           FROM honour h
           JOIN unit ON unit.id = h.unit_id{}) AS holder",
        conditions.sql()
    );
    let row = conditions.query(sql).fetch_one(&mut **tx).await?;
    Ok(row.try_get(0)?)
}

fn held_of(row: &AnyRow) -> Result<Held> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let (level, person) = (text("level")?, text("person_id")?);
    let post: Option<String> = row.try_get("post")?;
    Ok(Held {
        honour: text("id")?.parse()?,
        title: text("title")?,
        level: HonourLevel::from_key(&level)
            .with_context(|| format!("no level of a title {level}"))?,
        number: text("number")?,
        since: text("begun_on")?.parse()?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_kind: kind_of_key(&text("unit_kind")?)?,
        unit_name: text("name")?,
        members: row.try_get("members")?,
        person: match person.as_str() {
            "" => None,
            person => Some(person.parse()?),
        },
        person_name: text("person_name")?,
        post: post
            .map(|post| Post::from_key(&post).with_context(|| format!("no post {post}")))
            .transpose()?,
    })
}
