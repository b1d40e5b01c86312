//! Topics of study: the list. `opening` has the form of a new one, `show` one with what unions say on it.

mod opening;
mod show;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    sharing::topic::{self as topics, TopicPage},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::Act,
    },
    sharing::topic::{Topic, TopicState},
};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::core::export::{Listed, Rows, streamed},
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let open = Access::Act(Act::OpenTopic);
    let say = Access::Act(Act::ContributeToTopic);
    vec![
        Route::get("/topics", Access::SignedIn, list),
        Route::get("/topics/export", Access::SignedIn, export),
        Route::get("/topics/new", open, opening::new),
        Route::post("/topics", open, opening::begin),
        Route::get("/topics/{id}", Access::SignedIn, show::show),
        Route::get("/topics/{id}/export", Access::SignedIn, show::export_said),
        Route::post("/topics/{id}/contributions", say, show::contribute),
        Route::get(
            "/topics/{id}/contributions/{contribution}/file",
            Access::SignedIn,
            show::file,
        ),
        Route::post(
            "/topics/{id}/contributions/{contribution}/answer",
            open,
            show::answer,
        ),
        Route::post(
            "/topics/{id}/contributions/{contribution}/removal",
            say,
            show::retract,
        ),
        Route::post("/topics/{id}/closing", open, show::close),
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

/// Units to choose from.
pub(super) fn options(units: &[UnitPlace]) -> Vec<(String, String)> {
    let units = units.iter();
    units
        .map(|unit| (unit.id.to_string(), unit.name.clone()))
        .collect()
}
