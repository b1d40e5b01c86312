//! The days of the demo city: it was made as of one day and may be moved on, never back.

use jianjia_app::core::clock::Clock;
use jianjia_domain::core::day;
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Weekday, date},
};

use crate::{core::draw::Draw, making::AS_OF};

/// Nine in the morning of a day.
pub fn morning(day: Date) -> Timestamp {
    let start = day::start_of(day);
    start.checked_add(9.hours()).unwrap_or(start)
}

/// The days on which offices are closed beside the weekends: New Year, Spring Festival, 1 May and the National Day's week. Enough for a city
/// that is invented.
fn is_holiday(day: Date) -> bool {
    const SPRING: [(i16, i8, i8); 6] = [
        (2016, 2, 7),
        (2017, 1, 27),
        (2018, 2, 15),
        (2019, 2, 4),
        (2020, 1, 24),
        (2021, 2, 11),
    ];
    let is_fixed = matches!((day.month(), day.day()), (1 | 5, 1) | (10, 1..=7));
    let in_spring = SPRING.iter().any(|(year, month, first)| {
        let first = date(*year, *month, *first);
        (first..=first.saturating_add(6.days())).contains(&day)
    });
    is_fixed || in_spring
}

/// The day itself, or the next on which offices work.
pub fn working(mut day: Date) -> Date {
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || is_holiday(day) {
        day = day.saturating_add(1.day());
    }
    day
}

/// Some minute of a day's office hours: 8:30 to 11:40, 13:30 to 17:20.
pub fn office_hour(day: Date, draw: &mut Draw) -> Timestamp {
    let minute = draw.between(0, 420);
    let minute = if minute <= 190 {
        8 * 60 + 30 + minute
    } else {
        13 * 60 + 30 + minute - 190
    };
    let start = day::start_of(day);
    start.checked_add(minute.minutes()).unwrap_or(start)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_on_working_days_in_office_hours() {
        let check = |day, expect| assert_eq!(working(day), expect);
        check(date(2016, 10, 20), date(2016, 10, 20));
        check(date(2016, 10, 22), date(2016, 10, 24));
        check(date(2018, 10, 1), date(2018, 10, 8));
        check(date(2018, 2, 15), date(2018, 2, 22));
        let mut draw = Draw::of("hours", 1);
        for _ in 0..500 {
            let minute = day::local_minute(office_hour(date(2018, 11, 20), &mut draw));
            let hour: i8 = minute[11..13].parse().unwrap();
            assert!((8..18).contains(&hour) && hour != 12, "{minute}");
        }
    }
}
