//! The units at risk as a table to download.

use jianjia_app::office::risk as risks;
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{export::ExportKind, ids::UnitId},
    office::risk::AtRisk,
};
use serde::Deserialize;

use super::{Asked, missing};
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
    path,
};

/// What is asked of the units below one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AtRiskBelow {
    id: String,
    #[serde(flatten)]
    asked: Asked,
}

impl Listing for AtRiskBelow {
    const KIND: ExportKind = ExportKind::Risk;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["单位", "上级工会", "还缺什么"];
        Listed::of(frame, "需要关注的单位", "risk", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let id: UnitId = path::read(&self.id)?;
        let question = self.asked.question();
        let (found, total) = risks::export(app, actor, &id, question, portion).await?;
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

    fn unit(&self) -> Result<Option<UnitId>, PageError> {
        Ok(Some(path::read(&self.id)?))
    }
}
