//! What a row says of a union's details. Nearly all rows of a long table are about unions that nobody has yet: what these say does not depend on
//! other rows, and is read side by side before the rows are decided one after the other.

use jiff::civil::Date;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::{Planner, Register, named, read_kind};
use crate::{
    core::{place::UnitKind, refusal::Refusal, width::narrow},
    exchange::import::{ImportRow, fate::Reasons, refusal::ImportRefusal},
    register::unit::{
        UnitDetails,
        form::{self, FIELDS, UnitForm},
    },
};

/// What a row says, or by column why that can't be taken.
#[derive(Default)]
pub(super) struct Said {
    details: Option<UnitDetails>,
    refusals: Vec<(&'static str, Refusal)>,
}

/// What each row says of a new union; `None` where it may be about a registered one.
pub(super) fn of_new(
    rows: &[ImportRow],
    register: &Register<'_>,
    today: Date,
    may_be_registered: impl Fn(&ImportRow) -> bool + Sync,
) -> Vec<Option<Said>> {
    rows.par_iter()
        .map(|row| (!may_be_registered(row)).then(|| said(row, None, register, today)))
        .collect()
}

/// `existing` is the registered unit that the row is about, by its place.
fn said(row: &ImportRow, existing: Option<usize>, register: &Register<'_>, today: Date) -> Said {
    let mut said = Said::default();
    let mut form = existing.map_or_else(UnitForm::default, |place| {
        form::of(&register.units[place].details)
    });
    for field in FIELDS {
        // An empty cell says nothing: what is known stays.
        let cell = row.get(field.key);
        if !cell.is_empty()
            && !named::is_spelling_of(field.key, cell, &form)
            && let Some(value) = form.get_mut(field.key)
        {
            cell.clone_into(value);
        }
    }
    let typed_division = std::mem::take(&mut form.division);
    let division = match narrow(&typed_division).as_str() {
        "" => String::new(),
        typed => (register.division)(typed).unwrap_or_else(|refusal| {
            said.refusals.push(("division", refusal.into()));
            String::new()
        }),
    };
    match form::read(&form, today) {
        Ok(details) => {
            said.details = Some(UnitDetails {
                division,
                ..details
            });
        }
        Err(refusal) => said.refusals.push(("", refusal)),
    }
    said
}

impl Planner<'_> {
    /// The kind that the row names, if it names one.
    pub(super) fn kind_of(&self, row: &ImportRow, reasons: &mut Reasons) -> Option<UnitKind> {
        let typed = row.get("kind");
        let kind = read_kind(typed);
        if kind.is_none() && !typed.is_empty() {
            let typed = typed.to_owned();
            reasons.add(
                &self.columns,
                "kind",
                &ImportRefusal::KindUnknown { typed }.into(),
            );
        }
        kind
    }

    /// The details as the row leaves them; `existing` is the registered unit that it is about.
    pub(super) fn details_of(
        &mut self,
        index: usize,
        existing: Option<usize>,
        reasons: &mut Reasons,
    ) -> Option<UnitDetails> {
        let read = self.said.get_mut(index).and_then(Option::take);
        let said = read
            .filter(|_| existing.is_none())
            .unwrap_or_else(|| said(&self.rows[index], existing, self.register, self.today));
        for (column, refusal) in &said.refusals {
            reasons.add(&self.columns, column, refusal);
        }
        said.details
    }
}
