//! Complete periods before a day.

use jiff::civil::Date;

use crate::keyed;
use crate::text::Lang;

keyed! {
    /// The length of a period.
    pub enum Every {
        Month = "month",
        Quarter = "quarter",
        Year = "year",
    }
}

impl Every {
    /// Months in one period.
    pub fn months(self) -> i32 {
        match self {
            Every::Month => 1,
            Every::Quarter => 3,
            Every::Year => 12,
        }
    }
}

/// A calendar month, quarter or year: the `index`-th since year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub every: Every,
    pub index: i32,
}

impl Period {
    /// The period that contains a day.
    pub fn of(every: Every, day: Date) -> Period {
        let month = i32::from(day.year()) * 12 + i32::from(day.month()) - 1;
        Period {
            every,
            index: month.div_euclid(every.months()),
        }
    }

    /// Whether the period began before the day: then it is not held against a union founded on that day.
    pub fn began_before(self, day: Date) -> bool {
        let own = Period::of(self.every, day);
        let first_month = i32::from(day.year()) * 12 + i32::from(day.month()) - 1;
        self.index < own.index
            || (self.index == own.index
                && (day.day() > 1 || first_month.rem_euclid(self.every.months()) != 0))
    }

    /// The first day of the period.
    pub fn first_day(self) -> Date {
        let months = self.index * self.every.months();
        let month = i8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
        let year = i16::try_from(months.div_euclid(12)).unwrap_or(i16::MAX);
        Date::new(year, month, 1).unwrap_or(Date::MAX)
    }

    /// The period in words, such as 2016年第3季度.
    pub fn name(self, lang: Lang) -> String {
        let first_month = self.index * self.every.months();
        let (year, month) = (first_month.div_euclid(12), first_month.rem_euclid(12) + 1);
        match (self.every, lang) {
            (Every::Month, Lang::Zh) => format!("{year}年{month}月"),
            (Every::Month, Lang::En) => format!("{year}-{month:02}"),
            (Every::Quarter, Lang::Zh) => format!("{year}年第{}季度", (month + 2) / 3),
            (Every::Quarter, Lang::En) => format!("Q{} {year}", (month + 2) / 3),
            (Every::Year, Lang::Zh) => format!("{year}年"),
            (Every::Year, Lang::En) => format!("{year}"),
        }
    }
}

/// The last `count` complete periods before the as-of day, oldest first; the one that contains the day is not complete.
pub fn last_complete(every: Every, count: u32, as_of: Date) -> impl Iterator<Item = Period> {
    let current = Period::of(every, as_of).index;
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    (current.saturating_sub(count)..current).map(move |index| Period { every, index })
}
