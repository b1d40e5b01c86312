//! The start page after signing in: what waits for the actor, by role.

use jianjia_domain::{
    check::visit::{Visit, VisitState},
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::{self, Act, Actor, Role},
    },
    honour::honour::Honour,
    rating::{count::Rating, poll::PollState},
    round::{application::Application, entry::Entry, round::Round, veto::Veto},
    sharing::{
        case::{Case, CaseState},
        meeting::Meeting,
        topic::Topic,
    },
};
use jianjia_standard::{Standard, explain};
use jianjia_store::{
    check::{
        outcome::{self as outcomes, VisitFilter},
        visit as visits,
    },
    core::db::Tx,
    honour::honour as honours,
    office::desk::{self, Waiting},
    rating::{count as ratings, poll as polls},
    round::{application as applications, veto},
    sharing::case::{self as cases, CaseFilter},
    year::standing::{self, Standing},
};
use jiff::civil::Date;

use crate::{
    core::{app::App, error::Result},
    office::{
        beginning::{self as beginnings, Beginning},
        invitation::{self as invitations, Told},
    },
    round::{entry as entries, round as rounds},
    sharing::{meeting as meetings, topic as topics},
};

/// Beyond this number the actor's own unions are listed without details.
const MOST_UNITS: usize = 12;

#[derive(Clone, Debug)]
pub struct Desk {
    pub round: Round,
    pub own: Vec<OwnUnit>,
    pub queues: Vec<Queue>,
    /// The year below the highest federation at which the actor has a role, if there is one.
    pub year_below: Option<YearBelow>,
    /// The first steps of the city, where the actor administers it and they are not all done.
    pub beginning: Option<Beginning>,
    /// Who is still to come below the actor's highest unit, where the actor invites and there is something to do.
    pub invitations: Option<Told>,
    /// Homes that the actor is still to visit, and the first of the last days for it.
    pub inspections: (usize, Option<Date>),
    /// Homes found short on which the city is still to decide, where the actor decides.
    pub hearings: i64,
    pub sharing: Sharing,
}

/// What waits of cases, topics and meetings.
#[derive(Clone, Debug, Default)]
pub struct Sharing {
    /// Cases that wait at the actor's offices.
    pub cases: i64,
    /// Edited cases on which the actor's unions are asked.
    pub asked: Vec<Case>,
    /// Topics on which the actor's unions have said nothing yet.
    pub topics: Vec<Topic>,
    /// The next meetings.
    pub meetings: Vec<Meeting>,
}

impl Sharing {
    pub fn is_silent(&self) -> bool {
        self.cases == 0
            && self.asked.is_empty()
            && self.topics.is_empty()
            && self.meetings.is_empty()
    }
}

/// A union whose clerk or chair the actor is.
#[derive(Clone, Debug)]
pub struct OwnUnit {
    pub unit: UnitPlace,
    pub standing: Option<Standing>,
    /// Those of the year.
    pub applications: Vec<Application>,
    /// Titles in force.
    pub held: Vec<Honour>,
    /// Vetoes in force this year.
    pub vetoes: Vec<Veto>,
    /// What departments say of it, as long as that is open.
    pub entries: Vec<Entry>,
    /// Spot checks that put its title at stake, each with the last day on which it is heard or has to have mended.
    pub visits: Vec<(Visit, Option<Date>)>,
    pub rating: RatingState,
}

/// How far the members' rating of the year is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RatingState {
    /// What it came to, as a percentage: `≈ 98.63 %`.
    pub result: Option<String>,
    /// The poll that is not over, and its last day.
    pub under_way: Option<(PollState, Option<Date>)>,
}

/// The queue of a unit for which the actor reviews.
#[derive(Clone, Debug)]
pub struct Queue {
    pub unit: UnitPlace,
    pub total: i64,
    /// In the order of the standard's titles.
    pub waiting: Vec<Waiting>,
    /// Unions just below that plan a second poll of the year and wait for the unit's consent.
    pub consents: Vec<(UnitId, String)>,
}

