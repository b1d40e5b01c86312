//! Lists of cases: the library, a union's own, and what waits at an office.

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::{self, Act, Actor, Role},
        refusal::General,
    },
    sharing::case::{Case, CaseState},
};
use jianjia_store::{
    core::{db::Tx, place},
    sharing::case::{self as cases, CaseFilter},
};

use super::beside::likeness;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    sharing::{LINES, pages},
};

/// What is asked of the library; what is left out narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseQuery {
    pub words: String,
    pub clause: Option<String>,
    pub kind: Option<UnitKind>,
    pub industry: Option<String>,
    /// A union to whose likes come first: for whoever sees it.
    pub like: Option<UnitId>,
    pub page: i64,
}

/// A page of cases.
#[derive(Clone, Debug)]
pub struct CasePage {
    pub cases: Vec<Case>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// The union whose own they are, or whose likes come first.
    pub unit: Option<UnitPlace>,
}

impl CasePage {
    fn of((cases, total): (Vec<Case>, i64), page: i64, unit: Option<UnitPlace>) -> CasePage {
        CasePage {
            cases,
            total,
            page,
            pages: pages(total),
            unit,
        }
    }
}

fn portion(page: i64) -> (i64, i64) {
    (LINES, (page - 1).saturating_mul(LINES))
}

async fn filter_of(
    tx: &mut Tx,
    app: &App,
    actor: Option<&Actor>,
    query: &CaseQuery,
) -> Result<(CaseFilter, Option<UnitPlace>)> {
    let mut unit = None;
    if let Some(id) = &query.like {
        let found = place::find(tx, id).await?.ok_or(Error::NotFound)?;
        let sees = |actor: &Actor| policy::sees(actor, &found.path);
        if !actor.is_some_and(sees) {
            return Err(Error::NotFound);
        }
        unit = Some(found);
    }
    let like = match &unit {
        Some(unit) => Some(likeness(tx, app, unit).await?),
        None => None,
    };
    let filter = CaseFilter {
        states: vec![CaseState::Published],
        words: query.words.clone(),
        clause: query.clause.clone(),
        kind: query.kind,
        industry: query.industry.clone(),
        like,
        ..CaseFilter::default()
    };
    Ok((filter, unit))
}

/// The published cases, for everybody.
///
/// # Errors
/// Not found when the union whose likes are asked for is not the actor's to see.
pub async fn search(app: &App, actor: Option<&Actor>, query: &CaseQuery) -> Result<CasePage> {
    let mut tx = app.db.read().await?;
    let page = query.page.max(1);
    let (filter, unit) = filter_of(&mut tx, app, actor, query).await?;
    let found = cases::list(&mut tx, &filter, portion(page)).await?;
    Ok(CasePage::of(found, page, unit))
}

/// A portion (limit, offset) of the same, for a file, and how many there are.
///
/// # Errors
/// As `search`.
pub async fn export(
    app: &App,
    actor: Option<&Actor>,
    query: &CaseQuery,
    portion: (i64, i64),
) -> Result<(Vec<Case>, i64)> {
    let mut tx = app.db.read().await?;
    let (filter, _) = filter_of(&mut tx, app, actor, query).await?;
    Ok(cases::list(&mut tx, &filter, portion).await?)
}

/// A union's own cases, for whoever sees the union. Drafts are for its own people.
///
/// # Errors
/// Not found when the actor doesn't see the unit.
pub async fn own(app: &App, actor: &Actor, unit: &UnitId, page: i64) -> Result<CasePage> {
    let mut tx = app.db.read().await?;
    let page = page.max(1);
    let (place, filter) = own_filter(&mut tx, app, actor, unit).await?;
    let found = cases::list(&mut tx, &filter, portion(page)).await?;
    Ok(CasePage::of(found, page, Some(place)))
}

/// A portion of the same, for a file.
///
/// # Errors
/// As `own`.
pub async fn export_own(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    portion: (i64, i64),
) -> Result<(Vec<Case>, i64)> {
    let mut tx = app.db.read().await?;
    let (_, filter) = own_filter(&mut tx, app, actor, unit).await?;
    Ok(cases::list(&mut tx, &filter, portion).await?)
}

async fn own_filter(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    unit: &UnitId,
) -> Result<(UnitPlace, CaseFilter)> {
    let place = app.seen(tx, actor, unit).await?;
    let states = CaseState::ALL.into_iter();
    let is_own = actor.belongs_to(&place.path);
    let filter = CaseFilter {
        states: states
            .filter(|state| is_own || *state != CaseState::Draft)
            .collect(),
        unit: Some(*unit),
        ..CaseFilter::default()
    };
    Ok((place, filter))
}

/// The offices for which somebody recommends.
pub(crate) fn offices(actor: &Actor) -> Vec<UnitId> {
    let mut offices: Vec<UnitId> = Vec::new();
    for at in &actor.roles {
        let leads = matches!(at.role, Role::Reviewer | Role::Approver);
        if leads && !offices.contains(&at.unit.id) {
            offices.push(at.unit.id);
        }
    }
    offices
}

/// What waits at the actor's offices, the longest-waiting first: to be recommended, edited, published; and what its union was asked about.
fn queue_filter(actor: &Actor) -> Result<CaseFilter> {
    let at = offices(actor);
    if at.is_empty() {
        return Err(General::NotYourRole {
            act: Act::RecommendCase,
            roles: vec![Role::Reviewer, Role::Approver],
        }
        .into());
    }
    Ok(CaseFilter {
        states: vec![
            CaseState::Recommended,
            CaseState::Editing,
            CaseState::Declined,
            CaseState::Asked,
            CaseState::Agreed,
        ],
        at,
        ..CaseFilter::default()
    })
}

/// What waits at the actor's offices.
///
/// # Errors
/// `NotYourRole` for somebody who recommends nothing anywhere.
pub async fn queue(app: &App, actor: &Actor, page: i64) -> Result<CasePage> {
    let filter = queue_filter(actor)?;
    let mut tx = app.db.read().await?;
    let page = page.max(1);
    let found = cases::list(&mut tx, &filter, portion(page)).await?;
    Ok(CasePage::of(found, page, None))
}

/// A portion of the same, for a file.
///
/// # Errors
/// As `queue`.
pub async fn export_queue(
    app: &App,
    actor: &Actor,
    portion: (i64, i64),
) -> Result<(Vec<Case>, i64)> {
    let filter = queue_filter(actor)?;
    let mut tx = app.db.read().await?;
    Ok(cases::list(&mut tx, &filter, portion).await?)
}
