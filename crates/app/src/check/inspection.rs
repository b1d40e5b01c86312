//! A visit as it is inspected: who may look at it, what is asked of the unit clause by clause, what was noted, and how it stands. What its pages show is in
//! `view`.

mod view;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jianjia_domain::{
    check::{
        outcome::{NotedByClause, OutcomeRefusal},
        remark::{self, Content, Remark, RemarkRefusal, Settlement, Standing},
        spot_check::{self, SpotCheckRefusal},
        visit::{Visit, VisitInspector},
    },
    core::{
        day,
        ids::{VisitId, VisitRemarkId},
        policy::{self, Act, Actor},
    },
    honour::honour::{Honour, HonourState},
    round::review::asked,
};
use jianjia_standard::{
    Standard,
    judge::{application::holds, judge},
    judgement::Judgement,
    programme::visit::VisitRules,
    subject::Subject,
};
use jianjia_store::{
    check::{remark as remarks, spot_check as checks, visit as visits},
    core::db::Tx,
    honour::honour as honours,
    year::judgement as judgements,
};
use jiff::civil::Date;

pub use self::view::{
    ClauseOfVisit, ClauseState, DeclaredFact, VisitActs, VisitView, to_print, view,
};
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

/// As `seen`, for reading: who was drawn and can't inspect any more reads nothing of a visit that is still to be made, and afterwards what they are let
/// by their roles.
///
/// # Errors
/// As `seen`.
pub(crate) async fn read(tx: &mut Tx, actor: &Actor, id: &VisitId) -> Result<(Visit, Sight)> {
    let (visit, sight) = seen(tx, actor, id).await?;
    if sight != Sight::Inspector || still_inspects(tx, actor, &visit).await? {
        return Ok((visit, sight));
    }
    let sight = sight_of(actor, &visit).ok_or(Error::NotFound)?;
    Ok((visit, sight))
}

fn sight(actor: &Actor, visit: &Visit, inspectors: &[VisitInspector]) -> Option<Sight> {
    let goes =
        |inspector: &VisitInspector| inspector.account == actor.account && inspector.left.is_none();
    if inspectors.iter().any(goes) {
        return Some(Sight::Inspector);
    }
    sight_of(actor, visit)
}

/// Why somebody sees a visit by what they are, whoever was drawn for it.
fn sight_of(actor: &Actor, visit: &Visit) -> Option<Sight> {
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
/// As `seen`; not found for who was not drawn; `InspectsNoMore` when the roles by which they inspect were taken meanwhile, or they belong to the unit's
/// district by now.
pub(crate) async fn inspecting(tx: &mut Tx, actor: &Actor, id: &VisitId) -> Result<Visit> {
    let (visit, sight) = seen(tx, actor, id).await?;
    if sight != Sight::Inspector {
        return Err(Error::NotFound);
    }
    if !still_inspects(tx, actor, &visit).await? {
        return Err(SpotCheckRefusal::InspectsNoMore.into());
    }
    Ok(visit)
}

async fn still_inspects(tx: &mut Tx, actor: &Actor, visit: &Visit) -> Result<bool> {
    let candidate = checks::candidate(tx, &actor.account).await?;
    Ok(spot_check::still_inspects(candidate, visit))
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
    // A title of the round that was named after its last day is looked at, too, once the home was drawn.
    let as_of = as_of.max(day::day_of(visit.drawn_at));
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
/// As `seen`; not found for who was not drawn, or can't inspect any more.
pub async fn received(app: &App, actor: &Actor, id: &VisitId) -> Result<Received> {
    let mut tx = app.db.read().await?;
    let (visit, sight) = seen(&mut tx, actor, id).await?;
    if sight != Sight::Inspector || !still_inspects(&mut tx, actor, &visit).await? {
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