#[derive(Clone, Debug)]
pub struct YearBelow {
    pub unit: UnitPlace,
    pub titles: Vec<TitleCounts>,
}

/// The year's applications for a title, by state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TitleCounts {
    pub title: String,
    pub draft: i64,
    pub under_review: i64,
    pub returned: i64,
    pub named: i64,
    pub rejected: i64,
}

/// What waits for the actor today.
pub async fn desk(app: &App, actor: &Actor) -> Result<Desk> {
    let mut tx = app.db.read().await?;
    let round = rounds::of_year(&mut tx, app, app.year()).await?;
    let mut own = Vec::new();
    for unit in units(actor, &[Role::Clerk, Role::Chair])
        .into_iter()
        .take(MOST_UNITS)
    {
        own.push(OwnUnit {
            standing: standing::of_unit(&mut tx, &unit, round.year).await?,
            applications: applications::of_unit(&mut tx, &unit.id)
                .await?
                .into_iter()
                .filter(|application| application.year == round.year)
                .collect(),
            vetoes: veto::of_unit(&mut tx, &unit.id, round.year).await?,
            entries: open_entries(&mut tx, &unit, round.year).await?,
            visits: visits_at_stake(&mut tx, &unit.id).await?,
            held: honours::held(&mut tx, &unit.id, None).await?,
            rating: rating_state(&mut tx, app, &unit, round.year).await?,
            unit,
        });
    }
    let led: Vec<UnitPlace> = units(actor, &[Role::Reviewer, Role::Approver]);
    let mut queues = Vec::new();
    for unit in led.iter().take(MOST_UNITS) {
        let is_reviewers = policy::only_reviews(actor, &unit.id);
        let mut waiting = desk::waiting(&mut tx, &unit.id, is_reviewers).await?;
        let titles = &app.standards.of(round.year).titles;
        waiting.sort_by_key(|waiting| {
            let place = titles.iter().position(|title| title.key == waiting.title);
            place.unwrap_or(titles.len())
        });
        queues.push(Queue {
            consents: polls::awaiting_consent(&mut tx, &unit.id, round.year).await?,
            unit: unit.clone(),
            total: waiting.iter().map(|waiting| waiting.count).sum(),
            waiting,
        });
    }
    let highest = led.into_iter().min_by_key(|unit| unit.path.len());
    let year_below = match highest {
        Some(unit) => Some(YearBelow {
            titles: counts(
                app.standards.of(round.year),
                desk::states_below(&mut tx, &unit.path, round.year).await?,
            ),
            unit,
        }),
        None => None,
    };
    let beginning = beginnings::beginning(app, &mut tx, actor).await?;
    let invitations = invitations::told(&mut tx, app, actor).await?;
    Ok(Desk {
        beginning: beginning.filter(|beginning| !beginning.is_done()),
        invitations: invitations.filter(|told| !told.is_silent()),
        inspections: inspections(&mut tx, actor, round.year).await?,
        hearings: hearings(&mut tx, actor).await?,
        sharing: sharing(&mut tx, app, actor).await?,
        round,
        own,
        queues,
        year_below,
    })
}

async fn sharing(tx: &mut Tx, app: &App, actor: &Actor) -> Result<Sharing> {
    let today = app.clock.today();
    let mut asked = Vec::new();
    for unit in units(actor, &[Role::Chair]).into_iter().take(MOST_UNITS) {
        let filter = CaseFilter {
            states: vec![CaseState::Asked],
            unit: Some(unit.id),
            ..CaseFilter::default()
        };
        asked.extend(cases::list(tx, &filter, (MOST_UNITS as i64, 0)).await?.0);
    }
    let offices = units(actor, &[Role::Reviewer, Role::Approver]);
    let offices: Vec<UnitId> = offices.iter().map(|unit| unit.id).collect();
    Ok(Sharing {
        cases: cases::waiting_at(tx, &offices).await?,
        asked,
        topics: topics::unanswered(tx, actor, today).await?,
        meetings: meetings::ahead(tx, actor, today).await?,
    })
}

