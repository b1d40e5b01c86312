//! One file on the desk: criteria beside evidence, findings, opinions, and the acts of this step.

use askama::Template;
use axum::extract::{Path, Query, State};
use jianjia_app::{
    core::app::App,
    rating::poll::{self as polls, PollPage},
    round::{
        application::{ClauseRow, Expected},
        review::{
            self as reviews, Desk, FindingInput, Look, OpinionInput, RejectInput, ReturnInput,
        },
    },
};
use jianjia_domain::{
    core::{
        ids::ApplicationId,
        policy::{Act, Actor},
    },
    round::{
        application::{CriterionReason, ReturnTo},
        review::Outcome,
    },
};
use jianjia_standard::{check::Check, programme::Verify};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, see_other_with, unprocessable},
    pages::{
        round::application::{EventLine, StepLine, events, steps},
        year::{
            home::criteria::verify_word,
            sheet::{fresh_key, read_id},
        },
    },
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/applications/{id}/review",
            Access::Act(Act::DeclareConflict),
            show,
        ),
        Route::post(
            "/applications/{id}/findings",
            Access::Act(Act::RecordFinding),
            find,
        ),
        Route::post(
            "/applications/{id}/conflict",
            Access::Act(Act::DeclareConflict),
            declare,
        ),
        Route::post(
            "/applications/{id}/endorsement",
            Access::Act(Act::EndorseApplication),
            endorse,
        ),
        Route::post(
            "/applications/{id}/decision",
            Access::Act(Act::DecideApplication),
            decide,
        ),
        Route::post(
            "/applications/{id}/return",
            Access::Act(Act::ReturnApplication),
            send_back,
        ),
        Route::post(
            "/applications/{id}/rejection",
            Access::Act(Act::RejectApplication),
            reject,
        ),
    ]
}

type Fields = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "round/review/desk.html")]
struct DeskPage {
    frame: Frame,
    desk: Desk,
    steps: Vec<StepLine>,
    events: Vec<EventLine>,
    barred: Option<String>,
    /// Where it can be returned to: key and words.
    returns: Vec<(String, String)>,
    found: usize,
    /// Clause and name of what is to be looked at; the rest is folded.
    to_look: Vec<(String, String)>,
    /// Everything unfolded.
    is_all: bool,
    /// The members' rating of the year, where the title asks for one.
    rating: Option<PollPage>,
    typed: Fields,
    request_key: String,
    problems: Problems,
}

impl DeskPage {
    /// What is worth a look in the rating; it decides nothing.
    fn signals(&self) -> Vec<String> {
        let poll = self.rating.as_ref().and_then(|rating| rating.poll.as_ref());
        let record = poll.and_then(|poll| poll.record());
        record.map_or_else(Vec::new, |record| {
            let signals = record.signals.iter();
            signals
                .map(|signal| signal.sentence(self.frame.lang))
                .collect()
        })
    }

    /// What was typed into a field, when the form comes back.
    fn typed(&self, name: &str) -> &str {
        field(&self.typed, name)
    }

    /// Whether a criterion is unfolded: it is to be looked at, or its form came back.
    fn is_open(&self, row: &ClauseRow, look: &Option<Look>) -> bool {
        let note = format!("note_{}", row.clause);
        self.is_all || look.is_some() || self.problems.of(&note).is_some()
    }

    /// The one figure of a criterion's line: as it was worked out, or the answer.
    fn figure(&self, row: &ClauseRow) -> String {
        match (row.figures.first(), row.facts.first()) {
            (Some(figure), _) if figure.required.is_empty() => figure.actual.clone(),
            (Some(figure), _) => {
                let (actual, required) = (&figure.actual, &figure.required);
                self.frame.t2("{}（要求 {}）", actual, required)
            }
            (None, Some((_, answer))) => self.frame.text(answer).to_owned(),
            (None, None) => String::new(),
        }
    }

