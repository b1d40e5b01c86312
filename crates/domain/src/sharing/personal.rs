//! Numbers of people in a text that many will read: telephone numbers and identity numbers. They are not masked, since nobody could say whether enough
//! of them was: whoever wrote takes them out.

use std::fmt;

use jianjia_standard::Lang;

use crate::core::{identity, width::narrow};

/// A number that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonalNumber {
    Telephone(String),
    Identity(String),
}

impl PersonalNumber {
    /// What it is, with the number itself, so that it is found in the text.
    pub fn told(&self, lang: Lang) -> String {
        match (self, lang) {
            (PersonalNumber::Telephone(number), Lang::Zh) => format!("电话号码 {number}"),
            (PersonalNumber::Telephone(number), Lang::En) => format!("telephone number {number}"),
            (PersonalNumber::Identity(number), Lang::Zh) => format!("身份证号码 {number}"),
            (PersonalNumber::Identity(number), Lang::En) => format!("identity number {number}"),
        }
    }
}

/// The numbers of people in a text, in their order, each once.
pub fn numbers_in(text: &str) -> Vec<PersonalNumber> {
    let text = narrow(text);
    let characters: Vec<char> = text.chars().collect();
    let mut found: Vec<PersonalNumber> = Vec::new();
    for run in runs(&characters) {
        for number in numbers_of(&run, &characters) {
            if !found.contains(&number) {
                found.push(number);
            }
        }
    }
    found
}

/// Digits that belong together: groups with a blank or a dash between two of them.
struct Run {
    groups: Vec<String>,
    /// Where it begins.
    at: usize,
}

impl fmt::Display for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.groups.join("-"))
    }
}

fn runs(characters: &[char]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut place = 0;
    while place < characters.len() {
        if !characters[place].is_ascii_digit() {
            place += 1;
            continue;
        }
        let mut run = Run {
            groups: vec![String::new()],
            at: place,
        };
        while place < characters.len() {
            let next = characters.get(place + 1);
            let is_check = matches!(characters[place], 'x' | 'X')
                && run.groups.concat().len() == 17
                && !next.is_some_and(char::is_ascii_alphanumeric);
            let joins = matches!(characters[place], ' ' | '-' | '(' | ')')
                && next.is_some_and(char::is_ascii_digit);
            if characters[place].is_ascii_digit() || is_check {
                if let Some(group) = run.groups.last_mut() {
                    group.push(characters[place].to_ascii_uppercase());
                }
            } else if joins {
                run.groups.push(String::new());
            } else {
                break;
            }
            place += 1;
        }
        runs.push(run);
    }
    runs
}

/// How the digits of telephone numbers are grouped, and how such a number begins.
const MOBILE: &[&[usize]] = &[&[11], &[3, 4, 4], &[3, 8], &[7, 4], &[4, 4, 3]];
const LANDLINE: &[&[usize]] = &[
    &[11],
    &[12],
    &[3, 8],
    &[4, 7],
    &[4, 8],
    &[3, 4, 4],
    &[4, 4, 4],
    &[4, 3, 4],
];
const HOTLINE: &[&[usize]] = &[&[10], &[3, 3, 4], &[3, 4, 3], &[3, 7]];

fn numbers_of(run: &Run, characters: &[char]) -> Vec<PersonalNumber> {
    let whole = run.groups.concat();
    if identity::is_number(&whole) {
        return vec![PersonalNumber::Identity(whole)];
    }
    let (mut found, mut place) = (Vec::new(), 0);
    while place < run.groups.len() {
        let group = &run.groups[place];
        if identity::is_number(group) {
            found.push(PersonalNumber::Identity(group.clone()));
            place += 1;
            continue;
        }
        match telephone_at(&run.groups[place..]) {
            Some(groups) => {
                let number = run.groups[place..place + groups].join("-");
                found.push(PersonalNumber::Telephone(number));
                place += groups;
            }
            None => place += 1,
        }
    }
    if found.is_empty() && is_called_telephone(&whole, run.at, characters) {
        found.push(PersonalNumber::Telephone(run.to_string()));
    }
    found
}

/// How many of the groups make a telephone number.
fn telephone_at(groups: &[String]) -> Option<usize> {
    let fits = |shapes: &[&[usize]], begins: &dyn Fn(&str) -> bool| {
        let mut shapes = shapes.iter();
        let shape = shapes.find(|shape| {
            shape.len() <= groups.len()
                && shape
                    .iter()
                    .zip(groups)
                    .all(|(length, group)| group.len() == *length)
                && begins(&groups[..shape.len()].concat())
        });
        shape.map(|shape| shape.len())
    };
    let is_mobile = |digits: &str| {
        let mut digits = digits.bytes();
        digits.next() == Some(b'1') && matches!(digits.next(), Some(b'3'..=b'9'))
    };
    if let [first, ..] = groups
        && first.len() == 13
        && first.strip_prefix("86").is_some_and(is_mobile)
    {
        return Some(1);
    }
    fits(MOBILE, &is_mobile)
        .or_else(|| {
            fits(LANDLINE, &|digits| {
                digits.starts_with('0') && !digits.starts_with("00")
            })
        })
        .or_else(|| {
            fits(HOTLINE, &|digits| {
                digits.starts_with("400") || digits.starts_with("800")
            })
        })
}

/// Seven or eight digits behind a word for a telephone.
fn is_called_telephone(digits: &str, at: usize, characters: &[char]) -> bool {
    const NEAR: usize = 8;
    if !matches!(digits.len(), 7 | 8) {
        return false;
    }
    let before: String = characters[at.saturating_sub(NEAR)..at].iter().collect();
    let before = before.to_lowercase();
    ["电话", "热线", "手机", "座机", "tel", "phone"]
        .iter()
        .any(|word| before.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let found = numbers_in(text);
        let told: Vec<String> = found.iter().map(|number| number.told(Lang::Zh)).collect();
        assert_eq!(told, expect, "{text}");
    }

    #[test]
    fn telephone_numbers_are_found_however_they_are_typed() {
        for (text, number) in [
            ("请打13812345678联系", "13812345678"),
            ("１３８１２３４５６７８", "13812345678"),
            ("138 1234 5678", "138-1234-5678"),
            ("138-1234-5678", "138-1234-5678"),
            ("+86 13812345678", "13812345678"),
            ("8613812345678", "8613812345678"),
            ("0519-86680000", "0519-86680000"),
            ("(0519)86680000", "0519-86680000"),
            ("051986680000", "051986680000"),
            ("010-65121234", "010-65121234"),
            ("400-820-8820", "400-820-8820"),
            ("联系电话：86680000", "86680000"),
            ("Tel 8668000", "8668000"),
        ] {
            check(text, &[&format!("电话号码 {number}")]);
        }
    }

    #[test]
    fn identity_numbers_are_found_and_told_apart() {
        check("11010519491231002X", &["身份证号码 11010519491231002X"]);
        check(
            "张三 110105 19491231 002x，手机 13812345678",
            &["身份证号码 11010519491231002X", "电话号码 13812345678"],
        );
    }

    #[test]
    fn figures_days_and_codes_are_none() {
        for text in [
            "",
            "2016-10-20 参加 120 人，比 2015 年多 35 人",
            "2016 年 3 月 8 日至 2016 年 3 月 12 日",
            "经费 138000 元，其中 12345678 元由行政补助",
            "20161020",
            "91320400708461136T",
            "苏工发〔2016〕29 号",
            "入会率 98.5%，满意率 97.25%",
            "118 户，1 380 000 元",
        ] {
            check(text, &[]);
        }
    }
}
