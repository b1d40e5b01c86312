//! A visit as it is inspected: who may look at it, what is asked of the unit clause by clause, what was noted, and how it stands.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jianjia_domain::{
    check::{
        outcome::{CheckEffect, NotedByClause, Outcome, OutcomeRefusal, VisitEvent},
        remark::{self, Content, Noted, Remark, RemarkRefusal, Settlement, Standing},
        visit::{Visit, VisitInspector, VisitState},
    },
    core::{
        ids::{VisitId, VisitRemarkId},
        place::UnitPlace,
        policy::{self, Act, Actor},
        refusal::{General, Refusal},
    },
    honour::honour::{Honour, HonourState},
    round::review::asked,
};
use jianjia_standard::{
    Standard, Text,
    fact::{Fact, FactValue},
    judge::{application::holds, judge},
    judgement::{Judgement, Status},
    programme::{Verify, visit::VisitRules},
    subject::Subject,
};
use jianjia_store::{
    check::{outcome as outcomes, remark as remarks, renewal as renewals, visit as visits},
    core::{db::Tx, place, role},
    honour::honour as honours,
    year::judgement as judgements,
};
use jiff::{Span, civil::Date};

use super::outcome::too_early;
use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    round::round as rounds,
    year::assessment as assessments,
};

refuses!(RemarkRefusal);
refuses!(OutcomeRefusal);

/// Why somebody sees a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Drawn to visit it.
    Inspector,
    /// Of the city's office.
    City,
    /// Of the unit or of an office above it, once it was inspected.
    Concluded,
}

/// A visit, if the actor may see it. Before it was inspected only its inspectors and the city's office know of it.
///
/// # Errors
/// Not found when it isn't there or the actor may not know of it.
pub(crate) async fn seen(tx: &mut Tx, actor: &Actor, id: &VisitId) -> Result<(Visit, Sight)> {
    let visit = visits::find(tx, id).await?.ok_or(Error::NotFound)?;
    let inspectors = visits::inspectors(tx, id).await?;
    let sight = sight(actor, &visit, &inspectors).ok_or(Error::NotFound)?;
    Ok((visit, sight))
}

fn sight(actor: &Actor, visit: &Visit, inspectors: &[VisitInspector]) -> Option<Sight> {
    let goes = |inspector: &VisitInspector| {
        inspector.account == actor.account && inspector.conflict.is_none()
    };
    if inspectors.iter().any(goes) {
        return Some(Sight::Inspector);
    }
    if !policy::sees(actor, &visit.unit_path) {
        return None;
    }
    let mut roles = actor.roles.iter();
    // Not whoever else has a role at the city: who is visited unannounced is known to few.
    if roles.any(|held| policy::may(actor, Act::SeeSpotCheck, &held.unit)) {
        return Some(Sight::City);
    }
    (!visit.state.is_open()).then_some(Sight::Concluded)
}

/// The visit for somebody who was drawn for it, in the act's own transaction.
///
/// # Errors
/// As `seen`; not found for who was not drawn; `RoleTaken` when the roles by which they inspect were taken meanwhile.
pub(crate) async fn inspecting(tx: &mut Tx, actor: &Actor, id: &VisitId) -> Result<Visit> {
    let (visit, sight) = seen(tx, actor, id).await?;
    if sight != Sight::Inspector {
        return Err(Error::NotFound);
    }
    for held in &actor.roles {
        if role::is_held(tx, &actor.account, held.role, &held.unit.id).await? != Some(false) {
            return Ok(visit);
        }
    }
    Err(General::RoleTaken.into())
}

/// What is asked of a unit on a visit, and what it declared.
pub(crate) struct File {
    pub standard: Arc<Standard>,
    pub rules: VisitRules,
    /// The highest title whose clauses are looked through.
    pub title: String,
    pub declared: Subject,
    pub judgement: Judgement,
    /// The clauses in their order, each with the facts that are first asked there.
    pub clauses: Vec<(String, Vec<String>)>,
}

