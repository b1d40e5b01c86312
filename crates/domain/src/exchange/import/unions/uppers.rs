//! Rows without an upper union among others that name one.

use std::collections::HashSet;

use super::{Planner, Upper};
use crate::{
    core::{place::UnitKind, text::form::of_union},
    exchange::import::{ImportRow, unit::near::federation::Federations},
};

/// The upper unions that rows name; most rows name that of the row before.
pub(super) fn named(rows: &[ImportRow]) -> HashSet<String> {
    let named: HashSet<&str> = rows.iter().map(|row| row.get("upper")).collect();
    let named = named.into_iter().filter(|name| !name.is_empty());
    named.map(of_union).collect()
}

impl Planner<'_> {
    /// The row of a federation that an upper union's name may be a short or a long form of, the likeliest first.
    pub(super) fn near_upper_row(&self, typed: &str) -> Option<usize> {
        let federations = self.federation_rows.get_or_init(|| {
            let names = self.rows.iter().map(|row| row.get("name"));
            Federations::of(names.enumerate())
        });
        let found = federations.meant(typed, false);
        found.into_iter().min().map(|(_, row)| row)
    }

    /// Whether the row names no upper union while others do, so that it can't be told whether it is that of the row above. A union that others
    /// name as theirs, and one that has only the city above, may stand directly below.
    pub(super) fn lacks_upper(
        &self,
        index: usize,
        kind: Option<UnitKind>,
        upper: Option<Upper>,
    ) -> bool {
        let is_first = kind == Some(UnitKind::District) || upper == Some(Upper::Nobody);
        self.rows[index].get("upper").is_empty()
            && !self.uppers.is_empty()
            && !is_first
            && !self.forms[index].is_empty()
            && !self.uppers.contains(&*self.forms[index])
    }
}
