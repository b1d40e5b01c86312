//! Looking at titles again in the standard's cycle: which are due, that a federation found the holder to meet the conditions still, and the plaques of those that
//! were taken.

use jianjia_standard::{Standard, kinds::HonourLevel};
use jiff::{Timestamp, civil::Date};

use crate::core::{
    ids::{AccountId, HonourId, UnitId},
    place::{UnitKind, UnitPlace},
};

/// A title that is due to be looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub honour: HonourId,
    pub title: String,
    pub level: HonourLevel,
    pub number: String,
    pub unit: UnitId,
    pub unit_path: String,
    pub holder_name: String,
    pub begun_on: Date,
    /// The year of the round that it was named in, which may end in the next calendar year: the cycle counts from it, not from the day of the naming.
    pub named_in: i16,
    /// The year in which it was looked at last: by its naming, a visit of that year's check that was not red, or a renewal.
    pub looked_in: i16,
    pub revision: i64,
}

/// That the holder was found to meet the conditions still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    pub honour: HonourId,
    pub year: i16,
    pub note: String,
    pub account: AccountId,
    pub account_name: String,
    pub at: Timestamp,
}

/// The titles of a standard that are looked at again, each with the last year of naming or looking for which it is due in `year`.
pub fn cycles(standard: &Standard, year: i16) -> Vec<(String, i16)> {
    let titles = standard.titles.iter();
    titles
        .filter_map(|title| {
            let every = i16::try_from(title.looked_at_every?).ok()?;
            Some((title.key.clone(), year - every))
        })
        .collect()
}

/// A plaque to be returned, of a title that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plaque {
    pub honour: HonourId,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_kind: UnitKind,
    pub holder_name: String,
    pub title: String,
    pub number: String,
    /// Of the round that the title was named in.
    pub year: i16,
    pub asked_on: Date,
    pub asked_by_name: String,
    pub due_on: Date,
    pub returned_on: Option<Date>,
    pub returned_by_name: String,
}

impl Plaque {
    /// The holder in the tree.
    pub fn place(&self) -> UnitPlace {
        UnitPlace {
            id: self.unit,
            kind: self.unit_kind,
            name: self.holder_name.clone(),
            path: self.unit_path.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