impl File {
    pub(crate) fn asked(&self) -> BTreeMap<String, Vec<String>> {
        self.clauses.iter().cloned().collect()
    }
}

/// The day as of which a year's titles are looked at, and the day as of which what was declared is judged: the last one of the declaration. What a
/// union did not enter after it says nothing of what it declared.
pub(crate) async fn days(tx: &mut Tx, app: &App, year: i16) -> Result<(Date, Date)> {
    let as_of = assessments::as_of(app, year);
    let declaration = rounds::of_year(tx, app, year).await?.declaration;
    Ok((as_of, declaration.to.min(as_of)))
}

/// Keeps what the homes of a draw have declared: what they correct afterwards changes nothing of what they are compared with.
pub(crate) async fn keep_declared(
    tx: &mut Tx,
    app: &App,
    year: i16,
    drawn: &[Visit],
) -> Result<()> {
    let (_, declared_on) = days(tx, app, year).await?;
    let units: Vec<_> = drawn
        .iter()
        .map(|visit| (visit.unit, declared_on))
        .collect();
    let kept = assessments::keep_declared(tx, app, &units, year).await?;
    let declared = drawn.iter();
    let declared: Vec<_> = declared
        .filter_map(|visit| Some((visit.id, *kept.get(&visit.unit)?)))
        .collect();
    Ok(visits::insert_declared(tx, &declared).await?)
}

/// What the unit had declared when it was drawn; of a second look, which is of no draw, what it declares now that it mended.
async fn declared(
    tx: &mut Tx,
    app: &App,
    standard: &Standard,
    visit: &Visit,
    declared_on: Date,
) -> Result<Subject> {
    if let Some(id) = visits::declared(tx, &visit.id).await?
        && let Some(kept) = judgements::find(tx, &id).await?
        && let Some(subject) = kept.subject(standard)
    {
        return Ok(subject);
    }
    assessments::subject_of(tx, app, &visit.unit, None, visit.year, declared_on).await
}

/// The file of a visit.
///
/// # Errors
/// `NoRules` when the standard of the year says nothing of visits; not found when the unit is gone.
pub(crate) async fn file(tx: &mut Tx, app: &App, visit: &Visit) -> Result<File> {
    let standard = app.standards.of(visit.year).clone();
    let Some(rules) = standard.visit.clone() else {
        let year = visit.year;
        return Err(OutcomeRefusal::NoRules { year }.into());
    };
    let (as_of, declared_on) = days(tx, app, visit.year).await?;
    let declared = declared(tx, app, &standard, visit, declared_on).await?;
    let judgement = judge(&standard, &declared, declared_on);
    let held = standard
        .titles_of(declared.kind)
        .filter(|title| holds(&standard, &declared.titles, &title.key, as_of))
        .last()
        .map_or_else(|| rules.against.clone(), |title| title.key.clone());
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut clauses = Vec::new();
    for criterion in asked(&standard, &judgement, &held) {
        let tiers = standard.title(&held).map(|title| standard.chain(title));
        let check = tiers
            .into_iter()
            .flatten()
            .flat_map(|tier| &tier.criteria)
            .find(|asked| asked.clause == criterion.clause)
            .map(|asked| &asked.check);
        let mut facts = Vec::new();
        for name in check.map(|check| check.facts()).unwrap_or_default() {
            // A fact of several clauses is asked once, so that nobody finds it differently twice.
            if standard.fact(&name.key).is_some() && named.insert(name.key.clone()) {
                facts.push(name.key.clone());
            }
        }
        clauses.push((criterion.clause.clone(), facts));
    }
    Ok(File {
        standard,
        rules,
        title: held,
        declared,
        judgement,
        clauses,
    })
}

