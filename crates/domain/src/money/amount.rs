//! Sums of money as people type them and as tables carry them: yuan with at most two decimals, kept as whole fen.

use jianjia_standard::Lang;

use crate::core::{refusal::Refuse, width::narrow};

/// The largest sum that is taken at once: 999,999,999,999.99 yuan.
pub const LARGEST: i64 = 99_999_999_999_999;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmountRefusal {
    Missing,
    /// Zero or less.
    NotPositive {
        typed: String,
    },
    /// With 万 or 亿: which digits are meant must be typed.
    InTenThousands {
        typed: String,
    },
    /// A comma that parts no thousands.
    OddCommas {
        typed: String,
    },
    TooFine {
        typed: String,
    },
    TooLarge {
        typed: String,
    },
    NotANumber {
        typed: String,
    },
}

/// A sum: `1234.5`, `1,234.50`, `１２３４元`, `¥1,234`.
///
/// # Errors
/// What it can't be read for; nothing is guessed.
pub fn read(typed: &str) -> Result<i64, AmountRefusal> {
    let text = narrow(typed);
    let typed = || text.chars().take(40).collect::<String>();
    if text.is_empty() {
        return Err(AmountRefusal::Missing);
    }
    if text.contains(['万', '萬', '亿', '億', '千', '百']) {
        return Err(AmountRefusal::InTenThousands { typed: typed() });
    }
    let mut rest = text.as_str();
    for word in ["人民币", "RMB", "CNY", "¥"] {
        rest = rest.strip_prefix(word).unwrap_or(rest).trim_start();
    }
    // The full-width sign of the yuan is no form of a Latin character.
    rest = rest.strip_prefix('￥').unwrap_or(rest).trim_start();
    for word in ["整", "元", "圆", "圓"] {
        rest = rest.strip_suffix(word).unwrap_or(rest).trim_end();
    }
    let (is_negative, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, rest),
    };
    let (whole, decimals) = rest.split_once('.').unwrap_or((rest, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.contains(',')
        && whole
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b',')
    {
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or_default();
        if first.is_empty() || first.len() > 3 || !groups.all(|group| group.len() == 3) {
            return Err(AmountRefusal::OddCommas { typed: typed() });
        }
    }
    let whole: String = whole.chars().filter(|sign| *sign != ',').collect();
    if whole.is_empty() || !are_digits(&whole) || !are_digits(decimals) || rest.ends_with('.') {
        return Err(AmountRefusal::NotANumber { typed: typed() });
    }
    // 10.500 of a spreadsheet is 10.50.
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 2 {
        return Err(AmountRefusal::TooFine { typed: typed() });
    }
    let fen: Option<i64> = format!("{whole}{decimals:0<2}").parse().ok();
    match fen {
        Some(0) => Err(AmountRefusal::NotPositive { typed: typed() }),
        Some(_) if is_negative => Err(AmountRefusal::NotPositive { typed: typed() }),
        Some(fen) if fen <= LARGEST => Ok(fen),
        _ => Err(AmountRefusal::TooLarge { typed: typed() }),
    }
}

/// A sum in yuan: `1,234.50`, with a minus sign where it is below zero.
pub fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "−" } else { "" };
    let fen = fen.unsigned_abs();
    let digits = (fen / 100).to_string();
    let mut whole = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            whole.push(',');
        }
        whole.push(digit);
    }
    format!("{sign}{whole}.{:02}", fen % 100)
}

