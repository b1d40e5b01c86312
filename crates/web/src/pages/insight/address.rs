//! Addresses of insight.

use jianjia_domain::core::ids::{DoubtId, UnitId};

/// What in the data contradicts itself.
pub const XRAY: &str = "/insight/x-ray";

/// One contradiction.
pub fn doubt(doubt: &DoubtId) -> String {
    format!("{XRAY}/{doubt}")
}

/// What a union was asked about.
pub fn asked(unit: &UnitId) -> String {
    format!("/units/{unit}/x-ray")
}
