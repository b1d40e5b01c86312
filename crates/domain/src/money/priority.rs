//! Who goes first for a higher honour (R2): the holders of a trusted title in the order of the standard's rules, those who are barred beside them, and who was
//! put forward with what came of it, so that it can be shown that holders went first.

mod refusal;

use std::{cmp::Ordering, collections::BTreeSet};

use jianjia_standard::{
    kinds::HonourLevel,
    programme::{HigherHonour, OrderRule},
};
use jiff::{Timestamp, civil::Date};

pub use self::refusal::PriorityRefusal;
use crate::{
    check::visit::VisitState,
    core::{
        day,
        ids::{AccountId, ForwardId, HonourId, PersonId, UnitId},
        place::UnitKind,
        policy::{Permit, act},
        refusal::Refusal,
    },
    honour::honour::HonourState,
};

/// A holder, with all that the order asks for. What isn't known is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The title by which it goes first: the one held longest.
    pub honour: HonourId,
    pub title: String,
    pub number: String,
    pub since: Date,
    /// The highest level of its titles.
    pub level: HonourLevel,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_kind: UnitKind,
    pub unit_name: String,
    pub person: Option<PersonId>,
    pub person_name: String,
    /// The years in which it was put forward for this honour, and what came of it.
    pub forwards: Vec<(i16, Outcome)>,
    /// Satisfied and valid ballots.
    pub satisfaction: Option<(i64, i64)>,
    pub stars: Option<u64>,
    pub members: Option<i64>,
    pub barred: Vec<Barred>,
}

impl Holder {
    pub fn in_words(&self) -> String {
        if self.person_name.is_empty() {
            self.unit_name.clone()
        } else {
            format!("{}（{}）", self.person_name, self.unit_name)
        }
    }

    /// How a form names it.
    pub fn token(&self) -> String {
        self.honour.to_string()
    }

    pub fn is_forward_in(&self, year: i16) -> bool {
        self.forwards.iter().any(|(of, _)| *of == year)
    }
}

/// Why a holder is not put forward now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Barred {
    /// By its clause.
    Veto(String),
    /// By the clause, of a department's entry that is not decided on.
    Entry(String),
    /// A spot check's visit that is not over, or found it red this year.
    Check(VisitState),
}

/// A holder where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1, equals together; none where it is barred.
    pub place: Option<usize>,
    pub holder: Holder,
}

/// The holders in order: those who can be put forward, then those who are barred.
pub fn ranked(honour: &HigherHonour, year: i16, mut holders: Vec<Holder>) -> Vec<Place> {
    holders.sort_by(|one, other| {
        let barred = one.barred.is_empty().cmp(&other.barred.is_empty());
        barred
            .reverse()
            .then_with(|| compared(honour, year, one, other))
            // Equals stand as the register has them.
            .then_with(|| one.unit_path.cmp(&other.unit_path))
            .then_with(|| one.honour.cmp(&other.honour))
    });
    let mut places: Vec<Place> = Vec::with_capacity(holders.len());
    for (before, holder) in holders.into_iter().enumerate() {
        let place = holder.barred.is_empty().then(|| {
            let equal = places
                .last()
                .filter(|last| compared(honour, year, &last.holder, &holder) == Ordering::Equal);
            equal.and_then(|last| last.place).unwrap_or(before + 1)
        });
        places.push(Place { place, holder });
    }
    places
}

/// Who goes before whom by the rules of the honour.
fn compared(honour: &HigherHonour, year: i16, one: &Holder, other: &Holder) -> Ordering {
    let rules = honour.order.iter();
    rules.fold(Ordering::Equal, |so_far, rule| {
        so_far.then_with(|| by(*rule, year, one, other))
    })
}

fn by(rule: OrderRule, year: i16, one: &Holder, other: &Holder) -> Ordering {
    match rule {
        OrderRule::NotBefore => {
            // This year's own does not move who is put forward down its own list.
            let before = |holder: &Holder| holder.forwards.iter().any(|(of, _)| *of < year);
            before(one).cmp(&before(other))
        }
        OrderRule::HeldLongest => one.since.cmp(&other.since),
        OrderRule::Level => rank(other.level).cmp(&rank(one.level)),
        OrderRule::Satisfaction => {
            known_first(one.satisfaction, other.satisfaction, |one, other| {
                let crossed = |part: i64, whole: i64| i128::from(part) * i128::from(whole);
                crossed(other.0, one.1).cmp(&crossed(one.0, other.1))
            })
        }
        OrderRule::Stars => known_first(one.stars, other.stars, |one, other| other.cmp(&one)),
        OrderRule::Members => known_first(one.members, other.members, |one, other| other.cmp(&one)),
    }
}

fn rank(level: HonourLevel) -> usize {
    let mut levels = HonourLevel::ALL.into_iter();
    levels.position(|known| known == level).unwrap_or(0)
}

/// What isn't known stands behind what is, and is equal to what isn't known either.
fn known_first<T>(
    one: Option<T>,
    other: Option<T>,
    compare: impl FnOnce(T, T) -> Ordering,
) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => compare(one, other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// That somebody was put forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    pub id: ForwardId,
    pub year: i16,
    /// The higher honour's key.
    pub honour: String,
    /// The title by which it went first, and the state of that title now.
    pub title_held: HonourId,
    pub title_state: HonourState,
    pub title: String,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub person: Option<PersonId>,
    pub person_name: String,
    /// Where it stood, of how many who could be put forward.
    pub place: i64,
    pub of: i64,
    /// How many stood before it and were not put forward, and why.
    pub passed_over: i64,
    pub reason: String,
    pub by: AccountId,
    pub by_name: String,
    pub at: Timestamp,
    /// The newest word on what came of it.
    pub came: Option<Came>,
}