    /// Why a criterion is to be looked at, where its state doesn't say so itself.
    fn why(&self, look: &Option<Look>) -> &'static str {
        match look {
            Some(Look::Rejected) => self.frame.t_fixed("审核不认可"),
            Some(Look::NewEvidence) => self.frame.t_fixed("提交以后新附了材料"),
            Some(Look::Changed) => self.frame.t_fixed("与去年不同"),
            Some(Look::Unmet | Look::Unknown) | None => "",
        }
    }

    fn verify(&self, verify: &[Verify]) -> String {
        let words: Vec<&str> = verify
            .iter()
            .map(|verify| self.frame.t_fixed(verify_word(*verify)))
            .collect();
        words.join(self.frame.t("、"))
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let desk = reviews::desk(&app, &actor, &read_id(&id)?).await?;
    let typed = vec![("all".to_owned(), asked.all)];
    let rating = rating(&app, &actor, &desk).await?;
    let problems = Problems::none();
    page(&desk_page(&app, frame, (desk, rating), typed, problems))
}

/// `?all=1`: with every criterion unfolded.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    all: String,
}

/// The desk's address, unfolded where it was.
fn address(id: &ApplicationId, typed: &Fields) -> String {
    let all = if field(typed, "all") == "1" {
        "?all=1"
    } else {
        ""
    };
    format!("/applications/{id}/review{all}")
}

/// The members' rating, where a criterion on the desk asks for it.
async fn rating(app: &App, actor: &Actor, desk: &Desk) -> Result<Option<PollPage>, PageError> {
    let asks = |clause: &str| {
        let mut criteria = app.standard.titles.iter().flat_map(|title| &title.criteria);
        criteria.any(|asked| {
            asked.clause == clause
                && asked
                    .check
                    .parts()
                    .iter()
                    .any(|check| matches!(check, Check::Rating { .. }))
        })
    };
    if !desk.view.clauses.iter().any(|row| asks(&row.clause)) {
        return Ok(None);
    }
    let (unit, year) = (&desk.view.unit.id, desk.view.application.year);
    Ok(Some(polls::of_unit(app, actor, unit, year).await?))
}

fn desk_page(
    app: &App,
    frame: Frame,
    (desk, rating): (Desk, Option<PollPage>),
    typed: Fields,
    problems: Problems,
) -> DeskPage {
    let mut returns = vec![(
        "applicant".to_owned(),
        desk.view.application.applicant_name(),
    )];
    let here = desk.view.application.state.step().unwrap_or(0);
    for (place, step) in desk.view.application.route.iter().enumerate().take(here) {
        returns.push((place.to_string(), step.unit.name.clone()));
    }
    let clauses = &desk.view.clauses;
    DeskPage {
        steps: steps(&frame, &desk.view),
        events: events(app, &frame, &desk.view),
        barred: desk
            .barred
            .as_ref()
            .map(|refusal| refusal.sentence(frame.lang)),
        found: clauses
            .iter()
            .filter(|row| !row.findings.is_empty())
            .count(),
        request_key: fresh_key(app),
        to_look: clauses
            .iter()
            .zip(&desk.looks)
            .filter(|(_, look)| look.is_some())
            .map(|(row, _)| (row.clause.clone(), frame.text(&row.name).to_owned()))
            .collect(),
        is_all: field(&typed, "all") == "1",
        rating,
        returns,
        typed,
        problems,
        desk,
        frame,
    }
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields
        .iter()
        .find(|(key, _)| key == name)
        .map_or("", |(_, value)| value)
}

fn expected(fields: &Fields) -> Result<Expected, PageError> {
    Ok(Expected {
        revision: read_id(field(fields, "revision"))?,
        request_key: field(fields, "request_key").to_owned(),
    })
}

