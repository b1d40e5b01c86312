//! Which number formats show a day or a time.

/// Built-in formats, which have a number and no code. 27 to 36 and 50 to 58 are dates in East Asian programs.
pub(super) fn is_builtin_day(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Whether the first section of a format has a letter of a date or a time, outside quotes, escapes and brackets.
pub(super) fn is_day_format(code: &str) -> bool {
    let mut letters = code.chars();
    // After an `a`, as in `AM/PM`, other letters matter.
    let mut is_half_day = false;
    while let Some(letter) = letters.next() {
        match letter {
            ';' => return false,
            '\\' | '_' | '*' => {
                letters.next();
            }
            '"' => {
                letters.by_ref().find(|letter| *letter == '"');
            }
            '[' => {
                let within: String = letters
                    .by_ref()
                    .take_while(|letter| *letter != ']')
                    .collect();
                if is_elapsed_time(&within) {
                    return true;
                }
            }
            'a' | 'A' => is_half_day = true,
            'p' | 'P' | 'm' | 'M' | '/' if is_half_day => return true,
            'd' | 'm' | 'h' | 'y' | 's' | 'D' | 'M' | 'H' | 'Y' | 'S' if !is_half_day => {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// `h`, `mm` and the like.
fn is_elapsed_time(within: &str) -> bool {
    let first = within
        .chars()
        .next()
        .map(|first| first.to_ascii_lowercase());
    first.is_some_and(|first| {
        "hms".contains(first)
            && within
                .chars()
                .all(|letter| letter.to_ascii_lowercase() == first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_days_are_told_from_those_of_numbers() {
        for code in [
            "yyyy/m/d",
            "DD/MM/YY",
            "H:MM:SS;@",
            "m\"M\"d\"D\";@",
            "[$-404]e\"年\"m\"月\"d\"日\"",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[h]:mm:ss",
            "[ss]",
            "[>=100][Magenta][s].00",
            "ha/p\\\\m",
            "*-yyyy-mm-dd",
            "AM/PM",
        ] {
            assert!(is_day_format(code), "{code}");
        }
        for code in [
            "General",
            "@",
            "0.00",
            "#,##0\\ [$\\u20bd-46D]",
            "\"Y: \"0.00\"m\";\"Y: \"-0.00\"m\";@",
            "\"$\"#,##0_);[Red](\"$\"#,##0)",
            "\\Y000000",
            "#,##0*y",
            "#,##0.00\\ _M\"H\"_);[Red]#,##0.00\\ _M\"S\"_)",
            "0;yyyy",
            "[",
            "\"",
            "\\",
            "",
        ] {
            assert!(!is_day_format(code), "{code}");
        }
    }
}
