//! The progress as tables to download: the targets, and the titles by federation.

use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    honour::target::{self as progress, FederationProgress},
};
use jianjia_documents::workbook::{Cell, Column, Table};
use serde::Deserialize;

use super::{Index, percent};
use crate::{frame::Frame, page::PageResult, table_file};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// `targets` or else `federations`: which table a CSV holds; a workbook has both.
    table: String,
    /// `xlsx` or else `csv`.
    format: String,
}

pub(super) async fn export(
    State(app): State<App>,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let index = Index::of(&app, frame, progress::city(&app).await?, None);
    let mut tables = vec![federations(&index), targets(&index)];
    if asked.table == "targets" {
        tables.reverse();
    }
    table_file::answer(tables, &asked.format, "progress").await
}

fn targets(index: &Index) -> Table {
    let frame = &index.frame;
    let headings = [
        "条款",
        "目标",
        "期限",
        "现有",
        "目标数",
        "完成",
        "到今天应完成",
        "应有",
    ];
    Table {
        name: frame.t("目标进展").to_owned(),
        columns: headings.map(|word| Column::plain(frame.t(word))).into(),
        rows: index
            .progress
            .targets
            .iter()
            .map(|target| {
                vec![
                    Cell::Text(target.clause.clone()),
                    Cell::Text(index.title_name(target)),
                    Cell::Text(target.by.to_string()),
                    Cell::Number(target.held),
                    Cell::Number(target.required),
                    Cell::Text(percent(target.reached_bp)),
                    Cell::Text(percent(target.due_bp)),
                    Cell::Number(target.due()),
                ]
            })
            .collect(),
    }
}

fn federations(index: &Index) -> Table {
    let frame = &index.frame;
    let targets = &index.progress.targets;
    let titles = targets.iter().map(|target| index.title_name(target));
    let columns = [frame.t("单位").to_owned(), frame.t("基层工会").to_owned()];
    let row = |federation: &FederationProgress| {
        let name = index.federation_name(federation).to_owned();
        let held = federation.held.iter().map(|count| Cell::Number(*count));
        let first = [Cell::Text(name), Cell::Number(federation.unions)];
        first.into_iter().chain(held).collect()
    };
    Table {
        name: frame.t("分地区和产业").to_owned(),
        columns: columns
            .into_iter()
            .chain(titles)
            .map(|heading| Column::plain(&heading))
            .collect(),
        rows: index.progress.federations.iter().map(row).collect(),
    }
}
