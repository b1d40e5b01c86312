//! A unit record as it is typed into a form or a sheet: text, read into `UnitDetails` or refused field by field.

mod phone;
mod refusals;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::{phone::phone, refusals::Refusals};
use crate::{
    core::{
        count::{self, NoCount},
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

fn optional(text: &str) -> Option<String> {
    let text = line(text);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
