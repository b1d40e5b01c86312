//! `jianjia bench tables`: a long list is written as a workbook, portion by portion, as the job of an export does it.

use std::{process::ExitCode, time::Instant};

use anyhow::Result;
use clap::Args;
use jianjia_documents::workbook::{Cell, Column, long::Long};
use serde::Serialize;

use crate::{memory, output::say};

/// Writes a workbook of many rows, and says how long it took and how much memory the process had at most
#[derive(Args)]
pub struct BenchTables {
    /// Rows of the workbook
    #[arg(long, default_value_t = 250_000)]
    rows: i64,
}

#[derive(Serialize)]
struct Report {
    rows: i64,
    bytes: u64,
    /// The rows, a portion at a time.
    write_s: f64,
    /// The workbook of them.
    end_s: f64,
    peak_mb: u64,
}

/// Rows written at a time.
const PORTION: i64 = 1_000;

pub fn run(command: &BenchTables) -> Result<ExitCode> {
    let began = Instant::now();
    let headings = [
        "单位",
        "称号",
        "状态",
        "当前环节",
        "承办人",
        "到达时间",
        "材料",
    ];
    let mut long = Long::workbook("申报", &headings.map(Column::plain))?;
    while long.rows() < command.rows {
        let first = long.rows();
        let last = command.rows.min(first + PORTION);
        let rows: Vec<Vec<Cell>> = (first..last).map(row).collect();
        long.push(&rows)?;
    }
    let write_s = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let bytes = long.end()?.metadata()?.len();
    let report = Report {
        rows: command.rows,
        bytes,
        write_s,
        end_s: began.elapsed().as_secs_f64(),
        peak_mb: memory::peak_mb(),
    };
    say!("{}", serde_json::to_string(&report)?)?;
    Ok(ExitCode::SUCCESS)
}

fn row(number: i64) -> Vec<Cell> {
    vec![
        Cell::Text(format!("常州第{number}机械有限公司工会")),
        Cell::from("信赖职工之家"),
        Cell::from("审核中"),
        Cell::Text(format!("红梅街道总工会第{}组 · 审核", number % 97)),
        Cell::Text(format!("承办人{}", number % 31)),
        Cell::Text(format!("2016-10-{:02} 09:30", number % 28 + 1)),
        Cell::Number(number % 12),
    ]
}
