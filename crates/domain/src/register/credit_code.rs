//! Unified social credit codes (GB 32100): 18 characters with a check digit. A union's own code begins with 81.

use crate::core::refusal::Refuse;
use jianjia_standard::Lang;

use crate::core::{identity, width::narrow};

/// Whose code is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Union,
    Employer,
}

/// What a union's code begins with.
pub const UNION_PREFIX: &str = "81";

/// GB 32100: no I, O, S, V and Z, which are taken for digits and other letters.
const CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// What is wrong with a code as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditCodeRefusal {
    Length {
        found: usize,
    },
    /// A person's identity number: never kept, nor repeated.
    IdentityNumber,
    /// The number of a business licence from before October 2015.
    OldLicence,
    /// The code of an organisation from before October 2015.
    OrganisationCode,
    Character {
        place: usize,
        character: char,
    },
    CheckDigit {
        found: char,
        expected: char,
    },
    /// The union's field holds another body's code.
    NotAUnions {
        begins: String,
    },
    /// The employer's field holds a union's code, and the union's field holds none.
    UnionsInEmployersPlace,
    /// The employer's field holds a union's code, and the union's field is filled in already.
    NotAnEmployers,
    /// Each of the two codes stands in the other's field.
    Swapped,
}

/// A code as typed, with full-width and small letters mended and blanks and hyphens dropped.
pub fn normalise(text: &str) -> String {
    narrow(text)
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '-')
        .flat_map(char::to_uppercase)
        .collect()
}

/// The code, if its length, characters and check digit are right; whose it is isn't asked.
///
/// # Errors
/// `Length`, `Character` (its place counts from 1) or `CheckDigit`: the first that is wrong.
pub fn read(text: &str) -> Result<String, CreditCodeRefusal> {
    let code = normalise(text);
    let found = code.chars().count();
    if let Some(other) = other_number(&code) {
        return Err(other);
    }
    if found != 18 {
        return Err(CreditCodeRefusal::Length { found });
    }
    if let Some((index, character)) = code
        .chars()
        .enumerate()
        .find(|(_, character)| value(*character).is_none())
    {
        return Err(CreditCodeRefusal::Character {
            place: index + 1,
            character,
        });
    }
    let expected = check_character(&code[..17]);
    match (code.chars().last(), expected) {
        (Some(found), Some(expected)) if found != expected => {
            Err(CreditCodeRefusal::CheckDigit { found, expected })
        }
        _ => Ok(code),
    }
}

/// Another number than a credit code, by its shape.
fn other_number(code: &str) -> Option<CreditCodeRefusal> {
    let bytes = code.as_bytes();
    let are_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    match bytes.len() {
        18 if is_identity_number(code) => Some(CreditCodeRefusal::IdentityNumber),
        15 if identity::is_number(code) => Some(CreditCodeRefusal::IdentityNumber),
        15 if are_digits(bytes) => Some(CreditCodeRefusal::OldLicence),
        9 if bytes[..8].iter().all(u8::is_ascii_alphanumeric)
            && (bytes[8].is_ascii_digit() || bytes[8] == b'X') =>
        {
            Some(CreditCodeRefusal::OrganisationCode)
        }
        _ => None,
    }
}

/// A right credit code that has the shape of an identity number by chance is one, unless the check digit of an identity number is right as well.
fn is_identity_number(code: &str) -> bool {
    identity::is_number(code)
        && (identity::is_exact(code.as_bytes())
            || check_character(&code[..17]) != code.chars().last())
}

