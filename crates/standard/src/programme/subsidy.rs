//! Yearly subsidies (R3-R5): whose they are, what they start from and what changes them, place by place.

use crate::keyed;
use crate::kinds::Kind;
use crate::programme::Standard;
use crate::text::Text;

/// The subsidies of a standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubsidyRules {
    pub name: Text,
    /// The kinds of unit that get one.
    pub kinds: Vec<Kind>,
    /// In the order of the file. No place has two.
    pub schemes: Vec<SubsidyScheme>,
}

/// How the subsidies of some divisions are reckoned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubsidyScheme {
    pub key: String,
    /// The clause of the reward that lets it be.
    pub clause: String,
    pub name: Text,
    pub text: Text,
    /// Codes of divisions; empty for every place.
    pub divisions: Vec<String>,
    pub base: BaseRule,
    /// What a part of a year is counted by.
    pub part_year: PartYear,
    /// What holds while an increase and a cut are in force at once.
    pub both: Both,
    pub rounding: Rounding,
    pub effects: Vec<EffectRule>,
}

/// Where the amount comes from that effects change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseRule {
    /// The city records it for each unit and year.
    Recorded,
    /// So much for each of what a fact of the year sheet counts.
    Counted {
        fact: String,
        each_fen: i64,
        least_fen: Option<i64>,
        most_fen: Option<i64>,
    },
}

/// What a title or a finding does to the subsidy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectRule {
    pub clause: String,
    pub event: EventKind,
    /// The titles that it is about; none for a finding.
    pub titles: Vec<String>,
    /// In basis points of the base: `+40%` is 4000.
    pub change_bp: i64,
    pub counts_from: CountsFrom,
    /// So many years and no longer; as long as it stands where it is none.
    pub lasts_years: Option<i16>,
    pub ends: Ends,
}

/// To what amounts are rounded, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounding {
    pub to_fen: i64,
    pub how: RoundingHow,
}

keyed! {
    pub enum EventKind {
        /// A title of the unit's own is held.
        Title = "title",
        /// A spot check found the unit short.
        Finding = "finding",
    }
}

keyed! {
    /// From which day a title or a finding counts.
    pub enum CountsFrom {
        /// From the day itself.
        Day = "day",
        /// From the first of the month after it.
        NextMonth = "next-month",
        /// From the first of January of its year.
        ThisYear = "this-year",
        /// From the first of January after it.
        NextYear = "next-year",
        /// From the first of January after the year that the title or the spot check is of, whenever it was decided on.
        YearAfter = "year-after",
    }
}

keyed! {
    /// What it does that a title is lost or a finding is lifted.
    pub enum Ends {
        /// It counts no more from that day on.
        Day = "day",
        /// It counts until the end of the month.
        NextMonth = "next-month",
        /// It counts until the end of the year.
        NextYear = "next-year",
        /// It never counted, earlier years included.
        NeverWas = "never-was",
    }
}

keyed! {
    /// What a part of a year is counted by: each day, month or year counts by what is in force on its first day.
    pub enum PartYear {
        Days = "days",
        Months = "months",
        Years = "years",
    }
}

keyed! {
    pub enum Both {
        /// The cut holds, and the increase is suspended.
        CutHolds = "cut-holds",
        /// The increase holds, and the cut is suspended.
        IncreaseHolds = "increase-holds",
        /// Both hold: their percentages, each of the base, are added.
        Sum = "sum",
    }
}

keyed! {
    pub enum RoundingHow {
        HalfUp = "half-up",
        Down = "down",
        Up = "up",
    }
}

impl SubsidyScheme {
    /// Whether a division lies within the scheme's.
    pub fn covers(&self, division: &str) -> bool {
        let mut divisions = self.divisions.iter();
        self.divisions.is_empty() || divisions.any(|within| division.starts_with(within.as_str()))
    }

    /// The first effect that a finding of a spot check has.
    pub fn cut(&self) -> Option<&EffectRule> {
        let mut effects = self.effects.iter();
        effects.find(|effect| effect.event == EventKind::Finding)
    }
}

impl Standard {
    /// How the subsidy of a unit of a kind in a division is reckoned; none where it has none.
    pub fn subsidy_scheme(&self, kind: Kind, division: &str) -> Option<&SubsidyScheme> {
        let rules = self.subsidy.as_ref()?;
        let mut schemes = rules.schemes.iter();
        let scheme = schemes.find(|scheme| scheme.covers(division))?;
        rules.kinds.contains(&kind).then_some(scheme)
    }

    /// Whether units of a kind, by its key, may get a subsidy.
    pub fn subsidises(&self, kind: &str) -> bool {
        let kinds = self.subsidy.iter().flat_map(|rules| &rules.kinds);
        kinds.map(|known| known.key()).any(|known| known == kind)
    }

    pub fn scheme(&self, key: &str) -> Option<&SubsidyScheme> {
        let rules = self.subsidy.as_ref()?;
        rules.schemes.iter().find(|scheme| scheme.key == key)
    }

    /// The titles that any scheme has an effect for.
    pub fn subsidy_titles(&self) -> Vec<&str> {
        let schemes = self.subsidy.iter().flat_map(|rules| &rules.schemes);
        let effects = schemes.flat_map(|scheme| &scheme.effects);
        let mut titles: Vec<&str> = effects
            .flat_map(|effect| effect.titles.iter().map(String::as_str))
            .collect();
        titles.sort_unstable();
        titles.dedup();
        titles
    }

    /// The facts that bases are counted by.
    pub fn subsidy_facts(&self) -> Vec<&str> {
        let schemes = self.subsidy.iter().flat_map(|rules| &rules.schemes);
        let mut facts: Vec<&str> = schemes
            .filter_map(|scheme| match &scheme.base {
                BaseRule::Counted { fact, .. } => Some(fact.as_str()),
                BaseRule::Recorded => None,
            })
            .collect();
        facts.sort_unstable();
        facts.dedup();
        facts
    }
}
