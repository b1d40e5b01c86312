//! `jianjia bench trail`: the cost of covering the records by the trail. The same acts and the same import run with and without it, alternately, on
//! SQLite in temporary folders.

use std::{
    collections::BTreeMap,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::Args;
use jianjia_app::{
    core::app::App,
    exchange::import::machine,
    year::sheet::{self as sheets, SayInput},
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    exchange::import::ImportKind,
};
use jianjia_store::testing as databases;
use jiff::civil::date;
use serde::Serialize;

use crate::{
    instance,
    output::{say, tell},
};

/// Runs acts and an import with and without the digests of the rows that they write
#[derive(Args)]
pub struct BenchTrail {
    /// Acts per kind and mode in a round
    #[arg(long, default_value_t = 100)]
    acts: usize,
    /// Rows of the import
    #[arg(long, default_value_t = 20_000)]
    rows: usize,
    /// How often each is measured; the median counts
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

#[derive(Serialize)]
struct Report {
    act_ms: f64,
    act_uncovered_ms: f64,
    act_ratio: f64,
    import_s: f64,
    import_uncovered_s: f64,
    import_ratio: f64,
}

pub fn run(command: &BenchTrail) -> Result<ExitCode> {
    instance::run(async {
        let (mut acts, mut imported) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
        for round in 0..command.rounds.max(1) {
            // The order alternates, so that a machine that slows down favours neither.
            for way in [round % 2, 1 - round % 2] {
                acts[way].push(Union::make().await.acts(command.acts, way).await?);
                imported[way].push(import(command.rows, way).await?);
            }
            tell!("round {round}: acts {acts:.3?}, imports {imported:.3?} (covered, not)");
        }
        let [act, act_uncovered] = acts.map(middle);
        let [import, import_uncovered] = imported.map(middle);
        let report = Report {
            act_ms: act * 1_000.0,
            act_uncovered_ms: act_uncovered * 1_000.0,
            act_ratio: act / act_uncovered,
            import_s: import,
            import_uncovered_s: import_uncovered,
            import_ratio: import / import_uncovered,
        };
        say!("{}", serde_json::to_string(&report)?)?;
        Ok(ExitCode::SUCCESS)
    })
}

fn covered_or_not(app: &App, way: usize) -> App {
    let mut app = app.clone();
    if way == 1 {
        app.db = app.db.uncovered();
    }
    app
}

/// A union whose chair fills in the year sheet.
struct Union {
    city: TestCity,
    union: UnitPlace,
    chair: Actor,
}

impl Union {
    async fn make() -> Union {
        let city = testing::city(databases::sqlite().await, date(2016, 10, 20));
        let top = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&top), UnitKind::District, "天宁区总工会")
            .await;
        let union = city
            .unit(
                Some(&district),
                UnitKind::Grassroots,
                "常州第一机械有限公司工会",
            )
            .await;
        let chair = city.actor("王芳", &[(Role::Chair, &union)]).await;
        Union { city, union, chair }
    }

    /// Saves a new figure in each act, as a chair does who has read the sheet; returns the seconds per act.
    async fn acts(&self, count: usize, way: usize) -> Result<f64> {
        let app = covered_or_not(&self.city.app, way);
        let mut spent = Duration::ZERO;
        for act in 0..count {
            let sheet = sheets::read(&app, &self.chair, &self.union.id, None, 2016)
                .await
                .context("the sheet is read")?;
            let input = SayInput {
                group: Some("basics".to_owned()),
                typed: BTreeMap::from([
                    ("workers".to_owned(), "200".to_owned()),
                    ("members".to_owned(), (100 + act % 90).to_string()),
                ]),
                seen: sheet.seen(),
                request_key: format!("act {act}"),
                ..SayInput::default()
            };
            let began = Instant::now();
            sheets::say(&app, &self.chair, &self.union.id, None, 2016, &input)
                .await
                .context("the figures are said")?;
            spent += began.elapsed();
        }
        Ok(spent.as_secs_f64() / count as f64)
    }
}

/// Imports unions into a city of its own; returns the seconds.
async fn import(rows: usize, way: usize) -> Result<f64> {
    let city = testing::city(databases::sqlite().await, date(2016, 10, 20));
    let top = city.unit(None, UnitKind::City, "常州市总工会").await;
    city.unit(Some(&top), UnitKind::District, "天宁区总工会")
        .await;
    let app = covered_or_not(&city.app, way);
    let mut table = "工会名称,上级工会,单位名称,单位性质,职工人数,会员人数\n".to_owned();
    for number in 0..rows {
        table.push_str(&format!(
            "常州第{number}机械有限公司工会,天宁区总工会,常州第{number}机械有限公司,企业,200,190\n"
        ));
    }
    let began = Instant::now();
    let report = machine::at_the_machine(
        &app,
        ImportKind::Unions,
        "unions.csv",
        table.as_bytes(),
        false,
    )
    .await
    .context("the unions are imported")?;
    anyhow::ensure!(
        report.is_clean(),
        "rows were refused: {:?}",
        report.rows.first()
    );
    Ok(began.elapsed().as_secs_f64())
}

fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
