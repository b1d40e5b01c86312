//! Spot checks as everybody sees them: the frame's hash and the sizes, the seed, and how to draw the sample again.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use jianjia_app::{
    check::spot_check::public::{self as checks, PublicCheck},
    core::app::App,
};
use jianjia_domain::{check::spot_check::SpotCheck, core::policy::Act};
use jianjia_standard::Standard;

use super::strata::StrataTable;
use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::check::address,
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/checks", Access::Public, index),
        Route::get("/checks/{year}", Access::Public, show),
        Route::get("/checks/{year}/frame.txt", Access::Public, frame_file),
        Route::get("/checks/{year}/sample.txt", Access::Public, sample_file),
        Route::get(
            "/checks/{year}/units.txt",
            Access::Act(Act::SeeSpotCheck),
            units_file,
        ),
    ]
}

#[derive(Template)]
#[template(path = "check/public/index.html")]
struct Index {
    frame: Frame,
    checks: Vec<SpotCheck>,
}

impl Index {
    fn address(&self, check: &SpotCheck) -> String {
        address::public(check.year)
    }
}

async fn index(State(app): State<App>, frame: Frame) -> PageResult {
    let checks = checks::list(&app).await?;
    page(&Index { frame, checks })
}

#[derive(Template)]
#[template(path = "check/public/show.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    of: PublicCheck,
    strata: StrataTable,
}

impl Show {
    fn sees_units(&self) -> bool {
        let mut roles = self.frame.roles().iter();
        roles.any(|at| self.frame.may(&Act::SeeSpotCheck, &at.unit))
    }

    fn title_name(&self) -> String {
        title_name(&self.frame, &self.standard, &self.of.check)
    }

    fn clause(&self) -> &str {
        let rules = self.standard.spot_check.as_ref();
        rules.map_or("", |rules| rules.clause.as_str())
    }

    /// The command that draws the sample again.
    fn command(&self) -> String {
        let year = self.of.check.year;
        format!("jianjia draw frame-{year}.txt --seed {}", self.seed())
    }

    fn script(&self) -> String {
        let year = self.of.check.year;
        format!("python3 draw.py frame-{year}.txt {}", self.seed())
    }

    fn seed(&self) -> &str {
        let drawn = self.of.check.drawn.as_ref();
        drawn.map_or("SEED", |done| done.seed.as_str())
    }

    fn lottery(&self) -> String {
        lottery(&self.frame, &self.of.check)
    }
}

/// The title whose holders are checked.
pub(super) fn title_name(frame: &Frame, standard: &Standard, check: &SpotCheck) -> String {
    standard.title(&check.title).map_or_else(
        || check.title.clone(),
        |title| frame.text(&title.name).to_owned(),
    )
}

/// Of which draw the seed is a number.
pub(super) fn lottery(frame: &Frame, check: &SpotCheck) -> String {
    let lottery = &check.lottery;
    frame.t3(
        "{}第 {} 期，{} 开奖",
        &lottery.name,
        &lottery.issue,
        frame.day(lottery.on),
    )
}

async fn show(State(app): State<App>, frame: Frame, Path(year): Path<i16>) -> PageResult {
    let of = checks::find(&app, year).await?;
    let standard = app.standards.of(year).clone();
    page(&Show {
        strata: StrataTable::of(&frame, &standard, &of.strata),
        standard,
        of,
        frame,
    })
}

async fn frame_file(State(app): State<App>, Path(year): Path<i16>) -> PageResult {
    let text = checks::frame_file(&app, year).await?;
    Ok(file(text, &format!("frame-{year}.txt")))
}

async fn sample_file(State(app): State<App>, Path(year): Path<i16>) -> PageResult {
    let text = checks::sample_file(&app, year).await?;
    Ok(file(text, &format!("sample-{year}.txt")))
}

async fn units_file(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(year): Path<i16>,
) -> PageResult {
    let text = checks::units_file(&app, &actor, year).await?;
    Ok(file(text, &format!("units-{year}.txt")))
}

/// A file byte for byte: its hash is compared.
fn file(text: String, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, text).into_response()
}
