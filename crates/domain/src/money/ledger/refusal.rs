//! Why an entry isn't written.

use jianjia_standard::Lang;

use super::{Account, EntryKind};
use crate::{core::refusal::Refuse, money::amount::yuan};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerRefusal {
    /// The two sides don't come to the same: a mistake of the program, of which nothing is kept.
    Unbalanced,
    /// More than can be counted.
    TooMuch,
    /// More would go from an account than is on it.
    NotThere {
        account: Account,
        there: i64,
    },
    YearClosed {
        year: i16,
        open: i16,
    },
    /// No standard of the city's has it.
    NoYear {
        year: i16,
    },
    ReasonMissing,
    TooLong {
        most: usize,
    },
    NoDay {
        year: i16,
    },
    NotReversible {
        kind: EntryKind,
    },
    ReversedAlready,
    MoreThanHeld {
        held_fen: i64,
    },
    /// The standard has no rules of money.
    NoRules {
        year: i16,
    },
}

/// What a refusal calls an account.
fn called(account: Account, lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => {
            let word = account.word();
            word.rsplit('|').next().unwrap_or(word)
        }
        Lang::En => account.key(),
    }
}

fn kind_called(kind: EntryKind, lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => {
            let word = kind.word();
            word.rsplit('|').next().unwrap_or(word)
        }
        Lang::En => kind.key(),
    }
}

impl Refuse for LedgerRefusal {
    fn key(&self) -> &'static str {
        match self {
            LedgerRefusal::Unbalanced => "ledger/unbalanced",
            LedgerRefusal::TooMuch => "ledger/too-much",
            LedgerRefusal::NotThere { .. } => "ledger/not-there",
            LedgerRefusal::YearClosed { .. } => "ledger/year-closed",
            LedgerRefusal::NoYear { .. } => "ledger/no-year",
            LedgerRefusal::ReasonMissing => "ledger/reason-missing",
            LedgerRefusal::TooLong { .. } => "ledger/too-long",
            LedgerRefusal::NoDay { .. } => "ledger/no-day",
            LedgerRefusal::NotReversible { .. } => "ledger/not-reversible",
            LedgerRefusal::ReversedAlready => "ledger/reversed-already",
            LedgerRefusal::MoreThanHeld { .. } => "ledger/more-than-held",
            LedgerRefusal::NoRules { .. } => "ledger/no-rules",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (LedgerRefusal::Unbalanced, Lang::Zh) => {
                "这一笔借贷不平，没有记账。这是程序的错误，请告诉管理员。".to_owned()
            }
            (LedgerRefusal::Unbalanced, Lang::En) => {
                "The two sides of this entry don't come to the same, so it was not written. This is a mistake of the program: please tell the administrator.".to_owned()
            }
            (LedgerRefusal::TooMuch, Lang::Zh) => {
                "加起来的金额太大，账上记不下，没有记账。请看看是不是多写了位数。".to_owned()
            }
            (LedgerRefusal::TooMuch, Lang::En) => {
                "Together this is more than the ledger can count, so nothing was written. Look whether an amount has digits too many.".to_owned()
            }
            (LedgerRefusal::NotThere { account, there }, Lang::Zh) => format!(
                "“{}”这一科目上只有 {} 元，不够这一笔，没有记账。后面已经有别的账，请先更正后面的，再更正这一笔。",
                called(*account, lang),
                yuan(*there)
            ),
            (LedgerRefusal::NotThere { account, there }, Lang::En) => format!(
                "There are only {} yuan on the account \"{}\", which is less than this takes, so nothing was written. Correct what was entered after it first.",
                yuan(*there),
                called(*account, lang)
            ),
            (LedgerRefusal::YearClosed { year, open }, Lang::Zh) => format!(
                "{year} 年度的账已经结了，不能再记。有错的，请打开那一笔更正，更正记在 {open} 年度。"
            ),
            (LedgerRefusal::YearClosed { year, open }, Lang::En) => format!(
                "The books of {year} are closed and take no more entries. To correct one, open it: the correction is written in {open}."
            ),
            (LedgerRefusal::NoYear { year }, Lang::Zh) => {
                format!("{year} 年度不能记账：不在本标准的年度里，或者还没有到。请选别的年度。")
            }
            (LedgerRefusal::NoYear { year }, Lang::En) => format!(
                "Nothing can be entered for {year}: it is no year of the programme, or has not come. Choose another year."
            ),
            (LedgerRefusal::ReasonMissing, Lang::Zh) => {
                "请写明理由或者依据，账上永久保留。".to_owned()
            }
            (LedgerRefusal::ReasonMissing, Lang::En) => {
                "Say the reason or the basis; the ledger keeps it for good.".to_owned()
            }
            (LedgerRefusal::TooLong { most }, Lang::Zh) => {
                format!("写得太长，最多 {most} 个字。请写短一些。")
            }
            (LedgerRefusal::TooLong { most }, Lang::En) => {
                format!("This is too long: {most} characters at most. Please shorten it.")
            }
            (LedgerRefusal::NoDay { year }, Lang::Zh) => format!(
                "请填 {year} 年里到今天为止的一天，如 {year}-06-30；别的年度的，请记在那个年度。"
            ),
            (LedgerRefusal::NoDay { year }, Lang::En) => format!(
                "Enter a day of {year} up to today, such as {year}-06-30. What is of another year is entered there."
            ),
            (LedgerRefusal::NotReversible { kind }, Lang::Zh) => format!(
                "“{}”的账不能在这里更正：银行退回的，请在付款批次里登记；结转的，由年终结账产生。",
                kind_called(*kind, lang)
            ),
            (LedgerRefusal::NotReversible { kind }, Lang::En) => format!(
                "An entry \"{}\" can't be taken back here: what the bank returned is entered at the payment run, and what is carried over follows from closing the year.",
                kind_called(*kind, lang)
            ),
            (LedgerRefusal::ReversedAlready, Lang::Zh) => {
                "这一笔已经更正过了，不能再更正一次。请看更正的那一笔。".to_owned()
            }
            (LedgerRefusal::ReversedAlready, Lang::En) => {
                "This entry was taken back already and can't be once more. See the entry that did it.".to_owned()
            }
            (LedgerRefusal::MoreThanHeld { held_fen }, Lang::Zh) => format!(
                "这个单位账上只有 {} 元，不能收回更多。钱已经用在别处的，请先更正那笔支出，再收回。（R6）",
                yuan(*held_fen)
            ),
            (LedgerRefusal::MoreThanHeld { held_fen }, Lang::En) => format!(
                "The unit has only {} yuan of it, and no more can be taken back. Where it was spent wrongly, take that spending back first. (R6)",
                yuan(*held_fen)
            ),
            (LedgerRefusal::NoRules { year }, Lang::Zh) => format!(
                "{year} 年度的标准没有写经费怎么用，不能记支出，也不能结账。请市总工会在标准里补上。"
            ),
            (LedgerRefusal::NoRules { year }, Lang::En) => format!(
                "The standard of {year} doesn't say what money is for, so no spending is entered and no year closed. The city federation adds it to the standard."
            ),
        }
    }

    fn can_be_corrected(&self) -> bool {
        !matches!(
            self,
            LedgerRefusal::Unbalanced
                | LedgerRefusal::YearClosed { .. }
                | LedgerRefusal::NotReversible { .. }
                | LedgerRefusal::ReversedAlready
                | LedgerRefusal::NoRules { .. }
        )
    }
}
