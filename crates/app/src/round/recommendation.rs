//! Recommending the best candidates to the city (clause P3), within the quota; and the city's quotas.

use jianjia_domain::core::{
    audit::{deed::Deed, object::Object},
    policy::act,
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        place::{UnitKind, UnitPlace},
        policy::{Act, Actor, may},
        refusal::{General, Refusal},
    },
    round::{
        application::{self, Application, ApplicationRefusal, EventAct, State},
        recommendation::{self, Quota, RecommendationRefusal},
        review::Finding,
        round::RoundAct,
    },
};
use jianjia_standard::{Text, programme::RouteAct};
use jianjia_store::{
    core::db::Tx,
    round::{finding, quota as quotas, recommendation as lists},
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    round::{
        application::{Expected, Happened, as_of, keep, record, seen, title_of},
        assessment as confirmed,
        review::{self as reviews, Opening, falls_short, is_fit},
        round as rounds, scope as scopes,
    },
    year::assessment as assessments,
};

mod places;
pub use places::{PlaceInput, QuotaCell, QuotaRow, QuotaTable, set_places, table};

refuses!(RecommendationRefusal);

/// A federation's list for one year and title.
#[derive(Clone, Debug)]
pub struct RankedList {
    pub year: i16,
    pub title: String,
    pub title_name: Text,
    pub federation: UnitPlace,
    /// The federations whose lists the actor may look at.
    pub federations: Vec<UnitPlace>,
    pub candidates: Vec<Candidate>,
    pub places: i64,
    pub used: i64,
    /// None: the city has given no places yet.
    pub quota: Option<Quota>,
    /// Why nothing can be changed today, in words.
    pub closed: Option<Refusal>,
    pub may_recommend: bool,
    pub may_close: bool,
}

impl RankedList {
    pub fn left(&self) -> i64 {
        (self.places - self.used).max(0)
    }
}

#[derive(Clone, Debug)]
pub struct Candidate {
    pub application: Application,
    pub is_recommended: bool,
    /// Whether the recommendation can still be undone.
    pub is_undoable: bool,
}

/// The titles that are recommended to the city: those whose route has a recommending step.
pub fn titles(app: &App, year: i16) -> Vec<(String, Text)> {
    app.standards
        .of(year)
        .titles
        .iter()
        .filter(|title| is_recommended(app, year, &title.key))
        .map(|title| (title.key.clone(), title.name.clone()))
        .collect()
}

/// Whether units of a kind recommend, or lead some that do.
pub fn concerns(app: &App, kind: UnitKind) -> bool {
    let mut steps = app.in_force().routes.iter().flat_map(|route| &route.steps);
    steps.any(|step| {
        step.act == RouteAct::Recommend
            && step
                .at
                .iter()
                .chain(&step.otherwise)
                .any(|key| key == kind.key())
    })
}

/// The list of a federation: the actor's own, or `of` for those above it.
pub async fn list(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    of: Option<&UnitId>,
) -> Result<RankedList> {
    let title_name = recommended_title(app, year, title)?;
    let mut tx = app.db.read().await?;
    rounds::of_year(&mut tx, app, year).await?;
    let federations = federations_seen(&mut tx, app, actor, year).await?;
    let federation = match of {
        Some(id) => federations.iter().find(|unit| unit.id == *id),
        None => federations.first(),
    }
    .cloned()
    .ok_or(Error::NotFound)?;
    let quota = quotas::find(&mut tx, year, title, &federation.id).await?;
    let used = quotas::used(&mut tx, year, title, &federation.id).await?;
    let candidates = lists::of_federation(&mut tx, year, title, &federation.id)
        .await?
        .into_iter()
        .map(|application| {
            let is_recommended = application.recommended_by == Some(federation.id);
            Candidate {
                is_recommended,
                is_undoable: is_recommended
                    && matches!(application.state, State::UnderReview { .. }),
                application,
            }
        })
        .collect();
    let closed = match rounds::open(&mut tx, app, year, RoundAct::Review).await {
        Ok(()) => quota.as_ref().and_then(|quota| quota.closed_at).map(|at| {
            RecommendationRefusal::Closed {
                title: title_name.clone(),
                at,
            }
            .into()
        }),
        Err(Error::Refused(refusal)) => Some(refusal),
        Err(error) => return Err(error),
    };
    let may_close = may(actor, Act::CloseRecommendation, &federation);
    Ok(RankedList {
        year,
        title: title.to_owned(),
        title_name,
        candidates,
        places: quota.as_ref().map_or(0, |quota| quota.places),
        used,
        quota,
        closed,
        may_recommend: may_close,
        may_close,
        federation,
        federations,
    })
}

/// How a federation orders its candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ranking {
    /// A number for each, as typed; equal numbers keep their order.
    Numbers(Vec<(ApplicationId, String)>),
    /// One goes up (-1) or down (1).
    Move { moved: ApplicationId, by: isize },
}

