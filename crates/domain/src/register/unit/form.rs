//! A unit record as it is typed into a form or a sheet: text, read into `UnitDetails` or refused field by field.

use jianjia_standard::fact::EARLIEST_DAY;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        count::{self, NoCount},
        day,
        refusal::Refusal,
        text::{
            form::{is_unions_name, several_unions},
            line, private_character,
        },
        width::{has_control, narrow},
    },
    register::{
        credit_code::{self, CreditCodeRefusal},
        unit::{
            UnitDetails,
            codes::{self, Code},
            refusal::UnitRefusal,
        },
    },
};

/// A field of the record, with its words and its longest text in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub limit: usize,
}

macro_rules! unit_form {
    ($($field:ident $zh:literal $en:literal $limit:literal;)*) => {
        /// The record as typed.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct UnitForm {
            $(pub $field: String,)*
        }

        /// The fields in the order of the form.
        pub const FIELDS: &[Field] = &[
            $(Field { key: stringify!($field), zh: $zh, en: $en, limit: $limit },)*
        ];

        impl UnitForm {
            pub fn get(&self, key: &str) -> Option<&str> {
                match key {
                    $(stringify!($field) => Some(&self.$field),)*
                    _ => None,
                }
            }

            pub fn get_mut(&mut self, key: &str) -> Option<&mut String> {
                match key {
                    $(stringify!($field) => Some(&mut self.$field),)*
                    _ => None,
                }
            }
        }
    };
}

unit_form! {
    name "工会名称" "Union name" 100;
    credit_code "工会统一社会信用代码" "Union's credit code" 40;
    form "组织形式" "Form of organisation" 60;
    founded_on "建会日期" "Founded on" 40;
    division "所在区划" "Division" 60;
    employer_name "单位名称" "Employer" 100;
    employer_credit_code "单位统一社会信用代码" "Employer's credit code" 40;
    code_reason "代码核对说明" "How the code was checked" 200;
    employer "单位类别" "Employer category" 60;
    employer_nature "单位性质" "Employer nature" 60;
    employer_economic_type "经济类型" "Economic type" 60;
    employer_industry "所属行业" "Industry" 100;
    employer_address "单位地址" "Address" 200;
    workers "职工人数" "Workers" 20;
    members "会员人数" "Members" 20;
    phone "联系电话" "Phone" 40;
}

/// Shorter words say no reason.
const SHORTEST_REASON: usize = 4;

/// The closed list behind a field, if it has one.
pub fn list_of(key: &str) -> Option<&'static [Code]> {
    match key {
        "form" => Some(codes::FORMS),
        "employer" => Some(codes::EMPLOYERS),
        "employer_nature" => Some(codes::NATURES),
        "employer_economic_type" => Some(codes::ECONOMIC_TYPES),
        "employer_industry" => Some(codes::INDUSTRIES),
        _ => None,
    }
}

