//! The one thing to do now, on a home.

use jianjia_app::year::home::Home;
use jianjia_domain::{
    round::{
        application::State as ApplicationState,
        round::{RoundAct, window},
    },
    year::sheet::Fill,
};
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
    let sheet = &home.sheet;
    let aim = aim?;
    let unit = &sheet.unit.id;
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
            href: round::address::application(&application.id),
        });
    }
    if !sheet.may_say {
        return None;
    }
    let person = sheet.person.as_ref().map(|person| person.id);
    let overview = || year::address::sheet(unit, sheet.year, person.as_ref());
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
            href: overview(),
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
        href: overview(),
    })
}
