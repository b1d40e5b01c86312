//! Naming the trusted titles: the candidates, the preview of what would happen, and the confirmation.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::{
        naming::{self as namings, NamingList, NamingSummary},
        round as rounds,
    },
};
use jianjia_domain::{
    core::{ids::ApplicationId, policy::Act},
    honour::target::Progress,
    round::{
        department::gap::{Gap, Unanswered},
        naming::Candidate,
    },
};
use jianjia_standard::{Standard, programme::RouteAct};
use jianjia_words::{format, title};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, unprocessable},
    pages::{
        core::export::download,
        round::{address, naming::export::Candidates, review::looked_at_words},
    },
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

mod confirmation;
pub(crate) mod export;
mod rejection;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/namings", Access::Act(Act::NameApplications), current),
        Route::get(
            "/namings/{year}",
            Access::Act(Act::NameApplications),
            overview,
        ),
        Route::get(
            "/namings/{year}/{title}",
            Access::Act(Act::NameApplications),
            index,
        ),
        Route::get(
            "/namings/{year}/{title}/export",
            Access::Act(Act::NameApplications),
            download::<Candidates>,
        ),
        Route::get(
            "/namings/{year}/{title}/plaques/export",
            Access::Act(Act::NameApplications),
            export::plaques,
        ),
        Route::post(
            "/namings/{year}/{title}/preview",
            Access::Act(Act::NameApplications),
            preview,
        ),
        Route::post(
            "/namings/{year}/{title}/confirmation",
            Access::Act(Act::NameApplications),
            confirmation::confirm,
        ),
        Route::post(
            "/namings/{year}/{title}/rejection",
            Access::Act(Act::NameApplications),
            rejection::reject,
        ),
    ]
}

#[derive(Template)]
#[template(path = "round/naming/overview.html")]
struct Overview {
    frame: Frame,
    year: i16,
    years: Vec<i16>,
    titles: Vec<NamingSummary>,
    standard: Arc<Standard>,
}

impl Overview {
    /// The titles that the city names, together.
    fn named(&self) -> String {
        title::counted(self.frame.lang, &self.standard, |title| {
            title::takes(&self.standard, title, RouteAct::Name)
        })
    }

    /// The clauses that say so.
    fn clauses(&self) -> String {
        let routes = self.standard.routes.iter();
        let mut clauses: Vec<&str> = routes
            .filter(|route| route.steps.iter().any(|step| step.act == RouteAct::Name))
            .map(|route| route.clause.as_str())
            .collect();
        clauses.dedup();
        clauses.join(self.frame.t("、"))
    }
}

async fn current(state: State<App>, signed_in: SignedIn, frame: Frame) -> PageResult {
    let year = rounds::current_year(&state.0);
    overview(state, signed_in, frame, Path(year)).await
}

async fn overview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
) -> PageResult {
    let titles = namings::overview(&app, &actor, year).await?;
    page(&Overview {
        frame,
        year,
        years: app.standards.years(),
        titles,
        standard: app.standards.of(year).clone(),
    })
}

#[derive(Template)]
#[template(path = "round/naming/index.html")]
struct Index {
    frame: Frame,
    standard: Arc<Standard>,
    list: NamingList,
    problems: Problems,
    /// The applications that were ticked.
    chosen: Vec<String>,
}

impl Index {
    fn is_chosen(&self, candidate: &Candidate) -> bool {
        self.chosen.iter().any(|id| *id == token(candidate))
    }

    fn token(&self, candidate: &Candidate) -> String {
        token(candidate)
    }

    fn rank(&self, candidate: &Candidate) -> String {
        candidate
            .application
            .rank
            .map_or_else(String::new, |rank| rank.to_string())
    }

    /// A candidate's federation, where it differs from the line's before.
    fn federation(&self, place: &usize) -> Option<&str> {
        let name = self.list.candidates[*place].federation_name.as_str();
        let before = place
            .checked_sub(1)
            .map(|before| self.list.candidates[before].federation_name.as_str());
        (before != Some(name)).then_some(name)
    }

    fn looked_at(&self, place: &usize) -> String {
        looked_at_words(&self.frame, self.list.looked_at[*place])
    }

    fn unanswered(&self, candidate: &Candidate) -> Vec<String> {
        unanswered_words(&self.frame, candidate, &self.standard)
    }

    fn address(&self) -> String {
        address::namings(self.list.year, &self.list.title.key)
    }

    fn pages_base(&self) -> String {
        format!("{}?page=", self.address())
    }

    fn may_choose(&self) -> bool {
        self.list.may_name && self.list.closed.is_none()
    }

    fn closed(&self) -> Option<String> {
        self.list
            .closed
            .as_ref()
            .map(|refusal| refusal.sentence(self.frame.lang))
    }

    fn target_words(&self) -> Option<String> {
        self.list
            .target
            .as_ref()
            .map(|target| target_words(&self.frame, target))
    }

    fn day_of(&self, day: &str) -> String {
        self.frame.day(day)
    }
}

/// Which departments have not said anything of a candidate's unit, reason by reason.
fn unanswered_words(frame: &Frame, candidate: &Candidate, standard: &Standard) -> Vec<String> {
    let words = |one: &Unanswered| {
        let names = one.departments.iter();
        let names: Vec<&str> = names.map(|name| frame.text(name)).collect();
        if one.gap == Gap::NotAsked && names.len() == standard.departments.len() {
            return frame.t("没有请任何部门答复过").to_owned();
        }
        let (word, names) = (
            frame.t_fixed(one.gap.word()),
            format::list(frame.lang, &names),
        );
        format!("{word}{}{names}", frame.t("："))
    };
    candidate.unanswered.iter().map(words).collect()
}

fn target_words(frame: &Frame, target: &Progress) -> String {
    frame.t3(
        "五年目标 {} 个，已有 {} 个，还差 {} 个。",
        frame.count(target.required),
        frame.count(target.held),
        frame.count(target.short_by()),
    )
}

/// What a tick sends: the application and its revision.
fn token(candidate: &Candidate) -> String {
    format!(
        "{}~{}",
        candidate.application.id, candidate.application.revision
    )
}

/// Which page of the candidates.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
    /// Of a file, `xlsx` or else `csv`.
    format: String,
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let page_number = asked.page.parse().unwrap_or(1);
    let list = namings::list(&app, &actor, year, &title, page_number).await?;
    page(&Index {
        standard: app.standards.of(year).clone(),
        frame,
        list,
        problems: Problems::none(),
        chosen: Vec::new(),
    })
}

/// The ticked candidates and what to do with them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ChooseForm {
    application: Vec<String>,
    /// `name` or `reject`.
    act: String,
    /// The page that they are on.
    page: String,
}

fn ids(tokens: &[String]) -> Vec<ApplicationId> {
    tokens
        .iter()
        .filter_map(|token| token.split('~').next()?.parse().ok())
        .collect()
}

async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(form): Form<ChooseForm>,
) -> PageResult {
    let chosen = ids(&form.application);
    // Both ways go through the preview, which refuses what can't be done today.
    let planned = namings::preview(&app, &actor, year, &title, &chosen).await;
    match told(planned, &frame)? {
        Ok(preview) if form.act == "reject" => rejection::asked(&app, frame, preview),
        Ok(preview) => confirmation::asked(&app, frame, preview),
        Err(problems) => {
            let page_number = form.page.parse().unwrap_or(1);
            unprocessable(&Index {
                standard: app.standards.of(year).clone(),
                list: namings::list(&app, &actor, year, &title, page_number).await?,
                frame,
                problems,
                chosen: form.application,
            })
        }
    }
}
