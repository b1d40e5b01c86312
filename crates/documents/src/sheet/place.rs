//! The encodings of cells: references, dates, and characters that XML can't have.

use std::borrow::Cow;

/// The last row and column in any spreadsheet program.
pub(super) const LAST_ROW: usize = 1_048_576;
pub(super) const LAST_COLUMN: usize = 16_384;

/// Row and column of `B12`, both from 1; `None` if there is no such cell.
pub(super) fn place_of(name: &str) -> Option<(usize, usize)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters == 0 || letters > 3 {
        return None;
    }
    let (letters, digits) = name.split_at(letters);
    let column = letters.bytes().fold(0, |column, letter| {
        column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    let row: usize = digits.parse().ok()?;
    ((1..=LAST_ROW).contains(&row) && column <= LAST_COLUMN).then_some((row, column))
}

/// The letters of a column, counted from 0: `A`, `AB`.
pub fn letters_of(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// The day of a serial number as `2016-10-20`. Before March 1900, serial numbers include a day that did not exist.
pub(super) fn day_of(serial: f64, is_1904: bool) -> String {
    /// Days from 1970-01-01 to 1904-01-01, 1899-12-31 and 9999-12-31.
    const DAYS_OF_1904: i64 = -24_107;
    const DAYS_OF_1900: i64 = -25_568;
    const LAST_DAY: i64 = 2_932_896;
    // Converting a float saturates; NaN becomes 0.
    let serial = (serial.floor() as i64).clamp(0, 3_000_000);
    let days = match serial {
        _ if is_1904 => DAYS_OF_1904 + serial,
        60 => return "1900-02-29".to_owned(),
        61.. => DAYS_OF_1900 + serial - 1,
        _ => DAYS_OF_1900 + serial,
    };
    let (year, month, day) = civil(days.min(LAST_DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Year, month and day of a number of days since 1970-01-01, counted in eras of 400 years that begin in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Decodes `_x000D_`, by which spreadsheet programs write characters that XML can't have, one UTF-16 unit each.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut units = Vec::new();
        while let Some(unit) = escape(rest) {
            units.push(unit);
            rest = &rest[7..];
        }
        if units.is_empty() {
            plain.push_str("_x");
            rest = &rest[2..];
        } else {
            plain.push_str(&String::from_utf16_lossy(&units));
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn escape(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("_x")?.get(..4)?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let is_closed = text.as_bytes().get(6) == Some(&b'_');
    (is_hex && is_closed).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_within_the_bounds_of_a_sheet() {
        for (name, expect) in [
            ("A1", Some((1, 1))),
            ("ab12", Some((12, 28))),
            ("XFD1048576", Some((LAST_ROW, LAST_COLUMN))),
            ("XFE1", None),
            ("A1048577", None),
            ("A0", None),
            ("A", None),
            ("1", None),
            ("AAAAAAAAAAAA1", None),
            ("A99999999999999999999999", None),
            ("A-1", None),
            ("", None),
            ("工1", None),
        ] {
            assert_eq!(place_of(name), expect, "{name}");
        }
        for (column, expect) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters_of(column), expect);
        }
    }

    #[test]
    fn serial_numbers_are_days() {
        for (serial, is_1904, expect) in [
            (0.0, false, "1899-12-31"),
            (1.0, false, "1900-01-01"),
            (59.9, false, "1900-02-28"),
            (60.0, false, "1900-02-29"),
            (61.0, false, "1900-03-01"),
            (42_663.0, false, "2016-10-20"),
            (36_585.5, false, "2000-02-29"),
            (0.0, true, "1904-01-01"),
            (41_201.0, true, "2016-10-20"),
            (1e300, false, "9999-12-31"),
            (-5.0, false, "1899-12-31"),
            (f64::NAN, false, "1899-12-31"),
        ] {
            assert_eq!(day_of(serial, is_1904), expect, "{serial}");
        }
    }

    #[test]
    fn characters_that_xml_cannot_have_are_undone() {
        for (text, expect) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDCF7_", "📷"),
            ("_xD83D_", "\u{fffd}"),
            ("_x12_", "_x12_"),
            ("_x1工会_", "_x1工会_"),
            ("工_x", "工_x"),
        ] {
            assert_eq!(unescaped(text), expect, "{text}");
        }
    }
}
