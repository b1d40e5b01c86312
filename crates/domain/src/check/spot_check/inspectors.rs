//! Who inspects: people of the federations, drawn crosswise, so that nobody comes to the own union or the own district.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    check::{
        draw,
        spot_check::{SpotCheck, SpotCheckRefusal, Stratum, district_of},
        visit::{InspectorConflict, Visit, VisitInspector},
    },
    core::{
        ids::{AccountId, SpotCheckId, UnitId},
        refusal::Refusal,
    },
};

/// Somebody whom the city confirmed to inspect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspector {
    pub check: SpotCheckId,
    pub account: AccountId,
    /// The federation that they come from.
    pub unit: UnitId,
    pub unit_name: String,
    pub name: String,
    /// The numbers of all units right under the city that they belong to, by any role or as a person in the register.
    pub districts: BTreeSet<String>,
}

/// Somebody who can be confirmed to inspect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub account: AccountId,
    pub unit: UnitId,
    pub unit_name: String,
    pub name: String,
    /// Where they have roles and where they are a person.
    pub paths: Vec<String>,
}

impl Candidate {
    pub fn confirmed(self, check: SpotCheckId) -> Inspector {
        Inspector {
            check,
            account: self.account,
            unit: self.unit,
            unit_name: self.unit_name,
            name: self.name,
            districts: self
                .paths
                .iter()
                .map(|path| district_of(path).to_owned())
                .collect(),
        }
    }
}

/// Whether somebody may not come to the unit at a path: it is of a district that they belong to.
pub fn barred(inspector: &Inspector, unit_path: &str) -> bool {
    inspector.districts.contains(district_of(unit_path))
}

/// The first stratum for which too few inspectors come from elsewhere.
pub fn too_few(
    strata: &[Stratum],
    inspectors: &[Inspector],
    each: u64,
) -> Result<(), SpotCheckRefusal> {
    let needed = each as usize;
    for stratum in strata {
        let number = stratum.name.split('-').next().unwrap_or_default();
        let found = inspectors
            .iter()
            .filter(|inspector| !inspector.districts.contains(number))
            .count();
        if found < needed {
            return Err(SpotCheckRefusal::TooFewInspectors {
                district: stratum.district_name.clone(),
                found,
                needed,
            });
        }
    }
    Ok(())
}

/// Draws who visits each home, visit by visit in their order: those with the fewest visits so far, and of them the smallest ticket.
///
/// # Errors
/// `NoInspectorLeft` when nobody may come to a home.
pub fn assign(
    check: &SpotCheck,
    seed: &str,
    visits: &[Visit],
    inspectors: &[Inspector],
) -> Result<Vec<VisitInspector>, Refusal> {
    let mut loads: BTreeMap<AccountId, u64> = BTreeMap::new();
    let mut assigned = Vec::new();
    for visit in visits {
        let mut of_visit: BTreeSet<AccountId> = BTreeSet::new();
        for place in 1..=check.inspectors_each {
            let drawn = next(seed, visit, inspectors, &loads, &of_visit)?;
            *loads.entry(drawn.account).or_default() += 1;
            of_visit.insert(drawn.account);
            assigned.push(VisitInspector { place, ..drawn });
        }
    }
    Ok(assigned)
}

/// Who comes in the place of somebody who declared a conflict: drawn in the same way of those who were not drawn for this home before.
///
/// # Errors
/// `NoInspectorLeft`.
pub fn replace(
    seed: &str,
    visit: &Visit,
    left: &VisitInspector,
    conflict: &InspectorConflict,
    inspectors: &[Inspector],
    all: &[VisitInspector],
) -> Result<VisitInspector, Refusal> {
    let mut loads: BTreeMap<AccountId, u64> = BTreeMap::new();
    let mut of_visit: BTreeSet<AccountId> = BTreeSet::new();
    for one in all {
        if one.conflict.is_none() && one.account != left.account {
            *loads.entry(one.account).or_default() += 1;
        }
        if one.visit == visit.id {
            of_visit.insert(one.account);
        }
    }
    let drawn = next(seed, visit, inspectors, &loads, &of_visit)?;
    Ok(VisitInspector {
        place: left.place,
        drawn_at: conflict.at,
        ..drawn
    })
}

fn next(
    seed: &str,
    visit: &Visit,
    inspectors: &[Inspector],
    loads: &BTreeMap<AccountId, u64>,
    of_visit: &BTreeSet<AccountId>,
) -> Result<VisitInspector, Refusal> {
    let may = |inspector: &&Inspector| {
        !of_visit.contains(&inspector.account) && !barred(inspector, &visit.unit_path)
    };
    let able: Vec<&Inspector> = inspectors.iter().filter(may).collect();
    let names: Vec<String> = able
        .iter()
        .map(|inspector| inspector.account.to_string())
        .collect();
    let candidates: Vec<draw::Candidate<'_>> = able
        .iter()
        .zip(&names)
        .map(|(inspector, name)| draw::Candidate {
            name,
            load: loads.get(&inspector.account).copied().unwrap_or(0),
        })
        .collect();
    let Some((place, ticket)) = draw::next_of(seed, &visit.entry, &candidates) else {
        return Err(SpotCheckRefusal::NoInspectorLeft {
            unit: visit.unit_name.clone(),
        }
        .into());
    };
    Ok(drawn(able[place], visit, ticket))
}

fn drawn(inspector: &Inspector, visit: &Visit, ticket: String) -> VisitInspector {
    VisitInspector {
        visit: visit.id,
        account: inspector.account,
        unit: inspector.unit,
        unit_name: inspector.unit_name.clone(),
        name: inspector.name.clone(),
        place: 1,
        ticket,
        conflict: None,
        drawn_at: visit.drawn_at,
    }
}

const REASON_AT_MOST: usize = 300;

/// A conflict that an inspector declares.
///
/// # Errors
/// `reason`: `NoReason`, `TooLong`; `VisitIsOver`; `ConflictDeclared`.
pub fn declare(
    visit: &Visit,
    inspector: &VisitInspector,
    reason: &str,
    now: jiff::Timestamp,
) -> Result<InspectorConflict, Refusal> {
    if inspector.conflict.is_some() {
        return Err(SpotCheckRefusal::ConflictDeclared.into());
    }
    if !visit.state.is_open() {
        return Err(SpotCheckRefusal::VisitIsOver.into());
    }
    let reason = reason.trim();
    let length = reason.chars().count();
    if reason.is_empty() {
        return Err(Refusal::at("reason", SpotCheckRefusal::NoReason));
    }
    if length > REASON_AT_MOST {
        let most = REASON_AT_MOST;
        return Err(Refusal::at(
            "reason",
            SpotCheckRefusal::TooLong { length, most },
        ));
    }
    Ok(InspectorConflict {
        reason: reason.to_owned(),
        at: now,
    })
}
