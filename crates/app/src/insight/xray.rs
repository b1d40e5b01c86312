//! The x-ray: the data of the unions looked through for what contradicts itself, by a job, portion by portion. What is found is kept as doubts
//! (`insight::doubt`), which nothing else reads.

mod alike;
mod gathering;
pub mod job;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{DoubtEventId, DoubtId, JobId, UnitId},
        job::JobKind,
        policy::{Actor, act},
    },
    insight::{
        doubt::{Doubt, DoubtAct, DoubtEvent, DoubtRefusal, DoubtState, Looked, look_again},
        xray::{Contradiction, Known, contradictions},
    },
};
use jianjia_standard::{
    Standard,
    programme::{LooksFor, XrayRule},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    insight::{doubt as doubts, xray as store},
};
use serde_json::json;

pub(crate) use self::alike::Alike;
use crate::core::{
    app::App,
    error::{Result, refuses},
    job::{self as jobs, NewJob},
};

refuses!(DoubtRefusal);

/// Has the data of a year below a federation looked through, all of it. Asked for again before it is done, it is the same job.
///
/// # Errors
/// As `App::permit`; `NoFederation`, `NoRules`.
pub async fn run(app: &App, actor: &Actor, unit: &UnitId, year: i16) -> Result<JobId> {
    let mut tx = app.db.write(Scope::Jobs).await?;
    let permit = app.permit(&mut tx, actor, act::XrayBelow, unit).await?;
    if !permit.unit.kind.is_federation() {
        return Err(DoubtRefusal::NoFederation.into());
    }
    let standard = app.standards.of(year);
    if standard.xray.is_empty() || standard.programme.outside(year).is_some() {
        return Err(DoubtRefusal::NoRules { year }.into());
    }
    let new = NewJob {
        kind: JobKind::Xray,
        key: key(unit, year),
        name: format!("{} {year}", permit.unit.name),
        payload: json!({ "unit": unit, "year": year }),
        by: actor,
        unit: &permit.unit,
    };
    let job = jobs::enqueue(app, &mut tx, new).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::XrayBelow,
        Object::Job(job),
        Some(&permit.unit),
        json!({ "year": year }),
    )
    .await?;
    tx.commit().await?;
    Ok(job)
}

/// The key of the job that looks through a year below a unit.
fn key(unit: &UnitId, year: i16) -> String {
    format!("xray:{year}:{unit}")
}

/// The job of the page where it was asked for: the newest one.
pub(crate) async fn job_of(
    app: &App,
    tx: &mut Tx,
    unit: &UnitId,
    year: i16,
) -> Result<Option<jianjia_domain::core::job::Job>> {
    jobs::of_key(app, tx, &key(unit, year)).await
}

/// Unions looked through in one transaction.
const PORTION: i64 = 500;

/// What a year's data came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub examined: i64,
    pub raised: i64,
    pub corrected: i64,
}

/// What a run looks by.
pub(crate) struct Looking<'a> {
    pub(crate) standard: &'a Standard,
    pub(crate) rules: &'a [XrayRule],
    pub(crate) year: i16,
    pub(crate) usual: store::Usuals,
    pub(crate) alike: Alike,
}

impl<'a> Looking<'a> {
    /// Reads what the rules need of the whole city.
    pub(crate) async fn begin(
        tx: &mut Tx,
        app: &'a App,
        rules: &'a [XrayRule],
        year: i16,
    ) -> Result<Looking<'a>> {
        Ok(Looking {
            standard: app.standards.of(year),
            rules,
            year,
            usual: store::usual(tx, year).await?,
            alike: Alike::read(tx, rules, year).await?,
        })
    }

    fn contradictions(&self, known: &Known) -> Vec<Contradiction> {
        contradictions(self.rules, known, |rule, kind, size| {
            self.usual.get(&(rule.to_owned(), kind, size))
        })
    }
}

/// Looks at unions as they are now; those that are no longer active contradict nothing.
pub(crate) async fn look_at(
    app: &App,
    looking: &Looking<'_>,
    units: &[UnitId],
) -> Result<Vec<(Known, Vec<Contradiction>)>> {
    let mut tx = app.db.read().await?;
    let examined = store::of(&mut tx, units).await?;
    let known = gathering::gather(&mut tx, app, looking, &examined).await?;
    Ok(known
        .into_iter()
        .map(|known| {
            let found = looking.contradictions(&known);
            (known, found)
        })
        .collect())
}

