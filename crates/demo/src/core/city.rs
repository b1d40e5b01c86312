//! The invented city in memory, before it is written down.

use jianjia_app::core::entropy::Entropy;
use jianjia_domain::core::{
    ids::{PersonId, UnitId},
    place::{UnitKind, UnitPlace},
};
use jianjia_standard::kinds::{Employer, Post};
use jiff::{Timestamp, civil::Date};

/// How big a city to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Grassroots unions.
    pub unions: usize,
    /// Townships of each district, and villages of each township, that are taken.
    pub townships: usize,
    pub villages: usize,
}

impl Size {
    /// The whole demo city.
    pub const WHOLE: Size = Size {
        unions: 12_000,
        townships: usize::MAX,
        villages: usize::MAX,
    };
    /// A small one with everything in it, for tests.
    pub const SMALL: Size = Size {
        unions: 420,
        townships: 2,
        villages: 2,
    };
}

/// How far a union's home has come; the facts follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Hardly anything answered.
    Sparse,
    /// Short of qualified.
    Short,
    Qualified,
    Model,
    Trusted,
}

/// How much of this year's sheet is filled in by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    Nothing,
    Half,
    All,
}

#[derive(Clone, Debug)]
pub struct Unit {
    pub id: UnitId,
    pub number: i64,
    /// Index of the unit above.
    pub above: Option<usize>,
    pub path: String,
    pub kind: UnitKind,
    pub name: String,
    pub division: String,
    pub form: Option<&'static str>,
    pub credit_code: Option<String>,
    pub founded_on: Date,
    pub employer: Option<Employer>,
    pub employer_name: Option<String>,
    pub employer_credit_code: Option<String>,
    pub employer_address: Option<String>,
    pub employer_nature: Option<&'static str>,
    pub employer_economic_type: Option<&'static str>,
    pub employer_industry: Option<String>,
    pub phone: Option<String>,
    pub workers: i64,
    pub members: i64,
    pub grade: Grade,
    pub filled: Filled,
    pub last_election: Date,
    pub term_years: i64,
}

impl Unit {
    pub fn place(&self) -> UnitPlace {
        UnitPlace {
            id: self.id,
            kind: self.kind,
            name: self.name.clone(),
            path: self.path.clone(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Person {
    pub id: PersonId,
    /// Index of the unit.
    pub unit: usize,
    pub name: String,
    pub post: Post,
    pub duty: &'static str,
    pub phone: String,
    pub since: Date,
}

/// The units that the story of the demo is about, as indexes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cast {
    pub city: usize,
    pub tianning: usize,
    pub township: usize,
    /// A good union, one step from the model home.
    pub union: usize,
    /// A trusted home that owes wages this year.
    pub vetoed: usize,
    pub industry: usize,
    /// A township whose federation is itself a candidate.
    pub zone: usize,
}

#[derive(Clone, Debug)]
pub struct City {
    /// Units before those they lead; the city federation is the first.
    pub units: Vec<Unit>,
    pub people: Vec<Person>,
    pub cast: Cast,
    /// The elections since the city was invented: the unit, the day.
    pub reelected: Vec<(usize, Date)>,
}

impl City {
    /// The nearest unit above that is of one of the kinds.
    pub fn nearest_above(&self, unit: usize, kinds: &[UnitKind]) -> Option<usize> {
        self.above(unit)
            .find(|index| kinds.contains(&self.units[*index].kind))
    }

    /// The units above, the nearest first.
    pub fn above(&self, unit: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.units[unit].above, |index| self.units[*index].above)
    }
}

/// Ids of the invented records: older than anything that is recorded while the demo runs.
pub struct Ids<'a> {
    pub entropy: &'a Entropy,
    pub at: Timestamp,
}

impl Ids<'_> {
    pub fn next(&self) -> uuid::Uuid {
        self.entropy.id(self.at)
    }
}
