//! What a version would change, by title and union, and by title and person.

use anyhow::Result;
use jianjia_domain::core::ids::{AmendmentId, PersonId, UnitId};
use jiff::Timestamp;
use sqlx::Row;

use crate::core::{
    bulk,
    condition::{Conditions, List},
    db::Tx,
};

/// What a version would change of a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectOf {
    pub title: String,
    /// Of the version that was judged.
    pub revision: i64,
    /// Of which year the answers are.
    pub year: i16,
    /// Unions, or people for a title of theirs.
    pub judged: i64,
    pub met_before: i64,
    pub met_after: i64,
    pub gain: i64,
    pub lose: i64,
    pub unclear: i64,
    pub made_at: Timestamp,
}

/// Keeps what a version would change in the place of what was kept before: its titles in order, and by title and change the unions and
/// the people.
pub async fn keep_effect(
    tx: &mut Tx,
    id: &AmendmentId,
    effects: &[EffectOf],
    unions: &[(String, &'static str, UnitId)],
    people: &[(String, &'static str, PersonId)],
) -> Result<()> {
    for sql in [
        "DELETE FROM amendment_effect WHERE amendment_id = $1",
        "DELETE FROM amendment_effect_unit WHERE amendment_id = $1",
        "DELETE FROM amendment_effect_person WHERE amendment_id = $1",
    ] {
        sqlx::query(sql)
            .bind(id.to_string())
            .execute(&mut **tx)
            .await?;
    }
    let columns = [
        "amendment_id",
        "title",
        "place",
        "revision",
        "year",
        "judged",
        "met_before",
        "met_after",
        "gain",
        "lose",
        "unclear",
        "made_at",
    ];
    let rows = (1_i64..).zip(effects).map(|(place, effect)| {
        vec![
            id.to_string().into(),
            effect.title.clone().into(),
            place.into(),
            effect.revision.into(),
            i64::from(effect.year).into(),
            effect.judged.into(),
            effect.met_before.into(),
            effect.met_after.into(),
            effect.gain.into(),
            effect.lose.into(),
            effect.unclear.into(),
            effect.made_at.to_string().into(),
        ]
    });
    bulk::insert(tx, "amendment_effect", &columns, rows.collect()).await?;
    let columns = ["amendment_id", "title", "change", "unit_id"];
    let rows = unions.iter().map(|(title, change, unit)| {
        Ok(vec![
            id.to_string().into(),
            title.clone().into(),
            (*change).into(),
            unit.to_string().into(),
        ])
    });
    bulk::insert_each(tx, "amendment_effect_unit", &columns, rows).await?;
    let columns = ["amendment_id", "title", "change", "person_id"];
    let rows = people.iter().map(|(title, change, person)| {
        Ok(vec![
            id.to_string().into(),
            title.clone().into(),
            (*change).into(),
            person.to_string().into(),
        ])
    });
    bulk::insert_each(tx, "amendment_effect_person", &columns, rows).await
}

/// What a version would change, by title in the order of the standard; empty where nobody asked yet.
pub async fn effect(tx: &mut Tx, id: &AmendmentId) -> Result<Vec<EffectOf>> {
    let rows = sqlx::query(
        "SELECT title, revision, year, judged, met_before, met_after, gain, lose, unclear, made_at
         FROM amendment_effect
         WHERE amendment_id = $1
         ORDER BY place",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(EffectOf {
                title: row.try_get("title")?,
                revision: row.try_get("revision")?,
                year: i16::try_from(row.try_get::<i64, _>("year")?)?,
                judged: row.try_get("judged")?,
                met_before: row.try_get("met_before")?,
                met_after: row.try_get("met_after")?,
                gain: row.try_get("gain")?,
                lose: row.try_get("lose")?,
                unclear: row.try_get("unclear")?,
                made_at: row.try_get::<String, _>("made_at")?.parse()?,
            })
        })
        .collect()
}

/// A page of the unions of a title and change, by where they stand, with their number.
pub async fn affected(
    tx: &mut Tx,
    id: &AmendmentId,
    (title, change): (&str, &str),
    portion: (i64, i64),
) -> Result<(Vec<UnitId>, i64)> {
    const TABLE: &str =
        "amendment_effect_unit JOIN unit ON unit.id = amendment_effect_unit.unit_id";
    let mut conditions = Conditions::default();
    conditions.equals("amendment_effect_unit.amendment_id", id.to_string());
    conditions.equals("amendment_effect_unit.title", title);
    conditions.equals("amendment_effect_unit.change", change);
    let list = List {
        table: TABLE,
        key: "unit.id",
        order: "unit.path, unit.id",
        columns: "unit.id",
        from: "unit",
        from_key: "unit.id",
        from_order: "unit.path, unit.id",
    };
    let (rows, total) = conditions.page(tx, &list, portion).await?;
    let units = rows
        .iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .collect::<Result<_>>()?;
    Ok((units, total))
}

/// Somebody who would gain or lose a title, with the unit that they are of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffectedPerson {
    pub person: PersonId,
    pub name: String,
    pub unit: UnitId,
}

/// A page of the people of a title and change, by where they stand, with their number.
pub async fn affected_people(
    tx: &mut Tx,
    id: &AmendmentId,
    (title, change): (&str, &str),
    portion: (i64, i64),
) -> Result<(Vec<AffectedPerson>, i64)> {
    const TABLE: &str =
        "amendment_effect_person JOIN person ON person.id = amendment_effect_person.person_id";
    let mut conditions = Conditions::default();
    conditions.equals("amendment_effect_person.amendment_id", id.to_string());
    conditions.equals("amendment_effect_person.title", title);
    conditions.equals("amendment_effect_person.change", change);
    let list = List {
        table: TABLE,
        key: "person.id",
        order: "person.unit_path, person.sort_key, person.id",
        columns: "person.id, person.name, person.unit_id",
        from: "person",
        from_key: "person.id",
        from_order: "person.unit_path, person.sort_key, person.id",
    };
    let (rows, total) = conditions.page(tx, &list, portion).await?;
    let people = rows
        .iter()
        .map(|row| {
            Ok(AffectedPerson {
                person: row.try_get::<String, _>("id")?.parse()?,
                name: row.try_get("name")?,
                unit: row.try_get::<String, _>("unit_id")?.parse()?,
            })
        })
        .collect::<Result<_>>()?;
    Ok((people, total))
}
