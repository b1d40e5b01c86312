//! What a version would change for the unions and the people who apply: each is judged by the standard in force and by the new one, on what is said of the year,
//! and counted where the two differ. Nothing of anybody's record is touched.

use std::{pin::Pin, sync::Arc};

use anyhow::Context;
use jianjia_domain::{
    amending::amendment::{Amendment, AmendmentRefusal},
    core::{
        ids::{AmendmentId, PersonId, UnitId},
        job::JobKind,
        policy::{Act, Actor},
    },
};
use jianjia_standard::{
    Standard,
    batch::{judge_columns, plan::Plan},
    columns::Columns,
    judgement::Status,
    kinds::Kind,
    what_if::people::standing,
};
use jianjia_store::{
    amending::{
        amendment::{self as amendments, EffectOf},
        edition as editions,
    },
    core::{scope::Scope, standard::StandardTexts},
};
use jiff::civil::Date;
use serde_json::json;

use super::{city_for, found};
use crate::{
    amending::what_if::people,
    core::{
        app::App,
        error::Result,
        job::{
            self as jobs, NewJob,
            running::{Outcome, Running},
        },
        memory::Memory,
        standard::{self, Standards},
    },
    year::assessment::{self as assessments, Gathered},
};

/// Units at a time.
const PORTION: i64 = 2_000;

/// The key of the job that works out what a version would change, as it is now.
pub fn effect_key(amendment: &Amendment) -> String {
    format!("effect:{}:{}", amendment.id, amendment.revision)
}

/// Has it worked out what a version would change.
///
/// # Errors
/// Not found, `NotYourRole`; `NotChecked` while it has mistakes of its own.
pub async fn ask_for_effect(app: &App, actor: &Actor, id: &AmendmentId) -> Result<()> {
    let mut tx = app.db.write([Scope::Amendment(*id), Scope::Jobs]).await?;
    let city = city_for(&mut tx, actor, Act::PrepareAmendment).await?;
    let one = found(&mut tx, id).await?;
    if one.checked.version.is_empty() {
        let mistakes = one.checked.mistakes.len();
        return Err(AmendmentRefusal::NotChecked { mistakes }.into());
    }
    let job = NewJob {
        kind: JobKind::Effect,
        key: effect_key(&one),
        name: one.name.clone(),
        payload: json!({ "amendment": id, "revision": one.revision }),
        by: actor,
        unit: &city,
    };
    jobs::enqueue(app, &mut tx, job).await?;
    Ok(tx.commit().await?)
}

pub fn work<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(work_out(app, running))
}

/// Works it out, and keeps it if the version is still as it was when somebody asked.
async fn work_out(app: &App, running: &Running) -> Result<Outcome> {
    let payload = &running.job.payload;
    let id = payload["amendment"].as_str().unwrap_or_default();
    let id: AmendmentId = id.parse().context("whose effect it is")?;
    let revision = payload["revision"].as_i64().unwrap_or_default();
    let mut tx = app.db.read().await?;
    let amendment = amendments::find(&mut tx, &id).await?;
    let files = amendments::files(&mut tx, &id).await?;
    tx.commit().await?;
    let changed = json!({ "changed": true });
    if amendment.is_none_or(|amendment| amendment.revision != revision) {
        return Ok(Outcome::Told(changed));
    }
    let texts = StandardTexts {
        standard_toml: files.standard_toml,
        facts_toml: files.facts_toml,
    };
    let new = Arc::new(standard::load(&texts)?);
    let (effects, affected) = effect(app, &new, revision, Some(running)).await?;
    let mut tx = app.db.write([Scope::Amendment(id), Scope::Jobs]).await?;
    let now = amendments::find(&mut tx, &id).await?;
    if now.is_none_or(|amendment| amendment.revision != revision) {
        return Ok(Outcome::Told(changed));
    }
    let Affected { unions, people } = affected;
    amendments::keep_effect(&mut tx, &id, &effects, &unions, &people).await?;
    let judged = effects.first().map_or(0, |effect| effect.judged);
    running.commit(app, tx, &json!({ "judged": judged })).await
}

