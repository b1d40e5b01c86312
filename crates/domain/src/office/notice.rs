//! What others did to somebody's account.

use jiff::Timestamp;

use crate::core::audit::{Written, deed::Deed};

/// One thing that was done. `role` and `unit_name` are empty where it was about none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountNotice {
    pub id: String,
    /// As the trail has it.
    pub act: Written<Deed>,
    /// The role's key.
    pub role: String,
    pub unit_name: String,
    pub by_name: String,
    pub at: Timestamp,
    pub is_read: bool,
}
