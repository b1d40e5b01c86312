//! The first-time tour of a chair: three sentences on the first pages, put away by a button and brought back from the help.

use axum::extract::State;
use jianjia_app::{
    core::{app::App, tour},
    round::round as rounds,
};
use jianjia_domain::{
    core::{
        place::UnitPlace,
        policy::{Actor, Role},
    },
    round::round::{Days, Round, window},
};
use jianjia_standard::{Standard, kinds::Kind, programme::RoundAct};
use jianjia_words::{format, title};
use jiff::ToSpan;
use serde::Deserialize;

use crate::{
    form::Form,
    frame::{Frame, menu::holds_ratings},
    page::{PageError, PageResult, see_other},
    pages::{round, year::address},
    routes::{Access, Route},
    session::SignedIn,
    visit::Visiting,
};

pub fn routes() -> Vec<Route> {
    vec![Route::post("/tour", Access::SignedIn, choose)]
}

/// What a chair sees of it on a page.
pub enum Tour {
    Shown(Vec<Step>),
    /// It is put away, and help brings it back.
    Away,
}

/// A sentence, with the page where it is done.
pub struct Step {
    pub sentence: String,
    pub href: String,
    pub word: &'static str,
}

impl Tour {
    pub fn steps(&self) -> &[Step] {
        match self {
            Tour::Shown(steps) => steps,
            Tour::Away => &[],
        }
    }
}

/// The tour of a chair; `None` for everybody else, and outside the programme's years.
///
/// # Errors
/// When it can't be read.
pub async fn of(app: &App, actor: &Actor, frame: &Frame) -> Result<Option<Tour>, PageError> {
    let mut roles = actor.roles.iter();
    let chair = roles.find(|at| at.role == Role::Chair);
    let years = app.standards.years();
    let Some(at) = chair.filter(|_| years.contains(&frame.today.year())) else {
        return Ok(None);
    };
    if !tour::is_shown(app, actor).await? {
        return Ok(Some(Tour::Away));
    }
    let round = rounds::find(app, frame.year).await?;
    let has_next = years.contains(&(frame.year + 1));
    let standard = app.standards.of(frame.year);
    let steps = steps(frame, standard, (&round, has_next), &at.unit);
    Ok(Some(Tour::Shown(steps)))
}

fn steps(
    frame: &Frame,
    standard: &Standard,
    (round, has_next): (&Round, bool),
    unit: &UnitPlace,
) -> Vec<Step> {
    let days = window(round, RoundAct::Submit);
    let fill = Step {
        sentence: frame.t1(
            "先把 {} 年的情况填进年度表：照实填，不知道的先空着，以后再补。",
            round.year,
        ),
        href: address::sheet(&unit.id, round.year, None),
        word: frame.t_fixed("去填年度表"),
    };
    let gather = if is_rated(standard, unit) {
        Step {
            sentence: rating(frame, standard, days),
            href: address::rating(&unit.id, round.year),
            word: frame.t_fixed("组织测评"),
        }
    } else {
        Step {
            sentence: frame
                .t("再把办过的活动一次一次记下来，每次附一两张照片。")
                .to_owned(),
            href: address::activities(&unit.id),
            word: frame.t_fixed("去记活动"),
        }
    };
    let apply = Step {
        sentence: applying(frame, standard, days, has_next),
        href: round::address::applications(&unit.id),
        word: frame.t_fixed("去看能申报什么"),
    };
    vec![fill, gather, apply]
}

/// Whether a title of the unit asks for its members' rating.
fn is_rated(standard: &Standard, unit: &UnitPlace) -> bool {
    let kind: Option<Kind> = unit.kind.key().parse().ok();
    let mut titles = kind.into_iter().flat_map(|kind| standard.titles_of(kind));
    holds_ratings(unit.kind) && titles.any(|of| title::asks_for_rating(standard, of))
}

fn rating(frame: &Frame, standard: &Standard, days: Days) -> String {
    let Some(takes) = standard
        .rating
        .as_ref()
        .and_then(|rating| rating.takes_days)
    else {
        return frame.t("再请会员投票测评。").to_owned();
    };
    let length = i64::try_from(takes).unwrap_or(0).days();
    let begun_by = days.to.saturating_sub(length);
    if frame.today > begun_by {
        return frame.t1("再请会员投票测评：从准备到签字一般要 {} 天。", takes);
    }
    frame.t2(
        "再请会员投票测评：从准备到签字一般要 {} 天，最晚{}开始准备。",
        takes,
        frame.day(begun_by),
    )
}

fn applying(frame: &Frame, standard: &Standard, days: Days, has_next: bool) -> String {
    let (first, last) = (frame.day(days.from), frame.day(days.to));
    if frame.today < days.from {
        return frame.t2("最后申报：从{}到{}，由主席提交。", first, last);
    }
    if frame.today <= days.to {
        let left = i64::from((days.to - frame.today).get_days());
        return frame.t2("最后申报：{}截止，还有 {} 天，由主席提交。", last, left);
    }
    match standard.calendar.as_ref().filter(|_| has_next) {
        Some(calendar) => frame.t2(
            "最后申报：今年的申报期{}已经结束，下一次在明年（{}）；现在填好的，明年可以直接确认。",
            last,
            format::window(frame.lang, calendar.declaration),
        ),
        None => frame.t1("最后申报：今年的申报期{}已经结束。", last),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    shown: String,
}

/// Puts the tour away or brings it back, and shows the page that the form was on.
async fn choose(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Visiting(visit): Visiting,
    Form(chosen): Form<Chosen>,
) -> PageResult {
    if chosen.shown == "yes" {
        tour::bring_back(&app, &actor).await?;
    } else {
        tour::put_away(&app, &actor).await?;
    }
    see_other(visit.form.as_deref().unwrap_or("/desk"))
}
