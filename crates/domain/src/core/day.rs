//! Days and instants: policy is in civil days of China's one time zone, which is applied here and nowhere else.

use jianjia_standard::Lang;
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

/// A day as people and sheets write it: `2016-10-20`, `2016/10/20`, `2016.10.20`, `2016年10月20日`, `20161020`, with any dash, with 号, and with
/// a time after it, which is not looked at.
pub fn read(text: &str) -> Option<Date> {
    let text = narrow(text);
    let text = without_time(&text);
    let numbers: Vec<&str> = if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        vec![&text[..4], &text[4..6], &text[6..]]
    } else {
        text.split(is_between)
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

/// A year as people and sheets write it: `2016`, `2016年度`, `二〇一六年`, `2016.0`.
pub fn read_year(text: &str) -> Option<i16> {
    let text = narrow(text);
    let year = without_kind(&text);
    let year = year.strip_suffix(".0").unwrap_or(year);
    let digits: Option<String> = year.chars().map(digit_of).collect();
    digits.filter(|digits| digits.len() == 4)?.parse().ok()
}

/// What to add to “is not a year” where two years stand: which of them is meant can't be told.
pub fn years_told(typed: &str, lang: Lang) -> &'static str {
    let text = narrow(typed);
    let mut parts = without_kind(&text).split(['-', '~', '/', '、', ',', '至', '到']);
    let years = (parts.next(), parts.next(), parts.next());
    let (Some(first), Some(second), None) = years else {
        return "";
    };
    let digits = |text: &str| {
        without_kind(text)
            .chars()
            .all(|sign| digit_of(sign).is_some())
    };
    let are_years =
        read_year(first).is_some() && !second.trim().is_empty() && digits(second.trim());
    match (are_years, lang) {
        (false, _) => "",
        (true, Lang::Zh) => "（这里写了两个年度，只填一个：命名、发文的那一年）",
        (true, Lang::En) => " (these are two years; enter one: that of the naming or the document)",
    }
}

fn without_kind(text: &str) -> &str {
    let mut kinds = ["年度", "年"].into_iter();
    let rest = kinds.find_map(|kind| text.strip_suffix(kind));
    rest.unwrap_or(text).trim()
}

fn digit_of(sign: char) -> Option<char> {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    if sign.is_ascii_digit() {
        return Some(sign);
    }
    let place = match sign {
        '○' | '零' | 'O' | 'Ｏ' => Some(0),
        sign => DIGITS.iter().position(|digit| *digit == sign),
    };
    char::from_digit(u32::try_from(place?).ok()?, 10)
}

/// What stands between the numbers of a day: signs, words, and the dashes of every width.
fn is_between(sign: char) -> bool {
    matches!(
        sign,
        '-' | '/' | '.' | '年' | '月' | '日' | '号' | ',' | '、' | '。' | ' ' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}'
    )
}

/// The text before a time of day, such as `T00:00:00` or ` 上午9:30`.
fn without_time(text: &str) -> &str {
    let time = text.find(['T', 't', ' ']).filter(|at| {
        let rest = &text[*at..];
        rest.contains(':') && text[..*at].chars().any(|sign| sign.is_ascii_digit())
    });
    let time = time.or_else(|| {
        let end = text.find(['日', '号'])?;
        text[end..].contains(':').then_some(end)
    });
    time.map_or(text, |at| text[..at].trim())
}

