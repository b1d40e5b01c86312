//! Reckoning a yearly subsidy (R3-R5). [`reckon`] is total and exact: whole fen, one rounding at the end, and a base that nobody knows leaves the amount
//! unknown. Its result says what was counted, so that `explain` can write the sum out.

mod explain;
mod in_force;

use serde::{Deserialize, Serialize};

use jiff::civil::Date;

use crate::programme::subsidy::{
    BaseRule, Both, EffectRule, EventKind, Rounding, RoundingHow, SubsidyScheme,
};
pub use crate::subsidy::explain::{changes, sum, yuan};
use crate::subsidy::in_force::{is_in_force, slots};

/// What is known of the amount that effects change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BaseFact {
    /// What the city recorded.
    Recorded(Option<i64>),
    /// How many there are of what the scheme counts.
    Counted(Option<u64>),
}

/// What happened to a unit that may change its subsidy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    pub titles: Vec<TitleEvent>,
    pub findings: Vec<FindingEvent>,
}

/// A title of the unit's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitleEvent {
    pub id: String,
    pub title: String,
    pub year: i16,
    pub from: Date,
    /// When it was suspended, and until when.
    #[serde(default)]
    pub away: Vec<(Date, Option<Date>)>,
    /// When it was revoked.
    pub ended: Option<Date>,
}

/// That a spot check found the unit short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingEvent {
    pub id: String,
    /// The year of the spot check.
    pub year: i16,
    pub on: Date,
    pub lifted: Option<Date>,
}

/// A reckoned subsidy: the result is its own explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoned {
    pub year: i16,
    pub base: BaseFact,
    /// None: it is not known.
    pub base_fen: Option<i64>,
    /// What was in force in the year, in the order of the scheme's effects.
    pub terms: Vec<Term>,
    pub amount_fen: Option<i64>,
    /// Whether the exact sum was between two amounts that are paid.
    pub is_rounded: bool,
}

/// What one title or finding did to the year's subsidy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    pub clause: String,
    pub change_bp: i64,
    pub basis: Basis,
    /// For how many days, months or years it counted, and for how many it was in force and another held it back.
    pub counted: u32,
    pub suspended: u32,
    /// Of how many.
    pub of: u32,
}

/// What an effect stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    Title {
        id: String,
        title: String,
        year: i16,
    },
    Finding {
        id: String,
        year: i16,
    },
}

crate::keyed! {
    /// What titles and findings did to a subsidy, for lists.
    pub enum Change {
        Plain = "plain" / "补贴|不变",
        Increase = "increase" / "补贴|上浮",
        Cut = "cut" / "补贴|下调",
        /// There was an increase and a cut, at once or one after the other.
        Both = "both" / "补贴|上浮与下调并存",
    }
}

impl Reckoned {
    pub fn change(&self) -> Change {
        let any = |is: fn(&Term) -> bool| self.terms.iter().any(is);
        match (
            any(|term| term.change_bp > 0),
            any(|term| term.change_bp < 0),
        ) {
            (false, false) => Change::Plain,
            (true, false) => Change::Increase,
            (false, true) => Change::Cut,
            (true, true) => Change::Both,
        }
    }
}

/// The subsidy of a year by a scheme.
pub fn reckon(scheme: &SubsidyScheme, year: i16, base: BaseFact, events: &Events) -> Reckoned {
    let terms = terms(scheme, year, events);
    let base_fen = base_of(&scheme.base, base);
    let amount = base_fen.map(|fen| amount(fen, &terms, scheme.rounding));
    Reckoned {
        year,
        base,
        base_fen,
        amount_fen: amount.map(|(fen, _)| fen),
        is_rounded: amount.is_some_and(|(_, is_rounded)| is_rounded),
        terms,
    }
}

/// The base in fen. A fact of another sort than the scheme asks for says nothing.
fn base_of(rule: &BaseRule, base: BaseFact) -> Option<i64> {
    match (rule, base) {
        (BaseRule::Recorded, BaseFact::Recorded(fen)) => fen.map(|fen| fen.max(0)),
        (
            BaseRule::Counted {
                each_fen,
                least_fen,
                most_fen,
                ..
            },
            BaseFact::Counted(Some(count)),
        ) => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let fen = each_fen.saturating_mul(count);
            let fen = least_fen.map_or(fen, |least| fen.max(least));
            Some(most_fen.map_or(fen, |most| fen.min(most)))
        }
        _ => None,
    }
}

