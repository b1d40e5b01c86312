//! A federation's ranked list of candidates for a trusted title: order, recommend within the quota, undo, close.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    round::{
        recommendation::{self as recommendations, Answer, Candidate, RankedList, RuleLine},
        review::LookedAt,
        round as rounds,
    },
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        policy::{Act, Actor},
    },
    round::{
        application::Application,
        recommendation::Quota,
        structure::{Holding, Tally},
    },
};
use jianjia_standard::programme::{Holds, Unconfirmed};
use serde::Deserialize;

use crate::{
    form::{Problems, named::Fields},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, unprocessable},
    pages::round::{
        address,
        application::progress::state_class,
        review::{is_chosen, looked_at_words},
    },
    paper::{self, Link},
    path::{self, Path},
    request_key,
    routes::{Access, Route},
    session::SignedIn,
};

mod acting;
mod export;
mod shares;
pub(super) mod structure;

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::CloseRecommendation);
    vec![
        Route::get("/recommendations", Access::SignedIn, first),
        Route::get("/recommendations/{year}/{title}", Access::Seen, show),
        Route::get(
            "/recommendations/{year}/{title}/export",
            Access::Seen,
            export::export,
        ),
        Route::post("/recommendations/{year}/{title}/ranking", act, acting::rank),
        Route::post(
            "/recommendations/{year}/{title}/recommendation",
            act,
            acting::recommend,
        ),
        Route::post("/recommendations/{year}/{title}/undo", act, acting::undo),
        Route::post(
            "/recommendations/{year}/{title}/closure",
            act,
            acting::close,
        ),
        Route::post(
            "/recommendations/{year}/{title}/reserve",
            act,
            acting::take_up,
        ),
        Route::post(
            "/recommendations/{year}/{title}/return",
            act,
            acting::give_back,
        ),
        Route::post("/recommendations/{year}/{title}/answers", act, acting::say),
        Route::get(
            "/recommendations/{year}/{title}/shares",
            Access::Seen,
            shares::show,
        ),
        Route::post(
            "/recommendations/{year}/{title}/shares",
            Access::Act(Act::SplitQuota),
            shares::split,
        ),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    of: String,
}

#[derive(Template)]
#[template(path = "round/recommendation/show.html")]
struct Show {
    frame: Frame,
    standards: Standards,
    list: RankedList,
    titles: Vec<(String, String)>,
    federations: Vec<(String, String)>,
    closed: Option<String>,
    /// Whether what nobody confirmed may be confirmed for many files in the approver's name.
    may_confirm: bool,
    typed: Fields,
    request_key: String,
    problems: Problems,
    papers: Vec<Link>,
}

impl Show {
    /// The places, once the list is closed.
    fn closed_quota(&self) -> Option<&Quota> {
        let quota = self.list.quota.as_ref();
        quota.filter(|quota| quota.closed_at.is_some())
    }

    fn looked_at(&self, looked_at: &LookedAt) -> String {
        looked_at_words(&self.frame, *looked_at)
    }

    fn title_name(&self, key: &str, year: &i16) -> String {
        let title = self.standards.title(*year, key);
        let name = title.map_or(key, |title| self.frame.text(&title.name));
        self.frame.t2("{}（{} 年）", name, year)
    }

    fn path(&self) -> String {
        address::recommendations(self.list.year, &self.list.title)
    }

    /// The rank that was typed, or the one that is kept, which the city reads too; empty where none was given yet.
    fn rank(&self, application: &Application) -> String {
        let typed = self.typed.get(&format!("rank_{}", application.id));
        let kept = application.rank;
        typed.map_or_else(
            || kept.map_or_else(String::new, |rank| rank.to_string()),
            str::to_owned,
        )
    }

    /// Whether it was ticked in the form that came back.
    fn is_chosen(&self, id: &ApplicationId) -> bool {
        is_chosen(&self.typed, id)
    }

    /// The name of the field for an answer about a candidate.
    fn answer_name(&self, id: &ApplicationId, answer: &Answer) -> String {
        format!("answer_{id}_{}", answer.property)
    }

    /// What was typed, or what was answered.
    fn answer(&self, name: &str, answer: &Answer) -> String {
        let typed = self.typed.get(name);
        let said = answer.said.clone().unwrap_or_default();
        typed.map_or(said, str::to_owned)
    }

    fn choices(&self, answer: &Answer) -> Vec<(String, String)> {
        let choices = answer.choices.iter();
        choices
            .map(|(key, name)| (key.clone(), self.frame.text(name).to_owned()))
            .collect()
    }

    /// Whether something is asked of candidates that can be answered here.
    fn asks(&self) -> bool {
        let mut answers = self.list.candidates.iter().flat_map(|one| &one.answers);
        answers.any(|answer| answer.question.is_some())
    }

    /// Whether a rule is broken or not yet known over those recommended.
    fn warnings(&self) -> Vec<&RuleLine> {
        let lines = self.list.structure.iter();
        lines
            .filter(|line| matches!(line.recommended.1, Holding::Broken | Holding::Unknown))
            .collect()
    }

    fn tally(&self, tally: &Tally) -> String {
        structure::tally(&self.frame, tally)
    }

