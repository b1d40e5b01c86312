//! Why a change can't be looked at or proposed.

use jianjia_standard::{Lang, Standard, what_if::change::Refused};

use super::{NAME_LENGTH, REASON_LENGTH};
use crate::core::refusal::Refuse;

#[derive(Clone, Debug)]
pub enum WhatIfRefusal {
    NoName,
    NameTooLong,
    NoReason,
    ReasonTooLong,
    /// The standard would stay as it is.
    NothingChanged,
    Withdrawn,
    /// No standard holds for the year.
    NoSuchYear {
        first: i16,
        last: i16,
    },
    /// Something of the standard can't be changed so.
    CannotChange {
        refused: Refused,
        /// In whose words it is told.
        standard: Box<Standard>,
    },
}

impl Refuse for WhatIfRefusal {
    fn key(&self) -> &'static str {
        match self {
            WhatIfRefusal::NoName => "what-if/no-name",
            WhatIfRefusal::NameTooLong => "what-if/name-too-long",
            WhatIfRefusal::NoReason => "what-if/no-reason",
            WhatIfRefusal::ReasonTooLong => "what-if/reason-too-long",
            WhatIfRefusal::NothingChanged => "what-if/nothing-changed",
            WhatIfRefusal::Withdrawn => "what-if/withdrawn",
            WhatIfRefusal::NoSuchYear { .. } => "what-if/no-such-year",
            WhatIfRefusal::CannotChange { .. } => "what-if/cannot-change",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (WhatIfRefusal::NoName, Lang::Zh) => {
                "方案还没有名称，别人在列表里认不出来。请起一个名称。".to_owned()
            }
            (WhatIfRefusal::NoName, Lang::En) => {
                "The proposal has no name by which others could tell it apart. Please name it.".to_owned()
            }
            (WhatIfRefusal::NameTooLong, Lang::Zh) => {
                format!("方案的名称最多 {NAME_LENGTH} 个字。请写短一些，其余的写进理由。")
            }
            (WhatIfRefusal::NameTooLong, Lang::En) => format!(
                "A proposal's name has at most {NAME_LENGTH} characters. Please shorten it and put the rest into the reason."
            ),
            (WhatIfRefusal::NoReason, Lang::Zh) => {
                "还没有写为什么这样改，同事没法讨论。请写明理由。".to_owned()
            }
            (WhatIfRefusal::NoReason, Lang::En) => {
                "It doesn't say why it should be changed so, and colleagues couldn't discuss it. Please give the reason.".to_owned()
            }
            (WhatIfRefusal::ReasonTooLong, Lang::Zh) => {
                format!("理由最多 {REASON_LENGTH} 个字，请写短一些。")
            }
            (WhatIfRefusal::ReasonTooLong, Lang::En) => {
                format!("A reason has at most {REASON_LENGTH} characters. Please shorten it.")
            }
            (WhatIfRefusal::NothingChanged, Lang::Zh) => {
                "标准一处也没有改，没有可以保存的方案。请先改一个数，或者增减一条。".to_owned()
            }
            (WhatIfRefusal::NothingChanged, Lang::En) => {
                "Nothing of the standard is changed, so there is nothing to propose. Move a figure first, or add or drop a clause.".to_owned()
            }
            (WhatIfRefusal::Withdrawn, Lang::Zh) => {
                "这个方案已经撤回，只能查看。要再用的，请打开它的测算另存一个方案。".to_owned()
            }
            (WhatIfRefusal::Withdrawn, Lang::En) => {
                "This proposal was withdrawn and can only be read. To go on with it, open its what-if and save another.".to_owned()
            }
            (WhatIfRefusal::NoSuchYear { first, last }, Lang::Zh) => {
                format!("这一年没有标准可以测算。请选 {first} 到 {last} 年。")
            }
            (WhatIfRefusal::NoSuchYear { first, last }, Lang::En) => format!(
                "No standard holds in that year. Please choose a year from {first} to {last}."
            ),
            (WhatIfRefusal::CannotChange { refused, standard }, _) => {
                refused.sentence(standard, lang)
            }
        }
    }
}