/// The notes typed beside criteria: `reason_M1b`.
fn reasons(fields: &Fields) -> Vec<CriterionReason> {
    fields
        .iter()
        .filter_map(|(key, note)| {
            Some(CriterionReason {
                clause: key.strip_prefix("reason_")?.to_owned(),
                note: note.clone(),
            })
        })
        .collect()
}

async fn find(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let id = read_id(&id)?;
    let desk = address(&id, &fields);
    if field(&fields, "rest") == "confirmed" {
        let done = reviews::confirm_rest(&app, &actor, &id).await;
        let to = (desk.as_str(), "其余各条都已确认。");
        return answered(&app, &actor, frame, &id, done, fields, to).await;
    }
    let clause = field(&fields, "clause").to_owned();
    let input = FindingInput {
        outcome: Outcome::from_key(field(&fields, "outcome")).ok_or(PageError::NotFound)?,
        note: field(&fields, &format!("note_{clause}")).to_owned(),
        clause: clause.clone(),
    };
    let done = reviews::record_finding(&app, &actor, &id, &input).await;
    // The row itself shows what was found.
    let to = (&*format!("{desk}#c-{clause}"), "");
    answered(&app, &actor, frame, &id, done, fields, to).await
}

async fn declare(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let id = read_id(&id)?;
    let done = reviews::declare_conflict(&app, &actor, &id, field(&fields, "conflict")).await;
    let to = ("/reviews", "已声明回避，这份申报由同事办理。");
    answered(&app, &actor, frame, &id, done, fields, to).await
}

async fn endorse(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let id = read_id(&id)?;
    let done = reviews::endorse(&app, &actor, &id, &opinion(&fields)?).await;
    let to = ("/reviews", "意见已签署，申报已报上一级。");
    answered(&app, &actor, frame, &id, done, fields, to).await
}

async fn decide(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let id = read_id(&id)?;
    let done = reviews::decide(&app, &actor, &id, &opinion(&fields)?).await;
    let to = (
        &*format!("/applications/{id}"),
        "已通过，称号从今天起生效。",
    );
    answered(&app, &actor, frame, &id, done, fields, to).await
}

async fn send_back(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let id = read_id(&id)?;
    let input = ReturnInput {
        to: match field(&fields, "to") {
            "" | "applicant" => ReturnTo::Applicant,
            step => ReturnTo::Step(read_id(step)?),
        },
        opinion: field(&fields, "return_opinion").to_owned(),
        reasons: reasons(&fields),
        expected: expected(&fields)?,
    };
    let done = reviews::send_back(&app, &actor, &id, &input).await;
    let to = ("/reviews", "已退回更正，对方会看到逐条的理由。");
    answered(&app, &actor, frame, &id, done, fields, to).await
}

async fn reject(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let id = read_id(&id)?;
    let input = RejectInput {
        reason: field(&fields, "reason").to_owned(),
        reasons: reasons(&fields),
        expected: expected(&fields)?,
    };
    let done = reviews::reject(&app, &actor, &id, &input).await;
    let to = ("/reviews", "已办结：不予通过，理由已告知申报单位。");
    answered(&app, &actor, frame, &id, done, fields, to).await
}

fn opinion(fields: &Fields) -> Result<OpinionInput, PageError> {
    Ok(OpinionInput {
        opinion: field(fields, "opinion").to_owned(),
        expected: expected(fields)?,
    })
}

/// On to an address with a notice (none where it is empty), or the desk again with what was typed and what is wrong with it.
async fn answered<T>(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &ApplicationId,
    result: jianjia_app::core::error::Result<T>,
    typed: Fields,
    (to, notice): (&str, &str),
) -> PageResult {
    match told(result, &frame)? {
        Ok(_) if notice.is_empty() => see_other(to),
        Ok(_) => see_other_with(to, notice),
        Err(problems) => {
            let desk = reviews::desk(app, actor, id).await?;
            let rating = rating(app, actor, &desk).await?;
            unprocessable(&desk_page(app, frame, (desk, rating), typed, problems))
        }
    }
}
