//! Days and numbers as people read them.

use jianjia_standard::Lang;
use jiff::civil::Date;

/// A day: `2016年10月20日`, `20 October 2016`.
pub fn day(lang: Lang, date: Date) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Lang::En => date.strftime("%-d %B %Y").to_string(),
    }
}

/// A whole number, given as its digits, with separators: `12,000`, `−1,234,567`.
pub fn count(number: &str) -> String {
    let (sign, digits) = number
        .strip_prefix('-')
        .map_or(("", number), |rest| ("−", rest));
    let mut counted = String::with_capacity(number.len() + number.len() / 3);
    counted.push_str(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            counted.push(',');
        }
        counted.push(digit);
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_days_are_written_for_people() {
        assert_eq!(
            ["0", "999", "12000", "-1234567"].map(count),
            ["0", "999", "12,000", "−1,234,567"]
        );
        let date = jiff::civil::date(2016, 10, 20);
        assert_eq!(
            [Lang::Zh, Lang::En].map(|lang| day(lang, date)),
            ["2016年10月20日", "20 October 2016"]
        );
    }
}
