//! 抽查情况通报: the figures that everybody reads, for those who see the city's checks to issue. It names no unit, and a figure of few visits is not told.

use jianjia_domain::core::{day, imprint::Official, policy::Actor};
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    check::{
        report::{self as reports, ClauseRow, Row},
        spot_check as checks,
    },
    core::{
        app::App,
        error::{Error, Result},
        imprint as imprints,
        paper::Sheet,
    },
    register::circular,
};

#[derive(Serialize)]
struct Circular {
    office: String,
    number: Option<String>,
    year: i16,
    title: String,
    addressees: String,
    basis: String,
    drawn_on: Date,
    frame: i64,
    drawn: u64,
    fewest_shown: u64,
    rows: Vec<Line>,
    total: Line,
    clauses: Vec<Clause>,
    mended: Option<u64>,
    withdrawn: Option<u64>,
    copies: Option<Vec<String>>,
    issuer: String,
    made_on: Date,
    issued_on: Option<Date>,
}

/// None for what is not told.
#[derive(Serialize)]
struct Line {
    name: String,
    visits: Option<u64>,
    green: Option<u64>,
    amber: Option<u64>,
    red: Option<u64>,
}

#[derive(Serialize)]
struct Clause {
    clause: String,
    name: String,
    unmet: Option<u64>,
    differs: Option<u64>,
}

/// The circular on a year's spot check. Whoever makes it, it says what the public may read.
///
/// # Errors
/// As `checks::show`; not found before the draw, and while a visit is still to be made.
pub async fn sheet(app: &App, actor: &Actor, year: &i16) -> Result<Sheet> {
    let check = checks::show(app, actor, *year).await?.check;
    let done = check.drawn.as_ref().ok_or(Error::NotFound)?;
    let report = reports::report(app, None, *year).await?;
    let standard = app.standards.of(*year);
    let office = super::city(app).await?;
    let mut tx = app.db.read().await?;
    let said = imprints::said(&mut tx, Official::SpotCheckReport, &year.to_string()).await?;
    let addressees = match said.addressees {
        Some(said) => said,
        None => circular::addressees(&mut tx, &office).await?,
    };
    tx.commit().await?;
    let circular = Circular {
        number: said.number,
        year: *year,
        title: super::title_name(standard, &check.title),
        addressees,
        basis: standard.programme.document_number.clone(),
        drawn_on: day::day_of(done.at),
        frame: check.units,
        drawn: report.drawn,
        fewest_shown: report.fewest_shown,
        rows: report.districts.iter().map(line).collect(),
        total: line(&report.total),
        clauses: report.clauses.into_iter().map(clause).collect(),
        mended: report.mended,
        withdrawn: report.withdrawn,
        copies: Some(said.copies).filter(|copies| !copies.is_empty()),
        issuer: office.name.clone(),
        made_on: app.clock.today(),
        issued_on: said.issued_on,
        office: office.name,
    };
    Sheet::of("spot-check-report", format!("{year}年"), &circular)
}

fn line(row: &Row) -> Line {
    Line {
        name: row.name.clone(),
        visits: row.visits,
        green: row.green,
        amber: row.amber,
        red: row.red,
    }
}

fn clause(row: ClauseRow) -> Clause {
    Clause {
        clause: row.clause,
        name: row.name.zh,
        unmet: row.unmet,
        differs: row.differs,
    }
}
