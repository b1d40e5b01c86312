//! The homes that somebody was drawn to inspect, and conflicts that they declare.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    check::visit::{self as visits, OwnVisit, OwnVisits},
    core::app::App,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    check::visit::Visit,
    core::{ids::VisitId, policy::Act},
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::core::export::Listed,
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/inspections", Access::SignedIn, index),
        Route::get("/inspections/export", Access::SignedIn, export),
        Route::get("/inspections/{id}/conflict", Access::Seen, conflict),
        Route::post(
            "/inspections/{id}/conflict",
            Access::Act(Act::InspectHome),
            declare,
        ),
    ]
}

#[derive(Template)]
#[template(path = "check/inspector/index.html")]
struct Index {
    frame: Frame,
    own: OwnVisits,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    year: String,
    /// Of the file, `xlsx` or else `csv`.
    format: String,
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let year = asked.year.trim().parse().ok();
    let own = visits::mine(&app, &actor, year).await?;
    page(&Index { frame, own })
}

/// What somebody was drawn for is short wherever it stands.
async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let year = asked.year.trim().parse().ok();
    let own = visits::mine(&app, &actor, year).await?;
    let headings = ["单位", "年度", "检查期限", "状态", "事先通知"];
    let row = |visit: &Visit| {
        let is_told = if visit.announced { "是" } else { "否" };
        vec![
            Cell::Text(visit.unit_name.clone()),
            Cell::Number(i64::from(visit.year)),
            Cell::Text(visit.due_on.to_string()),
            Cell::from(frame.t_fixed(visit.state.word())),
            Cell::from(frame.t(is_told)),
        ]
    };
    let rows = own.visits.iter().map(row).collect();
    let listed = Listed::of(&frame, "我的检查任务", "inspections", &headings);
    listed.answer(rows, &asked.format).await
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ConflictForm {
    reason: String,
}

#[derive(Template)]
#[template(path = "check/inspector/conflict.html")]
struct Conflict {
    frame: Frame,
    of: OwnVisit,
    form: ConflictForm,
    problems: Problems,
}

async fn conflict(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
) -> PageResult {
    let of = visits::find(&app, &actor, &id).await?;
    page(&Conflict {
        frame,
        of,
        form: ConflictForm::default(),
        problems: Problems::none(),
    })
}

async fn declare(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VisitId>,
    Form(form): Form<ConflictForm>,
) -> PageResult {
    let done = visits::declare_conflict(&app, &actor, &id, &form.reason).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with("/inspections", "已记下回避，已另外抽定一位检查人员。"),
        Err(problems) => {
            let of = visits::find(&app, &actor, &id).await?;
            unprocessable(&Conflict {
                frame,
                of,
                form,
                problems,
            })
        }
    }
}
