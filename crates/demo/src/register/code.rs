//! Unified social credit codes (GB 32100) with their check digits, for invented employers and unions.

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const ORGANISATION_WEIGHTS: [u64; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// The code of the `number`th organisation registered by `authority` (two characters, `81` for unions) at a county (six digits).
pub fn credit_code(authority: &str, county: &str, number: i64) -> String {
    let body = format!("{number:08}");
    let sum: u64 = body
        .bytes()
        .zip(ORGANISATION_WEIGHTS)
        .map(|(digit, weight)| u64::from(digit - b'0') * weight)
        .sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + digit as u8),
    };
    let mut code = format!("{authority}{county}{body}{check}");
    let mut weight = 1;
    let mut total = 0;
    for character in code.bytes() {
        let value = ALPHABET
            .iter()
            .position(|letter| *letter == character)
            .unwrap_or(0) as u64;
        total += value * weight;
        weight = weight * 3 % 31;
    }
    code.push(char::from(ALPHABET[((31 - total % 31) % 31) as usize]));
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_closes_the_sum_to_a_multiple_of_31() {
        for number in 1..500 {
            let code = credit_code("91", "320402", number);
            let mut weight = 1;
            let mut sum = 0;
            for (place, character) in code.bytes().enumerate() {
                let value = ALPHABET
                    .iter()
                    .position(|letter| *letter == character)
                    .unwrap() as u64;
                sum += value * if place == 17 { 1 } else { weight };
                weight = weight * 3 % 31;
            }
            assert_eq!((code.len(), sum % 31), (18, 0), "{code}");
        }
    }
}
