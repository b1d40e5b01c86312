//! The working days of China. A year's weekdays off and its made-up Saturdays and Sundays are set by a notice of the State Council's General
//! Office; they are data (`standards/working-days.toml`), and a standard may hold years of its own. Of a year without data only its
//! Saturdays and Sundays are known, which [`Basis`] says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// The national data, compiled in.
pub const NATIONAL: &str = include_str!("../../../standards/working-days.toml");

/// The years of the national data.
static COMPILED: LazyLock<WorkingDays> = LazyLock::new(|| {
    // A test reads the file; a malformed one costs the holidays, not the service.
    WorkingDays::read(NATIONAL).unwrap_or_default()
});

/// What is known of the working days, by year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingDays {
    years: Arc<BTreeMap<i16, YearOfWork>>,
}

/// A year's departures from its Saturdays and Sundays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearOfWork {
    /// The notice that sets them.
    pub notice: String,
    /// The notice isn't out: they are those of the regulation alone.
    pub is_provisional: bool,
    /// Weekdays that are off.
    pub off: BTreeSet<Date>,
    /// Saturdays and Sundays that are worked.
    pub worked: BTreeSet<Date>,
}

/// How certain a count of working days is, the least certain last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// By the notices of all its years.
    Announced,
    /// The notice of one of its years isn't out.
    Provisional,
    /// Nothing is known of one of its years but Saturdays and Sundays.
    WeekendsOnly,
}

/// A day that was counted to, and how certain it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted<T> {
    pub value: T,
    pub basis: Basis,
}

/// Counting further than this is a mistake of whoever asks.
const FURTHEST: i64 = 5_000;

impl WorkingDays {
    /// The national ones.
    pub fn national() -> WorkingDays {
        COMPILED.clone()
    }

    /// Reads data in the form of the national file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<WorkingDays, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut years = BTreeMap::new();
        for typed in file.year {
            let number = typed.year;
            let year = YearOfWork {
                notice: typed.notice,
                is_provisional: typed.provisional,
                off: typed.off.iter().map(date).collect::<Result<_, _>>()?,
                worked: typed.worked.iter().map(date).collect::<Result<_, _>>()?,
            };
            if let Some((_, wrong)) = mistakes(number, &year).into_iter().next() {
                return Err(wrong);
            }
            if years.insert(number, year).is_some() {
                return Err(format!("{number} stands twice"));
            }
        }
        Ok(WorkingDays {
            years: Arc::new(years),
        })
    }

    /// These, with some years replaced.
    pub fn with(&self, own: BTreeMap<i16, YearOfWork>) -> WorkingDays {
        if own.is_empty() {
            return self.clone();
        }
        let mut years = (*self.years).clone();
        years.extend(own);
        WorkingDays {
            years: Arc::new(years),
        }
    }

    pub fn year(&self, year: i16) -> Option<&YearOfWork> {
        self.years.get(&year)
    }

    /// How certain the days of a year are.
    pub fn basis(&self, year: i16) -> Basis {
        match self.year(year) {
            None => Basis::WeekendsOnly,
            Some(known) if known.is_provisional => Basis::Provisional,
            Some(_) => Basis::Announced,
        }
    }

    pub fn is_working_day(&self, day: Date) -> bool {
        let year = self.year(day.year());
        if is_weekend(day) {
            year.is_some_and(|year| year.worked.contains(&day))
        } else {
            !year.is_some_and(|year| year.off.contains(&day))
        }
    }

    /// The day so many working days after a day, or before it where the number is negative. The day itself does not count; 0 is the day itself,
    /// worked or not.
    pub fn add_working_days(&self, from: Date, number: i64) -> Counted<Date> {
        let number = number.clamp(-FURTHEST, FURTHEST);
        let mut day = from;
        let mut left = number.abs();
        let mut basis = self.basis(from.year());
        while left > 0 {
            let next = if number > 0 {
                day.tomorrow()
            } else {
                day.yesterday()
            };
            let Ok(next) = next else { break };
            day = next;
            basis = basis.max(self.basis(day.year()));
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        Counted { value: day, basis }
    }

    /// The working days after `from` up to `to`, `to` included: how many are left on `from` until the end of `to`. Negative when `to` is before.
    pub fn working_days_between(&self, from: Date, to: Date) -> Counted<i64> {
        let (first, last, sign) = if from <= to {
            (from, to, 1)
        } else {
            (to, from, -1)
        };
        let mut basis = self.basis(first.year()).max(self.basis(last.year()));
        let mut number = 0;
        let mut day = first;
        while day < last {
            let Ok(next) = day.tomorrow() else { break };
            day = next;
            basis = basis.max(self.basis(day.year()));
            if self.is_working_day(day) {
                number += 1;
            }
        }
        Counted {
            value: sign * number,
            basis,
        }
    }

    /// The day itself where it is worked, else the last one before it that is.
    pub fn on_or_before(&self, day: Date) -> Date {
        if self.is_working_day(day) {
            day
        } else {
            self.add_working_days(day, -1).value
        }
    }
}

