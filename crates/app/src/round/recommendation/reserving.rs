//! The next reserve moves up when a place came free.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ApplicationId, UnitId},
        message::{Kind, Message},
        policy::{Act, Actor, act},
        refusal::Refusal,
    },
    round::{
        application::{Application, ApplicationRefusal, EventAct},
        recommendation::{
            RecommendationRefusal,
            reserve::{before, may_move_up, reserves},
        },
        review,
        structure::Breach,
    },
};
use jianjia_standard::programme::Unconfirmed;
use jianjia_store::{
    core::db::Tx,
    round::{finding, quota as quotas, recommendation as lists},
    year::subject,
};
use serde_json::json;

use super::{
    Answer, recommended_title,
    recommending::{judged, recommend_one, refuse_unconfirmed, refuse_unfit},
    structure, taking_places,
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    round::{
        application::{Expected, as_of, title_of},
        assessment as confirmed,
        review::{self as reviews, Opening, is_fit, opinion_of},
        scope as scopes, telling,
    },
};

/// How a reserve stands by what is confirmed of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether it meets the conditions still.
    pub is_fit: bool,
    /// How many criteria count as met only because it says so.
    pub unconfirmed: usize,
}

/// Recommends the next reserve by its rank, on a list that is closed too: a place is free, since a candidate dropped out or was turned down, or the
/// city moved one here. Passed over, which the trail says, are those before it that no longer meet the conditions or with whom the list would break a
/// rule that bars it; and, told why by `reason`, those through which nobody looked.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know, and for an application that isn't on the list; `NotRecommended`; as `App::permit` at
/// the federation; as `review::open`, in the time for naming (P6); `NoQuota`, `NoPlaceFree`; `NoReserve`, `NotTheNext`; `passing_` and the
/// application: `NotLookedThrough` without a reason, `TooLong`; `Unconfirmed`; `FallsShort`; `ReserveBreaks` a rule that bars the list.
pub async fn take_up(
    app: &App,
    actor: &Actor,
    (year, title, federation): (i16, &str, &UnitId),
    id: &ApplicationId,
    reason: &str,
    expected: &Expected,
) -> Result<Application> {
    let title_name = recommended_title(app, year, title)?;
    let scopes = {
        let mut tx = app.db.read().await?;
        let list = lists::of_federation(&mut tx, year, title, federation).await?;
        let waiting: Vec<ApplicationId> = reserves(&list).iter().map(|one| one.id).collect();
        drop(tx);
        let own = (!waiting.contains(id)).then_some(*id);
        let named: Vec<ApplicationId> = waiting.into_iter().chain(own).collect();
        scopes::of_list(app, (year, title, federation), &named).await?
    };
    let mut tx = app.db.write(scopes).await?;
    app.permit(&mut tx, actor, Act::CloseRecommendation, federation)
        .await?;
    let act = act::TakeUpReserve;
    let file = match reviews::open(&mut tx, app, actor, id, act, expected).await? {
        Opening::Open(file) => file,
        Opening::Done(application) => return Ok(*application),
    };
    let is_here = file.application.year == year
        && file.application.title == title
        && file.permit.as_role.unit.id == *federation;
    if !is_here {
        return Err(Error::NotFound);
    }
    let quota = quotas::find(&mut tx, year, title, federation).await?;
    let list = lists::of_federation(&mut tx, year, title, federation).await?;
    let taking = taking_places(&list, federation);
    let taken = i64::try_from(taking.len()).unwrap_or(i64::MAX);
    may_move_up(quota.as_ref(), taken, &title_name)?;
    let answers = structure::answers(&mut tx, app, year, title, &list).await?;
    let whole = List {
        candidates: &list,
        answers: &answers,
        taking: &taking,
    };
    let earlier = before(&list, &file.application)?;
    let passed = passed_over(&mut tx, app, &whole, &earlier).await?;
    let field = format!("passing_{id}");
    let reason = reason_for(app, year, &field, &passed, reason)?;
    let opened = vec![(file, expected.request_key.clone())];
    let (findings, assessed) = judged(&mut tx, app, &opened, year).await?;
    refuse_unconfirmed(app, year, &opened, &findings, &assessed)?;
    refuse_unfit(app, &opened, &findings, &assessed)?;
    let taken_up = opened.into_iter().zip(assessed).next();
    let ((file, request_key), assessment) = taken_up.ok_or(Error::NotFound)?;
    let broken = whole.broken_with(app, &file.application);
    if !broken.is_empty() {
        let applicant = file.application.applicant_name();
        return Err(RecommendationRefusal::ReserveBreaks { applicant, broken }.into());
    }
    let unit = file.permit.as_role.unit.clone();
    let how = (EventAct::TakenUp, request_key.as_str());
    let recommended = recommend_one(&mut tx, app, actor, file, assessment?, &findings, how).await?;
    let mut detail = json!({
        "application": recommended.id,
        "rank": recommended.rank,
        "passed_over": earlier.iter().map(|one| one.id).collect::<Vec<_>>(),
    });
    if !passed.is_empty() {
        detail["reason"] = json!(reason);
    }
    app.trail(
        &mut tx,
        actor,
        Deed::TakeUpReserve,
        Object::Recommendation {
            year,
            title: title.to_owned(),
        },
        Some(&unit),
        detail,
    )
    .await?;
    let passed: Vec<&Application> = passed.iter().map(|(one, _)| *one).collect();
    tell_passed(
        &mut tx,
        app,
        actor,
        &passed,
        (&recommended, &unit.name, reason),
    )
    .await?;
    tx.commit().await?;
    Ok(recommended)
}

