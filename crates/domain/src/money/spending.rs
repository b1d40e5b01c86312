//! What a unit spends of what it was granted: on the purposes of the standard (R6) and nothing else, with a voucher.

use jianjia_standard::{
    Lang, Standard, Text,
    programme::money::{Over, Purpose},
};
use jiff::civil::Date;

use crate::{
    core::{
        day,
        policy::{Permit, act},
        refusal::{Refusal, Refuse},
        text::line,
    },
    money::{
        amount::{self, yuan},
        ledger::{Account, Balances, LedgerRefusal, Line, Movement, REASON_AT_MOST, lines},
    },
};

jianjia_standard::keyed! {
    /// To whom it was paid: the kind alone, since nobody's name is needed.
    pub enum PayeeKind {
        Shop = "shop" / "收款方|商家",
        Workers = "workers" / "收款方|职工",
        Body = "body" / "收款方|单位、协会",
        Other = "other" / "收款方|其他",
    }
}

/// As typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpendingForm {
    pub spent_on: String,
    /// A key of a purpose, or `other` with what it was in `named`.
    pub purpose: String,
    pub named: String,
    pub amount: String,
    pub payee: String,
    pub what: String,
}

/// As it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending {
    pub spent_on: Date,
    pub purpose: String,
    pub amount_fen: i64,
    pub payee: PayeeKind,
    pub what: String,
    /// So much of it is more than there was.
    pub over_fen: i64,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpendingRefusal {
    NoPurpose,
    /// What money is not for, by the name that was given.
    WrongPurpose {
        named: String,
        clause: String,
        text: Text,
        purposes: Vec<Text>,
    },
    NoPayee,
    /// Nobody said what was bought or held.
    NoWhat,
    NoVoucher,
    /// More than there is, where the standard takes none of that.
    Over {
        clause: String,
        held_fen: i64,
    },
}

/// What a unit says that it spent, with how many vouchers come with it.
///
/// # Errors
/// By field; `NoRules` where the standard of the year has none.
pub fn spend(
    standard: &Standard,
    _: &Permit<act::RecordSpending>,
    (year, balances): (i16, &Balances),
    form: &SpendingForm,
    (vouchers, today): (usize, Date),
) -> Result<Spending, Refusal> {
    let Some(rules) = &standard.money else {
        return Err(LedgerRefusal::NoRules { year }.into());
    };
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut at = |field: &str, refusal: Refusal| wrong.push((field.to_owned(), refusal));
    let spent_on = day::read(&form.spent_on).filter(|day| day.year() == year && *day <= today);
    if spent_on.is_none() {
        at("spent_on", LedgerRefusal::NoDay { year }.into());
    }
    let purpose = match purpose_of(standard, form) {
        Ok(purpose) => Some(purpose.key.clone()),
        Err((field, refusal)) => {
            at(field, refusal.into());
            None
        }
    };
    let amount_fen = match amount::read(&form.amount) {
        Ok(amount_fen) => Some(amount_fen),
        Err(refusal) => {
            at("amount", refusal.into());
            None
        }
    };
    let payee = PayeeKind::from_key(&form.payee);
    if payee.is_none() {
        at("payee", SpendingRefusal::NoPayee.into());
    }
    let what = line(&form.what);
    match what.chars().count() {
        0 => at("what", SpendingRefusal::NoWhat.into()),
        length if length > REASON_AT_MOST => {
            let most = REASON_AT_MOST;
            at("what", LedgerRefusal::TooLong { most }.into());
        }
        _ => {}
    }
    if rules.asks_voucher && vouchers == 0 {
        at("file", SpendingRefusal::NoVoucher.into());
    }
    let held_fen = balances.of(Account::Held).max(0);
    let over_fen = amount_fen.map_or(0, |amount| (amount - held_fen).max(0));
    if over_fen > 0 && rules.over == Over::Refuse {
        let clause = rules.clause.clone();
        at("amount", SpendingRefusal::Over { clause, held_fen }.into());
    }
    match (spent_on, purpose, amount_fen, payee) {
        (Some(spent_on), Some(purpose), Some(amount_fen), Some(payee)) if wrong.is_empty() => {
            Ok(Spending {
                lines: lines(year, &Movement::Spend(&purpose), amount_fen),
                spent_on,
                purpose,
                amount_fen,
                payee,
                what,
                over_fen,
            })
        }
        _ => Err(Refusal::Fields(wrong)),
    }
}

