//! The union that a row of a sheet names, by up to three cells.

use std::collections::HashMap;

use super::refusal::SheetRowRefusal;
use crate::{
    core::{
        refusal::Refusal,
        text::{form::of_union, line},
        width::narrow,
    },
    exchange::import::{ImportRow, refusal::ImportRefusal, unit::Names},
    register::{credit_code, unit::Unit},
};

/// The units by what a row may name them by; None where two have the same.
pub(super) struct Register<'a> {
    names: Names<'a>,
    by_code: HashMap<&'a str, usize>,
    by_number: HashMap<i64, usize>,
    units: &'a [Unit],
}

impl<'a> Register<'a> {
    pub(super) fn of(units: &'a [Unit]) -> Register<'a> {
        let mut register = Register {
            names: Names::of(units),
            by_code: HashMap::new(),
            by_number: HashMap::new(),
            units,
        };
        for (place, unit) in units.iter().enumerate() {
            if let Some(code) = &unit.details.credit_code {
                register.by_code.insert(code, place);
            }
            register.by_number.insert(unit.number, place);
        }
        register
    }

    /// The unit by number or credit code, whose name must be the row's; else by name alone.
    pub(super) fn unit_of(&self, row: &ImportRow) -> Result<usize, (&'static str, Refusal)> {
        let name = line(row.get("name"));
        let (number, code) = (narrow(row.get("number")), row.get("credit_code"));
        let named = if !number.is_empty() {
            let unit = number
                .parse()
                .ok()
                .and_then(|number| self.by_number.get(&number));
            Some(("number", number, unit.copied()))
        } else if !code.is_empty() {
            let code = credit_code::normalise(code);
            let unit = self.by_code.get(code.as_str()).copied();
            Some(("credit_code", code, unit))
        } else {
            None
        };
        let refused = |key, refusal: ImportRefusal| Err((key, refusal.into()));
        match named {
            Some((key, typed, None)) => refused(key, ImportRefusal::UnitUnknown { typed }),
            Some((_, _, Some(unit)))
                if name.is_empty()
                    || of_union(&self.units[unit].details.name) == of_union(&name) =>
            {
                Ok(unit)
            }
            Some((_, _, Some(unit))) => {
                let registered = self.units[unit].details.name.clone();
                Err(("name", SheetRowRefusal::NameDiffers { registered }.into()))
            }
            None => self
                .names
                .meant(&name)
                .map_err(|refusal| ("name", refusal.into())),
        }
    }
}
