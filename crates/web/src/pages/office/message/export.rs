//! The own messages as a table to download.

use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, export::Made, job::running::Running},
    office::message as messages,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{
    export::{Export, ExportKind},
    message::Received,
    policy::Actor,
};
use serde::Deserialize;

use super::{Shown, shown};
use crate::{
    frame::Frame,
    page::{PageError, PageResult},
    pages::core::export::{self as exports, Listed, Question, Rows, unit_of},
    query,
    session::SignedIn,
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// Of the file, `xlsx` or else `csv`.
    format: String,
}

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let question = Question {
        kind: ExportKind::Messages,
        at: unit_of(&actor, ExportKind::Messages),
        fields: &[],
        format: &asked.format,
    };
    let read = |portion| rows(&app, &actor, &frame, portion);
    exports::answer(&frame, listed(&frame), question, read).await
}

fn listed(frame: &Frame) -> Listed {
    let headings = ["时间", "未读", "内容", "消息|说明", "要办的事", "办理期限"];
    Listed::of(frame, "消息", "messages", &headings)
}

async fn rows(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    portion: (i64, i64),
) -> Result<Rows, PageError> {
    let (found, total) = messages::export(app, actor, portion).await?;
    let row = |message: &Received| {
        let Shown {
            sentence,
            because,
            lines,
            todo,
            left,
            minute,
            ..
        } = shown(app, frame, message);
        let lines = lines.into_iter().map(|(words, _)| words);
        let more: Vec<String> = because.into_iter().chain(lines).collect();
        let unread = if message.is_read { "" } else { frame.t("是") };
        vec![
            Cell::Text(minute),
            Cell::from(unread),
            Cell::Text(sentence),
            Cell::from(more.join(frame.t("；")).as_str()),
            Cell::from(todo.as_str()),
            Cell::from(left.as_str()),
        ]
    };
    Ok(Rows {
        rows: found.iter().map(row).collect(),
        total,
    })
}

/// The messages as the file of a job.
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
