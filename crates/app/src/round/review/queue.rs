//! The reviewer's queue.

use std::collections::HashMap;

use jianjia_domain::{
    core::{
        ids::{AccountId, ApplicationId, JudgementId, UnitId},
        place::UnitPlace,
        policy::{Actor, Role, only_reviews},
    },
    round::{
        application::Application,
        assignment::Assignment,
        review::{self as reviewing, Outcome},
    },
};
use jianjia_standard::judgement::Judgement;
use jianjia_store::{
    core::db::Tx,
    round::{
        assignment, finding,
        review::{self, Count, Filter, Hands, Order, Scope},
    },
    year::{evidence, judgement},
};

use super::assigning;
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
    pub hands: InHands,
    pub order: Order,
    /// From 1.
    pub page: i64,
}

jianjia_standard::keyed! {
    /// In whose hands the listed files are.
    #[derive(Default)]
    pub enum InHands {
        #[default]
        Any = "any" / "不限",
        Mine = "mine" / "我承办的",
        Nobody = "nobody" / "还没有人承办",
        /// Looked through, and waiting for the approver.
        Passed = "passed" / "已核实完毕，待审批",
    }
}

#[derive(Clone, Debug)]
pub struct Queue {
    pub year: i16,
    pub units: Vec<UnitPlace>,
    /// To whom an approver may give files.
    pub colleagues: Vec<(AccountId, String)>,
    pub applications: Vec<Application>,
    /// How far each of the applications is looked at, in their order.
    pub looked_at: Vec<LookedAt>,
    /// Who has each of them in hand where it is, in their order.
    pub held: Vec<Option<Assignment>>,
    /// By title, state and step, before these three filters.
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
    let filter = filter_of(actor, input, year);
    let whole = Filter {
        title: String::new(),
        state: String::new(),
        act: String::new(),
        ..filter.clone()
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
    let applications = review::list(&mut tx, &filter, (page - 1) * PAGE_SIZE, PAGE_SIZE).await?;
    Ok(Queue {
        year,
        units,
        looked_at: looked_at(&mut tx, app, &applications, year).await?,
        held: held(&mut tx, &applications).await?,
        colleagues: colleagues(&mut tx, actor).await?,
        applications,
        counts,
        total,
        page,
        pages,
    })
}

/// Files of the queue, for a table.
#[derive(Clone, Debug)]
pub struct QueuePortion {
    /// For which the actor reviews.
    pub units: Vec<UnitPlace>,
    /// Each with how far it is looked at, and who has it in hand.
    pub files: Vec<(Application, LookedAt, Option<Assignment>)>,
    pub total: i64,
}

/// A portion (limit, offset) of the same files, for a file; `input.page` narrows nothing.
///
/// # Errors
/// When they can't be read.
pub async fn export(
    app: &App,
    actor: &Actor,
    input: &QueueInput,
    (limit, offset): (i64, i64),
) -> Result<QueuePortion> {
    let mut tx = app.db.read().await?;
    let year = input.year.unwrap_or_else(|| rounds::current_year(app));
    let filter = filter_of(actor, input, year);
    let counts = review::counts(&mut tx, &filter).await?;
    let applications = review::list(&mut tx, &filter, offset, limit).await?;
    let looked_at = looked_at(&mut tx, app, &applications, year).await?;
    let held = held(&mut tx, &applications).await?;
    let known = looked_at.into_iter().zip(held);
    Ok(QueuePortion {
        units: acting_units(actor),
        files: applications
            .into_iter()
            .zip(known)
            .map(|(application, (looked_at, held))| (application, looked_at, held))
            .collect(),
        total: counts.iter().map(|count| count.applications).sum(),
    })
}

/// What of the reviewer's world a list shows.
pub(super) fn filter_of(actor: &Actor, input: &QueueInput, year: i16) -> Filter {
    let units = acting_units(actor);
    Filter {
        scope: match input.place {
            Where::Mine => Scope::At(units.iter().map(|unit| unit.id).collect::<Vec<UnitId>>()),
            Where::All => Scope::Within(units.iter().map(|unit| unit.path.clone()).collect()),
        },
        year: Some(input.year.unwrap_or(year)),
        title: input.title.clone(),
        state: input.state.clone(),
        act: input.act.clone(),
        search: input.search.clone(),
        hands: match input.hands {
            InHands::Any => Hands::Any,
            InHands::Mine => Hands::Of(actor.account),
            InHands::Nobody => Hands::Nobody,
            InHands::Passed => Hands::Passed,
        },
        // What a reviewer handed on waits for the approver, and no longer for the reviewer.
        unpassed_at: match (input.place, input.hands) {
            (Where::Mine, InHands::Any) => units
                .iter()
                .filter(|unit| only_reviews(actor, &unit.id))
                .map(|unit| unit.id)
                .collect(),
            _ => Vec::new(),
        },
        order: input.order,
    }
}

/// The reviewers and approvers of the offices for which the actor gives files.
async fn colleagues(tx: &mut Tx, actor: &Actor) -> Result<Vec<(AccountId, String)>> {
    let mut colleagues = Vec::new();
    for at in &actor.roles {
        if at.role == Role::Approver && at.unit.kind.is_federation() {
            colleagues.extend(assigning::colleagues(tx, &at.unit.id).await?);
        }
    }
    colleagues.sort_by(|one, other| one.1.cmp(&other.1));
    colleagues.dedup();
    Ok(colleagues)
}

/// Who has each of these files in hand at the office where it is.
async fn held(tx: &mut Tx, applications: &[Application]) -> Result<Vec<Option<Assignment>>> {
    let ids: Vec<ApplicationId> = applications.iter().map(|one| one.id).collect();
    let all = assignment::of_applications(tx, &ids).await?;
    let held = applications.iter().map(|application| {
        let office = application.turn()?.unit.id;
        let mut all = all.iter();
        all.find(|held| held.application == application.id && held.unit == office)
            .cloned()
    });
    Ok(held.collect())
}

/// Judgements by their ids: those that some applications were handed in or decided on.
pub(crate) type Judged = HashMap<JudgementId, Judgement>;

pub(crate) async fn judged(tx: &mut Tx, applications: &[Application]) -> Result<Judged> {
    let kept: Vec<JudgementId> = applications
        .iter()
        .filter_map(|application| application.judgement)
        .collect();
    let read = judgement::verdicts(tx, &kept).await?;
    Ok(read.into_iter().collect())
}

/// Read for all rows of a page together.
pub(crate) async fn looked_at(
    tx: &mut Tx,
    app: &App,
    applications: &[Application],
    year: i16,
) -> Result<Vec<LookedAt>> {
    let judged = judged(tx, applications).await?;
    looked_at_in(tx, app, applications, year, &judged).await
}

/// As `looked_at`, where the judgements were read for something else, too.
pub(crate) async fn looked_at_in(
    tx: &mut Tx,
    app: &App,
    applications: &[Application],
    year: i16,
    judged: &Judged,
) -> Result<Vec<LookedAt>> {
    let ids: Vec<ApplicationId> = applications.iter().map(|one| one.id).collect();
    let units: Vec<UnitId> = applications.iter().map(|one| one.unit.id).collect();
    let standing: HashMap<(ApplicationId, Outcome), i64> = finding::standing_counts(tx, &ids)
        .await?
        .into_iter()
        .map(|(application, outcome, clauses)| ((application, outcome), clauses))
        .collect();
    let files: HashMap<UnitId, i64> = evidence::counts(tx, &units, year)
        .await?
        .into_iter()
        .collect();
    let standard = app.standards.of(year);
    let each = applications.iter().map(|application| {
        let number = |outcome| {
            let clauses = standing.get(&(application.id, outcome));
            clauses.map_or(0, |clauses| usize::try_from(*clauses).unwrap_or(0))
        };
        let judged = application.judgement.and_then(|id| judged.get(&id));
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
