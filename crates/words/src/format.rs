//! Days, numbers and lists as people read them.

use jianjia_standard::{
    Lang,
    figure::Quorum,
    programme::{MonthDay, Window},
};
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

const NUMERALS: [&str; 13] = [
    "零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二",
];

/// A small number of things as a word, a larger one as its digits: `三`个, `three`; `两`个.
pub fn few(lang: Lang, number: usize) -> String {
    const ENGLISH: [&str; 11] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    let word = match (lang, number) {
        (Lang::Zh, 2) => Some("两"),
        (Lang::Zh, 11..) => None,
        (Lang::Zh, _) => NUMERALS.get(number).copied(),
        (Lang::En, _) => ENGLISH.get(number).copied(),
    };
    word.map_or_else(|| number.to_string(), str::to_owned)
}

/// Names in a row: `模范、信赖`; `model and trusted`, `one, two and three`.
pub fn list(lang: Lang, names: &[&str]) -> String {
    match (lang, names) {
        (Lang::En, [before @ .., last]) if !before.is_empty() => {
            format!("{} and {last}", before.join(", "))
        }
        _ => names.join("、"),
    }
}

/// When in a round's year its phase is: `十月`, `in October`; `次年`, `in the following year`.
pub fn window(lang: Lang, window: Window) -> String {
    let (from, to, is_next) = (window.from, window.to, window.year_offset > 0);
    let is = |at: MonthDay, month: i8, day: i8| (at.month, at.day) == (month, day);
    if is(from, 1, 1) && is(to, 12, 31) {
        return match (lang, is_next) {
            (Lang::Zh, false) => "当年",
            (Lang::Zh, true) => "次年",
            (Lang::En, false) => "in the same year",
            (Lang::En, true) => "in the following year",
        }
        .to_owned();
    }
    // A year that is no leap year, so that February ends on the 28th.
    let first = from.in_year(2001);
    let is_month = from.day == 1 && to.in_year(2001) == first.last_of_month();
    match lang {
        Lang::Zh => {
            let year = if is_next { "次年" } else { "" };
            if is_month {
                let month = NUMERALS.get(usize::from(from.month.unsigned_abs()));
                return format!("{year}{}月", month.unwrap_or(&""));
            }
            let day = |at: MonthDay| format!("{}月{}日", at.month, at.day);
            format!("{year}{}至{}", day(from), day(to))
        }
        Lang::En => {
            let year = if is_next {
                " of the following year"
            } else {
                ""
            };
            if is_month {
                return format!("in {}{year}", first.strftime("%B"));
            }
            let day = |at: MonthDay| at.in_year(2001).strftime("%-d %B").to_string();
            format!("from {} to {}{year}", day(from), day(to))
        }
    }
}

/// How much of a whole a quorum takes: `超过一半`, `more than half`; `不少于三分之二`, `at least 2/3`.
pub fn quorum(lang: Lang, quorum: Quorum) -> String {
    let how = match (lang, quorum.inclusive) {
        (Lang::Zh, false) => "超过",
        (Lang::Zh, true) => "不少于",
        (Lang::En, false) => "more than ",
        (Lang::En, true) => "at least ",
    };
    format!("{how}{}", part(lang, quorum))
}

/// What falls short of a quorum: `没有超过一半`, `not more than half`; `不到三分之二`, `less than 2/3`.
pub fn short_of_quorum(lang: Lang, quorum: Quorum) -> String {
    let how = match (lang, quorum.inclusive) {
        (Lang::Zh, false) => "没有超过",
        (Lang::Zh, true) => "不到",
        (Lang::En, false) => "not more than ",
        (Lang::En, true) => "less than ",
    };
    format!("{how}{}", part(lang, quorum))
}

/// A quorum before those who make it up: `过半数`成员, `more than half` of the members.
pub fn majority(lang: Lang, of: Quorum) -> String {
    match (lang, of.inclusive, of.numerator * 2 == of.denominator) {
        (Lang::Zh, false, true) => "过半数".to_owned(),
        _ => quorum(lang, of),
    }
}

fn part(lang: Lang, quorum: Quorum) -> String {
    let (numerator, denominator) = (quorum.numerator, quorum.denominator);
    if numerator * 2 == denominator {
        return match lang {
            Lang::Zh => "一半",
            Lang::En => "half",
        }
        .to_owned();
    }
    let numeral = |number: u64| {
        let known = usize::try_from(number).ok();
        known.and_then(|number| NUMERALS.get(number))
    };
    match (lang, numeral(numerator), numeral(denominator)) {
        (Lang::Zh, Some(numerator), Some(denominator)) => format!("{denominator}分之{numerator}"),
        _ => format!("{numerator}/{denominator}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_things_and_names_in_a_row_are_words() {
        let zh = [1, 2, 3, 10, 11].map(|number| few(Lang::Zh, number));
        assert_eq!(zh, ["一", "两", "三", "十", "11"]);
        assert_eq!([3, 12].map(|number| few(Lang::En, number)), ["three", "12"]);
        assert_eq!(list(Lang::Zh, &["模范", "信赖"]), "模范、信赖");
        let en = [&["a"][..], &["a", "b"], &["a", "b", "c"]].map(|names| list(Lang::En, names));
        assert_eq!(en, ["a", "a and b", "a, b and c"]);
    }

    #[test]
    fn the_phases_of_a_year_are_said_by_month_where_they_are_months() {
        let check = |from: (i8, i8), to: (i8, i8), year_offset: i16, expect: [&str; 2]| {
            let at = |(month, day)| MonthDay { month, day };
            let of = Window {
                from: at(from),
                to: at(to),
                year_offset,
            };
            assert_eq!([Lang::Zh, Lang::En].map(|lang| window(lang, of)), expect);
        };
        check((10, 1), (10, 31), 0, ["十月", "in October"]);
        check(
            (2, 1),
            (2, 29),
            1,
            ["次年二月", "in February of the following year"],
        );
        check((1, 1), (12, 31), 1, ["次年", "in the following year"]);
        check((1, 1), (12, 31), 0, ["当年", "in the same year"]);
        check(
            (7, 1),
            (12, 31),
            0,
            ["7月1日至12月31日", "from 1 July to 31 December"],
        );
    }

    #[test]
    fn a_quorum_is_said_as_people_say_it() {
        let check = |typed: &str, expect: [&str; 6]| {
            let of: Quorum = typed.parse().unwrap();
            let said = [Lang::Zh, Lang::En].map(|lang| {
                [
                    quorum(lang, of),
                    short_of_quorum(lang, of),
                    majority(lang, of),
                ]
            });
            assert_eq!(said.concat(), expect);
        };
        check(
            "more than 1/2",
            [
                "超过一半",
                "没有超过一半",
                "过半数",
                "more than half",
                "not more than half",
                "more than half",
            ],
        );
        check(
            "at least 2/3",
            [
                "不少于三分之二",
                "不到三分之二",
                "不少于三分之二",
                "at least 2/3",
                "less than 2/3",
                "at least 2/3",
            ],
        );
    }

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
