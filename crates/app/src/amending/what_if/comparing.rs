//! Two judgements of the same units and people, side by side.

use std::collections::BTreeMap;

use jianjia_domain::core::place::is_within;
use jianjia_standard::{
    Standard,
    batch::{ColumnJudgement, Counts, judge_columns, plan::Plan},
    judgement::{Reason, Status},
    what_if::{
        effect::{self, Judged, Move},
        people::{judges_alike, standing},
    },
};

use rayon::prelude::*;

use crate::amending::what_if::{memory::InMemory, people::Somebody};

/// Somebody who moves.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    pub(super) who: Who,
    /// Among the effect's titles and places.
    pub(super) title: usize,
    pub(super) place: usize,
    pub(super) what: Move,
    pub(super) before: Option<Status>,
    pub(super) after: Option<Status>,
    /// What stands against a person's title on the side where it is not met.
    pub(super) because: Vec<Reason>,
}

/// A unit by its row, a person by their place among the people.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who {
    Unit(u32),
    Person(usize),
}

/// A standard to judge by, which is not the year's own.
pub(super) struct Other {
    pub(super) standard: Standard,
    pub(super) plan: Plan,
}

/// Two judgements side by side, still without names.
pub(super) struct Compared {
    pub(super) units: u64,
    pub(super) people: u64,
    pub(super) titles: Vec<(String, Counts, Counts)>,
    /// The paths right below the place in which somebody moves.
    pub(super) paths: Vec<String>,
    pub(super) moved: Vec<Moved>,
}

/// `from`: none for the year's own standard.
pub(super) fn compare(all: &InMemory, from: Option<&Other>, to: &Other, path: &str) -> Compared {
    let units = &all.units;
    let judged_anew = from.map(|other| judge_columns(&other.plan, &units.columns));
    let before = match (from, &judged_anew) {
        (Some(other), Some(judgement)) => Judged {
            plan: &other.plan,
            judgement,
        },
        _ => Judged {
            plan: &units.plan,
            judgement: &units.judged,
        },
    };
    let judgement = judge_columns(&to.plan, &units.columns);
    let after = Judged {
        plan: &to.plan,
        judgement: &judgement,
    };
    let within = units.within(path);
    let effects = effect::effect(before, after, &units.columns, &within);
    let people: Vec<(usize, &Somebody)> = all.people.within(path).collect();
    let titles_asked: Vec<&str> = effects.iter().map(|title| title.title.as_str()).collect();
    let stood = both_ways(all, from, to, &people, &titles_asked);
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut titles = Vec::with_capacity(effects.len());
    let mut moved = Vec::new();
    for (place_of_title, title) in effects.iter().enumerate() {
        let status = |side: Judged<'_>, row: u32| {
            let mut planned = side.plan.titles.iter();
            let at = planned.position(|planned| planned.key == title.title)?;
            let can = side.plan.titles[at].kinds.contains(&units.row(row).kind);
            can.then(|| status_of(side.judgement, at, row))
        };
        for (row, what) in &title.moved {
            let below = right_below(&units.row(*row).path, path);
            moved.push(Moved {
                who: Who::Unit(*row),
                title: place_of_title,
                place: number_of(&mut places, below),
                what: *what,
                before: status(before, *row),
                after: status(after, *row),
                because: Vec::new(),
            });
        }
        let mut counts = (title.before, title.after);
        for one in stood.iter().filter(|one| one.title == place_of_title) {
            count(&mut counts.0, one.before);
            count(&mut counts.1, one.after);
            let Some((what, because)) = &one.moved else {
                continue;
            };
            let below = right_below(&all.people.at(one.person).unit.path, path);
            moved.push(Moved {
                who: Who::Person(one.person),
                title: place_of_title,
                place: number_of(&mut places, below),
                what: *what,
                before: one.before,
                after: one.after,
                because: because.clone(),
            });
        }
        titles.push((title.title.clone(), counts.0, counts.1));
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
    Compared {
        units: within.iter().map(|bits| u64::from(bits.count_ones())).sum(),
        people: people.len() as u64,
        titles,
        paths,
        moved,
    }
}

/// Somebody with a title that people can hold, by both standards.
struct Stood {
    /// Among the people.
    person: usize,
    /// Among the titles.
    title: usize,
    before: Option<Status>,
    after: Option<Status>,
    /// With what stands against it.
    moved: Option<(Move, Vec<Reason>)>,
}

fn both_ways(
    all: &InMemory,
    from: Option<&Other>,
    to: &Other,
    people: &[(usize, &Somebody)],
    titles: &[&str],
) -> Vec<Stood> {
    let as_of = all.units.plan.as_of;
    let own = all.units.standard.as_ref();
    // Most changes are of what units are asked: nobody is judged for them.
    let from = from.map(|other| &other.standard);
    let from = from.filter(|other| !judges_alike(own, other));
    let to = Some(&to.standard).filter(|other| !judges_alike(own, other));
    let stood = |(person, somebody): &(usize, &Somebody)| {
        let (was, is) = (somebody.judged(from, as_of), somebody.judged(to, as_of));
        let of_title = |(title, key): (usize, &&str)| {
            let (stood, stands) = (standing(&was, key), standing(&is, key));
            let (before, after) = (stood.map(|(was, _)| was), stands.map(|(is, _)| is));
            before.or(after)?;
            let moved = Move::of(before, after).map(|what| {
                let because = match what {
                    Move::Gained => stood,
                    Move::Lost | Move::Unsure => stands,
                };
                let because = because.map_or_else(Vec::new, |(_, because)| because.to_vec());
                (what, because)
            });
            Some(Stood {
                person: *person,
                title,
                before,
                after,
                moved,
            })
        };
        let each = titles.iter().enumerate();
        each.filter_map(of_title).collect::<Vec<_>>()
    };
    people.par_iter().flat_map_iter(stood).collect()
}

/// Counts somebody with a title that people can hold.
fn count(counts: &mut Counts, status: Option<Status>) {
    match status {
        Some(Status::Met) => counts.met += 1,
        Some(Status::Unmet) => counts.unmet += 1,
        Some(Status::Unknown) => counts.unknown += 1,
        Some(Status::NotApplicable) | None => {}
    }
}

fn number_of<'a>(places: &mut BTreeMap<&'a str, usize>, path: &'a str) -> usize {
    let next = places.len();
    *places.entry(path).or_insert(next)
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
