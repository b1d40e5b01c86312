//! The public start page and the calendar: what the programme is, what time of its year it is.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::app::App;
use jianjia_domain::round::{self, Days, Round};
use jianjia_standard::{Standard, programme::Title};

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    routes::{Access, Route},
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/", Access::Public, home),
        Route::get("/calendar", Access::Public, calendar),
    ]
}

/// A phase of the round and how it stands today.
struct Phase {
    word: &'static str,
    says: &'static str,
    days: Days,
    state: PhaseState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PhaseState {
    Ahead,
    Open,
    Over,
}

impl Phase {
    fn is_open(&self) -> bool {
        self.state == PhaseState::Open
    }

    fn is_over(&self) -> bool {
        self.state == PhaseState::Over
    }

    /// `第几天`: days left, today included.
    fn days_left(&self, frame: &Frame) -> i64 {
        (self.days.to - frame.today).get_days().into()
    }

    fn days_ahead(&self, frame: &Frame) -> i64 {
        i64::from((self.days.from - frame.today).get_days())
    }
}

fn phases(round: &Round, frame: &Frame) -> Vec<Phase> {
    let state = |days: Days| {
        if frame.today < days.from {
            PhaseState::Ahead
        } else if frame.today > days.to {
            PhaseState::Over
        } else {
            PhaseState::Open
        }
    };
    [
        ("申报", "工会填好当年情况，提出申报。", round.declaration),
        (
            "审核",
            "镇（街道）提出意见，辖市区、产业工会审核、评定、推荐。",
            round.examination,
        ),
        (
            "命名表彰",
            "市总工会审核命名，颁发证书、奖状或奖牌。",
            round.commendation,
        ),
    ]
    .map(|(word, says, days)| Phase {
        word,
        says,
        days,
        state: state(days),
    })
    .into()
}

#[derive(Template)]
#[template(path = "public/home.html")]
struct Home {
    frame: Frame,
    standard: Arc<Standard>,
    year: i16,
    phases: Vec<Phase>,
}

impl Home {
    /// The ladder of homes, lowest tier first: the first ladder of the standard.
    fn ladder(&self) -> Vec<&Title> {
        let ladder = self
            .standard
            .titles
            .first()
            .map_or("", |title| title.ladder.as_str());
        self.standard
            .titles
            .iter()
            .filter(|title| title.ladder == ladder)
            .collect()
    }

    fn others(&self) -> Vec<&Title> {
        let ladder = self
            .standard
            .titles
            .first()
            .map_or("", |title| title.ladder.as_str());
        self.standard
            .titles
            .iter()
            .filter(|title| title.ladder != ladder)
            .collect()
    }
}

async fn home(State(app): State<App>, frame: Frame) -> PageResult {
    let round = current(&app, &frame)?;
    let phases = phases(&round, &frame);
    page(&Home {
        standard: app.standard,
        year: round.year,
        phases,
        frame,
    })
}

#[derive(Template)]
#[template(path = "public/calendar.html")]
struct Calendar {
    frame: Frame,
    rounds: Vec<(Round, Vec<Phase>)>,
}

async fn calendar(State(app): State<App>, frame: Frame) -> PageResult {
    let mut rounds = Vec::new();
    for year in app.standard.programme.first_year..=app.standard.programme.last_year {
        let round = round::by_calendar(&app.standard, year)
            .map_err(|refusal| PageError::Refused(refusal.into()))?;
        let phases = phases(&round, &frame);
        rounds.push((round, phases));
    }
    page(&Calendar { frame, rounds })
}

/// The round of this year, or the nearest of the programme.
fn current(app: &App, frame: &Frame) -> Result<Round, PageError> {
    let programme = &app.standard.programme;
    let year = frame
        .today
        .year()
        .clamp(programme.first_year, programme.last_year);
    round::by_calendar(&app.standard, year).map_err(|refusal| PageError::Refused(refusal.into()))
}
