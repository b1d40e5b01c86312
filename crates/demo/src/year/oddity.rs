//! What a few unions say of a year that can't be so, or hardly: a digit too few, ten thousand yuan taken for yuan, visits counted as people. The x-ray finds
//! it. Who they are follows from nothing that changes from day to day, so that a year says the same whenever it is told.

use std::collections::{BTreeMap, HashMap};

use jianjia_domain::core::place::UnitKind;
use jianjia_standard::{fact::FactValue, kinds::Employer};
use jiff::civil::date;

use crate::{
    core::{
        city::{City, Filled, Grade, Unit},
        draw::Draw,
    },
    register::{
        growth::{FIRST_YEAR, grade_in},
        tree,
    },
    year::{
        activity::{Rated, sure_rating},
        fact::Answers,
    },
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// Wages, and so dues, are far above those of others, year after year.
    HighDues,
    /// Members who left are still counted.
    MembersOverWorkers,
    /// The plant grew, and the register does not know.
    RegisterOutOfDate,
    /// A digit too few.
    CardsShort,
    /// Ten thousand yuan were taken for yuan.
    DuesInTenThousands,
    /// Visits were counted instead of people.
    VisitsCounted,
    /// Others than members were given ballots.
    GuestsVoted,
    /// Members are at odds with their union.
    Discontent,
}

/// The stream that each is drawn from, and how many unions there are of it in a year.
const HOW_MANY: [(Oddity, &str, usize); 8] = [
    (Oddity::HighDues, "odd-high-dues", 3),
    (Oddity::MembersOverWorkers, "odd-members", 3),
    (Oddity::RegisterOutOfDate, "odd-register", 2),
    (Oddity::CardsShort, "odd-cards", 2),
    (Oddity::DuesInTenThousands, "odd-dues", 1),
    (Oddity::VisitsCounted, "odd-visits", 2),
    (Oddity::GuestsVoted, "odd-guests", 2),
    (Oddity::Discontent, "odd-discontent", 2),
];

/// The unions with something odd, by year and their place in the city.
pub struct Oddities {
    by_year: BTreeMap<i16, HashMap<usize, Oddity>>,
}

impl Oddities {
    /// Those of all years up to one, and of the year before the first; `first` are the grades of the first year.
    pub fn until(city: &City, first: &[Grade], last_year: i16) -> Oddities {
        let years = FIRST_YEAR - 1..=last_year;
        Oddities {
            by_year: years
                .map(|year| (year, of_year(city, first, year)))
                .collect(),
        }
    }

    pub fn of_unit(&self, unit: usize, year: i16) -> Option<Oddity> {
        self.by_year.get(&year)?.get(&unit).copied()
    }
}

fn of_year(city: &City, first: &[Grade], year: i16) -> HashMap<usize, Oddity> {
    let mut chosen = HashMap::new();
    for (oddity, stream, count) in HOW_MANY {
        let is_steady = oddity == Oddity::HighDues;
        if year < FIRST_YEAR && !is_steady {
            continue;
        }
        let of = if is_steady { 0 } else { i64::from(year) };
        let mut fitting: Vec<(usize, usize)> = (0..city.units.len())
            .filter(|index| oddity.fits(city, *index, first[*index], year))
            .filter(|index| !chosen.contains_key(index))
            .map(|index| {
                let mut draw = Draw::of(stream, city.units[index].number << 12 | of);
                (draw.below(1 << 30), index)
            })
            .collect();
        fitting.sort_unstable();
        let first_ones = fitting.into_iter().take(count);
        chosen.extend(first_ones.map(|(_, index)| (index, oddity)));
    }
    chosen
}

impl Oddity {
    fn fits(self, city: &City, index: usize, first: Grade, year: i16) -> bool {
        let unit = &city.units[index];
        // The district of the story has its polls and its photos.
        let district = &city.units[city.cast.tianning].path;
        let is_apart = unit.kind == UnitKind::Grassroots
            && unit.employer == Some(Employer::Enterprise)
            && unit.founded_on < date(2014, 1, 1)
            && !unit.path.starts_with(district.as_str());
        let least = match self {
            // A tenth of the cards has to be a hundred fewer.
            Oddity::CardsShort => 180,
            _ => 60,
        };
        let is_qualified = |year| grade_in(unit.number, first, year) == Grade::Qualified;
        let says_all_in = |year: i16| {
            let mut draw = Draw::of("filled", unit.number << 12 | i64::from(year));
            tree::filled(&mut draw) == Filled::All && is_qualified(year)
        };
        let says_all = || match self {
            // Who applies is judged, and the sheet takes no more members than workers: of those who stay what they are nobody applies.
            Oddity::MembersOverWorkers => {
                says_all_in(year) && is_qualified(year - 1) && is_qualified(year + 1)
            }
            // Held against what was said the year before.
            Oddity::DuesInTenThousands => says_all_in(year) && says_all_in(year - 1),
            _ => says_all_in(year),
        };
        is_apart
            && (least..=900).contains(&unit.workers)
            && (self == Oddity::HighDues || says_all())
    }

    /// Changes what the union says.
    pub fn say(self, unit: &Unit, year: i64, answers: &mut Answers) {
        let mut draw = Draw::of("oddity", unit.number << 12 | year);
        let workers = u64::try_from(unit.workers).unwrap_or(0);
        let few = draw.between(2, 9).unsigned_abs();
        let percent = draw.between(15, 30).unsigned_abs();
        let times = Draw::of("high-dues", unit.number)
            .between(7, 9)
            .unsigned_abs();
        let mut set = |keys: &[&str], to: &dyn Fn(u64) -> u64| {
            for key in keys {
                if let Some(FactValue::Number(value) | FactValue::Money(value)) =
                    answers.get_mut(*key)
                {
                    *value = to(*value);
                }
            }
        };
        match self {
            Oddity::HighDues => set(&["dues_due", "dues_paid"], &|dues| dues * times),
            Oddity::MembersOverWorkers => set(&["members"], &|_| workers + few),
            Oddity::RegisterOutOfDate => {
                set(&["workers"], &|_| workers * 2);
                set(&["members"], &|_| workers * 9 / 5);
            }
            Oddity::CardsShort => set(&["cards_issued", "cards_used"], &|cards| cards / 10),
            Oddity::DuesInTenThousands => {
                set(&["dues_due", "dues_paid"], &|dues| dues / 10_000);
            }
            Oddity::VisitsCounted => set(&["hardship_workers"], &|_| workers * percent / 100),
            Oddity::GuestsVoted | Oddity::Discontent => {}
        }
    }

    /// What its rating comes to; none where nothing is odd about it.
    pub fn rate(self, unit: &Unit, year: i16) -> Option<Rated> {
        let rated = sure_rating(unit, year);
        match self {
            Oddity::GuestsVoted => Some(Rated {
                roll: unit.members * 13 / 10 + 1,
                ..rated
            }),
            Oddity::Discontent => {
                let mut draw = Draw::of("discontent", unit.number << 12 | i64::from(year));
                let valid = rated.satisfied + rated.basically_satisfied + rated.dissatisfied;
                let content = valid * draw.between(14, 27) / 100;
                Some(Rated {
                    satisfied: content - content / 3,
                    basically_satisfied: content / 3,
                    dissatisfied: valid - content,
                    ..rated
                })
            }
            _ => None,
        }
    }
}
