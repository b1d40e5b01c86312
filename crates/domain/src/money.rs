//! Money: subsidies with their bases, grants, payments and spending.

pub mod amount;
pub mod bank;
pub mod books;
pub mod grant;
pub mod ledger;
pub mod payment;
pub mod priority;
pub mod spending;
pub mod subsidy;