    fn holding_class(&self, holding: &Holding) -> &'static str {
        structure::holding_class(*holding)
    }

    fn bars(&self, line: &RuleLine) -> bool {
        line.holds == Holds::Bar
    }

    /// Which reserve a candidate is, from 1.
    fn reserve(&self, id: &ApplicationId) -> Option<usize> {
        let reserves = self.list.reserves();
        let place = reserves.iter().position(|one| one.application.id == *id)?;
        Some(place + 1)
    }

    /// Whether reserves can be taken up here: a place came free.
    fn may_take_up(&self) -> bool {
        !self.next().is_empty()
    }

    /// Who can move up, in their order.
    fn next(&self) -> Vec<&Candidate> {
        let candidates = self.list.candidates.iter();
        candidates.filter(|one| one.standing.is_some()).collect()
    }

    /// How many of a reserve's criteria nobody has confirmed.
    fn unconfirmed(&self, candidate: &Candidate) -> usize {
        candidate
            .standing
            .filter(|standing| standing.is_fit)
            .map_or(0, |standing| standing.unconfirmed)
    }

    fn is_fit(&self, candidate: &Candidate) -> bool {
        candidate.standing.is_some_and(|standing| standing.is_fit)
    }

    /// Whether one stands before a reserve that could move up once somebody has looked through it.
    fn passes_over(&self, candidate: &Candidate) -> bool {
        let reserves = self.next().into_iter();
        let mut earlier = reserves.take_while(|one| one.application.id != candidate.application.id);
        earlier.any(|one| self.unconfirmed(one) > 0)
    }

    /// The name of the field for why those before a reserve are passed over.
    fn passing_name(&self, candidate: &Candidate) -> String {
        format!("passing_{}", candidate.application.id)
    }

    /// Whether free places can be given back: the list is closed.
    fn may_give_back(&self) -> bool {
        self.list.may_take_up && self.list.left_over() > 0
    }

    /// What giving back carries from the page: the quota's revision and how many are free.
    fn quota_revision(&self) -> i64 {
        let quota = self.list.quota.as_ref();
        quota.map_or(0, |quota| quota.revision)
    }

    fn in_hand(&self) -> i64 {
        let quota = self.list.quota.as_ref();
        quota.map_or(0, |quota| quota.in_hand())
    }

    fn is_open(&self) -> bool {
        self.closed.is_none() && self.list.may_recommend
    }

    fn class(&self, key: &str) -> &'static str {
        state_class(key)
    }
}

async fn first(State(app): State<App>, SignedIn(_): SignedIn) -> PageResult {
    let titles = recommendations::titles(&app, rounds::current_year(&app));
    let (title, _) = titles.first().ok_or(PageError::NotFound)?;
    see_other(&address::recommendations(rounds::current_year(&app), title))
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let of: Option<UnitId> = match asked.of.as_str() {
        "" => None,
        id => Some(path::read(id)?),
    };
    let list = recommendations::list(&app, &actor, year, &title, of.as_ref()).await?;
    page(&show_page(
        &app,
        frame,
        list,
        Fields::default(),
        Problems::none(),
    ))
}

fn show_page(app: &App, frame: Frame, list: RankedList, typed: Fields, problems: Problems) -> Show {
    Show {
        standards: app.standards.clone(),
        titles: recommendations::titles(app, list.year)
            .into_iter()
            .map(|(key, name)| (key, frame.text(&name).to_owned()))
            .collect(),
        federations: list
            .federations
            .iter()
            .map(|unit| (unit.id.to_string(), unit.name.clone()))
            .collect(),
        closed: list
            .closed
            .as_ref()
            .map(|refusal| refusal.sentence(frame.lang)),
        may_confirm: app.standards.of(list.year).review.unconfirmed == Unconfirmed::Confirm,
        request_key: request_key::fresh(app),
        papers: if list.candidates.is_empty() {
            Vec::new()
        } else {
            let below = address::applications_below(&list.federation.id, list.year, &list.title);
            paper::links(&below, &["summary"])
        },
        list,
        typed,
        problems,
        frame,
    }
}

/// Which list a form is about.
pub(super) struct Place {
    year: i16,
    title: String,
    federation: UnitId,
}

impl Place {
    fn of(year: i16, title: String, fields: &Fields) -> Result<Place, PageError> {
        Ok(Place {
            year,
            title,
            federation: fields.read("federation")?,
        })
    }

    /// As `key` wrote it; none where it can't be read.
    pub(super) fn read(year: &str, title: &str, federation: &str) -> Option<Place> {
        let is_key = title
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_key.then_some(())?;
        Some(Place {
            year: year.parse().ok()?,
            title: title.to_owned(),
            federation: federation.parse().ok()?,
        })
    }

    /// As acts on a list take it.
    fn of_list(&self) -> (i16, &str, &UnitId) {
        (self.year, &self.title, &self.federation)
    }

    /// Year and title, and the federation: what a form that leads elsewhere first takes along.
    pub(super) fn key(&self) -> (String, String) {
        let list = format!("{}/{}", self.year, self.title);
        (list, self.federation.to_string())
    }

    pub(super) fn address(&self) -> String {
        address::recommendations_of(self.year, &self.title, &self.federation)
    }
}

/// The list with what was typed and why it could not be done.
pub(super) async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    place: &Place,
    typed: Fields,
    problems: Problems,
) -> PageResult {
    let of = Some(&place.federation);
    let list = recommendations::list(app, actor, place.year, &place.title, of).await?;
    let problems = problems.about(|field| {
        let id = field
            .strip_prefix("rank_")
            .or_else(|| field.strip_prefix("passing_"))?;
        let mut candidates = list.candidates.iter();
        let found = candidates.find(|one| one.application.id.to_string() == id)?;
        Some(found.application.applicant_name())
    });
    unprocessable(&show_page(app, frame, list, typed, problems))
}
