//! The reviewer's queue.

use std::collections::HashMap;

use anyhow::Context;
use jianjia_domain::{
    core::{
        ids::{ApplicationId, JudgementId, UnitId},
        place::UnitPlace,
        policy::{Actor, Role},
    },
    round::{
        application::Application,
        review::{self as reviewing, Outcome},
    },
};
use jianjia_standard::judgement::Judgement;
use jianjia_store::{
    core::db::Tx,
    round::{
        finding,
        review::{self, Count, Filter, Order, Scope},
    },
    year::{evidence, judgement},
};

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
    /// How far each of the applications is looked at, in their order.
    pub looked_at: Vec<LookedAt>,
    pub counts: Vec<Count>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// How far a file is looked at: claimed, confirmed and rejected are three different things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookedAt {
    /// The criteria that the title asks of the applicant.
    pub asked: usize,
    pub confirmed: usize,
    pub rejected: usize,
    /// The pieces of evidence that the unit uses in the year.
    pub files: i64,
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
        looked_at: looked_at(&mut tx, app, &applications, year).await?,
        applications,
        counts,
        total,
        page,
        pages,
    })
}

/// Read for all rows of a page together.
pub(crate) async fn looked_at(
    tx: &mut Tx,
    app: &App,
    applications: &[Application],
    year: i16,
) -> Result<Vec<LookedAt>> {
    let ids: Vec<ApplicationId> = applications.iter().map(|one| one.id).collect();
    let units: Vec<UnitId> = applications.iter().map(|one| one.unit.id).collect();
    let kept: Vec<JudgementId> = applications
        .iter()
        .filter_map(|one| one.judgement)
        .collect();
    let findings = finding::of_applications(tx, &ids).await?;
    let files: HashMap<UnitId, i64> = evidence::counts(tx, &units, year)
        .await?
        .into_iter()
        .collect();
    let mut judgements: HashMap<JudgementId, Judgement> = HashMap::new();
    for (id, verdict) in judgement::verdicts(tx, &kept).await? {
        judgements.insert(
            id,
            serde_json::from_value(verdict).context("a kept judgement")?,
        );
    }
    let standard = app.standards.of(year);
    let each = applications.iter().map(|application| {
        let of_application = findings
            .iter()
            .filter(|finding| finding.application == application.id);
        let standing = reviewing::standing(of_application);
        let number = |outcome| {
            let found = standing.values();
            found.filter(|finding| finding.outcome == outcome).count()
        };
        let judged = application.judgement.and_then(|id| judgements.get(&id));
        LookedAt {
            asked: judged.map_or(0, |judged| {
                reviewing::asked(standard, judged, &application.title).len()
            }),
            confirmed: number(Outcome::Confirmed),
            rejected: number(Outcome::Rejected),
            files: files.get(&application.unit.id).copied().unwrap_or(0),
        }
    });
    Ok(each.collect())
}

/// The order that an address names; the order of waiting for anything else.
pub fn order(key: &str) -> Order {
    Order::ALL
        .into_iter()
        .find(|order| order.key() == key)
        .unwrap_or_default()
}
