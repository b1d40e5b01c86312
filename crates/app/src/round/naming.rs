//! Naming the trusted titles (clause P4): the city reads the recommended candidates, sees beforehand what would happen to those chosen, and
//! confirms exactly that, in one transaction.

use jianjia_standard::programme::RoundAct;
use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        ids::ApplicationId,
        place::UnitPlace,
        policy::{self, Act, Actor, Permit, act},
        refusal::Refusal,
    },
    honour::{
        honour::{self, Honour, HonourState},
        target::Progress,
    },
    round::{
        application::Application,
        naming::{self, Candidate, Fate, Line, NamingRefusal},
        round::{self, Days},
    },
    year::assessment::Assessment,
};
use jianjia_standard::programme::{RouteAct, Title};
pub use jianjia_store::honour::honour::Batch;
use jianjia_store::{
    core::db::Tx, honour::honour as honours_store, register::unit, round::recommendation,
};

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    honour::target as progress,
    round::{
        objection::unread,
        review::{self as reviews, LookedAt},
        round as rounds,
    },
};

mod confirm;
mod judging;
mod reject;
mod structure;
pub(crate) mod title;
pub use confirm::{ConfirmInput, Naming, confirm};
use judging::judged;
pub use reject::{Chosen, reject};
pub use structure::NamedList;

refuses!(NamingRefusal);

/// How many candidates a page of the list has.
pub const PAGE: i64 = 30;

/// The candidates of a year and title, and what was named already.
#[derive(Clone, Debug)]
pub struct NamingList {
    pub year: i16,
    pub title: Title,
    /// When the city may name.
    pub window: Days,
    /// When what is named is commended.
    pub commendation: Days,
    /// Why nothing can be named today.
    pub closed: Option<Refusal>,
    pub may_name: bool,
    /// A page of them, by federation and rank.
    pub candidates: Vec<Candidate>,
    /// How far the criteria of each are looked at, in their order.
    pub looked_at: Vec<LookedAt>,
    /// How many candidates there are in all.
    pub total: i64,
    /// From 1.
    pub page: i64,
    pub pages: i64,
    /// What was named already, newest first.
    pub batches: Vec<Batch>,
    pub target: Option<Progress>,
    /// How many objections to candidates for the title can be read by nobody who handles them.
    pub unread_objections: i64,
}

/// What would happen to the candidates chosen.
#[derive(Clone, Debug)]
pub struct NamingPreview {
    pub year: i16,
    pub title: Title,
    pub lines: Vec<Line>,
    /// How far the criteria of each are looked at, in their order.
    pub looked_at: Vec<LookedAt>,
    /// The title's target as it stands, and as it would stand then.
    pub target: Option<(Progress, Progress)>,
    /// What the lists as named would be made up of.
    pub lists: Vec<NamedList>,
}

impl NamingPreview {
    /// Why none of it can be named: a rule on what a list is made up of.
    pub fn barred(&self) -> Option<Refusal> {
        structure::barred(&self.lists).map(Refusal::from)
    }

    /// How many would be named.
    pub fn named(&self) -> usize {
        self.lines
            .iter()
            .filter(|line| matches!(line.fate, Fate::Named { .. }))
            .count()
    }

    pub fn left(&self) -> usize {
        self.lines.len() - self.named()
    }
}

/// The titles that the city names.
pub fn titles(app: &App, year: i16) -> Vec<&Title> {
    app.standards
        .of(year)
        .titles
        .iter()
        .filter(move |title| is_named(app, year, &title.key))
        .collect()
}

/// A line of the overview: a title, how many candidates wait and how many were named.
#[derive(Clone, Debug)]
pub struct NamingSummary {
    pub title: Title,
    pub waiting: i64,
    pub named: i64,
}

/// The titles to be named in a year, for people of the city.
///
/// # Errors
/// Not found to those who don't see the city.
pub async fn overview(app: &App, actor: &Actor, year: i16) -> Result<Vec<NamingSummary>> {
    let mut tx = app.db.read().await?;
    city_seen(&mut tx, actor).await?;
    let mut summaries = Vec::new();
    for title in titles(app, year) {
        let waiting = recommendation::count_for_naming(&mut tx, year, &title.key).await?;
        let batches = honours_store::batches(&mut tx, &title.key, year).await?;
        summaries.push(NamingSummary {
            title: title.clone(),
            waiting,
            named: batches.iter().map(|batch| batch.standing).sum(),
        });
    }
    Ok(summaries)
}

