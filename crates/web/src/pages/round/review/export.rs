//! The queue as a table to download.

use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, export::Made, job::running::Running},
    round::review as reviews,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{
    export::{Export, ExportKind},
    ids::UnitId,
    policy::Actor,
};

use super::{Row, asked::Asked, row};
use crate::{
    frame::Frame,
    page::{PageError, PageResult},
    pages::core::export::{self as exports, Listed, Question, Rows, unit_of},
    query,
    session::SignedIn,
};

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let question = Question {
        kind: ExportKind::Reviews,
        at: unit_of(&actor, ExportKind::Reviews),
        fields: &asked.fields(),
        format: &asked.format,
    };
    let read = |portion| rows(&app, &actor, &frame, &asked, portion);
    exports::answer(&frame, listed(&frame, &asked), question, read).await
}

fn listed(frame: &Frame, asked: &Asked) -> Listed {
    let name = if asked.place == "all" {
        "下属单位的申报"
    } else {
        "待我审核"
    };
    let headings = [
        "申报单位（个人）",
        "称号",
        "状态",
        "核实",
        "材料",
        "当前环节",
        "承办人",
        "已核实完毕",
        "到达时间",
    ];
    Listed::of(frame, name, "reviews", &headings)
}

async fn rows(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    asked: &Asked,
    portion: (i64, i64),
) -> Result<Rows, PageError> {
    let found = reviews::export(app, actor, &asked.input()?, portion).await?;
    let own: Vec<UnitId> = found.units.iter().map(|unit| unit.id).collect();
    let files = found.files.iter();
    let rows = files.map(|(application, looked_at, held)| {
        let row = row(app, frame, &own, application, (looked_at, held));
        cells(frame, row, looked_at.files)
    });
    Ok(Rows {
        rows: rows.collect(),
        total: found.total,
    })
}

fn cells(frame: &Frame, row: Row, files: i64) -> Vec<Cell> {
    let passed = if row.is_passed { frame.t("是") } else { "" };
    vec![
        Cell::Text(row.applicant),
        Cell::Text(row.title),
        Cell::from(row.state),
        Cell::Text(row.looked_at),
        Cell::Number(files),
        Cell::Text(row.step),
        Cell::Text(row.held_by),
        Cell::from(passed),
        Cell::Text(row.since),
    ]
}

/// The queue as the file of a job.
pub(crate) async fn made(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    export: &Export,
    running: &Running,
) -> Result<Made, PageError> {
    let asked: Asked = query::of_fields(&export.asked)?;
    let read = |portion| rows(app, actor, frame, &asked, portion);
    exports::made(listed(frame, &asked), &asked.format, running, read).await
}
