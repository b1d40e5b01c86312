//! The city's spot checks: the list of years, the frame that is prepared and published, the seed, the sample with its inspectors.

mod preparing;
mod sample;
mod units;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    check::spot_check::{self as checks, Shown, YearLine},
    core::{app::App, error::Error},
};
use jianjia_domain::{
    check::spot_check::{Inspector, InspectorState, SpotCheckRefusal},
    core::{
        policy::{Act, Actor, Role},
        refusal::Refusal,
    },
};
use jianjia_standard::Standard;
use serde::Deserialize;

use super::{public, strata::StrataTable};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::check::address,
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    const SEE: Access = Access::Act(Act::SeeSpotCheck);
    const HOLD: Access = Access::Act(Act::HoldSpotCheck);
    vec![
        Route::get("/spot-checks", SEE, index),
        Route::get("/spot-checks/{year}", SEE, show),
        Route::post("/spot-checks/{year}/publication", HOLD, preparing::publish),
        Route::post("/spot-checks/{year}/draw", HOLD, draw),
        Route::get("/spot-checks/{year}/frame", SEE, units::index),
        Route::get("/spot-checks/{year}/frame/export", SEE, units::export),
        Route::get("/spot-checks/{year}/sample", SEE, sample::index),
        Route::get("/spot-checks/{year}/sample/export", SEE, sample::export),
    ]
}

#[derive(Template)]
#[template(path = "check/spot_check/index.html")]
struct Index {
    frame: Frame,
    lines: Vec<YearLine>,
}

impl Index {
    fn address(&self, line: &YearLine) -> String {
        address::office(line.year)
    }

    fn renews(&self) -> bool {
        self.frame.has(Role::Approver)
    }

    fn state(&self, line: &YearLine) -> &str {
        let word = match &line.check {
            None if !line.is_provided => "标准没有规定抽查",
            None => "还没有公布抽样框",
            Some(check) if check.drawn.is_none() => "已公布，等候开奖",
            Some(check) if line.visited < check.sample => "已抽取，正在检查",
            Some(_) => "已检查完",
        };
        self.frame.t_fixed(word)
    }
}

async fn index(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    let lines = checks::list(&app, &actor).await?;
    page(&Index { frame, lines })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct SeedForm {
    seed: String,
    sure: String,
}

/// Whether the box was ticked that stands before what can't be done again, by somebody who may do it.
async fn ticked(app: &App, actor: &Actor, sure: &str) -> Result<(), Error> {
    checks::may_hold(app, actor).await?;
    match sure {
        "" => Err(Refusal::at("sure", SpotCheckRefusal::NotTicked).into()),
        _ => Ok(()),
    }
}

#[derive(Template)]
#[template(path = "check/spot_check/show.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    of: Shown,
    strata: StrataTable,
    form: SeedForm,
    problems: Problems,
}

impl Show {
    fn title_name(&self) -> String {
        public::title_name(&self.frame, &self.standard, &self.of.check)
    }

    fn lottery(&self) -> String {
        public::lottery(&self.frame, &self.of.check)
    }

    /// Whether somebody does not stand among the inspectors as the city confirmed them.
    fn is_changed(&self, inspector: &Inspector) -> bool {
        inspector.state != InspectorState::Confirmed
    }

    fn public(&self) -> String {
        address::public(self.of.check.year)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
) -> PageResult {
    match checks::show(&app, &actor, year).await {
        Err(Error::NotFound) => preparing::form(&app, &actor, frame, year).await,
        shown => page(&shown_page(&app, frame, shown?, SeedForm::default())),
    }
}

fn shown_page(app: &App, frame: Frame, of: Shown, form: SeedForm) -> Show {
    let year = of.check.year;
    let standard = app.standards.of(year).clone();
    Show {
        strata: StrataTable::of(&frame, &standard, &of.strata).linked(year),
        standard,
        of,
        form,
        problems: Problems::none(),
        frame,
    }
}

async fn draw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(form): Form<SeedForm>,
) -> PageResult {
    let done = match ticked(&app, &actor, &form.sure).await {
        Ok(()) => checks::draw(&app, &actor, year, &form.seed).await,
        Err(error) => Err(error),
    };
    match told(done, &frame)? {
        Ok(_) => see_other_with(
            &address::office(year),
            "已抽取，检查人员也已抽定并通知。种子已在公示页面公布。",
        ),
        Err(problems) => again(&app, &actor, frame, year, form, problems).await,
    }
}

async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    year: i16,
    form: SeedForm,
    problems: Problems,
) -> PageResult {
    let of = checks::show(app, actor, year).await?;
    unprocessable(&Show {
        problems,
        ..shown_page(app, frame, of, form)
    })
}