/// By title and change, the unions and the people.
pub(super) struct Affected {
    unions: Vec<(String, &'static str, UnitId)>,
    people: Vec<(String, &'static str, PersonId)>,
}

/// What a standard would change against the one in force, by title, and for whom.
///
/// # Errors
/// When the database fails.
pub(super) async fn effect(
    app: &App,
    new: &Arc<Standard>,
    revision: i64,
    running: Option<&Running>,
) -> Result<(Vec<EffectOf>, Affected)> {
    let year = app.year();
    let as_of = assessments::as_of(app, year);
    let old = Arc::clone(app.standards.of(year));
    // What is asked and what counts is another for the new one: it reads for itself.
    let with_new = App {
        standards: Standards::of_one(Arc::clone(new)),
        memory: Memory::default(),
        ..app.clone()
    };
    let titles = Arc::new(titles(&old, new));
    let mut effects: Vec<EffectOf> = titles
        .iter()
        .map(|title| EffectOf {
            title: title.key.clone(),
            revision,
            year,
            judged: 0,
            met_before: 0,
            met_after: 0,
            gain: 0,
            lose: 0,
            unclear: 0,
            made_at: app.now(),
        })
        .collect();
    let mut unions = Vec::new();
    let (mut after, mut done) = (String::new(), 0);
    loop {
        let mut tx = app.db.read().await?;
        let units = editions::units_after(&mut tx, &after, PORTION).await?;
        let Some(last) = units.last() else {
            break;
        };
        after = last.to_string();
        let asked: Vec<(UnitId, Date)> = units.iter().map(|unit| (*unit, as_of)).collect();
        let before = assessments::gather(&mut tx, app, &asked, year).await?;
        let then = assessments::gather(&mut tx, &with_new, &asked, year).await?;
        tx.commit().await?;
        let judging = {
            let (old, new, titles) = (Arc::clone(&old), Arc::clone(new), Arc::clone(&titles));
            tokio::task::spawn_blocking(move || {
                let before = statuses(&old, as_of, &before)?;
                let then = statuses(&new, as_of, &then)?;
                anyhow::Ok(changes(&titles, &before, &then))
            })
        };
        for (place, unit, change) in judging.await.map_err(anyhow::Error::from)?? {
            count(&mut effects[place], change);
            if let Some(change) = change.name() {
                unions.push((titles[place].key.clone(), change, unit));
            }
        }
        done += units.len() as i64;
        if let Some(running) = running {
            running.expect(0);
            let counter = running.counter();
            counter.store(done, std::sync::atomic::Ordering::Relaxed);
        }
    }
    let mut tx = app.db.read().await?;
    let judged = people::by_both(&mut tx, (app, &with_new), year, as_of).await?;
    tx.commit().await?;
    let mut people = Vec::new();
    for (person, before, after) in judged {
        for (title, effect) in titles.iter().zip(&mut effects) {
            let was = standing(&before, &title.key).map(|(status, _)| status);
            let is = standing(&after, &title.key).map(|(status, _)| status);
            if was.is_none() && is.is_none() {
                continue;
            }
            let status = |known: Option<Status>| known.unwrap_or(Status::NotApplicable);
            let change = Becomes::of(status(was), status(is));
            count(effect, change);
            if let Some(change) = change.name() {
                people.push((title.key.clone(), change, person));
            }
        }
    }
    Ok((effects, Affected { unions, people }))
}

/// A title of either standard, and its place in each.
struct Compared {
    key: String,
    before: Option<usize>,
    then: Option<usize>,
    /// Some unions can hold it, by either standard.
    is_of_unions: bool,
}

/// The titles in the order of the new standard, those that are gone last.
fn titles(old: &Standard, new: &Standard) -> Vec<Compared> {
    let place = |standard: &Standard, key: &str| {
        let mut titles = standard.titles.iter();
        titles.position(|title| title.key == key)
    };
    let is_of_unions = |standard: &Standard, key: &str| {
        let title = standard.title(key);
        title.is_some_and(|title| title.kinds.iter().any(|kind| *kind != Kind::Person))
    };
    let kept = new.titles.iter().map(|title| &title.key);
    let gone = old.titles.iter().map(|title| &title.key);
    let gone = gone.filter(|key| new.title(key).is_none());
    kept.chain(gone)
        .map(|key| Compared {
            key: key.clone(),
            before: place(old, key),
            then: place(new, key),
            is_of_unions: is_of_unions(old, key) || is_of_unions(new, key),
        })
        .collect()
}

/// A unit and its status by each title of a standard.
struct Stands {
    unit: UnitId,
    by_title: Vec<Status>,
}

fn statuses(
    standard: &Standard,
    as_of: Date,
    gathered: &[Gathered],
) -> anyhow::Result<Vec<Stands>> {
    let plan = Plan::of(standard, as_of);
    let subjects = gathered.iter().map(|unit| &unit.subject);
    let judged = judge_columns(&plan, &Columns::of(standard, &plan, subjects)?);
    let all = gathered.iter().enumerate().map(|(row, unit)| {
        let titles = standard.titles.iter().enumerate();
        let by_title = titles.map(|(place, title)| {
            if title.kinds.contains(&unit.subject.kind) {
                judged.title_status(place, row)
            } else {
                Status::NotApplicable
            }
        });
        Stands {
            unit: unit.register.id,
            by_title: by_title.collect(),
        }
    });
    Ok(all.collect())
}

/// What becomes of a union's title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Becomes {
    StaysMet,
    StaysOtherwise,
    Gained,
    Lost,
    /// It was known, and would be so no more; `was_met` before.
    Unclear {
        was_met: bool,
    },
}

impl Becomes {
    fn of(before: Status, then: Status) -> Becomes {
        match (before, then) {
            (Status::Met, Status::Met) => Becomes::StaysMet,
            (Status::Met | Status::Unmet, Status::Unknown) => Becomes::Unclear {
                was_met: before == Status::Met,
            },
            (Status::Met, _) => Becomes::Lost,
            (_, Status::Met) => Becomes::Gained,
            _ => Becomes::StaysOtherwise,
        }
    }

