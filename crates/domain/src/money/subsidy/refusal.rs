//! Why no base is recorded, and why a year is not reckoned.

use jianjia_standard::{Lang, Text, kinds::Kind, subsidy::yuan};

use super::{NOTE_AT_MOST, base::MOST_FEN};
use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq)]
pub enum SubsidyRefusal {
    /// The standard of the year knows no subsidies.
    NoSubsidies {
        year: i16,
    },
    OutsideProgramme {
        first: i16,
        last: i16,
    },
    /// The year has not begun.
    NotYet {
        year: i16,
    },
    NotOfKind {
        unit: String,
        kinds: Vec<Kind>,
    },
    /// Nobody said in which division it stands.
    NoPlace {
        unit: String,
    },
    NoScheme {
        unit: String,
    },
    /// The base follows from the year sheet.
    Counted {
        scheme: Text,
    },
    AmountMissing,
    AmountWrong {
        typed: String,
    },
    AmountTooLarge,
    NoteMissing,
    NoteTooLong,
    NothingNew {
        year: i16,
    },
    ReasonMissing,
    ReasonTooLong,
}

impl Refuse for SubsidyRefusal {
    fn key(&self) -> &'static str {
        match self {
            SubsidyRefusal::NoSubsidies { .. } => "subsidy/no-subsidies",
            SubsidyRefusal::OutsideProgramme { .. } => "subsidy/outside-programme",
            SubsidyRefusal::NotYet { .. } => "subsidy/not-yet",
            SubsidyRefusal::NotOfKind { .. } => "subsidy/not-of-kind",
            SubsidyRefusal::NoPlace { .. } => "subsidy/no-place",
            SubsidyRefusal::NoScheme { .. } => "subsidy/no-scheme",
            SubsidyRefusal::Counted { .. } => "subsidy/counted",
            SubsidyRefusal::AmountMissing => "subsidy/amount-missing",
            SubsidyRefusal::AmountWrong { .. } => "subsidy/amount-wrong",
            SubsidyRefusal::AmountTooLarge => "subsidy/amount-too-large",
            SubsidyRefusal::NoteMissing => "subsidy/note-missing",
            SubsidyRefusal::NoteTooLong => "subsidy/note-too-long",
            SubsidyRefusal::NothingNew { .. } => "subsidy/nothing-new",
            SubsidyRefusal::ReasonMissing => "subsidy/reason-missing",
            SubsidyRefusal::ReasonTooLong => "subsidy/reason-too-long",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn can_be_corrected(&self) -> bool {
        use SubsidyRefusal::{
            AmountMissing, AmountTooLarge, AmountWrong, NoteMissing, NoteTooLong, ReasonMissing,
            ReasonTooLong,
        };
        matches!(
            self,
            AmountMissing
                | AmountWrong { .. }
                | AmountTooLarge
                | NoteMissing
                | NoteTooLong
                | ReasonMissing
                | ReasonTooLong
        )
    }
}

impl SubsidyRefusal {
    fn chinese(&self) -> String {
        let most = yuan(MOST_FEN);
        match self {
            SubsidyRefusal::NoSubsidies { year } => {
                format!(
                    "{year} 年的建家标准没有补贴的规定，不能登记基数，也不能核定。请先在标准里规定补贴办法（R3—R5）。"
                )
            }
            SubsidyRefusal::OutsideProgramme { first, last } => {
                format!("补贴按建家规划的年度核定，是 {first}—{last} 年。请改成其中的一年。")
            }
            SubsidyRefusal::NotYet { year } => {
                format!("{year} 年还没有开始，不能核定它的补贴。请等到 {year} 年 1 月 1 日。")
            }
            SubsidyRefusal::NotOfKind { unit, kinds } => {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name(Lang::Zh)).collect();
                format!(
                    "{unit}不享受这项补贴：按 R3、R4，只发给{}。请核对单位。",
                    kinds.join("、")
                )
            }
            SubsidyRefusal::NoPlace { unit } => {
                format!(
                    "{unit}的所在区划还没有登记，不知道按哪个办法核定。请先在单位信息里填写所在区划。"
                )
            }
            SubsidyRefusal::NoScheme { unit } => {
                format!("{unit}所在的地方没有补贴办法（R3—R5），不能登记基数。请核对所在区划。")
            }
            SubsidyRefusal::Counted { scheme } => {
                format!(
                    "{}的基数按年度表的人数计算，不用登记。人数不对的，请单位更正年度表。",
                    scheme.zh
                )
            }
            SubsidyRefusal::AmountMissing => "请填写基数，单位是元。".to_owned(),
            SubsidyRefusal::AmountWrong { typed } => {
                format!("“{typed}”不是金额。请写成 10000 或者 10000.50，单位是元，最多两位小数。")
            }
            SubsidyRefusal::AmountTooLarge => {
                format!("基数不能超过 {most} 元。请核对是不是多写了几位。")
            }
            SubsidyRefusal::NoteMissing => {
                "改动已经登记的基数要写明依据。请在“说明”里写。".to_owned()
            }
            SubsidyRefusal::NoteTooLong => format!("说明最多 {NOTE_AT_MOST} 个字。请写短一些。"),
            SubsidyRefusal::NothingNew { year } => {
                format!(
                    "{year} 年的补贴没有要改的：基数、称号和抽查认定都与上次核定时一样，所以没有重新核定。"
                )
            }
            SubsidyRefusal::ReasonMissing => {
                "这一年已经核定过，重新核定要写明理由。请填写理由。".to_owned()
            }
            SubsidyRefusal::ReasonTooLong => format!("理由最多 {NOTE_AT_MOST} 个字。请写短一些。"),
        }
    }