/// Orders the federation's candidates: ranks are 1, 2, 3 … again afterwards.
pub async fn rank(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    federation: &UnitId,
    ranking: &Ranking,
) -> Result<()> {
    let title_name = recommended_title(app, year, title)?;
    let mut tx = app
        .db
        .write(scopes::of_list(app, (year, title, federation), &[]).await?)
        .await?;
    let permit = app
        .permit(&mut tx, actor, act::CloseRecommendation, federation)
        .await?;
    rounds::open(&mut tx, app, year, RoundAct::Review).await?;
    let quota = quotas::find(&mut tx, year, title, federation).await?;
    refuse_closed(quota.as_ref(), &title_name)?;
    let list = lists::of_federation(&mut tx, year, title, federation).await?;
    let before: Vec<ApplicationId> = list.iter().map(|application| application.id).collect();
    let order = match ranking {
        Ranking::Move { moved, by } => recommendation::move_by(&before, moved, *by),
        Ranking::Numbers(numbers) => ordered(&before, numbers)?,
    };
    let ranks: Vec<(ApplicationId, i64)> = order.iter().copied().zip(1..).collect();
    if !lists::set_ranks(&mut tx, federation, &ranks).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::RankCandidates,
        Object::Recommendation {
            year,
            title: title.to_owned(),
        },
        Some(&permit.unit),
        json!({ "order": order }),
    )
    .await?;
    Ok(tx.commit().await?)
}

fn ordered(
    before: &[ApplicationId],
    numbers: &[(ApplicationId, String)],
) -> Result<Vec<ApplicationId>> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut placed = Vec::new();
    for (place, id) in before.iter().enumerate() {
        let typed = numbers
            .iter()
            .find(|(named, _)| named == id)
            .map_or("", |(_, number)| number.trim());
        match typed.parse::<u32>() {
            Ok(number) if number > 0 => placed.push((number, place, *id)),
            _ if typed.is_empty() => placed.push((u32::MAX, place, *id)),
            _ => wrong.push((format!("rank_{id}"), RecommendationRefusal::NotARank.into())),
        }
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong).into());
    }
    placed.sort_unstable();
    Ok(placed.into_iter().map(|(_, _, id)| id).collect())
}

