//! The addresses of this area's pages.

use jianjia_domain::core::ids::{AmendmentId, ProposalId};

pub const AMENDMENTS: &str = "/amendments";
pub const VERSIONS: &str = "/standard/versions";

/// What a change of the standard would come to.
pub const WHAT_IF: &str = "/what-if";

/// The proposals to change it.
pub const PROPOSALS: &str = "/what-if/saved";

pub fn amendment(id: &AmendmentId) -> String {
    format!("{AMENDMENTS}/{id}")
}

pub fn version(version: &str) -> String {
    format!("{VERSIONS}/{version}")
}

/// One proposal.
pub fn proposal(proposal: &ProposalId) -> String {
    format!("{PROPOSALS}/{proposal}")
}
