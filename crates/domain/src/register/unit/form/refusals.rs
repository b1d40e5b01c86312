//! What is wrong with the fields of a form, collected while they are read.

use jianjia_standard::fact::EARLIEST_DAY;
use jiff::civil::Date;

use super::{
    list_of, optional, people,
    phone::{phone, with_zero},
};
use crate::{
    core::{count::NoCount, day, refusal::Refusal, text::line, width::narrow},
    register::unit::{codes, refusal::UnitRefusal},
};

/// Shorter words say no reason.
const SHORTEST_REASON: usize = 4;

/// Collects the refusals of a form's fields; only one a field is kept, the first.
#[derive(Default)]
pub struct Refusals(Vec<(String, Refusal)>);

impl Refusals {
    pub fn add(&mut self, field: &str, refusal: impl Into<Refusal>) {
        if self.0.iter().all(|(known, _)| known != field) {
            self.0.push((field.to_owned(), refusal.into()));
        }
    }

    /// The value if no field was refused.
    ///
    /// # Errors
    /// The refusals, by field.
    pub fn or<T>(self, value: T) -> Result<T, Refusal> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(Refusal::Fields(self.0))
        }
    }

    pub fn take<T: Default, R: Into<Refusal>>(&mut self, field: &str, result: Result<T, R>) -> T {
        match result {
            Ok(value) => value,
            Err(refusal) => {
                self.add(field, refusal);
                T::default()
            }
        }
    }

    /// A day in the past or today; empty is none.
    pub fn day(&mut self, field: &str, text: &str, today: Date) -> Option<Date> {
        if narrow(text).is_empty() {
            return None;
        }
        match day::read(text) {
            None => self.add(field, UnitRefusal::NotADay { typed: line(text) }),
            Some(day) if day > today => {
                self.add(field, UnitRefusal::DayInFuture { day, today });
            }
            Some(day) if day < EARLIEST_DAY => {
                self.add(field, UnitRefusal::DayTooEarly { day, today });
            }
            Some(day) => return Some(day),
        }
        None
    }

    /// Why an odd code is kept, in words: more than a yes.
    pub(super) fn reason(&mut self, text: &str) -> Option<String> {
        let reason = optional(text)?;
        if reason.chars().count() < SHORTEST_REASON {
            self.add("code_reason", UnitRefusal::ReasonTooShort);
            return None;
        }
        Some(reason)
    }

    pub(super) fn code(&mut self, field: &str, text: &str) -> Option<String> {
        if narrow(text).is_empty() {
            return None;
        }
        let list = list_of(field)?;
        let code = codes::read(list, text);
        if code.is_none() {
            self.add(
                field,
                UnitRefusal::NotOfTheList {
                    typed: line(text),
                    list,
                },
            );
        }
        code.map(|code| code.key.to_owned())
    }

    pub(super) fn count(&mut self, field: &str, text: &str) -> Option<i64> {
        if narrow(text).is_empty() {
            return None;
        }
        let typed = || line(text);
        match people(text) {
            Ok(count) => return Some(count),
            Err(NoCount::Rough) => self.add(field, UnitRefusal::RoughCount { typed: typed() }),
            Err(NoCount::Other) => self.add(field, UnitRefusal::NotACount { typed: typed() }),
        }
        None
    }

    pub fn phone(&mut self, field: &str, text: &str) -> Option<String> {
        if narrow(text).is_empty() {
            return None;
        }
        match phone(text) {
            None => self.add(field, UnitRefusal::NotAPhone { typed: line(text) }),
            Some(phone) => match with_zero(&phone) {
                Some(meant) => self.add(field, UnitRefusal::PhoneWithoutZero { phone, meant }),
                None => return Some(phone),
            },
        }
        None
    }
}