/// A federation's list, with what is known of its candidates and those that take its places.
struct List<'a> {
    candidates: &'a [Application],
    answers: &'a [Vec<Answer>],
    taking: &'a [ApplicationId],
}

impl List<'_> {
    /// The rules that bar this one from taking a place.
    fn broken_with(&self, app: &App, one: &Application) -> Vec<Breach> {
        let of = (one.year, one.title.as_str());
        let added = [one.id];
        let counted = (self.taking, added.as_slice());
        structure::barring_with(app, of, self.candidates, self.answers, counted)
    }
}

/// Refuses where one of those before meets the conditions and could be taken up; gives those that could once somebody has looked through them, with
/// how many criteria are confirmed by nobody.
async fn passed_over<'a>(
    tx: &mut Tx,
    app: &App,
    list: &List<'_>,
    earlier: &[&'a Application],
) -> Result<Vec<(&'a Application, usize)>> {
    let standings = standings(tx, app, earlier).await?;
    let mut passed = Vec::new();
    for (application, standing) in earlier.iter().zip(standings) {
        if !standing.is_fit || !list.broken_with(app, application).is_empty() {
            continue;
        }
        if standing.unconfirmed == 0 {
            let next = application.applicant_name();
            return Err(RecommendationRefusal::NotTheNext { next }.into());
        }
        passed.push((*application, standing.unconfirmed));
    }
    Ok(passed)
}

/// Why those are passed over through whom nobody looked.
fn reason_for<'a>(
    app: &App,
    year: i16,
    field: &str,
    passed: &[(&Application, usize)],
    typed: &'a str,
) -> Result<&'a str> {
    if passed.is_empty() {
        return Ok("");
    }
    if typed.trim().is_empty() {
        let reserves = passed.iter();
        let refusal = RecommendationRefusal::NotLookedThrough {
            reserves: reserves
                .map(|(one, unconfirmed)| (one.applicant_name(), *unconfirmed))
                .collect(),
            may_confirm: app.standards.of(year).review.unconfirmed == Unconfirmed::Confirm,
        };
        return Err(Refusal::at(field, refusal).into());
    }
    opinion_of(field, typed, ApplicationRefusal::ReasonMissing)
}

/// How reserves stand, in their order: who left the union meanwhile meets nothing.
pub(super) async fn standings(
    tx: &mut Tx,
    app: &App,
    reserves: &[&Application],
) -> Result<Vec<Standing>> {
    let Some(first) = reserves.first() else {
        return Ok(Vec::new());
    };
    let year = first.year;
    let title = title_of(app, year, &first.title)?;
    let mut dated = Vec::with_capacity(reserves.len());
    for application in reserves {
        let as_of = as_of(tx, app, application).await?;
        dated.push(((*application).clone(), as_of));
    }
    let ids: Vec<ApplicationId> = dated.iter().map(|(one, _)| one.id).collect();
    let findings = finding::of_applications(tx, &ids).await?;
    let assessed = confirmed::of_many(tx, app, &dated, &findings, year).await?;
    let mut standings = Vec::with_capacity(dated.len());
    for ((application, _), assessment) in dated.iter().zip(assessed) {
        let assessment = match assessment {
            Ok(assessment) => assessment,
            Err(Error::NotFound) => {
                standings.push(Standing {
                    is_fit: false,
                    unconfirmed: 0,
                });
                continue;
            }
            Err(error) => return Err(error),
        };
        let own = findings
            .iter()
            .filter(|finding| finding.application == application.id);
        let standard = app.standards.of(year);
        let unconfirmed = review::unconfirmed(standard, &assessment.judgement, &title.key, own);
        standings.push(Standing {
            is_fit: is_fit(&assessment, title),
            unconfirmed: unconfirmed.len(),
        });
    }
    Ok(standings)
}

/// Tells those that were passed over for another why they were.
async fn tell_passed(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    passed: &[&Application],
    (taken_up, federation, reason): (&Application, &str, &str),
) -> Result<()> {
    let units: Vec<UnitId> = passed.iter().map(|one| one.unit.id).collect();
    let units = subject::units(tx, &units).await?;
    for one in passed {
        let Some(unit) = units.iter().find(|unit| unit.id == one.unit.id) else {
            continue;
        };
        let [applicant, title] = telling::file(app, one);
        let to = telling::whose(one, &unit.place());
        let told = Message::of(Kind::PassedOver, telling::about(one), taken_up.id, to);
        let next = taken_up.applicant_name();
        let told = told.says([applicant, title, federation.into(), next.into()]);
        tell(app, tx, actor, told.because(vec![reason.into()]));
    }
    Ok(())
}
