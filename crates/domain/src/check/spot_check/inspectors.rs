//! Who inspects: people of the federations, drawn crosswise, so that nobody comes to the own union or the own district.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    check::{
        draw,
        spot_check::{SpotCheck, SpotCheckRefusal, Stratum, district_of},
        visit::{Leaving, LeavingBy, Visit, VisitInspector},
    },
    core::{
        ids::{AccountId, SpotCheckId, UnitId},
        policy::{Permit, act},
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
    pub state: InspectorState,
}

jianjia_standard::keyed! {
    /// How somebody stands among the inspectors of a check. The keys stand in tables.
    pub enum InspectorState {
        /// By the city, when the frame was published.
        Confirmed = "confirmed" / "检查人员|已确认",
        /// Could not inspect any more when the sample was drawn.
        LeftOut = "left-out" / "检查人员|不再参加",
        /// Drawn from besides those who were confirmed, because too few of them could still inspect.
        CalledIn = "called-in" / "检查人员|递补",
    }
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
            state: InspectorState::Confirmed,
        }
    }
}

/// Who of a check can inspect today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Able {
    /// Those who still can, with everywhere that they belong to now besides where they did.
    pub inspectors: Vec<Inspector>,
    /// Those who can't any more: their account ended, or they neither review nor decide at a federation.
    pub left_out: Vec<Inspector>,
    /// Everybody else who could have been confirmed today: drawn from only where too few are left.
    pub others: Vec<Inspector>,
}

/// Asks again who of the inspectors of a check can inspect. The frame is frozen, roles are not.
pub fn able(check: SpotCheckId, inspectors: &[Inspector], candidates: Vec<Candidate>) -> Able {
    let mut today: BTreeMap<AccountId, Inspector> = candidates
        .into_iter()
        .map(|candidate| (candidate.account, candidate.confirmed(check)))
        .collect();
    let mut able = Able::default();
    for known in inspectors {
        match today.remove(&known.account) {
            Some(now) => able.inspectors.push(Inspector {
                districts: known.districts.union(&now.districts).cloned().collect(),
                state: match known.state {
                    InspectorState::CalledIn => InspectorState::CalledIn,
                    _ => InspectorState::Confirmed,
                },
                ..now
            }),
            None => able.left_out.push(Inspector {
                state: InspectorState::LeftOut,
                ..known.clone()
            }),
        }
    }
    able.others = today
        .into_values()
        .map(|other| Inspector {
            state: InspectorState::CalledIn,
            ..other
        })
        .collect();
    able
}

impl Able {
    /// Those to draw from for these strata: who was confirmed and still can, and everybody else who could be where these are too few. So nobody is
    /// stuck because people changed posts, and still nobody chooses.
    ///
    /// # Errors
    /// As `too_few` when all together are too few.
    pub fn to_draw_from(
        &self,
        strata: &[Stratum],
        each: u64,
    ) -> Result<Vec<Inspector>, SpotCheckRefusal> {
        if too_few(strata, &self.inspectors, each).is_ok() {
            return Ok(self.inspectors.clone());
        }
        let all = self.all();
        too_few(strata, &all, each)?;
        Ok(all)
    }

    fn all(&self) -> Vec<Inspector> {
        let mut all = self.inspectors.clone();
        all.extend(self.others.iter().cloned());
        all.sort_by_key(|inspector| inspector.account);
        all
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

/// Who comes in the place of somebody who does not go: drawn in the same way of those who were not drawn for this home before; of everybody who
/// could be confirmed today where none of the check's is left.
///
/// # Errors
/// `NoInspectorLeft`.
pub fn replace(
    seed: &str,
    visit: &Visit,
    left: &VisitInspector,
    leaving: &Leaving,
    able: &Able,
    all: &[VisitInspector],
) -> Result<VisitInspector, Refusal> {
    let mut loads: BTreeMap<AccountId, u64> = BTreeMap::new();
    let mut of_visit: BTreeSet<AccountId> = BTreeSet::new();
    for one in all {
        if one.left.is_none() && one.account != left.account {
            *loads.entry(one.account).or_default() += 1;
        }
        if one.visit == visit.id {
            of_visit.insert(one.account);
        }
    }
    let drawn = next(seed, visit, &able.inspectors, &loads, &of_visit)
        .or_else(|_| next(seed, visit, &able.all(), &loads, &of_visit))?;
    Ok(VisitInspector {
        visit: visit.id,
        place: left.place,
        drawn_at: leaving.at,
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
        left: None,
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
) -> Result<Leaving, Refusal> {
    if inspector.left.is_some() {
        return Err(SpotCheckRefusal::ConflictDeclared.into());
    }
    if !visit.state.is_open() {
        return Err(SpotCheckRefusal::VisitIsOver.into());
    }
    let reason = reasoned(reason, SpotCheckRefusal::NoReason)?;
    let by = LeavingBy::Conflict;
    Ok(Leaving {
        by,
        reason,
        at: now,
    })
}

/// Whether somebody can inspect a unit today, whoever drew them and when: they can be confirmed, and belong to none of its districts.
pub fn still_inspects(candidate: Option<Candidate>, visit: &Visit) -> bool {
    candidate.is_some_and(|candidate| !barred(&candidate.confirmed(visit.check), &visit.unit_path))
}

/// The city releases an inspector from a visit that was not made yet: somebody else is drawn in their place.
///
/// # Errors
/// `reason`: `NoReleaseReason`, `TooLong`; `VisitIsOver`; `ReleasedAlready` for who does not go any more.
pub fn release(
    _: &Permit<act::HoldSpotCheck>,
    visit: &Visit,
    inspector: &VisitInspector,
    reason: &str,
    now: jiff::Timestamp,
) -> Result<Leaving, Refusal> {
    if inspector.left.is_some() {
        return Err(SpotCheckRefusal::ReleasedAlready.into());
    }
    if !visit.state.is_open() {
        return Err(SpotCheckRefusal::VisitIsOver.into());
    }
    let reason = reasoned(reason, SpotCheckRefusal::NoReleaseReason)?;
    let by = LeavingBy::Release;
    Ok(Leaving {
        by,
        reason,
        at: now,
    })
}

fn reasoned(reason: &str, missing: SpotCheckRefusal) -> Result<String, Refusal> {
    let reason = reason.trim();
    let length = reason.chars().count();
    if reason.is_empty() {
        return Err(Refusal::at("reason", missing));
    }
    if length > REASON_AT_MOST {
        let most = REASON_AT_MOST;
        return Err(Refusal::at(
            "reason",
            SpotCheckRefusal::TooLong { length, most },
        ));
    }
    Ok(reason.to_owned())
}
