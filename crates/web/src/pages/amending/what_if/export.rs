//! The table of those who would gain or lose a title.

use jianjia_app::amending::what_if::{self as what_ifs, MoveLine};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{export::ExportKind, ids::UnitId};

use super::{question::Asked, words};
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::WhatIf;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "单位",
            "姓名",
            "测算|单位类型",
            "测算|所属",
            "称号",
            "测算|变化",
            "测算|现行标准",
            "改后",
            "测算|申报",
            "原因",
        ];
        Listed::of(frame, "标准测算", "what-if", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let stage = what_ifs::stage(app, actor, &self.at()?).await?;
        let (standard, _) = stage.changed(&self.changes())?;
        let year = stage.year;
        let effect = what_ifs::effect(app, &stage.standard, &standard, year, &stage.place).await?;
        let (lines, total) = effect.lines(&self.filter()?, portion);
        let row = |line: &MoveLine| {
            let person = line.person.as_ref();
            let applied = person.map_or("", |person| words::applied(frame, person));
            let because = person.map_or_else(String::new, |person| {
                words::because(frame, &stage.standard, &person.because)
            });
            vec![
                Cell::Text(line.name.clone()),
                Cell::Text(person.map_or_else(String::new, |person| person.name.clone())),
                Cell::from(words::kind(frame, line.kind)),
                Cell::Text(line.under.clone()),
                Cell::from(frame.text(&line.title)),
                Cell::from(frame.t_fixed(words::moved(line.what))),
                Cell::from(words::status(frame, line.before)),
                Cell::from(words::status(frame, line.after)),
                Cell::from(applied),
                Cell::Text(because),
            ]
        };
        Ok(Rows {
            rows: lines.iter().map(row).collect(),
            total,
        })
    }

    fn unit(&self) -> Result<Option<UnitId>, PageError> {
        Ok(self.at()?.place)
    }
}
