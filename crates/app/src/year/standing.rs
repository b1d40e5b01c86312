//! Where every unit stands, as columns for lists: brought up to date in the transaction of each act that changes it. One unit, a table's
//! thousands and the demo city go the same way.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::Arc,
};

use jianjia_domain::{
    core::ids::UnitId,
    register::unit::Unit,
    year::{sheet::Questions, shortfall::Shortfall},
};
use jianjia_standard::{
    batch::{judge_columns_in_full, plan::Plan},
    columns::Columns,
    judgement::Status,
    kinds::Kind,
    programme::Standard,
};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    year::{
        shortfall,
        standing::{self, Standing},
    },
};
use jiff::civil::Date;
use rayon::{iter::ParallelIterator, slice::ParallelSlice};
use tokio::task::JoinHandle;

use crate::{
    core::{app::App, error::Result},
    year::{
        assessment::{self as assessments, Gathered},
        standing::lacking::Ladders,
    },
};

pub mod behind;
mod lacking;

/// So many units at a time: what is known of them stays small beside the memory.
const PORTION: usize = 2_000;

/// Units judged at a time on one core: a few blocks of the columns.
const A_TASK: usize = 256;

/// Where a unit stands, and what it lacks for more: both follow from one judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stand {
    standing: Standing,
    shortfall: Shortfall,
}

/// Keeps where units stand, and what they lack.
async fn set(tx: &mut Tx, stands: Vec<Stand>, year: i16) -> Result<()> {
    let (standings, shortfalls) = parted(stands);
    standing::set(tx, &standings).await?;
    Ok(shortfall::set(tx, year, shortfalls).await?)
}

/// Keeps where units stand of which nothing was kept for their year.
pub(crate) async fn add(tx: &mut Tx, stands: Vec<Stand>) -> Result<()> {
    let (standings, shortfalls) = parted(stands);
    standing::add(tx, &standings).await?;
    Ok(shortfall::add(tx, shortfalls).await?)
}

fn parted(stands: Vec<Stand>) -> (Vec<Standing>, Vec<Shortfall>) {
    let stands = stands.into_iter();
    stands
        .map(|stand| (stand.standing, stand.shortfall))
        .unzip()
}

/// Judges the unit on its claims of the year and keeps where it stands. Units that only lead stand nowhere.
pub async fn refresh(tx: &mut Tx, app: &App, unit: &UnitId, year: i16) -> Result<()> {
    refresh_many(tx, app, [*unit], year).await
}

/// Judges the unit anew on its claims of the running year: the register's record of it has changed.
pub fn follow<'a>(
    tx: &'a mut Tx,
    app: &'a App,
    unit: UnitId,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
    Box::pin(async move { refresh(tx, app, &unit, app.clock.today().year()).await })
}

/// Judges units on their claims of the year and keeps where they stand; units that only lead are passed over.
pub async fn refresh_many(
    tx: &mut Tx,
    app: &App,
    units: impl IntoIterator<Item = UnitId>,
    year: i16,
) -> Result<()> {
    let units: Vec<UnitId> = units
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let as_of = assessments::as_of(app, year);
    // While one portion is judged, what is known of the next is read.
    let mut judging = None;
    for portion in units.chunks(PORTION) {
        standing::take_turn(tx, portion).await?;
        let asked: Vec<(UnitId, Date)> = portion.iter().map(|unit| (*unit, as_of)).collect();
        let gathered = assessments::gather(tx, app, &asked, year).await?;
        if let Some(before) = judging.replace(judge_all(app, gathered, year)) {
            set(tx, judged(before).await?, year).await?;
        }
    }
    if let Some(last) = judging {
        set(tx, judged(last).await?, year).await?;
    }
    Ok(())
}

/// Where all units of a city stand that nobody changes meanwhile; units that only lead are left out. Each core reads and judges its share.
pub(crate) async fn of_city(app: &App, units: &[UnitId], year: i16) -> Result<Vec<Stand>> {
    let share = units.len().div_ceil(rayon::current_num_threads()).max(1);
    let shares: Vec<JoinHandle<Result<Vec<Stand>>>> = units
        .chunks(share)
        .map(|units| tokio::spawn(of_share(app.clone(), units.to_vec(), year)))
        .collect();
    let mut standings = Vec::with_capacity(units.len());
    for share in shares {
        standings.extend(share.await.map_err(anyhow::Error::from)??);
    }
    Ok(standings)
}

async fn of_share(app: App, units: Vec<UnitId>, year: i16) -> Result<Vec<Stand>> {
    let as_of = assessments::as_of(&app, year);
    let mut tx = app.db.read_through().await?;
    let mut standings = Vec::with_capacity(units.len());
    for portion in units.chunks(PORTION) {
        let asked: Vec<(UnitId, Date)> = portion.iter().map(|unit| (*unit, as_of)).collect();
        let gathered = assessments::gather(&mut tx, &app, &asked, year).await?;
        standings.extend(judged(judge_all(&app, gathered, year)).await?);
    }
    Ok(standings)
}