/// A page (from 1) of the candidates for a title in a year, for people of the city, each judged again on confirmed facts.
///
/// # Errors
/// Not found to those who don't see the city, and for a title that the year's standard doesn't know; `NotNamed` when the city doesn't name it;
/// `OutsideProgramme`.
pub async fn list(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    page: i64,
) -> Result<NamingList> {
    let mut tx = app.db.read().await?;
    let city = city_seen(&mut tx, actor).await?;
    let title = named_title(app, year, title)?;
    let rounds = rounds::around(&mut tx, app, year).await?;
    let closed = match rounds.open(app, RoundAct::Name) {
        Ok(()) => None,
        Err(Error::Refused(refusal)) => Some(refusal),
        Err(error) => return Err(error),
    };
    let total = recommendation::count_for_naming(&mut tx, year, &title.key).await?;
    let pages = (total + PAGE - 1) / PAGE;
    // Those of the last page may all have been named meanwhile.
    let page = page.clamp(1, pages.max(1));
    let offset = (page - 1) * PAGE;
    let waiting = recommendation::for_naming(&mut tx, year, &title.key, PAGE, offset).await?;
    let looked_at = reviews::looked_at(&mut tx, app, &waiting, year).await?;
    let judged = judged(&mut tx, app, actor, &city, title, year, waiting).await?;
    let batches = honours_store::batches(&mut tx, &title.key, year).await?;
    let target = progress::target_with(&mut tx, app, &title.key, year, 0).await?;
    let unread_objections = unread(&mut tx, app, &city, (year, &title.key)).await?;
    Ok(NamingList {
        year,
        unread_objections,
        title: title.clone(),
        window: round::window(&rounds.this, RoundAct::Name),
        commendation: rounds.this.commendation,
        closed,
        may_name: policy::may(actor, Act::NameApplications, &city),
        candidates: judged.into_iter().map(|one| one.candidate).collect(),
        looked_at,
        total,
        page,
        pages,
        batches,
        target: target.map(|(before, _)| before),
    })
}

/// A portion (limit, offset) of the same candidates, for a file, with how far each is looked at, and their total number.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    (year, title): (i16, &str),
    (limit, offset): (i64, i64),
) -> Result<(Vec<(Candidate, LookedAt)>, i64)> {
    let mut tx = app.db.read().await?;
    let city = city_seen(&mut tx, actor).await?;
    let title = named_title(app, year, title)?;
    let total = recommendation::count_for_naming(&mut tx, year, &title.key).await?;
    let waiting = recommendation::for_naming(&mut tx, year, &title.key, limit, offset).await?;
    let looked_at = reviews::looked_at(&mut tx, app, &waiting, year).await?;
    let judged = judged(&mut tx, app, actor, &city, title, year, waiting).await?;
    let candidates = judged.into_iter().map(|one| one.candidate);
    Ok((candidates.zip(looked_at).collect(), total))
}

/// What whoever makes the plaques needs to know.
#[derive(Clone, Debug)]
pub struct PlaqueRoster {
    pub title: Title,
    /// The city, which gives the title.
    pub by: UnitPlace,
    /// Those that stand, in the order in which they were named.
    pub honours: Vec<Honour>,
}

/// The titles of a year that the city named and that stand, for whoever makes their plaques.
///
/// # Errors
/// As `list`.
pub async fn plaques(app: &App, actor: &Actor, (year, title): (i16, &str)) -> Result<PlaqueRoster> {
    let mut tx = app.db.read().await?;
    let city = city_seen(&mut tx, actor).await?;
    let title = named_title(app, year, title)?;
    let mut honours = Vec::new();
    for batch in honours_store::batches(&mut tx, &title.key, year)
        .await?
        .iter()
        .rev()
    {
        let named = honours_store::of_batch(&mut tx, &batch.id).await?;
        let standing = named
            .into_iter()
            .filter(|honour| matches!(honour.state, HonourState::InForce | HonourState::Suspended));
        honours.extend(standing);
    }
    Ok(PlaqueRoster {
        title: title.clone(),
        by: city,
        honours,
    })
}

