//! Where a file stands that nobody has to act on, and which criterion a problem is about.

use jianjia_app::round::application::ClauseRow;
use jianjia_domain::{core::day::day_of, round::application::State};
use jiff::Timestamp;

use crate::{form::Problems, frame::Frame};

/// Where a file stands that is under review with nobody; none where it is under review.
pub(super) fn stands(frame: &Frame, state: &State) -> Option<String> {
    let day = |at: &Timestamp| frame.day(day_of(*at));
    match state {
        State::UnderReview { .. } => None,
        State::Draft => Some(frame.t("还没有提交，正由申报单位填写。").to_owned()),
        State::Returned { .. } => Some(frame.t("已退回补正，等申报单位改好再交。").to_owned()),
        State::Withdrawn { at } => Some(frame.t1("申报单位已于 {} 撤回。", day(at))),
        State::Rejected { at, .. } => Some(frame.t1("已于 {} 办结：未通过。", day(at))),
        State::Named { at, .. } => Some(frame.t1("已于 {} 办结：已命名。", day(at))),
    }
}

/// The problems, with the criterion of those that are about one.
pub(super) fn named(frame: &Frame, problems: Problems, clauses: &[ClauseRow]) -> Problems {
    problems.about(|field| {
        let (_, clause) = field.split_once('_')?;
        let row = clauses.iter().find(|row| row.clause == clause)?;
        Some(format!("{} {}", frame.text(&row.name), row.clause))
    })
}
