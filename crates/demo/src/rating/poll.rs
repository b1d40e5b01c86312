//! Ratings that are held as polls, one in each state that a poll can be in: which unions hold them, what their members say, and on
//! which day what happens. The other unions' totals stand for results copied from paper.

use std::ops::RangeInclusive;

use anyhow::{Context, Result};
use jianjia_domain::core::place::UnitKind;
use jiff::{
    ToSpan,
    civil::{Date, date},
};

use crate::{
    core::city::{City, Grade},
    making::AS_OF,
    year::activity::Rated,
};

/// How a poll of the demo goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Signed, with suggestions, a spoiled slip, improvements, and last year's reported on.
    Story,
    /// Under way; one slip of it is given to visitors.
    Open,
    /// Under way, its slips made by the union above.
    SlipsByUpper,
    /// Voting is over and two members entered the paper differently; visitors have these members' codes.
    Closed,
    Preparing,
    /// Counted, with one signature of the three it needs.
    Counted,
    /// Signed, with everybody of one mind and within minutes.
    Hasty,
    /// Signed, with fewer ballots than are shown.
    Withheld,
    Abandoned,
    /// Declared void by the union above, and held again.
    Repeated,
    /// Signed, with fewer than half of the roll.
    BelowHalf,
    /// Signed, as most are.
    Plain,
}

/// A poll to be.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    pub unit: usize,
    pub way: Way,
    /// What the ballots say of the home that is built, paper ballots included.
    pub votes: Rated,
}

/// One thing that happens in a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The roll and two of the group, no last day.
    PlanPartly,
    Plan {
        closes_on: Date,
    },
    Open,
    /// A slip for everybody on the roll.
    Slips,
    /// So many slips, made by the union above.
    UpperSlips(i64),
    DemandSlips,
    /// One slip is handed back and another made for it.
    SpoilOne,
    /// The `part`th of `parts` of the ballots that are not on paper.
    Vote {
        part: usize,
        parts: usize,
    },
    Close,
    /// Two members enter the paper ballots and disagree.
    PaperDiffers,
    /// Two members enter the paper ballots, and the box is opened.
    Count,
    Sign(usize),
    Annul,
    Abandon,
    /// Says what will be improved, and reports on one of last year's promises.
    Improve,
}

/// The roll of the zone's federation: its members' representatives.
const REPRESENTATIVES: i64 = 96;

/// The ways of the unions that are no one's of the story, and how many members such a union has.
const WAYS: [(Way, RangeInclusive<i64>); 10] = [
    (Way::Plain, 30..=160),
    (Way::Closed, 24..=160),
    (Way::Counted, 20..=160),
    (Way::Hasty, 22..=160),
    (Way::Repeated, 20..=160),
    (Way::SlipsByUpper, 20..=200),
    (Way::Preparing, 20..=200),
    (Way::Abandoned, 20..=200),
    (Way::BelowHalf, 20..=200),
    (Way::Withheld, 10..=60),
];

/// The days of the demo's polls: they are told as of the city's first day, and moved on by whole weeks, so that whenever it is today some are
/// under way. A poll is held within its year: what would be before it is on its first day, what would end after it ends on its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    weeks: i64,
    year: i16,
}

impl Days {
    pub fn until(today: Date) -> Days {
        // On the first day of a year nothing has happened in it.
        let told = today.yesterday().map_or(today, |day| {
            if day.year() == today.year() {
                today
            } else {
                day
            }
        });
        Days {
            weeks: i64::from((told - AS_OF).get_days()) / 7,
            year: told.year(),
        }
    }

    pub fn at(self, day: Date) -> Date {
        let day = day.saturating_add(self.weeks.weeks());
        day.max(date(self.year, 1, 1))
    }

    fn closing(self, day: Date) -> Date {
        day.min(date(self.year, 12, 31))
    }

    /// The year that the polls are of.
    pub fn year(self) -> i16 {
        self.year
    }
}

