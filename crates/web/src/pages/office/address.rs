//! Addresses of accounts.

use jianjia_domain::core::ids::AccountId;

/// An account as an administrator sees it.
pub fn account(account: &AccountId) -> String {
    format!("/accounts/{account}")
}
