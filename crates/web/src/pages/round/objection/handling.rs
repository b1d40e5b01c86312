//! Objections, for those who handle them or look into them.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jianjia_app::{
    core::app::App,
    round::objection::{self as objections, Handler, ObjectionLine, ObjectionView, Objections},
};
use jianjia_domain::{
    core::{ids::ObjectionId, policy::Actor},
    round::objection::ObjectionOutcome,
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    paper::{self, Link},
    path::{self, Path},
    request_key,
    session::SignedIn,
    visit::percent_encoded,
};

#[derive(Template)]
#[template(path = "round/objection/list.html")]
struct List {
    frame: Frame,
    list: Objections,
}

impl List {
    fn state_class(&self, line: &ObjectionLine) -> &'static str {
        if line.objection.answer.is_some() {
            "tag-met"
        } else {
            "tag-unknown"
        }
    }

    fn assigned(&self, line: &ObjectionLine) -> String {
        let assigned = line.objection.assigned.as_ref();
        assigned.map_or_else(String::new, |assigned| assigned.to_name.clone())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    page: String,
}

pub(super) async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let number = asked.page.trim().parse().unwrap_or(1);
    let list = objections::list(&app, &actor, number).await?;
    page(&List { frame, list })
}

#[derive(Template)]
#[template(path = "round/objection/show.html")]
struct Show {
    frame: Frame,
    view: ObjectionView,
    problems: Problems,
    typed: Typed,
}

/// What was typed into the forms of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// The account and the office.
    handler: String,
    note: String,
    outcome: String,
    answer: String,
    /// Of the form of a note.
    request_key: String,
}

impl Show {
    fn handlers(&self) -> Vec<(String, String)> {
        let handlers = self.view.handlers.iter();
        handlers
            .map(
                |Handler {
                     account,
                     name,
                     office,
                 }| {
                    let key = format!("{account}~{}", office.id);
                    (key, format!("{name} · {}", office.name))
                },
            )
            .collect()
    }

    fn papers(&self) -> Vec<Link> {
        let objection = &self.view.objection;
        let is_answered = objection.answer.is_some();
        let kinds: &[&str] = if is_answered { &["reply"] } else { &[] };
        paper::links(&address::objection(&objection.id), kinds)
    }

    fn outcomes(&self) -> Vec<(String, String)> {
        let outcomes = ObjectionOutcome::ALL.into_iter();
        outcomes
            .map(|outcome| {
                let word = self.frame.t_fixed(outcome.word());
                (outcome.key().to_owned(), word.to_owned())
            })
            .collect()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ObjectionId>,
) -> PageResult {
    let view = objections::show(&app, &actor, &id).await?;
    page(&Show {
        frame,
        view,
        problems: Problems::none(),
        typed: Typed {
            request_key: request_key::fresh(&app),
            ..Typed::default()
        },
    })
}

/// A photo opens in the browser, a PDF is saved. Nothing keeps either.
pub(super) async fn evidence(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, place)): Path<(ObjectionId, i64)>,
) -> PageResult {
    let (file, bytes) = objections::evidence(&app, &actor, &id, place).await?;
    let way = if file.mime.starts_with("image/") {
        "inline"
    } else {
        "attachment"
    };
    let disposition = format!("{way}; filename*=UTF-8''{}", percent_encoded(&file.name));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_str(&file.mime).map_err(anyhow::Error::from)?,
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?,
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    Ok((headers, bytes).into_response())
}

pub(super) async fn assign(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ObjectionId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    // What is chosen nowhere is somebody of nowhere, so that the act refuses it.
    let (account, office) = typed.handler.split_once('~').unwrap_or((NOBODY, NOBODY));
    let chosen = (path::read(account)?, path::read(office)?);
    let done = objections::assign(&app, &actor, &id, (&chosen.0, &chosen.1)).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::objection(&id), "已交办，对方会收到消息。"),
        Err(problems) => again(&app, &actor, frame, &id, (problems, typed)).await,
    }
}

const NOBODY: &str = "00000000000000000000000000000000";

pub(super) async fn note(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ObjectionId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let done = objections::note(&app, &actor, &id, &typed.note, &typed.request_key).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::objection(&id), "已记下核实情况。"),
        Err(problems) => again(&app, &actor, frame, &id, (problems, typed)).await,
    }
}

pub(super) async fn answer(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ObjectionId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let given = (typed.outcome.as_str(), typed.answer.as_str());
    let done = objections::answer(&app, &actor, &id, given).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            &address::objection(&id),
            "已答复、办结，提异议的人凭编号和查询码能看到。",
        ),
        Err(problems) => again(&app, &actor, frame, &id, (problems, typed)).await,
    }
}

async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &ObjectionId,
    (problems, mut typed): (Problems, Typed),
) -> PageResult {
    if typed.request_key.is_empty() {
        typed.request_key = request_key::fresh(app);
    }
    let view = objections::show(app, actor, id).await?;
    unprocessable(&Show {
        frame,
        view,
        problems,
        typed,
    })
}
