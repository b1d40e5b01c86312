//! The log of activities as a table to download: the months that the page shows.

use axum::extract::{Query, State};
use jianjia_app::{core::app::App, year::activity as activities};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::ids::UnitId;

use super::list::{Row, months};
use crate::{
    frame::Frame,
    page::PageResult,
    pages::core::export::{Listed, Wanted},
    path::Path,
    session::SignedIn,
};

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(asked): Query<Wanted>,
) -> PageResult {
    let log = activities::read(&app, &actor, &id).await?;
    let headings = ["日期", "活动类别", "活动名称", "参加人数", "说明", "材料"];
    let row = |row: Row| {
        let evidence = row.evidence.into_iter();
        let evidence: Vec<String> = evidence.map(|(_, name, _)| name).collect();
        vec![
            Cell::Text(row.held_on),
            Cell::Text(row.kind),
            Cell::Text(row.title),
            row.number.map_or(Cell::Nothing, Cell::Number),
            Cell::from(row.note.as_str()),
            Cell::from(evidence.join(frame.t("；")).as_str()),
        ]
    };
    let months = months(&app, &frame, &log).into_iter();
    let rows = months.flat_map(|month| month.activities).map(row).collect();
    let listed = Listed::of(&frame, "活动台账", "activities", &headings);
    listed.answer(rows, &asked.format).await
}
