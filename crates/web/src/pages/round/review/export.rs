//! The queue as a table to download.

use jianjia_app::round::review as reviews;
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{export::ExportKind, ids::UnitId};

use super::{Row, asked::Asked, row};
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::Reviews;

    fn listed(&self, frame: &Frame) -> Listed {
        let name = if self.place == "all" {
            "下属单位的申报"
        } else {
            "待我审核"
        };
        let headings = [
            "申报单位（个人）",
            "称号",
            "状态",
            "核实",
            "材料",
            "当前环节",
            "承办人",
            "已核实完毕",
            "到达时间",
        ];
        Listed::of(frame, name, "reviews", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let found = reviews::export(app, actor, &self.input()?, portion).await?;
        let own: Vec<UnitId> = found.units.iter().map(|unit| unit.id).collect();
        let files = found.files.iter();
        let rows = files.map(|(application, looked_at, held)| {
            let row = row(app, frame, &own, application, (looked_at, held));
            cells(frame, row, looked_at.files)
        });
        Ok(Rows {
            rows: rows.collect(),
            total: found.total,
        })
    }
}

fn cells(frame: &Frame, row: Row, files: i64) -> Vec<Cell> {
    let passed = if row.is_passed { frame.t("是") } else { "" };
    vec![
        Cell::Text(row.applicant),
        Cell::Text(row.title),
        Cell::from(row.state),
        Cell::Text(row.looked_at),
        Cell::Number(files),
        Cell::Text(row.step),
        Cell::Text(row.held_by),
        Cell::from(passed),
        Cell::Text(row.since),
    ]
}
