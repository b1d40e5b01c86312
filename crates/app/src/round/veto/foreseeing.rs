//! Before a veto is recorded: the unit that is meant, by part of its name, its pinyin or a code, and what the veto would hit.

use jianjia_domain::honour::honour::Honour;
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::{Act, Actor, Role},
        refusal::Refusal,
    },
    register::{
        person::Post,
        unit::{
            UnitState,
            list::{UnitFilter, UnitLine},
        },
    },
    round::{application::Application, veto::VetoInput},
};
use jianjia_store::{
    core::db::Tx,
    honour::honour,
    register::{
        person,
        unit::{self, list as units},
    },
    round::review::{self, Filter, Hands, Order, Scope},
};

use crate::{
    core::{app::App, error::Result},
    round::entry as entries,
};

/// At most so many candidates are shown, and so many applications that a veto hits.
const MOST: i64 = 20;

/// Files of a title that are read to find those.
const READ: i64 = 1_000;

/// The units that somebody who records vetoes may mean by part of a name, its pinyin, a number or a credit code.
///
/// # Errors
/// When they can't be read.
pub async fn candidates(app: &App, actor: &Actor, typed: &str) -> Result<Vec<UnitLine>> {
    if typed.trim().is_empty() {
        return Ok(Vec::new());
    }
    let scopes = actor
        .roles
        .iter()
        .filter(|at| {
            matches!(at.role, Role::Reviewer | Role::Approver) && at.unit.kind.is_federation()
        })
        .map(|at| at.unit.path.clone())
        .collect();
    let filter = UnitFilter {
        scopes,
        state: Some(UnitState::Active),
        search: typed.trim().to_owned(),
        ..UnitFilter::default()
    };
    let mut tx = app.db.read().await?;
    let (mut found, _) = units::list(&mut tx, &filter, MOST, 0).await?;
    // A branch has no vetoes of its own.
    found.retain(|line| line.kind != UnitKind::Branch);
    Ok(found)
}

/// So many branches of a union are looked through for titles.
const MOST_BRANCHES: i64 = 200;

/// What a veto would hit.
#[derive(Clone, Debug)]
pub struct Foreseen {
    pub unit: UnitPlace,
    /// The unions above it, the nearest last.
    pub above: Vec<String>,
    /// How many branches, whose small homes are barred too.
    pub branches: i64,
    pub chairs: Vec<String>,
    /// Applications under way for the titles that are barred.
    pub applications: Vec<Application>,
    /// Titles of this kind that the unit, its branches and its chairs hold: the city looks at them again.
    pub titles: Vec<Honour>,
}

/// What recording a veto would hit; nothing is recorded.
///
/// # Errors
/// As `App::permit`; by field as `veto::record`.
pub async fn foresee(app: &App, actor: &Actor, id: &UnitId, input: &VetoInput) -> Result<Foreseen> {
    let mut tx = app.db.read().await?;
    let unit = app.permit(&mut tx, actor, Act::RecordVeto, id).await?.unit;
    let wrong = super::wrong_with(app, input);
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong).into());
    }
    effects(&mut tx, app, unit, input.year).await
}

/// What a veto of a unit and a year hits.
pub(crate) async fn effects(
    tx: &mut Tx,
    app: &App,
    unit: UnitPlace,
    year: i16,
) -> Result<Foreseen> {
    let people = person::of_unit(tx, &unit.id).await?;
    let chairs: Vec<_> = people
        .into_iter()
        .filter(|person| person.left_on.is_none() && person.details.post == Post::Chair)
        .collect();
    let branches = UnitFilter {
        scopes: vec![unit.path.clone()],
        kind: Some(UnitKind::Branch),
        state: Some(UnitState::Active),
        ..UnitFilter::default()
    };
    // Branches are under unions: those below a federation are its unions' own.
    let (found, branches) = match unit.kind.is_federation() {
        true => (Vec::new(), 0),
        false => units::list(tx, &branches, MOST_BRANCHES, 0).await?,
    };
    let applications = under_way(tx, app, &unit, year).await?;
    let above = unit::above(tx, &unit.path).await?;
    let holders: Vec<UnitId> = [unit.id]
        .into_iter()
        .chain(found.iter().map(|line| line.id))
        .collect();
    let mut titles = honour::of_units(tx, &holders).await?;
    titles.retain(|held| {
        let title = app.standards.title(held.year, &held.title);
        let person = held.person.as_ref();
        held.is_in_force()
            && title.is_some_and(|title| title.barred_by_vetoes)
            && person.is_none_or(|one| chairs.iter().any(|chair| chair.id == *one))
    });
    Ok(Foreseen {
        titles,
        above: above
            .into_iter()
            .rev()
            .filter(|upper| upper.id != unit.id)
            .map(|upper| upper.name)
            .collect(),
        branches,
        chairs: chairs.into_iter().map(|chair| chair.details.name).collect(),
        applications,
        unit,
    })
}

/// The files that a veto of the unit would stop: for a title that it bars, of the unit itself or of its branches, and of people those of the barred posts.
async fn under_way(
    tx: &mut Tx,
    app: &App,
    unit: &UnitPlace,
    year: i16,
) -> Result<Vec<Application>> {
    let mut stopped = Vec::new();
    let barred = app.standards.of(year).titles.iter();
    for title in barred.filter(|title| title.barred_by_vetoes) {
        let filter = Filter {
            scope: Scope::Within(vec![unit.path.clone()]),
            year: Some(year),
            title: title.key.clone(),
            state: String::new(),
            act: String::new(),
            search: String::new(),
            hands: Hands::Any,
            unpassed_at: Vec::new(),
            order: Order::Name,
        };
        let mut found = review::list(tx, &filter, 0, READ).await?;
        found.retain(|application| application.state.closed_at().is_none());
        let unions = entries::unions(tx, &found).await?;
        for application in found {
            if unions.get(&application.id) == Some(&unit.id)
                && entries::is_of_a_barred_post(tx, &application, title).await?
            {
                stopped.push(application);
            }
        }
    }
    stopped.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    Ok(stopped)
}
