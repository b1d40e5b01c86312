//! Naming the trusted titles: the candidates, the preview of what would happen, and the confirmation.

use askama::Template;
use axum::extract::{Path, Query, State};
use jianjia_app::{
    core::app::App,
    round::{
        naming::{self as namings, Chosen, ConfirmInput, NamingList, NamingPreview, NamingSummary},
        round as rounds,
    },
};
use jianjia_domain::{
    core::{ids::ApplicationId, policy::Act},
    honour::target::Progress,
    round::naming::{Candidate, Fate, Line},
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    routes::{Access, Route},
    session::SignedIn,
};

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
        Route::post(
            "/namings/{year}/{title}/preview",
            Access::Act(Act::NameApplications),
            preview,
        ),
        Route::post(
            "/namings/{year}/{title}/confirmation",
            Access::Act(Act::NameApplications),
            confirm,
        ),
        Route::post(
            "/namings/{year}/{title}/rejection",
            Access::Act(Act::NameApplications),
            reject,
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
    })
}

#[derive(Template)]
#[template(path = "round/naming/index.html")]
struct Index {
    frame: Frame,
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

    fn pages_base(&self) -> String {
        let (year, title) = (self.list.year, &self.list.title.key);
        format!("/namings/{year}/{title}?page=")
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

#[derive(Template)]
#[template(path = "round/naming/preview.html")]
struct Preview {
    frame: Frame,
    preview: NamingPreview,
    problems: Problems,
    form: ConfirmForm,
}

impl Preview {
    fn number(&self, line: &Line) -> Option<String> {
        match &line.fate {
            Fate::Named { number } => Some(number.clone()),
            Fate::Left => None,
        }
    }

    fn token(&self, line: &Line) -> String {
        line.token()
    }

    fn before(&self) -> Option<String> {
        let (before, _) = self.preview.target.as_ref()?;
        Some(target_words(&self.frame, before))
    }

    fn after(&self) -> Option<String> {
        let (_, after) = self.preview.target.as_ref()?;
        Some(target_words(&self.frame, after))
    }
}

#[derive(Template)]
#[template(path = "round/naming/rejection.html")]
struct Rejection {
    frame: Frame,
    preview: NamingPreview,
    problems: Problems,
    form: RejectForm,
}

impl Rejection {
    fn token(&self, line: &Line) -> String {
        token(&line.candidate)
    }
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
    let request_key = new_key(&app);
    match told(planned, &frame)? {
        Ok(preview) if form.act == "reject" => page(&Rejection {
            frame,
            preview,
            problems: Problems::none(),
            form: RejectForm {
                request_key,
                ..RejectForm::default()
            },
        }),
        Ok(preview) => page(&Preview {
            frame,
            preview,
            problems: Problems::none(),
            form: ConfirmForm {
                request_key,
                ..ConfirmForm::default()
            },
        }),
        Err(problems) => {
            let page_number = form.page.parse().unwrap_or(1);
            unprocessable(&Index {
                list: namings::list(&app, &actor, year, &title, page_number).await?,
                frame,
                problems,
                chosen: form.application,
            })
        }
    }
}

/// What the preview sends when it is confirmed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ConfirmForm {
    seen: Vec<String>,
    document_number: String,
    request_key: String,
}

async fn confirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(form): Form<ConfirmForm>,
) -> PageResult {
    let input = ConfirmInput {
        seen: form.seen.clone(),
        document_number: form.document_number.clone(),
        request_key: form.request_key.clone(),
    };
    let done = namings::confirm(&app, &actor, year, &title, &input).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(
            &format!("/namings/{year}/{title}"),
            "命名已经完成：称号已生效并编号，申报单位马上看得到。",
        ),
        Err(problems) => {
            let chosen = ids(&form.seen);
            match namings::preview(&app, &actor, year, &title, &chosen).await {
                Ok(preview) if !preview.lines.is_empty() => unprocessable(&Preview {
                    frame,
                    preview,
                    problems,
                    form: ConfirmForm {
                        seen: Vec::new(),
                        request_key: new_key(&app),
                        ..form
                    },
                }),
                _ => unprocessable(&Index {
                    list: namings::list(&app, &actor, year, &title, 1).await?,
                    frame,
                    problems,
                    chosen: Vec::new(),
                }),
            }
        }
    }
}

/// What the rejection sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct RejectForm {
    application: Vec<String>,
    reason: String,
    request_key: String,
}

async fn reject(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(form): Form<RejectForm>,
) -> PageResult {
    let chosen: Vec<Chosen> = form
        .application
        .iter()
        .filter_map(|token| {
            let (id, revision) = token.split_once('~')?;
            Some((id.parse().ok()?, revision.parse().ok()?))
        })
        .collect();
    let done = namings::reject(
        &app,
        &actor,
        year,
        &title,
        &chosen,
        &form.reason,
        &form.request_key,
    )
    .await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(
            &format!("/namings/{year}/{title}"),
            "已办结不予命名，理由已告知申报单位。",
        ),
        Err(problems) => {
            let chosen = ids(&form.application);
            match namings::preview(&app, &actor, year, &title, &chosen).await {
                Ok(preview) if !preview.lines.is_empty() => unprocessable(&Rejection {
                    frame,
                    preview,
                    problems,
                    form,
                }),
                _ => unprocessable(&Index {
                    list: namings::list(&app, &actor, year, &title, 1).await?,
                    frame,
                    problems,
                    chosen: Vec::new(),
                }),
            }
        }
    }
}

/// A fresh key for a form, so that sending it twice does its work once.
fn new_key(app: &App) -> String {
    app.entropy.id(app.now()).simple().to_string()
}
