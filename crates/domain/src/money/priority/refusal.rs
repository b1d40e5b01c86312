//! Why somebody is not put forward for a higher honour.

use jianjia_standard::Lang;
use jiff::civil::Date;

use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq)]
pub enum PriorityRefusal {
    NoneChosen,
    /// Its title is in force no more, or it never had one.
    NotHolder,
    IsBarred {
        name: String,
    },
    IsForward {
        name: String,
        year: i16,
    },
    /// So many stand before it and are not put forward, without a reason.
    PassedOver {
        count: usize,
    },
    NoOutcome,
    NoDay {
        since: Date,
    },
    TooLong {
        length: usize,
        most: usize,
    },
}

impl Refuse for PriorityRefusal {
    fn key(&self) -> &'static str {
        match self {
            PriorityRefusal::NoneChosen => "priority/none-chosen",
            PriorityRefusal::NotHolder => "priority/not-holder",
            PriorityRefusal::IsBarred { .. } => "priority/is-barred",
            PriorityRefusal::IsForward { .. } => "priority/is-forward",
            PriorityRefusal::PassedOver { .. } => "priority/passed-over",
            PriorityRefusal::NoOutcome => "priority/no-outcome",
            PriorityRefusal::NoDay { .. } => "priority/no-day",
            PriorityRefusal::TooLong { .. } => "priority/too-long",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (PriorityRefusal::NoneChosen, Lang::Zh) => {
                "没有勾选要推荐的单位或者个人。请先在名单里勾选。".to_owned()
            }
            (PriorityRefusal::NoneChosen, Lang::En) => {
                "Nobody was ticked. Tick whom to put forward on the list first.".to_owned()
            }
            (PriorityRefusal::NotHolder, Lang::Zh) => {
                "勾选的单位或者个人已经不在名单里：它的称号不再有效。请看最新的名单（R2）。".to_owned()
            }
            (PriorityRefusal::NotHolder, Lang::En) => {
                "Somebody who was ticked is not on the list any more: the title is no longer in force. Look at the list as it is now (R2).".to_owned()
            }
            (PriorityRefusal::IsBarred { name }, Lang::Zh) => format!(
                "{name}现在不能推荐，原因写在名单里。请等它了结，或者推荐别的单位。"
            ),
            (PriorityRefusal::IsBarred { name }, Lang::En) => format!(
                "{name} can't be put forward now; the list says why. Wait until that is over, or put forward another."
            ),
            (PriorityRefusal::IsForward { name, year }, Lang::Zh) => {
                format!("{name} {year} 年度已经推荐过这项荣誉，不用再推荐。结果请在下面登记。")
            }
            (PriorityRefusal::IsForward { name, year }, Lang::En) => format!(
                "{name} was put forward for this honour in {year} already. Record below what came of it."
            ),
            (PriorityRefusal::PassedOver { count }, Lang::Zh) => format!(
                "前面还有 {count} 个没有推荐。持有规定称号的按顺序优先（R2）：请先推荐前面的，或者写明为什么越过。"
            ),
            (PriorityRefusal::PassedOver { count }, Lang::En) => format!(
                "{count} stand before this and are not put forward. Holders go first in order (R2): put those forward, or say why they are passed over."
            ),
            (PriorityRefusal::NoOutcome, Lang::Zh) => {
                "没有选择结果。请选已获得、未获得或者等待结果。".to_owned()
            }
            (PriorityRefusal::NoOutcome, Lang::En) => {
                "What came of it was not chosen. Choose awarded, not awarded or waiting.".to_owned()
            }
            (PriorityRefusal::NoDay { since }, Lang::Zh) => {
                format!("日期要填推荐那天（{since}）到今天之间的一天。请改正。")
            }
            (PriorityRefusal::NoDay { since }, Lang::En) => {
                format!("The day is one from the recommendation ({since}) until today. Please correct it.")
            }
            (PriorityRefusal::TooLong { length, most }, Lang::Zh) => {
                format!("写了{length}个字，最多{most}个字。请缩短一些。")
            }
            (PriorityRefusal::TooLong { length, most }, Lang::En) => {
                format!("That has {length} characters; {most} is the most. Please shorten it.")
            }
        }
    }
}
