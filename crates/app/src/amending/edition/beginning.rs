//! An edition begins: when its day comes one node lets it hold, unless a year of its was decided meanwhile, and every node follows. Where the year that runs is one of
//! its, all unions are judged anew by a job.

use std::pin::Pin;

use anyhow::{Context, anyhow};
use jianjia_domain::{
    amending::edition::{self, Edition, EditionState},
    core::{
        audit::{deed::Deed, object::Object},
        ids::UnitId,
        job::JobKind,
        message::{APPROVERS, About, Kind, Message, To},
        place::UnitPlace,
    },
};
use jianjia_store::{
    amending::edition as editions,
    core::{db::Tx, scope::Scope, standard as standards},
    register::unit,
};
use serde_json::json;

use crate::{
    amending::amendment::note_by,
    core::{
        app::App,
        error::Result,
        job::{
            self as jobs,
            running::{Outcome, Running},
        },
        message::tell_all_but,
        standard::refresh,
    },
    year::standing as standings,
};

/// Units judged anew in one transaction.
const PORTION: i64 = 2_000;

/// What each node does every few seconds: begins what is due, and lets hold here what began elsewhere.
pub fn work<'a>(app: &'a App) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(tend(app))
}

/// Begins the editions whose day has come, and lets hold here what the database says holds; whether that is news.
///
/// # Errors
/// When the database fails.
pub async fn tend(app: &App) -> Result<()> {
    let mut tx = app.db.read().await?;
    let (held, _, is_due) = editions::glance(&mut tx, app.clock.today()).await?;
    tx.commit().await?;
    if is_due {
        begin_due(app).await?;
    }
    if is_due || held != app.standards.editions() as i64 {
        refresh(&mut app.db.read().await?, &app.standards).await?;
    }
    Ok(())
}

/// Begins the editions whose day has come, or says of them that a year of theirs was decided before.
///
/// # Errors
/// When the database fails.
pub async fn begin_due(app: &App) -> Result<()> {
    let mut tx = app
        .db
        .write([Scope::Standards, Scope::Calendar, Scope::Jobs])
        .await?;
    let today = app.clock.today();
    let waiting = editions::waiting(&mut tx).await?;
    let due: Vec<Edition> = waiting
        .into_iter()
        .filter(|edition| edition.is_due(today))
        .collect();
    if due.is_empty() {
        return Ok(());
    }
    let city = unit::root(&mut tx).await?;
    for edition in &due {
        begin(&mut tx, app, city.as_ref(), edition).await?;
    }
    Ok(tx.commit().await?)
}

async fn begin(tx: &mut Tx, app: &App, city: Option<&UnitPlace>, edition: &Edition) -> Result<()> {
    let decided = editions::decided(tx, (edition.from_year, edition.last_year)).await?;
    let state = edition::begin(decided);
    let id = &edition.amendment;
    if !editions::end(tx, id, state, "", app.now()).await? {
        return Ok(());
    }
    let (deed, kind, year) = match (state, decided) {
        (EditionState::Overtaken, Some((year, _))) => {
            (Deed::OvertakeEdition, Kind::EditionOvertaken, year)
        }
        _ => (Deed::BeginEdition, Kind::EditionBegun, edition.from_year),
    };
    note_by(tx, app, "", (id, deed, &year.to_string())).await?;
    if let Some(city) = city {
        let about = About::of(&Object::Edition(*id), Some(city.id), 0);
        let to = To::Unit {
            unit: city.id,
            roles: APPROVERS,
        };
        let told = Message::of(kind, about, id, vec![to]);
        let told = told.says([edition.name.clone().into(), year.into()]);
        tell_all_but(app, tx, None, told);
    }
    let detail = json!({
        "name": edition.name,
        "version": edition.version,
        "year": year,
    });
    app.trail_by(tx, ("", ""), deed, Object::Edition(*id), city, detail)
        .await?;
    let this_year = app.clock.today().year();
    let runs = (edition.from_year..=edition.last_year).contains(&this_year);
    if state == EditionState::InForce && runs {
        let key = format!("rejudge:{id}");
        let payload = json!({ "version": edition.version, "year": this_year });
        jobs::enqueue_own(app, tx, JobKind::RejudgeEdition, key, payload).await?;
    }
    Ok(())
}

pub fn rejudge<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(judge_anew(app, running))
}

/// Judges all units anew on what they say of the year that runs, portion by portion.
async fn judge_anew(app: &App, running: &Running) -> Result<Outcome> {
    // This node may not have looked since the edition began.
    let mut tx = app.db.read().await?;
    refresh(&mut tx, &app.standards).await?;
    let holds: Vec<String> = standards::in_force(&mut tx)
        .await?
        .into_iter()
        .map(|edition| edition.version)
        .collect();
    tx.commit().await?;
    let payload = &running.job.payload;
    let version = payload["version"].as_str().unwrap_or_default();
    if holds.iter().all(|held| held != version) {
        return Err(anyhow!("the edition to judge by does not hold").into());
    }
    let year = payload["year"].as_i64().context("the year to judge")?;
    let year = i16::try_from(year).context("the year to judge")?;
    let (mut reached, mut done) = (running.job.reached.clone(), running.job.progress.done);
    loop {
        let mut tx = app.db.write([Scope::Units, Scope::Jobs]).await?;
        let units: Vec<UnitId> = editions::units_after(&mut tx, &reached, PORTION).await?;
        let Some(last) = units.last() else {
            return running.commit(app, tx, &json!({ "judged": done })).await;
        };
        reached = last.to_string();
        done += units.len() as i64;
        standings::refresh_many(&mut tx, app, units, year).await?;
        running.commit_portion(tx, &reached, (done, 0)).await?;
    }
}
