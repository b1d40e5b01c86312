//! The units at risk as a table to download.

use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, export::Made, job::running::Running},
    office::risk as risks,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        export::{Export, ExportKind},
        ids::UnitId,
        policy::Actor,
    },
    office::risk::AtRisk,
};

use super::{Asked, missing};
use crate::{
    frame::Frame,
    page::{PageError, PageResult},
    pages::core::export::{self as exports, Listed, Question, Rows},
    path::Path,
    query,
    session::SignedIn,
};

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let question = Question {
        kind: ExportKind::Risk,
        at: Some(id),
        fields: &[("risk", &asked.risk), ("days", &asked.days)],
        format: &asked.format,
    };
    let read = |portion| rows(&app, &actor, &frame, (&id, &asked), portion);
    exports::answer(&frame, listed(&frame), question, read).await
}

fn listed(frame: &Frame) -> Listed {
    let headings = ["单位", "上级工会", "还缺什么"];
    Listed::of(frame, "需要关注的单位", "risk", &headings)
}

async fn rows(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    (id, asked): (&UnitId, &Asked),
    portion: (i64, i64),
) -> Result<Rows, PageError> {
    let (found, total) = risks::export(app, actor, id, asked.question(), portion).await?;
    let row = |line: &AtRisk| {
        vec![
            Cell::Text(line.unit.name.clone()),
            Cell::Text(line.upper_name.clone()),
            Cell::Text(missing(frame, line)),
        ]
    };
    Ok(Rows {
        rows: found.iter().map(row).collect(),
        total,
    })
}

/// The units as the file of a job.
pub(crate) async fn made(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    export: &Export,
    running: &Running,
) -> Result<Made, PageError> {
    let asked: Asked = query::of_fields(&export.asked)?;
    let id = running.job.unit.ok_or(PageError::NotFound)?;
    let read = |portion| rows(app, actor, frame, (&id, &asked), portion);
    exports::made(listed(frame), &asked.format, running, read).await
}