/// The purpose that was chosen, or that is meant by what was typed beside the others.
fn purpose_of<'a>(
    standard: &'a Standard,
    form: &SpendingForm,
) -> Result<&'a Purpose, (&'static str, SpendingRefusal)> {
    let (field, typed) = match form.purpose.as_str() {
        "other" => ("named", line(&form.named)),
        chosen => ("purpose", line(chosen)),
    };
    if typed.is_empty() {
        return Err((field, SpendingRefusal::NoPurpose));
    }
    standard.purpose_meant(&typed).ok_or_else(|| {
        let clause = standard.money.as_ref().map(|rules| rules.clause.as_str());
        let clause = clause.unwrap_or_default();
        let mut rewards = standard.rewards.iter();
        let text = rewards.find(|reward| reward.clause == clause);
        let refusal = SpendingRefusal::WrongPurpose {
            named: typed.chars().take(40).collect(),
            clause: clause.to_owned(),
            text: text.map(|reward| reward.text.clone()).unwrap_or_default(),
            purposes: standard
                .purposes
                .iter()
                .map(|purpose| purpose.name.clone())
                .collect(),
        };
        (field, refusal)
    })
}

impl Refuse for SpendingRefusal {
    fn key(&self) -> &'static str {
        match self {
            SpendingRefusal::NoPurpose => "spending/no-purpose",
            SpendingRefusal::WrongPurpose { .. } => "spending/wrong-purpose",
            SpendingRefusal::NoPayee => "spending/no-payee",
            SpendingRefusal::NoWhat => "spending/no-what",
            SpendingRefusal::NoVoucher => "spending/no-voucher",
            SpendingRefusal::Over { .. } => "spending/over",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (SpendingRefusal::NoPurpose, Lang::Zh) => "请选用在哪一项上。".to_owned(),
            (SpendingRefusal::NoPurpose, Lang::En) => "Choose what it was spent on.".to_owned(),
            (
                SpendingRefusal::WrongPurpose {
                    named,
                    clause,
                    text,
                    purposes,
                },
                Lang::Zh,
            ) => {
                let purposes: Vec<&str> =
                    purposes.iter().map(|purpose| purpose.zh.as_str()).collect();
                format!(
                    "“{named}”不是经费可以用的地方，没有记账。{clause}：{}可以用于：{}。已经付出去的，请用别的经费归还。",
                    text.zh,
                    purposes.join("、")
                )
            }
            (
                SpendingRefusal::WrongPurpose {
                    named,
                    clause,
                    text,
                    purposes,
                },
                Lang::En,
            ) => {
                let purposes: Vec<&str> =
                    purposes.iter().map(|purpose| purpose.en.as_str()).collect();
                format!(
                    "This money may not be spent on \"{named}\", so nothing was entered. {clause}: {} It is for: {}. What was paid out already is to be made good from other funds.",
                    text.en,
                    purposes.join(", ")
                )
            }
            (SpendingRefusal::NoPayee, Lang::Zh) => {
                "请选付给了谁。只选种类，不用写姓名。".to_owned()
            }
            (SpendingRefusal::NoPayee, Lang::En) => {
                "Choose to whom it was paid: the kind, without a name.".to_owned()
            }
            (SpendingRefusal::NoWhat, Lang::Zh) => {
                "请写买了什么、办了什么，如“职工书屋添置图书”。".to_owned()
            }
            (SpendingRefusal::NoWhat, Lang::En) => {
                "Say what was bought or held, such as books for the workers' library.".to_owned()
            }
            (SpendingRefusal::NoVoucher, Lang::Zh) => {
                "没有凭证。请附上发票或者收据的照片、扫描件；之前选过文件的，请重新选一次。".to_owned()
            }
            (SpendingRefusal::NoVoucher, Lang::En) => {
                "There is no voucher. Attach a photo or a scan of the invoice or receipt; a file chosen before has to be chosen again.".to_owned()
            }
            (SpendingRefusal::Over { clause, held_fen }, Lang::Zh) => format!(
                "账上只有 {} 元，支出比这多，没有记账。超出的部分请用本单位别的经费，这里记到结存为止。（{clause}）",
                yuan(*held_fen)
            ),
            (SpendingRefusal::Over { clause, held_fen }, Lang::En) => format!(
                "Only {} yuan are there, and this is more, so nothing was entered. Pay the rest from other funds, and enter what was paid from this. ({clause})",
                yuan(*held_fen)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::core::policy::any_permit;

    fn standard() -> Standard {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
        jianjia_standard::load::folder(&folder).expect("the standard")
    }

    fn form() -> SpendingForm {
        SpendingForm {
            spent_on: "2016-06-30".to_owned(),
            purpose: "service".to_owned(),
            named: String::new(),
            amount: "50".to_owned(),
            payee: "shop".to_owned(),
            what: "高温慰问，毛巾、绿豆".to_owned(),
        }
    }

    fn held(amount: i64) -> Balances {
        let mut balances = Balances::default();
        for movement in [
            Movement::Grant,
            Movement::Release,
            Movement::Send,
            Movement::Pay,
        ] {
            for line in lines(2016, &movement, amount) {
                balances.add(&line).unwrap();
            }
        }
        balances
    }

    fn keys(standard: &Standard, form: &SpendingForm, vouchers: usize) -> String {
        let permit = any_permit(act::RecordSpending);
        let on = (vouchers, date(2016, 7, 1));
        match spend(standard, &permit, (2016, &held(6_000)), form, on) {
            Ok(spending) => format!("{} over {}", spending.purpose, spending.over_fen),
            Err(Refusal::Fields(fields)) => {
                let keys = fields
                    .iter()
                    .map(|(field, refusal)| format!("{field} {}", refusal.key()));
                keys.collect::<Vec<_>>().join(", ")
            }
            Err(refusal) => refusal.key().to_owned(),
        }
    }

    #[test]
    fn a_purpose_beside_the_three_is_refused_by_its_name_and_the_clause() {
        let standard = standard();
        assert_eq!(keys(&standard, &form(), 1), "service over 0");
        let named = |named: &str| SpendingForm {
            purpose: "other".to_owned(),
            named: named.to_owned(),
            ..form()
        };
        assert_eq!(keys(&standard, &named("文体活动"), 1), "activities over 0");
        assert_eq!(
            keys(&standard, &named("聚餐"), 1),
            "named spending/wrong-purpose"
        );
        assert_eq!(keys(&standard, &named(""), 1), "named spending/no-purpose");
        let permit = any_permit(act::RecordSpending);
        let refused = spend(
            &standard,
            &permit,
            (2016, &held(6_000)),
            &named("聚餐"),
            (1, date(2016, 7, 1)),
        );
        let sentence = refused.unwrap_err().sentence(Lang::Zh);
        for words in ["聚餐", "R6", "工会阵地建设", "服务职工", "开展工会活动"] {
            assert!(sentence.contains(words), "{sentence}");
        }
    }

    #[test]
    fn more_than_there_is_is_marked_or_refused_as_the_standard_says() {
        let mut standard = standard();
        let more = SpendingForm {
            amount: "61.00".to_owned(),
            ..form()
        };
        assert_eq!(keys(&standard, &more, 1), "service over 100");
        if let Some(rules) = &mut standard.money {
            rules.over = Over::Refuse;
        }
        assert_eq!(keys(&standard, &more, 1), "amount spending/over");
        assert_eq!(keys(&standard, &form(), 0), "file spending/no-voucher");
        standard.money = None;
        assert_eq!(keys(&standard, &form(), 1), "ledger/no-rules");
    }

    #[test]
    fn the_day_lies_in_the_year_and_is_not_ahead() {
        let standard = standard();
        for day in ["2015-12-31", "2016-07-02", "", "soon"] {
            let form = SpendingForm {
                spent_on: day.to_owned(),
                ..form()
            };
            assert_eq!(keys(&standard, &form, 1), "spent_on ledger/no-day", "{day}");
        }
    }
}
