//! What a row says of its union, over what the register knows of it.

use super::{Planner, named, read_kind};
use crate::{
    core::{place::UnitKind, width::narrow},
    exchange::import::{ImportRow, fate::Reasons, refusal::ImportRefusal},
    register::unit::{
        UnitDetails,
        form::{self, FIELDS, UnitForm},
    },
};

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

    /// The details as the row leaves them; `existing` is the registered unit that the row is about.
    pub(super) fn details_of(
        &self,
        row: &ImportRow,
        existing: Option<usize>,
        reasons: &mut Reasons,
    ) -> Option<UnitDetails> {
        let mut form = existing.map_or_else(UnitForm::default, |place| {
            form::of(&self.register.units[place].details)
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
            typed => (self.register.division)(typed).unwrap_or_else(|refusal| {
                reasons.add(&self.columns, "division", &refusal.into());
                String::new()
            }),
        };
        match form::read(&form, self.today) {
            Ok(mut details) => {
                details.division = division;
                Some(details)
            }
            Err(refusal) => {
                reasons.add(&self.columns, "", &refusal);
                None
            }
        }
    }
}
