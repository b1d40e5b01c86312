//! The activities of the last months in columns, so that another count, another period or other kinds can be asked of them.

use jiff::civil::Date;

use crate::columns::set_bit;
use crate::period::{Every, Period};
use crate::programme::Standard;
use crate::subject::Subject;

/// Complete months that the log goes back from the day of judgement: four quarters, wherever in a quarter the day stands.
pub const LOG_MONTHS: usize = 14;

/// The largest number of a month that the log tells; more count as this many.
pub const LOG_MOST: u64 = 255;

/// Activities by kind and month. The month of the day of judgement is not complete, so it is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityLog {
    /// The keys of the kinds, in the order of the standard.
    pub kinds: Vec<String>,
    /// By kind, then by months back (the first is the last complete month): how many there were.
    pub months: Vec<Vec<u8>>,
    /// How many months back are held against the subject: those that began after it was founded.
    pub counted: Vec<u8>,
    /// One bit for each subject whose activities are known.
    pub known: Vec<u64>,
}

impl ActivityLog {
    /// A log for so many rows, whole blocks of 64, of which nothing is known yet.
    pub fn unknown(standard: &Standard, rows: usize) -> ActivityLog {
        let kinds = standard.activity_kinds.iter();
        let kinds: Vec<String> = kinds.map(|kind| kind.key.clone()).collect();
        ActivityLog {
            months: vec![vec![0; rows]; kinds.len() * LOG_MONTHS],
            counted: vec![u8::MAX; rows],
            known: vec![0; rows / 64],
            kinds,
        }
    }

    pub(crate) fn grow(&mut self, rows: usize) {
        for month in &mut self.months {
            month.resize(rows, 0);
        }
        self.counted.resize(rows, u8::MAX);
        self.known.resize(rows / 64, 0);
    }

    pub(crate) fn clear(&mut self, row: usize) {
        for month in &mut self.months {
            month[row] = 0;
        }
        self.counted[row] = u8::MAX;
        self.known[row / 64] &= !(1 << (row % 64));
    }

    pub(crate) fn set(&mut self, row: usize, subject: &Subject, as_of: Date) {
        let current = Period::of(Every::Month, as_of).index;
        if let Some(founded_on) = subject.founded_on {
            let month = Period::of(Every::Month, founded_on).index;
            let first = month + i32::from(founded_on.day() > 1);
            self.counted[row] = u8::try_from((current - first).clamp(0, 254)).unwrap_or(u8::MAX);
        }
        let Some(activities) = &subject.activities else {
            return;
        };
        set_bit(&mut self.known, row);
        for activity in activities {
            let back = current - Period::of(Every::Month, activity.on).index;
            let kind = self.kinds.iter().position(|kind| *kind == activity.kind);
            let back = usize::try_from(back - 1).ok();
            if let (Some(kind), Some(back)) = (kind, back.filter(|back| *back < LOG_MONTHS)) {
                let count = &mut self.months[kind * LOG_MONTHS + back][row];
                *count = count.saturating_add(1);
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let months: usize = self.months.iter().map(Vec::len).sum();
        months + self.counted.len() + self.known.len() * 8
    }
}

/// The months back, nearest first, of each of the last complete periods before a day; `None` where the log does not go back so far.
pub(crate) fn spans(every: Every, periods: u32, as_of: Date) -> Option<Vec<(usize, usize)>> {
    let current = Period::of(Every::Month, as_of).index;
    let months = every.months();
    let begun = Period::of(every, as_of).index * months;
    let periods = i32::try_from(periods).ok()?;
    let mut spans = Vec::new();
    for period in 1..=periods {
        let first = current.checked_sub(begun.checked_sub(period.checked_mul(months)?)?)?;
        let last = first - months + 1;
        let (last, first) = (usize::try_from(last).ok()?, usize::try_from(first).ok()?);
        if first > LOG_MONTHS {
            return None;
        }
        spans.push((last, first));
    }
    Some(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_the_last_complete_ones_before_the_day() {
        let as_of = Date::constant(2016, 11, 20);
        assert_eq!(
            spans(Every::Quarter, 2, as_of),
            Some(vec![(2, 4), (5, 7)]),
            "August to October is no quarter: October is of the running one"
        );
        assert_eq!(spans(Every::Month, 2, as_of), Some(vec![(1, 1), (2, 2)]));
        let december = Date::constant(2016, 12, 31);
        assert_eq!(
            spans(Every::Quarter, 4, december).unwrap().last(),
            Some(&(12, 14))
        );
        assert_eq!(spans(Every::Year, 1, december), None);
        assert_eq!(spans(Every::Month, 15, december), None);
    }
}