/// The polls of the year. `story` is what the rating of the union of the story comes to.
///
/// # Errors
/// When the city has too few unions around the story.
pub fn polls(city: &City, of_story: Rated) -> Result<Vec<Held>> {
    let story = city.cast.union;
    let mut polls = vec![
        Held {
            unit: story,
            way: Way::Story,
            votes: of_story,
        },
        Held {
            unit: city.cast.zone,
            way: Way::Open,
            votes: votes(REPRESENTATIVES, 58, 6),
        },
    ];
    let mut near = near(city);
    for (way, members) in WAYS {
        let place = near
            .iter()
            .position(|index| members.contains(&city.units[*index].members))
            .with_context(|| format!("no union near the story is fit for the poll {way:?}"))?;
        let unit = near.remove(place);
        let roll = city.units[unit].members;
        let votes = match way {
            Way::Hasty => Rated {
                satisfied: roll,
                ..votes(roll, 0, 0)
            },
            Way::Withheld => Rated {
                satisfied: 3,
                basically_satisfied: 1,
                ..votes(roll, 0, 0)
            },
            Way::BelowHalf => votes(roll, 38, 5),
            Way::Closed => votes(roll, 66, 6),
            _ => votes(roll, 86, 8),
        };
        polls.push(Held { unit, way, votes });
    }
    Ok(polls)
}

/// Unions of the story's district that could hold one, those of its subdistrict first.
fn near(city: &City) -> Vec<usize> {
    let district = &city.units[city.cast.tianning].path;
    let subdistrict = &city.units[city.cast.township].path;
    let mut near: Vec<usize> = (0..city.units.len())
        .filter(|index| {
            let unit = &city.units[*index];
            let is_of_story = *index == city.cast.union || *index == city.cast.vetoed;
            unit.kind == UnitKind::Grassroots
                && unit.path.starts_with(district.as_str())
                && unit.founded_on < date(2016, 1, 1)
                && matches!(unit.grade, Grade::Qualified | Grade::Model)
                && !is_of_story
        })
        .collect();
    near.sort_by_key(|index| !city.units[*index].path.starts_with(subdistrict.as_str()));
    near
}

/// Votes of so many percent of a roll, so many percent of them dissatisfied.
fn votes(roll: i64, percent: i64, dissatisfied: i64) -> Rated {
    let cast = roll * percent / 100;
    let (void, dissatisfied) = (cast / 40, cast * dissatisfied / 100);
    let content = cast - void - dissatisfied;
    let basically_satisfied = content * 24 / 100;
    Rated {
        roll,
        satisfied: content - basically_satisfied,
        basically_satisfied,
        dissatisfied,
        void,
    }
}

impl Held {
    /// What it comes to by the city's day.
    pub fn result(&self) -> Option<Rated> {
        match self.way {
            Way::Story | Way::Hasty | Way::Repeated | Way::BelowHalf | Way::Plain => {
                Some(self.votes)
            }
            Way::Open
            | Way::SlipsByUpper
            | Way::Closed
            | Way::Preparing
            | Way::Counted
            | Way::Withheld
            | Way::Abandoned => None,
        }
    }
}

impl Way {
    /// Whether some of its ballots are on paper.
    pub fn has_paper(self) -> bool {
        !matches!(self, Way::Open | Way::Closed | Way::Hasty | Way::Withheld)
    }

