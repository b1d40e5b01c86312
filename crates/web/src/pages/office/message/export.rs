//! The own messages as a table to download.

use jianjia_app::office::message as messages;
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{export::ExportKind, message::Received};
use serde::Deserialize;

use super::{Shown, shown};
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

/// All of them, without a question.
#[derive(Debug, Deserialize)]
pub(crate) struct Messages {}

impl Listing for Messages {
    const KIND: ExportKind = ExportKind::Messages;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["时间", "未读", "内容", "消息|说明", "要办的事", "办理期限"];
        Listed::of(frame, "消息", "messages", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
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
}
