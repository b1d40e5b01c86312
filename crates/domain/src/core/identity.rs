//! Identity numbers of people (GB 11643), which are never kept: found wherever they stand, so that they can be left out.

use crate::core::width::narrow;

/// What stands in the place of one.
pub const LEFT_OUT: &str = "（身份证号码，没有保存）";

/// Whether a text holds an identity number, alone or among other words.
pub fn stands_in(text: &str) -> bool {
    // Nearly every text is too short or has too few digits.
    if text.len() < 15 {
        return false;
    }
    let is_digit = |sign: char| sign.is_ascii_digit() || ('０'..='９').contains(&sign);
    if text.chars().filter(|sign| is_digit(*sign)).count() < 15 {
        return false;
    }
    let text = narrow(text).to_uppercase();
    let bare: String = text
        .chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '-')
        .collect();
    if is_number(&bare) {
        return true;
    }
    let is_exact_word = |word: &str| word.len() == 18 && is_exact(word.as_bytes());
    let is_between = |sign: char| !sign.is_ascii_alphanumeric();
    // Typed in groups of digits, too.
    text.split(is_between).any(is_exact_word) || bare.split(is_between).any(is_exact_word)
}

/// Whether a text is an identity number as a whole: of 18 characters, or one of 15 digits from before 1999. A number of that shape whose check
/// digit is off is one as well, since a person mistypes it, or a spreadsheet program loses its last digits.
pub fn is_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.len() {
        18 => has_shape(bytes),
        15 => {
            bytes.iter().all(u8::is_ascii_digit)
                && is_province(bytes)
                && is_birthday(&format!("19{}", &text[6..12]))
                && !is_licence(bytes)
        }
        _ => false,
    }
}

/// Of 18 characters, with its check digit.
pub fn is_exact(bytes: &[u8]) -> bool {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    if !has_shape(bytes) {
        return false;
    }
    let digits = bytes.iter().map(|byte| usize::from(byte - b'0'));
    let weighed = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight);
    bytes[17] == b"10X98765432"[weighed.sum::<usize>() % 11]
}

/// A division, a birthday, a number and a digit or X.
fn has_shape(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    bytes.len() == 18
        && bytes[..17].iter().all(u8::is_ascii_digit)
        && (bytes[17].is_ascii_digit() || bytes[17] == b'X')
        && is_province(bytes)
        && matches!(&bytes[6..8], b"19" | b"20")
        && is_birthday(&text[6..14])
}

/// 11 Beijing to 65 Xinjiang, and 71, 81, 82, 83.
fn is_province(bytes: &[u8]) -> bool {
    matches!(
        &bytes[..2],
        [b'1', b'1'..=b'5']
            | [b'2', b'1'..=b'3']
            | [b'3', b'1'..=b'7']
            | [b'4', b'1'..=b'6']
            | [b'5', b'0'..=b'4']
            | [b'6', b'1'..=b'5']
            | [b'7', b'1']
            | [b'8', b'1'..=b'3']
    )
}

fn is_birthday(eight: &str) -> bool {
    jiff::civil::Date::strptime("%Y%m%d", eight).is_ok()
}

/// The check digit of the old licence numbers of 15 digits (ISO 7064, mod 11,10).
fn is_licence(bytes: &[u8]) -> bool {
    let mut product = 10;
    for byte in &bytes[..14] {
        let sum = (product + u32::from(byte - b'0')) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    (product + u32::from(bytes[14] - b'0')) % 10 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_number_is_found_wherever_it_stands() {
        for text in [
            "329999198105178009",
            "11010519491231002X",
            "１１０１０５１９４９１２３１００２ｘ",
            "110105 19491231 002X",
            "张三 11010519491231002X 铸造车间",
            "身份证：11010519491231002X",
            "320402810517800",
        ] {
            assert!(stands_in(text), "{text}");
        }
        for text in [
            "",
            "91440300708461136T",
            "813204021000000000",
            "320400000012345",
            "0519-86680000",
            "320402004001",
            "110105194912310021A",
            "20160803 20160804 20160805",
        ] {
            assert!(!stands_in(text), "{text}");
        }
    }
}
