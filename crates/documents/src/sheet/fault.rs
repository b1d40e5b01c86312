//! What a cell's text shows of a value that was lost before the table was saved.

use crate::sheet::Fault;

/// The words that spreadsheet programs write where a formula failed.
const ERRORS: [&str; 10] = [
    "#N/A",
    "#DIV/0!",
    "#REF!",
    "#VALUE!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
];

/// Why the text can't be what was meant: an error of a formula, or a long number in the short form `8.13204E+17`, which a spreadsheet program
/// shows in the place of a code.
pub(super) fn fault_of(text: &str) -> Option<Fault> {
    let first = text.bytes().next()?;
    if first == b'#' {
        return ERRORS
            .iter()
            .any(|error| text.eq_ignore_ascii_case(error))
            .then_some(Fault::Error);
    }
    (first.is_ascii_digit() && is_shortened(text)).then_some(Fault::LostDigits)
}

fn is_shortened(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    power.strip_prefix('+').is_some_and(is_number) && is_number(whole) && is_number(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_values_are_told_from_texts_that_look_alike() {
        for (text, expect) in [
            ("#N/A", Some(Fault::Error)),
            ("#div/0!", Some(Fault::Error)),
            ("#工会", None),
            ("8.13204E+17", Some(Fault::LostDigits)),
            ("8E+17", Some(Fault::LostDigits)),
            ("8.E+17", None),
            ("3E幢", None),
            ("E+17", None),
            ("81320400MC0000001X", None),
            ("", None),
        ] {
            assert_eq!(fault_of(text), expect, "{text}");
        }
    }
}