/// The same without signs between thousands, as tables for a bank have it: `1234.50`.
pub fn plain(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

impl Refuse for AmountRefusal {
    fn key(&self) -> &'static str {
        match self {
            AmountRefusal::Missing => "amount/missing",
            AmountRefusal::NotPositive { .. } => "amount/not-positive",
            AmountRefusal::InTenThousands { .. } => "amount/in-ten-thousands",
            AmountRefusal::OddCommas { .. } => "amount/odd-commas",
            AmountRefusal::TooFine { .. } => "amount/too-fine",
            AmountRefusal::TooLarge { .. } => "amount/too-large",
            AmountRefusal::NotANumber { .. } => "amount/not-a-number",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        let most = yuan(LARGEST);
        match (self, lang) {
            (AmountRefusal::Missing, Lang::Zh) => "没有填金额。请填多少元，如 1234.50。".to_owned(),
            (AmountRefusal::Missing, Lang::En) => {
                "There is no amount. Enter yuan, such as 1234.50.".to_owned()
            }
            (AmountRefusal::NotPositive { typed }, Lang::Zh) => {
                format!("金额“{typed}”不大于 0。请填大于 0 的数；要冲减的，请用更正。")
            }
            (AmountRefusal::NotPositive { typed }, Lang::En) => format!(
                "The amount \"{typed}\" is not above 0. Enter a number above 0; to take something back, correct its entry."
            ),
            (AmountRefusal::InTenThousands { typed }, Lang::Zh) => format!(
                "金额“{typed}”带有万、千这样的单位，容易看错位数。请把元数写全，如 12,000.00。"
            ),
            (AmountRefusal::InTenThousands { typed }, Lang::En) => format!(
                "The amount \"{typed}\" is given in thousands or ten thousands, which is easily misread. Write out the yuan, such as 12,000.00."
            ),
            (AmountRefusal::OddCommas { typed }, Lang::Zh) => {
                format!("金额“{typed}”里的逗号不在千位上，看不出是多少。请去掉逗号，小数点用“.”。")
            }
            (AmountRefusal::OddCommas { typed }, Lang::En) => format!(
                "The commas of \"{typed}\" part no thousands, so the amount can't be told. Leave them out, and use a point for decimals."
            ),
            (AmountRefusal::TooFine { typed }, Lang::Zh) => {
                format!("金额“{typed}”比分还小。请最多写两位小数。")
            }
            (AmountRefusal::TooFine { typed }, Lang::En) => {
                format!("The amount \"{typed}\" is finer than a fen. Write two decimals at most.")
            }
            (AmountRefusal::TooLarge { typed }, Lang::Zh) => {
                format!("金额“{typed}”太大：一笔最多 {most} 元。请看看是不是多写了位数。")
            }
            (AmountRefusal::TooLarge { typed }, Lang::En) => format!(
                "The amount \"{typed}\" is too large: at most {most} yuan at once. Look whether it has digits too many."
            ),
            (AmountRefusal::NotANumber { typed }, Lang::Zh) => {
                format!("“{typed}”不是金额。请只填数字，如 1234.50。")
            }
            (AmountRefusal::NotANumber { typed }, Lang::En) => {
                format!("\"{typed}\" is no amount. Enter digits alone, such as 1234.50.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sums_are_read_as_they_are_written_and_nothing_is_guessed() {
        let check = |typed: &str, expect: Result<i64, &str>| {
            let read = read(typed);
            let read = read.as_ref().map_err(Refuse::key);
            assert_eq!(read, expect.as_ref().map_err(|key| *key), "{typed}");
        };
        check("1234.5", Ok(123_450));
        check("1,234.56", Ok(123_456));
        check(" １２，３４５．６７ ", Ok(1_234_567));
        check("¥1,234", Ok(123_400));
        check("￥ 88 元", Ok(8_800));
        check("人民币10000元整", Ok(1_000_000));
        check("0.01", Ok(1));
        check("10.500", Ok(1_050));
        check("007", Ok(700));
        check("", Err("amount/missing"));
        check("0", Err("amount/not-positive"));
        check("0.00", Err("amount/not-positive"));
        check("-5", Err("amount/not-positive"));
        check("1.2万", Err("amount/in-ten-thousands"));
        check("3万元", Err("amount/in-ten-thousands"));
        check("1,23", Err("amount/odd-commas"));
        check("1,2345", Err("amount/odd-commas"));
        check(",123", Err("amount/odd-commas"));
        check("12.345", Err("amount/too-fine"));
        check("1.", Err("amount/not-a-number"));
        check("1.2.3", Err("amount/not-a-number"));
        check("一百", Err("amount/in-ten-thousands"));
        check("五", Err("amount/not-a-number"));
        check("1e5", Err("amount/not-a-number"));
        check("1 234", Err("amount/not-a-number"));
        check("999999999999.99", Ok(LARGEST));
        check("1000000000000", Err("amount/too-large"));
        check("99999999999999999999999", Err("amount/too-large"));
    }

    #[test]
    fn sums_are_written_in_yuan() {
        let written = [0, 5, 100, 123_456, 100_000_000, -123_456].map(yuan);
        let expect = [
            "0.00",
            "0.05",
            "1.00",
            "1,234.56",
            "1,000,000.00",
            "−1,234.56",
        ];
        assert_eq!(written, expect);
        assert_eq!(plain(-123_456), "-1234.56");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(fen in 1..=LARGEST) {
            prop_assert_eq!(read(&yuan(fen)), Ok(fen));
            prop_assert_eq!(read(&plain(fen)), Ok(fen));
        }

        #[test]
        fn no_text_panics(typed in "\\PC{0,30}") {
            let _ = read(&typed);
        }
    }
}
