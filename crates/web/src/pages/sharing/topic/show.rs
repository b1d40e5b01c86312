//! A topic with what unions say on it: said and taken back by them, answered and summed up by the office that opened it.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jianjia_app::{
    core::app::App,
    sharing::topic::{self as topics, TopicView},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        ids::{ContributionId, TopicId, UnitId},
        policy::{Act, Actor, may},
    },
    sharing::topic::Contribution,
};
use serde::Deserialize;

use super::{Which, kinds_words, options, tag};
use crate::{
    form::{Form, Nothing, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::{Listed, Rows, streamed},
        sharing::address,
        year::evidence::{ACCEPT, files_of},
    },
    path::{self, Path},
    request_key,
    session::SignedIn,
    visit::percent_encoded,
};

/// What a union said, as the page shows it.
struct Said {
    id: String,
    unit_name: String,
    by: String,
    text: String,
    has_file: bool,
    answer: Option<(String, String)>,
    may_answer: bool,
    may_retract: bool,
}

#[derive(Template)]
#[template(path = "sharing/topic/show.html")]
struct Show {
    frame: Frame,
    problems: Problems,
    view: TopicView,
    state: &'static str,
    tag: &'static str,
    kinds: String,
    said: Vec<Said>,
    units: Vec<(String, String)>,
    /// What was typed into the form that came back.
    typed: Typed,
    request_key: String,
    pages_base: String,
}

impl Show {
    fn may_close(&self) -> bool {
        self.view.may_answer && self.view.topic.closing.is_none()
    }
}

/// What the forms of the page send.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    text: String,
    unit: String,
    answer: String,
    summary: String,
}

async fn shown(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (id, number): (&TopicId, i64),
    (problems, typed): (Problems, Typed),
) -> Result<Show, PageError> {
    let view = topics::view(app, actor, id, number).await?;
    let is_closed = view.topic.closing.is_some();
    let said = view.said.iter().map(|said| Said {
        id: said.id.to_string(),
        unit_name: said.unit_name.clone(),
        by: format!("{} · {}", said.by_name, frame.minute(said.at)),
        text: said.text.clone(),
        has_file: said.file.is_some(),
        may_answer: view.may_answer && said.answer.is_none(),
        may_retract: !is_closed && speaks_for(actor, said),
        answer: said.answer.as_ref().map(|answer| {
            let by = format!("{} · {}", answer.by_name, frame.minute(answer.at));
            (answer.text.clone(), by)
        }),
    });
    Ok(Show {
        problems,
        state: frame.t_fixed(view.state.word()),
        tag: tag(view.state),
        kinds: kinds_words(&frame, &view.topic.kinds),
        said: said.collect(),
        units: options(&view.speaks_for),
        typed,
        request_key: request_key::fresh(app),
        pages_base: format!("{}?page=", address::topic(id)),
        view,
        frame,
    })
}

fn speaks_for(actor: &Actor, said: &Contribution) -> bool {
    let mut roles = actor.roles.iter();
    roles.any(|at| {
        let is_own = at.unit.id == said.unit;
        is_own && may(actor, Act::ContributeToTopic, &at.unit)
    })
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<TopicId>,
    Query(which): Query<Which>,
) -> PageResult {
    let nothing = (Problems::none(), Typed::default());
    page(&shown(&app, &actor, frame, (&id, which.number()), nothing).await?)
}

pub(super) async fn export_said(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<TopicId>,
    Query(which): Query<Which>,
) -> PageResult {
    let headings = ["工会", "填写人", "提交时间", "意见", "答复", "答复人"];
    let listed = Listed::of(&frame, "研讨意见", "contributions", &headings);
    let (app, actor, frame, id) = (&app, &actor, &frame, &id);
    let read = |portion| async move {
        let (found, total) = topics::export_said(app, actor, id, portion).await?;
        let row = |said: &Contribution| {
            let answer = said.answer.as_ref();
            vec![
                Cell::Text(said.unit_name.clone()),
                Cell::Text(said.by_name.clone()),
                Cell::Text(frame.minute(said.at)),
                Cell::Text(said.text.clone()),
                Cell::Text(answer.map_or_else(String::new, |answer| answer.text.clone())),
                Cell::Text(answer.map_or_else(String::new, |answer| answer.by_name.clone())),
            ]
        };
        Ok::<_, PageError>(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    };
    // Whom the topic is not for gets no file, not even an empty one.
    topics::view(app, actor, id, 1).await?;
    streamed(listed, &which.format, read).await
}

pub(super) async fn contribute(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<TopicId>,
    upload: Upload,
) -> PageResult {
    let unit: UnitId = path::read(upload.field("unit"))?;
    let (text, key) = (upload.field("text"), upload.field("request_key"));
    let done = match files_of(&upload) {
        Ok(files) => topics::contribute(&app, &actor, (&id, &unit), (text, files), key).await,
        Err(dropped) => Err(dropped),
    };
    match told(done, &frame)? {
        Ok(_) => see_other_with(&address::topic(&id), "已提交，这个题目的各家工会都看得到。"),
        Err(problems) => {
            let typed = Typed {
                text: text.to_owned(),
                unit: unit.to_string(),
                ..Typed::default()
            };
            let what = (problems, typed);
            unprocessable(&shown(&app, &actor, frame, (&id, 1), what).await?)
        }
    }
}

pub(super) async fn answer(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, contribution)): Path<(TopicId, ContributionId)>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let done = topics::answer(&app, &actor, &id, &contribution, &typed.answer).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::topic(&id), "已答复，提交的工会会收到消息。"),
        Err(problems) => {
            // Each contribution has a form of its own.
            let field = format!("answer-{contribution}");
            let what = (problems.renamed("answer", &field), typed);
            unprocessable(&shown(&app, &actor, frame, (&id, 1), what).await?)
        }
    }
}

pub(super) async fn retract(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, contribution)): Path<(TopicId, ContributionId)>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let done = topics::retract(&app, &actor, &id, &contribution).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::topic(&id), "已收回。"),
        Err(problems) => {
            let what = (problems, Typed::default());
            unprocessable(&shown(&app, &actor, frame, (&id, 1), what).await?)
        }
    }
}

pub(super) async fn close(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<TopicId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let done = topics::close(&app, &actor, &id, &typed.summary).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            &address::topic(&id),
            "题目已办结，提过意见的工会会收到消息。",
        ),
        Err(problems) => {
            unprocessable(&shown(&app, &actor, frame, (&id, 1), (problems, typed)).await?)
        }
    }
}

pub(super) async fn file(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, contribution)): Path<(TopicId, ContributionId)>,
) -> PageResult {
    let (found, bytes) = topics::file(&app, &actor, &id, &contribution).await?;
    let disposition = format!(
        "attachment; filename*=UTF-8''{}",
        percent_encoded(&found.name)
    );
    let disposition = HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(found.media_type.mime()),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    Ok((headers, bytes).into_response())
}
