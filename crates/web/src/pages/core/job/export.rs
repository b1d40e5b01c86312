//! The jobs that somebody administers as a table to download: what is on their page, and what ended before.

use jianjia_app::core::job as jobs;
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{export::ExportKind, job::Job};
use serde::Deserialize;

use super::{by, error, title};
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

/// All of them, without a question.
#[derive(Debug, Deserialize)]
pub(crate) struct Jobs {}

impl Listing for Jobs {
    const KIND: ExportKind = ExportKind::Jobs;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["任务", "任务状态", "办理人", "交办时间", "结束时间", "原因"];
        Listed::of(frame, "后台任务", "jobs", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = jobs::export(app, actor, portion).await?;
        let row = |job: &Job| {
            let ended_at = job.ended_at.map(|at| frame.minute(at));
            vec![
                Cell::Text(title(frame, job)),
                Cell::from(frame.t_fixed(job.state.word())),
                Cell::Text(by(frame, job)),
                Cell::Text(frame.minute(job.created_at)),
                Cell::Text(ended_at.unwrap_or_default()),
                Cell::Text(error(frame, job)),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}
