//! The public start page and the calendar: what the programme is, what time of its year it is.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::{app::App, standard::Standards},
    honour::{
        honour::{self as honours, RollFilter, RollLine, RollQuery, RollSort},
        target as progress,
    },
    round::{
        publication::{self as publications, Hanging},
        round as rounds,
    },
};
use jianjia_domain::{
    core::policy::Act,
    honour::target::Progress,
    round::round::{Days, Round, window},
};
use jianjia_standard::{
    Standard,
    programme::{RoundAct, Title},
};
use jianjia_words::{format, sentence};

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

/// Whether titles may be named before the days on which they are commended.
fn is_named_before(round: &Round) -> bool {
    window(round, RoundAct::Name).from < round.commendation.from
}

/// That titles may be named before the days of the calendar's last column, where that is so.
pub(super) fn named_before<'a>(
    frame: &Frame,
    mut rounds: impl Iterator<Item = &'a Round>,
) -> &'static str {
    if rounds.any(is_named_before) {
        frame.t_fixed("“命名表彰”一栏是表彰、颁发证书和奖牌的时间；命名从审核期开始就可以办。")
    } else {
        ""
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
            if is_named_before(round) {
                "市总工会审核命名（审核期开始就可以命名），在这一阶段表彰，颁发证书、奖状或奖牌。"
            } else {
                "市总工会审核命名，颁发证书、奖状或奖牌。"
            },
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
#[template(path = "round/calendar/start.html")]
struct Home {
    frame: Frame,
    standards: Standards,
    standard: Arc<Standard>,
    year: i16,
    phases: Vec<Phase>,
    /// What is on of other years' rounds: the city names in the year after.
    beside: Vec<(i16, Phase)>,
    /// The notices that hang today.
    notices: Vec<Hanging>,
    targets: Vec<Progress>,
    /// The titles that began last.
    latest: Vec<RollLine>,
    /// A union that holds the highest title of the ladder.
    example: Option<RollLine>,
}

/// So many of the latest titles are shown.
const LATEST: usize = 5;

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

    fn target_name<'a>(&'a self, progress: &'a Progress) -> &'a str {
        let target = self
            .standard
            .targets
            .iter()
            .find(|target| target.clause == progress.clause);
        target.map_or(progress.title.as_str(), |target| {
            self.frame.text(&target.name)
        })
    }

    /// How far: whole percent.
    fn percent(&self, progress: &Progress) -> i64 {
        progress.reached_bp / 100
    }

    /// For the bar: at most full.
    fn of_thousand(&self, basis_points: &i64) -> i64 {
        (basis_points / 10).clamp(0, 1_000)
    }

    /// How many years the plan has.
    fn length(&self) -> String {
        let programme = &self.standard.programme;
        let years = (programme.first_year..=programme.last_year).count();
        format::few(self.frame.lang, years)
    }

    fn title_of(&self, year: &i16, key: &str) -> String {
        let title = self.standards.title(*year, key);
        title.map_or_else(
            || key.to_owned(),
            |title| self.frame.text(&title.name).to_owned(),
        )
    }

    /// What else is on, of a round of another year.
    fn beside_words(&self, (year, phase): &(i16, Phase)) -> String {
        let until = self.frame.day(phase.days.to);
        let word = self.frame.t_fixed(phase.word);
        let words = "{} 年度的{}正在进行，{}截止。";
        self.frame.t3(words, year, word, until)
    }

    /// What is on now and until when, or what comes next.
    fn now_words(&self) -> String {
        let frame = &self.frame;
        let word = |phase: &Phase| frame.t_fixed(phase.word);
        if let Some(open) = self.phases.iter().find(|phase| phase.is_open()) {
            let until = frame.day(open.days.to);
            let left = open.days_left(frame);
            return frame.t3("正在{}，{}截止，还剩 {} 天。", word(open), until, left);
        }
        let ahead = self
            .phases
            .iter()
            .find(|phase| phase.state == PhaseState::Ahead);
        ahead.map_or_else(
            || frame.t("本年度的办理已经结束。").to_owned(),
            |next| {
                let (from, days) = (frame.day(next.days.from), next.days_ahead(frame));
                frame.t3("下一步是{}，{}开始，还有 {} 天。", word(next), from, days)
            },
        )
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
    let year = frame.year;
    let round = rounds::find(&app, year).await?;
    let others = rounds::list(&app).await?.into_iter();
    let others = others.filter(|round| round.year != year);
    let beside = others.flat_map(|round| {
        let open = phases(&round, &frame).into_iter().filter(Phase::is_open);
        open.map(|phase| (round.year, phase)).collect::<Vec<_>>()
    });
    let beside = beside.collect();
    let phases = phases(&round, &frame);
    let targets = progress::targets(&app).await?;
    let latest = RollFilter {
        sort: RollSort::Latest,
        ..RollFilter::default()
    };
    let latest = RollQuery {
        filter: latest,
        ..RollQuery::default()
    };
    let mut latest = honours::roll(&app, None, &latest).await?.lines;
    latest.truncate(LATEST);
    let example = example(&app).await?;
    let notices = publications::hanging(&app).await?;
    page(&Home {
        notices,
        standards: app.standards.clone(),
        latest,
        example,
        frame,
        standard: app.in_force().clone(),
        year,
        phases,
        beside,
        targets,
    })
}

/// The newest holder of the highest title of the first ladder that somebody holds.
async fn example(app: &App) -> Result<Option<RollLine>, PageError> {
    let standard = app.in_force();
    let ladder = standard.titles.first().map(|title| &title.ladder);
    let titles = standard.titles.iter().rev();
    for title in titles.filter(|title| Some(&title.ladder) == ladder) {
        let filter = RollFilter {
            title: Some(title.key.clone()),
            ..RollFilter::default()
        };
        let asked = RollQuery {
            filter,
            ..RollQuery::default()
        };
        let found = honours::roll(app, None, &asked).await?;
        if let Some(line) = found.lines.into_iter().next() {
            return Ok(Some(line));
        }
    }
    Ok(None)
}

#[derive(Template)]
#[template(path = "round/calendar/show.html")]
struct Calendar {
    frame: Frame,
    rounds: Vec<(Round, Vec<Phase>)>,
    /// The standard's calendar in words.
    yearly: String,
    named_before: &'static str,
}

impl Calendar {
    /// Whether its reader sets the days.
    fn is_set_by_reader(&self) -> bool {
        self.frame.roles_may(Act::SetCalendar)
    }
}

/// A sentence on when each year's phases are by the standard: three places for them, and perhaps one for the clause.
pub(super) fn yearly(standard: &Standard, frame: &Frame, words: &str) -> String {
    let Some(calendar) = &standard.calendar else {
        return String::new();
    };
    let when = |window| format::window(frame.lang, window);
    sentence(
        frame.lang,
        words,
        &[
            &when(calendar.declaration),
            &when(calendar.examination),
            &when(calendar.commendation),
            &calendar.clause,
        ],
    )
}

async fn calendar(State(app): State<App>, frame: Frame) -> PageResult {
    let rounds = rounds::list(&app).await?;
    let named_before = named_before(&frame, rounds.iter());
    let rounds = rounds.into_iter().map(|round| {
        let phases = phases(&round, &frame);
        (round, phases)
    });
    let rounds = rounds.collect();
    let yearly = yearly(
        app.in_force(),
        &frame,
        "每年{}申报、{}审核、{}表彰；市总工会可以调整当年的日期，以本页为准。",
    );
    page(&Calendar {
        frame,
        rounds,
        yearly,
        named_before,
    })
}
