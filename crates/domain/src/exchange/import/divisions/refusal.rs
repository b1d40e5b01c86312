//! Why a row of a table of divisions can't be taken, in words.

use jianjia_standard::{Lang, Text};

use crate::{core::refusal::Refuse, exchange::import::divisions::Level};

/// Why a row can't be taken.
#[derive(Clone, Debug, PartialEq)]
pub enum DivisionRowRefusal {
    NotACode {
        typed: String,
    },
    NameWrong {
        most: usize,
    },
    LevelUnknown {
        typed: String,
    },
    ParentUnknown {
        typed: String,
        above: Level,
    },
    /// Of the past: what became of it.
    Former {
        typed: String,
        told: Text,
    },
    OutsideTheCity {
        typed: String,
        city: String,
    },
    /// The code does not begin with that of the division above.
    NotBelow {
        typed: String,
        parent: String,
    },
    /// The code is registered elsewhere or as something else.
    Moved {
        parent_code: String,
        level: Level,
    },
}

impl Refuse for DivisionRowRefusal {
    fn key(&self) -> &'static str {
        match self {
            DivisionRowRefusal::NotACode { .. } => "division-row/not-a-code",
            DivisionRowRefusal::NameWrong { .. } => "division-row/name-wrong",
            DivisionRowRefusal::LevelUnknown { .. } => "division-row/level-unknown",
            DivisionRowRefusal::ParentUnknown { .. } => "division-row/parent-unknown",
            DivisionRowRefusal::Former { .. } => "division-row/former",
            DivisionRowRefusal::OutsideTheCity { .. } => "division-row/outside-the-city",
            DivisionRowRefusal::NotBelow { .. } => "division-row/not-below",
            DivisionRowRefusal::Moved { .. } => "division-row/moved",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (DivisionRowRefusal::NotACode { typed }, Lang::Zh) => {
                format!("“{typed}”不是区划代码。请填统计用区划代码，2 到 12 位数字，如 320402。")
            }
            (DivisionRowRefusal::NotACode { typed }, Lang::En) => format!(
                "“{typed}” is not a division code. Enter the statistical code of 2 to 12 digits, such as 320402."
            ),
            (DivisionRowRefusal::NameWrong { most }, Lang::Zh) => {
                format!("名称没有填，或超过 {most} 个字。请填区划的名称，如“天宁区”。")
            }
            (DivisionRowRefusal::NameWrong { most }, Lang::En) => format!(
                "The name is missing or longer than {most} characters. Enter the name of the division."
            ),
            (DivisionRowRefusal::LevelUnknown { typed }, Lang::Zh) => format!(
                "“{typed}”不是区划的级别。请从这些当中选一个：{}。",
                Level::ALL.map(Level::word).join("；")
            ),
            (DivisionRowRefusal::LevelUnknown { typed }, Lang::En) => format!(
                "“{typed}” is not a level of divisions. Choose one of: {}.",
                Level::ALL.map(Level::key).join(", ")
            ),
            (DivisionRowRefusal::ParentUnknown { typed, above }, Lang::Zh) => format!(
                "上级区划“{typed}”不在表里，也没有登记过，或者不是{}。请核对代码，或把上级也放进表里。",
                above.word()
            ),
            (DivisionRowRefusal::ParentUnknown { typed, above }, Lang::En) => format!(
                "The parent “{typed}” is neither in the table nor registered, or is not a {}. Check the code, or add the parent to the table.",
                above.key()
            ),
            (DivisionRowRefusal::Former { typed, told }, Lang::Zh) => {
                format!("“{typed}”是以前的区划，没有登记：{}。", told.zh)
            }
            (DivisionRowRefusal::Former { typed, told }, Lang::En) => {
                format!(
                    "“{typed}” is a former division and is not registered: {}.",
                    told.en
                )
            }
            (DivisionRowRefusal::OutsideTheCity { typed, city }, Lang::Zh) => format!(
                "“{typed}”不是本市的区划：本市的代码都以 {city} 开头。请核对代码；外市的区划请从表里删去。"
            ),
            (DivisionRowRefusal::OutsideTheCity { typed, city }, Lang::En) => format!(
                "“{typed}” is not within this city, whose codes begin with {city}. Check the code, or take divisions of other cities out of the table."
            ),
            (DivisionRowRefusal::NotBelow { typed, parent }, Lang::Zh) => format!(
                "代码“{typed}”不在上级“{parent}”之下：下级的代码以上级的代码开头。请核对这两个代码。"
            ),
            (DivisionRowRefusal::NotBelow { typed, parent }, Lang::En) => format!(
                "The code “{typed}” is not below “{parent}”: a code begins with that of the division above. Check both codes."
            ),
            (DivisionRowRefusal::Moved { parent_code, level }, Lang::Zh) => format!(
                "这个代码登记的是{}，上级代码“{parent_code}”，与表里的不同。代码的级别和上级不会改变：区划调整后有新代码的，请另起一行登记新代码。",
                level.word()
            ),
            (DivisionRowRefusal::Moved { parent_code, level }, Lang::En) => format!(
                "The code is registered as a {} under “{parent_code}”, not as in the table. A code never changes its level or parent: enter the new code in a row of its own.",
                level.key()
            ),
        }
    }
}
