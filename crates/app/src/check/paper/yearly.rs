//! 年度情况报告: a year for the leadership, from the figures that are kept anyway: applications and titles by place, the members' ratings, targets, spot checks.

mod figures;

use jianjia_domain::{
    core::{
        place::UnitPlace,
        policy::{Act, Actor},
    },
    honour::target::Progress,
};
use jianjia_standard::{Lang, Standard};
use jianjia_store::register::unit;
use jianjia_words::format;
use jiff::civil::Date;
use serde::Serialize;

use self::figures::{Figure, Named, Place, Year};
use crate::{
    check::report as reports,
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
    honour::{picture as pictures, target as targets},
    round::round as rounds,
};

/// So many criteria that hold unions back are shown.
const SHOWN: usize = 10;

#[derive(Serialize)]
struct Report {
    title: String,
    office: String,
    year: i16,
    made_on: Date,
    opening: String,
    figures: Vec<Figure>,
    named: Vec<Named>,
    districts: Vec<Place>,
    clauses: Vec<Lacking>,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Lacking {
    clause: String,
    name: String,
    unmet: i64,
}

#[derive(Serialize)]
struct Part {
    heading: String,
    text: String,
}

/// The report on a year, for those who see the city's checks.
///
/// # Errors
/// As `App::permit` at the city; `OutsideProgramme`.
pub async fn sheet(app: &App, actor: &Actor, year: &i16) -> Result<Sheet> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    app.permit_at(&mut tx, actor, Act::SeeSpotCheck, &city)
        .await?;
    rounds::of_year(&mut tx, app, *year).await?;
    let standard = app.standards.of(*year);
    let this = Year::read(&mut tx, standard, &city, *year).await?;
    let before = match *year > standard.programme.first_year {
        true => Some(Year::read(&mut tx, standard, &city, *year - 1).await?),
        false => None,
    };
    let named = figures::named(&mut tx, standard, &city, *year).await?;
    tx.commit().await?;
    let clauses = lacking(app, standard, *year).await;
    let report = Report {
        title: format!("{year}年度职工之家建设情况报告"),
        year: *year,
        made_on: app.clock.today(),
        opening: format!(
            "{year}年度，各级工会开展{}。现将有关情况报告如下。",
            standard.programme.name.zh
        ),
        figures: figures::compared(standard, &this, before.as_ref()),
        named,
        districts: this.places(),
        parts: parts(app, actor, &city, (*year, clauses.len())).await?,
        clauses,
        office: city.name,
    };
    Sheet::of("yearly", format!("{year}年"), &report)
}

/// The criteria that most unions lack; none of a year that is over, of which no picture is made.
async fn lacking(app: &App, standard: &Standard, year: i16) -> Vec<Lacking> {
    let picture = pictures::picture(app).await;
    let picture = picture.filter(|picture| picture.year == year);
    let hindrances = picture.as_ref().map(|picture| picture.hindrances.iter());
    let hindrances = hindrances.into_iter().flatten();
    let shown = hindrances.filter(|one| one.unmet > 0).take(SHOWN);
    let shown = shown.map(|one| {
        let criterion = standard.criterion(&one.clause);
        Lacking {
            clause: one.clause.clone(),
            name: criterion.map_or_else(String::new, |criterion| criterion.name.zh.clone()),
            unmet: one.unmet,
        }
    });
    shown.collect()
}

/// What stands behind the charts, numbered on from them.
async fn parts(
    app: &App,
    actor: &Actor,
    city: &UnitPlace,
    (year, clauses): (i16, usize),
) -> Result<Vec<Part>> {
    let numbers = match clauses {
        0 => ["四", "五"],
        _ => ["五", "六"],
    };
    let progress = targets::targets(app).await?;
    let told = progress.iter().map(|target| target_in_words(app, target));
    let told: Vec<String> = told.collect();
    Ok(vec![
        Part {
            heading: format!("{}、目标进展", numbers[0]),
            text: match told.as_slice() {
                [] => "没有定目标。".to_owned(),
                told => told.join("\n"),
            },
        },
        Part {
            heading: format!("{}、抽查情况", numbers[1]),
            text: checked(app, actor, city, year).await?,
        },
    ])
}

fn target_in_words(app: &App, target: &Progress) -> String {
    let title = app.in_force().title(&target.title);
    let name = title.map_or(target.title.as_str(), |title| title.name.zh.as_str());
    let count = |number: i64| format::count(&number.to_string());
    let (required, held) = (count(target.required), count(target.held));
    let by = format::day(Lang::Zh, target.by);
    let stands = match target.short_by() {
        0 => "已经达到".to_owned(),
        short => format!("还差 {} 个", count(short)),
    };
    format!("{name}：到 {by} 要有 {required} 个，现有 {held} 个，{stands}。")
}

/// What the visits came to, as the city's office reads it.
async fn checked(app: &App, actor: &Actor, city: &UnitPlace, year: i16) -> Result<String> {
    let report = match reports::report(app, Some(actor), year).await {
        Err(Error::NotFound) => return Ok(format!("{}没有这一年的抽查结果。", city.name)),
        report => report?,
    };
    let told = |count: Option<u64>| count.map_or_else(|| "—".to_owned(), |count| count.to_string());
    let total = &report.total;
    Ok(format!(
        "抽取 {} 家，已检查 {} 家：与申报一致（绿）{} 家，有出入（黄）{} 家，达不到标准（红）{} 家。整改合格 {} 家，撤销称号 {} 家。",
        report.drawn,
        told(total.visits),
        told(total.green),
        told(total.amber),
        told(total.red),
        told(report.mended),
        told(report.withdrawn),
    ))
}
