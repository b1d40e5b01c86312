//! The register of vetoes as a table to download. Its headings are those of the import, so that what stands can be imported again; what was lifted is told by
//! its state, by which the import knows it.

use jianjia_app::round::veto as vetoes;
use jianjia_documents::workbook::Cell;
use jianjia_domain::{core::export::ExportKind, round::veto::Veto};

use super::{Asked, clause_name};
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::Vetoes;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["表格|单位工会", "年度", "否决|情形", "来源", "状态"];
        Listed::of(frame, "否决登记", "vetoes", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = vetoes::export(app, actor, &self.filter(), portion).await?;
        let row = |veto: &Veto| {
            let meaning = app.standards.veto(veto.year, &veto.clause);
            vec![
                Cell::Text(veto.unit_name.clone()),
                Cell::Number(veto.year.into()),
                Cell::Text(clause_name(frame, meaning, &veto.clause)),
                Cell::Text(veto.source.clone()),
                Cell::from(frame.t_fixed(veto.state().word())),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}
