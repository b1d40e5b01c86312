//! The start page after signing in: what waits for the actor, by role.

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::UnitPlace,
        policy::{self, Actor, Role},
    },
    honour::honour::Honour,
    rating::{count::Rating, poll::PollState},
    round::{application::Application, round::Round, veto::Veto},
};
use jianjia_standard::{Standard, explain};
use jianjia_store::{
    core::db::Tx,
    honour::honour as honours,
    office::desk::{self, Waiting},
    rating::{count as ratings, poll as polls},
    round::{application as applications, veto},
    year::standing::{self, Standing},
};
use jiff::civil::Date;

use crate::{
    core::{app::App, error::Result},
    office::{
        beginning::{self as beginnings, Beginning},
        invitation::{self as invitations, Told},
    },
    round::round as rounds,
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
        round,
        own,
        queues,
        year_below,
    })
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
