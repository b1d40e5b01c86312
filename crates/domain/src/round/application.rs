//! An application for a title and its way through a round: draft, under review at a step of its route, returned, withdrawn, rejected or
//! named. Every transition consumes the old application and gives the new one, or a refusal.

use jianjia_standard::programme::RouteAct;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        ids::{AccountId, ApplicationEventId, ApplicationId, JudgementId, PersonId, UnitId},
        policy::{Permit, Permitted, act},
    },
    round::route::{Step, step_of},
};

mod place;
mod refusal;
pub use refusal::ApplicationRefusal;

/// An application of a unit, or of one of its people, for a title in a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    pub id: ApplicationId,
    pub year: i16,
    pub title: String,
    pub unit: ApplicantUnit,
    /// For the personal titles.
    pub person: Option<ApplicantPerson>,
    /// What the applicant says of itself.
    pub story: String,
    pub state: State,
    /// Empty until it is submitted, frozen from then on.
    pub route: Vec<Step>,
    /// The place in the recommending federation's list, from 1.
    pub rank: Option<i64>,
    /// The federation that recommended it to the city.
    pub recommended_by: Option<UnitId>,
    /// The judgement that it was submitted or decided on.
    pub judgement: Option<JudgementId>,
    /// Since when it has been where it is.
    pub since_at: Timestamp,
    /// When it was handed in first. Its day is the one as of which it is judged, however often it is corrected.
    pub submitted_at: Option<Timestamp>,
    pub created_by: AccountId,
    pub created_at: Timestamp,
    pub revision: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicantUnit {
    pub id: UnitId,
    pub path: String,
    pub name: String,
    pub sort_key: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicantPerson {
    pub id: PersonId,
    pub name: String,
}

/// Where an application is. `step` counts in its route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    Draft,
    UnderReview {
        step: usize,
    },
    /// With the applicant for correction; it comes back to `step`.
    Returned {
        step: usize,
    },
    Withdrawn {
        at: Timestamp,
    },
    Rejected {
        step: usize,
        at: Timestamp,
    },
    Named {
        step: usize,
        at: Timestamp,
    },
}

/// The number by which an application is named, on its receipt and on the telephone: `2016-00042`.
pub fn receipt_number(year: i16, number: i64) -> String {
    format!("{year}-{number:05}")
}

/// The Chinese word of a state's key.
pub fn state_word(key: &str) -> &'static str {
    match key {
        "draft" => "草稿",
        "under-review" => "审核中",
        "returned" => "退回补正",
        "withdrawn" => "已撤回",
        "rejected" => "未通过",
        "named" => "已命名",
        _ => "",
    }
}

impl Application {
    /// Who applies, in words.
    pub fn applicant_name(&self) -> String {
        match &self.person {
            Some(person) => format!("{}（{}）", person.name, self.unit.name),
            None => self.unit.name.clone(),
        }
    }
}

jianjia_standard::keyed! {
    /// What happened to an application.
    pub enum EventAct {
        Drafted = "drafted" / "经过|起草",
        Submitted = "submitted" / "经过|提交申报",
        Withdrawn = "withdrawn" / "经过|撤回",
        Returned = "returned" / "经过|退回补正",
        Resubmitted = "resubmitted" / "经过|更正后再次提交",
        Endorsed = "endorsed" / "经过|签署同意意见",
        Recommended = "recommended" / "经过|推荐",
        TakenUp = "taken-up" / "经过|递补推荐",
        RecommendationUndone = "recommendation-undone" / "经过|撤销推荐",
        Rejected = "rejected" / "经过|不予通过",
        Named = "named" / "经过|通过并命名",
    }
}