async fn open_entries(tx: &mut Tx, unit: &UnitPlace, year: i16) -> Result<Vec<Entry>> {
    let mut entries = entries::of_unit(tx, unit, year).await?;
    entries.retain(Entry::is_open);
    Ok(entries)
}

async fn visits_at_stake(tx: &mut Tx, unit: &UnitId) -> Result<Vec<(Visit, Option<Date>)>> {
    let mut at_stake = Vec::new();
    for visit in outcomes::of_unit(tx, unit).await? {
        if !matches!(visit.state, VisitState::Hearing | VisitState::Mending) {
            continue;
        }
        let outcome = outcomes::find(tx, &visit.id).await?;
        let until = outcome.and_then(|outcome| match visit.state {
            VisitState::Mending => outcome.mend_until,
            _ => outcome.hear_until,
        });
        at_stake.push((visit, until));
    }
    Ok(at_stake)
}

async fn inspections(tx: &mut Tx, actor: &Actor, year: i16) -> Result<(usize, Option<Date>)> {
    let mut own = visits::of_inspector(tx, &actor.account, year).await?;
    own.retain(|visit| visit.state.is_open());
    Ok((own.len(), own.iter().map(|visit| visit.due_on).min()))
}

async fn hearings(tx: &mut Tx, actor: &Actor) -> Result<i64> {
    let mut cities = actor
        .roles
        .iter()
        .filter(|at| at.unit.kind == UnitKind::City);
    let Some(city) = cities.find(|at| policy::may(actor, Act::DecideVisit, &at.unit)) else {
        return Ok(0);
    };
    let filter = VisitFilter {
        within: vec![city.unit.path.clone()],
        state: Some(VisitState::Hearing),
        ..VisitFilter::default()
    };
    Ok(outcomes::list(tx, &filter, 1, 0).await?.1)
}

async fn rating_state(tx: &mut Tx, app: &App, unit: &UnitPlace, year: i16) -> Result<RatingState> {
    let standard = app.standards.of(year);
    let rated = ratings::of_year(tx, &unit.id, year).await?;
    let found = polls::of_unit(tx, &unit.id, year).await?;
    let under_way = found.iter().find(|poll| !poll.state().is_over());
    let percentage = |rating: Rating| {
        let (satisfied, valid) = rating.counts.satisfied_of_valid(standard)?;
        let counts = u64::try_from(satisfied).ok().zip(u64::try_from(valid).ok());
        counts.and_then(|(satisfied, valid)| explain::percentage(satisfied, valid))
    };
    Ok(RatingState {
        result: rated.and_then(percentage),
        under_way: under_way.map(|poll| (poll.state(), poll.plan.closes_on)),
    })
}

/// The standard's titles in order, with their numbers.
fn counts(standard: &Standard, states: Vec<(String, String, i64)>) -> Vec<TitleCounts> {
    standard
        .titles
        .iter()
        .map(|title| {
            let count = |state: &str| {
                states
                    .iter()
                    .find(|(of, in_state, _)| *of == title.key && in_state == state)
                    .map_or(0, |(_, _, count)| *count)
            };
            TitleCounts {
                title: title.key.clone(),
                draft: count("draft"),
                under_review: count("under-review"),
                returned: count("returned"),
                named: count("named"),
                rejected: count("rejected"),
            }
        })
        .collect()
}

/// The units at which the actor has one of these roles, each once.
fn units(actor: &Actor, roles: &[Role]) -> Vec<UnitPlace> {
    let mut units: Vec<UnitPlace> = Vec::new();
    for at in &actor.roles {
        if roles.contains(&at.role) && units.iter().all(|unit| unit.id != at.unit.id) {
            units.push(at.unit.clone());
        }
    }
    units
}
