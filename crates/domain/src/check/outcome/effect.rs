//! The effect on the subsidy (R4) of being found short.

use jianjia_standard::{Standard, kinds::Kind};
use jiff::Timestamp;

use crate::core::ids::{CheckEffectId, UnitId, VisitId};

/// That a unit was found short of the title, for whoever works out the subsidies (R4). Lifted where the decision is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckEffect {
    pub id: CheckEffectId,
    /// The year whose spot check found it.
    pub year: i16,
    pub unit: UnitId,
    pub unit_path: String,
    /// The reward's clause.
    pub clause: String,
    pub visit: VisitId,
    pub recorded_at: Timestamp,
    pub recorded_by_name: String,
    pub lifted: Option<EffectLifting>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectLifting {
    pub at: Timestamp,
    pub by_name: String,
    pub reason: String,
}

/// The clause by which the subsidy of a unit of this kind in this division goes down: the reward's, or that of the place's own scheme (R5); none where
/// it has none.
pub fn effect(standard: &Standard, kind: Option<Kind>, division: &str) -> Option<String> {
    let reward = standard.visit_effect()?;
    let is_of_kind =
        reward.kinds.is_empty() || kind.is_some_and(|kind| reward.kinds.contains(&kind));
    let lies_within = reward.divisions.is_empty()
        || reward
            .divisions
            .iter()
            .any(|within| division.starts_with(within.as_str()));
    if is_of_kind && lies_within {
        return Some(reward.clause.clone());
    }
    let scheme = standard.subsidy_scheme(kind?, division)?;
    scheme.cut().map(|effect| effect.clause.clone())
}
