//! The imports that somebody may see as a table to download.

use jianjia_app::exchange::import as imports;
use jianjia_documents::workbook::Cell;
use jianjia_domain::{core::export::ExportKind, exchange::import::ImportLine};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

/// All of them, without a question.
#[derive(Debug, Deserialize)]
pub(crate) struct Imports {}

impl Listing for Imports {
    const KIND: ExportKind = ExportKind::Imports;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["时间", "文件", "内容", "办理人", "结果"];
        Listed::of(frame, "导入记录", "imports", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = imports::lines(app, actor, portion).await?;
        let row = |line: &ImportLine| {
            let result = if line.is_done {
                "已导入"
            } else {
                "只核对过"
            };
            vec![
                Cell::Text(frame.minute(line.created_at)),
                Cell::Text(line.file_name.clone()),
                Cell::from(frame.t_fixed(line.kind.word())),
                Cell::Text(line.by.clone()),
                Cell::from(frame.t(result)),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}
