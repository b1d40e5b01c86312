//! Where a unit is paid: account name, bank and number. The number is encrypted where it is kept; pages show its last four digits.

use jianjia_standard::Lang;
use jiff::Timestamp;

use crate::core::{
    ids::UnitId,
    policy::{Permit, act},
    refusal::{Refusal, Refuse},
    text::line,
    width::narrow,
};

/// As somebody said it; the newest revision counts, and those before stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankDetails {
    pub unit: UnitId,
    pub unit_path: String,
    pub account_name: String,
    pub bank: String,
    /// The number, encrypted with the instance's key.
    pub sealed: String,
    /// Its last four digits.
    pub tail: String,
    pub said_by_name: String,
    pub said_at: Timestamp,
    pub revision: i64,
}

/// As typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BankForm {
    pub account_name: String,
    pub bank: String,
    pub account: String,
}

/// As it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadBank {
    pub account_name: String,
    pub bank: String,
    pub number: String,
}

impl ReadBank {
    /// The last digits, by which people know it again.
    pub fn tail(&self) -> String {
        tail(&self.number)
    }
}

fn tail(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    digits[digits.len().saturating_sub(4)..].iter().collect()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankRefusal {
    NameMissing,
    NameTooLong,
    BankMissing,
    BankTooLong,
    NumberMissing,
    NumberWrong,
}

const NAME_AT_MOST: usize = 80;

/// The details that were typed.
///
/// # Errors
/// By field.
pub fn read(form: &BankForm, _: &Permit<act::SayBankDetails>) -> Result<ReadBank, Refusal> {
    let account_name = line(&form.account_name);
    let bank = line(&form.bank);
    let number: String = narrow(&form.account)
        .chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '-')
        .collect();
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut at = |field: &str, refusal: BankRefusal| wrong.push((field.to_owned(), refusal.into()));
    match account_name.chars().count() {
        0 => at("account_name", BankRefusal::NameMissing),
        length if length > NAME_AT_MOST => at("account_name", BankRefusal::NameTooLong),
        _ => {}
    }
    match bank.chars().count() {
        0 => at("bank", BankRefusal::BankMissing),
        length if length > NAME_AT_MOST => at("bank", BankRefusal::BankTooLong),
        _ => {}
    }
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    match number.len() {
        0 => at("account", BankRefusal::NumberMissing),
        8..=32 if is_number => {}
        _ => at("account", BankRefusal::NumberWrong),
    }
    if wrong.is_empty() {
        Ok(ReadBank {
            account_name,
            bank,
            number,
        })
    } else {
        Err(Refusal::Fields(wrong))
    }
}

impl Refuse for BankRefusal {
    fn key(&self) -> &'static str {
        match self {
            BankRefusal::NameMissing => "bank/name-missing",
            BankRefusal::NameTooLong => "bank/name-too-long",
            BankRefusal::BankMissing => "bank/bank-missing",
            BankRefusal::BankTooLong => "bank/bank-too-long",
            BankRefusal::NumberMissing => "bank/number-missing",
            BankRefusal::NumberWrong => "bank/number-wrong",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        let sentence = match (self, lang) {
            (BankRefusal::NameMissing, Lang::Zh) => "请填户名，要和开户行登记的一致。",
            (BankRefusal::NameMissing, Lang::En) => {
                "Enter the name of the account as the bank has it."
            }
            (BankRefusal::NameTooLong, Lang::Zh) => "户名太长，最多 80 个字。",
            (BankRefusal::NameTooLong, Lang::En) => {
                "The account's name is too long: 80 characters at most."
            }
            (BankRefusal::BankMissing, Lang::Zh) => {
                "请填开户行，写到支行，如“江南农村商业银行雕庄支行”。"
            }
            (BankRefusal::BankMissing, Lang::En) => "Enter the bank, with its branch.",
            (BankRefusal::BankTooLong, Lang::Zh) => "开户行太长，最多 80 个字。",
            (BankRefusal::BankTooLong, Lang::En) => {
                "The bank's name is too long: 80 characters at most."
            }
            (BankRefusal::NumberMissing, Lang::Zh) => "请填账号。",
            (BankRefusal::NumberMissing, Lang::En) => "Enter the account number.",
            (BankRefusal::NumberWrong, Lang::Zh) => {
                "账号应当是 8 到 32 位数字，可以带空格。请照开户许可证再核对一遍。"
            }
            (BankRefusal::NumberWrong, Lang::En) => {
                "An account number has 8 to 32 digits; blanks don't matter. Compare it with the bank's paper."
            }
        };
        sentence.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::policy::any_permit;

    #[test]
    fn a_number_is_read_with_its_blanks_and_its_end_is_shown() {
        let permit = any_permit(act::SayBankDetails);
        let form = |account: &str| BankForm {
            account_name: "雕庄村工会联合会".to_owned(),
            bank: "江南农村商业银行".to_owned(),
            account: account.to_owned(),
        };
        let read = |account: &str| match super::read(&form(account), &permit) {
            Ok(read) => format!("{} {}", read.number, read.tail()),
            Err(Refusal::Fields(fields)) => fields[0].1.key().to_owned(),
            Err(refusal) => refusal.key().to_owned(),
        };
        assert_eq!(read("1105 0２１2-34567890"), "1105021234567890 7890");
        assert_eq!(read("1234567"), "bank/number-wrong");
        assert_eq!(read("12345678x"), "bank/number-wrong");
        assert_eq!(read(""), "bank/number-missing");
    }
}
