//! "My home": the ladder, what the next title asks, what is missing in one sentence each, and the one thing to do now.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::home::{self as homes, Home},
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        policy::{Act, Actor, Role},
    },
    round::round::{Days, window},
};
use jianjia_standard::programme::RoundAct;
use jianjia_standard::{
    Standard, explain, judge::application::holds, judgement::Reason, programme::Title,
};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::{
        core::address as standards,
        round::{
            tour::{self, Tour},
            veto::{InForce, in_force},
        },
        year::{
            address,
            holder::{self, OfPerson},
        },
    },
    path::{self, Path},
    routes::{Access, Route},
    session::SignedIn,
};

mod action;
pub mod criteria;

use action::{Action, action};
use criteria::{Section, criteria, sections};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/units/{id}/home", Access::Seen, show)]
}

/// `?year=`: an earlier year's home; this year's by default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct OfYear {
    year: String,
}

#[derive(Template)]
#[template(path = "round/home/show.html")]
struct Show {
    frame: Frame,
    home: Home,
    holder: String,
    kind: String,
    is_person: bool,
    /// Highest first.
    rungs: Vec<Rung>,
    goal: Goal,
    action: Option<Action>,
    calendar: Option<String>,
    /// What bars the application besides the criteria, each a sentence.
    bars: Vec<String>,
    /// Vetoes that bar only what comes later.
    warnings: Vec<String>,
    /// The vetoes among these, as they are on record.
    vetoes: Vec<InForce>,
    sections: Vec<Section>,
    sheet_address: String,
    /// Whether a unit of its kind may get a yearly subsidy.
    has_subsidy: bool,
    reads_money: bool,
    /// Small homes and people of the union: name, what they are, their home.
    inner: Vec<(String, String, String)>,
    tour: Option<Tour>,
}

/// A title of the ladder.
struct Rung {
    name: String,
    slogan: String,
    /// `held`, `next` or `later`.
    state: &'static str,
    words: String,
    href: String,
}

/// The title strived for, or the highest one, which is to be kept.
struct Goal {
    name: String,
    is_highest_held: bool,
    met: usize,
    total: usize,
    unmet: usize,
    unknown: usize,
    /// How many of those that are met lack a document.
    lacking: usize,
    /// How many of the unknown ones last year's answers would meet.
    met_by_offers: usize,
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(of): Query<OfPerson>,
    Query(OfYear { year }): Query<OfYear>,
) -> PageResult {
    let year = if year.is_empty() {
        frame.year
    } else {
        path::read(&year)?
    };
    let person = of.id()?;
    let home = homes::read(&app, &actor, &id, person.as_ref(), year).await?;
    let has_next = app.standards.years().contains(&(year + 1));
    // On the own home of this year: elsewhere a chair is no first-time visitor.
    let is_own = person.is_none() && year == frame.year && is_chair(&actor, &id);
    let tour = if is_own {
        tour::of(&app, &actor, &frame).await?
    } else {
        None
    };
    let standard = app.standards.of(year);
    page(&home_page(standard, frame, home, (has_next, tour)))
}

fn is_chair(actor: &Actor, unit: &UnitId) -> bool {
    let mut roles = actor.roles.iter();
    roles.any(|at| at.role == Role::Chair && at.unit.id == *unit)
}

fn home_page(
    standard: &Standard,
    frame: Frame,
    home: Home,
    (has_next, tour): (bool, Option<Tour>),
) -> Show {
    let sheet = &home.sheet;
    let titles: Vec<&Title> = standard.titles_of(sheet.subject.kind).collect();
    let aim = sheet.aim.as_deref().and_then(|key| standard.title(key));
    let goal_title = aim.or(titles.last().copied());
    let criteria =
        goal_title.map_or_else(Vec::new, |title| criteria(standard, &frame, &home, title));
    let count = |state: &str| criteria.iter().filter(|view| view.state == state).count();
    let (met, unmet, unknown) = (count("met"), count("unmet"), count("unknown"));
    let goal = Goal {
        name: goal_title.map_or_else(String::new, |title| frame.text(&title.name).to_owned()),
        is_highest_held: aim.is_none(),
        met,
        total: met + unmet + unknown,
        unmet,
        unknown,
        lacking: criteria
            .iter()
            .filter(|view| !view.lacking.is_empty())
            .count(),
        met_by_offers: criteria.iter().filter(|view| view.is_met_by_offers).count(),
    };
    let person = sheet.person.as_ref().map(|person| person.id);
    Show {
        holder: holder::name(sheet),
        kind: sheet.subject.kind.name(frame.lang).to_owned(),
        is_person: sheet.person.is_some(),
        rungs: rungs(standard, &frame, &home, &titles, aim),
        action: action(standard, &frame, &home, aim, &criteria),
        calendar: calendar(&frame, &home, has_next),
        bars: bars(standard, &frame, &home, aim),
        warnings: warnings(standard, &frame, &home, &titles, aim),
        vetoes: home
            .vetoes
            .iter()
            .map(|veto| in_force(&frame, standard, veto))
            .collect(),
        sections: sections(&frame, criteria),
        sheet_address: address::sheet(&sheet.unit.id, sheet.year, person.as_ref()),
        has_subsidy: standard.subsidises(sheet.unit.kind.key()),
        reads_money: frame.may(&Act::SeeUnitMoney, &sheet.unit),
        inner: inner(&frame, &home),
        goal,
        home,
        frame,
        tour,
    }
}

