//! Who is to come as a table to download: the list under its filter, logins masked as there.

use jianjia_app::office::invitation::{self as invitations, Line};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{export::ExportKind, ids::UnitId};

use super::{Search, masked, name, state};
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

impl Listing for Search {
    const KIND: ExportKind = ExportKind::Invitations;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["表格|所在工会", "姓名", "角色", "用户名", "邀请情况"];
        Listed::of(frame, "邀请", "invitations", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let asked = (self.filter(), self.days.parse().ok());
        let under = self.under()?;
        let (lines, total) =
            invitations::export(app, actor, under.as_ref(), asked, portion).await?;
        let row = |line: &Line| {
            vec![
                Cell::Text(line.unit_name.clone()),
                Cell::Text(name(frame, &line.name, line.name_source)),
                Cell::from(frame.t_fixed(line.invitation.role.word())),
                Cell::Text(masked(&line.login)),
                Cell::Text(state(frame, line)),
            ]
        };
        Ok(Rows {
            rows: lines.iter().map(row).collect(),
            total,
        })
    }

    fn unit(&self) -> Result<Option<UnitId>, PageError> {
        self.under()
    }
}
