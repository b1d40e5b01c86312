//! Money: subsidies with their bases, grants, payments and spending.

pub mod bank;
mod book;
pub mod books;
pub(crate) mod checking;
pub mod grant;
pub mod ledger;
pub mod payment;
pub mod priority;
pub mod spending;
pub mod subsidy;
