//! What everybody sees of a spot check: the frame's hash and sizes first, then the seed. Who was drawn is told when the last visit was made: a unit that
//! is visited without notice must not learn of it here.

use jianjia_domain::{
    check::{
        draw::{self, Drawn},
        spot_check::{SpotCheck, Stratum},
        visit::Visit,
    },
    core::policy::{Act, Actor},
};
use jianjia_store::{
    check::{spot_check as checks, visit as visits},
    core::db::Tx,
};

use super::{FRAME, permitted};
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// A year's check, for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicCheck {
    pub check: SpotCheck,
    pub strata: Vec<Stratum>,
    /// Whether the last visit was made, so that the sample is told.
    pub is_done: bool,
}

/// The checks of all years, the newest first.
pub async fn list(app: &App) -> Result<Vec<SpotCheck>> {
    let mut tx = app.db.read().await?;
    Ok(checks::all(&mut tx).await?)
}

/// The check of a year.
///
/// # Errors
/// Not found before its frame is published.
pub async fn find(app: &App, year: i16) -> Result<PublicCheck> {
    let mut tx = app.db.read().await?;
    let check = of_year(&mut tx, year).await?;
    Ok(PublicCheck {
        strata: checks::strata(&mut tx, &check.id).await?,
        is_done: is_done(&mut tx, &check).await?,
        check,
    })
}

/// The frame's file, byte for byte as it was published.
///
/// # Errors
/// Not found before it is.
pub async fn frame_file(app: &App, year: i16) -> Result<String> {
    let mut tx = app.db.read().await?;
    let check = of_year(&mut tx, year).await?;
    let file = checks::file(&mut tx, &check.id, FRAME).await?;
    file.ok_or(Error::NotFound)
}

/// The sample's file: what `jianjia draw` and the script print for the frame's file and the seed.
///
/// # Errors
/// Not found before the last visit was made.
pub async fn sample_file(app: &App, year: i16) -> Result<String> {
    let mut tx = app.db.read().await?;
    let (check, visits) = done(&mut tx, year).await?;
    let seed = check.drawn.map(|done| done.seed).unwrap_or_default();
    let drawn: Vec<Drawn> = visits.into_iter().map(drawn).collect();
    Ok(draw::sample_text(&check.frame_hash, &seed, &drawn))
}

/// A visit, as the draw has it.
pub(super) fn drawn(visit: Visit) -> Drawn {
    Drawn {
        stratum: visit.stratum,
        place: visit.place as u64,
        ticket: visit.ticket,
        unit: visit.entry,
    }
}

/// Which unit each name of the sample is: a line each with the random number and the unit's own, of which the name is the hash. It is for those who look over
/// the check: with the strata of the sample it would show units in public as a risk.
///
/// # Errors
/// As `App::permit` at the city; as `sample_file`.
pub async fn units_file(app: &App, actor: &Actor, year: i16) -> Result<String> {
    let mut tx = app.db.read().await?;
    permitted(&mut tx, app, actor, Act::SeeSpotCheck).await?;
    let (_, visits) = done(&mut tx, year).await?;
    let names: Vec<String> = visits.into_iter().map(|visit| visit.entry).collect();
    let mut entries = checks::entries(&mut tx, &names).await?;
    entries.sort_by(|one, other| one.id.cmp(&other.id));
    let lines = entries.iter().map(|entry| {
        let (id, nonce, number) = (&entry.id, &entry.nonce, entry.unit_number);
        format!("{id} {nonce} {number} {}\n", entry.unit_name)
    });
    Ok(lines.collect())
}

async fn of_year(tx: &mut Tx, year: i16) -> Result<SpotCheck> {
    checks::of_year(tx, year).await?.ok_or(Error::NotFound)
}

async fn done(tx: &mut Tx, year: i16) -> Result<(SpotCheck, Vec<Visit>)> {
    let check = of_year(tx, year).await?;
    if !is_done(tx, &check).await? {
        return Err(Error::NotFound);
    }
    let visits = visits::of_check(tx, &check.id).await?;
    Ok((check, visits))
}

async fn is_done(tx: &mut Tx, check: &SpotCheck) -> Result<bool> {
    let states = visits::states(tx, &check.id).await?;
    Ok(check.drawn.is_some() && states.iter().all(|(state, _)| !state.is_open()))
}
