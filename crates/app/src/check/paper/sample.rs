//! 抽查名单: who was drawn and who inspects, for those who see the city's checks.

use jianjia_domain::{check::visit::Visit, core::day, core::policy::Actor};
use jianjia_standard::Standard;
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    check::spot_check::{self as checks, Sample, SampleLine},
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
};

#[derive(Serialize)]
struct List {
    office: String,
    year: i16,
    title: String,
    drawn_on: Date,
    due_on: Date,
    announced: bool,
    frame: i64,
    frame_hash: String,
    lottery: String,
    seed: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    union: String,
    stratum: String,
    inspectors: Option<String>,
}

/// The list of a year's sample.
///
/// # Errors
/// As `checks::sample`.
pub async fn sheet(app: &App, actor: &Actor, year: &i16) -> Result<Sheet> {
    let sample = checks::sample(app, actor, *year).await?;
    let check = &sample.check;
    let done = check.drawn.as_ref().ok_or(Error::NotFound)?;
    let standard = app.standards.of(*year);
    let lottery = &check.lottery;
    let list = List {
        office: super::city(app).await?.name,
        year: check.year,
        title: super::title_name(standard, &check.title),
        drawn_on: day::day_of(done.at),
        due_on: done.due_on,
        announced: check.announced,
        frame: check.units,
        frame_hash: check.frame_hash.clone(),
        lottery: format!("{}第{}期", lottery.name, lottery.issue),
        seed: done.seed.clone(),
        rows: sample
            .lines
            .iter()
            .map(|line| row(standard, &sample, line))
            .collect(),
    };
    Sheet::of("spot-check", format!("{year}年"), &list)
}

fn row(standard: &Standard, sample: &Sample, line: &SampleLine) -> Row {
    let going = line.inspectors.iter().filter(|one| one.left.is_none());
    let names = going.map(|one| format!("{}（{}）", one.name, one.unit_name));
    let names: Vec<String> = names.collect();
    Row {
        union: line.visit.unit_name.clone(),
        stratum: stratum(standard, sample, &line.visit),
        inspectors: (!names.is_empty()).then(|| names.join("、")),
    }
}

/// `武进区总工会 · 高风险`.
fn stratum(standard: &Standard, sample: &Sample, visit: &Visit) -> String {
    let mut strata = sample.strata.iter();
    let Some(stratum) = strata.find(|known| known.name == visit.stratum) else {
        return visit.stratum.clone();
    };
    let rules = standard.spot_check.as_ref();
    let class = rules.and_then(|rules| rules.class(&stratum.class));
    let class = class.map_or(stratum.class.as_str(), |class| class.name.zh.as_str());
    format!("{} · {class}", stratum.district_name)
}