/// What stands of the remarks by clause, and the clauses on which inspectors said different.
pub(crate) fn stand<'a>(
    file: &File,
    kept: &'a [Remark],
    settled: &'a [Settlement],
) -> (NotedByClause<'a>, Vec<String>) {
    let mut noted = NotedByClause::new();
    let mut open = Vec::new();
    for (clause, _) in &file.clauses {
        match remark::standing(kept, settled, clause) {
            Standing::None => {}
            Standing::Noted(of_clause) => {
                noted.insert(clause.clone(), of_clause);
            }
            Standing::Contradicted(_) => open.push(clause.clone()),
        }
    }
    (noted, open)
}

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
    let hearing = visit.state == VisitState::Hearing;
    let acts = VisitActs {
        note: sight == Sight::Inspector && is_open,
        conclude: sight == Sight::Inspector && is_open,
        comment: answers,
        state: answers && hearing,
        decide: is_city && hearing,
        overturn: is_city
            && rechecked.is_none()
            && matches!(
                visit.state,
                VisitState::Mending | VisitState::Mended | VisitState::Withdrawn
            ),
    };
    let not_yet = outcome
        .as_ref()
        .filter(|_| acts.decide)
        .and_then(|outcome| too_early(app, outcome, &events).map(Refusal::from));
    Ok(VisitView {
        inspectors: visits::inspectors(&mut tx, id).await?,
        effects: outcomes::effects_of(&mut tx, id).await?,
        standard: app.standards.of(visit.year).clone(),
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
    })
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

/// The titles of the unit's own that build on the one that the visit is held against: they fall with it.
pub(crate) async fn at_stake(tx: &mut Tx, file: &File, visit: &Visit) -> Result<Vec<Honour>> {
    let held = honours::held(tx, &visit.unit, None).await?;
    let builds_on = |honour: &Honour| {
        let title = file.standard.title(&honour.title);
        title.is_some_and(|title| {
            let chain = file.standard.chain(title);
            chain.iter().any(|tier| tier.key == file.rules.against)
        })
    };
    Ok(held
        .into_iter()
        .filter(|honour| {
            matches!(honour.state, HonourState::InForce | HonourState::Suspended)
                && (honour.id == visit.honour || builds_on(honour))
        })
        .collect())
}

/// What a device asks before it sends: who is signed in here, and what of a visit arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The ids of the actor's own remarks.
    pub own: Vec<VisitRemarkId>,
    pub is_open: bool,
}

/// Which of the actor's remarks arrived.
///
/// # Errors
/// As `seen`; not found for who was not drawn.
pub async fn received(app: &App, actor: &Actor, id: &VisitId) -> Result<Received> {
    let mut tx = app.db.read().await?;
    let (visit, sight) = seen(&mut tx, actor, id).await?;
    if sight != Sight::Inspector {
        return Err(Error::NotFound);
    }
    let kept = remarks::of_visit(&mut tx, id).await?;
    let own = kept.iter().filter(|remark| remark.account == actor.account);
    Ok(Received {
        own: own.map(|remark| remark.id).collect(),
        is_open: visit.state.is_open(),
    })
}

/// The clauses that content is on, for the trail.
pub(crate) fn told(content: &Content) -> serde_json::Value {
    match content {
        Content::Clause { clause, seen, .. } => {
            serde_json::json!({ "clause": clause, "seen": seen })
        }
        Content::Signature { agrees, .. } => {
            serde_json::json!({ "agrees": agrees })
        }
        Content::Comment { agrees } => serde_json::json!({ "agrees": agrees }),
    }
}

/// The plaques of the titles that a unit was asked to return.
pub(crate) async fn ask_plaque(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    honour: &Honour,
    days: u64,
) -> Result<Option<Date>> {
    let today = app.clock.today();
    let days = i64::try_from(days).unwrap_or(30);
    let due_on = today.saturating_add(Span::new().days(days));
    let of = (&honour.id, &honour.unit, honour.unit_path.as_str());
    let asked = renewals::ask_plaque(tx, of, (today, due_on), &actor.name).await?;
    Ok(asked.then_some(due_on))
}
