//! The subsidies of a year as a table to download.

use jianjia_app::money::subsidy::{self as subsidies, granted::Granted};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{core::export::ExportKind, money::subsidy::Subsidy};

use super::{Asked, scheme_name};
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::Subsidies;

    fn listed(&self, frame: &Frame) -> Listed {
        // Those whose grant differs are listed with the three amounts that it is about.
        let amounts = match self.compares() {
            true => ["补贴|已下达", "补贴|现在核定", "补贴|差额"],
            false => ["补贴|基数", "补贴|上浮下调", "补贴|金额"],
        };
        let [first, second, third] = amounts;
        let headings = [
            "表格|单位工会",
            "年度",
            "补贴办法",
            first,
            second,
            third,
            "计算",
        ];
        let file = format!("subsidies-{}", self.year);
        Listed::of(frame, "活动经费补贴", &file, &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (filter, district) = (self.filter()?, self.district()?);
        let (found, total) =
            subsidies::export(app, actor, &filter, district.as_ref(), portion).await?;
        let standard = app.standards.of(filter.year);
        let money = |fen: Option<i64>| {
            let unknown = || Cell::from(frame.t("还不知道"));
            fen.map_or_else(unknown, Cell::Fen)
        };
        let row = |(subsidy, granted): &(Subsidy, Option<Granted>)| {
            let entitlement = &subsidy.entitlement;
            let amounts = match granted {
                Some(granted) => [
                    Cell::Fen(granted.fen),
                    money(subsidy.amount_fen()),
                    money(granted.difference_fen),
                ],
                None => [
                    money(entitlement.reckoned.base_fen),
                    Cell::from(frame.t_fixed(subsidy.change().word())),
                    money(subsidy.amount_fen()),
                ],
            };
            let mut cells = vec![
                Cell::Text(subsidy.unit_name.clone()),
                Cell::Number(subsidy.year.into()),
                Cell::Text(scheme_name(frame, standard, &entitlement.scheme)),
            ];
            cells.extend(amounts);
            cells.push(Cell::from(frame.text(&entitlement.sum)));
            cells
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}
