//! Addresses of spot checks.

use jianjia_domain::core::ids::VisitId;

/// A visit: the file and what was noted on it, or what it came to.
pub fn visit(visit: &VisitId) -> String {
    format!("/visits/{visit}")
}

/// The titles that are due to be looked at again.
pub const RENEWALS: &str = "/renewals";

/// The plaques that are to come back.
pub const PLAQUES: &str = "/plaques";
