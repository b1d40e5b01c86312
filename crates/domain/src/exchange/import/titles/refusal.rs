//! Why a row of a table of titles can't be taken, in words.

use jianjia_standard::{Lang, kinds::HonourLevel};

use crate::{
    core::{day, refusal::Refuse},
    honour::honour::level_name,
};

/// Why a row can't be taken.
#[derive(Clone, Debug, PartialEq)]
pub enum TitleRowRefusal {
    NotOneOf {
        typed: String,
        known: Vec<String>,
    },
    NotAYear {
        typed: String,
        first: i16,
        last: i16,
    },
    NotADay {
        typed: String,
    },
    TooLong {
        most: usize,
    },
    NumberTaken {
        number: String,
    },
    NotForTheKind {
        title: String,
        kind: &'static str,
    },
    PersonUnknown {
        typed: String,
    },
    /// The level's cell and the title's own words are not of one level.
    LevelDiffers {
        level: HonourLevel,
        implied: HonourLevel,
    },
}

impl Refuse for TitleRowRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (TitleRowRefusal::NotOneOf { typed, known }, Lang::Zh) => {
                format!("“{typed}”不在可填的范围里。请填：{}。", known.join("、"))
            }
            (TitleRowRefusal::NotOneOf { typed, known }, Lang::En) => {
                format!("“{typed}” is not one of these: {}.", known.join(", "))
            }
            (TitleRowRefusal::NotAYear { typed, first, last }, Lang::Zh) => {
                let told = day::years_told(typed, lang);
                format!("“{typed}”不是年度{told}。请填 {first} 到 {last} 之间的年份。")
            }
            (TitleRowRefusal::NotAYear { typed, first, last }, Lang::En) => {
                let told = day::years_told(typed, lang);
                format!("“{typed}” is not a valid year{told}. Enter one from {first} to {last}.")
            }
            (TitleRowRefusal::NotADay { typed }, Lang::Zh) => {
                format!(
                    "“{typed}”不是日期{}，或在今天以后。请写成 2014-12-20；不知道的空着。",
                    day::serial_told(typed, Lang::Zh)
                )
            }
            (TitleRowRefusal::NotADay { typed }, Lang::En) => {
                format!(
                    "“{typed}” is not a date{}, or is after today. Write it as 2014-12-20, or leave it empty.",
                    day::serial_told(typed, Lang::En)
                )
            }
            (TitleRowRefusal::TooLong { most }, Lang::Zh) => {
                format!("编号太长，最多 {most} 个字。")
            }
            (TitleRowRefusal::TooLong { most }, Lang::En) => {
                format!("The number is too long: at most {most} characters.")
            }
            (TitleRowRefusal::NumberTaken { number }, Lang::Zh) => {
                format!("编号“{number}”已经是别的称号的。请核对。")
            }
            (TitleRowRefusal::NumberTaken { number }, Lang::En) => {
                format!("The number “{number}” belongs to another title. Please check it.")
            }
            (TitleRowRefusal::NotForTheKind { title, kind }, Lang::Zh) => {
                format!("{title}不授予{kind}（第四条）。请核对称号和单位。")
            }
            (TitleRowRefusal::NotForTheKind { title, kind }, Lang::En) => {
                format!("{title} is not given to {kind} (clauses A1-A5). Please check both.")
            }
            (TitleRowRefusal::PersonUnknown { typed }, Lang::Zh) => format!(
                "个人称号要写明是谁：名册里这个工会没有“{typed}”，或有两位同名。请先在人员里登记。"
            ),
            (TitleRowRefusal::PersonUnknown { typed }, Lang::En) => format!(
                "A personal title needs its person: the union has no “{typed}” in the register, or two of that name. Register the person first."
            ),
            (TitleRowRefusal::LevelDiffers { level, implied }, Lang::Zh) => format!(
                "“级别”一栏填的是{}，称号前面写的是{}。请核对证书，改成一致。",
                level_name(*level, lang),
                level_name(*implied, lang)
            ),
            (TitleRowRefusal::LevelDiffers { level, implied }, Lang::En) => format!(
                "The level is “{}”, but the title itself says “{}”. Check the certificate and make them agree.",
                level_name(*level, lang),
                level_name(*implied, lang)
            ),
        }
    }

    fn key(&self) -> &'static str {
        match self {
            TitleRowRefusal::NotOneOf { .. } => "title-row/not-one-of",
            TitleRowRefusal::NotAYear { .. } => "title-row/not-a-year",
            TitleRowRefusal::NotADay { .. } => "title-row/not-a-day",
            TitleRowRefusal::TooLong { .. } => "title-row/too-long",
            TitleRowRefusal::NumberTaken { .. } => "title-row/number-taken",
            TitleRowRefusal::NotForTheKind { .. } => "title-row/not-for-the-kind",
            TitleRowRefusal::PersonUnknown { .. } => "title-row/person-unknown",
            TitleRowRefusal::LevelDiffers { .. } => "title-row/level-differs",
        }
    }
}