impl Forward {
    pub fn outcome(&self) -> Outcome {
        self.came
            .as_ref()
            .map_or(Outcome::Waiting, |came| came.outcome)
    }

    pub fn in_words(&self) -> String {
        if self.person_name.is_empty() {
            self.unit_name.clone()
        } else {
            format!("{}（{}）", self.person_name, self.unit_name)
        }
    }
}

/// What came of it, as somebody recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    pub outcome: Outcome,
    pub on: Date,
    pub document_number: String,
    pub note: String,
    pub by_name: String,
    pub at: Timestamp,
}

jianjia_standard::keyed! {
    /// The keys stand in tables.
    pub enum Outcome {
        Waiting = "waiting" / "上级荣誉|等待结果",
        Awarded = "awarded" / "上级荣誉|已获得",
        NotAwarded = "not-awarded" / "上级荣誉|未获得",
    }
}

/// The most characters of a reason or a note, and of a number.
pub const TEXT_AT_MOST: usize = 500;
const NUMBER_AT_MOST: usize = 60;

/// Those who are put forward together, each with its place and how many before it are passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen<'a> {
    pub holder: &'a Holder,
    pub place: usize,
    pub passed_over: usize,
}

/// What putting forward these holders would be.
///
/// # Errors
/// `NoneChosen`, `NotHolder`, `IsBarred`, `IsForward`.
pub fn choose<'a>(
    places: &'a [Place],
    year: i16,
    tokens: &[String],
) -> Result<Vec<Chosen<'a>>, PriorityRefusal> {
    let wanted: BTreeSet<&str> = tokens.iter().map(String::as_str).collect();
    if wanted.is_empty() {
        return Err(PriorityRefusal::NoneChosen);
    }
    let mut chosen = Vec::new();
    for token in &wanted {
        let mut found = places.iter();
        let found = found.find(|place| place.holder.token() == *token);
        let place = found.ok_or(PriorityRefusal::NotHolder)?;
        let name = place.holder.in_words();
        if place.holder.is_forward_in(year) {
            return Err(PriorityRefusal::IsForward { name, year });
        }
        let Some(number) = place.place else {
            return Err(PriorityRefusal::IsBarred { name });
        };
        chosen.push((number, &place.holder));
    }
    chosen.sort_by_key(|(number, holder)| (*number, holder.honour));
    let is_chosen = |holder: &Holder| wanted.contains(holder.token().as_str());
    Ok(chosen
        .into_iter()
        .map(|(number, holder)| Chosen {
            holder,
            place: number,
            passed_over: places
                .iter()
                .filter(|before| {
                    before.place.is_some_and(|place| place < number)
                        && !is_chosen(&before.holder)
                        && !before.holder.is_forward_in(year)
                })
                .count(),
        })
        .collect())
}

/// Why those before were passed over; empty where nobody was.
///
/// # Errors
/// `reason`: `PassedOver` where it is missing and somebody was, `TooLong`.
pub fn put_forward(
    chosen: &[Chosen<'_>],
    _: &Permit<act::PutForward>,
    reason: &str,
) -> Result<String, Refusal> {
    let reason = short("reason", reason, TEXT_AT_MOST)?;
    let most = chosen.iter().map(|one| one.passed_over).max().unwrap_or(0);
    if most > 0 && reason.is_empty() {
        let refusal = PriorityRefusal::PassedOver { count: most };
        return Err(Refusal::at("reason", refusal));
    }
    Ok(reason)
}

/// What was typed of what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CameInput {
    pub outcome: String,
    pub on: String,
    pub document_number: String,
    pub note: String,
}

/// What came of a recommendation. It can be said again: the newest word counts, those before stay.
///
/// # Errors
/// `outcome`: `NoOutcome`; `on`: `NoDay`; `document_number`, `note`: `TooLong`.
pub fn came(
    forward: &Forward,
    _: &Permit<act::PutForward>,
    input: &CameInput,
    by_name: &str,
    (today, now): (Date, Timestamp),
) -> Result<Came, Refusal> {
    let outcome = Outcome::from_key(&input.outcome)
        .ok_or_else(|| Refusal::at("outcome", PriorityRefusal::NoOutcome))?;
    // It can't be known before it was put forward, nor today what comes tomorrow.
    let since = day::day_of(forward.at);
    let on = day::read(&input.on)
        .filter(|on| *on >= since && *on <= today)
        .ok_or_else(|| Refusal::at("on", PriorityRefusal::NoDay { since }))?;
    Ok(Came {
        outcome,
        on,
        document_number: short("document_number", &input.document_number, NUMBER_AT_MOST)?,
        note: short("note", &input.note, TEXT_AT_MOST)?,
        by_name: by_name.to_owned(),
        at: now,
    })
}

fn short(field: &str, typed: &str, most: usize) -> Result<String, Refusal> {
    let text = typed.trim().replace("\r\n", "\n");
    let length = text.chars().count();
    if length > most {
        let refusal = PriorityRefusal::TooLong { length, most };
        return Err(Refusal::at(field, refusal));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
