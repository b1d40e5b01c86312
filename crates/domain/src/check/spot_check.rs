//! A spot check (clause P1): the city draws some of the homes of a year and has them visited. Who can be drawn, and how many of each stratum, is
//! published with its hash first; the seed is a public number of a later day. So nobody can choose who is drawn, the city not either.

mod inspectors;
mod publication;
mod refusal;

use std::collections::BTreeMap;

use jianjia_standard::{Standard, Text, programme};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use self::{
    inspectors::{
        Able, Candidate, Inspector, InspectorState, able, assign, barred, declare, release,
        replace, still_inspects, too_few,
    },
    publication::{Publication, Published, Publishing, frame, publish, wrong_fields},
    refusal::SpotCheckRefusal,
};
use crate::{
    check::{
        draw,
        risk::{Reason, Signals, assess},
        visit::{Visit, VisitState},
    },
    core::{
        ids::{AccountId, HonourId, SpotCheckId, UnitId, VisitId},
        place::{UnitKind, UnitPlace},
        policy::{Permit, act},
        refusal::Refusal,
    },
};

/// A year's spot check, from the publication of its frame on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotCheck {
    pub id: SpotCheckId,
    pub year: i16,
    /// Whose holders are checked.
    pub title: String,
    pub standard_key: String,
    pub standard_version: String,
    /// SHA-256 of the frame's file.
    pub frame_hash: String,
    /// How many units are in the frame, and how many of them are drawn.
    pub units: i64,
    pub sample: i64,
    pub inspectors_each: i64,
    pub announced: bool,
    /// For visits, from the draw on.
    pub days: i64,
    pub lottery: Lottery,
    pub published_by: Option<AccountId>,
    pub published_by_name: String,
    pub published_at: Timestamp,
    /// None while the seed is awaited.
    pub drawn: Option<DrawDone>,
}

/// The public draw whose number is the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lottery {
    pub name: String,
    pub issue: String,
    pub on: Date,
}

/// That the sample was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawDone {
    pub seed: String,
    /// The last day for visits.
    pub due_on: Date,
    pub by: Option<AccountId>,
    pub by_name: String,
    pub at: Timestamp,
}

/// The units of a federation right under the city in one class of risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stratum {
    /// `12-high`: the federation's number in the register, and the class.
    pub name: String,
    /// In the order of pages.
    pub place: i64,
    pub district: UnitId,
    pub district_name: String,
    pub class: String,
    pub units: i64,
    /// How many of them are drawn.
    pub sample: i64,
}

/// A unit in the frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameUnit {
    /// What it is called in the frame's file; see `entry`.
    pub id: String,
    pub check: SpotCheckId,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_number: i64,
    pub unit_name: String,
    pub honour: HonourId,
    pub nonce: String,
    pub stratum: String,
    pub class: String,
    pub score: i64,
    pub reasons: Vec<Reason>,
}

/// A home whose turn it is, with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_number: i64,
    pub unit_name: String,
    pub honour: HonourId,
    pub signals: Signals,
}

/// What a frame would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub strata: Vec<Stratum>,
    /// In the order of strata, the riskiest first.
    pub units: Vec<Planned>,
    /// Of who is in which stratum: whoever publishes a frame saw this one.
    pub seen: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub home: Home,
    pub stratum: String,
    pub class: String,
    pub score: u64,
    pub reasons: Vec<Reason>,
}

impl Plan {
    /// How many are drawn.
    pub fn sample(&self) -> i64 {
        self.strata.iter().map(|stratum| stratum.sample).sum()
    }
}

/// The rules of the standard for spot checks.
///
/// # Errors
/// `NotProvided` where it has none.
pub fn rules(standard: &Standard) -> Result<&programme::SpotCheck, SpotCheckRefusal> {
    standard
        .spot_check
        .as_ref()
        .ok_or(SpotCheckRefusal::NotProvided)
}

/// The frame that these homes make. `right_under`: the city first, then the units right under it.
pub fn plan(
    standard: &Standard,
    rules: &programme::SpotCheck,
    homes: Vec<Home>,
    right_under: &[UnitPlace],
) -> Plan {
    let districts = Districts::of(right_under);
    let fact = |key: &str| -> Text {
        let named = standard.facts.iter().find(|fact| fact.key == key);
        named.map(|fact| fact.name.clone()).unwrap_or_default()
    };
    let mut units: Vec<Planned> = Vec::with_capacity(homes.len());
    for home in homes {
        let risk = assess(rules, &home.signals, fact);
        units.push(Planned {
            stratum: format!("{}-{}", districts.number(&home.unit_path), risk.class),
            class: risk.class,
            score: risk.score,
            reasons: risk.reasons,
            home,
        });
    }
    let strata = strata(rules, &units, &districts);
    let place: BTreeMap<&str, i64> = strata
        .iter()
        .map(|stratum| (stratum.name.as_str(), stratum.place))
        .collect();
    units.sort_by_cached_key(|unit| {
        let stratum = place.get(unit.stratum.as_str()).copied().unwrap_or(0);
        (stratum, u64::MAX - unit.score, unit.home.unit_number)
    });
    let mut told: Vec<String> = units
        .iter()
        .map(|unit| format!("{} {}\n", unit.home.unit, unit.stratum))
        .collect();
    told.sort_unstable();
    let seen = draw::hash(told.concat().as_bytes());
    Plan {
        strata,
        units,
        seen,
    }
}

