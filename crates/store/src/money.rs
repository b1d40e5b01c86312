//! Money: subsidies with their bases, grants, payments and spending.

pub mod bank;
pub mod books;
pub mod grant;
pub mod grant_list;
pub mod ledger;
pub mod payment;
pub mod priority;
pub mod subsidy;