/// Keeps what looking at these units came to: new ones are raised, those that are gone are closed. Rules that are not looked by are left alone.
pub(crate) async fn keep(
    tx: &mut Tx,
    app: &App,
    looking: &Looking<'_>,
    units: &[UnitId],
    (seen, of): (Vec<(Known, Vec<Contradiction>)>, Object),
) -> Result<Seen> {
    let rules: BTreeSet<&str> = looking.rules.iter().map(|rule| rule.key.as_str()).collect();
    let all: BTreeSet<&str> = {
        let rules = looking.standard.xray.iter();
        rules.map(|rule| rule.key.as_str()).collect()
    };
    type Key = (UnitId, String, String);
    let mut before: BTreeMap<Key, Doubt> = doubts::of_units(tx, units, looking.year)
        .await?
        .into_iter()
        // One of a rule that the standard has no more is closed with the others.
        .filter(|doubt| rules.contains(doubt.rule.as_str()) || !all.contains(doubt.rule.as_str()))
        .map(|doubt| {
            let key = (doubt.unit, doubt.rule.clone(), doubt.subject.clone());
            (key, doubt)
        })
        .collect();
    // What happened stands in the order of its ids.
    app.follow(tx, "doubt_event").await?;
    let mut kept = Kept::default();
    for (known, found) in seen {
        for now in found {
            let key = (known.unit, now.rule.clone(), now.subject.clone());
            match before.remove(&key) {
                None => kept.raise(app, &known, looking.year, now),
                Some(doubt) => kept.look(app, doubt, Some(now)),
            }
        }
    }
    for (_, doubt) in before {
        kept.look(app, doubt, None);
    }
    let seen = Seen {
        examined: i64::try_from(units.len()).unwrap_or(i64::MAX),
        raised: kept.raised,
        corrected: kept.corrected,
    };
    if kept.events.is_empty() {
        return Ok(seen);
    }
    doubts::insert(tx, &kept.new).await?;
    for doubt in &kept.changed {
        // Read in this transaction, under the scope of all of them.
        doubts::update(tx, doubt).await?;
    }
    doubts::add_events(tx, &kept.events).await?;
    let detail = json!({
        "year": looking.year,
        "raised": kept.raised,
        "corrected": kept.corrected,
        "changed": kept.changed.len(),
    });
    app.trail_by(tx, ("", ""), Deed::FindDoubts, of, None, detail)
        .await?;
    Ok(seen)
}

/// What is to be written of a portion.
#[derive(Default)]
struct Kept {
    new: Vec<Doubt>,
    changed: Vec<Doubt>,
    events: Vec<DoubtEvent>,
    raised: i64,
    corrected: i64,
}

impl Kept {
    fn raise(&mut self, app: &App, known: &Known, year: i16, now: Contradiction) {
        let at = app.now();
        let doubt = Doubt {
            id: DoubtId(app.entropy.id(at)),
            year,
            rule: now.rule,
            unit: known.unit,
            unit_path: known.unit_path.clone(),
            unit_name: known.unit_name.clone(),
            subject: now.subject,
            basis: now.basis,
            settled: String::new(),
            figures: now.figures,
            state: DoubtState::New,
            is_answered: false,
            answer_by: None,
            revision: 1,
            raised_at: at,
            changed_at: at,
        };
        self.note(app, &doubt, DoubtAct::Raised);
        self.raised += 1;
        self.new.push(doubt);
    }

    fn look(&mut self, app: &App, mut doubt: Doubt, now: Option<Contradiction>) {
        let at = app.now();
        match (look_again(Some(&doubt), now.as_ref()), now) {
            (Looked::RaisedAgain(state), Some(now)) => {
                let is_reopened = !doubt.state.is_open();
                doubt.basis = now.basis;
                doubt.figures = now.figures;
                if is_reopened {
                    doubt.is_answered = false;
                    doubt.answer_by = None;
                    doubt.raised_at = at;
                    self.raised += 1;
                }
                doubt.state = state;
                self.note(app, &doubt, DoubtAct::RaisedAgain);
            }
            (Looked::Corrected, _) => {
                doubt.state = DoubtState::Corrected;
                self.corrected += 1;
                self.note(app, &doubt, DoubtAct::Corrected);
            }
            _ => return,
        }
        doubt.revision += 1;
        doubt.changed_at = at;
        self.changed.push(doubt);
    }

    fn note(&mut self, app: &App, doubt: &Doubt, act: DoubtAct) {
        let at = app.now();
        let is_raise = matches!(act, DoubtAct::Raised | DoubtAct::RaisedAgain);
        self.events.push(DoubtEvent {
            id: DoubtEventId(app.entropy.id(at)),
            doubt: doubt.id,
            act,
            text: String::new(),
            figures: is_raise.then(|| doubt.figures.clone()),
            account: None,
            account_name: String::new(),
            at,
        });
    }
}

/// What is usual in a year: the figures of all unions of the city, by rule, kind and size.
async fn usual(app: &App, root: &str, year: i16) -> Result<store::Usuals> {
    let standard = app.standards.of(year);
    // Nothing else is read of each union than what these ask for.
    let among_like = |rule: &&XrayRule| matches!(rule.looks_for, LooksFor::LikeUnions(_));
    let rules: Vec<XrayRule> = standard.xray.iter().filter(among_like).cloned().collect();
    let mut tx = app.db.read_through().await?;
    let looking = Looking {
        standard,
        rules: &rules,
        year,
        usual: HashMap::new(),
        alike: Alike::default(),
    };
    let mut figures = HashMap::new();
    let mut after = String::new();
    loop {
        let examined = store::after(&mut tx, root, &after, PORTION).await?;
        let Some(last) = examined.last() else { break };
        after = last.unit.to_string();
        let known = gathering::gather(&mut tx, app, &looking, &examined).await?;
        gathering::add_figures(&rules, &known, &mut figures);
    }
    Ok(gathering::usuals(figures))
}