/// Keeps where units stand that were founded in this transaction, and judges those above them anew.
pub(crate) async fn begin(tx: &mut Tx, app: &App, founded: &[Unit], year: i16) -> Result<()> {
    if founded.is_empty() {
        return Ok(());
    }
    let ids: BTreeSet<UnitId> = founded.iter().map(|unit| unit.id).collect();
    let above = unit::above_any(tx, founded.iter().map(|unit| unit.path.as_str())).await?;
    let above = above.into_iter().map(|place| place.id);
    refresh_many(tx, app, above.filter(|id| !ids.contains(id)), year).await?;
    let mut standings = Vec::with_capacity(founded.len());
    let mut judging = None;
    for portion in founded.chunks(PORTION) {
        let gathered = assessments::gather_founded(tx, app, portion, year).await?;
        if let Some(before) = judging.replace(judge_all(app, gathered, year)) {
            standings.extend(judged(before).await?);
        }
    }
    if let Some(last) = judging {
        standings.extend(judged(last).await?);
    }
    add(tx, standings).await
}

/// Judges what was gathered of units as of the year's day and keeps where they stand. Their turn (`standing::take_turn`) was taken before it was
/// gathered.
pub(crate) async fn keep(tx: &mut Tx, app: &App, gathered: Vec<Gathered>, year: i16) -> Result<()> {
    set(tx, judged(judge_all(app, gathered, year)).await?, year).await
}

async fn judged(judging: JoinHandle<anyhow::Result<Vec<Stand>>>) -> Result<Vec<Stand>> {
    Ok(judging.await.map_err(anyhow::Error::from)??)
}

/// Judges units off the async threads, in columns: only the statuses are kept, and
/// no figures and no reasons are put in words but those of a unit that lacks one clause alone.
fn judge_all(
    app: &App,
    gathered: Vec<Gathered>,
    year: i16,
) -> JoinHandle<anyhow::Result<Vec<Stand>>> {
    let now = app.now();
    let as_of = assessments::as_of(app, year);
    let standard = Arc::clone(app.standards.of(year));
    tokio::task::spawn_blocking(move || {
        let plan = Plan::of(&standard, as_of);
        let ladders = Ladders::of(&standard, &plan);
        let questions = Questions::of(&standard, gathered.iter().map(|unit| &unit.subject));
        let tasks: Vec<Vec<Stand>> = gathered
            .par_chunks(A_TASK)
            .map(|units| {
                let subjects = units.iter().map(|unit| &unit.subject);
                let judged =
                    judge_columns_in_full(&plan, &Columns::of(&standard, &plan, subjects)?);
                let standings = units.iter().enumerate().map(|(row, unit)| {
                    let known: Vec<&str> = unit.known.iter().map(|(key, _)| &**key).collect();
                    let (answered, asked) = questions.count(&unit.subject, &known);
                    let standing = Standing {
                        unit: unit.register.id,
                        unit_path: unit.register.path.clone(),
                        year,
                        verdicts: verdicts(&standard, unit.subject.kind, |title| {
                            judged.title_status(title, row)
                        }),
                        answered: i64::try_from(answered).unwrap_or(0),
                        asked: i64::try_from(asked).unwrap_or(0),
                        judged_at: now,
                    };
                    Stand {
                        standing,
                        shortfall: ladders.shortfall(unit, year, &judged, row),
                    }
                });
                Ok(standings.collect())
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(tasks.into_iter().flatten().collect())
    })
}

/// By tier of the standard, the status of the title of that tier that a kind can hold; `status` gives it by the title's place in the standard.
fn verdicts(
    standard: &Standard,
    kind: Kind,
    status: impl Fn(usize) -> Status,
) -> BTreeMap<String, String> {
    let mut verdicts = BTreeMap::new();
    for (place, title) in standard.titles.iter().enumerate() {
        if title.kinds.contains(&kind) {
            verdicts
                .entry(title.tier.clone())
                .or_insert_with(|| status(place).key().to_owned());
        }
    }
    for title in &standard.titles {
        verdicts
            .entry(title.tier.clone())
            .or_insert_with(|| Status::NotApplicable.key().to_owned());
    }
    verdicts
}

/// Keeps where units and all units above them stand: what happens below a federation may decide its own titles (clause F1).
pub async fn refresh_upwards(
    tx: &mut Tx,
    app: &App,
    units: &[(UnitId, &str)],
    year: i16,
) -> Result<()> {
    let above = unit::above_any(tx, units.iter().map(|(_, path)| *path)).await?;
    let all = units
        .iter()
        .map(|(id, _)| *id)
        .chain(above.into_iter().map(|place| place.id));
    refresh_many(tx, app, all, year).await
}

/// Brings up to date where units stand, in a transaction of its own: after acts on days that are over.
///
/// # Errors
/// When it can't be read or written.
pub async fn bring_up_to_date(
    app: &App,
    units: impl IntoIterator<Item = UnitId>,
    year: i16,
) -> Result<()> {
    let mut tx = app.db.write_alone().await?;
    refresh_many(&mut tx, app, units, year).await?;
    Ok(tx.commit().await?)
}