/// The record as typed, read; or every field that can't be taken, with why. The division is only trimmed: whether it
/// exists is known to the register.
///
/// # Errors
/// By field. Any: `TooLong`, `ControlCharacter`; `name`: `NameMissing`, `SeveralUnions`, `NotAUnionsName`; the codes as [`credit_code::read_pair`]; what is chosen from a list:
/// `NotOfTheList`; `founded_on`: `NotADay`, `DayInFuture`, `DayTooEarly`; `phone`: `NotAPhone`, `PhoneWithoutZero`; `workers` and `members`, whole
/// numbers of people: `NotACount`, `RoughCount`, `MembersAboveWorkers`.
pub fn read(form: &UnitForm, today: Date) -> Result<UnitDetails, Refusal> {
    let mut refusals = Refusals::default();
    for field in FIELDS {
        let typed = form.get(field.key).unwrap_or_default();
        if typed.chars().count() > field.limit {
            refusals.add(
                field.key,
                UnitRefusal::TooLong {
                    field: *field,
                    found: typed.chars().count(),
                },
            );
        } else if has_control(typed) {
            refusals.add(field.key, UnitRefusal::ControlCharacter);
        } else if let Some(character) = private_character(typed) {
            refusals.add(field.key, UnitRefusal::PrivateCharacter { character });
        }
    }
    let name = line(&form.name);
    if name.is_empty() {
        refusals.add("name", UnitRefusal::NameMissing);
    } else if let Some(names) = several_unions(&form.name) {
        refusals.add("name", UnitRefusal::SeveralUnions { names });
    } else if !is_unions_name(&form.name) {
        let typed = name.clone();
        refusals.add("name", UnitRefusal::NotAUnionsName { typed });
    }
    let reason = refusals.reason(&form.code_reason);
    let (union_code, employer_code) = credit_code::read_pair(
        &form.credit_code,
        &form.employer_credit_code,
        reason.is_some(),
    );
    let is_odd = |code: &Result<Option<String>, CreditCodeRefusal>| {
        code.as_ref()
            .is_ok_and(|code| code.as_deref().is_some_and(credit_code::is_odd))
    };
    let is_odd = is_odd(&union_code) || is_odd(&employer_code);
    let details = UnitDetails {
        name,
        division: narrow(&form.division),
        form: refusals.code("form", &form.form),
        credit_code: refusals.take("credit_code", union_code),
        // A code that is right needs no reason.
        code_reason: reason.filter(|_| is_odd),
        founded_on: refusals.day("founded_on", &form.founded_on, today),
        employer: refusals.code("employer", &form.employer),
        employer_name: optional(&form.employer_name),
        employer_credit_code: refusals.take("employer_credit_code", employer_code),
        employer_address: optional(&form.employer_address),
        employer_nature: refusals.code("employer_nature", &form.employer_nature),
        employer_economic_type: refusals
            .code("employer_economic_type", &form.employer_economic_type),
        employer_industry: refusals.code("employer_industry", &form.employer_industry),
        phone: refusals.phone("phone", &form.phone),
        workers: refusals.count("workers", &form.workers),
        members: refusals.count("members", &form.members),
    };
    if let (Some(workers), Some(members)) = (details.workers, details.members)
        && members > workers
    {
        refusals.add(
            "members",
            UnitRefusal::MembersAboveWorkers { members, workers },
        );
    }
    refusals.or(details)
}

/// A record as it stands in a form; `read` brings it back.
pub fn of(details: &UnitDetails) -> UnitForm {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    UnitForm {
        name: details.name.clone(),
        credit_code: text(&details.credit_code),
        form: text(&details.form),
        founded_on: details
            .founded_on
            .map_or_else(String::new, |day| day.to_string()),
        division: details.division.clone(),
        employer_name: text(&details.employer_name),
        employer_credit_code: text(&details.employer_credit_code),
        code_reason: text(&details.code_reason),
        employer: text(&details.employer),
        employer_nature: text(&details.employer_nature),
        employer_economic_type: text(&details.employer_economic_type),
        employer_industry: text(&details.employer_industry),
        employer_address: text(&details.employer_address),
        workers: number(details.workers),
        members: number(details.members),
        phone: text(&details.phone),
    }
}

/// The fields in which two records differ.
pub fn differing(one: &UnitDetails, other: &UnitDetails) -> Vec<&'static Field> {
    let (one, other) = (of(one), of(other));
    FIELDS
        .iter()
        .filter(|field| one.get(field.key) != other.get(field.key))
        .collect()
}