/// The small homes and the people that build with the union.
fn inner(frame: &Frame, home: &Home) -> Vec<(String, String, String)> {
    let branches = home.branches.iter().map(|place| {
        let word = frame.t_fixed(place.kind.word()).to_owned();
        (place.name.clone(), word, address::home(&place.id, None))
    });
    let people = home.people.iter().map(|person| {
        let post = frame.t_fixed(person.details.post.word()).to_owned();
        (
            person.details.name.clone(),
            post,
            address::home(&home.sheet.unit.id, Some(&person.id)),
        )
    });
    branches.chain(people).collect()
}

fn rungs(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    titles: &[&Title],
    aim: Option<&Title>,
) -> Vec<Rung> {
    let held = &home.sheet.subject.titles;
    titles
        .iter()
        .rev()
        .map(|title| {
            let since = held
                .iter()
                .filter(|held| held.title == title.key)
                .map(|held| held.year)
                .max();
            let is_held = holds(standard, held, &title.key, home.as_of);
            let (state, words) = match (is_held, since) {
                (true, Some(year)) => ("held", frame.t1("{} 年获得", year)),
                (false, Some(year)) => ("later", frame.t1("{} 年获得，本次争创不计", year)),
                _ if aim.is_some_and(|aim| aim.key == title.key) => {
                    ("next", frame.t("下一步").to_owned())
                }
                _ => ("later", String::new()),
            };
            let state = if aim.is_some_and(|aim| aim.key == title.key) {
                "next"
            } else {
                state
            };
            Rung {
                name: frame.text(&title.name).to_owned(),
                slogan: title
                    .slogan
                    .as_ref()
                    .map_or_else(String::new, |slogan| frame.text(slogan).to_owned()),
                state,
                words,
                href: standards::title(&title.key),
            }
        })
        .collect()
}

/// What bars the application for the aim besides criteria.
fn bars(standard: &Standard, frame: &Frame, home: &Home, aim: Option<&Title>) -> Vec<String> {
    reasons(home, aim)
        .iter()
        .filter(|reason| !matches!(reason, Reason::Criteria(_)))
        .map(|reason| explain::reason(standard, reason, frame.lang))
        .collect()
}

/// Vetoes that bar a later title while the aim is free.
fn warnings(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    titles: &[&Title],
    aim: Option<&Title>,
) -> Vec<String> {
    let now = reasons(home, aim);
    let mut warnings: Vec<String> = Vec::new();
    for title in titles {
        for reason in reasons(home, Some(title)) {
            let words = explain::reason(standard, reason, frame.lang);
            if matches!(reason, Reason::Veto(_))
                && !now.contains(reason)
                && !warnings.contains(&words)
            {
                warnings.push(words);
            }
        }
    }
    warnings
}

fn reasons<'a>(home: &'a Home, title: Option<&Title>) -> &'a [Reason] {
    title
        .and_then(|title| home.judgement.may_apply.get(&title.key))
        .map_or(&[], |may_apply| &may_apply.because)
}

/// The days of the year's declaration. Another year is promised only where a standard has it.
fn calendar(frame: &Frame, home: &Home, has_next: bool) -> Option<String> {
    let days = window(home.round.as_ref()?, RoundAct::Submit);
    let Days { from, to } = days;
    let (first, last) = (frame.day(from), frame.day(to));
    let until = |day: jiff::civil::Date| i64::from((day - frame.today).get_days());
    Some(if frame.today < from {
        frame.t3("申报期 {} 至 {}，还有 {} 天开始", first, last, until(from))
    } else if home.sheet.year != frame.year {
        let year = home.sheet.year;
        frame.t3("{} 年的申报期（{} 至 {}）已经过了", year, first, last)
    } else if frame.today > to && !has_next {
        frame.t2(
            "今年的申报期（{} 至 {}）已经过了，本规划没有下一次了",
            first,
            last,
        )
    } else if frame.today > to {
        frame.t2(
            "今年的申报期（{} 至 {}）已经过了；现在填好的，明年可以直接确认",
            first,
            last,
        )
    } else if frame.today == to {
        frame.t2("申报期 {} 至 {}，今天是最后一天", first, last)
    } else {
        frame.t3("申报期 {} 至 {}，还剩 {} 天", first, last, until(to))
    })
}
