//! A long table that is written while it is read, off the threads that answer pages.

use jianjia_documents::workbook::{Cell, Column, long::Long};

use crate::core::export::Made;

/// How a table's file is called and read.
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
pub fn format(asked: &str) -> Format {
    if asked == XLSX.ending { XLSX } else { CSV }
}

/// A table that is being written.
pub struct LongFile {
    long: Long,
    format: Format,
}

impl LongFile {
    /// Begins it.
    ///
    /// # Errors
    /// When it can't be begun: a failure of ours.
    pub fn begin(name: &str, columns: &[Column], format: Format) -> anyhow::Result<LongFile> {
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

    /// The file, called by a name in words.
    ///
    /// # Errors
    /// When it can't be put together.
    pub async fn end(self, name: &str) -> anyhow::Result<Made> {
        let LongFile { long, format } = self;
        let rows = long.rows();
        let file = tokio::task::spawn_blocking(move || long.end()).await??;
        Ok(Made {
            name: format!("{name}.{}", format.ending),
            media_type: format.media_type,
            rows,
            file,
            record: None,
        })
    }
}