/// A number of people, as [`count::read`].
///
/// # Errors
/// As there.
pub fn people(text: &str) -> Result<i64, NoCount> {
    count::read(text, ["人", "名"])
}

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
fn with_zero(phone: &str) -> Option<String> {
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

/// Collects the refusals of a form's fields; only one a field is kept, the first.
#[derive(Default)]
pub struct Refusals(Vec<(String, Refusal)>);

impl Refusals {
    pub fn add(&mut self, field: &str, refusal: impl Into<Refusal>) {
        if self.0.iter().all(|(known, _)| known != field) {
            self.0.push((field.to_owned(), refusal.into()));
        }
    }

    /// The value if no field was refused.
    ///
    /// # Errors
    /// The refusals, by field.
    pub fn or<T>(self, value: T) -> Result<T, Refusal> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(Refusal::Fields(self.0))
        }
    }

    pub fn take<T: Default, R: Into<Refusal>>(&mut self, field: &str, result: Result<T, R>) -> T {
        match result {
            Ok(value) => value,
            Err(refusal) => {
                self.add(field, refusal);
                T::default()
            }
        }
    }

    /// A day in the past or today; empty is none.
    pub fn day(&mut self, field: &str, text: &str, today: Date) -> Option<Date> {
        if narrow(text).is_empty() {
            return None;
        }
        match day::read(text) {
            None => self.add(field, UnitRefusal::NotADay { typed: line(text) }),
            Some(day) if day > today => {
                self.add(field, UnitRefusal::DayInFuture { day, today });
            }
            Some(day) if day < EARLIEST_DAY => {
                self.add(field, UnitRefusal::DayTooEarly { day, today });
            }
            Some(day) => return Some(day),
        }
        None
    }

    /// Why an odd code is kept, in words: more than a yes.
    fn reason(&mut self, text: &str) -> Option<String> {
        let reason = optional(text)?;
        if reason.chars().count() < SHORTEST_REASON {
            self.add("code_reason", UnitRefusal::ReasonTooShort);
            return None;
        }
        Some(reason)
    }

    fn code(&mut self, field: &str, text: &str) -> Option<String> {
        if narrow(text).is_empty() {
            return None;
        }
        let list = list_of(field)?;
        let code = codes::read(list, text);
        if code.is_none() {
            self.add(
                field,
                UnitRefusal::NotOfTheList {
                    typed: line(text),
                    list,
                },
            );
        }
        code.map(|code| code.key.to_owned())
    }

    fn count(&mut self, field: &str, text: &str) -> Option<i64> {
        if narrow(text).is_empty() {
            return None;
        }
        let typed = || line(text);
        match people(text) {
            Ok(count) => return Some(count),
            Err(NoCount::Rough) => self.add(field, UnitRefusal::RoughCount { typed: typed() }),
            Err(NoCount::Other) => self.add(field, UnitRefusal::NotACount { typed: typed() }),
        }
        None
    }

    pub fn phone(&mut self, field: &str, text: &str) -> Option<String> {
        if narrow(text).is_empty() {
            return None;
        }
        match phone(text) {
            None => self.add(field, UnitRefusal::NotAPhone { typed: line(text) }),
            Some(phone) => match with_zero(&phone) {
                Some(meant) => self.add(field, UnitRefusal::PhoneWithoutZero { phone, meant }),
                None => return Some(phone),
            },
        }
        None
    }
}

