//! Addresses of the honour roll.

use jianjia_domain::core::ids::HonourId;

/// An honour with its story.
pub fn honour(honour: &HonourId) -> String {
    format!("/honours/{honour}")
}

/// The roll's list of a title over some years: `2016-2020`, or one.
pub fn roll(title: &str, years: &str) -> String {
    format!("/honours?title={title}&year={years}")
}

/// The titles that were given in one act.
pub fn batch(batch: &str) -> String {
    format!("/honours/batches/{batch}")
}

/// The keys that sign certificates.
pub const CERTIFICATE_KEYS: &str = "/accounts/certificate-keys";