/// Recommends candidates to the city: all of them or, when one can't be, none. Each is judged again on confirmed facts.
pub async fn recommend(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    federation: &UnitId,
    chosen: &[(ApplicationId, i64)],
    request_key: &str,
) -> Result<usize> {
    let title_name = recommended_title(app, year, title)?;
    let ids: Vec<ApplicationId> = chosen.iter().map(|(id, _)| *id).collect();
    let mut tx = app
        .db
        .write(scopes::of_list(app, (year, title, federation), &ids).await?)
        .await?;
    app.permit(&mut tx, actor, Act::CloseRecommendation, federation)
        .await?;
    if chosen.is_empty() {
        return Err(ApplicationRefusal::NothingChosen.into());
    }
    let mut opened = Vec::new();
    for (id, revision) in chosen {
        let expected = Expected {
            revision: *revision,
            request_key: format!("{request_key}:{id}"),
        };
        let act = act::RecommendApplication;
        let opening = reviews::open(&mut tx, app, actor, id, act, &expected).await?;
        if let Opening::Open(file) = opening {
            let application = &file.application;
            let is_here = application.year == year
                && application.title == title
                && file.permit.as_role.unit.id == *federation;
            if !is_here {
                return Err(Error::NotFound);
            }
            opened.push((file, expected.request_key));
        }
    }
    let quota = quotas::find(&mut tx, year, title, federation).await?;
    let used = quotas::used(&mut tx, year, title, federation).await?;
    let wanted = i64::try_from(opened.len()).unwrap_or(i64::MAX);
    if wanted == 0 {
        return Ok(0);
    }
    recommendation::may_recommend(quota.as_ref(), used, wanted, &title_name)?;
    let count = opened.len();
    let mut dated = Vec::with_capacity(count);
    for (file, _) in &opened {
        let as_of = as_of(&mut tx, app, &file.application).await?;
        dated.push((file.application.clone(), as_of));
    }
    let ids: Vec<ApplicationId> = dated.iter().map(|(one, _)| one.id).collect();
    let findings = finding::of_applications(&mut tx, &ids).await?;
    let assessed = confirmed::of_many(&mut tx, app, &dated, &findings, year).await?;
    for ((file, request_key), assessment) in opened.into_iter().zip(assessed) {
        let application = &file.application;
        let title = title_of(app, year, &application.title)?;
        let mut assessment = assessment?;
        if !is_fit(&assessment, title) {
            let findings: Vec<Finding> = findings
                .iter()
                .filter(|finding| finding.application == application.id)
                .cloned()
                .collect();
            return Err(falls_short(app, application, title, &assessment, &findings).into());
        }
        let judgement = assessments::keep(&mut tx, app, &mut assessment).await?;
        let recommended = application::recommend(file.application, &file.permit, app.now())?;
        let recommended = Application {
            judgement: Some(judgement),
            ..recommended
        };
        keep(&mut tx, &recommended).await?;
        let happened = Happened {
            act: EventAct::Recommended,
            opinion: "",
            reasons: &[],
            judgement: Some(judgement),
            request_key: &request_key,
        };
        let step = Some(file.step);
        record(
            &mut tx,
            app,
            actor,
            &file.permit,
            &recommended,
            step,
            happened,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(count)
}

/// Takes a recommendation back while the city hasn't named it.
pub async fn undo(
    app: &App,
    actor: &Actor,
    federation: &UnitId,
    id: &ApplicationId,
    expected: &Expected,
) -> Result<Application> {
    let scopes = scopes::of_recommended(app, federation, id).await?;
    let mut tx = app.db.write(scopes).await?;
    let application = seen(&mut tx, actor, id).await?;
    let before =
        jianjia_store::round::application::of_request(&mut tx, &expected.request_key).await?;
    if before == Some(*id) {
        return Ok(application);
    }
    app.permit(&mut tx, actor, Act::CloseRecommendation, federation)
        .await?;
    let permit = app
        .permit(
            &mut tx,
            actor,
            act::RecommendApplication,
            &application.unit.id,
        )
        .await?;
    crate::round::application::expect(&mut tx, &application, expected.revision).await?;
    rounds::open(&mut tx, app, application.year, RoundAct::Review).await?;
    let title_name = recommended_title(app, application.year, &application.title)?;
    let quota = quotas::find(&mut tx, application.year, &application.title, federation).await?;
    refuse_closed(quota.as_ref(), &title_name)?;
    let step = application.state.step();
    let undone = application::undo_recommendation(application, &permit, federation, app.now())?;
    keep(&mut tx, &undone).await?;
    let happened = Happened {
        act: EventAct::RecommendationUndone,
        opinion: "",
        reasons: &[],
        judgement: None,
        request_key: &expected.request_key,
    };
    record(&mut tx, app, actor, &permit, &undone, step, happened).await?;
    tx.commit().await?;
    Ok(undone)
}

/// Closes the federation's list: unused places return to the city.
pub async fn close(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    federation: &UnitId,
) -> Result<Quota> {
    let title_name = recommended_title(app, year, title)?;
    let mut tx = app
        .db
        .write(scopes::of_list(app, (year, title, federation), &[]).await?)
        .await?;
    let permit = app
        .permit(&mut tx, actor, act::CloseRecommendation, federation)
        .await?;
    rounds::open(&mut tx, app, year, RoundAct::Review).await?;
    let quota = quotas::find(&mut tx, year, title, federation)
        .await?
        .ok_or_else(|| {
            Refusal::from(RecommendationRefusal::NoQuota {
                title: title_name.clone(),
            })
        })?;
    let used = quotas::used(&mut tx, year, title, federation).await?;
    let closed = recommendation::close(quota, &permit, used, &title_name, app.now())?;
    if !quotas::save(&mut tx, &closed).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::CloseRecommendation,
        Object::Recommendation {
            year,
            title: title.to_owned(),
        },
        Some(&permit.unit),
        json!({ "places": closed.places, "used": used, "returned": closed.returned }),
    )
    .await?;
    tx.commit().await?;
    Ok(closed)
}

/// The federations that recommend, among the units that the actor works for or leads; the actor's own first.
async fn federations_seen(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    year: i16,
) -> Result<Vec<UnitPlace>> {
    let mut seen: Vec<UnitPlace> = Vec::new();
    let all = places::federations(tx, app, year).await?;
    let own = all
        .iter()
        .filter(|unit| actor.roles.iter().any(|at| at.unit.id == unit.id));
    let below = all
        .iter()
        .filter(|unit| jianjia_domain::core::policy::sees(actor, &unit.path));
    for unit in own.chain(below) {
        if !seen.iter().any(|known| known.id == unit.id) {
            seen.push(unit.clone());
        }
    }
    Ok(seen)
}

fn is_recommended(app: &App, year: i16, title: &str) -> bool {
    app.standards.of(year).route(title).is_some_and(|route| {
        route
            .steps
            .iter()
            .any(|step| step.act == RouteAct::Recommend)
    })
}

fn recommended_title(app: &App, year: i16, title: &str) -> Result<Text> {
    let name = title_of(app, year, title)?.name.clone();
    if is_recommended(app, year, title) {
        Ok(name)
    } else {
        Err(RecommendationRefusal::NotRecommended { title: name }.into())
    }
}

fn refuse_closed(quota: Option<&Quota>, title: &Text) -> Result<()> {
    match quota.and_then(|quota| quota.closed_at) {
        Some(at) => Err(RecommendationRefusal::Closed {
            title: title.clone(),
            at,
        }
        .into()),
        None => Ok(()),
    }
}
