//! The days of the demo city: it was made as of one day and may be moved on, never back.

use jianjia_app::core::clock::Clock;
use jianjia_domain::core::day;
use jiff::{Timestamp, ToSpan, civil::Date};

use crate::making::AS_OF;

/// Nine in the morning of a day.
pub fn morning(day: Date) -> Timestamp {
    let start = day::start_of(day);
    start.checked_add(9.hours()).unwrap_or(start)
}

/// The day that a demo city has reached: that of its making, or of the `last` thing that happened in it since.
pub fn reached(last: Option<Timestamp>) -> Date {
    last.map_or(AS_OF, |last| day::day_of(last).max(AS_OF))
}

/// The clock of a demo city: it runs from nine in the morning of the day, or on from the `last` thing that happened, for ids and instants
/// only go up.
pub fn clock(last: Option<Timestamp>, day: Date) -> Clock {
    let clock = Clock::running_from(day);
    match last {
        Some(last) if last >= clock.now() => Clock::running_after(last),
        _ => clock,
    }
}
