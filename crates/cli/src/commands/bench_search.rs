//! `jianjia bench search`: the latency of the search in a register of any size, on either engine, with the statements that read what is shown.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use jianjia_app::{
    core::{app::App, sort_key::sort_key},
    office::search,
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::core::{
    place::{UnitKind, UnitPlace},
    policy::{Actor, Role},
};
use jianjia_store::{
    core::{
        bulk::{self, Value},
        scope::Scope,
    },
    testing as databases,
};
use jiff::civil::date;
use serde::Serialize;

use crate::{
    instance,
    output::{say, tell},
};

/// Searches a register of invented unions and people by everything that they can be found by
#[derive(Args)]
pub struct BenchSearch {
    /// Unions of the register
    #[arg(long, default_value_t = 12_000)]
    unions: usize,
    /// People of the register
    #[arg(long, default_value_t = 60_000)]
    people: usize,
    /// How often each text is searched for
    #[arg(long, default_value_t = 50)]
    times: usize,
    /// PostgreSQL takes the server that JIANJIA_TEST_POSTGRES names (`bin/postgres` starts one)
    #[arg(long, value_enum, default_value_t = On::Sqlite)]
    on: On,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum On {
    Sqlite,
    Postgres,
}

#[derive(Serialize)]
struct Report {
    unions: usize,
    people: usize,
    /// Reading all names: once, when a node starts.
    warm_up_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Of the text that takes longest.
    worst: String,
    worst_p99_ms: f64,
}

pub fn run(command: &BenchSearch) -> Result<ExitCode> {
    instance::run(async {
        let database = match command.on {
            On::Sqlite => databases::sqlite().await,
            On::Postgres => databases::postgres().await,
        };
        let city = testing::city(database, date(2016, 10, 20));
        let top = city.unit(None, UnitKind::City, "常州市总工会").await;
        let actor = city.actor("查找的人", &[(Role::Reviewer, &top)]).await;
        fill(&city, &top, command)
            .await
            .context("the register is filled")?;
        city.app.db.analyze().await?;
        tell!("{} unions, {} people", command.unions, command.people);
        let began = Instant::now();
        search::warm_up(&city.app).await?;
        let warm_up_s = began.elapsed().as_secs_f64();
        let report = measure(&city.app, &actor, command, warm_up_s).await?;
        say!("{}", serde_json::to_string(&report)?)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// What is typed: words in nearly all names, in few and in none; whole and begun pinyin, first letters, numbers, parts of codes, several words.
const TYPED: [&str; 16] = [
    "公司",
    "工会",
    "恒源",
    "恒源机械",
    "机",
    "没有这样的名称",
    "hengyuan",
    "gongsi",
    "hengy",
    "czhy",
    "zzzz",
    "1200",
    "91320400",
    "ma1m0",
    "王芳",
    "常州 机械 恒",
];

async fn measure(
    app: &App,
    actor: &Actor,
    command: &BenchSearch,
    warm_up_s: f64,
) -> Result<Report> {
    let mut all: Vec<Duration> = Vec::new();
    let (mut worst, mut worst_p99) = (String::new(), Duration::ZERO);
    for typed in TYPED {
        let mut took = Vec::with_capacity(command.times);
        let mut found = 0;
        for _ in 0..command.times.max(1) {
            let began = Instant::now();
            let answer = search::search(app, actor, typed).await?;
            took.push(began.elapsed());
            found = answer.units_in_all + answer.people_in_all;
        }
        took.sort_unstable();
        let p99 = at(&took, 99);
        tell!("{:>8.2} ms {found:>8} {typed}", milliseconds(p99));
        if p99 > worst_p99 {
            (worst, worst_p99) = (typed.to_owned(), p99);
        }
        all.extend(took);
    }
    all.sort_unstable();
    Ok(Report {
        unions: command.unions,
        people: command.people,
        warm_up_s,
        p50_ms: milliseconds(at(&all, 50)),
        p99_ms: milliseconds(at(&all, 99)),
        worst,
        worst_p99_ms: milliseconds(worst_p99),
    })
}

fn at(took: &[Duration], percent: usize) -> Duration {
    let index = (took.len() * percent).div_ceil(100).saturating_sub(1);
    took.get(index).copied().unwrap_or_default()
}

fn milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 100_000.0).round() / 100.0
}

const SYLLABLES: [&str; 24] = [
    "恒", "源", "诚", "信", "达", "华", "泰", "宏", "伟", "鑫", "盛", "天", "宁", "武", "进", "金",
    "坛", "溧", "阳", "长", "江", "新", "北", "亚",
];
const TRADES: [&str; 8] = [
    "机械", "纺织", "电子", "化工", "食品", "建筑", "物流", "医药",
];
const FAMILIES: [&str; 10] = ["王", "李", "张", "刘", "陈", "杨", "单", "曾", "周", "吴"];
const GIVEN: [&str; 12] = [
    "芳", "伟", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "小红", "建国",
];

/// Fills the register with invented names that are spread as real ones: a few syllables, trades, and what all companies are called.
async fn fill(city: &TestCity, top: &UnitPlace, command: &BenchSearch) -> Result<()> {
    let app = &city.app;
    let now = app.now();
    let uncovered = app.db.uncovered();
    let mut tx = uncovered.write([Scope::Register, Scope::Units]).await?;
    let mut ids = Vec::with_capacity(command.unions);
    let columns = [
        "id",
        "number",
        "parent_id",
        "path",
        "kind",
        "name",
        "sort_key",
        "credit_code",
        "created_at",
        "changed_at",
    ];
    for from in (0..command.unions).step_by(PORTION) {
        let mut rows = Vec::with_capacity(PORTION);
        for number in from..(from + PORTION).min(command.unions) {
            let id = app.entropy.id(now).to_string();
            let path = format!("{}{}/", top.path, number + 10);
            let name = format!(
                "常州{}{}{}{}有限公司工会",
                pick(&SYLLABLES, number),
                pick(&SYLLABLES, number / 24),
                if number < 576 {
                    String::new()
                } else {
                    format!("{}", number / 576)
                },
                pick(&TRADES, number / 7),
            );
            let key = sort_key(&name);
            let row: Vec<Value> = vec![
                id.clone().into(),
                i64::try_from(number + 10)?.into(),
                top.id.to_string().into(),
                path.clone().into(),
                UnitKind::Grassroots.key().into(),
                name.into(),
                key.into(),
                format!("91320400MA{number:06X}X{}", number % 10).into(),
                now.to_string().into(),
                now.to_string().into(),
            ];
            rows.push(row);
            ids.push((id, path));
        }
        bulk::insert(&mut tx, "unit", &columns, rows).await?;
    }
    ensure!(
        !ids.is_empty() || command.people == 0,
        "people need a union"
    );
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "name",
        "sort_key",
        "post",
        "created_at",
        "changed_at",
    ];
    for from in (0..command.people).step_by(PORTION) {
        let mut rows = Vec::with_capacity(PORTION);
        for number in from..(from + PORTION).min(command.people) {
            let (unit, path) = &ids[number % ids.len()];
            let name = format!("{}{}", pick(&FAMILIES, number), pick(&GIVEN, number / 10));
            let key = sort_key(&name);
            let row: Vec<Value> = vec![
                app.entropy.id(now).to_string().into(),
                unit.clone().into(),
                path.clone().into(),
                name.into(),
                key.into(),
                "worker".into(),
                now.to_string().into(),
                now.to_string().into(),
            ];
            rows.push(row);
        }
        bulk::insert(&mut tx, "person", &columns, rows).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Rows inserted at a time.
const PORTION: usize = 5_000;

fn pick(words: &[&'static str], number: usize) -> &'static str {
    words[number % words.len()]
}
