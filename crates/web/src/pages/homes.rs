//! "My home": the ladder, what the next title asks, what is missing in one sentence each, and the one thing to do now.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use jianjia_app::{
    app::App,
    homes::{self, Home},
};
use jianjia_domain::{
    application::State as ApplicationState,
    ids::{PersonId, UnitId},
    round::{Days, RoundAct, window},
    sheet::Fill,
};
use jianjia_standard::{
    Standard,
    check::Check,
    explain,
    judge::application::holds,
    judgement::{CheckVerdict, CriterionVerdict, Reason, Status},
    programme::{Title, TitleCriterion, Verify},
};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::sheets::{self, OfPerson, read_id},
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/units/{id}/home", Access::Seen, show)]
}

/// The address of a home.
pub fn address(unit: &UnitId, person: Option<&PersonId>) -> String {
    let person = person.map_or_else(String::new, |person| format!("?person={person}"));
    format!("/units/{unit}/home{person}")
}

/// `?year=`: an earlier year's home; this year's by default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct OfYear {
    year: String,
}

#[derive(Template)]
#[template(path = "homes/show.html")]
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
    sections: Vec<Section>,
    sheet_address: String,
    /// Small homes and people of the union: name, what they are, their home.
    inner: Vec<(String, String, String)>,
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
    /// How many of the unknown ones last year's answers would meet.
    met_by_offers: usize,
}

/// The one thing to do now.
struct Action {
    words: String,
    href: String,
}

/// Criteria of one state.
struct Section {
    state: &'static str,
    title: String,
    is_open: bool,
    criteria: Vec<CriterionView>,
}

struct CriterionView {
    clause: String,
    name: String,
    group: String,
    tier: String,
    state: &'static str,
    /// Whether last year's answers, once confirmed, would meet it.
    is_met_by_offers: bool,
    /// 还差 12 名会员办卡
    missing: Option<String>,
    /// 会员人数 150 ÷ 职工人数 190 ≈ 78.94 %，要求 80%
    sums: Vec<String>,
    text: String,
    advice: String,
    verify: String,
    links: Vec<(String, String)>,
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Query(of): Query<OfPerson>,
    Query(OfYear { year }): Query<OfYear>,
) -> PageResult {
    let year = if year.is_empty() {
        frame.today.year()
    } else {
        read_id(&year)?
    };
    let person = of.id()?;
    let home = homes::read(&app, &actor, &read_id(&id)?, person.as_ref(), year).await?;
    page(&home_page(&app.standard, frame, home))
}

fn home_page(standard: &Standard, frame: Frame, home: Home) -> Show {
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
        met_by_offers: criteria.iter().filter(|view| view.is_met_by_offers).count(),
    };
    let person = sheet.person.as_ref().map(|person| person.id);
    Show {
        holder: sheets::holder(sheet),
        kind: sheet.subject.kind.name(frame.lang).to_owned(),
        is_person: sheet.person.is_some(),
        rungs: rungs(standard, &frame, &home, &titles, aim),
        action: action(standard, &frame, &home, aim, &criteria),
        calendar: calendar(&frame, &home),
        bars: bars(standard, &frame, &home, aim),
        warnings: warnings(standard, &frame, &home, &titles, aim),
        sections: sections(&frame, criteria),
        sheet_address: sheets::address(&sheet.unit.id, sheet.year, "", person.as_ref()),
        inner: inner(&frame, &home),
        goal,
        home,
        frame,
    }
}

/// The small homes and the people that build with the union.
fn inner(frame: &Frame, home: &Home) -> Vec<(String, String, String)> {
    let branches = home.branches.iter().map(|place| {
        let word = frame.t_fixed(place.kind.word()).to_owned();
        (place.name.clone(), word, address(&place.id, None))
    });
    let people = home.people.iter().map(|person| {
        let post = frame.t_fixed(person.details.post.word()).to_owned();
        (
            person.details.name.clone(),
            post,
            address(&home.sheet.unit.id, Some(&person.id)),
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
                href: format!("/standard/{}", title.key),
            }
        })
        .collect()
}

/// What is asked for a title: its own criteria first, then those of the tiers below, as they stand.
fn criteria(standard: &Standard, frame: &Frame, home: &Home, title: &Title) -> Vec<CriterionView> {
    let mut views = Vec::new();
    for tier in standard.chain(title).into_iter().rev() {
        let Some(verdict) = home.judgement.verdict(&tier.key) else {
            continue;
        };
        for (asked, found) in tier.criteria.iter().zip(&verdict.criteria) {
            views.push(view(standard, frame, home, tier, asked, found));
        }
    }
    views
}

