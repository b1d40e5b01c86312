//! Contradictions in the data as a list of work, for the federations above: listed, asked about, explained, set aside. The union that was asked reads what it
//! was asked, answers, and has it compared again. Nothing here changes a verdict, a file or a check.

mod handling;

use jianjia_domain::{
    core::{
        ids::{DoubtId, UnitId},
        job::Job,
        place::UnitPlace,
        policy::{self, Act, Actor, Role},
        refusal::General,
    },
    insight::{
        doubt::{Doubt, DoubtAct, DoubtEvent, DoubtState},
        xray::Figures,
    },
};
pub use jianjia_store::insight::doubt::{DoubtFilter, StateWanted};
use jianjia_store::{
    core::{db::Tx, place},
    insight::doubt as doubts,
};
use jiff::civil::Date;

pub use self::handling::{Handling, HandlingInput, answer, carry_out, compare_again, preview};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    insight::xray,
};

/// Lines of a page of the list.
pub const LINES: i64 = 50;

/// Lines of what a union was asked about; the newest.
const ASKED: i64 = 200;

/// A page of the list, with what its filters offer.
#[derive(Debug)]
pub struct DoubtPage {
    pub filter: DoubtFilter,
    pub lines: Vec<Doubt>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// How many of each rule and state there are under the other conditions.
    pub counts: Vec<(String, DoubtState, i64)>,
    /// The years that can be asked for, the newest first.
    pub years: Vec<i16>,
    /// The units in which the actor has the data looked through, and the job that was asked for last at the first of them.
    pub runs_at: Vec<UnitPlace>,
    pub job: Option<Job>,
    /// The unit whose subtree is asked for.
    pub under: Option<UnitPlace>,
    pub may_handle: bool,
}

/// What is asked of the list, as an address has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoubtQuery {
    /// None for the year that people work on.
    pub year: Option<i16>,
    pub rule: String,
    pub state: StateWanted,
    pub under: Option<UnitId>,
    pub name: String,
}

/// The contradictions below the actor's federations.
///
/// # Errors
/// `NotYourRole` to those who see none; not found when the actor doesn't see the unit that is asked for.
pub async fn page(app: &App, actor: &Actor, query: &DoubtQuery, page: i64) -> Result<DoubtPage> {
    let mut tx = app.db.read().await?;
    let (filter, under) = filter_of(&mut tx, app, actor, query).await?;
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (lines, total) = doubts::list(&mut tx, &filter, (LINES, offset)).await?;
    let counts = doubts::counts(&mut tx, &filter).await?;
    let mut years = doubts::years(&mut tx, &filter.below).await?;
    if !years.contains(&app.year()) {
        years.push(app.year());
        years.sort_unstable_by(|one, other| other.cmp(one));
    }
    let units = actor.roles.iter().map(|held| &held.unit);
    let mut runs_at: Vec<UnitPlace> = units
        .filter(|unit| unit.kind.is_federation() && policy::may(actor, Act::XrayBelow, unit))
        .cloned()
        .collect();
    runs_at.sort_by(|one, other| one.path.cmp(&other.path));
    runs_at.dedup();
    let job = match runs_at.first() {
        Some(unit) => xray::job_of(app, &mut tx, &unit.id, filter.year).await?,
        None => None,
    };
    let handles = [Role::Reviewer, Role::Approver];
    Ok(DoubtPage {
        may_handle: actor
            .roles
            .iter()
            .any(|held| handles.contains(&held.role) && held.unit.kind.is_federation()),
        filter,
        lines,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        counts,
        years,
        runs_at,
        job,
        under,
    })
}

/// A portion (limit, offset) of them, for a file, with how many there are.
///
/// # Errors
/// As `page`.
pub async fn export(
    app: &App,
    actor: &Actor,
    query: &DoubtQuery,
    portion: (i64, i64),
) -> Result<(Vec<Doubt>, i64)> {
    let mut tx = app.db.read().await?;
    let (filter, _) = filter_of(&mut tx, app, actor, query).await?;
    Ok(doubts::list(&mut tx, &filter, portion).await?)
}

async fn filter_of(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    query: &DoubtQuery,
) -> Result<(DoubtFilter, Option<UnitPlace>)> {
    let below = seen_below(actor)?;
    let under = match &query.under {
        Some(unit) => Some(app.seen(tx, actor, unit).await?),
        None => None,
    };
    let filter = DoubtFilter {
        below,
        year: query.year.unwrap_or_else(|| app.year()),
        rule: query.rule.clone(),
        state: query.state,
        under: under
            .as_ref()
            .map_or_else(String::new, |unit| unit.path.clone()),
        name: query.name.clone(),
    };
    Ok((filter, under))
}

