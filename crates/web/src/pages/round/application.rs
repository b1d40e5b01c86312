//! Applications as applicants and everyone involved see them: what may be applied for, where each application is, why it fell.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use jianjia_app::{
    core::app::App,
    round::{
        application::{
            self as applications, ApplicationView, DraftInput, Expected, UnitApplications,
        },
        round as rounds,
    },
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, PersonId, UnitId},
        policy::Act,
    },
    round::{
        application::{EventAct, State as ApplicationState},
        route::act_word,
        veto::Veto,
    },
};
use jianjia_standard::Standard;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        round::veto::{InForce, in_force},
        year::sheet::{fresh_key, read_id},
    },
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/units/{id}/applications", Access::Seen, of_unit),
        Route::post(
            "/units/{id}/applications",
            Access::Act(Act::DraftApplication),
            draft,
        ),
        Route::get("/applications/{id}", Access::Seen, show),
        Route::post(
            "/applications/{id}",
            Access::Act(Act::DraftApplication),
            edit,
        ),
        Route::get("/applications/{id}/letter", Access::Seen, letter),
        Route::post(
            "/applications/{id}/submission",
            Access::Act(Act::SubmitApplication),
            submit,
        ),
        Route::post(
            "/applications/{id}/withdrawal",
            Access::Act(Act::WithdrawApplication),
            withdraw,
        ),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    year: String,
    person: String,
}

#[derive(Template)]
#[template(path = "round/application/list.html")]
struct List {
    frame: Frame,
    standard: Arc<Standard>,
    list: UnitApplications,
    year: i16,
    years: Vec<i16>,
    person: String,
    people: Vec<(String, String)>,
    closed: Option<String>,
    request_key: String,
    problems: Problems,
}

impl List {
    /// The application's title, in words.
    fn title(&self, key: &str) -> String {
        self.list
            .offers
            .iter()
            .find(|offer| offer.title == key)
            .map_or_else(
                || key.to_owned(),
                |offer| self.frame.text(&offer.name).to_owned(),
            )
    }

    /// Name, clause and year of a veto.
    fn in_force(&self, veto: &Veto) -> InForce {
        in_force(&self.frame, &self.standard, veto)
    }
}

#[derive(Template)]
#[template(path = "round/application/show.html")]
struct Show {
    frame: Frame,
    view: ApplicationView,
    steps: Vec<StepLine>,
    events: Vec<EventLine>,
    holder: String,
    story: String,
    reason: String,
    request_key: String,
    problems: Problems,
}

#[derive(Template)]
#[template(path = "round/application/letter.html")]
struct Letter {
    frame: Frame,
    view: ApplicationView,
    events: Vec<EventLine>,
}

/// One step of the route and how it stands.
pub struct StepLine {
    pub unit: String,
    pub act: &'static str,
    /// `done`, `now` or empty.
    pub state: &'static str,
    /// When it was last dealt with, or since when it waits.
    pub at: String,
}

/// One thing that happened, for reading.
pub struct EventLine {
    pub act: &'static str,
    pub unit: String,
    pub by: String,
    pub at: String,
    pub opinion: String,
    /// Clause, its name and the note.
    pub reasons: Vec<(String, String, String)>,
}

async fn of_unit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let unit: UnitId = read_id(&id)?;
    let (year, person) = read_asked(&app, &asked)?;
    let list = applications::of_unit(&app, &actor, &unit, year, person.as_ref()).await?;
    page(&list_page(
        &app,
        frame,
        list,
        year,
        person,
        Problems::none(),
    ))
}

fn read_asked(app: &App, asked: &Asked) -> Result<(i16, Option<PersonId>), PageError> {
    let year = match asked.year.trim() {
        "" => rounds::current_year(app),
        typed => read_id(typed)?,
    };
    let person = match asked.person.trim() {
        "" => None,
        typed => Some(read_id(typed)?),
    };
    Ok((year, person))
}

