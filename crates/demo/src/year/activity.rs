//! What the unions held in the last fifteen months, and the members' ratings that the unions above took down from paper.

use jianjia_domain::{
    core::{ids::ActivityId, place::UnitKind},
    year::{activity::Activity, totals::RatingTotals},
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};

use crate::core::{
    city::{City, Filled, Grade, Ids, Unit},
    day::morning,
    draw::Draw,
    pools::Pools,
};

#[derive(Clone, Debug)]
pub struct Held {
    pub unit: usize,
    pub on: Date,
    pub kind: &'static str,
    pub title: String,
    pub participants: i64,
}

const KINDS: [&str; 4] = ["quality", "skills", "hardship", "culture"];
/// The first of the fifteen months.
const FROM: Date = date(2015, 8, 1);

/// The activities of a unit, earliest first.
pub fn of_unit(city: &City, index: usize, pools: &Pools) -> Vec<Held> {
    let unit = &city.units[index];
    // A branch holds its activities with its union.
    if unit.kind == UnitKind::Branch {
        return Vec::new();
    }
    let mut draw = Draw::of("activities", unit.number);
    let is_union_of_story = index == city.cast.union;
    let mut held = Vec::new();
    for month in 0..15 {
        let first = FROM.saturating_add(month.months());
        // A good union holds one every month, a qualified one every quarter, the others now and then.
        let percent = match unit.grade {
            Grade::Trusted | Grade::Model => 100,
            Grade::Qualified if first.month() % 3 == 0 => 100,
            Grade::Qualified => 14,
            Grade::Short => 22,
            Grade::Sparse => 6,
        };
        // The union of the story forgot to enter September.
        if !draw.chance(percent) || is_union_of_story && first.month() == 9 && first.year() == 2016
        {
            continue;
        }
        let on = first.saturating_add(draw.between(0, 18).days());
        let kind = *draw.pick(&KINDS);
        let titles = pools.activities.get(kind).map_or(&[][..], Vec::as_slice);
        if titles.is_empty() || on < unit.founded_on {
            continue;
        }
        held.push(Held {
            unit: index,
            on,
            kind,
            title: draw.pick(titles).clone(),
            participants: draw.between(5, unit.members.clamp(6, 400)),
        });
    }
    held
}

/// A year's rating as it was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rated {
    pub roll: i64,
    pub satisfied: i64,
    pub basically_satisfied: i64,
    pub dissatisfied: i64,
    pub void: i64,
}

impl Rated {
    /// By the standard's answers.
    pub fn totals(&self) -> RatingTotals {
        let answers = [
            ("satisfied", self.satisfied),
            ("basically_satisfied", self.basically_satisfied),
            ("dissatisfied", self.dissatisfied),
            ("void", self.void),
        ];
        RatingTotals::of(self.roll, answers)
    }
}

pub fn rating(unit: &Unit) -> Option<Rated> {
    let mut draw = Draw::of("rating", unit.number);
    let has_one = match unit.grade {
        Grade::Trusted => unit.filled != Filled::Nothing || draw.chance(70),
        Grade::Model => draw.chance(92),
        Grade::Qualified => draw.chance(45),
        Grade::Short => draw.chance(15),
        Grade::Sparse => false,
    };
    if !has_one || unit.members < 5 {
        return None;
    }
    let roll = unit.members;
    // A few did not reach the quorum of one half.
    let cast = if unit.grade < Grade::Model && draw.chance(8) {
        roll * draw.between(30, 50) / 100
    } else {
        (roll * draw.between(70, 98) + 99) / 100
    };
    let rate = match unit.grade {
        Grade::Trusted => draw.between(92, 100),
        Grade::Model => draw.between(88, 98),
        _ => draw.between(62, 93),
    };
    let void = cast * draw.between(0, 2) / 100;
    let valid = cast - void;
    let content = (valid * rate + 99) / 100;
    let basically_satisfied = content * draw.between(10, 35) / 100;
    Some(Rated {
        roll,
        satisfied: content - basically_satisfied,
        basically_satisfied,
        dissatisfied: valid - content,
        void,
    })
}

/// The activities as the log keeps them: each was entered on the day after.
pub fn logged(city: &City, ids: &Ids, held: &[Vec<Held>]) -> Vec<Activity> {
    held.iter()
        .flatten()
        .map(|held| {
            let unit = &city.units[held.unit];
            Activity {
                id: ActivityId(ids.next()),
                unit: unit.id,
                unit_path: unit.path.clone(),
                held_on: held.on,
                kind: held.kind.to_owned(),
                title: held.title.clone(),
                participants: Some(held.participants),
                note: String::new(),
                recorded_by: None,
                recorded_at: morning(held.on.tomorrow().unwrap_or(held.on)),
                removed_at: None,
            }
        })
        .collect()
}
