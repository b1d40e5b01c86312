//! The yearly subsidies (R3-R5): what each starts from, what became of it, and what would be reckoned today. A result is kept with its facts and the standard's
//! version, so that it can be reckoned again; a correction is a new one beside it.

mod base;
mod refusal;

use jianjia_standard::{
    Standard, Text,
    kinds::Kind,
    programme::subsidy::{BaseRule, SubsidyScheme},
    subsidy::{BaseFact, Change, Events, FindingEvent, Reckoned, TitleEvent, reckon, sum},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::{
    base::{Base, BaseInput, BaseSource, NewBase, amount_of, record_base, scheme_of, take_over},
    refusal::SubsidyRefusal,
};
use crate::{
    check::outcome::CheckEffect,
    core::{
        day::day_of,
        ids::{AccountId, SubsidyBaseId, SubsidyId, SubsidyReckoningId, UnitId},
        policy::{Permit, act},
    },
    honour::honour::{Honour, HonourAct, HonourEvent},
    register::unit::Unit,
    year::assessment::kind_of,
};

/// The most characters of a note on a base, and of the reason for another reckoning.
pub const NOTE_AT_MOST: usize = 200;

/// What a subsidy was reckoned by: with it and the standard it can be reckoned again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub division: String,
    pub base: BaseFact,
    /// The record of the base, where there is one.
    pub base_id: Option<SubsidyBaseId>,
    pub events: Events,
}

/// What comes out for a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// The key of the scheme.
    pub scheme: String,
    pub facts: Facts,
    pub reckoned: Reckoned,
    pub sum: Text,
}

/// The subsidy of a unit for a year, as the city reckoned it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subsidy {
    pub id: SubsidyId,
    pub reckoning: SubsidyReckoningId,
    pub year: i16,
    pub unit: UnitId,
    pub unit_path: String,
    /// As it was called then.
    pub unit_name: String,
    pub standard_version: String,
    pub entitlement: Entitlement,
    /// The one that came in its place; none for the one that holds.
    pub replaced_by: Option<SubsidyId>,
}

impl Subsidy {
    pub fn amount_fen(&self) -> Option<i64> {
        self.entitlement.reckoned.amount_fen
    }

    pub fn change(&self) -> Change {
        self.entitlement.reckoned.change()
    }
}

/// That the city reckoned the subsidies of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reckoning {
    pub id: SubsidyReckoningId,
    pub year: i16,
    /// The first of its year is 1.
    pub number: i64,
    pub standard_version: String,
    /// Why it was done again; empty for the first.
    pub reason: String,
    /// How many units have a new result by it.
    pub units: i64,
    /// What of it was seen before: a form that is sent twice reckons once.
    pub digest: String,
    pub by: AccountId,
    pub by_name: String,
    pub at: Timestamp,
}

/// What a unit gets by the standard; none where its kind gets nothing or no scheme is of its place.
pub fn entitlement_of(
    standard: &Standard,
    unit: &Unit,
    year: i16,
    known: (BaseFact, Option<SubsidyBaseId>),
    events: Events,
) -> Option<Entitlement> {
    let kind = kind_of(unit.kind).ok()?;
    let division = &unit.details.division;
    let scheme = standard.subsidy_scheme(kind, division)?;
    let facts = Facts {
        division: division.clone(),
        base: known.0,
        base_id: known.1,
        events,
    };
    Some(by_scheme(standard, scheme, year, facts))
}

fn by_scheme(standard: &Standard, scheme: &SubsidyScheme, year: i16, facts: Facts) -> Entitlement {
    let reckoned = reckon(scheme, year, facts.base, &facts.events);
    Entitlement {
        scheme: scheme.key.clone(),
        sum: sum(standard, scheme, &reckoned),
        reckoned,
        facts,
    }
}

/// Whether a kept subsidy still follows from its facts by the standard that it was reckoned by.
pub fn recompute(standard: &Standard, kept: &Subsidy) -> bool {
    let Some(scheme) = standard.scheme(&kept.entitlement.scheme) else {
        return false;
    };
    by_scheme(standard, scheme, kept.year, kept.entitlement.facts.clone()) == kept.entitlement
}

/// Whether a unit of the city has no place by which its scheme could be told: unknown is never no.
pub fn has_no_place(standard: &Standard, unit: &Unit) -> bool {
    let Some(rules) = &standard.subsidy else {
        return false;
    };
    let kind = kind_of(unit.kind).ok();
    let is_of_kind = kind.is_some_and(|kind: Kind| rules.kinds.contains(&kind));
    let is_everywhere = rules
        .schemes
        .iter()
        .any(|scheme| scheme.divisions.is_empty());
    is_of_kind && unit.details.division.is_empty() && !is_everywhere
}

