//! Tables that pages offer to download.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use jianjia_app::core::export::Made;
use jianjia_documents::workbook::{self, Cell, Column, Table, long::Long};

use crate::{page::PageResult, visit::percent_encoded};

/// How a file is called and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    pub media_type: &'static str,
    pub ending: &'static str,
}

pub const XLSX: Format = Format {
    media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ending: "xlsx",
};

pub const CSV: Format = Format {
    media_type: "text/csv; charset=utf-8",
    ending: "csv",
};

/// The format of an address: a workbook for `xlsx`, else CSV.
fn format(asked: &str) -> Format {
    if asked == XLSX.ending { XLSX } else { CSV }
}

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
pub fn attached(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
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

/// A long table that is written while it is read, off the threads that answer pages.
pub struct LongFile {
    long: Long,
    format: Format,
}

impl LongFile {
    /// Begins it: a workbook for `xlsx`, else CSV.
    ///
    /// # Errors
    /// When it can't be begun: a failure of ours.
    pub fn begin(name: &str, columns: &[Column], asked: &str) -> anyhow::Result<LongFile> {
        let format = format(asked);
        let long = if format == XLSX {
            Long::workbook(name, columns)?
        } else {
            Long::csv(columns)?
        };
        Ok(LongFile { long, format })
    }

    /// Writes rows after those before.
    ///
    /// # Errors
    /// When they can't be written.
    pub async fn push(self, rows: Vec<Vec<Cell>>) -> anyhow::Result<LongFile> {
        let LongFile { mut long, format } = self;
        let pushed = tokio::task::spawn_blocking(move || long.push(&rows).map(|()| long));
        let long = pushed.await??;
        Ok(LongFile { long, format })
    }

    /// The rows so far, without the headings.
    pub fn rows(&self) -> i64 {
        self.long.rows()
    }

    /// The file of a job, called by a name in words.
    ///
    /// # Errors
    /// When it can't be put together.
    pub async fn end(self, name: &str) -> anyhow::Result<Made> {
        let LongFile { long, format } = self;
        let rows = long.rows();
        let bytes = tokio::task::spawn_blocking(move || long.end()).await??;
        Ok(Made {
            name: format!("{name}.{}", format.ending),
            media_type: format.media_type,
            rows,
            bytes,
        })
    }
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
