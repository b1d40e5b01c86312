//! Why a row of a table of titles can't be taken, in words.

use jianjia_standard::{Lang, kinds::HonourLevel};
use jiff::civil::Date;

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
    /// Named before such titles were given.
    TooEarly {
        day: Date,
        first: i16,
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
    PersonSeveral {
        typed: String,
    },
    /// Somebody is written beside a title of units.
    NotAPersonsTitle {
        title: String,
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
            (TitleRowRefusal::NotOneOf { typed, known }, Lang::Zh) if typed.is_empty() => {
                format!("这一格空着。请填：{}。", known.join("、"))
            }
            (TitleRowRefusal::NotOneOf { typed, known }, Lang::En) if typed.is_empty() => {
                format!(
                    "The cell is empty. Enter one of these: {}.",
                    known.join(", ")
                )
            }
            (TitleRowRefusal::NotAYear { typed, first, last }, Lang::Zh) if typed.is_empty() => {
                format!("年度空着。请填 {first} 到 {last} 之间的年份。")
            }
            (TitleRowRefusal::NotAYear { typed, first, last }, Lang::En) if typed.is_empty() => {
                format!("The year is empty. Enter one from {first} to {last}.")
            }
            (TitleRowRefusal::PersonUnknown { typed }, Lang::Zh) if typed.is_empty() => {
                "这是个人称号，“个人”一栏空着。请填是谁。".to_owned()
            }
            (TitleRowRefusal::PersonUnknown { typed }, Lang::En) if typed.is_empty() => {
                "This is a personal title, and the person is not named. Enter who holds it."
                    .to_owned()
            }
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
            (TitleRowRefusal::TooEarly { day, first }, Lang::Zh) => format!(
                "{day} 太早了{}，应在 {first} 年以后。请核对命名日期；不知道的空着。",
                day::zero_told(&day.to_string(), lang)
            ),
            (TitleRowRefusal::TooEarly { day, first }, Lang::En) => format!(
                "{day} is too early{}; such titles were given from {first} on. Check the day, or leave it empty.",
                day::zero_told(&day.to_string(), lang)
            ),
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
                "个人称号要写明是谁：名册里这个工会没有“{typed}”。请核对姓名；还没有登记的，先在人员里登记。"
            ),
            (TitleRowRefusal::PersonUnknown { typed }, Lang::En) => format!(
                "A personal title needs its person: the union has no “{typed}” in the register. Check the name, or register the person first."
            ),
            (TitleRowRefusal::PersonSeveral { typed }, Lang::Zh) => format!(
                "名册里这个工会有几位“{typed}”，不知道是哪一位。这一条请在称号页面单独登记。"
            ),
            (TitleRowRefusal::PersonSeveral { typed }, Lang::En) => format!(
                "The union has several people called “{typed}”, and which of them is meant can't be told. Register this title on the page of titles."
            ),
            (TitleRowRefusal::NotAPersonsTitle { title, typed }, Lang::Zh) => format!(
                "{title}是授予单位的称号，“个人”一栏却填了“{typed}”。是单位的称号，这一格请空着；是个人的称号，请把称号改对。"
            ),
            (TitleRowRefusal::NotAPersonsTitle { title, typed }, Lang::En) => format!(
                "{title} is a title of units, but “{typed}” is named as the person. Leave the cell empty if the title is the unit's, or correct the title if it is the person's."
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
            TitleRowRefusal::TooEarly { .. } => "title-row/too-early",
            TitleRowRefusal::TooLong { .. } => "title-row/too-long",
            TitleRowRefusal::NumberTaken { .. } => "title-row/number-taken",
            TitleRowRefusal::NotForTheKind { .. } => "title-row/not-for-the-kind",
            TitleRowRefusal::PersonUnknown { .. } => "title-row/person-unknown",
            TitleRowRefusal::PersonSeveral { .. } => "title-row/person-several",
            TitleRowRefusal::NotAPersonsTitle { .. } => "title-row/not-a-persons-title",
            TitleRowRefusal::LevelDiffers { .. } => "title-row/level-differs",
        }
    }
}
