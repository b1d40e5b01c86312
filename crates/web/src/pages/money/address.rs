//! Addresses of money.

use jianjia_domain::core::ids::{GrantListId, LedgerEntryId, PaymentRunId, UnitId};

/// The subsidies of a year.
pub fn subsidies(year: i16) -> String {
    format!("/subsidies/{year}")
}

/// What the subsidies of a year start from.
pub fn subsidy_bases(year: i16) -> String {
    format!("/subsidies/{year}/bases")
}

/// What reckoning a year would do.
pub fn subsidy_reckoning(year: i16) -> String {
    format!("/subsidies/{year}/reckoning")
}

/// A unit's subsidies, year by year.
pub fn subsidy_of(unit: &UnitId) -> String {
    format!("/units/{unit}/subsidy")
}

/// What a year comes to, place by place.
pub fn year(year: i16) -> String {
    format!("/money/{year}")
}

/// The grants of a year.
pub fn grants(year: i16) -> String {
    format!("/money/{year}/grants")
}

/// A list of what is to be granted.
pub fn grant_list(list: &GrantListId) -> String {
    format!("/grant-lists/{list}")
}

/// The payment runs of a year.
pub fn payments(year: i16) -> String {
    format!("/money/{year}/payments")
}

pub fn payment(run: &PaymentRunId) -> String {
    format!("/payments/{run}")
}

pub fn entry(entry: &LedgerEntryId) -> String {
    format!("/ledger-entries/{entry}")
}

/// The statement of a unit.
pub fn statement(unit: &UnitId) -> String {
    format!("/units/{unit}/money")
}

/// The same, of a year.
pub fn statement_of(unit: &UnitId, year: i16) -> String {
    format!("/units/{unit}/money?year={year}")
}

/// Where a unit is paid.
pub fn bank(unit: &UnitId) -> String {
    format!("/units/{unit}/bank")
}
