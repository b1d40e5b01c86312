//! Why nothing is done with a contradiction.

use jianjia_standard::Lang;

use super::{DoubtState, TOGETHER_AT_MOST};
use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq)]
pub enum DoubtRefusal {
    NotOpen {
        state: DoubtState,
    },
    AskedAlready,
    NotAsked,
    NoText,
    NoReason,
    TooLong {
        length: usize,
        most: usize,
    },
    NoneChosen,
    TooMany,
    /// Nothing was chosen that is done with them.
    NoAct,
    /// Until when it is to answer is no day from today on.
    NoDay,
    /// The unit leads no others.
    NoFederation,
    /// The year's standard looks for nothing.
    NoRules {
        year: i16,
    },
}

impl Refuse for DoubtRefusal {
    fn key(&self) -> &'static str {
        match self {
            DoubtRefusal::NotOpen { .. } => "doubt/not-open",
            DoubtRefusal::AskedAlready => "doubt/asked-already",
            DoubtRefusal::NotAsked => "doubt/not-asked",
            DoubtRefusal::NoText => "doubt/no-text",
            DoubtRefusal::NoReason => "doubt/no-reason",
            DoubtRefusal::TooLong { .. } => "doubt/too-long",
            DoubtRefusal::NoneChosen => "doubt/none-chosen",
            DoubtRefusal::TooMany => "doubt/too-many",
            DoubtRefusal::NoAct => "doubt/no-act",
            DoubtRefusal::NoDay => "doubt/no-day",
            DoubtRefusal::NoFederation => "doubt/no-federation",
            DoubtRefusal::NoRules { .. } => "doubt/no-rules",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (DoubtRefusal::NotOpen { state: DoubtState::Corrected }, Lang::Zh) => {
                "数据已经对上，这个疑点自动了结，不用再办。数据再对不上时会重新列出。".to_owned()
            }
            (DoubtRefusal::NotOpen { state: DoubtState::Corrected }, Lang::En) => {
                "The data agrees by now, so this was closed by itself. If it contradicts itself again, it is listed anew.".to_owned()
            }
            (DoubtRefusal::NotOpen { .. }, Lang::Zh) => {
                "这个疑点已经了结，不能再办。相关数据变了、仍对不上时会重新列出。".to_owned()
            }
            (DoubtRefusal::NotOpen { .. }, Lang::En) => {
                "This is closed already. If the data changes and contradicts itself still, it is listed anew.".to_owned()
            }
            (DoubtRefusal::AskedAlready, Lang::Zh) => {
                "已经询问过这家工会，不用再问。等它答复或者更正；急的请直接打电话。".to_owned()
            }
            (DoubtRefusal::AskedAlready, Lang::En) => {
                "The union was asked already. Wait for its answer or correction; if it is urgent, ring it.".to_owned()
            }
            (DoubtRefusal::NotAsked, Lang::Zh) => {
                "上级工会没有询问这一项，不用答复。数据有误的，请直接在年度表里更正。".to_owned()
            }
            (DoubtRefusal::NotAsked, Lang::En) => {
                "The upper union did not ask about this, so no answer is needed. If a figure is wrong, correct it on the year sheet.".to_owned()
            }
            (DoubtRefusal::NoText, Lang::Zh) => {
                "没有写答复。请说明这个数是怎么来的；填错了的，更正以后点“再核对一次”。".to_owned()
            }
            (DoubtRefusal::NoText, Lang::En) => {
                "The answer is missing. Say where the figure comes from; if it was wrong, correct it and have it compared again.".to_owned()
            }
            (DoubtRefusal::NoReason, Lang::Zh) => {
                "没有写理由。请写明为什么了结，以后查看的人要知道。".to_owned()
            }
            (DoubtRefusal::NoReason, Lang::En) => {
                "The reason is missing. Say why it is closed, for whoever looks at it later.".to_owned()
            }
            (DoubtRefusal::TooLong { length, most }, Lang::Zh) => {
                format!("写了{length}个字，最多{most}个字。请缩短一些。")
            }
            (DoubtRefusal::TooLong { length, most }, Lang::En) => {
                format!("That has {length} characters; {most} is the most. Please shorten it.")
            }
            (DoubtRefusal::NoneChosen, Lang::Zh) => {
                "没有勾选疑点。请先在列表里勾选，再选怎么办。".to_owned()
            }
            (DoubtRefusal::NoneChosen, Lang::En) => {
                "Nothing was ticked. Tick some lines of the list first, then choose what to do.".to_owned()
            }
            (DoubtRefusal::TooMany, Lang::Zh) => {
                format!("一次最多办 {TOGETHER_AT_MOST} 个疑点。请分几次办。")
            }
            (DoubtRefusal::TooMany, Lang::En) => {
                format!("At most {TOGETHER_AT_MOST} are dealt with at a time. Please do it in several goes.")
            }
            (DoubtRefusal::NoAct, Lang::Zh) => {
                "没有选择怎么办。请选询问、认可说明或者不再追问。".to_owned()
            }
            (DoubtRefusal::NoAct, Lang::En) => {
                "What to do was not chosen. Choose to ask, to accept the explanation, or to set aside.".to_owned()
            }
            (DoubtRefusal::NoDay, Lang::Zh) => {
                "答复期限要填今天以后、四个月以内的一天。请改正。".to_owned()
            }
            (DoubtRefusal::NoDay, Lang::En) => {
                "The day until which to answer is one from today on, within four months. Please correct it.".to_owned()
            }
            (DoubtRefusal::NoFederation, Lang::Zh) => {
                "这个单位没有下属工会，没有可以体检的数据。请选一个有下属工会的单位。".to_owned()
            }
            (DoubtRefusal::NoFederation, Lang::En) => {
                "This unit leads no unions, so there is no data below it to examine. Choose one that does.".to_owned()
            }
            (DoubtRefusal::NoRules { year }, Lang::Zh) => {
                format!("{year} 年度的建家标准没有定数据体检的规则，不能体检。请选别的年度。")
            }
            (DoubtRefusal::NoRules { year }, Lang::En) => {
                format!("The standard of {year} has no rules for an x-ray of the data. Choose another year.")
            }
        }
    }
}