/// The union's and the employer's code as typed, empty text being none. Swapped codes are told on both.
///
/// `is_confirmed`: somebody compared a code whose check digit is off with the certificate, and says so.
///
/// # Errors
/// On either code as [`read`]; `Swapped` on both; `NotAUnions` on the union's; `NotAnEmployers` or `UnionsInEmployersPlace` on the
/// employer's.
pub fn read_pair(
    union: &str,
    employer: &str,
    is_confirmed: bool,
) -> (
    Result<Option<String>, CreditCodeRefusal>,
    Result<Option<String>, CreditCodeRefusal>,
) {
    let is_unions = |code: &String| code.starts_with(UNION_PREFIX);
    let read = |text: &str| match optional(text) {
        // Some certificates are printed so.
        Err(CreditCodeRefusal::CheckDigit { .. }) if is_confirmed => Ok(Some(normalise(text))),
        read => read,
    };
    match (read(union), read(employer)) {
        (Ok(Some(union)), Ok(Some(employer))) if !is_unions(&union) && is_unions(&employer) => (
            Err(CreditCodeRefusal::Swapped),
            Err(CreditCodeRefusal::Swapped),
        ),
        (Ok(None), Ok(Some(employer))) if is_unions(&employer) => {
            (Ok(None), Err(CreditCodeRefusal::UnionsInEmployersPlace))
        }
        // Whatever the union's field holds, a union's code is no employer's.
        (union, Ok(Some(employer))) if is_unions(&employer) => {
            (union, Err(CreditCodeRefusal::NotAnEmployers))
        }
        (Ok(Some(union)), employer) if !is_unions(&union) => {
            let begins = union[..2].to_owned();
            (Err(CreditCodeRefusal::NotAUnions { begins }), employer)
        }
        pair => pair,
    }
}

/// Whether a code that is kept has another check digit than the standard gives it.
pub fn is_odd(code: &str) -> bool {
    matches!(read(code), Err(CreditCodeRefusal::CheckDigit { .. }))
}

/// The 18th character for the first 17; none if a character isn't of the set or there are not 17.
pub fn check_character(first: &str) -> Option<char> {
    if first.chars().count() != 17 {
        return None;
    }
    let mut weight = 1;
    let mut sum = 0;
    for character in first.chars() {
        sum += value(character)? * weight;
        weight = weight * 3 % 31;
    }
    let check = (31 - sum % 31) % 31;
    Some(char::from(CHARACTERS[check]))
}

fn optional(text: &str) -> Result<Option<String>, CreditCodeRefusal> {
    if normalise(text).is_empty() {
        Ok(None)
    } else {
        read(text).map(Some)
    }
}

fn value(character: char) -> Option<usize> {
    CHARACTERS
        .iter()
        .position(|known| char::from(*known) == character)
}

