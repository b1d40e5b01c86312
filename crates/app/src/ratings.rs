//! The members' rating of a year, as the union above records it from the paper count.

use jianjia_domain::{
    ids::UnitId,
    policy::{self, Act, Actor},
    rating::{self, Rating, RatingInput},
    refusal::Refusal,
    statement,
    unit::UnitPlace,
};
use jianjia_store::rating as ratings;
use serde_json::json;

use crate::{app::App, error::Result, standings};

/// A year's totals, if there are any, for whoever sees the unit.
pub async fn of_year(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    year: i16,
) -> Result<(UnitPlace, Option<Rating>, bool)> {
    let mut tx = app.db.read().await?;
    let place = app.seen(&mut tx, actor, unit).await?;
    let found = ratings::of_year(&mut tx, unit, year).await?;
    let may_record = policy::may(actor, Act::RecordRating, &place);
    Ok((place, found, may_record))
}

/// Records a year's totals; recording again corrects them.
pub async fn record(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    year: i16,
    input: &RatingInput,
) -> Result<()> {
    let mut tx = app.db.write(&format!("unit:{unit}")).await?;
    let permit = app.permit(&mut tx, actor, Act::RecordRating, unit).await?;
    statement::open_year(&app.standard, year, app.clock.today().year()).map_err(Refusal::from)?;
    jianjia_domain::assessment::kind_of(permit.unit.kind).map_err(Refusal::from)?;
    let counts = rating::read(input)?;
    let before = ratings::of_year(&mut tx, unit, year).await?;
    let now = app.now();
    let recorded = Rating {
        unit: *unit,
        unit_path: permit.unit.path.clone(),
        year,
        counts,
        recorded_by: actor.account.to_string(),
        recorded_by_name: actor.name.clone(),
        recorded_at: now,
        note: input.note.trim().chars().take(500).collect(),
    };
    ratings::record(&mut tx, &recorded).await?;
    let detail = json!({
        "year": year,
        "counts": counts.counts(),
        "before": before.map(|before| before.counts.counts()),
    });
    app.trail(
        &mut tx,
        actor,
        "record-rating",
        ("rating", &format!("{unit}:{year}")),
        Some(&permit.unit),
        detail,
    )
    .await?;
    standings::refresh(&mut tx, app, unit, year).await?;
    tx.commit().await?;
    Ok(())
}
