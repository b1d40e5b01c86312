//! Whole numbers as people write them: `200`, `1,200`, `200人`, `一百二十`. What only says about how many is told from what is no number at all.

use crate::core::width::narrow;

/// Why a text is no count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCount {
    /// 约200, 200余人, 200-300: about how many.
    Rough,
    Other,
}

/// Words and signs that make a number a rough one.
const ROUGH: [&str; 21] = [
    "约", "余", "左右", "上下", "近", "多", "几", "数", "以上", "以下", "以内", "不足", "不到",
    "超", "逾", "大概", "+", "~", "-", "至", "到",
];

/// The most digits that are read.
const LONGEST: usize = 9;

/// A whole number that isn't negative, with or without thousands separators, in digits or Chinese numerals, with one of the units behind it.
///
/// # Errors
/// `Rough` for a number that is only about right; `Other` for all else.
pub fn read<'a>(text: &str, units: impl IntoIterator<Item = &'a str>) -> Result<i64, NoCount> {
    let text = narrow(text);
    let mut units = units.into_iter();
    let unit = units.find_map(|unit| text.strip_suffix(unit));
    let plain = unit.unwrap_or(&text).trim();
    let found = of_digits(plain).or_else(|| of_numerals(plain));
    found.ok_or_else(|| {
        let is_number = |sign: char| sign.is_ascii_digit() || value_of(sign).is_some();
        let is_negative = plain.starts_with('-');
        let has_word = ROUGH.iter().any(|word| text.contains(word));
        if text.contains(is_number) && has_word && !is_negative {
            NoCount::Rough
        } else {
            NoCount::Other
        }
    })
}

/// `1200`, `1,200`, and `1200.0` as a sheet may carry it.
fn of_digits(plain: &str) -> Option<i64> {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !fraction.bytes().all(|byte| byte == b'0') || plain.ends_with('.') {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let is_divided = whole.contains(',');
    let fits = !first.is_empty()
        && are_digits(first)
        && (!is_divided || first.len() <= 3)
        && groups.all(|group| group.len() == 3 && are_digits(group));
    let digits = whole.replace(',', "");
    (fits && digits.len() <= LONGEST).then(|| digits.parse().ok())?
}

/// 一百二十, 二千零五, 两万: each power of ten at most once and in its order. 一千二 says 1,200 to some, and is not read.
fn of_numerals(plain: &str) -> Option<i64> {
    let (thousands, rest) = match plain.split_once('万') {
        Some((thousands, rest)) => (below_ten_thousand(thousands)?, rest),
        None => (0, plain),
    };
    let rest = match rest {
        "" if thousands > 0 => 0,
        rest => {
            let is_whole = thousands == 0 || rest.starts_with(['零', '〇']) || rest.contains('千');
            is_whole.then(|| below_ten_thousand(rest))??
        }
    };
    Some(thousands * 10_000 + rest)
}

fn below_ten_thousand(text: &str) -> Option<i64> {
    let mut sum = 0;
    let mut digit: Option<i64> = None;
    let mut least = 10_000;
    let mut was_zero = false;
    let mut any = false;
    for sign in text.chars() {
        let value = value_of(sign)?;
        match value {
            0 => {
                if digit.is_some() || was_zero {
                    return None;
                }
                was_zero = true;
            }
            1..=9 => {
                if digit.is_some() {
                    return None;
                }
                digit = Some(value);
            }
            power => {
                // 十二 leaves out its one.
                let times = match digit.take() {
                    None if power == 10 && !any => 1,
                    None => return None,
                    Some(times) => times,
                };
                if power >= least || (was_zero && least <= power * 10) {
                    return None;
                }
                sum += times * power;
                least = power;
                was_zero = false;
            }
        }
        any = true;
    }
    if let Some(digit) = digit {
        // 一百二 is short for 120 and 一百零二 is 102.
        if least < 10_000 && least > 10 && !was_zero {
            return None;
        }
        sum += digit;
    } else if was_zero && text.chars().count() > 1 {
        return None;
    }
    any.then_some(sum)
}

fn value_of(sign: char) -> Option<i64> {
    Some(match sign {
        '〇' | '零' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plainly_a_number_is_read() {
        for (text, expect) in [
            ("0", 0),
            ("200", 200),
            ("２００", 200),
            ("200人", 200),
            ("200 人", 200),
            ("200名", 200),
            ("1,200", 1_200),
            ("１，２００人", 1_200),
            ("12,345,678", 12_345_678),
            ("200.0", 200),
            ("200.00", 200),
            ("零", 0),
            ("五", 5),
            ("十", 10),
            ("十二人", 12),
            ("二十", 20),
            ("一百二十", 120),
            ("一百零二人", 102),
            ("两百", 200),
            ("一千二百", 1_200),
            ("二千零五", 2_005),
            ("二千零五十", 2_050),
            ("一万", 10_000),
            ("一万二千三百四十五", 12_345),
            ("一万零五十", 10_050),
        ] {
            assert_eq!(read(text, ["人", "名"]), Ok(expect), "{text}");
        }
    }

    #[test]
    fn what_is_rough_is_told_from_what_is_no_number() {
        use NoCount::{Other, Rough};
        for (text, why) in [
            ("约200", Rough),
            ("200余人", Rough),
            ("200多", Rough),
            ("近200人", Rough),
            ("200左右", Rough),
            ("约二百", Rough),
            ("二百余", Rough),
            ("200-300", Rough),
            ("200～300人", Rough),
            ("100+", Rough),
            ("不足100人", Rough),
            ("", Other),
            ("-3", Other),
            ("1,20", Other),
            ("12,00", Other),
            (",200", Other),
            ("1200,", Other),
            ("200.5", Other),
            ("200.", Other),
            ("一千二", Other),
            ("一百二", Other),
            ("二一", Other),
            ("百", Other),
            ("十百", Other),
            ("一十一十", Other),
            ("一百零", Other),
            ("一二三", Other),
            ("很多", Other),
            ("人", Other),
            ("1e3", Other),
            ("12345678901", Other),
        ] {
            assert_eq!(read(text, ["人", "名"]), Err(why), "{text}");
        }
    }
}
