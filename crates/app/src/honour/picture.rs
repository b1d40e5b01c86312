//! The city's year in figures beside its targets: which criteria hold unions back most often, and how many members voted. All unions are
//! judged for it, so it is kept in memory for a while and made anew by whoever asks after that.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jianjia_domain::{
    core::{day, ids::UnitId, place::UnitKind},
    year::assessment as assessment_of,
};
use jianjia_standard::{Standard, judge::judge, judgement::Status, subject::Subject};
use jianjia_store::register::unit;
use jiff::{SignedDuration, Timestamp, civil::Date};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use tokio::{sync::watch, time::timeout};

use crate::{
    core::{app::App, error::Result},
    year::assessment::{self as assessments, Gathered},
};

/// So long a picture is shown before it is made anew.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(10);

/// No page waits longer for the first one.
const PATIENCE: Duration = Duration::from_secs(1);

/// So many units at a time: what is known of them stays small beside the memory.
const PORTION: usize = 4_000;

/// The running year of all grassroots unions, on what they claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    pub year: i16,
    pub made_at: Timestamp,
    pub unions: i64,
    /// Criteria that unions don't meet for the title they strive for, the most frequent first.
    pub hindrances: Vec<Hindrance>,
    pub turnout: Turnout,
}

/// A criterion, and how many of the unions of which it is asked don't meet it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hindrance {
    pub clause: String,
    pub unmet: i64,
    /// Those that have not said enough for telling.
    pub unknown: i64,
    pub of: i64,
}

/// The members' ratings of the year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turnout {
    /// Unions with a result.
    pub rated: i64,
    /// Members who might vote, and votes cast, in these unions.
    pub roll: i64,
    pub cast: i64,
}

/// The newest picture, and whether another one is being made.
struct Kept {
    newest: watch::Sender<Option<Arc<Picture>>>,
    is_making: AtomicBool,
}

impl Default for Kept {
    fn default() -> Kept {
        Kept {
            newest: watch::Sender::new(None),
            is_making: AtomicBool::new(false),
        }
    }
}

/// The picture as it was made last, which is at most ten minutes before somebody asked. None while the first one is still being made.
pub async fn picture(app: &App) -> Option<Arc<Picture>> {
    let (now, kept) = (app.now(), app.memory.of::<Kept>());
    let newest = kept.newest.borrow().clone();
    let is_fresh = newest.as_ref().is_some_and(|picture| {
        day::day_of(picture.made_at) == day::day_of(now)
            && now.duration_since(picture.made_at) < KEPT_FOR
    });
    if !is_fresh && !kept.is_making.swap(true, Ordering::AcqRel) {
        tokio::spawn(renew(app.clone(), Arc::clone(&kept), now));
    }
    if newest.is_some() {
        return newest;
    }
    let mut made = kept.newest.subscribe();
    let made = timeout(PATIENCE, made.wait_for(Option::is_some)).await;
    made.ok()?.ok()?.clone()
}

/// Makes the picture anew, beside the page that asked for it.
async fn renew(app: App, kept: Arc<Kept>, now: Timestamp) {
    match make(&app, now).await {
        Ok(picture) => {
            kept.newest.send_replace(Some(Arc::new(picture)));
        }
        Err(error) => {
            let error = format!("{error:?}");
            tracing::error!(error, "the city's year could not be counted");
        }
    }
    kept.is_making.store(false, Ordering::Release);
}

async fn make(app: &App, now: Timestamp) -> Result<Picture> {
    let year = app.year();
    let (standard, as_of) = (app.standards.of(year), assessments::as_of(app, year));
    let mut tx = app.db.read().await?;
    let kinds = [UnitKind::Grassroots.key(), UnitKind::Direct.key()];
    let unions = unit::of_kinds(&mut tx, &kinds).await?;
    let asked: Vec<(UnitId, Date)> = unions.iter().map(|unit| (unit.id, as_of)).collect();
    let mut tally = Tally::default();
    for portion in asked.chunks(PORTION) {
        let gathered = assessments::gather(&mut tx, app, portion, year).await?;
        let standard = Arc::clone(standard);
        let of_portion = tokio::task::spawn_blocking(move || tally_of(&standard, &gathered));
        tally.add(of_portion.await.map_err(anyhow::Error::from)?);
    }
    Ok(Picture {
        year,
        made_at: now,
        unions: i64::try_from(unions.len()).unwrap_or(i64::MAX),
        hindrances: tally.hindrances(standard),
        turnout: tally.turnout,
    })
}