fn strata(
    rules: &programme::SpotCheck,
    units: &[Planned],
    districts: &Districts<'_>,
) -> Vec<Stratum> {
    let mut counts: BTreeMap<&str, (&Planned, u64)> = BTreeMap::new();
    for unit in units {
        let counted = counts.entry(&unit.stratum).or_insert((unit, 0));
        counted.1 += 1;
    }
    let mut strata = Vec::new();
    for place in &districts.0 {
        for class in &rules.classes {
            let name = format!("{}-{}", number_of(&place.path), class.key);
            let Some((_, units)) = counts.get(name.as_str()) else {
                continue;
            };
            let sample = class.share.of(*units).max(rules.minimum).min(*units);
            strata.push(Stratum {
                name,
                place: strata.len() as i64 + 1,
                district: place.id,
                district_name: place.name.clone(),
                class: class.key.clone(),
                units: *units as i64,
                sample: sample as i64,
            });
        }
    }
    strata
}

/// The federations right under the city, whose units make strata; the city itself for those that stand right under it and lead nobody.
struct Districts<'a>(Vec<&'a UnitPlace>);

impl<'a> Districts<'a> {
    fn of(right_under: &'a [UnitPlace]) -> Districts<'a> {
        let mut places: Vec<&UnitPlace> = right_under
            .iter()
            .filter(|place| place.kind.is_federation() && place.kind != UnitKind::City)
            .collect();
        places.extend(
            right_under
                .iter()
                .filter(|place| place.kind == UnitKind::City),
        );
        Districts(places)
    }

    /// The register's number of the federation that the unit at a path belongs to.
    fn number<'b>(&'b self, path: &'b str) -> &'b str {
        let own = district_of(path);
        let is_known = self.0.iter().any(|place| number_of(&place.path) == own);
        if is_known {
            return own;
        }
        let city = self.0.iter().find(|place| place.kind == UnitKind::City);
        city.map_or("", |city| number_of(&city.path))
    }
}

/// The number of the unit right under the city on a path: `12` of `/1/12/345/`; of the city's own path its own.
pub fn district_of(path: &str) -> &str {
    let mut numbers = path.split('/').filter(|number| !number.is_empty());
    let city = numbers.next().unwrap_or_default();
    numbers.next().unwrap_or(city)
}

fn number_of(path: &str) -> &str {
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default()
}

/// What a unit is called in the frame's file: half of a hash over a random number and the unit's own. Nobody sees from it who it is; but once the
/// number is told with the unit's name, anybody sees that it was this unit and no other.
pub fn entry(nonce: &str, unit_number: i64) -> String {
    let mut hash = draw::hash(format!("{nonce} {unit_number}").as_bytes());
    hash.truncate(32);
    hash
}

/// The number that was typed, as the seed of a check.
///
/// # Errors
/// `seed`: as `draw::seed`; `TooEarly` before the day of the lottery; `DrawnAlready`.
pub fn seed(
    check: &SpotCheck,
    _: &Permit<act::HoldSpotCheck>,
    typed: &str,
    today: Date,
) -> Result<String, Refusal> {
    if let Some(drawn) = &check.drawn {
        let seed = drawn.seed.clone();
        return Err(SpotCheckRefusal::DrawnAlready { seed }.into());
    }
    if today < check.lottery.on {
        let on = check.lottery.on;
        return Err(SpotCheckRefusal::TooEarly { on }.into());
    }
    draw::seed(typed).map_err(|refusal| Refusal::at("seed", refusal))
}

/// The visits that a seed gives: of those in the frame that was published, and of no others.
///
/// # Errors
/// `FrameDamaged` when the units are not those of the frame's file any more.
pub fn visits(
    check: &SpotCheck,
    done: &DrawDone,
    file: &str,
    units: &[FrameUnit],
    mut id: impl FnMut() -> VisitId,
) -> Result<Vec<Visit>, Refusal> {
    let damaged = || Refusal::from(SpotCheckRefusal::FrameDamaged);
    let frame = draw::read_frame(file).map_err(|_| damaged())?;
    if draw::hash(file.as_bytes()) != check.frame_hash {
        return Err(damaged());
    }
    let by_name: BTreeMap<&str, &FrameUnit> =
        units.iter().map(|unit| (unit.id.as_str(), unit)).collect();
    let is_same = by_name.len() == frame.units.len()
        && by_name.iter().all(|(name, unit)| {
            frame.units.get(*name) == Some(&unit.stratum)
                && entry(&unit.nonce, unit.unit_number) == *name
        });
    if !is_same {
        return Err(damaged());
    }
    let mut visits = Vec::new();
    for drawn in draw::draw(&frame, &done.seed) {
        let unit = by_name.get(drawn.unit.as_str()).ok_or_else(damaged)?;
        visits.push(Visit {
            id: id(),
            check: check.id,
            entry: drawn.unit.clone(),
            year: check.year,
            unit: unit.unit,
            unit_path: unit.unit_path.clone(),
            unit_name: unit.unit_name.clone(),
            honour: unit.honour,
            title: check.title.clone(),
            stratum: drawn.stratum,
            place: drawn.place as i64,
            ticket: drawn.ticket,
            announced: check.announced,
            due_on: done.due_on,
            state: VisitState::Drawn,
            colour: None,
            drawn_at: done.at,
        });
    }
    Ok(visits)
}

#[cfg(test)]
mod tests;