impl Refuse for CreditCodeRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (CreditCodeRefusal::Length { found }, Lang::Zh) => format!(
                "统一社会信用代码应为 18 位，您填了 {found} 位（空格和横线不算）。请对照证书从头到尾核对一遍，看是否漏填或多填。"
            ),
            (CreditCodeRefusal::Length { found }, Lang::En) => format!(
                "A unified social credit code has 18 characters, this one has {found} (blanks and hyphens do not count). Compare it with the certificate from start to end for a missing or an extra character."
            ),
            (CreditCodeRefusal::IdentityNumber, Lang::Zh) => {
                "这是个人的身份证号码，不是单位的代码。身份证号码不要填进表里，系统也不保存；请填营业执照或证书上的统一社会信用代码，不知道的空着。".to_owned()
            }
            (CreditCodeRefusal::IdentityNumber, Lang::En) => {
                "This is a person's identity number, not a body's code. Identity numbers do not belong here and are never kept; enter the credit code of the licence or certificate, or leave it empty.".to_owned()
            }
            (CreditCodeRefusal::OldLicence, Lang::Zh) => {
                "这是 15 位的旧营业执照注册号。2015 年 10 月“三证合一”后换成了 18 位的统一社会信用代码，请填新执照上的代码；还不知道的空着。".to_owned()
            }
            (CreditCodeRefusal::OldLicence, Lang::En) => {
                "This is an old licence number of 15 digits. Since October 2015 licences carry a credit code of 18 characters; enter that, or leave it empty.".to_owned()
            }
            (CreditCodeRefusal::OrganisationCode, Lang::Zh) => {
                "这是 9 位的组织机构代码，是统一社会信用代码的第 9 到 17 位。请填证书上完整的 18 位代码；还不知道的空着。".to_owned()
            }
            (CreditCodeRefusal::OrganisationCode, Lang::En) => {
                "This is an organisation code of 9 characters, which are the 9th to 17th of the credit code. Enter the whole code of 18 from the certificate, or leave it empty.".to_owned()
            }
            (CreditCodeRefusal::Character { place, character }, Lang::Zh) => format!(
                "第 {place} 位“{character}”不会出现在统一社会信用代码里（代码不用字母 I、O、S、V、Z）。请核对，是否把 1、0、5、2 看成了字母。"
            ),
            (CreditCodeRefusal::Character { place, character }, Lang::En) => format!(
                "Character {place}, “{character}”, never stands in a unified social credit code (I, O, S, V and Z are not used). Check whether a 1, 0, 5 or 2 was read as a letter."
            ),
            (CreditCodeRefusal::CheckDigit { found, expected }, Lang::Zh) => format!(
                "代码的校验位不对：按前 17 位推算末位应为“{expected}”，您填的是“{found}”（GB 32100）。多半有一位填错或两位填颠倒了，请对照证书逐位核对。证书上印的确实就是这样的，在“代码核对说明”一栏写明怎样核对的，就可以登记。"
            ),
            (CreditCodeRefusal::CheckDigit { found, expected }, Lang::En) => format!(
                "The check digit is wrong: from the first 17 characters the last should be “{expected}”, not “{found}” (GB 32100). Most likely one character is wrong or two are swapped; compare with the certificate one by one. If it is printed so, say in “How the code was checked” what it was compared with, and it is kept."
            ),
            (CreditCodeRefusal::NotAUnions { begins }, Lang::Zh) => format!(
                "工会的统一社会信用代码以 81 开头，您填的以 {begins} 开头，应是其他单位的代码。请填《工会法人资格证书》上的代码；还没有办证的，这一栏空着。"
            ),
            (CreditCodeRefusal::NotAUnions { begins }, Lang::En) => format!(
                "A union's unified social credit code begins with 81; this one begins with {begins}, so it is another body's. Enter the code of the union's legal-person certificate, or leave it empty if there is none yet."
            ),
            (CreditCodeRefusal::UnionsInEmployersPlace, Lang::Zh) => {
                "这里填的是工会的代码（81 开头）。请把它移到“工会统一社会信用代码”一栏，这里填单位营业执照或法人证书上的代码。".to_owned()
            }
            (CreditCodeRefusal::UnionsInEmployersPlace, Lang::En) => {
                "This is a union's code (it begins with 81). Move it to the union's credit code, and enter the code of the employer's licence or certificate here.".to_owned()
            }
            (CreditCodeRefusal::NotAnEmployers, Lang::Zh) => {
                "这里填的是工会的代码（81 开头），单位的代码不会以 81 开头。请填单位营业执照或法人证书上的代码；不知道的，这一栏空着。".to_owned()
            }
            (CreditCodeRefusal::NotAnEmployers, Lang::En) => {
                "This is a union's code (it begins with 81); no employer's does. Enter the code of the employer's licence or certificate, or leave it empty if you do not know it.".to_owned()
            }
            (CreditCodeRefusal::Swapped, Lang::Zh) => {
                "两个代码填反了：81 开头的是工会的代码，另一个是单位的代码。请把两栏对调。".to_owned()
            }
            (CreditCodeRefusal::Swapped, Lang::En) => {
                "The two codes are swapped: the one that begins with 81 is the union's, the other the employer's. Exchange them.".to_owned()
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            CreditCodeRefusal::Length { .. } => "credit-code/length",
            CreditCodeRefusal::IdentityNumber => "credit-code/identity-number",
            CreditCodeRefusal::OldLicence => "credit-code/old-licence",
            CreditCodeRefusal::OrganisationCode => "credit-code/organisation-code",
            CreditCodeRefusal::Character { .. } => "credit-code/character",
            CreditCodeRefusal::CheckDigit { .. } => "credit-code/check-digit",
            CreditCodeRefusal::NotAUnions { .. } => "credit-code/not-a-unions",
            CreditCodeRefusal::UnionsInEmployersPlace => "credit-code/unions-in-employers-place",
            CreditCodeRefusal::NotAnEmployers => "credit-code/not-an-employers",
            CreditCodeRefusal::Swapped => "credit-code/swapped",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert_eq, proptest};

    use super::*;

    fn with_check(first: &str) -> String {
        format!("{first}{}", check_character(first).unwrap())
    }

    fn check(text: &str, expect: Result<&str, CreditCodeRefusal>) {
        assert_eq!(read(text), expect.map(str::to_owned), "{text}");
    }

    #[test]
    fn published_codes_are_right_and_each_mistake_is_named() {
        // The example of the standard and a public company's code.
        check("91350100M000100Y43", Ok("91350100M000100Y43"));
        check("91440300708461136T", Ok("91440300708461136T"));
        check(
            "９１４４０３００７０８４６１１３６ｔ",
            Ok("91440300708461136T"),
        );
        check(" 9144 0300-7084 61136t ", Ok("91440300708461136T"));
        check(
            "9144030070846113",
            Err(CreditCodeRefusal::Length { found: 16 }),
        );
        check(
            "9144O300708461136T",
            Err(CreditCodeRefusal::Character {
                place: 5,
                character: 'O',
            }),
        );
        check(
            "91440300708461136A",
            Err(CreditCodeRefusal::CheckDigit {
                found: 'A',
                expected: 'T',
            }),
        );
    }

    #[test]
    fn other_numbers_are_told_as_what_they_are_and_never_repeated() {
        check("329999198105178009", Err(CreditCodeRefusal::IdentityNumber));
        check("11010519491231002X", Err(CreditCodeRefusal::IdentityNumber));
        check("320400000012345", Err(CreditCodeRefusal::OldLicence));
        check("12345678-9", Err(CreditCodeRefusal::OrganisationCode));
        check("８１３２０４", Err(CreditCodeRefusal::Length { found: 6 }));
        for lang in [Lang::Zh, Lang::En] {
            let told = CreditCodeRefusal::IdentityNumber.sentence(lang);
            assert!(!told.contains("1981"), "{told}");
        }
    }

    #[test]
    fn a_code_in_the_wrong_field_is_told_there_and_swapped_codes_on_both() {
        let union = with_check("81320400MC0000001");
        let other_union = with_check("81320400MC0000002");
        let employer = with_check("91320400MA1000002");
        let none = "";
        let cases = [
            (
                (&*union, &*employer),
                (Ok(Some(union.clone())), Ok(Some(employer.clone()))),
            ),
            (
                (&*employer, &*union),
                (
                    Err(CreditCodeRefusal::Swapped),
                    Err(CreditCodeRefusal::Swapped),
                ),
            ),
            (
                (none, &*union),
                (Ok(None), Err(CreditCodeRefusal::UnionsInEmployersPlace)),
            ),
            (
                (&*employer, none),
                (
                    Err(CreditCodeRefusal::NotAUnions {
                        begins: "91".to_owned(),
                    }),
                    Ok(None),
                ),
            ),
            ((none, none), (Ok(None), Ok(None))),
            (
                (&*union, &*union),
                (
                    Ok(Some(union.clone())),
                    Err(CreditCodeRefusal::NotAnEmployers),
                ),
            ),
            (
                (&*union, &*other_union),
                (
                    Ok(Some(union.clone())),
                    Err(CreditCodeRefusal::NotAnEmployers),
                ),
            ),
            // The union's own mistake is told beside it.
            (
                ("81320400", &*union),
                (
                    Err(CreditCodeRefusal::Length { found: 8 }),
                    Err(CreditCodeRefusal::NotAnEmployers),
                ),
            ),
        ];
        for ((union, employer), expect) in cases {
            assert_eq!(read_pair(union, employer, false), expect);
        }
    }

    fn seventeen() -> impl Strategy<Value = String> {
        prop::collection::vec(0..31_usize, 17).prop_map(|indexes| {
            indexes
                .into_iter()
                .map(|index| char::from(CHARACTERS[index]))
                .collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn a_code_with_its_check_digit_is_right_in_any_width_and_case(first in seventeen()) {
            let code = with_check(&first);
            let wide: String = code
                .to_lowercase()
                .chars()
                .map(|character| char::from_u32(u32::from(character) + 0xfee0).unwrap())
                .collect();
            prop_assert_eq!(read(&wide), Ok(code));
        }

        #[test]
        fn any_single_wrong_character_is_found(first in seventeen(), place in 0..18_usize, step in 1..31_usize) {
            let mut code: Vec<u8> = with_check(&first).into_bytes();
            let index = CHARACTERS.iter().position(|known| *known == code[place]).unwrap();
            code[place] = CHARACTERS[(index + step) % 31];
            let wrong = String::from_utf8(code).unwrap();
            let found = read(&wrong).unwrap_err().key();
            prop_assert_eq!(found, "credit-code/check-digit");
        }
    }
}