/// What is in force of each effect and event, and whether it counts. Of several increases, or cuts, in force at once the largest counts alone.
fn terms(scheme: &SubsidyScheme, year: i16, events: &Events) -> Vec<Term> {
    let mut candidates: Vec<(&EffectRule, Event<'_>, Term)> = Vec::new();
    let slots = slots(scheme.part_year, year);
    let of = u32::try_from(slots.len()).unwrap_or(u32::MAX);
    for effect in &scheme.effects {
        for event in events_of(effect, events) {
            let term = Term {
                clause: effect.clause.clone(),
                change_bp: effect.change_bp,
                basis: event.basis(),
                counted: 0,
                suspended: 0,
                of,
            };
            candidates.push((effect, event, term));
        }
    }
    for first in slots {
        let in_force = |is: fn(i64) -> bool| {
            let there = candidates.iter().enumerate();
            let there = there.filter(|(_, (effect, event, _))| {
                is(effect.change_bp) && is_in_force(effect, event, first)
            });
            // The first of the largest.
            there
                .rev()
                .max_by_key(|(_, (effect, ..))| effect.change_bp.unsigned_abs())
                .map(|(place, _)| place)
        };
        let (increase, cut) = (in_force(|bp| bp > 0), in_force(|bp| bp < 0));
        let suspended = match (scheme.both, increase, cut) {
            (Both::CutHolds, Some(increase), Some(_)) => Some(increase),
            (Both::IncreaseHolds, Some(_), Some(cut)) => Some(cut),
            _ => None,
        };
        for place in increase.into_iter().chain(cut) {
            let term = &mut candidates[place].2;
            match suspended == Some(place) {
                true => term.suspended += 1,
                false => term.counted += 1,
            }
        }
    }
    let there = candidates.into_iter().map(|(_, _, term)| term);
    there
        .filter(|term| term.counted + term.suspended > 0)
        .collect()
}

/// A title or a finding, as effects see them.
#[derive(Clone, Copy)]
pub(crate) enum Event<'a> {
    Title(&'a TitleEvent),
    Finding(&'a FindingEvent),
}

impl Event<'_> {
    fn basis(self) -> Basis {
        match self {
            Event::Title(held) => Basis::Title {
                id: held.id.clone(),
                title: held.title.clone(),
                year: held.year,
            },
            Event::Finding(found) => Basis::Finding {
                id: found.id.clone(),
                year: found.year,
            },
        }
    }
}

fn events_of<'a>(effect: &EffectRule, events: &'a Events) -> Vec<Event<'a>> {
    match effect.event {
        EventKind::Title => {
            let held = events.titles.iter();
            let held = held.filter(|held| effect.titles.contains(&held.title));
            held.map(Event::Title).collect()
        }
        EventKind::Finding => events.findings.iter().map(Event::Finding).collect(),
    }
}

/// The amount, and whether it was rounded. Every percentage is of the base.
fn amount(base_fen: i64, terms: &[Term], rounding: Rounding) -> (i64, bool) {
    let of = terms.first().map_or(1, |term| i128::from(term.of.max(1)));
    let changes = terms.iter();
    let changes: i128 = changes
        .map(|term| i128::from(term.change_bp) * i128::from(term.counted))
        .sum();
    let whole = 10_000 * of;
    // No cut is over 100 %, so this is never negative.
    let exact = i128::from(base_fen) * (whole + changes).max(0);
    let step = whole * i128::from(rounding.to_fen.max(1));
    let (steps, rest) = (exact / step, exact % step);
    let up = match rounding.how {
        RoundingHow::Down => false,
        RoundingHow::Up => rest > 0,
        RoundingHow::HalfUp => rest * 2 >= step,
    };
    let rounded = (steps + i128::from(up)) * i128::from(rounding.to_fen.max(1));
    (i64::try_from(rounded).unwrap_or(i64::MAX), rest > 0)
}
