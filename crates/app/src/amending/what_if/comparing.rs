//! Two judgements of the same units, side by side.

use std::collections::BTreeMap;

use jianjia_domain::core::place::is_within;
use jianjia_standard::{
    batch::{ColumnJudgement, Counts, judge_columns, plan::Plan},
    judgement::Status,
    what_if::effect::{self, Judged, Move},
};

use crate::amending::what_if::columns::Units;

/// Somebody who moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moved {
    pub(super) row: u32,
    /// Among the effect's titles and places.
    pub(super) title: usize,
    pub(super) place: usize,
    pub(super) what: Move,
    pub(super) before: Option<Status>,
    pub(super) after: Option<Status>,
}

/// Two judgements side by side, still without names.
pub(super) struct Compared {
    pub(super) units: u64,
    pub(super) titles: Vec<(String, Counts, Counts)>,
    /// The paths right below the place in which somebody moves.
    pub(super) paths: Vec<String>,
    pub(super) moved: Vec<Moved>,
}

pub(super) fn compare(units: &Units, from: Option<Plan>, to: &Plan, path: &str) -> Compared {
    let judged_anew = from.map(|plan| (judge_columns(&plan, &units.columns), plan));
    let from = match &judged_anew {
        Some((judgement, plan)) => Judged { plan, judgement },
        None => Judged {
            plan: &units.plan,
            judgement: &units.judged,
        },
    };
    let judgement = judge_columns(to, &units.columns);
    let to = Judged {
        plan: to,
        judgement: &judgement,
    };
    let within = units.within(path);
    let effects = effect::effect(from, to, &units.columns, &within);
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut titles = Vec::with_capacity(effects.len());
    let mut moved = Vec::new();
    for (place_of_title, title) in effects.into_iter().enumerate() {
        let status = |side: Judged<'_>, row: u32| {
            let mut planned = side.plan.titles.iter();
            let at = planned.position(|planned| planned.key == title.title)?;
            let can = side.plan.titles[at].kinds.contains(&units.row(row).kind);
            can.then(|| status_of(side.judgement, at, row))
        };
        for (row, what) in &title.moved {
            let below = right_below(&units.row(*row).path, path);
            let next = places.len();
            moved.push(Moved {
                row: *row,
                title: place_of_title,
                place: *places.entry(below).or_insert(next),
                what: *what,
                before: status(from, *row),
                after: status(to, *row),
            });
        }
        titles.push((title.title.clone(), title.before, title.after));
    }
    // In the order of the tree, whoever moved first.
    let mut order = vec![0; places.len()];
    let mut paths = Vec::with_capacity(places.len());
    for (path, found) in places {
        order[found] = paths.len();
        paths.push(path.to_owned());
    }
    for one in &mut moved {
        one.place = order[one.place];
    }
    let units = within.iter().map(|bits| u64::from(bits.count_ones())).sum();
    Compared {
        units,
        titles,
        paths,
        moved,
    }
}

fn status_of(judgement: &ColumnJudgement, title: usize, row: u32) -> Status {
    judgement.title_status(title, usize::try_from(row).unwrap_or(usize::MAX))
}

/// The unit right below the place that a unit belongs to, by path; the place itself where it is that.
fn right_below<'a>(path: &'a str, place: &str) -> &'a str {
    if !is_within(path, place) {
        return path;
    }
    let rest = &path[place.len()..];
    rest.find('/')
        .map_or(path, |end| &path[..place.len() + end + 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_counted_at_the_one_right_below_the_place() {
        assert_eq!(right_below("/1/12/345/", "/1/"), "/1/12/");
        assert_eq!(right_below("/1/12/", "/1/"), "/1/12/");
        assert_eq!(right_below("/1/", "/1/"), "/1/");
        assert_eq!(right_below("/1/12/345/", "/1/12/"), "/1/12/345/");
    }
}
