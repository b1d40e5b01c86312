//! Days and instants: policy is in civil days of China's one time zone, which is applied here and nowhere else.

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

use crate::core::width::narrow;

/// The civil day in China (UTC+8, no summer time) at an instant.
pub fn day_of(now: Timestamp) -> Date {
    now.to_zoned_datetime(china()).date()
}

/// The instant at which a civil day begins in China.
pub fn start_of(day: Date) -> Timestamp {
    day.to_zoned_datetime(china())
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// A day as people and sheets write it: `2016-10-20`, `2016/10/20`, `2016.10.20`, `2016年10月20日`, `20161020`.
pub fn read(text: &str) -> Option<Date> {
    let text = narrow(text);
    let numbers: Vec<&str> = if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        vec![&text[..4], &text[4..6], &text[6..]]
    } else {
        text.split(['-', '/', '.', '年', '月', '日'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    };
    let [year, month, day] = numbers.as_slice() else {
        return None;
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
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
    fn days_are_read_in_the_ways_people_write_them() {
        let day = Some(jiff::civil::date(2016, 1, 5));
        for text in [
            "2016-01-05",
            "2016/1/5",
            "2016.1.5",
            "2016年1月5日",
            "20160105",
            " ２０１６－０１－０５ ",
        ] {
            assert_eq!(read(text), day, "{text}");
        }
        for text in [
            "",
            "2016-01",
            "16-1-5",
            "2016-02-30",
            "五月",
            "2016-01-05-06",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let day = jiff::civil::date(2016, 10, 20);
        let start = start_of(day);
        assert_eq!(start.to_string(), "2016-10-19T16:00:00Z");
        assert_eq!(day_of(start), day);
        assert_eq!(local_minute(start), "2016-10-20 00:00");
    }
}
