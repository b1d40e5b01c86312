//! An application as its applicant and everyone involved see it: how far it is, its story, submitting and withdrawing it, why it fell.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::{
        application::{self as applications, ApplicationView, Expected},
        paper::of_application,
        recommendation::Answer,
    },
};
use jianjia_domain::{
    core::{ids::ApplicationId, policy::Act},
    round::application::State as ApplicationState,
};
use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, see_other_with, unprocessable},
    pages::round::address,
    paper::{self, Link},
    path::{self, Path},
    request_key,
    routes::{Access, Route},
    session::SignedIn,
};

mod letter;
mod list;
pub mod progress;

use progress::{EventLine, StepLine, by_when, events, steps};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/units/{id}/applications", Access::Seen, list::of_unit),
        Route::get(
            "/units/{id}/applications/export",
            Access::Seen,
            list::export,
        ),
        Route::post(
            "/units/{id}/applications",
            Access::Act(Act::DraftApplication),
            list::draft,
        ),
        Route::get("/applications/{id}", Access::Seen, show),
        Route::post(
            "/applications/{id}",
            Access::Act(Act::DraftApplication),
            edit,
        ),
        Route::get("/applications/{id}/letter", Access::Seen, letter::show),
        Route::get("/applications/{id}/check", Access::Seen, check),
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
    /// The answers that came back with problems.
    typed: Fields,
    problems: Problems,
    papers: Vec<Link>,
}

impl Show {
    /// Whether the story can become a case of the union's.
    fn writes_cases(&self) -> bool {
        self.frame.may(&Act::WriteCase, &self.view.unit)
    }

    /// What was typed, or what was answered.
    fn answer(&self, name: &str, answer: &Answer) -> String {
        let said = answer.said.clone().unwrap_or_default();
        self.typed.get(name).map_or(said, str::to_owned)
    }

    fn choices(&self, answer: &Answer) -> Vec<(String, String)> {
        let choices = answer.choices.iter();
        choices
            .map(|(key, name)| (key.clone(), self.frame.text(name).to_owned()))
            .collect()
    }

    /// What the register says where nobody answered, as a hint.
    fn known(&self, answer: &Answer) -> String {
        let frame = &self.frame;
        match (&answer.said, &answer.holds) {
            (None, Some((_, name))) => frame.t1("名册里是“{}”，不对的请另选。", frame.text(name)),
            _ => frame
                .t("只用来计算推荐名单的结构，不影响判定；不填算“不知道”。")
                .to_owned(),
        }
    }

    /// How many criteria expect a document that is not there.
    fn lacking(&self) -> usize {
        let rows = self.view.clauses.iter();
        rows.filter(|row| row.lacks_evidence()).count()
    }

    /// By when the calendar expects who has it now to be done.
    fn by_when(&self) -> Date {
        let turn = self.view.application.turn();
        turn.map_or(self.view.round.examination.to, |step| {
            by_when(&self.view, step)
        })
    }

    /// Whether it can be handed in today, by who it is and by the calendar.
    fn offers_submission(&self) -> bool {
        self.view.may.submit && self.view.closed.is_none()
    }

    fn letter_link(&self) -> &'static str {
        letter::link(&self.view)
    }
}

/// What is about to be handed in: every figure, what lacks evidence, the declaration.
#[derive(Template)]
#[template(path = "round/application/check.html")]
struct Check {
    frame: Frame,
    view: ApplicationView,
    /// How many criteria expect a document that is not there.
    lacking: usize,
    request_key: String,
}

async fn check(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    let view = applications::view(&app, &actor, &id).await?;
    if !view.may.submit {
        return see_other(&address::application(&id));
    }
    let lacking = view.clauses.iter().filter(|row| row.lacks_evidence());
    page(&Check {
        lacking: lacking.count(),
        request_key: request_key::fresh(&app),
        view,
        frame,
    })
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    let view = applications::view(&app, &actor, &id).await?;
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
        typed: Fields::default(),
        request_key: request_key::fresh(app),
        papers: paper::links(
            &address::application(&application.id),
            &frame
                .actor
                .as_ref()
                .map_or_else(Vec::new, |actor| of_application(actor, &view)),
        ),
        view,
        problems,
        frame,
    }
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
            revision: path::read(&self.revision)?,
            request_key: self.request_key.clone(),
        })
    }
}

async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let revision: i64 = fields.read("revision")?;
    let story = fields.first("story").to_owned();
    let answers: Vec<(String, String)> = fields
        .beginning("answer_")
        .map(|(property, choice)| (property.to_owned(), choice.to_owned()))
        .collect();
    let done = applications::edit_saying(&app, &actor, &id, &story, &answers, revision).await;
    match told(done, &frame)? {
        Ok(_) if fields.first("then") == "check" => see_other(&address::application_check(&id)),
        Ok(_) => see_other_with(&address::application(&id), "已保存。"),
        Err(problems) => {
            let view = applications::view(&app, &actor, &id).await?;
            let mut again = show_page(&app, frame, view, story, problems);
            again.typed = fields;
            unprocessable(&again)
        }
    }
}

async fn submit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(form): Form<ActForm>,
) -> PageResult {
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
            &address::application(&id),
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
    Path(id): Path<ApplicationId>,
    Form(form): Form<ActForm>,
) -> PageResult {
    let expected = form.expected()?;
    let done = applications::withdraw(&app, &actor, &id, &form.reason, &expected).await;
    match told(done, &frame)? {
        Ok(withdrawn) => see_other_with(&address::applications(&withdrawn.unit.id), "申报已撤回。"),
        Err(problems) => {
            let view = applications::view(&app, &actor, &id).await?;
            let story = view.application.story.clone();
            let mut again = show_page(&app, frame, view, story, problems);
            again.reason = form.reason;
            unprocessable(&again)
        }
    }
}