/// Counts of a part of the unions.
#[derive(Default)]
struct Tally {
    /// By clause: unmet, unknown, asked.
    criteria: HashMap<String, [i64; 3]>,
    turnout: Turnout,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        for (clause, counts) in other.criteria {
            let sums = self.criteria.entry(clause).or_default();
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        self.turnout.rated += other.turnout.rated;
        self.turnout.roll += other.turnout.roll;
        self.turnout.cast += other.turnout.cast;
    }

    /// Most often unmet first, then most often unknown, then as the standard has them.
    fn hindrances(&self, standard: &Standard) -> Vec<Hindrance> {
        let mut hindrances: Vec<Hindrance> = standard
            .titles
            .iter()
            .flat_map(|title| &title.criteria)
            .filter_map(|asked| {
                let [unmet, unknown, of] = *self.criteria.get(&asked.clause)?;
                let clause = asked.clause.clone();
                Some(Hindrance {
                    clause,
                    unmet,
                    unknown,
                    of,
                })
            })
            .filter(|hindrance| hindrance.unmet + hindrance.unknown > 0)
            .collect();
        let mut known = HashSet::new();
        hindrances.retain(|one| known.insert(one.clause.clone()));
        hindrances.sort_by_key(|one| (-one.unmet, -one.unknown));
        hindrances
    }
}

fn tally_of(standard: &Standard, gathered: &[Gathered]) -> Tally {
    let judged: Vec<Vec<(String, Status)>> = gathered
        .par_iter()
        .map(|unit| asked_of(standard, &unit.subject, unit.as_of))
        .collect();
    let mut tally = Tally::default();
    for (clause, status) in judged.into_iter().flatten() {
        let counts = tally.criteria.entry(clause).or_default();
        counts[0] += i64::from(status == Status::Unmet);
        counts[1] += i64::from(status == Status::Unknown);
        counts[2] += i64::from(status != Status::NotApplicable);
    }
    for rating in gathered
        .iter()
        .filter_map(|unit| unit.subject.rating.as_ref())
    {
        let number = |count: u64| i64::try_from(count).unwrap_or(0);
        tally.turnout.rated += 1;
        tally.turnout.roll += number(rating.roll.unwrap_or(0));
        tally.turnout.cast += number(rating.answers.values().sum());
    }
    tally
}

/// The criteria of the title that a union strives for, the titles below included, and how it stands to each. Of the highest one that is held:
/// its own.
fn asked_of(standard: &Standard, subject: &Subject, as_of: Date) -> Vec<(String, Status)> {
    let highest = || standard.titles_of(subject.kind).last();
    let Some(aim) = assessment_of::aim(standard, subject, as_of).or_else(highest) else {
        return Vec::new();
    };
    let judgement = judge(standard, subject, as_of);
    let tiers = standard.chain(aim);
    let verdicts = tiers.iter().filter_map(|tier| judgement.verdict(&tier.key));
    verdicts
        .flat_map(|verdict| &verdict.criteria)
        .map(|criterion| (criterion.clause.clone(), criterion.status))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_most_unions_miss_comes_first_and_what_all_meet_is_left_out() {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
        let standard = jianjia_standard::load::folder(&folder).unwrap();
        let of = |counts: [(&str, [i64; 3]); 4]| Tally {
            criteria: counts
                .map(|(clause, counts)| (clause.to_owned(), counts))
                .into(),
            turnout: Turnout::default(),
        };
        let one = [
            ("Q1", [1, 5, 10]),
            ("Q2", [2, 0, 10]),
            ("Q3", [0, 0, 10]),
            ("M1b", [1, 6, 8]),
        ];
        let mut tally = of(one);
        tally.add(of(one));
        let order: Vec<(String, i64, i64, i64)> = tally
            .hindrances(&standard)
            .into_iter()
            .map(|one| (one.clause, one.unmet, one.unknown, one.of))
            .collect();
        let expect = [("Q2", 4, 0, 20), ("M1b", 2, 12, 16), ("Q1", 2, 10, 20)];
        let expect =
            expect.map(|(clause, unmet, unknown, of)| (clause.to_owned(), unmet, unknown, of));
        assert_eq!(order, expect);
    }
}
