//! Addresses of money.

use jianjia_domain::core::ids::UnitId;

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
