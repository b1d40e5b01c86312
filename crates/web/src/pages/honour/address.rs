//! Addresses of the honour roll.

use jianjia_domain::core::ids::HonourId;

/// An honour with its story.
pub fn honour(honour: &HonourId) -> String {
    format!("/honours/{honour}")
}

/// The titles that were given in one act.
pub fn batch(batch: &str) -> String {
    format!("/honours/batches/{batch}")
}
