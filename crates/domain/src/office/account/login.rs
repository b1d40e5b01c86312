//! Logins as people type them, telephone numbers and mail addresses: each in the one form in which it is kept and compared.

use crate::{core::width::narrow, office::account::AccountRefusal};

/// The login as it is kept and compared: no blanks, plain small letters, a telephone number as its digits.
///
/// # Errors
/// When it is not 2 to 40 Han characters, letters, digits, dots, hyphens or underscores; 3 at least without a Han character.
pub fn read(typed: &str) -> Result<String, AccountRefusal> {
    let login = form(typed);
    let is_plain = login
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || ".-_·".contains(c) || is_han(c));
    let least = if login.chars().any(is_han) { 2 } else { 3 };
    if is_plain && (least..=40).contains(&login.chars().count()) {
        Ok(login)
    } else {
        Err(AccountRefusal::LoginMalformed)
    }
}

/// What somebody typed as a login, in the form in which logins are compared.
pub fn form(typed: &str) -> String {
    let form: String = narrow(typed)
        .chars()
        .filter(|character| !character.is_whitespace())
        .map(|character| match character {
            '•' | '‧' | '∙' | '・' | '･' => '·',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect();
    telephone(&form).unwrap_or(form)
}

/// A telephone number as its digits alone, without China's own prefix; none where it is no such number.
pub fn telephone(typed: &str) -> Option<String> {
    let plain = narrow(typed);
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    let is_number = plain
        .chars()
        .all(|character| character.is_ascii_digit() || " -+()".contains(character));
    let digits = digits
        .strip_prefix("86")
        .filter(|rest| rest.len() == 11 && rest.starts_with('1'))
        .map_or(digits.clone(), str::to_owned);
    (is_number && (7..=12).contains(&digits.len())).then_some(digits)
}

/// A login as it is shown: a credit code in capitals, as it stands in certificates.
pub fn shown(login: &str) -> String {
    let is_code = login.len() >= 18
        && login
            .bytes()
            .take(18)
            .all(|byte| byte.is_ascii_alphanumeric())
        && login.starts_with("81");
    if is_code {
        login.to_uppercase()
    } else {
        login.to_owned()
    }
}

/// Logins to take where one is taken: the same with a number behind, from 2 on.
pub fn further(login: &str) -> impl Iterator<Item = String> {
    // A credit code ends in a digit, and so does a telephone number.
    let between =
        if login.ends_with(|last: char| last.is_ascii_digit() || last.is_ascii_alphabetic()) {
            "-"
        } else {
            ""
        };
    let login = login.to_owned();
    (2_u32..).map(move |number| format!("{login}{between}{number}"))
}

fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// A mail address as it is kept; empty when none was typed.
///
/// # Errors
/// When it can be none.
pub fn mail(typed: &str) -> Result<String, AccountRefusal> {
    let mail = narrow(typed).to_lowercase();
    let is_one = mail.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    let has_blank = mail.chars().any(char::is_whitespace);
    if mail.is_empty() || (is_one && !has_blank && mail.len() <= 120) {
        Ok(mail)
    } else {
        Err(AccountRefusal::MailMalformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_kept_in_small_letters() {
        assert_eq!(read(" Demo.Chair "), Ok("demo.chair".to_owned()));
        for typed in ["ab", "", "王", "a@b.cn", "王伟/2", &"a".repeat(41)] {
            assert_eq!(read(typed), Err(AccountRefusal::LoginMalformed), "{typed}");
        }
    }

    #[test]
    fn a_login_is_one_however_it_is_typed() {
        for (typed, kept) in [
            ("王　伟", "王伟"),
            ("买买提•吐尔逊", "买买提·吐尔逊"),
            ("ＷＡＮＧ", "wang"),
            ("138 6101 2345", "13861012345"),
            ("+86 138-6101-2345", "13861012345"),
            ("１３８６１０１２３４５", "13861012345"),
            ("81320400MC0000001x", "81320400mc0000001x"),
            ("0519-86681234", "051986681234"),
            ("gh-12", "gh-12"),
        ] {
            assert_eq!(read(typed), Ok(kept.to_owned()), "{typed}");
            assert_eq!(read(kept), Ok(kept.to_owned()), "{kept} stays");
        }
        assert_eq!(shown("81320400mc0000001x"), "81320400MC0000001X");
        assert_eq!(shown("王伟"), "王伟");
        let further = |login| super::further(login).next().unwrap();
        assert_eq!([further("王伟"), further("wang")], ["王伟2", "wang-2"]);
    }

    #[test]
    fn a_mail_address_is_kept_in_small_letters_or_refused() {
        assert_eq!(mail(" Wang@Example.CN "), Ok("wang@example.cn".to_owned()));
        assert_eq!(mail(""), Ok(String::new()));
        for typed in ["wang", "wang@", "@a.cn", "a b@c.cn", "a@b"] {
            assert_eq!(mail(typed), Err(AccountRefusal::MailMalformed), "{typed}");
        }
    }
}
