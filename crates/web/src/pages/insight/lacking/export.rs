//! The unions behind a figure as tables to download, telephones masked as on the page.

use jianjia_app::insight::holding_back::{self as holding, Lacking};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{export::ExportKind, ids::UnitId};

use super::{Asked, OneStep, facets, lacks, phone};
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::Lacking;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["单位", "上级工会", "类型", "还缺什么"];
        Listed::of(frame, "欠缺条目的工会", "unions", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let question = self.question()?;
        let standard = app.standards.of(question.year.unwrap_or(app.year()));
        let (found, total) = holding::export(app, actor, &question, portion).await?;
        let row = |line: &Lacking| {
            vec![
                Cell::Text(line.unit.name.clone()),
                Cell::Text(line.upper_name.clone()),
                Cell::Text(facets(frame, standard, line)),
                Cell::Text(lacks(frame, standard, line, &self.clause)),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }

    fn unit(&self) -> Result<Option<UnitId>, PageError> {
        self.under()
    }
}

impl Listing for OneStep {
    const KIND: ExportKind = ExportKind::OneStep;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "单位",
            "上级工会",
            "类型",
            "条款",
            "还缺什么",
            "主席",
            "电话",
        ];
        Listed::of(frame, "只差一步的工会", "one-step", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let question = self.asked.question_of_steps()?;
        let standard = app.standards.of(question.year.unwrap_or(app.year()));
        let (found, total) = holding::export(app, actor, &question, portion).await?;
        let row = |line: &Lacking| {
            let step = line.shortfall.step.as_ref();
            vec![
                Cell::Text(line.unit.name.clone()),
                Cell::Text(line.upper_name.clone()),
                Cell::Text(facets(frame, standard, line)),
                Cell::Text(step.map(|step| step.clause.clone()).unwrap_or_default()),
                Cell::Text(lacks(frame, standard, line, "")),
                Cell::Text(line.chair.clone()),
                Cell::Text(phone(Some(actor), line)),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }

    fn unit(&self) -> Result<Option<UnitId>, PageError> {
        self.asked.under()
    }
}