/// The day that a spreadsheet program shows for a bare number: only such numbers as may be a day of the last and this century.
pub fn of_serial(text: &str) -> Option<Date> {
    let text = narrow(text);
    // Behind the point stands the time of day.
    let (serial, time) = text.split_once('.').unwrap_or((&text, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if serial.len() != 5 || !are_digits(serial) || !are_digits(time) {
        return None;
    }
    let serial: i32 = serial.parse().ok()?;
    // 1899-12-30, from which the numbers count since March 1900.
    let days = jiff::Span::new().try_days(serial).ok()?;
    Date::constant(1899, 12, 30).checked_add(days).ok()
}

/// What a spreadsheet program shows for a zero in a cell of days, by its epoch.
const ZEROS: [&str; 5] = ["0", "1899-12-30", "1899-12-31", "1900-01-00", "1904-01-01"];

/// What to add to a day that is nothing but a zero, or an empty cell that a formula made one; else nothing.
pub fn zero_told(typed: &str, lang: Lang) -> &'static str {
    let text = narrow(typed);
    let day = read(&text).map_or_else(
        || {
            let numbers: Vec<&str> = without_time(&text).split(is_between).collect();
            // 1900/1/0 is no day.
            match numbers.as_slice() {
                ["1900", "1" | "01", "0" | "00", ..] => "1900-01-00".to_owned(),
                _ => text.clone(),
            }
        },
        |day| day.to_string(),
    );
    match (ZEROS.contains(&day.as_str()), lang) {
        (false, _) => "",
        (true, Lang::Zh) => "（像是表格软件把 0 显示成的日期：这一格原来是空的或是 0）",
        (true, Lang::En) => {
            " (it looks like what a spreadsheet program shows for a zero: the cell was empty or 0)"
        }
    }
}

/// What to add to “is not a date” where a bare number stands for a day, or a day for nothing; else nothing.
pub fn serial_told(typed: &str, lang: Lang) -> String {
    match (of_serial(typed), lang) {
        (None, _) => zero_told(typed, lang).to_owned(),
        (Some(day), Lang::Zh) => {
            format!("（像是表格软件里 {day} 的序号：这一格没有设成日期格式）")
        }
        (Some(day), Lang::En) => format!(
            " (it looks like the number that a spreadsheet program has for {day}: the cell is not formatted as a date)"
        ),
    }
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
            "2016-01-05 00:00:00",
            "2016-01-05T00:00:00",
            "2016年1月5号",
            "2016年1月5日9:30",
            "2016年1月5日 上午9:30",
            "2016—1—5",
            "2016–01–05",
            "2016,1,5",
            "2016 1 5",
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
    fn years_are_read_in_the_ways_people_write_them() {
        for text in [
            "2005",
            "２００５",
            "2005年度",
            "2005 年",
            "二〇〇五",
            "二○○五年度",
            "二零零五年",
            "2005.0",
        ] {
            assert_eq!(read_year(text), Some(2005), "{text}");
        }
        for text in [
            "",
            "05",
            "20050101",
            "2003-2004",
            "二千零五",
            "2005.5",
            "两年",
        ] {
            assert_eq!(read_year(text), None, "{text}");
        }
        for (text, are_two) in [
            ("2003-2004", true),
            ("2003—2004年度", true),
            ("2003至2004年", true),
            ("2003年、2004年", true),
            ("2003-04", true),
            ("2003", false),
            ("不详", false),
            ("20161020", false),
            ("2016-10-20", false),
        ] {
            assert_eq!(!years_told(text, Lang::Zh).is_empty(), are_two, "{text}");
        }
    }

    #[test]
    fn a_bare_number_is_known_for_the_day_that_it_stands_for() {
        for (text, day) in [
            ("39965", Some(jiff::civil::date(2009, 6, 1))),
            ("42370.5", Some(jiff::civil::date(2016, 1, 1))),
            ("20090601", None),
            ("2009", None),
            ("2009.6", None),
            ("", None),
        ] {
            assert_eq!(of_serial(text), day, "{text}");
        }
    }

    #[test]
    fn a_zero_that_is_shown_as_a_day_is_known() {
        for text in [
            "0",
            "1899-12-30",
            "1899/12/31",
            "1900-01-00",
            "1900/1/0",
            "1904年1月1日",
            "1899-12-30 00:00:00",
        ] {
            assert!(!zero_told(text, Lang::Zh).is_empty(), "{text}");
        }
        for text in ["", "1900-01-01", "1925-05-01", "10", "无"] {
            assert!(zero_told(text, Lang::Zh).is_empty(), "{text}");
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