fn view(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    title: &Title,
    asked: &TitleCriterion,
    found: &CriterionVerdict,
) -> CriterionView {
    let criterion = standard.criterion(&asked.clause);
    let text = |text: Option<&jianjia_standard::Text>| {
        text.map_or_else(String::new, |text| frame.text(text).to_owned())
    };
    let verify: Vec<&str> = criterion
        .map_or(&[][..], |criterion| &criterion.verify)
        .iter()
        .map(|verify| frame.t_fixed(verify_word(*verify)))
        .collect();
    let subject = &home.sheet.subject;
    let links = links(standard, frame, home, asked, found);
    CriterionView {
        clause: asked.clause.clone(),
        name: text(criterion.map(|criterion| &criterion.name)),
        group: text(criterion.and_then(|criterion| criterion.group.as_ref())),
        tier: frame.text(&title.name).to_owned(),
        state: match found.status {
            Status::Met => "met",
            Status::Unmet => "unmet",
            Status::Unknown => "unknown",
            Status::NotApplicable => "n/a",
        },
        is_met_by_offers: found.status == Status::Unknown
            && home
                .confirmed
                .as_ref()
                .and_then(|judgement| judgement.verdict(&title.key)?.criterion(&asked.clause))
                .is_some_and(|confirmed| confirmed.status == Status::Met),
        // Where answers are merely missing, the links to them say it all.
        missing: explain::criterion(standard, subject, &title.key, found, home.as_of, frame.lang)
            .filter(|_| links.is_empty() || !is_only_unanswered(standard, found)),
        sums: asked
            .check
            .parts()
            .iter()
            .zip(&found.checks)
            .filter_map(|(check, verdict)| sum(standard, frame, home, check, verdict))
            .collect(),
        text: text(criterion.map(|criterion| &criterion.text)),
        advice: text(criterion.and_then(|criterion| criterion.advice.as_ref())),
        verify: verify.join(frame.t("、")),
        links,
    }
}

/// Whether nothing is known to be short: only answers of the sheet are missing.
fn is_only_unanswered(standard: &Standard, found: &CriterionVerdict) -> bool {
    found.status == Status::Unknown
        && found.missing.iter().all(|key| standard.fact(key).is_some())
        && found
            .checks
            .iter()
            .all(|check| check.status != Status::Unmet)
}

/// A rate, worked out: the two numbers by their names, the quotient, what is asked.
fn sum(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    check: &Check,
    verdict: &CheckVerdict,
) -> Option<String> {
    let required = verdict.required.as_deref()?;
    let worked = match check {
        Check::Ratio { part, whole, .. } => {
            let (part_count, whole_count) = halves(verdict)?;
            let name = |key: &str| explain::missing_name(standard, key, frame.lang);
            format!(
                "{} {part_count} ÷ {} {whole_count} {}",
                name(&part.key),
                name(&whole.key),
                explain::percentage(part_count, whole_count)?
            )
        }
        Check::Subordinates { .. } => {
            let (part_count, whole_count) = halves(verdict)?;
            format!(
                "{} {part_count} ÷ {} {whole_count} {}",
                frame.t("下属模范职工之家"),
                frame.t("下属基层工会"),
                explain::percentage(part_count, whole_count)?
            )
        }
        Check::Rating { .. } => explain::worked_sum(standard, home.sheet.subject.rating.as_ref()?)?,
        _ => return None,
    };
    Some(frame.t2("{}，要求 {}", worked, required))
}

fn halves(verdict: &CheckVerdict) -> Option<(u64, u64)> {
    let (part, whole) = verdict.actual.as_deref()?.split_once('/')?;
    Some((part.parse().ok()?, whole.parse().ok()?))
}

/// Where to go for what is missing: to the very question, the log, the election, the rating.
fn links(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    asked: &TitleCriterion,
    found: &CriterionVerdict,
) -> Vec<(String, String)> {
    if !matches!(found.status, Status::Unmet | Status::Unknown) {
        return Vec::new();
    }
    let sheet = &home.sheet;
    let unit = format!("/units/{}", sheet.unit.id);
    let mut links: Vec<(String, String)> = Vec::new();
    let mut add = |href: String, words: String| {
        if !links.iter().any(|(known, _)| *known == href) {
            links.push((href, words));
        }
    };
    let open_facts: BTreeSet<&str> = asked
        .check
        .parts()
        .iter()
        .zip(&found.checks)
        .filter(|(_, verdict)| verdict.status == Status::Unmet)
        .flat_map(|(check, _)| check.facts())
        .map(|fact| fact.key.as_str())
        .chain(found.missing.iter().map(String::as_str))
        .collect();
    // In the order of the sheet, so that the same criterion always lists them the same way.
    for fact in standard
        .facts
        .iter()
        .filter(|fact| open_facts.contains(fact.key.as_str()))
    {
        let name = frame.text(&fact.name);
        if sheet.known.iter().any(|(key, _)| *key == fact.key) {
            add(format!("{unit}/people"), frame.t1("换届登记：{}", name));
        } else if sheet
            .facts
            .get(&fact.key)
            .is_some_and(|said| !said.value.is_null())
        {
            add(sheets::fact_address(sheet, fact), frame.t1("改“{}”", name));
        } else {
            add(sheets::fact_address(sheet, fact), name.to_owned());
        }
    }
    for (check, verdict) in asked.check.parts().iter().zip(&found.checks) {
        if !matches!(verdict.status, Status::Unmet | Status::Unknown) {
            continue;
        }
        match check {
            Check::Activities { .. } => {
                add(
                    format!("{unit}/activities"),
                    frame.t("去登记活动").to_owned(),
                );
            }
            Check::Rating { .. } => {
                add(
                    format!("{unit}/rating/{}", sheet.year),
                    frame.t("看民主测评").to_owned(),
                );
            }
            _ => {}
        }
    }
    if found.missing.iter().any(|key| key == "employer") {
        add(format!("{unit}/edit"), frame.t("补填单位性质").to_owned());
    }
    links
}

