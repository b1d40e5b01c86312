//! Tables that pages offer to download.

use axum::{http::header, response::IntoResponse};
use jianjia_documents::workbook::{self, Table};

use crate::page::PageResult;

/// The tables as a file to be saved under `name`: a workbook for `xlsx`, else the first of them as CSV.
///
/// # Errors
/// When the file can't be written: a failure of ours.
pub async fn answer(tables: Vec<Table>, format: &str, name: &str) -> PageResult {
    // A workbook of the whole city takes a while: not on the threads that answer pages.
    let as_workbook = format == "xlsx";
    let bytes = tokio::task::spawn_blocking(move || {
        if as_workbook {
            return workbook::workbook(&tables, &[]);
        }
        match tables.first() {
            Some(table) => workbook::csv(table),
            None => Ok(Vec::new()),
        }
    })
    .await
    .map_err(anyhow::Error::from)?
    .map_err(|error| anyhow::anyhow!("a table as a file: {error}"))?;
    let (kind, ending) = if as_workbook {
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        )
    } else {
        ("text/csv; charset=utf-8", "csv")
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.{ending}\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}