/// The subtrees below which the actor sees contradictions.
fn seen_below(actor: &Actor) -> Result<Vec<String>> {
    let sees = [Role::Reviewer, Role::Approver, Role::Auditor];
    let paths = actor
        .roles
        .iter()
        .filter(|held| sees.contains(&held.role) && held.unit.kind.is_federation())
        .map(|held| held.unit.path.clone());
    let paths: Vec<String> = paths.collect();
    if paths.is_empty() {
        return Err(General::NotYourRole {
            act: Act::SeeDoubts,
            roles: sees.to_vec(),
        }
        .into());
    }
    Ok(paths)
}

/// One contradiction for those whom it concerns.
#[derive(Clone, Debug)]
pub struct DoubtView {
    pub doubt: Doubt,
    pub unit: UnitPlace,
    /// In order; of what the office set aside its reason is not in the union's.
    pub events: Vec<DoubtEvent>,
    pub is_office: bool,
    pub may_handle: bool,
    pub may_answer: bool,
    /// Of a photo: the units of the others that the actor sees, by the places of the others.
    pub seen_others: Vec<bool>,
    /// Until when an answer is asked for, where nothing else is said.
    pub answer_by: Date,
}

/// One contradiction: for the federations above, and for the union once it was asked.
///
/// # Errors
/// Not found to others, and when it isn't there.
pub async fn find(app: &App, actor: &Actor, id: &DoubtId) -> Result<DoubtView> {
    let mut tx = app.db.read().await?;
    let (doubt, unit, mut events) = seen(&mut tx, actor, id).await?;
    let is_office = policy::may(actor, Act::SeeDoubts, &unit);
    let mut seen_others = Vec::new();
    if let Figures::SamePhoto { others, .. } = &doubt.figures {
        for other in others {
            let place = place::find(&mut tx, &other.unit).await?;
            let is_seen = |place: UnitPlace| is_office && policy::sees(actor, &place.path);
            seen_others.push(place.is_some_and(is_seen));
        }
    }
    if !is_office {
        for event in &mut events {
            if event.act == DoubtAct::SetAside {
                event.text.clear();
            }
        }
    }
    let may = |act| doubt.state.is_open() && policy::may(actor, act, &unit);
    Ok(DoubtView {
        may_handle: is_office && may(Act::HandleDoubts),
        may_answer: doubt.state == DoubtState::Asked && may(Act::AnswerDoubt),
        answer_by: answer_by(app, doubt.year),
        doubt,
        unit,
        events,
        is_office,
        seen_others,
    })
}

/// Working days that a union is given to answer, where the office says no other day.
const DAYS_TO_ANSWER: i64 = 10;

fn answer_by(app: &App, year: i16) -> Date {
    let days = &app.standards.of(year).working_days;
    days.add_working_days(app.clock.today(), DAYS_TO_ANSWER)
        .value
}

/// The day that a form begins with, for those asked together.
pub fn usual_answer_by(app: &App) -> Date {
    answer_by(app, app.year())
}

/// One that the actor may see, with what happened to it.
async fn seen(
    tx: &mut Tx,
    actor: &Actor,
    id: &DoubtId,
) -> Result<(Doubt, UnitPlace, Vec<DoubtEvent>)> {
    let doubt = doubts::find(tx, id).await?.ok_or(Error::NotFound)?;
    let unit = place::find(tx, &doubt.unit).await?.ok_or(Error::NotFound)?;
    let events = doubts::events(tx, id).await?;
    let was_asked = events.iter().any(|event| event.act == DoubtAct::Asked);
    let is_seen = policy::may(actor, Act::SeeDoubts, &unit)
        || (was_asked && policy::may(actor, Act::AnswerDoubt, &unit));
    if is_seen {
        Ok((doubt, unit, events))
    } else {
        Err(Error::NotFound)
    }
}

/// What a union was asked about, for those who answer for it and for the offices above.
///
/// # Errors
/// Not found when the actor doesn't see the unit; `NotYourRole` to others of it.
pub async fn asked_of(app: &App, actor: &Actor, unit: &UnitId) -> Result<(UnitPlace, Vec<Doubt>)> {
    let mut tx = app.db.read().await?;
    let place = app.seen(&mut tx, actor, unit).await?;
    if !policy::may(actor, Act::SeeDoubts, &place) {
        policy::permit(actor, Act::AnswerDoubt, &place)?;
    }
    let asked = doubts::asked_of(&mut tx, unit, ASKED).await?;
    Ok((place, asked))
}
