//! What the sign-in page of the demo offers. Whoever serves the demo hands it in; elsewhere nothing is offered.

use jianjia_domain::core::ids::PollId;
use jianjia_standard::Text;

/// What there is to try, with an account and without.
#[derive(Clone, Debug, Default)]
pub struct Demo {
    pub accounts: Vec<DemoAccount>,
    /// The password of every account.
    pub password: String,
    pub codes: Option<DemoCodes>,
}

/// An account to sign in with.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    pub login: String,
    /// Whose it is, and what to try with it.
    pub role: Text,
}

/// Codes that in a real city stand on paper alone.
#[derive(Clone, Debug)]
pub struct DemoCodes {
    /// A slip that nobody has used yet.
    pub slip: String,
    /// A poll that waits for its paper count.
    pub poll: PollId,
    /// Members of its group who open the box together.
    pub members: Vec<String>,
}
