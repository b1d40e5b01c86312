//! Telephone numbers as they are typed, and those that lost the zero of their area code.

use crate::core::width::narrow;

/// A phone number: digits, blanks, hyphens, brackets and a plus sign, 7 to 20 characters.
pub fn phone(text: &str) -> Option<String> {
    let plain = narrow(text);
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let fits = plain.len() <= 20
        && digits >= 7
        && plain
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b" -()+".contains(&byte));
    fits.then_some(plain)
}

/// What a number without the zero of its area code was: a spreadsheet program keeps 051988888888 as a number, without the zero. Mobile numbers
/// begin with 1, service numbers with 400 and 800.
pub(super) fn with_zero(phone: &str) -> Option<String> {
    let mut parts = phone.split(['-', ' ']).filter(|part| !part.is_empty());
    let first = parts.next()?;
    if !first.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let area_length = |digits: &str| match digits.as_bytes() {
        [b'1', b'0', ..] | [b'2', ..] => Some(2),
        [b'3'..=b'9', ..] => Some(3),
        _ => None,
    };
    let is_service = first.starts_with("400") || first.starts_with("800");
    let area = area_length(first).filter(|_| !is_service)?;
    let is_local = |length: usize| matches!(length, 7 | 8);
    match parts.next() {
        None if is_local(first.len().saturating_sub(area)) && first.len() >= 10 => {
            let (area, local) = first.split_at(area);
            Some(format!("0{area}-{local}"))
        }
        Some(local) if first.len() == area && is_local(local.len()) => Some(format!("0{phone}")),
        _ => None,
    }
}
