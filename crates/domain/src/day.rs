//! Days and instants: policy is in civil days of China's one time zone, which is applied here and nowhere else.

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

/// The civil day in China (UTC+8, no summer time) at an instant.
pub fn day_of(now: Timestamp) -> Date {
    now.to_zoned_datetime(china()).date()
}

/// The instant at which a civil day begins in China.
pub fn start_of(day: Date) -> Timestamp {
    day.to_zoned_datetime(china())
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// An instant as people in China read it: `2016-10-20 09:30`.
pub fn local_minute(at: Timestamp) -> String {
    at.to_zoned_datetime(china())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

fn china() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let day = jiff::civil::date(2016, 10, 20);
        let start = start_of(day);
        assert_eq!(start.to_string(), "2016-10-19T16:00:00Z");
        assert_eq!(day_of(start), day);
        assert_eq!(local_minute(start), "2016-10-20 00:00");
    }
}
