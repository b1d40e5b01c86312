//! Accounts: an administrator's list, and the own password.

use crate::routes::Route;

pub fn routes() -> Vec<Route> {
    Vec::new()
}
