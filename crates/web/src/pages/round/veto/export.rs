//! The register of vetoes as a table to download. Its headings are those of the import, so that what stands can be imported again.

use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, export::Made, job::running::Running},
    round::veto as vetoes,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        export::{Export, ExportKind},
        policy::Actor,
    },
    round::veto::Veto,
};

use super::{Asked, clause_name};
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
        kind: ExportKind::Vetoes,
        at: unit_of(&actor, ExportKind::Vetoes),
        fields: &asked.fields(),
        format: &asked.format,
    };
    let read = |portion| rows(&app, &actor, &frame, &asked, portion);
    exports::answer(&frame, listed(&frame), question, read).await
}

fn listed(frame: &Frame) -> Listed {
    let headings = ["表格|单位工会", "年度", "否决|情形", "来源", "状态"];
    Listed::of(frame, "否决登记", "vetoes", &headings)
}

async fn rows(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    asked: &Asked,
    portion: (i64, i64),
) -> Result<Rows, PageError> {
    let (found, total) = vetoes::export(app, actor, &asked.filter(), portion).await?;
    let row = |veto: &Veto| {
        let meaning = app.standards.veto(veto.year, &veto.clause);
        let state = if veto.lifted.is_some() {
            "已解除"
        } else {
            "限制申报"
        };
        vec![
            Cell::Text(veto.unit_name.clone()),
            Cell::Number(veto.year.into()),
            Cell::Text(clause_name(frame, meaning, &veto.clause)),
            Cell::Text(veto.source.clone()),
            Cell::from(frame.t(state)),
        ]
    };
    Ok(Rows {
        rows: found.iter().map(row).collect(),
        total,
    })
}

/// The register as the file of a job.
pub(crate) async fn made(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    export: &Export,
    running: &Running,
) -> Result<Made, PageError> {
    let asked: Asked = query::of_fields(&export.asked)?;
    let read = |portion| rows(app, actor, frame, &asked, portion);
    exports::made(listed(frame), &asked.format, running, read).await
}
