//! Everything that the pages of a visit show.

use std::sync::Arc;

use jianjia_domain::{
    check::{
        outcome::{CheckEffect, Outcome, VisitEvent},
        remark::{self, Noted, Remark, Settlement, Standing},
        visit::{Visit, VisitInspector, VisitState},
    },
    core::{
        ids::{VisitId, VisitRemarkId},
        place::UnitPlace,
        policy::{self, Act, Actor},
        refusal::Refusal,
    },
    honour::honour::Honour,
    round::review::asked,
};
use jianjia_standard::{
    Standard, Text,
    fact::{Fact, FactValue},
    judgement::Status,
    programme::{Verify, visit::VisitRules},
};
use jianjia_store::{
    check::{outcome as outcomes, remark as remarks, visit as visits},
    core::place,
};

use super::{File, Sight, at_stake, file, read, seen, still_inspects};
use crate::{
    check::outcome::{
        recheck::{chain, mending},
        too_early,
    },
    core::{
        app::App,
        error::{Error, Result},
    },
};

/// One clause on the page of a visit.
#[derive(Clone, Debug)]
pub struct ClauseOfVisit {
    pub clause: String,
    pub name: Text,
    pub text: Text,
    pub verify: Vec<Verify>,
    /// Whether it is of the title that the visit is held against.
    pub decides: bool,
    pub declared: Vec<DeclaredFact>,
    /// How it stands by what was declared.
    pub status: Status,
    /// As they were received.
    pub remarks: Vec<Remark>,
    pub state: ClauseState,
}

#[derive(Clone, Debug)]
pub struct DeclaredFact {
    pub fact: Fact,
    pub value: Option<FactValue>,
}

/// How a clause stands by what was noted.
#[derive(Clone, Debug, PartialEq)]
pub enum ClauseState {
    Unnoted,
    Noted {
        seen: remark::Seen,
        settled: Option<Settlement>,
    },
    /// The newest remark of each inspector.
    Contradicted(Vec<VisitRemarkId>),
}

/// What the actor may do with a visit now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VisitActs {
    pub note: bool,
    pub conclude: bool,
    pub comment: bool,
    pub state: bool,
    pub decide: bool,
    pub overturn: bool,
    /// Says that the unit mended.
    pub ready: bool,
    /// Releases an inspector.
    pub release: bool,
}

/// Everything the pages of a visit show.
#[derive(Clone, Debug)]
pub struct VisitView {
    pub visit: Visit,
    pub sight: Sight,
    pub unit: UnitPlace,
    pub standard: Arc<Standard>,
    pub rules: Option<VisitRules>,
    pub inspectors: Vec<VisitInspector>,
    pub clauses: Vec<ClauseOfVisit>,
    /// Signatures and comments of the unit.
    pub said: Vec<Remark>,
    pub outcome: Option<Outcome>,
    pub events: Vec<VisitEvent>,
    pub effects: Vec<CheckEffect>,
    /// Titles of the unit that a withdrawal takes.
    pub at_stake: Vec<Honour>,
    /// The visit whose findings this one looks at again.
    pub rechecked: Option<Visit>,
    /// Those that look at this one's findings again.
    pub rechecks: Vec<Visit>,
    pub acts: VisitActs,
    /// Why it can't be decided on yet.
    pub not_yet: Option<Refusal>,
    /// The clauses for which no time to mend can be given.
    pub past_mending: Vec<String>,
}

impl VisitView {
    /// The clauses on which inspectors said different.
    pub fn open(&self) -> Vec<&str> {
        let clauses = self.clauses.iter();
        clauses
            .filter(|clause| matches!(clause.state, ClauseState::Contradicted(_)))
            .map(|clause| clause.clause.as_str())
            .collect()
    }
}

