//! Money: subsidies with their bases, who goes first for higher honours, and what units are granted, paid and spend.

pub mod address;
pub mod books;
pub mod entry;
pub mod grant;
pub mod overview;
pub mod payment;
pub mod priority;
pub mod spending;
pub mod subsidy;
pub mod unit;
