//! Objections as a table to download: number, candidate and how far each is, never who objected, what they wrote or from where.

use jianjia_app::round::objection::{self as objections, ObjectionLine};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::export::ExportKind;
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

/// All of them, without a question.
#[derive(Debug, Deserialize)]
pub(crate) struct Handled {}

impl Listing for Handled {
    const KIND: ExportKind = ExportKind::Objections;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "编号",
            "候选",
            "称号",
            "收到时间",
            "交给谁核实",
            "办到哪一步",
            "核实结果",
            "答复时间",
        ];
        Listed::of(frame, "异议", "objections", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, (limit, offset): (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (lines, has_more) = objections::export(app, actor, (limit, offset)).await?;
        let row = |line: &ObjectionLine| {
            let of = &line.objection;
            let (assigned, answer) = (of.assigned.as_ref(), of.answer.as_ref());
            vec![
                Cell::Number(of.number),
                Cell::Text(line.candidate.clone()),
                Cell::Text(frame.text(&line.title).to_owned()),
                Cell::Text(frame.date_of(of.received_at)),
                Cell::Text(assigned.map_or_else(String::new, |assigned| assigned.to_name.clone())),
                Cell::Text(frame.t_fixed(of.state().word()).to_owned()),
                Cell::Text(answer.map_or_else(String::new, |answer| {
                    frame.t_fixed(answer.outcome.word()).to_owned()
                })),
                Cell::Text(answer.map_or_else(String::new, |answer| frame.date_of(answer.at))),
            ]
        };
        Ok(Rows {
            // How many there are in all is not told.
            total: match has_more {
                true => offset + limit + 1,
                false => offset + i64::try_from(lines.len()).unwrap_or(limit),
            },
            rows: lines.iter().map(row).collect(),
        })
    }
}