    fn english(&self) -> String {
        let most = yuan(MOST_FEN);
        match self {
            SubsidyRefusal::NoSubsidies { year } => {
                format!("The standard of {year} has no subsidies, so no base is recorded and nothing reckoned. Put the schemes into the standard first (R3-R5).")
            }
            SubsidyRefusal::OutsideProgramme { first, last } => {
                format!("Subsidies are reckoned for the years of the programme, {first} to {last}. Choose one of these.")
            }
            SubsidyRefusal::NotYet { year } => {
                format!("{year} has not begun, so its subsidies can't be reckoned yet. Wait until 1 January {year}.")
            }
            SubsidyRefusal::NotOfKind { unit, kinds } => {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name(Lang::En)).collect();
                format!("{unit} does not get this subsidy: by R3 and R4 it is for {} alone. Check the unit.", kinds.join(", "))
            }
            SubsidyRefusal::NoPlace { unit } => {
                format!("Nobody registered the division that {unit} stands in, so its scheme is not known. Enter the division in the unit's details first.")
            }
            SubsidyRefusal::NoScheme { unit } => {
                format!("There is no subsidy scheme for the place of {unit} (R3-R5), so no base is recorded. Check its division.")
            }
            SubsidyRefusal::Counted { scheme } => {
                format!("The base in {} is counted by the year sheet and not recorded. If the number is wrong, have the unit correct its year sheet.", scheme.en)
            }
            SubsidyRefusal::AmountMissing => "Enter the base, in yuan.".to_owned(),
            SubsidyRefusal::AmountWrong { typed } => {
                format!("“{typed}” is no amount. Write 10000 or 10000.50, in yuan, with at most two decimals.")
            }
            SubsidyRefusal::AmountTooLarge => {
                format!("A base is at most {most} yuan. Check whether there are digits too many.")
            }
            SubsidyRefusal::NoteMissing => {
                "A recorded base is changed with the grounds for it. Write them under “Note”.".to_owned()
            }
            SubsidyRefusal::NoteTooLong => {
                format!("A note has at most {NOTE_AT_MOST} characters. Please shorten it.")
            }
            SubsidyRefusal::NothingNew { year } => {
                format!("Nothing about the subsidies of {year} would change: bases, titles and findings are as they were when they were reckoned, so they were not reckoned again.")
            }
            SubsidyRefusal::ReasonMissing => {
                "This year was reckoned before; reckoning it again takes a reason. Please write one.".to_owned()
            }
            SubsidyRefusal::ReasonTooLong => {
                format!("A reason has at most {NOTE_AT_MOST} characters. Please shorten it.")
            }
        }
    }
}
