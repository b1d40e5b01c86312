//! The pages of money: what units are granted, paid and spend.

pub mod address;
pub mod books;
pub mod entry;
pub mod grant;
pub mod overview;
pub mod payment;
pub mod spending;
pub mod unit;