/// What naming these candidates would do. Nothing is changed.
///
/// # Errors
/// As `list`; `NotYourRole`; as `rounds::open` (P6); `NobodyChosen`; `TooMany`.
pub async fn preview(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    chosen: &[ApplicationId],
) -> Result<NamingPreview> {
    let mut tx = app.db.read().await?;
    let city = city_seen(&mut tx, actor).await?;
    app.permit_at(&mut tx, actor, Act::NameApplications, &city)
        .await?;
    let title = named_title(app, year, title)?;
    rounds::open(&mut tx, app, year, RoundAct::Name).await?;
    if chosen.is_empty() {
        return Err(NamingRefusal::NobodyChosen.into());
    }
    let (lines, _) = plan(&mut tx, app, actor, &city, year, title, chosen).await?;
    let named = lines
        .iter()
        .filter(|line| matches!(line.fate, Fate::Named { .. }))
        .count();
    let applications: Vec<Application> = lines
        .iter()
        .map(|line| line.candidate.application.clone())
        .collect();
    let looked_at = reviews::looked_at(&mut tx, app, &applications, year).await?;
    let more = i64::try_from(named).unwrap_or(0);
    let target = progress::target_with(&mut tx, app, &title.key, year, more).await?;
    let lists = structure::named_lists(&mut tx, app, (year, &title.key), &lines).await?;
    Ok(NamingPreview {
        lists,
        year,
        title: title.clone(),
        lines,
        looked_at,
        target,
    })
}

/// What would happen to those chosen, in the order of the list, and the judgements on which it would.
async fn plan(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    city: &UnitPlace,
    year: i16,
    title: &Title,
    chosen: &[ApplicationId],
) -> Result<(Vec<Line>, BTreeMap<ApplicationId, Assessment>)> {
    let waiting = waiting_among(tx, year, title, chosen).await?;
    let mut candidates = Vec::with_capacity(waiting.len());
    let mut assessments = BTreeMap::new();
    for judged in judged(tx, app, actor, city, title, year, waiting).await? {
        if let Some(assessment) = judged.assessment {
            assessments.insert(judged.candidate.application.id, assessment);
        }
        candidates.push(judged.candidate);
    }
    let counter = honour::counter(&title.key, year);
    let last_number = honours_store::last_number(tx, &counter).await?;
    let lines = naming::plan(title, year, candidates, last_number);
    Ok((lines, assessments))
}

/// Those chosen that wait to be named still, in the order of the list.
async fn waiting_among(
    tx: &mut Tx,
    year: i16,
    title: &Title,
    chosen: &[ApplicationId],
) -> Result<Vec<Application>> {
    naming::few_enough(chosen.len())?;
    Ok(recommendation::for_naming_among(tx, year, &title.key, chosen).await?)
}

async fn permit_for(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: &Application,
) -> Result<Permit<act::NameApplications>> {
    app.permit(tx, actor, act::NameApplications, &application.unit.id)
        .await
}

/// The key of one application's part in a bulk act; empty without one.
fn request_key(request: &str, id: &ApplicationId) -> String {
    if request.is_empty() {
        String::new()
    } else {
        format!("{request}:{id}")
    }
}

pub(crate) async fn city_seen(tx: &mut Tx, actor: &Actor) -> Result<UnitPlace> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    if policy::sees(actor, &city.path) {
        Ok(city)
    } else {
        Err(Error::NotFound)
    }
}

pub(crate) fn named_title<'a>(app: &'a App, year: i16, key: &str) -> Result<&'a Title> {
    let title = app.standards.of(year).title(key).ok_or(Error::NotFound)?;
    if is_named(app, year, key) {
        Ok(title)
    } else {
        Err(NamingRefusal::NotNamed {
            title: title.name.clone(),
        }
        .into())
    }
}

fn is_named(app: &App, year: i16, title: &str) -> bool {
    app.standards.of(year).route(title).is_some_and(|route| {
        route
            .steps
            .last()
            .is_some_and(|step| step.act == RouteAct::Name)
    })
}