fn verify_word(verify: Verify) -> &'static str {
    match verify {
        Verify::Figures => "核对数字",
        Verify::Ledger => "看台账",
        Verify::Talk => "找职工聊",
        Verify::OnTheSpot => "到现场看",
    }
}

/// Unmet first, then what is not known, then what is met and what does not apply, folded.
fn sections(frame: &Frame, criteria: Vec<CriterionView>) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut rest = criteria;
    for (state, title, is_open) in [
        ("unmet", "还没有达到", true),
        ("unknown", "还不知道，填了才能算", true),
        ("met", "已经达到", false),
        ("n/a", "对本单位不适用", false),
    ] {
        let (of_state, others): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|view| view.state == state);
        rest = others;
        if !of_state.is_empty() {
            sections.push(Section {
                state,
                title: frame.t(title).to_owned(),
                is_open,
                criteria: of_state,
            });
        }
    }
    sections
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

fn calendar(frame: &Frame, home: &Home) -> Option<String> {
    let days = window(home.round.as_ref()?, RoundAct::Submit);
    let Days { from, to } = days;
    let (first, last) = (frame.day(from), frame.day(to));
    let until = |day: jiff::civil::Date| i64::from((day - frame.today).get_days());
    Some(if frame.today < from {
        frame.t3("申报期 {} 至 {}，还有 {} 天开始", first, last, until(from))
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

fn action(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    aim: Option<&Title>,
    criteria: &[CriterionView],
) -> Option<Action> {
    let sheet = &home.sheet;
    let aim = aim?;
    let unit = format!("/units/{}", sheet.unit.id);
    let standing = home.applications.iter().find(|application| {
        application.title == aim.key
            && !matches!(application.state, ApplicationState::Withdrawn { .. })
    });
    if let Some(application) = standing {
        let words = match application.state {
            ApplicationState::Draft => "写完申报，提交",
            ApplicationState::Returned { .. } => "按审核意见改正，再提交",
            _ => "看申报办到哪一步了",
        };
        return Some(Action {
            words: frame.t(words).to_owned(),
            href: format!("/applications/{}", application.id),
        });
    }
    if !sheet.may_say {
        return None;
    }
    let person = sheet.person.as_ref().map(|person| person.id);
    let page = |group: &str| sheets::address(&sheet.unit.id, sheet.year, group, person.as_ref());
    let groups = sheet.groups(standard);
    let offers: usize = groups
        .iter()
        .map(|group| {
            group
                .due()
                .filter(|question| sheet.offers.contains_key(&question.fact.key))
                .count()
        })
        .sum();
    if offers > 0 {
        return Some(Action {
            words: frame.t1("先确认去年的 {} 个答案", offers),
            href: page(""),
        });
    }
    let is_allowed = reasons(home, Some(aim)).is_empty();
    let is_open = home
        .round
        .as_ref()
        .is_some_and(|round| window(round, RoundAct::Submit).contains(frame.today));
    if is_allowed && is_open && home.may_apply_here {
        return Some(Action {
            words: frame.t1("申报{}", frame.text(&aim.name)),
            href: format!("{unit}/applications"),
        });
    }
    let open: usize = groups
        .iter()
        .map(|group| group.count(&sheet.facts))
        .map(|(answered, asked)| asked - answered)
        .sum();
    let first = groups
        .iter()
        .find(|group| group.fill(&sheet.facts) != Fill::Full);
    if let Some(first) = first {
        return Some(Action {
            words: frame.t1("填年度表，还有 {} 题", open),
            href: page(&first.group.key),
        });
    }
    // Everything is answered: the first thing that is short and can be mended from here.
    let open = criteria
        .iter()
        .find(|view| matches!(view.state, "unmet" | "unknown") && !view.links.is_empty());
    if let Some((href, _)) = open.and_then(|view| view.links.first()) {
        let name = open.map_or("", |view| view.name.as_str());
        return Some(Action {
            words: frame.t1("补上“{}”", name),
            href: href.clone(),
        });
    }
    Some(Action {
        words: frame.t("情况有变化，更新年度表").to_owned(),
        href: page(""),
    })
}
