//! The people of a unit as a table to download, telephones masked as on the page. Its headings are those of the import.

use axum::extract::{Query, State};
use jianjia_app::core::app::App;
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::ids::UnitId;

use super::{Line, list};
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
    let page = list(&app, &actor, frame, &id).await?;
    let headings = [
        "姓名",
        "表格|所在工会",
        "身份",
        "人员|职务",
        "电话",
        "人员|任职日期",
    ];
    let row = |line: &Line| {
        let details = &line.person.details;
        vec![
            Cell::Text(details.name.clone()),
            Cell::Text(page.unit.details.name.clone()),
            Cell::Text(line.post.clone()),
            Cell::from(details.duty.as_str()),
            Cell::from(line.phone.as_str()),
            details
                .since_on
                .map_or(Cell::Nothing, |day| Cell::Text(day.to_string())),
        ]
    };
    let rows = page.in_post.iter().map(row).collect();
    let listed = Listed::of(&page.frame, "人员", "people", &headings);
    listed.answer(rows, &asked.format).await
}
