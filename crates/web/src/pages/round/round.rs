//! The calendar of each year, and the city's form that moves its days.

use askama::Template;
use axum::extract::State;
use jianjia_app::{core::app::App, round::round as rounds};
use jianjia_domain::{
    core::{imprint::Official, policy::Act, refusal::Refusal},
    round::round::{Days, Round, RoundDays, RoundRefusal},
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    imprint,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::round::{
        address,
        calendar::{named_before, yearly},
    },
    paper::{self, Link},
    path::{self, Path},
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::SetCalendar);
    vec![
        Route::get("/rounds", Access::SignedIn, list),
        Route::get("/rounds/{year}", act, edit),
        Route::post("/rounds/{year}", act, save),
    ]
}

#[derive(Template)]
#[template(path = "round/round/list.html")]
struct List {
    frame: Frame,
    rounds: Vec<Round>,
    /// The standard's calendar in words.
    yearly: String,
    named_before: &'static str,
    /// The first year whose days the person may move; none for most.
    may_set: Option<i16>,
    may_archive: bool,
    /// Whether the person reads the notices here; whoever moves the days has them on the form.
    reads_notices: bool,
}

impl List {
    fn notice(&self, year: &i16) -> String {
        format!("{}/papers/notice", address::round(*year))
    }
}

#[derive(Template)]
#[template(path = "round/round/edit.html")]
struct Edit {
    frame: Frame,
    year: i16,
    typed: Typed,
    problems: Problems,
}

impl Edit {
    fn papers(&self) -> Vec<Link> {
        paper::links(&address::round(self.year), &["notice"])
    }

    /// Where number and day of issue of the notice are said.
    fn imprint(&self) -> String {
        imprint::address(Official::Notice, &self.year.to_string())
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    declaration_from: String,
    declaration_to: String,
    examination_from: String,
    examination_to: String,
    commendation_from: String,
    commendation_to: String,
    note: String,
    revision: String,
}

async fn list(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    let rounds = rounds::list(&app).await?;
    let first = rounds.first().map_or(0, |round| round.year);
    let may_set = rounds::to_set(&app, &actor, first).await.ok();
    let yearly = yearly(
        app.in_force(),
        &frame,
        "每年{}申报，{}审核，{}表彰（条款 {}）。市总工会可以另定日期，过了日期系统不再受理。",
    );
    let may_archive = frame
        .roles()
        .iter()
        .any(|at| frame.may(&Act::MakeArchive, &at.unit));
    page(&List {
        reads_notices: may_set.is_none() && frame.roles_may(Act::SeeNotice),
        may_archive,
        named_before: named_before(&frame, rounds.iter()),
        frame,
        yearly,
        rounds,
        may_set: may_set.map(|round| round.year),
    })
}

async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
) -> PageResult {
    let round = rounds::to_set(&app, &actor, year).await?;
    let typed = Typed {
        declaration_from: round.declaration.from.to_string(),
        declaration_to: round.declaration.to.to_string(),
        examination_from: round.examination.from.to_string(),
        examination_to: round.examination.to.to_string(),
        commendation_from: round.commendation.from.to_string(),
        commendation_to: round.commendation.to.to_string(),
        note: round.note,
        revision: round.revision.to_string(),
    };
    let problems = Problems::none();
    page(&Edit {
        frame,
        year,
        typed,
        problems,
    })
}

async fn save(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let answer = match read(&typed)? {
        Ok(input) => rounds::set_days(&app, &actor, year, input).await,
        Err(refusal) => {
            // The form comes back only to those whose it is.
            rounds::to_set(&app, &actor, year).await?;
            Err(refusal.into())
        }
    };
    match told(answer, &frame)? {
        Ok(_) => see_other_with("/rounds", "日程已保存。"),
        Err(problems) => unprocessable(&Edit {
            frame,
            year,
            typed,
            problems,
        }),
    }
}

/// The days as typed, or a refusal at each that isn't one.
fn read(typed: &Typed) -> Result<Result<RoundDays, Refusal>, PageError> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut day = |name: &str, text: &str| {
        text.trim().parse().unwrap_or_else(|_| {
            wrong.push((name.to_owned(), RoundRefusal::NotADay.into()));
            jiff::civil::Date::ZERO
        })
    };
    let mut days = |name: &str, from: &str, to: &str| Days {
        from: day(&format!("{name}_from"), from),
        to: day(&format!("{name}_to"), to),
    };
    let input = RoundDays {
        declaration: days(
            "declaration",
            &typed.declaration_from,
            &typed.declaration_to,
        ),
        examination: days(
            "examination",
            &typed.examination_from,
            &typed.examination_to,
        ),
        commendation: days(
            "commendation",
            &typed.commendation_from,
            &typed.commendation_to,
        ),
        note: typed.note.trim().to_owned(),
        revision: path::read(&typed.revision)?,
    };
    Ok(if wrong.is_empty() {
        Ok(input)
    } else {
        Err(Refusal::Fields(wrong))
    })
}