fn list_page(
    app: &App,
    frame: Frame,
    list: UnitApplications,
    year: i16,
    person: Option<PersonId>,
    problems: Problems,
) -> List {
    let current = rounds::current_year(app);
    List {
        standard: app.standards.of(year).clone(),
        years: app
            .standards
            .years()
            .into_iter()
            .filter(|year| *year <= current)
            .collect(),
        people: list
            .people
            .iter()
            .map(|person| (person.id.to_string(), person.details.name.clone()))
            .collect(),
        person: person.map_or_else(String::new, |person| person.to_string()),
        closed: list
            .closed
            .as_ref()
            .map(|refusal| refusal.sentence(frame.lang)),
        request_key: fresh_key(app),
        list,
        year,
        problems,
        frame,
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct DraftForm {
    year: String,
    title: String,
    person: String,
    request_key: String,
}

async fn draft(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<DraftForm>,
) -> PageResult {
    let unit: UnitId = read_id(&id)?;
    let asked = Asked {
        year: form.year.clone(),
        person: form.person.clone(),
    };
    let (year, person) = read_asked(&app, &asked)?;
    let input = DraftInput {
        year,
        title: form.title,
        person,
        story: String::new(),
        request_key: form.request_key,
    };
    match told(
        applications::draft(&app, &actor, &unit, &input).await,
        &frame,
    )? {
        Ok(id) => see_other_with(
            &format!("/applications/{id}"),
            "草稿已建立，核对以后再提交。",
        ),
        Err(problems) => {
            let list = applications::of_unit(&app, &actor, &unit, year, person.as_ref()).await?;
            unprocessable(&list_page(&app, frame, list, year, person, problems))
        }
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> PageResult {
    let view = applications::view(&app, &actor, &read_id(&id)?).await?;
    let story = view.application.story.clone();
    page(&show_page(&app, frame, view, story, Problems::none()))
}

fn show_page(
    app: &App,
    frame: Frame,
    view: ApplicationView,
    story: String,
    problems: Problems,
) -> Show {
    let application = &view.application;
    let holder = match application.state {
        ApplicationState::UnderReview { step } => application
            .route
            .get(step)
            .map_or_else(String::new, |step| step.unit.name.clone()),
        _ => application.unit.name.clone(),
    };
    Show {
        steps: steps(&frame, &view),
        events: events(app, &frame, &view),
        holder,
        story,
        reason: String::new(),
        request_key: fresh_key(app),
        view,
        problems,
        frame,
    }
}

/// The route as steps.
pub fn steps(frame: &Frame, view: &ApplicationView) -> Vec<StepLine> {
    let application = &view.application;
    let here = application.state.step();
    let is_over = application.state.closed_at().is_some();
    application
        .route
        .iter()
        .enumerate()
        .map(|(place, step)| {
            let last = view.events.iter().rev().find(|event| {
                event.step == Some(place) && event.act != EventAct::RecommendationUndone
            });
            let state = match here {
                Some(here) if place < here || (place == here && is_over) => "done",
                Some(here) if place == here => "now",
                _ => "",
            };
            let at = match (state, last) {
                ("done", Some(event)) => frame.minute(event.at),
                ("now", _) => frame.t1("{} 起", frame.minute(application.since_at)),
                _ => String::new(),
            };
            StepLine {
                unit: step.unit.name.clone(),
                act: frame.t_fixed(act_word(step.act)),
                state,
                at,
            }
        })
        .collect()
}

/// What happened, newest first, drafts left out.
pub fn events(app: &App, frame: &Frame, view: &ApplicationView) -> Vec<EventLine> {
    view.events
        .iter()
        .rev()
        .filter(|event| event.act != EventAct::Drafted)
        .map(|event| EventLine {
            act: frame.t_fixed(event.act.word()),
            unit: event.unit_name.clone(),
            by: event.account_name.clone(),
            at: frame.minute(event.at),
            opinion: event.opinion.clone(),
            reasons: event
                .reasons
                .iter()
                .map(|reason| {
                    let name = app
                        .standards
                        .of(view.application.year)
                        .criterion(&reason.clause)
                        .map_or("", |criterion| frame.text(&criterion.name));
                    (reason.clause.clone(), name.to_owned(), reason.note.clone())
                })
                .collect(),
        })
        .collect()
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ActForm {
    /// None: the form had no place for it.
    story: Option<String>,
    reason: String,
    revision: String,
    request_key: String,
}

impl ActForm {
    fn expected(&self) -> Result<Expected, PageError> {
        Ok(Expected {
            revision: read_id(&self.revision)?,
            request_key: self.request_key.clone(),
        })
    }
}

async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<ActForm>,
) -> PageResult {
    let id: ApplicationId = read_id(&id)?;
    let revision = form.expected()?.revision;
    let story = form.story.unwrap_or_default();
    let done = applications::edit(&app, &actor, &id, &story, revision).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(&format!("/applications/{id}"), "已保存。"),
        Err(problems) => {
            let view = applications::view(&app, &actor, &id).await?;
            unprocessable(&show_page(&app, frame, view, story, problems))
        }
    }
}

async fn submit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<ActForm>,
) -> PageResult {
    let id: ApplicationId = read_id(&id)?;
    let mut expected = form.expected()?;
    if let Some(story) = form.story {
        let kept = applications::keep_story(&app, &actor, &id, &story, expected.revision).await;
        match told(kept, &frame)? {
            Ok(revision) => expected.revision = revision,
            Err(problems) => {
                let view = applications::view(&app, &actor, &id).await?;
                return unprocessable(&show_page(&app, frame, view, story, problems));
            }
        }
    }
    let done = applications::submit(&app, &actor, &id, &expected).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(
            &format!("/applications/{id}"),
            "申报已提交，可以随时在这里看办到哪一步。",
        ),
        Err(problems) => {
            let view = applications::view(&app, &actor, &id).await?;
            let story = view.application.story.clone();
            unprocessable(&show_page(&app, frame, view, story, problems))
        }
    }
}

async fn withdraw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<ActForm>,
) -> PageResult {
    let id: ApplicationId = read_id(&id)?;
    let expected = form.expected()?;
    let done = applications::withdraw(&app, &actor, &id, &form.reason, &expected).await;
    match told(done, &frame)? {
        Ok(withdrawn) => see_other_with(
            &format!("/units/{}/applications", withdrawn.unit.id),
            "申报已撤回。",
        ),
        Err(problems) => {
            let view = applications::view(&app, &actor, &id).await?;
            let story = view.application.story.clone();
            let mut again = show_page(&app, frame, view, story, problems);
            again.reason = form.reason;
            unprocessable(&again)
        }
    }
}

async fn letter(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> PageResult {
    let view = applications::view(&app, &actor, &read_id(&id)?).await?;
    let events = events(&app, &frame, &view);
    page(&Letter {
        frame,
        view,
        events,
    })
}

/// A tag's class for an application's state.
pub fn state_class(key: &str) -> &'static str {
    match key {
        "named" => "tag-met",
        "rejected" | "returned" => "tag-unmet",
        _ => "tag-na",
    }
}
