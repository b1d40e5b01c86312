//! Addresses of changes of the standard.

use jianjia_domain::core::ids::ProposalId;

/// What a change of the standard would come to.
pub const WHAT_IF: &str = "/what-if";

/// The proposals to change it.
pub const PROPOSALS: &str = "/what-if/saved";

/// One proposal.
pub fn proposal(proposal: &ProposalId) -> String {
    format!("{PROPOSALS}/{proposal}")
}
