//! What a row's name may be mistaken for: a union of the register, another row of the table, the former name of a code.

use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::{Planner, Upper, read_kind};
use crate::{
    core::{
        place::UnitKind,
        text::{
            form::{of_name, of_union},
            line,
        },
        width::narrow,
    },
    exchange::import::{
        ImportRow,
        fate::Reasons,
        refusal::ImportRefusal,
        unit::near::{among::earlier_near, may_be_renamed},
    },
    register::{
        credit_code,
        unit::{Unit, UnitDetails, form::UnitForm},
    },
};

fn is_branch(row: &ImportRow) -> bool {
    read_kind(row.get("kind")) == Some(UnitKind::Branch)
}

impl Planner<'_> {
    /// The registered unit that the row is about: the one that somebody paired it with, by its own credit code, else by name under its upper union.
    pub(super) fn existing(&self, index: usize, upper: Option<Upper>) -> Option<usize> {
        let code = credit_code::normalise(self.rows[index].get("credit_code"));
        let paired = self.names.numbered(self.rows[index].get("number"));
        let by_code = || self.by_code.get(code.as_str()).copied();
        let found = paired.or_else(by_code).or_else(|| {
            let Some(Upper::Registered(upper)) = upper else {
                return None;
            };
            self.by_place
                .get(&(Some(upper), Arc::clone(&self.forms[index])))
                .copied()
        });
        // The unit that the table belongs under is not changed by it.
        found.filter(|place| Some(self.register.units[*place].id) != self.register.under)
    }

    /// A new union is not called as a registered one or an earlier row, nor nearly so, unless their codes or the row itself say that it is another.
    pub(super) fn check_near(
        &self,
        index: usize,
        kind: UnitKind,
        details: &UnitDetails,
        reasons: &mut Reasons,
    ) {
        let is_new = self.says(index, "is_new", reasons);
        // Branches and groups are called alike everywhere.
        if is_new || kind == UnitKind::Branch {
            return;
        }
        let may_be = |place: &usize| {
            let unit = &self.register.units[*place];
            unit.kind != UnitKind::Branch && !differ_in_code(&unit.details, details)
        };
        let typed = || line(self.rows[index].get("name"));
        let mut same = self.names.named(&self.forms[index]).to_vec();
        same.retain(may_be);
        if !same.is_empty() {
            let refusal = ImportRefusal::SameNameElsewhere {
                typed: typed(),
                candidates: self.names.told(&same),
                uppers: same.iter().map(|place| self.upper_name(*place)).collect(),
                upper: line(self.rows[index].get("upper")),
            };
            reasons.add(&self.columns, "name", &refusal.into());
            return;
        }
        let mut near = if self.register.units.is_empty() {
            Vec::new()
        } else {
            self.near_registered(index).to_vec()
        };
        near.retain(may_be);
        if !near.is_empty() {
            let candidates = self.names.told(&near);
            let typed = typed();
            let refusal = ImportRefusal::NewIsNear { typed, candidates };
            reasons.add(&self.columns, "name", &refusal.into());
        } else if let Some(earlier) = self.near_row(index) {
            let refusal = ImportRefusal::NearRow {
                row: self.rows[earlier].place(),
                name: line(self.rows[earlier].get("name")),
            };
            reasons.add(&self.columns, "name", &refusal.into());
        }
    }

    /// The registered units that are nearly called as the row: found for all rows side by side.
    fn near_registered(&self, index: usize) -> &[usize] {
        let near = self.near_registered.get_or_init(|| {
            let names = &self.names;
            let rows = self.rows.par_iter();
            rows.map(|row| match is_branch(row) {
                true => Vec::new(),
                false => names.near(&line(row.get("name"))),
            })
            .collect()
        });
        &near[index]
    }

    /// An earlier row with the same name or nearly the same, that codes don't tell apart.
    fn near_row(&self, index: usize) -> Option<usize> {
        let same = self
            .row_by_name
            .get(&self.forms[index])
            .map(|(first, _)| *first);
        let same = same.filter(|first| {
            *first < index
                && !is_branch(&self.rows[*first])
                && !rows_differ_in_code(&self.rows[*first], &self.rows[index])
        });
        same.or_else(|| {
            let near = self.near_rows.get_or_init(|| {
                let rows = self.rows;
                let names: Vec<&str> = rows
                    .iter()
                    .map(|row| if is_branch(row) { "" } else { row.get("name") })
                    .collect();
                earlier_near(&names, |one, other| {
                    !rows_differ_in_code(&rows[one], &rows[other])
                })
            });
            near[index]
        })
    }

    /// A code whose union is called otherwise is a renaming only where the row says so.
    pub(super) fn check_renaming(
        &self,
        index: usize,
        unit: &Unit,
        details: &UnitDetails,
        reasons: &mut Reasons,
    ) {
        let is_renamed = self.says(index, "is_renamed", reasons);
        let registered = &unit.details.name;
        let is_same = of_union(registered) == of_union(&details.name);
        if is_same || is_renamed || may_be_renamed(registered, &details.name) {
            return;
        }
        let refusal = ImportRefusal::CodeOfAnotherName {
            typed: line(self.rows[index].get("name")),
            registered: (registered.clone(), unit.number),
        };
        reasons.add(&self.columns, "name", &refusal.into());
    }

    /// Whether a column of yes or no says yes.
    fn says(&self, index: usize, key: &str, reasons: &mut Reasons) -> bool {
        let typed = self.rows[index].get(key);
        match narrow(typed).to_lowercase().as_str() {
            "" | "否" | "no" => false,
            "是" | "yes" => true,
            _ => {
                let typed = line(typed);
                let refusal = ImportRefusal::NotYesOrNo { typed };
                reasons.add(&self.columns, key, &refusal.into());
                // One fault of the row is told, not what follows from it.
                true
            }
        }
    }

    fn upper_name(&self, place: usize) -> String {
        let upper = self.register.units[place].parent_id;
        let upper = upper.and_then(|id| self.by_id.get(&id));
        upper.map_or_else(String::new, |upper| {
            self.register.units[*upper].details.name.clone()
        })
    }
}

/// Whether a cell has only another spelling of the registered name.
pub(super) fn is_spelling_of(key: &str, cell: &str, registered: &UnitForm) -> bool {
    match key {
        "name" => of_union(&registered.name) == of_union(cell),
        "employer_name" => of_name(&registered.employer_name) == of_name(cell),
        _ => false,
    }
}

/// Whether both have a code of their own or of their employer, and not the same.
fn differ_in_code(one: &UnitDetails, other: &UnitDetails) -> bool {
    let differ = |one: &Option<String>, other: &Option<String>| matches!((one, other), (Some(one), Some(other)) if one != other);
    differ(&one.credit_code, &other.credit_code)
        || differ(&one.employer_credit_code, &other.employer_credit_code)
}

fn rows_differ_in_code(one: &ImportRow, other: &ImportRow) -> bool {
    ["credit_code", "employer_credit_code"].iter().any(|key| {
        let (one, other) = (
            credit_code::normalise(one.get(key)),
            credit_code::normalise(other.get(key)),
        );
        !one.is_empty() && !other.is_empty() && one != other
    })
}
