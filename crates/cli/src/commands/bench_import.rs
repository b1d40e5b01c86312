//! `jianjia bench import`: a long table of unions is read, checked and written, on SQLite in a temporary folder.

use std::{process::ExitCode, time::Instant};

use anyhow::{Context, Result};
use clap::Args;
use jianjia_app::exchange::import::{
    Wanted,
    machine::{self, AtTheMachine},
};
use jianjia_demo::testing;
use jianjia_domain::{
    core::place::UnitKind,
    exchange::import::{ImportKind, table::HiddenRows},
};
use jianjia_store::testing as databases;
use jiff::civil::date;
use serde::Serialize;

use crate::{
    instance, memory,
    output::{say, tell},
};

/// Imports a table of unions into a city of its own: reading, checking and writing it are measured one after the other
#[derive(Args)]
pub struct BenchImport {
    /// Rows of the table
    #[arg(long, default_value_t = 100_000)]
    rows: usize,
}

#[derive(Serialize)]
struct Report {
    rows: usize,
    /// From the bytes of the workbook to rows.
    read_s: f64,
    /// What becomes of every row.
    check_s: f64,
    /// The rows written, in one transaction with its commit.
    write_s: f64,
    /// All three.
    total_s: f64,
    peak_mb: u64,
}

pub fn run(command: &BenchImport) -> Result<ExitCode> {
    instance::run(async {
        let city = testing::city(databases::sqlite().await, date(2016, 10, 20));
        let top = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&top), UnitKind::District, "天宁区总工会")
            .await;
        let app = &city.app;
        let table = table_of(command.rows);
        tell!("a table of {} rows, {} bytes", command.rows, table.len());
        let (kind, name) = (ImportKind::Unions, "unions.csv");
        let asked = AtTheMachine {
            only_look: false,
            wanted: Wanted::All,
            hidden_rows: HiddenRows::Take,
        };
        let began = Instant::now();
        let taken = machine::read_for_the_machine(app, kind, name, table.as_bytes(), &asked)
            .context("the table is read")?;
        let read_s = began.elapsed().as_secs_f64();
        let began = Instant::now();
        let checked = machine::check_at_the_machine(app, kind, &taken)
            .await
            .context("the rows are checked")?;
        let check_s = began.elapsed().as_secs_f64();
        drop(taken);
        let began = Instant::now();
        let report = machine::write_checked(app, checked, &asked)
            .await
            .context("the rows are written")?;
        let write_s = began.elapsed().as_secs_f64();
        anyhow::ensure!(
            report.counts()[0] == command.rows,
            "not every row is new: {:?}",
            report.counts()
        );
        let report = Report {
            rows: command.rows,
            read_s,
            check_s,
            write_s,
            total_s: read_s + check_s + write_s,
            peak_mb: memory::peak_mb(),
        };
        say!("{}", serde_json::to_string(&report)?)?;
        Ok(ExitCode::SUCCESS)
    })
}

fn table_of(rows: usize) -> String {
    let mut table =
        "工会名称,工会类型,上级工会,单位名称,单位性质,职工人数,会员人数,工会主席,建会日期\n"
            .to_owned();
    for number in 0..rows {
        table.push_str(&format!(
            "常州第{number}机械有限公司工会,基层工会,天宁区总工会,常州第{number}机械有限公司,企业,200,190,王芳,2009年6月1日\n"
        ));
    }
    table
}
