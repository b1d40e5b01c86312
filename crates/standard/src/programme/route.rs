//! The way of an application through the units.

use crate::keyed;

/// The steps of an application up to its decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub clause: String,
    pub titles: Vec<String>,
    pub steps: Vec<RouteStep>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteStep {
    pub act: RouteAct,
    /// The unit is the nearest one above that has one of these kinds.
    pub at: Vec<String>,
    /// If there is none of `at`: one of these kinds.
    pub otherwise: Vec<String>,
    /// Skipped if there is no such unit.
    pub optional: bool,
    /// Whether the recommending unit has a quota.
    pub quota: bool,
}

keyed! {
    /// What a unit does with an application.
    pub enum RouteAct {
        Endorse = "endorse",
        Decide = "decide",
        Recommend = "recommend",
        Name = "name",
    }
}