    /// The name under which its unions are listed; none where nothing changes.
    fn name(self) -> Option<&'static str> {
        match self {
            Becomes::StaysMet | Becomes::StaysOtherwise => None,
            Becomes::Gained => Some("gain"),
            Becomes::Lost => Some("lose"),
            Becomes::Unclear { .. } => Some("unclear"),
        }
    }
}

fn changes(
    titles: &[Compared],
    before: &[Stands],
    then: &[Stands],
) -> Vec<(usize, UnitId, Becomes)> {
    let status = |stands: &Stands, place: Option<usize>| {
        place.map_or(Status::NotApplicable, |place| stands.by_title[place])
    };
    let mut changes = Vec::new();
    // Both were gathered of the same units in the same order.
    for (before, then) in before.iter().zip(then) {
        let of_unions = titles.iter().enumerate();
        for (place, title) in of_unions.filter(|(_, title)| title.is_of_unions) {
            let was = status(before, title.before);
            let is = status(then, title.then);
            changes.push((place, before.unit, Becomes::of(was, is)));
        }
    }
    changes
}

fn count(effect: &mut EffectOf, becomes: Becomes) {
    effect.judged += 1;
    match becomes {
        Becomes::StaysMet => {
            effect.met_before += 1;
            effect.met_after += 1;
        }
        Becomes::StaysOtherwise => {}
        Becomes::Gained => {
            effect.met_after += 1;
            effect.gain += 1;
        }
        Becomes::Lost => {
            effect.met_before += 1;
            effect.lose += 1;
        }
        Becomes::Unclear { was_met } => {
            effect.met_before += i64::from(was_met);
            effect.unclear += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_never_lost() {
        use Status::{Met, NotApplicable, Unknown, Unmet};
        let of = |before, then| Becomes::of(before, then).name().unwrap_or("");
        for (before, then, expect) in [
            (Met, Met, ""),
            (Met, Unmet, "lose"),
            (Met, NotApplicable, "lose"),
            (Met, Unknown, "unclear"),
            (Unmet, Unknown, "unclear"),
            (Unmet, Met, "gain"),
            (Unknown, Met, "gain"),
            (NotApplicable, Met, "gain"),
            (NotApplicable, Unknown, ""),
            (Unknown, Unmet, ""),
        ] {
            assert_eq!(of(before, then), expect, "{before} {then}");
        }
    }
}
