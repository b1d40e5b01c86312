//! Addresses of the register's pages.

use jianjia_domain::core::ids::UnitId;

/// A unit's page.
pub fn unit(unit: &UnitId) -> String {
    format!("/units/{unit}")
}

/// Where its record is corrected.
pub fn edit(unit: &UnitId) -> String {
    format!("/units/{unit}/edit")
}

/// Where a unit below it is registered.
pub fn units_below(unit: &UnitId) -> String {
    format!("/units/{unit}/units")
}

/// Its elections, on its page.
pub fn elections(unit: &UnitId) -> String {
    format!("/units/{unit}#elections")
}

/// Its people.
pub fn people(unit: &UnitId) -> String {
    format!("/units/{unit}/people")
}
