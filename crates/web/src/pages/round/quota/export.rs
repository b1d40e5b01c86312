//! The city's places as tables to download: by federation and title, and those that moved on.

use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::recommendation::{self as recommendations, QuotaCell, QuotaTable},
};
use jianjia_documents::workbook::{Cell, Column, Table};
use jianjia_domain::round::quota::QuotaMove;
use serde::Deserialize;

use crate::{frame::Frame, page::PageResult, path::Path, session::SignedIn, table_file};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// `xlsx` or else `csv`, which holds the places alone.
    format: String,
}

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let table = recommendations::table(&app, &actor, year).await?;
    let mut tables = vec![places(&frame, &table)];
    if !table.moves.is_empty() {
        tables.push(moves(&frame, &table));
    }
    table_file::answer(tables, &asked.format, &format!("quotas-{year}")).await
}

/// A row a federation and title.
fn places(frame: &Frame, table: &QuotaTable) -> Table {
    let headings = [
        "推荐单位",
        "称号",
        "现有名额",
        "已用",
        "退回",
        "退回未调剂",
        "办结后空出",
        "候选",
        "分到镇（街道）",
        "推荐名单",
    ];
    let row = |federation: &str, title: &str, cell: &QuotaCell| {
        let closed = if cell.is_closed {
            "已办结"
        } else {
            "未办结"
        };
        vec![
            Cell::Text(federation.to_owned()),
            Cell::Text(title.to_owned()),
            Cell::Number(cell.in_hand()),
            Cell::Number(cell.used),
            Cell::Number(cell.returned),
            Cell::Number(cell.unmoved()),
            Cell::Number(cell.left_over),
            Cell::Number(cell.waiting),
            Cell::Number(cell.shared),
            Cell::Text(frame.t(closed).to_owned()),
        ]
    };
    let mut rows = Vec::new();
    for of in &table.rows {
        for ((_, title), cell) in table.titles.iter().zip(&of.cells) {
            rows.push(row(&of.federation.name, frame.text(title), cell));
        }
    }
    Table {
        name: frame.t("推荐名额").to_owned(),
        columns: headings.map(|word| Column::plain(frame.t(word))).into(),
        rows,
    }
}

fn moves(frame: &Frame, table: &QuotaTable) -> Table {
    let headings = [
        "称号",
        "从哪个单位",
        "调剂给",
        "名额",
        "调剂的理由",
        "经办人",
        "时间",
    ];
    let title_name = |key: &str| {
        let mut titles = table.titles.iter();
        let found = titles.find(|(title, _)| title == key);
        found.map_or("", |(_, name)| frame.text(name)).to_owned()
    };
    let row = |moved: &QuotaMove| {
        vec![
            Cell::Text(title_name(&moved.title)),
            Cell::Text(table.name(&moved.from).to_owned()),
            Cell::Text(table.name(&moved.to).to_owned()),
            Cell::Number(moved.places),
            Cell::Text(moved.reason.clone()),
            Cell::Text(moved.moved_by_name.clone()),
            Cell::Text(frame.minute(moved.moved_at)),
        ]
    };
    Table {
        name: frame.t("已调剂的名额").to_owned(),
        columns: headings.map(|word| Column::plain(frame.t(word))).into(),
        rows: table.moves.iter().map(row).collect(),
    }
}
