//! Money: subsidies with their bases, grants, payments and spending.

pub mod priority;
pub mod subsidy;
