//! Where somebody is reached: what can be a mail address, and what a telephone number.

use jianjia_standard::Lang;

use crate::core::{
    post::Addresses,
    refusal::{Refusal, Refuse},
    text::{self, address::is_mail},
};

/// The addresses as they were typed.
///
/// # Errors
/// A refusal for each field that is none.
pub fn read(mail: &str, telephone: &str) -> Result<Addresses, Refusal> {
    let mut wrong = Vec::new();
    let addresses = Addresses {
        mail: text::line(mail),
        telephone: telephone_of(telephone),
    };
    if !addresses.mail.is_empty() && !is_mail(&addresses.mail) {
        wrong.push(("mail".to_owned(), PostRefusal::Mail.into()));
    }
    if !addresses.telephone.is_empty() && !is_mobile(&addresses.telephone) {
        wrong.push(("telephone".to_owned(), PostRefusal::Telephone.into()));
    }
    if wrong.is_empty() {
        Ok(addresses)
    } else {
        Err(Refusal::Fields(wrong))
    }
}

/// A telephone number as it is kept: without what people put between the digits.
pub fn telephone_of(typed: &str) -> String {
    let number = text::line(typed).replace([' ', '-', '(', ')', '（', '）'], "");
    number.strip_prefix("+86").unwrap_or(&number).to_owned()
}

/// Whether text messages can reach it: a mobile number of the mainland.
fn is_mobile(number: &str) -> bool {
    number.len() == 11
        && number.starts_with('1')
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostRefusal {
    Mail,
    Telephone,
    /// Nothing of it waits or was given up.
    NotFailed,
}

impl Refuse for PostRefusal {
    fn key(&self) -> &'static str {
        match self {
            PostRefusal::Mail => "post/mail",
            PostRefusal::Telephone => "post/telephone",
            PostRefusal::NotFailed => "post/not-failed",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        let sentence = match (self, lang) {
            (PostRefusal::Mail, Lang::Zh) => {
                "这不是电子邮箱地址，没有保存。请照 name@example.com 的样子填，或者留空。"
            }
            (PostRefusal::Mail, Lang::En) => {
                "This is no mail address, so nothing was saved. Write it like name@example.com, or leave it empty."
            }
            (PostRefusal::Telephone, Lang::Zh) => {
                "这不是手机号码，没有保存。短信只能发到 11 位的手机号码，请改正，或者留空。"
            }
            (PostRefusal::Telephone, Lang::En) => {
                "This is no mobile number, so nothing was saved. Text messages go to mobile numbers of 11 digits: correct it, or leave it empty."
            }
            (PostRefusal::NotFailed, Lang::Zh) => {
                "这一封不用再试：能再试的只有还没有发出的。请看最新的列表。"
            }
            (PostRefusal::NotFailed, Lang::En) => {
                "There is no need to try this one again: only what was not sent can be. Look at the newest list."
            }
        };
        sentence.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let read = read(" li@example.com ", "138-0000 0001").unwrap();
        assert_eq!(
            (read.mail.as_str(), read.telephone.as_str()),
            ("li@example.com", "13800000001")
        );
        for mail in [
            "li",
            "li@",
            "@a.b",
            "a b@c.de",
            "li@example",
            "li@a..b",
            "李@a.cn",
        ] {
            assert!(!is_mail(mail), "{mail}");
        }
        let refusal = super::read("li", "0519-8888").unwrap_err();
        let Refusal::Fields(fields) = refusal else {
            panic!("both fields are wrong");
        };
        let fields: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["mail", "telephone"]);
    }
}
