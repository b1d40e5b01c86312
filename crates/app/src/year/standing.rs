//! Where every unit stands, as columns for lists: brought up to date in the transaction of each act that changes it. One unit, a table's
//! thousands and the demo city go the same way.

use std::{collections::BTreeSet, pin::Pin, sync::Arc};

use jianjia_domain::{core::ids::UnitId, year::sheet::Questions};
use jianjia_standard::{
    judge::judge,
    judgement::{Judgement, Status},
    programme::Standard,
    subject::Subject,
};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    year::standing::{self, Standing},
};
use jiff::{Timestamp, civil::Date};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use tokio::task::JoinHandle;

use crate::{
    core::{app::App, error::Result},
    year::assessment::{self as assessments, Gathered},
};

/// So many units at a time: what is known of them stays small beside the memory.
const PORTION: usize = 2_000;

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
            standing::set(tx, &judged(before).await?).await?;
        }
    }
    if let Some(last) = judging {
        standing::set(tx, &judged(last).await?).await?;
    }
    Ok(())
}

/// Judges what was gathered of units as of the year's day and keeps where they stand. Their turn (`standing::take_turn`) was taken before it was
/// gathered.
pub(crate) async fn keep(tx: &mut Tx, app: &App, gathered: Vec<Gathered>, year: i16) -> Result<()> {
    let standings = judged(judge_all(app, gathered, year)).await?;
    Ok(standing::set(tx, &standings).await?)
}

async fn judged(judging: JoinHandle<Vec<Standing>>) -> Result<Vec<Standing>> {
    Ok(judging.await.map_err(anyhow::Error::from)?)
}

/// Judges units off the async threads, as of the day that each was gathered for.
fn judge_all(app: &App, gathered: Vec<Gathered>, year: i16) -> JoinHandle<Vec<Standing>> {
    let now = app.now();
    let standard = Arc::clone(app.standards.of(year));
    tokio::task::spawn_blocking(move || {
        let questions = Questions::of(&standard, gathered.iter().map(|unit| &unit.subject));
        gathered
            .par_iter()
            .map(|unit| {
                let judgement = judge(&standard, &unit.subject, unit.as_of);
                let known: Vec<&str> = unit.known.iter().map(|(key, _)| &**key).collect();
                let of = (unit.register.id, unit.register.path.as_str());
                let judged = (&unit.subject, &judgement);
                standing(&standard, &questions, of, year, judged, &known, now)
            })
            .collect()
    })
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

/// Where a unit (its id and path) with this judgement on what it claims stands in a year; `known` are the facts that the register
/// answers, which are never asked.
fn standing(
    standard: &Standard,
    questions: &Questions<'_>,
    (unit, path): (UnitId, &str),
    year: i16,
    (subject, judgement): (&Subject, &Judgement),
    known: &[&str],
    judged_at: Timestamp,
) -> Standing {
    let status = |tier: &str| {
        standard
            .titles_of(subject.kind)
            .find(|title| title.tier == tier)
            .and_then(|title| judgement.verdict(&title.key))
            .map_or(Status::NotApplicable, |verdict| verdict.status)
            .key()
            .to_owned()
    };
    let tiers = standard.titles.iter().map(|title| title.tier.as_str());
    let verdicts = tiers.map(|tier| (tier.to_owned(), status(tier))).collect();
    let (answered, asked) = questions.count(subject, known);
    Standing {
        unit,
        unit_path: path.to_owned(),
        year,
        verdicts,
        answered: i64::try_from(answered).unwrap_or(0),
        asked: i64::try_from(asked).unwrap_or(0),
        judged_at,
    }
}
