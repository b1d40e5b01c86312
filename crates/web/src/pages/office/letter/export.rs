//! The letters as a table to download: what the list shows, never who wrote.

use jianjia_app::office::letter as letters;
use jianjia_documents::workbook::Cell;
use jianjia_domain::{core::export::ExportKind, office::letter::Letter};
use serde::Deserialize;

use super::beginning;
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

/// All of them, without a question.
#[derive(Debug, Deserialize)]
pub(crate) struct Letters {}

impl Listing for Letters {
    const KIND: ExportKind = ExportKind::Letters;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["编号", "来信类别", "涉及的工会", "内容", "收到时间", "答复"];
        Listed::of(frame, "来信", "letters", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
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
}
