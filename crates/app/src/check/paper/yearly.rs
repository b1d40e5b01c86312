//! 年度情况报告: a year for the leadership, from the figures that are kept anyway: applications and titles by place, the members' ratings, targets, spot checks.

mod figures;

use jianjia_domain::{
    core::policy::{Act, Actor},
    honour::target::Progress,
};
use jianjia_standard::Standard;
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
    office: String,
    year: i16,
    made_on: Date,
    programme: String,
    figures: Vec<Figure>,
    named: Vec<Named>,
    districts: Vec<Place>,
    clauses: Vec<Lacking>,
    targets: Vec<Aim>,
    /// What the visits came to; none where there is no report on them.
    check: Option<Checked>,
}

#[derive(Serialize)]
struct Lacking {
    clause: String,
    name: String,
    unmet: i64,
}

/// A target, and how far it is reached.
#[derive(Serialize)]
struct Aim {
    name: String,
    by: Date,
    required: String,
    held: String,
    /// How many are lacking; none once it is reached.
    short: Option<String>,
}

/// None for what is not told.
#[derive(Serialize)]
struct Checked {
    drawn: u64,
    visits: Option<u64>,
    green: Option<u64>,
    amber: Option<u64>,
    red: Option<u64>,
    mended: Option<u64>,
    withdrawn: Option<u64>,
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
    let targets = targets::targets(app).await?;
    let report = Report {
        year: *year,
        made_on: app.clock.today(),
        programme: standard.programme.name.zh.clone(),
        figures: figures::compared(standard, &this, before.as_ref()),
        named,
        districts: this.places(),
        clauses: lacking(app, standard, *year).await,
        targets: targets.iter().map(|target| aim(app, target)).collect(),
        check: checked(app, actor, *year).await?,
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

fn aim(app: &App, target: &Progress) -> Aim {
    let title = app.in_force().title(&target.title);
    let count = |number: i64| format::count(&number.to_string());
    Aim {
        name: title.map_or_else(|| target.title.clone(), |title| title.name.zh.clone()),
        by: target.by,
        required: count(target.required),
        held: count(target.held),
        short: Some(target.short_by())
            .filter(|short| *short != 0)
            .map(count),
    }
}

/// What the visits came to, as the city's office reads it.
async fn checked(app: &App, actor: &Actor, year: i16) -> Result<Option<Checked>> {
    let report = match reports::report(app, Some(actor), year).await {
        Err(Error::NotFound) => return Ok(None),
        report => report?,
    };
    let total = &report.total;
    Ok(Some(Checked {
        drawn: report.drawn,
        visits: total.visits,
        green: total.green,
        amber: total.amber,
        red: total.red,
        mended: report.mended,
        withdrawn: report.withdrawn,
    }))
}
