//! Tables that pages offer to download.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use jianjia_app::core::export::long::{Format, XLSX, format};
use jianjia_documents::workbook::{self, Table};

use crate::{page::PageResult, visit::percent_encoded};

/// The tables as a file to be saved under `name`: a workbook, or the first of them as CSV.
///
/// # Errors
/// When the file can't be written: a failure of ours.
pub async fn answer(tables: Vec<Table>, asked: &str, name: &str) -> PageResult {
    let format = format(asked);
    let bytes = bytes(tables, format).await?;
    let name = format!("{name}.{}", format.ending);
    Ok(attached(&name, format.media_type, bytes))
}

/// A file, to be saved under a name in Latin letters.
pub fn attached(name: &str, media_type: &'static str, bytes: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, bytes).into_response()
}

/// The content of the file: a workbook of a whole city takes a while, so it is not made on the threads that answer pages.
///
/// # Errors
/// As `answer`.
async fn bytes(tables: Vec<Table>, format: Format) -> anyhow::Result<Vec<u8>> {
    let made = tokio::task::spawn_blocking(move || {
        if format == XLSX {
            return workbook::workbook(&tables, &[]);
        }
        match tables.first() {
            Some(table) => workbook::csv(table),
            None => Ok(Vec::new()),
        }
    });
    made.await?
        .map_err(|error| anyhow::anyhow!("a table as a file: {error}"))
}

/// A file, to be saved under its Chinese name.
pub fn named(name: &str, media_type: &str, bytes: impl IntoResponse) -> Response {
    let ending = name.rsplit('.').next().unwrap_or_default();
    let disposition = format!(
        "attachment; filename=\"table.{ending}\"; filename*=UTF-8''{}",
        percent_encoded(name)
    );
    let header_of = |text: &str, otherwise: &'static str| {
        HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(otherwise))
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            header_of(media_type, "application/octet-stream"),
        ),
        (
            header::CONTENT_DISPOSITION,
            header_of(&disposition, "attachment"),
        ),
    ];
    (headers, bytes).into_response()
}
