//! The upper union that a row names: registered, or a row of the same table; and rows that name none among others that do.

use std::collections::HashSet;

use super::{Planner, State, Upper};
use crate::{
    core::{
        place::UnitKind,
        refusal::Refusal,
        text::{form::of_union, line},
    },
    exchange::import::{ImportRow, refusal::ImportRefusal, unit::near::federation::Federations},
    register::unit::refusal::UnitRefusal,
};

/// The upper unions that rows name; most rows name that of the row before.
pub(super) fn named(rows: &[ImportRow]) -> HashSet<String> {
    let named: HashSet<&str> = rows.iter().map(|row| row.get("upper")).collect();
    let named = named.into_iter().filter(|name| !name.is_empty());
    named.map(of_union).collect()
}

impl Planner<'_> {
    /// The upper union that the row names; None while it is a row that isn't decided yet.
    pub(super) fn upper_of(
        &self,
        index: usize,
        kind: Option<UnitKind>,
    ) -> Result<Option<Upper>, Refusal> {
        let typed = line(self.rows[index].get("upper"));
        if typed.is_empty() {
            return match self.register.under {
                Some(under) => Ok(Some(Upper::Registered(under))),
                None if kind == Some(UnitKind::City) => Ok(Some(Upper::Nobody)),
                None => Err(UnitRefusal::UpperMissing.into()),
            };
        }
        let registered = self.names.meant(&typed);
        if let Ok(place) = registered {
            return Ok(Some(Upper::Registered(self.register.units[place].id)));
        }
        match self.row_by_name.get(&*of_union(&typed)).copied() {
            Some((first, Some(second))) => Err(ImportRefusal::UpperRowsSeveral {
                typed,
                rows: [first, second].map(|row| self.rows[row].place()),
            }
            .into()),
            Some((upper, None)) if upper == index => Err(ImportRefusal::UpperCircle.into()),
            // Rows below one upper union are decided in the same round, in the order of the table.
            Some((upper, None)) if self.decided_in[upper] == self.round => Ok(None),
            Some((upper, None)) => match self.states[upper] {
                State::Waiting => Ok(None),
                State::New(place) => Ok(Some(Upper::New(place))),
                State::Refused => Err(ImportRefusal::UpperRowRefused {
                    row: self.rows[upper].place(),
                }
                .into()),
                State::Existing => Err(ImportRefusal::UpperNotFound { typed }.into()),
            },
            None => Err(match registered {
                Err(
                    refusal @ (ImportRefusal::UnitNear { .. } | ImportRefusal::UnitSeveral { .. }),
                ) => refusal.into(),
                _ => match self.near_upper_row(&typed) {
                    Some(row) => ImportRefusal::UpperNearRow {
                        typed,
                        row: self.rows[row].place(),
                        name: line(self.rows[row].get("name")),
                    }
                    .into(),
                    None => ImportRefusal::UpperNotFound { typed }.into(),
                },
            }),
        }
    }

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
