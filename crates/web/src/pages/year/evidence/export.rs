//! The list of evidence as a table to download.

use axum::extract::{Query, State};
use jianjia_app::{core::app::App, year::evidence};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::ids::UnitId;

use super::{Row, row};
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
    let list = evidence::list(&app, &actor, &id).await?;
    let headings = ["名称", "类型", "材料|大小", "上传人", "上传时间", "用在"];
    let rows = list.evidence.iter().map(|(kept, uses)| {
        let Row {
            name,
            kind,
            size,
            by,
            at,
            uses,
            ..
        } = row(&app, &frame, kept, uses, false);
        vec![
            Cell::Text(name),
            Cell::from(kind),
            Cell::Text(size),
            Cell::from(by.as_str()),
            Cell::Text(at),
            Cell::from(uses.join(frame.t("；")).as_str()),
        ]
    });
    let rows = rows.collect();
    let listed = Listed::of(&frame, "材料", "evidence", &headings);
    listed.answer(rows, &asked.format).await
}