fn optional(text: &str) -> Option<String> {
    let text = line(text);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use jianjia_standard::Lang;
    use jiff::civil::date;

    use super::*;
    use crate::core::refusal::Refuse;

    fn refused(change: impl Fn(&mut UnitForm)) -> Vec<(String, &'static str)> {
        let mut form = UnitForm {
            name: "常州某厂工会".to_owned(),
            ..UnitForm::default()
        };
        change(&mut form);
        match read(&form, date(2016, 10, 20)) {
            Ok(_) => Vec::new(),
            Err(Refusal::Fields(fields)) => fields
                .into_iter()
                .map(|(field, refusal)| (field, refusal.key()))
                .collect(),
            Err(other) => vec![(String::new(), other.key())],
        }
    }

    fn check(change: impl Fn(&mut UnitForm), expect: &[(&str, &'static str)]) {
        let expect: Vec<(String, &str)> = expect
            .iter()
            .map(|(field, key)| ((*field).to_owned(), *key))
            .collect();
        assert_eq!(refused(change), expect);
    }

    #[test]
    fn every_field_that_cannot_be_taken_is_told_at_once() {
        check(|_| {}, &[]);
        check(
            |form| form.name = " 　 ".into(),
            &[("name", "unit/name-missing")],
        );
        check(
            |form| form.name = "甲厂工会、乙厂工会".into(),
            &[("name", "unit/several-unions")],
        );
        check(
            |form| form.name = "工会".into(),
            &[("name", "unit/not-a-unions-name")],
        );
        check(
            |form| form.name = "会".repeat(101),
            &[("name", "unit/too-long")],
        );
        check(
            |form| form.name = "工\u{0}会".into(),
            &[("name", "unit/control-character")],
        );
        check(
            |form| form.workers = "约二百".into(),
            &[("workers", "unit/rough-count")],
        );
        check(
            |form| form.workers = "-3".into(),
            &[("workers", "unit/not-a-count")],
        );
        check(
            |form| form.founded_on = "2016-13-01".into(),
            &[("founded_on", "unit/not-a-day")],
        );
        check(
            |form| form.founded_on = "2016-10-21".into(),
            &[("founded_on", "unit/day-in-future")],
        );
        check(
            |form| form.employer_industry = "造船".into(),
            &[("employer_industry", "unit/not-of-the-list")],
        );
        check(
            |form| form.phone = "打给老王".into(),
            &[("phone", "unit/not-a-phone")],
        );
        check(
            |form| {
                form.workers = "１，２００人".into();
                form.members = "1201".into();
                form.credit_code = "81".into();
            },
            &[
                ("credit_code", "credit-code/length"),
                ("members", "unit/members-above-workers"),
            ],
        );
    }

    #[test]
    fn a_telephone_that_lost_its_zero_is_told() {
        for (typed, meant) in [
            ("51988888888", Some("0519-88888888")),
            ("519-88888888", Some("0519-88888888")),
            ("519 88888888", Some("0519 88888888")),
            ("1088886666", Some("010-88886666")),
            ("2588886666", Some("025-88886666")),
            ("25-88886666-801", Some("025-88886666-801")),
            ("5128886666", Some("0512-8886666")),
            ("051988888888", None),
            ("0519-88888888", None),
            ("(0519)88888888", None),
            ("+86 519 88888888", None),
            ("86681234", None),
            ("8668-1234", None),
            ("13861012345", None),
            ("138-6101-2345", None),
            ("4008208820", None),
            ("400-820-8820", None),
            ("400-8208820", None),
        ] {
            let plain = phone(typed).expect(typed);
            assert_eq!(with_zero(&plain).as_deref(), meant, "{typed}");
        }
        check(
            |form| form.phone = "51988888888".into(),
            &[("phone", "unit/phone-without-zero")],
        );
    }

    #[test]
    fn a_day_before_there_were_unions_is_told_with_the_bounds() {
        for (typed, key) in [
            ("1850-01-01", "unit/day-too-early"),
            ("1899-12-30", "unit/day-too-early"),
            ("1900-01-00", "unit/not-a-day"),
            ("0", "unit/not-a-day"),
            ("1899-12-31", "unit/day-too-early"),
        ] {
            check(
                |form| form.founded_on = typed.into(),
                &[("founded_on", key)],
            );
        }
        check(|form| form.founded_on = "1900-01-01".into(), &[]);
        let early = UnitRefusal::DayTooEarly {
            day: date(1899, 12, 30),
            today: date(2016, 10, 20),
        };
        assert_eq!(
            early.sentence(Lang::Zh),
            "1899-12-30 太早了（像是表格软件把 0 显示成的日期：这一格原来是空的或是 0）。应在 1900-01-01 到今天（2016-10-20）之间，请核对；还不清楚的，这一栏空着。"
        );
    }

    #[test]
    fn a_printed_code_whose_check_digit_is_off_is_kept_with_a_reason() {
        let odd = |reason: &str| UnitForm {
            name: "常州某厂工会".to_owned(),
            employer_credit_code: "914403007084611361".to_owned(),
            code_reason: reason.to_owned(),
            ..UnitForm::default()
        };
        let refused = |reason: &str| match read(&odd(reason), date(2016, 10, 20)) {
            Err(Refusal::Fields(fields)) => fields
                .into_iter()
                .map(|(field, refusal)| (field, refusal.key()))
                .collect(),
            _ => Vec::new(),
        };
        let code = ("employer_credit_code".to_owned(), "credit-code/check-digit");
        assert_eq!(refused(""), std::slice::from_ref(&code));
        let short = ("code_reason".to_owned(), "unit/reason-too-short");
        assert_eq!(refused("是"), [short, code]);
        let details = read(&odd("与营业执照原件核对过"), date(2016, 10, 20)).unwrap();
        assert_eq!(details.code_reason.as_deref(), Some("与营业执照原件核对过"));
        let right = UnitForm {
            employer_credit_code: "91440300708461136T".to_owned(),
            ..odd("与营业执照原件核对过")
        };
        assert_eq!(read(&right, date(2016, 10, 20)).unwrap().code_reason, None);
    }

    #[test]
    fn a_record_comes_back_from_its_form_unchanged() {
        let details = UnitDetails {
            name: "常州某厂工会".to_owned(),
            division: "320402".to_owned(),
            form: Some("joint".to_owned()),
            founded_on: Some(date(2009, 6, 1)),
            employer: Some("enterprise".to_owned()),
            employer_name: Some("常州某厂".to_owned()),
            employer_nature: Some("enterprise".to_owned()),
            employer_economic_type: Some("private".to_owned()),
            employer_industry: Some("C".to_owned()),
            employer_address: Some("延陵路 1 号".to_owned()),
            phone: Some("0519-86681234".to_owned()),
            workers: Some(200),
            members: Some(190),
            credit_code: None,
            employer_credit_code: Some("914403007084611361".to_owned()),
            code_reason: Some("与营业执照原件核对，印的就是这样".to_owned()),
        };
        assert_eq!(read(&of(&details), date(2016, 10, 20)), Ok(details));
    }
}
