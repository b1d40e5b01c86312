//! The letters as a table to download: what the list shows, never who wrote.

use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, export::Made, job::running::Running},
    office::letter as letters,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        export::{Export, ExportKind},
        policy::Actor,
    },
    office::letter::Letter,
};

use super::{Asked, beginning};
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
        kind: ExportKind::Letters,
        at: unit_of(&actor, ExportKind::Letters),
        fields: &[],
        format: &asked.format,
    };
    let read = |portion| rows(&app, &actor, &frame, portion);
    exports::answer(&frame, listed(&frame), question, read).await
}

fn listed(frame: &Frame) -> Listed {
    let headings = ["编号", "来信类别", "涉及的工会", "内容", "收到时间", "答复"];
    Listed::of(frame, "来信", "letters", &headings)
}

async fn rows(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    portion: (i64, i64),
) -> Result<Rows, PageError> {
    let (found, total) = letters::export(app, actor, portion).await?;
    let row = |letter: &Letter| {
        let answered = if letter.answer.is_some() {
            "来信|已答复"
        } else {
            "来信|未答复"
        };
        vec![
            Cell::Number(letter.number),
            Cell::from(frame.t_fixed(letter.kind.word())),
            Cell::from(letter.about.as_str()),
            Cell::Text(beginning(letter)),
            Cell::Text(frame.minute(letter.received_at)),
            Cell::from(frame.t(answered)),
        ]
    };
    Ok(Rows {
        rows: found.iter().map(row).collect(),
        total,
    })
}

/// The letters as the file of a job.
pub(crate) async fn made(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    export: &Export,
    running: &Running,
) -> Result<Made, PageError> {
    let asked: Asked = query::of_fields(&export.asked)?;
    let read = |portion| rows(app, actor, frame, portion);
    exports::made(listed(frame), &asked.format, running, read).await
}
