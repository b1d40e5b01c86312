//! The reviewer's queue.

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::UnitPlace,
        policy::{Actor, Role},
    },
    round::application::Application,
};
use jianjia_store::round::review::{self, Count, Filter, Order, Scope};

use crate::{
    core::{app::App, error::Result},
    round::round as rounds,
};

/// Which part of the reviewer's world is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Where {
    /// Waiting for one of the reviewer's own units.
    #[default]
    Mine,
    /// Everything of the unions below, wherever it is.
    All,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueInput {
    pub place: Where,
    /// The current round when none.
    pub year: Option<i16>,
    pub title: String,
    pub state: String,
    pub act: String,
    pub search: String,
    pub order: Order,
    /// From 1.
    pub page: i64,
}

#[derive(Clone, Debug)]
pub struct Queue {
    pub year: i16,
    pub units: Vec<UnitPlace>,
    pub applications: Vec<Application>,
    /// By title, state and step, before these three filters.
    pub counts: Vec<Count>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// How many applications stand on one page of the queue.
pub const PAGE_SIZE: i64 = 30;

/// The units for which somebody reviews: federations, and unions with branches.
pub fn acting_units(actor: &Actor) -> Vec<UnitPlace> {
    let mut units: Vec<UnitPlace> = Vec::new();
    for at in &actor.roles {
        let reviews = matches!(at.role, Role::Reviewer | Role::Approver | Role::Chair);
        if reviews && !units.iter().any(|unit| unit.id == at.unit.id) {
            units.push(at.unit.clone());
        }
    }
    units
}

/// One page of the queue, with its figures.
pub async fn queue(app: &App, actor: &Actor, input: &QueueInput) -> Result<Queue> {
    let mut tx = app.db.read().await?;
    let units = acting_units(actor);
    let year = input.year.unwrap_or_else(|| rounds::current_year(app));
    let scope = match input.place {
        Where::Mine => Scope::At(units.iter().map(|unit| unit.id).collect::<Vec<UnitId>>()),
        Where::All => Scope::Within(units.iter().map(|unit| unit.path.clone()).collect()),
    };
    let whole = Filter {
        scope,
        year: Some(year),
        title: String::new(),
        state: String::new(),
        act: String::new(),
        search: input.search.clone(),
        order: input.order,
    };
    let counts = review::counts(&mut tx, &whole).await?;
    let matches = |count: &&Count| {
        (input.title.is_empty() || count.title == input.title)
            && (input.state.is_empty() || count.state == input.state)
            && (input.act.is_empty() || count.act == input.act)
    };
    let total: i64 = counts
        .iter()
        .filter(matches)
        .map(|count| count.applications)
        .sum();
    let pages = (total + PAGE_SIZE - 1) / PAGE_SIZE;
    let page = input.page.clamp(1, pages.max(1));
    let filter = Filter {
        title: input.title.clone(),
        state: input.state.clone(),
        act: input.act.clone(),
        ..whole
    };
    let applications = review::list(&mut tx, &filter, (page - 1) * PAGE_SIZE, PAGE_SIZE).await?;
    Ok(Queue {
        year,
        units,
        applications,
        counts,
        total,
        page,
        pages,
    })
}

/// The order that an address names; the order of waiting for anything else.
pub fn order(key: &str) -> Order {
    Order::ALL
        .into_iter()
        .find(|order| order.key() == key)
        .unwrap_or_default()
}
