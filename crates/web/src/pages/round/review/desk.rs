//! One file on the desk: criteria beside evidence, findings, opinions, and the acts of this step.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, error::Result as Done},
    rating::poll::{self as polls, PollPage},
    round::{
        application::ClauseRow,
        paper::of_application,
        review::{self as reviews, Desk, Look},
    },
};
use jianjia_domain::{
    core::{
        ids::ApplicationId,
        policy::{Act, Actor},
    },
    round::review::Outcome,
};
use jianjia_standard::{check::Check, programme::Verify};
use serde::Deserialize;

use crate::{
    form::{Problems, named::Fields, told},
    frame::Frame,
    page::{
        PageError, PageResult, page, see_other, see_other_linking, see_other_with, unprocessable,
    },
    pages::round::{
        address,
        application::progress::{EventLine, StepLine, events, steps},
        home::criteria::verify_word,
    },
    paper::{self, Link},
    path::{self, Path},
    request_key,
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

mod decision;
mod finding;
mod standing;

use super::{asked::Asked as List, assigning};
use standing::{named, stands};

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
            finding::find,
        ),
        Route::post(
            "/applications/{id}/conflict",
            Access::Act(Act::DeclareConflict),
            finding::declare,
        ),
        Route::post(
            "/applications/{id}/assignment",
            Access::Act(Act::TakeFile),
            assigning::assign_one,
        ),
        Route::post(
            "/applications/{id}/notes",
            Access::Act(Act::NoteFile),
            assigning::note,
        ),
        Route::post(
            "/applications/{id}/endorsement",
            Access::Act(Act::EndorseApplication),
            decision::endorse,
        ),
        Route::post(
            "/applications/{id}/decision",
            Access::Act(Act::DecideApplication),
            decision::decide,
        ),
        Route::post(
            "/applications/{id}/return",
            Access::Act(Act::ReturnApplication),
            decision::send_back,
        ),
        Route::post(
            "/applications/{id}/rejection",
            Access::Act(Act::RejectApplication),
            decision::reject,
        ),
    ]
}

#[derive(Template)]
#[template(path = "round/review/desk.html")]
struct DeskPage {
    frame: Frame,
    desk: Desk,
    steps: Vec<StepLine>,
    events: Vec<EventLine>,
    barred: Option<String>,
    /// Where it stands, where it is under review with nobody.
    stands: Option<String>,
    /// Where it can be returned to: key and words.
    returns: Vec<(String, String)>,
    /// Claimed and looked at by nobody; found to hold; found not to; a document is expected and there is none.
    claimed: usize,
    confirmed: usize,
    rejected: usize,
    lacking: usize,
    /// Of what is only claimed: the names, and the names of what lacks a document.
    rest: Vec<String>,
    rest_lacking: Vec<String>,
    /// Why it can't be decided or recommended today.
    not_now: Option<String>,
    /// Why it can't be handed on.
    not_passed: Option<String>,
    /// Clause and name of what is to be looked at; the rest is folded.
    to_look: Vec<(String, String)>,
    /// Everything unfolded.
    is_all: bool,
    /// For each clause of the view the next one that nobody has found on; empty after the last.
    nexts: Vec<String>,
    /// The list that one came from: its address, and what forms and links take along of it.
    list: String,
    back: String,
    colleagues: Vec<(String, String)>,
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

    /// The roll of the result beside the members; empty where they are the same.
    fn roll_words(&self) -> String {
        let rating = self.rating.as_ref();
        rating.map_or_else(String::new, |rating| rating.roll_words(self.frame.lang))
    }

    /// Another file's desk, opened from the same list.
    fn file(&self, id: &ApplicationId) -> String {
        let back = Fields(vec![("back".to_owned(), self.back.clone())]);
        address_of(id, &back, "")
    }

    /// This desk with every criterion unfolded.
    fn unfolded(&self) -> String {
        let all = [("back", self.back.clone()), ("all", "1".to_owned())];
        let all = all.map(|(name, value)| (name.to_owned(), value)).to_vec();
        address_of(&self.desk.view.application.id, &Fields(all), "")
    }

    fn papers(&self) -> Vec<Link> {
        let (view, actor) = (&self.desk.view, self.frame.actor.as_ref());
        let kinds = actor.map_or_else(Vec::new, |actor| of_application(actor, view));
        paper::links(&address::application(&view.application.id), &kinds)
    }

    /// What was typed into a field, when the form comes back.
    fn typed(&self, name: &str) -> &str {
        self.typed.first(name)
    }

    /// Whether a criterion is unfolded: it is to be looked at, or its form came back.
    fn is_open(&self, row: &ClauseRow, look: &Option<Look>) -> bool {
        let note = format!("note_{}", row.clause);
        self.is_all
            || look.is_some()
            || self.problems.of(&note).is_some()
            || self.typed("open") == row.clause
    }

