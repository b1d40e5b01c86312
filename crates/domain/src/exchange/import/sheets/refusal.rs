//! Why a row of a table of year sheets can't be taken, beside what the sheet itself refuses.

use crate::core::refusal::Refuse;
use jianjia_standard::{Lang, Text};

use crate::core::{day, place::UnitKind};

#[derive(Clone, Debug, PartialEq)]
pub enum SheetRowRefusal {
    NotAYear {
        typed: String,
    },
    /// The number or the code is one union's, the name another's.
    NameDiffers {
        registered: String,
    },
    /// The sheet of this union doesn't ask for these facts.
    NotAsked {
        not_asked: Vec<Text>,
        kind: UnitKind,
    },
}

impl Refuse for SheetRowRefusal {
    fn key(&self) -> &'static str {
        match self {
            SheetRowRefusal::NotAYear { .. } => "sheet-row/not-a-year",
            SheetRowRefusal::NameDiffers { .. } => "sheet-row/name-differs",
            SheetRowRefusal::NotAsked { .. } => "sheet-row/not-asked",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (SheetRowRefusal::NotAYear { typed }, Lang::Zh) => {
                let told = day::years_told(typed, lang);
                format!("“{typed}”不是年度{told}。请填四位数的年份，如 2016。")
            }
            (SheetRowRefusal::NotAYear { typed }, Lang::En) => {
                let told = day::years_told(typed, lang);
                format!("“{typed}” is not a year{told}. Enter its four digits, such as 2016.")
            }
            (SheetRowRefusal::NameDiffers { registered }, Lang::Zh) => format!(
                "这个编号或代码登记的是“{registered}”，与表里的名称不同。请核对这一行是哪个工会，改正名称、编号或代码。"
            ),
            (SheetRowRefusal::NameDiffers { registered }, Lang::En) => format!(
                "The number or code is registered for “{registered}”, not for the name in the table. Check which union the row is about and correct one of them."
            ),
            (SheetRowRefusal::NotAsked { not_asked, kind }, Lang::Zh) => {
                let names: Vec<&str> = not_asked.iter().map(|name| name.zh.as_str()).collect();
                format!(
                    "这个工会（{}）的年度表不问：{}。可能是这类单位不用填，可能登记信息里已经有了，也可能前面一题没有答“是”。请把这些格空着。",
                    kind.word(),
                    names.join("、")
                )
            }
            (SheetRowRefusal::NotAsked { not_asked, kind }, Lang::En) => {
                let names: Vec<&str> = not_asked.iter().map(|name| name.en.as_str()).collect();
                format!(
                    "The sheet of this union ({}) doesn't ask: {}. It may be that such units need not answer, that the register knows it, or that the question before was not answered with yes. Leave these cells empty.",
                    kind.key(),
                    names.join(", ")
                )
            }
        }
    }
}
