//! The one thing to do now, on a home.

use jianjia_app::round::home::Home;
use jianjia_domain::{
    round::{application::State as ApplicationState, round::window},
    year::sheet::Fill,
};
use jianjia_standard::programme::RoundAct;
use jianjia_standard::{Standard, programme::Title};

use super::{criteria::CriterionView, reasons};
use crate::{
    frame::Frame,
    pages::{round, year},
};

/// The one thing to do now.
pub(super) struct Action {
    pub words: String,
    pub href: String,
}

pub(super) fn action(
    standard: &Standard,
    frame: &Frame,
    home: &Home,
    aim: Option<&Title>,
    criteria: &[CriterionView],
) -> Option<Action> {
    let aim = aim?;
    if let Some(action) = go_on(frame, home, aim) {
        return Some(action);
    }
    let sheet = &home.sheet;
    if !sheet.may_say {
        return None;
    }
    let (unit, person) = (
        &sheet.unit.id,
        sheet.person.as_ref().map(|person| person.id),
    );
    let overview = || year::address::sheet(unit, sheet.year, person.as_ref());
    let groups = sheet.groups(standard);
    let due = groups.iter().flat_map(|group| group.due());
    let offers = due
        .filter(|question| sheet.offers.contains_key(&question.fact.key))
        .count();
    if offers > 0 {
        return Some(Action {
            words: frame.t1("先确认去年的 {} 个答案", offers),
            href: overview(),
        });
    }
    if may_apply(frame, home, aim) {
        return Some(Action {
            words: frame.t1("申报{}", frame.text(&aim.name)),
            href: round::address::applications(unit),
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
            href: year::address::group(unit, sheet.year, &first.group.key, person.as_ref()),
        });
    }
    Some(make_up(frame, criteria).unwrap_or_else(|| Action {
        words: frame.t("情况有变化，更新年度表").to_owned(),
        href: overview(),
    }))
}

/// An application for the aim that was begun already.
fn go_on(frame: &Frame, home: &Home, aim: &Title) -> Option<Action> {
    let standing = home.applications.iter().find(|application| {
        application.title == aim.key
            && !matches!(application.state, ApplicationState::Withdrawn { .. })
    })?;
    let words = match standing.state {
        ApplicationState::Draft => "写完申报，提交",
        ApplicationState::Returned { .. } => "按审核意见改正，再提交",
        _ => "看申报办到哪一步了",
    };
    Some(Action {
        words: frame.t(words).to_owned(),
        href: round::address::application(&standing.id),
    })
}

fn may_apply(frame: &Frame, home: &Home, aim: &Title) -> bool {
    let is_open = home
        .round
        .as_ref()
        .is_some_and(|round| window(round, RoundAct::Submit).contains(frame.today));
    reasons(home, Some(aim)).is_empty() && is_open && home.may_apply_here
}

/// Where everything is answered: the first thing that is short and can be mended from here.
fn make_up(frame: &Frame, criteria: &[CriterionView]) -> Option<Action> {
    let open = criteria
        .iter()
        .find(|view| matches!(view.state, "unmet" | "unknown") && !view.links.is_empty())?;
    let (href, _) = open.links.first()?;
    Some(Action {
        words: frame.t1("补上“{}”", &open.name),
        href: href.clone(),
    })
}
