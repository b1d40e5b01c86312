//! What the unions held month by month, and the members' ratings that the unions above took down from paper.

use jianjia_domain::{
    core::{ids::ActivityId, place::UnitKind},
    year::{activity::Activity, totals::RatingTotals},
};
use jiff::{ToSpan, civil::Date};

use crate::{
    core::{
        city::{City, Filled, Grade, Ids, Unit},
        day::{office_hour, working},
        draw::Draw,
        pools::{Occasion, Pools},
    },
    register::growth::grade_in,
};

#[derive(Clone, Debug)]
pub struct Held {
    pub unit: usize,
    pub on: Date,
    pub kind: String,
    pub title: String,
    pub participants: i64,
}

/// Whose activities, and how good a union is by the year.
pub struct Holding<'a> {
    pub city: &'a City,
    /// The grades of the first year.
    pub first: &'a [Grade],
    pub pools: &'a Pools,
    pub today: Date,
}

impl Holding<'_> {
    /// The activities of a unit from one month to another, both included, earliest first; nothing of today or later.
    pub fn of_unit(&self, index: usize, from: Date, to: Date) -> Vec<Held> {
        let unit = &self.city.units[index];
        // A branch holds its activities with its union.
        if unit.kind == UnitKind::Branch {
            return Vec::new();
        }
        let mut held = Vec::new();
        let mut first = from.first_of_month();
        while first <= to {
            held.extend(self.of_month(index, first));
            first = first.saturating_add(1.month());
        }
        held
    }

    fn of_month(&self, index: usize, first: Date) -> Option<Held> {
        let unit = &self.city.units[index];
        let month = i64::from(first.year()) * 12 + i64::from(first.month());
        let mut draw = Draw::of("activities", unit.number << 16 | month);
        // A good union holds one every month, a qualified one every quarter, the others now and then.
        let percent = match self.grade(index, first.year()) {
            Grade::Trusted | Grade::Model => 100,
            Grade::Qualified if first.month() % 3 == 0 => 100,
            Grade::Qualified => 14,
            Grade::Short => 22,
            Grade::Sparse => 6,
        };
        // The union of the story forgot to enter last month.
        let last_month = self.today.first_of_month().saturating_sub(1.month());
        let is_forgotten = index == self.city.cast.union && first == last_month;
        if !draw.chance(percent) || is_forgotten {
            return None;
        }
        let on = working(first.saturating_add(draw.between(2, 24).days()));
        let occasions: Vec<&Occasion> = self.pools.occasions(on.month()).collect();
        if occasions.is_empty() || on < unit.founded_on || on >= self.today {
            return None;
        }
        let occasion = *draw.pick(&occasions);
        Some(Held {
            unit: index,
            on,
            kind: occasion.kind.clone(),
            title: occasion.title.clone(),
            participants: draw.between(5, unit.members.clamp(6, 400)),
        })
    }

    /// A union that will be better next year strives for it already.
    fn grade(&self, index: usize, year: i16) -> Grade {
        let unit = &self.city.units[index];
        if index == self.city.cast.union || index == self.city.cast.vetoed {
            return unit.grade;
        }
        let of = |year| grade_in(unit.number, self.first[index], year);
        of(year).max(of(year + 1))
    }
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

pub fn rating(unit: &Unit, year: i16) -> Option<Rated> {
    let (has_one, rated) = drawn(unit, year);
    (has_one && unit.members >= 5).then_some(rated)
}

/// As `rating`, but that a few good unions' members are less content than others': near the lines that the standard draws, or below them. A change of such a
/// line moves somebody.
pub fn mixed_rating(unit: &Unit, year: i16) -> Option<Rated> {
    let rated = rating(unit, year)?;
    if unit.grade < Grade::Model {
        return Some(rated);
    }
    let mut draw = Draw::of("less-content", unit.number << 12 | i64::from(year));
    let permille = match draw.below(100) {
        0..3 => draw.between(780, 849),
        3..9 => draw.between(850, 879),
        _ => return Some(rated),
    };
    let valid = rated.satisfied + rated.basically_satisfied + rated.dissatisfied;
    let content = (valid * permille + 500) / 1000;
    let basically_satisfied = content / 4;
    Some(Rated {
        satisfied: content - basically_satisfied,
        basically_satisfied,
        dissatisfied: valid - content,
        ..rated
    })
}

/// What a union's rating comes to that is sure to be held, as the story's is.
pub fn sure_rating(unit: &Unit, year: i16) -> Rated {
    drawn(unit, year).1
}

/// Whether a union holds a rating in a year, and what it comes to.
fn drawn(unit: &Unit, year: i16) -> (bool, Rated) {
    let mut draw = Draw::of("rating", unit.number << 12 | i64::from(year));
    let has_one = match unit.grade {
        Grade::Trusted => unit.filled != Filled::Nothing || draw.chance(70),
        Grade::Model => draw.chance(92),
        Grade::Qualified => draw.chance(45),
        Grade::Short => draw.chance(15),
        Grade::Sparse => false,
    };
    let roll = unit.members;
    // A few did not reach the quorum of one half.
    let cast = if unit.grade < Grade::Model && draw.chance(8) {
        roll * draw.between(30, 50) / 100
    } else {
        (roll * draw.between(70, 98) + 99) / 100
    };
    let rate = match unit.grade {
        Grade::Trusted => draw.between(92, 100),
        Grade::Model => draw.between(86, 98),
        _ => draw.between(62, 93),
    };
    let void = cast * draw.between(0, 2) / 100;
    let valid = cast - void;
    let content = (valid * rate + 99) / 100;
    let basically_satisfied = content * draw.between(10, 35) / 100;
    let rated = Rated {
        roll,
        satisfied: content - basically_satisfied,
        basically_satisfied,
        dissatisfied: valid - content,
        void,
    };
    (has_one, rated)
}

/// The activities as the log keeps them: each was entered on the next working day.
pub fn logged(city: &City, ids: &Ids, held: &[Held]) -> Vec<Activity> {
    held.iter()
        .map(|held| {
            let unit = &city.units[held.unit];
            let entered_on = working(held.on.tomorrow().unwrap_or(held.on));
            let mut draw = Draw::of(
                "logged",
                unit.number << 16 | i64::from(held.on.day_of_year()),
            );
            Activity {
                id: ActivityId(ids.next()),
                unit: unit.id,
                unit_path: unit.path.clone(),
                held_on: held.on,
                kind: held.kind.clone(),
                title: held.title.clone(),
                participants: Some(held.participants),
                note: String::new(),
                recorded_by: None,
                recorded_at: office_hour(entered_on, &mut draw),
                removed_at: None,
            }
        })
        .collect()
}