    /// What happens in it, day by day.
    pub fn steps(self, days: Days) -> Vec<(Date, Step)> {
        let september = |day| days.at(date(2016, 9, day));
        let october = |day| days.at(date(2016, 10, day));
        let plan = |closes_on| Step::Plan {
            closes_on: days.closing(closes_on),
        };
        let vote = |part, parts| Step::Vote { part, parts };
        match self {
            Way::Story => vec![
                (september(13), plan(september(23))),
                (september(19), Step::Open),
                (september(19), Step::Slips),
                (september(20), vote(1, 3)),
                (september(20), Step::SpoilOne),
                (september(21), vote(2, 3)),
                (september(22), vote(3, 3)),
                (september(23), Step::Close),
                (september(23), Step::Count),
                (september(26), Step::Sign(3)),
                (september(28), Step::Improve),
            ],
            Way::Plain => vec![
                (september(14), plan(september(27))),
                (september(21), Step::Open),
                (september(21), Step::Slips),
                (september(22), vote(1, 2)),
                (september(26), vote(2, 2)),
                (september(27), Step::Close),
                (september(27), Step::Count),
                (september(29), Step::Sign(4)),
            ],
            Way::Repeated => vec![
                (september(13), plan(september(20))),
                (september(14), Step::Open),
                (september(14), Step::Slips),
                (september(19), vote(1, 1)),
                (september(20), Step::Close),
                (september(20), Step::Count),
                (september(21), Step::Sign(3)),
                (september(26), Step::Annul),
                (september(27), plan(october(8))),
                (september(28), Step::Open),
                (september(28), Step::Slips),
                (september(29), vote(1, 2)),
                (september(30), vote(2, 2)),
                (october(8), Step::Close),
                (october(8), Step::Count),
                (october(9), Step::Sign(3)),
            ],
            Way::Hasty => vec![
                (september(19), plan(september(21))),
                (september(20), Step::Open),
                (september(20), Step::Slips),
                (september(21), vote(1, 1)),
                (september(21), Step::Close),
                (september(21), Step::Count),
                (september(22), Step::Sign(5)),
            ],
            Way::Withheld => vec![
                (september(19), plan(september(26))),
                (september(20), Step::Open),
                (september(20), Step::Slips),
                (september(21), vote(1, 1)),
                (september(26), Step::Close),
                (september(26), Step::Count),
                (september(27), Step::Sign(3)),
            ],
            Way::BelowHalf => vec![
                (september(20), plan(september(29))),
                (september(22), Step::Open),
                (september(22), Step::Slips),
                (september(27), vote(1, 2)),
                (september(28), vote(2, 2)),
                (september(30), Step::Close),
                (september(30), Step::Count),
                (october(8), Step::Sign(3)),
            ],
            Way::Abandoned => vec![
                (september(20), plan(september(30))),
                (september(21), Step::Open),
                (september(21), Step::Slips),
                (september(22), vote(1, 4)),
                (september(27), Step::Abandon),
            ],
            Way::Counted => vec![
                (september(27), plan(october(14))),
                (september(28), Step::Open),
                (september(28), Step::Slips),
                (september(29), vote(1, 2)),
                (october(9), vote(2, 2)),
                (october(17), Step::Close),
                (october(18), Step::Count),
                (october(19), Step::Sign(1)),
            ],
            Way::Closed => vec![
                (october(8), plan(october(19))),
                (october(9), Step::Open),
                (october(9), Step::Slips),
                (october(17), vote(1, 2)),
                (october(18), vote(2, 2)),
                (october(19), Step::Close),
                (october(19), Step::PaperDiffers),
            ],
            Way::Open => vec![
                (october(9), plan(october(28))),
                (october(17), Step::Open),
                (october(17), Step::Slips),
                (october(18), vote(1, 3)),
                (october(19), vote(2, 3)),
            ],
            Way::SlipsByUpper => vec![
                (october(8), plan(october(31))),
                (october(17), Step::Open),
                (october(18), Step::DemandSlips),
                (october(19), Step::UpperSlips(20)),
            ],
            Way::Preparing => vec![(october(9), Step::PlanPartly)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_are_held_within_their_year_and_before_today() {
        let mut today = AS_OF;
        while today <= date(2020, 12, 31) {
            let days = Days::until(today);
            for (way, _) in WAYS {
                for (day, step) in way.steps(days) {
                    assert_eq!(day.year(), days.year(), "{step:?} of {today}");
                    assert!(day < today, "{step:?} on {day} of {today}");
                    if let Step::Plan { closes_on } = step {
                        assert!(closes_on >= day && closes_on.year() == days.year());
                    }
                }
            }
            today = today.tomorrow().unwrap();
        }
    }
}