/// A visit, for its inspectors and the city's office; once it was inspected for the unit and the offices above it as well.
///
/// # Errors
/// As `seen`.
pub async fn view(app: &App, actor: &Actor, id: &VisitId) -> Result<VisitView> {
    let mut tx = app.db.read().await?;
    let (visit, sight) = seen(&mut tx, actor, id).await?;
    let unit = place::find(&mut tx, &visit.unit).await?;
    let unit = unit.ok_or(Error::NotFound)?;
    let kept = remarks::of_visit(&mut tx, id).await?;
    let settled = remarks::settlements(&mut tx, id).await?;
    let outcome = outcomes::find(&mut tx, id).await?;
    let events = outcomes::events(&mut tx, id).await?;
    let rechecked = match outcomes::rechecked(&mut tx, id).await? {
        Some(of) => visits::find(&mut tx, &of).await?,
        None => None,
    };
    let mut rechecks = Vec::new();
    for again in outcomes::rechecks(&mut tx, id).await? {
        rechecks.extend(visits::find(&mut tx, &again).await?);
    }
    let found = match file(&mut tx, app, &visit).await {
        Ok(found) => Some(found),
        Err(Error::Refused(_)) => None,
        Err(error) => return Err(error),
    };
    let clauses = found
        .as_ref()
        .map_or_else(Vec::new, |file| clauses_of(file, &kept, &settled));
    let at_stake = match (&found, sight) {
        (Some(file), Sight::City) => at_stake(&mut tx, file, &visit).await?,
        _ => Vec::new(),
    };
    let is_city = policy::may(actor, Act::DecideVisit, &unit);
    let answers = policy::may(actor, Act::AnswerVisit, &unit) && sight == Sight::Concluded;
    let is_open = visit.state.is_open();
    let inspects = sight == Sight::Inspector && is_open;
    let inspects = inspects && still_inspects(&mut tx, actor, &visit).await?;
    let chain = chain(&mut tx, id).await?;
    let mending = mending(&mut tx, &chain).await?;
    let mends = mending.filter(|(of, mending)| *of == visit.id && !mending.is_ready);
    let holds = |held: &policy::RoleAt| policy::may(actor, Act::HoldSpotCheck, &held.unit);
    let hearing = visit.state == VisitState::Hearing;
    let acts = VisitActs {
        note: inspects,
        conclude: inspects,
        comment: answers,
        state: answers && hearing,
        decide: is_city && hearing,
        overturn: is_city
            && rechecked.is_none()
            && matches!(
                visit.state,
                VisitState::Mending | VisitState::Mended | VisitState::Withdrawn
            ),
        ready: answers && mends.is_some(),
        release: sight == Sight::City && is_open && actor.roles.iter().any(holds),
    };
    let not_yet = outcome
        .as_ref()
        .filter(|_| acts.decide)
        .and_then(|outcome| too_early(app, outcome, &events).map(Refusal::from));
    let standard = app.standards.of(visit.year).clone();
    let past_mending = outcome
        .as_ref()
        .map(|outcome| outcome.past_mending(&standard));
    let past_mending = past_mending.unwrap_or_default();
    Ok(VisitView {
        inspectors: visits::inspectors(&mut tx, id).await?,
        effects: outcomes::effects_of(&mut tx, id).await?,
        standard,
        rules: found.map(|file| file.rules),
        said: kept
            .into_iter()
            .filter(|remark| remark.clause().is_none())
            .collect(),
        visit,
        sight,
        unit,
        clauses,
        outcome,
        events,
        at_stake,
        rechecked,
        rechecks,
        acts,
        not_yet,
        past_mending,
    })
}

/// The same for the list on paper, which says all that was declared.
///
/// # Errors
/// As `read`.
pub async fn to_print(app: &App, actor: &Actor, id: &VisitId) -> Result<VisitView> {
    let mut tx = app.db.read().await?;
    read(&mut tx, actor, id).await?;
    drop(tx);
    view(app, actor, id).await
}

fn clauses_of(file: &File, kept: &[Remark], settled: &[Settlement]) -> Vec<ClauseOfVisit> {
    let standard = &*file.standard;
    let deciding: Vec<&str> = asked(standard, &file.judgement, &file.rules.against)
        .into_iter()
        .map(|criterion| criterion.clause.as_str())
        .collect();
    let judged = asked(standard, &file.judgement, &file.title);
    let rows = file.clauses.iter().filter_map(|(clause, facts)| {
        let meaning = standard.criterion(clause)?;
        let status = judged
            .iter()
            .find(|criterion| criterion.clause == *clause)?;
        Some(ClauseOfVisit {
            clause: clause.clone(),
            name: meaning.name.clone(),
            text: meaning.text.clone(),
            verify: meaning.verify.clone(),
            decides: deciding.contains(&clause.as_str()),
            declared: facts
                .iter()
                .filter_map(|key| {
                    Some(DeclaredFact {
                        fact: standard.fact(key)?.clone(),
                        value: file.declared.facts.get(key).cloned(),
                    })
                })
                .collect(),
            status: status.status,
            remarks: kept
                .iter()
                .filter(|remark| remark.clause() == Some(clause.as_str()))
                .cloned()
                .collect(),
            state: match remark::standing(kept, settled, clause) {
                Standing::None => ClauseState::Unnoted,
                Standing::Noted(Noted {
                    seen, settlement, ..
                }) => ClauseState::Noted {
                    seen,
                    settled: settlement.cloned(),
                },
                Standing::Contradicted(newest) => {
                    ClauseState::Contradicted(newest.iter().map(|remark| remark.id).collect())
                }
            },
        })
    });
    rows.collect()
}