/// One thing that happened, with the opinion and reasons given then. Added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationEvent {
    pub id: ApplicationEventId,
    pub application: ApplicationId,
    pub act: EventAct,
    /// The step it was at; none before it is submitted.
    pub step: Option<usize>,
    pub unit: UnitId,
    pub unit_name: String,
    pub account: Option<AccountId>,
    pub account_name: String,
    pub opinion: String,
    pub reasons: Vec<CriterionReason>,
    pub judgement: Option<JudgementId>,
    pub at: Timestamp,
    pub request_key: Option<String>,
}

/// What is wrong with one criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionReason {
    pub clause: String,
    pub note: String,
}

/// Where an application is returned to for correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnTo {
    Applicant,
    Step(usize),
}

/// The acts that end an application without the title: a step's own, and the city's with its candidates (P4).
pub trait Rejecting: Permitted {}
impl Rejecting for act::RejectApplication {}
impl Rejecting for act::NameApplications {}

/// The acts that give the title: the decision of a district or industry federation (P1, P2), and the city's naming (P4).
pub trait Naming: Permitted {}
impl Naming for act::DecideApplication {}
impl Naming for act::NameApplications {}

/// The acts by which a federation puts a candidate forward (P3): recommending it, and taking a reserve up.
pub trait Recommending: Permitted {}
impl Recommending for act::RecommendApplication {}
impl Recommending for act::TakeUpReserve {}

/// Hands a draft in, or a returned application in again: it comes back to the step that returned it.
///
/// # Errors
/// When it is already under way or has ended.
pub fn submit(
    application: Application,
    _: &Permit<act::SubmitApplication>,
    route: Vec<Step>,
    judgement: JudgementId,
    now: Timestamp,
) -> Result<Application, ApplicationRefusal> {
    let (step, route) = match application.state {
        State::Draft => (0, route),
        State::Returned { step } => (step, application.route.clone()),
        _ => return Err(ApplicationRefusal::wrong_state(&application)),
    };
    Ok(Application {
        route,
        judgement: Some(judgement),
        submitted_at: application.submitted_at.or(Some(now)),
        ..moved(application, State::UnderReview { step }, now)
    })
}

/// Throws a draft away.
///
/// # Errors
/// When it is no draft any more.
pub fn discard(
    application: Application,
    _: &Permit<act::DraftApplication>,
    now: Timestamp,
) -> Result<Application, ApplicationRefusal> {
    if application.state != State::Draft {
        return Err(ApplicationRefusal::wrong_state(&application));
    }
    Ok(taken_back(application, now))
}

/// Takes back what was handed in.
///
/// # Errors
/// When it was not handed in, or has ended already.
pub fn withdraw(
    application: Application,
    _: &Permit<act::WithdrawApplication>,
    now: Timestamp,
) -> Result<Application, ApplicationRefusal> {
    if application.state == State::Draft || application.state.closed_at().is_some() {
        return Err(ApplicationRefusal::wrong_state(&application));
    }
    Ok(taken_back(application, now))
}

fn taken_back(application: Application, now: Timestamp) -> Application {
    Application {
        rank: None,
        recommended_by: None,
        ..moved(application, State::Withdrawn { at: now }, now)
    }
}

/// The unit whose turn it is gives its favourable opinion: on to the next step.
///
/// # Errors
/// When this step doesn't end with an opinion.
pub fn endorse(
    application: Application,
    _: &Permit<act::EndorseApplication>,
    now: Timestamp,
) -> Result<Application, ApplicationRefusal> {
    let step = expect_step(&application, &[RouteAct::Endorse])?;
    Ok(moved(
        application,
        State::UnderReview { step: step + 1 },
        now,
    ))
}

/// The federation recommends it to the city (clause P3).
///
/// # Errors
/// When this step doesn't end with a recommendation.
pub fn recommend<A: Recommending>(
    application: Application,
    _: &Permit<A>,
    now: Timestamp,
) -> Result<Application, ApplicationRefusal> {
    let step = expect_step(&application, &[RouteAct::Recommend])?;
    Ok(Application {
        recommended_by: Some(application.route[step].unit.id),
        ..moved(application, State::UnderReview { step: step + 1 }, now)
    })
}

