//! Topics of study: the list, a new one, and one with what unions say on it.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jianjia_app::{
    core::app::App,
    sharing::topic::{self as topics, TopicPage, TopicView},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        ids::{ContributionId, TopicId, UnitId},
        place::{UnitKind, UnitPlace},
        policy::{Act, Actor, Role, may},
        refusal::{General, Refusal},
    },
    sharing::topic::{Contribution, Topic, TopicForm, TopicState},
};
use serde::Deserialize;

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
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

pub fn routes() -> Vec<Route> {
    let open = Access::Act(Act::OpenTopic);
    let say = Access::Act(Act::ContributeToTopic);
    vec![
        Route::get("/topics", Access::SignedIn, list),
        Route::get("/topics/export", Access::SignedIn, export),
        Route::get("/topics/new", open, new),
        Route::post("/topics", open, begin),
        Route::get("/topics/{id}", Access::SignedIn, show),
        Route::get("/topics/{id}/export", Access::SignedIn, export_said),
        Route::post("/topics/{id}/contributions", say, contribute),
        Route::get(
            "/topics/{id}/contributions/{contribution}/file",
            Access::SignedIn,
            file,
        ),
        Route::post(
            "/topics/{id}/contributions/{contribution}/answer",
            open,
            answer,
        ),
        Route::post(
            "/topics/{id}/contributions/{contribution}/removal",
            say,
            retract,
        ),
        Route::post("/topics/{id}/closing", open, close),
    ]
}

/// Which page, and of a file its format.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    page: String,
    format: String,
}

impl Which {
    fn number(&self) -> i64 {
        self.page.trim().parse().unwrap_or(1)
    }
}

/// A line of the list.
struct Line {
    id: String,
    title: String,
    unit_name: String,
    kinds: String,
    from: String,
    to: String,
    state: &'static str,
    tag: &'static str,
    said: i64,
}

fn line(frame: &Frame, topic: &Topic, said: i64) -> Line {
    let state = topic.state(frame.today);
    Line {
        id: topic.id.to_string(),
        title: topic.title.clone(),
        unit_name: topic.unit_name.clone(),
        kinds: kinds_words(frame, &topic.kinds),
        from: topic.opens_on.to_string(),
        to: topic.closes_on.to_string(),
        state: frame.t_fixed(state.word()),
        tag: tag(state),
        said,
    }
}

fn kinds_words(frame: &Frame, kinds: &[UnitKind]) -> String {
    if kinds.is_empty() {
        return frame.t("各类工会").to_owned();
    }
    let words: Vec<&str> = kinds
        .iter()
        .map(|kind| frame.t_fixed(kind.word()))
        .collect();
    words.join(frame.t("、"))
}

fn tag(state: TopicState) -> &'static str {
    match state {
        TopicState::Open => "tag-claimed",
        TopicState::Closed => "tag-met",
        TopicState::Coming | TopicState::Over => "tag-na",
    }
}

#[derive(Template)]
#[template(path = "sharing/topic/list.html")]
struct List {
    frame: Frame,
    lines: Vec<Line>,
    found: TopicPage,
}

async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(which): Query<Which>,
) -> PageResult {
    let found = topics::list(&app, &actor, which.number()).await?;
    let lines = found.topics.iter();
    page(&List {
        lines: lines
            .map(|(topic, said)| line(&frame, topic, *said))
            .collect(),
        found,
        frame,
    })
}

async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(which): Query<Which>,
) -> PageResult {
    let headings = [
        "研讨题目",
        "发起单位",
        "对象",
        "开始日期",
        "截止日期",
        "状态",
        "意见条数",
    ];
    let listed = Listed::of(&frame, "学习研讨", "topics", &headings);
    let (app, actor, frame) = (&app, &actor, &frame);
    let read = |portion| async move {
        let (found, total) = topics::export(app, actor, portion).await?;
        let row = |(topic, said): &(Topic, i64)| {
            let line = line(frame, topic, *said);
            vec![
                Cell::Text(line.title),
                Cell::Text(line.unit_name),
                Cell::Text(line.kinds),
                Cell::Text(line.from),
                Cell::Text(line.to),
                Cell::from(line.state),
                Cell::Number(line.said),
            ]
        };
        Ok::<_, PageError>(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    };
    streamed(listed, &which.format, read).await
}

/// A kind of unions that a topic may be for.
struct Choice {
    key: &'static str,
    words: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "sharing/topic/new.html")]
struct New {
    frame: Frame,
    problems: Problems,
    form: TopicForm,
    units: Vec<(String, String)>,
    kinds: Vec<Choice>,
}

async fn new_page(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (problems, form): (Problems, TopicForm),
) -> Result<New, PageError> {
    let may_open = topics::list(app, actor, 1).await?.may_open;
    if may_open.is_empty() {
        let roles = vec![Role::Reviewer, Role::Approver];
        let refusal = General::NotYourRole {
            act: Act::OpenTopic,
            roles,
        };
        return Err(Refusal::from(refusal).into());
    }
    let without = [UnitKind::City, UnitKind::District];
    let kinds = UnitKind::ALL.into_iter();
    let kinds = kinds.filter(|kind| !without.contains(kind));
    Ok(New {
        kinds: kinds
            .map(|kind| Choice {
                key: kind.key(),
                words: frame.t_fixed(kind.word()),
                is_chosen: form.kinds.iter().any(|key| key == kind.key()),
            })
            .collect(),
        units: options(&may_open),
        problems,
        form,
        frame,
    })
}

/// Units to choose from.
pub(super) fn options(units: &[UnitPlace]) -> Vec<(String, String)> {
    let units = units.iter();
    units
        .map(|unit| (unit.id.to_string(), unit.name.clone()))
        .collect()
}

async fn new(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    let form = TopicForm {
        opens_on: frame.today.to_string(),
        request_key: request_key::fresh(&app),
        ..TopicForm::default()
    };
    page(&new_page(&app, &actor, frame, (Problems::none(), form)).await?)
}

async fn begin(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<TopicForm>,
) -> PageResult {
    let unit: UnitId = path::read(&form.unit)?;
    let done = topics::open(&app, &actor, &unit, &form).await;
    match told(done, &frame)? {
        Ok(id) => see_other_with(&address::topic(&id), "题目已发起。"),
        Err(problems) => unprocessable(&new_page(&app, &actor, frame, (problems, form)).await?),
    }
}

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
struct Typed {
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

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<TopicId>,
    Query(which): Query<Which>,
) -> PageResult {
    let nothing = (Problems::none(), Typed::default());
    page(&shown(&app, &actor, frame, (&id, which.number()), nothing).await?)
}

async fn export_said(
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

async fn contribute(
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

async fn answer(
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

async fn retract(
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

async fn close(
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

async fn file(
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
