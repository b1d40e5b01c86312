//! How figures are shown: by which sizes unions are told apart, where a district stands in the tile map, on which line a target should be.

use crate::figure::Rate;
use crate::programme::{Standard, Target};
use crate::text::Text;

/// The most clauses that a title asks together with those below it: what a union lacks is kept as the bits of one number.
pub const MOST_CLAUSES: usize = 62;

/// A size of unions, by their workers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    pub key: String,
    pub name: Text,
    /// The most workers of this size; none: any number beyond the sizes before.
    pub up_to: Option<u64>,
}

/// Where a district stands in the map of tiles: not geography, but what is easily found. Columns and rows count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// A division's code.
    pub division: String,
    pub column: u64,
    pub row: u64,
}

/// A point of a target's line: what share of it should be reached by the end of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinePoint {
    pub year: i16,
    pub share: Rate,
}

impl Standard {
    /// The size of a union with so many workers.
    pub fn size_of(&self, workers: u64) -> Option<&Size> {
        let mut sizes = self.sizes.iter();
        sizes.find(|size| size.up_to.is_none_or(|most| workers <= most))
    }

    pub fn size(&self, key: &str) -> Option<&Size> {
        self.sizes.iter().find(|size| size.key == key)
    }

    pub fn target(&self, clause: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.clause == clause)
    }
}
