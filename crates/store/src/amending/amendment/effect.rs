//! What a version would change, by title and union.

use anyhow::Result;
use jianjia_domain::core::ids::{AmendmentId, UnitId};
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
    /// Of which year the unions' answers are.
    pub year: i16,
    pub judged: i64,
    pub met_before: i64,
    pub met_after: i64,
    pub gain: i64,
    pub lose: i64,
    pub unclear: i64,
    pub made_at: Timestamp,
}

/// Keeps what a version would change in the place of what was kept before: its titles in order, and by title and change the unions.
pub async fn keep_effect(
    tx: &mut Tx,
    id: &AmendmentId,
    effects: &[EffectOf],
    unions: &[(String, &'static str, UnitId)],
) -> Result<()> {
    for sql in [
        "DELETE FROM amendment_effect WHERE amendment_id = $1",
        "DELETE FROM amendment_effect_unit WHERE amendment_id = $1",
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
    bulk::insert_each(tx, "amendment_effect_unit", &columns, rows).await
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