/// Takes a recommendation back while the city hasn't named it.
///
/// # Errors
/// When it isn't recommended by `unit`, or has gone further.
pub fn undo_recommendation(
    application: Application,
    _: &Permit<act::RecommendApplication>,
    unit: &UnitId,
    now: Timestamp,
) -> Result<Application, ApplicationRefusal> {
    let back_to = match application.state {
        State::UnderReview { step } if step > 0 && application.recommended_by == Some(*unit) => {
            step - 1
        }
        _ => return Err(ApplicationRefusal::wrong_state(&application)),
    };
    Ok(Application {
        recommended_by: None,
        ..moved(application, State::UnderReview { step: back_to }, now)
    })
}

/// Sends it back for correction, to the applicant or to any earlier step.
///
/// # Errors
/// When it isn't under review, or the step isn't an earlier one.
pub fn send_back(
    application: Application,
    _: &Permit<act::ReturnApplication>,
    to: ReturnTo,
    now: Timestamp,
) -> Result<Application, ApplicationRefusal> {
    let State::UnderReview { step } = application.state else {
        return Err(ApplicationRefusal::wrong_state(&application));
    };
    let state = match to {
        ReturnTo::Applicant => State::Returned { step },
        ReturnTo::Step(earlier) if earlier < step => State::UnderReview { step: earlier },
        ReturnTo::Step(_) => return Err(ApplicationRefusal::NotAnEarlierStep),
    };
    // A place in the quota is free again once the application is behind the step that took it.
    let recommending = application
        .recommended_by
        .and_then(|unit| step_of(&application.route, &unit));
    let keeps_place = match to {
        ReturnTo::Applicant => true,
        ReturnTo::Step(earlier) => recommending.is_some_and(|recommending| earlier > recommending),
    };
    Ok(Application {
        recommended_by: application.recommended_by.filter(|_| keeps_place),
        ..moved(application, state, now)
    })
}

/// Ends it without the title; `judgement` says on what. A place in a quota that it had stays used: the federation chose it.
///
/// # Errors
/// When it isn't under review.
pub fn reject<A: Rejecting>(
    application: Application,
    _: &Permit<A>,
    judgement: Option<JudgementId>,
    now: Timestamp,
) -> Result<Application, ApplicationRefusal> {
    let State::UnderReview { step } = application.state else {
        return Err(ApplicationRefusal::wrong_state(&application));
    };
    Ok(Application {
        judgement: judgement.or(application.judgement),
        ..moved(application, State::Rejected { step, at: now }, now)
    })
}

/// The deciding unit names it: a district or industry federation (P1, P2), or the city (P4).
///
/// # Errors
/// When this step decides nothing.
pub fn name<A: Naming>(
    application: Application,
    _: &Permit<A>,
    judgement: Option<JudgementId>,
    now: Timestamp,
) -> Result<Application, ApplicationRefusal> {
    let step = expect_step(&application, &[RouteAct::Decide, RouteAct::Name])?;
    Ok(Application {
        judgement: judgement.or(application.judgement),
        ..moved(application, State::Named { step, at: now }, now)
    })
}

fn expect_step(application: &Application, acts: &[RouteAct]) -> Result<usize, ApplicationRefusal> {
    let State::UnderReview { step } = application.state else {
        return Err(ApplicationRefusal::wrong_state(application));
    };
    match application.route.get(step) {
        Some(now) if acts.contains(&now.act) => Ok(step),
        Some(now) => Err(ApplicationRefusal::WrongStep {
            unit: now.unit.name.clone(),
            act: now.act,
        }),
        None => Err(ApplicationRefusal::wrong_state(application)),
    }
}

fn moved(application: Application, state: State, now: Timestamp) -> Application {
    Application {
        state,
        since_at: now,
        revision: application.revision + 1,
        ..application
    }
}

#[cfg(test)]
mod tests;
