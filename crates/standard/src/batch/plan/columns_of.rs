//! In which columns a standard finds what its checks ask: its own, or those that were laid out for another standard.

use jiff::civil::Date;

use crate::batch::plan::{Plan, Program};
use crate::check::{Check, FactName};
use crate::columns::log::{LOG_MOST, spans};
use crate::fact::Fact;
use crate::programme::{Rating, Standard};

/// Where the checks of a standard are looked up.
pub(super) struct Source<'a> {
    pub(super) standard: &'a Standard,
    /// None where the columns are laid out for this standard itself.
    pub(super) laid: Option<Laid<'a>>,
}

/// Whose columns they are.
pub(super) struct Laid<'a> {
    pub(super) standard: &'a Standard,
    pub(super) plan: &'a Plan,
}

impl<'a> Source<'a> {
    pub(super) fn own(standard: &'a Standard) -> Source<'a> {
        Source {
            standard,
            laid: None,
        }
    }

    /// The column of a fact, and what it holds; none where nobody was asked for it.
    pub(super) fn column(&self, fact: &FactName) -> Option<(usize, &'a Fact)> {
        match &self.laid {
            None => {
                let found = self.standard.facts.get(fact.index);
                found.map(|found| (fact.index, found))
            }
            Some(laid) => {
                let mut facts = laid.standard.facts.iter().enumerate();
                facts.find(|(_, found)| found.key == fact.key)
            }
        }
    }

    /// The rating whose answers the columns hold.
    pub(super) fn rating(&self) -> Option<&'a Rating> {
        let standard = self
            .laid
            .as_ref()
            .map_or(self.standard, |laid| laid.standard);
        standard.rating.as_ref()
    }

    /// How an activity check is decided over columns of another standard; none where the columns are its own.
    pub(super) fn activities(&self, check: &Check, as_of: Date) -> Option<Program> {
        let laid = self.laid.as_ref()?;
        let Check::Activities {
            kinds,
            every,
            periods,
            at_least,
        } = check
        else {
            return Some(Program::Unknown);
        };
        let at_least = self.standard.number(at_least, as_of);
        let same = laid.plan.activities.iter().position(|known| match known {
            Check::Activities {
                kinds: known_kinds,
                every: known_every,
                periods: known_periods,
                at_least: known_at_least,
            } => {
                (known_kinds, known_every, known_periods) == (kinds, every, periods)
                    && laid.standard.number(known_at_least, as_of) == at_least
            }
            _ => false,
        });
        if let Some(column) = same {
            return Some(Program::Activities(column));
        }
        let Some(spans) = spans(*every, *periods, as_of).filter(|_| at_least <= LOG_MOST) else {
            return Some(Program::Unknown);
        };
        let mut places: Vec<usize> = Vec::new();
        let known = &laid.standard.activity_kinds;
        for (place, kind) in known.iter().enumerate() {
            if kinds.contains(&kind.key) {
                places.push(place);
            }
        }
        Some(Program::Log {
            kinds: places,
            spans,
            at_least,
        })
    }
}

impl Laid<'_> {
    /// Whether a title is held, where it means the same in both standards.
    pub(super) fn held(&self, standard: &Standard, title: &str) -> Program {
        let tier = |standard: &Standard| standard.title(title).map(|title| title.tier.clone());
        let is_same = tier(standard) == tier(self.standard)
            && standard.equivalence == self.standard.equivalence
            && standard.programme.first_year == self.standard.programme.first_year;
        let place = self.plan.held.iter().position(|known| known == title);
        match place.filter(|_| is_same) {
            Some(place) => Program::Held(place),
            None => Program::Unknown,
        }
    }
}
