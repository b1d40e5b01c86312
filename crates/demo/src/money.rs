//! Money: subsidies with their bases, grants, payments and spending.

pub mod ledger;
pub mod priority;
pub mod subsidy;