/// Whether another record is to be kept: what is paid, by which scheme, or why, came out otherwise. The same by another version of the standard is none.
pub fn differs(kept: Option<&Subsidy>, now: &Entitlement) -> bool {
    kept.is_none_or(|kept| {
        let before = &kept.entitlement;
        before.scheme != now.scheme || before.reckoned != now.reckoned || before.sum != now.sum
    })
}

/// The city reckons a year: which of the results are new. The first reckoning says nothing more, a later one says why.
///
/// # Errors
/// Before the year has begun, when nothing would be new, and when a later one has no reason or a long one.
pub fn reckon_year(
    _: &Permit<act::ReckonSubsidies>,
    standard: &Standard,
    (year, this_year): (i16, i16),
    earlier: Option<&Reckoning>,
    changed: usize,
    reason: &str,
) -> Result<String, SubsidyRefusal> {
    open_year(standard, year)?;
    if year > this_year {
        return Err(SubsidyRefusal::NotYet { year });
    }
    if changed == 0 {
        return Err(SubsidyRefusal::NothingNew { year });
    }
    let reason = reason.trim();
    if reason.chars().count() > NOTE_AT_MOST {
        return Err(SubsidyRefusal::ReasonTooLong);
    }
    if earlier.is_some() && reason.is_empty() {
        return Err(SubsidyRefusal::ReasonMissing);
    }
    Ok(reason.to_owned())
}

/// # Errors
/// For a year outside the programme, or whose standard has no subsidies.
pub fn open_year(standard: &Standard, year: i16) -> Result<(), SubsidyRefusal> {
    let (first, last) = (standard.programme.first_year, standard.programme.last_year);
    if !(first..=last).contains(&year) {
        return Err(SubsidyRefusal::OutsideProgramme { first, last });
    }
    match standard.subsidy {
        Some(_) => Ok(()),
        None => Err(SubsidyRefusal::NoSubsidies { year }),
    }
}

/// What a base is known by that nobody looked up yet.
pub fn nothing_known(scheme: &SubsidyScheme) -> BaseFact {
    match scheme.base {
        BaseRule::Recorded => BaseFact::Recorded(None),
        BaseRule::Counted { .. } => BaseFact::Counted(None),
    }
}

/// What happened to a unit, as subsidies see it: its own titles of the programme, with what became of them, and the findings of spot checks.
pub fn events_of(
    standard: &Standard,
    honours: &[&Honour],
    happened: &[&HonourEvent],
    effects: &[&CheckEffect],
) -> Events {
    let titles = standard.subsidy_titles();
    let is_meant = |honour: &&&Honour| {
        honour.person.is_none()
            && honour.year >= standard.programme.first_year
            && titles.contains(&honour.title.as_str())
    };
    let mut held: Vec<TitleEvent> = honours
        .iter()
        .filter(is_meant)
        .map(|honour| held(honour, happened))
        .collect();
    held.sort_by(|one, other| (one.from, &one.id).cmp(&(other.from, &other.id)));
    let mut findings: Vec<FindingEvent> = effects
        .iter()
        .map(|effect| FindingEvent {
            id: effect.visit.to_string(),
            year: effect.year,
            on: day_of(effect.recorded_at),
            lifted: effect.lifted.as_ref().map(|lifting| day_of(lifting.at)),
        })
        .collect();
    findings.sort_by(|one, other| (one.on, &one.id).cmp(&(other.on, &other.id)));
    Events {
        titles: held,
        findings,
    }
}

fn held(honour: &Honour, happened: &[&HonourEvent]) -> TitleEvent {
    let mut held = TitleEvent {
        id: honour.id.to_string(),
        title: honour.title.clone(),
        year: honour.year,
        from: honour.begun_on,
        away: Vec::new(),
        ended: None,
    };
    let own = happened.iter().filter(|event| event.honour == honour.id);
    for event in own {
        let day = day_of(event.at);
        match event.act {
            HonourAct::Suspended => held.away.push((day, None)),
            HonourAct::Resumed => {
                if let Some((_, until)) = held.away.last_mut() {
                    *until = Some(day);
                }
            }
            HonourAct::Revoked | HonourAct::Withdrawn => held.ended = Some(day),
            HonourAct::Named | HonourAct::Imported | HonourAct::Reconfirmed => {}
        }
    }
    held
}

#[cfg(test)]
mod tests;