    /// The one figure of a criterion's line: as it was worked out, or the answer.
    fn figure(&self, row: &ClauseRow) -> String {
        match (row.figures.first(), row.facts.first()) {
            (Some(figure), _) if figure.ends_a_term => self.frame.t1("任期到 {}", &figure.actual),
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
    Path(id): Path<ApplicationId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let list = List::of(&asked.back).input()?;
    let desk = reviews::desk_in(&app, &actor, &id, &list).await?;
    let typed = Fields(vec![
        ("all".to_owned(), asked.all),
        ("open".to_owned(), asked.open),
        ("back".to_owned(), asked.back),
    ]);
    let rating = rating(&app, &actor, &desk).await?;
    let problems = Problems::none();
    page(&desk_page(&app, frame, (desk, rating), typed, problems))
}

/// `?all=1`: with every criterion unfolded; `open`: with this one; `back`: from which list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    all: String,
    open: String,
    back: String,
}

/// The desk's address, unfolded where it was and with this criterion, from the list that it was opened from.
fn address_of(id: &ApplicationId, typed: &Fields, open: &str) -> String {
    let mut asked = Vec::new();
    if typed.first("all") == "1" {
        asked.push("all=1".to_owned());
    } else if !open.is_empty() {
        asked.push(format!("open={}", percent_encoded(open)));
    }
    let back = List::of(typed.first("back")).query();
    if !back.is_empty() {
        asked.push(format!("back={}", percent_encoded(&back)));
    }
    let query = asked.join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{mark}{query}", address::review(id))
}

/// The members' rating, where a criterion on the desk asks for it.
async fn rating(app: &App, actor: &Actor, desk: &Desk) -> Result<Option<PollPage>, PageError> {
    let asks = |clause: &str| {
        let standard = app.standards.of(desk.view.application.year);
        let mut criteria = standard.titles.iter().flat_map(|title| &title.criteria);
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

/// How many criteria were found to be so.
fn with_outcome(clauses: &[ClauseRow], outcome: Outcome) -> usize {
    let found = clauses.iter().filter_map(ClauseRow::finding);
    found.filter(|finding| finding.outcome == outcome).count()
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
    let claimed = || clauses.iter().filter(|row| row.is_claimed());
    let name = |row: &ClauseRow| frame.text(&row.name).to_owned();
    let stands = stands(&frame, &desk.view.application.state);
    DeskPage {
        steps: steps(&frame, &desk.view),
        events: events(app, &frame, &desk.view),
        // A file that is nobody's to act on is no error to look at.
        barred: desk
            .barred
            .as_ref()
            .filter(|_| stands.is_none())
            .map(|refusal| refusal.sentence(frame.lang)),
        stands,
        rest: claimed().map(name).collect(),
        rest_lacking: claimed()
            .filter(|row| row.lacks_evidence())
            .map(name)
            .collect(),
        claimed: clauses.iter().filter(|row| row.is_claimed()).count(),
        confirmed: with_outcome(clauses, Outcome::Confirmed),
        rejected: with_outcome(clauses, Outcome::Rejected),
        lacking: clauses.iter().filter(|row| row.lacks_evidence()).count(),
        not_now: desk
            .not_now
            .as_ref()
            .map(|refusal| refusal.sentence(frame.lang)),
        not_passed: desk
            .not_passed
            .as_ref()
            .map(|refusal| refusal.sentence(frame.lang)),
        request_key: request_key::fresh(app),
        to_look: clauses
            .iter()
            .zip(&desk.looks)
            .filter(|(_, look)| look.is_some())
            .map(|(row, _)| (row.clause.clone(), frame.text(&row.name).to_owned()))
            .collect(),
        is_all: typed.first("all") == "1",
        nexts: nexts(clauses),
        list: List::of(typed.first("back")).list(),
        back: List::of(typed.first("back")).query(),
        colleagues: desk
            .colleagues
            .iter()
            .map(|(id, name)| (id.to_string(), name.clone()))
            .collect(),
        rating,
        returns,
        typed,
        problems,
        desk,
        frame,
    }
}

/// For each criterion the next that nobody has found on, going round; empty where there is no other.
fn nexts(clauses: &[ClauseRow]) -> Vec<String> {
    let number = clauses.len();
    (0..number)
        .map(|here| {
            let mut others = (1..number).map(|further| &clauses[(here + further) % number]);
            others
                .find(|row| row.findings.is_empty())
                .map_or_else(String::new, |row| row.clause.clone())
        })
        .collect()
}

/// Where an act on the desk leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To<'a> {
    /// The list that one came from; the notice links to its next file.
    List,
    /// This desk.
    Desk,
    /// This desk, at the criterion that comes next; at the acts where it is empty.
    Criterion(&'a str),
    Application,
}

/// On with a notice (none where it is empty), or the desk again with what was typed and what is wrong with it.
pub(super) async fn answered<T>(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &ApplicationId,
    result: Done<T>,
    typed: Fields,
    (to, notice): (To<'_>, &str),
) -> PageResult {
    let list = List::of(typed.first("back"));
    match told(result, &frame)? {
        Ok(_) => match to {
            To::List => match path::read::<ApplicationId>(typed.first("next")) {
                Ok(next) => {
                    let next = address_of(&next, &typed, "");
                    see_other_linking(&list.list(), notice, (&next, "下一份"))
                }
                Err(_) => see_other_with(&list.list(), notice),
            },
            To::Desk => see_other_with(&address_of(id, &typed, ""), notice),
            To::Criterion("") => see_other(&format!("{}#acts", address_of(id, &typed, ""))),
            To::Criterion(clause) => {
                see_other(&format!("{}#c-{clause}", address_of(id, &typed, clause)))
            }
            To::Application => see_other_with(&address::application(id), notice),
        },
        Err(problems) => {
            let desk = reviews::desk_in(app, actor, id, &list.input()?).await?;
            let rating = rating(app, actor, &desk).await?;
            let problems = named(&frame, problems, &desk.view.clauses);
            unprocessable(&desk_page(app, frame, (desk, rating), typed, problems))
        }
    }
}