/// What can't be in a year, each with the day that it is about.
pub(crate) fn mistakes(number: i16, year: &YearOfWork) -> Vec<(Date, String)> {
    let mut wrong = Vec::new();
    for (days, name, may_be_weekend) in [(&year.off, "off", false), (&year.worked, "worked", true)]
    {
        for day in days {
            if day.year() != number {
                wrong.push((*day, format!("{day} in `{name}` is not of {number}")));
            } else if is_weekend(*day) != may_be_weekend {
                let kind = if may_be_weekend {
                    "a weekday: `worked` holds Saturdays and Sundays"
                } else {
                    "a Saturday or Sunday: `off` holds weekdays"
                };
                wrong.push((*day, format!("{day} is {kind}")));
            }
        }
    }
    wrong
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    year: Vec<TypedYear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedYear {
    year: i16,
    notice: String,
    #[serde(default)]
    provisional: bool,
    off: Vec<toml::value::Datetime>,
    worked: Vec<toml::value::Datetime>,
}

fn date(typed: &toml::value::Datetime) -> Result<Date, String> {
    typed
        .to_string()
        .parse()
        .map_err(|_| format!("{typed} is not a day"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_national_file_is_read_and_has_its_years_with_their_notices() {
        let days = WorkingDays::read(NATIONAL).unwrap();
        for year in 2016..=2027 {
            let known = days.year(year).unwrap();
            assert!(!known.notice.is_empty(), "{year}");
            assert_eq!(known.is_provisional, year == 2027, "{year}");
        }
        let counted = |year: i16| {
            let last = date(year - 1, 12, 31);
            days.working_days_between(last, date(year, 12, 31)).value
        };
        // 2016 had 366 days: 105 on weekends, 6 of them made up, and 17 weekdays off.
        assert_eq!([2016, 2020, 2026].map(counted), [250, 249, 248]);
    }

    #[test]
    fn a_made_up_saturday_is_worked_and_a_holiday_is_not() {
        let days = WorkingDays::national();
        for (day, is_worked) in [
            (date(2016, 9, 18), true),
            (date(2016, 10, 3), false),
            (date(2016, 10, 8), true),
            (date(2016, 10, 9), true),
            (date(2016, 10, 15), false),
            (date(2016, 10, 20), true),
            (date(2018, 12, 29), true),
            (date(2018, 12, 31), false),
            (date(2020, 1, 31), false),
            (date(2020, 2, 1), false),
            (date(2027, 2, 10), false),
        ] {
            assert_eq!(days.is_working_day(day), is_worked, "{day}");
        }
    }

    #[test]
    fn working_days_are_counted_over_holidays_and_year_ends() {
        let days = WorkingDays::national();
        let check = |from: Date, number: i64, expect: Date, basis: Basis| {
            let counted = days.add_working_days(from, number);
            assert_eq!(
                (counted.value, counted.basis),
                (expect, basis),
                "{from} {number}"
            );
        };
        use Basis::{Announced, Provisional, WeekendsOnly};
        // The week of the National Day, whose Saturday and Sunday after it are made up.
        check(date(2016, 9, 30), 1, date(2016, 10, 8), Announced);
        check(date(2016, 9, 30), 3, date(2016, 10, 10), Announced);
        check(date(2016, 10, 31), -3, date(2016, 10, 26), Announced);
        check(date(2016, 10, 31), 0, date(2016, 10, 31), Announced);
        check(date(2016, 12, 30), 1, date(2017, 1, 3), Announced);
        check(date(2026, 12, 31), 1, date(2027, 1, 4), Provisional);
        check(date(2027, 12, 31), 1, date(2028, 1, 3), WeekendsOnly);
        check(date(2028, 1, 3), -1, date(2027, 12, 31), WeekendsOnly);
        let left = days.working_days_between(date(2016, 9, 30), date(2016, 10, 10));
        assert_eq!((left.value, left.basis), (3, Announced));
        let ago = days.working_days_between(date(2016, 10, 10), date(2016, 9, 30));
        assert_eq!(ago.value, -3);
        assert_eq!(days.on_or_before(date(2016, 10, 7)), date(2016, 9, 30));
        assert_eq!(days.on_or_before(date(2016, 10, 8)), date(2016, 10, 8));
    }

    #[test]
    fn a_year_with_a_wrong_day_is_refused() {
        let read = |off: &str, worked: &str| {
            let text = format!(
                "[[year]]\nyear = 2030\nnotice = \"x\"\noff = [{off}]\nworked = [{worked}]\n"
            );
            WorkingDays::read(&text)
        };
        assert!(read("2030-01-01", "2030-01-05").is_ok());
        assert!(read("2030-01-05", "").unwrap_err().contains("Saturday"));
        assert!(read("", "2030-01-01").unwrap_err().contains("weekday"));
        assert!(read("2031-01-01", "").unwrap_err().contains("not of 2030"));
    }
}
