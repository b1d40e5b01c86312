//! Why something can't be done with a title held, in words.

use crate::core::refusal::Refuse;
use jianjia_standard::{Lang, Text, kinds::HonourLevel};

use super::{HonourAct, HonourState, level_name};

/// Why something can't be done with a title held.
#[derive(Clone, Debug, PartialEq)]
pub enum HonourRefusal {
    WrongState {
        act: HonourAct,
        state: HonourState,
        holder: String,
    },
    NoActChosen,
    NoReason {
        act: HonourAct,
    },
    TooLong {
        length: usize,
        most: usize,
    },
    /// The title is another federation's to take.
    GivenElsewhere {
        level: HonourLevel,
    },
    NotTheFederation,
    NotEquivalent {
        clause: Option<String>,
        text: Option<Text>,
    },
    CountsWithout {
        clause: String,
    },
    ReconfirmedAlready,
    /// The same title of the same holder and year is on record.
    HeldAlready {
        number: String,
    },
    /// Of a batch, nothing is left that could be withdrawn.
    NothingToWithdraw,
}

impl Refuse for HonourRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (HonourRefusal::WrongState { act, state, holder }, Lang::Zh) => format!(
                "“{holder}”的这个称号现在是“{}”状态，不能再办理“{}”。请刷新页面看看最新情况。",
                state.name(lang),
                act.name(lang)
            ),
            (HonourRefusal::WrongState { act, state, holder }, Lang::En) => format!(
                "This title of {holder} is {} now, so it can't be {}. Reload the page to see the current state.",
                state.name(lang),
                match act {
                    HonourAct::Suspended => "suspended",
                    HonourAct::Resumed => "resumed",
                    HonourAct::Revoked => "revoked",
                    HonourAct::Withdrawn => "withdrawn",
                    HonourAct::Reconfirmed => "reconfirmed",
                    HonourAct::Named | HonourAct::Imported => "given again",
                }
            ),
            (HonourRefusal::NoActChosen, Lang::Zh) => "没有选择办理什么。请选一项。".to_owned(),
            (HonourRefusal::NoActChosen, Lang::En) => {
                "No action was chosen. Please choose one.".to_owned()
            }
            (HonourRefusal::NoReason { act }, Lang::Zh) => format!(
                "没有写理由：{}称号必须写明理由，持有单位和公众会看到它。",
                act.name(lang)
            ),
            (HonourRefusal::NoReason { act }, Lang::En) => format!(
                "The reason is missing: to {} a title takes a reason, which the holder and the public will read.",
                act.name(lang)
            ),
            (HonourRefusal::TooLong { length, most }, Lang::Zh) => {
                format!("写了{length}个字，最多{most}个字。请缩短一些。")
            }
            (HonourRefusal::TooLong { length, most }, Lang::En) => {
                format!("This has {length} characters; at most {most} can be kept. Please shorten it.")
            }
            (HonourRefusal::GivenElsewhere { level }, Lang::Zh) => format!(
                "这是{}的称号，谁命名、谁变更：{}。请报送他们办理。",
                level_name(*level, lang),
                if *level == HonourLevel::County {
                    "由辖市、区总工会或产业工会联合会变更（P2）"
                } else {
                    "由市总工会变更（P4）"
                }
            ),
            (HonourRefusal::GivenElsewhere { level }, Lang::En) => format!(
                "{} title: whoever gave it may change it, and that is {}. Please report to them.",
                level_name(*level, lang),
                if *level == HonourLevel::County {
                    "the district or industry federation (P2)"
                } else {
                    "the city federation (P4)"
                }
            ),
            (HonourRefusal::NotTheFederation, Lang::Zh) => {
                "以前的荣誉是否仍符合条件，由持有单位所属的辖市、区总工会或产业工会联合会审核（P5）。请联系他们。".to_owned()
            }
            (HonourRefusal::NotTheFederation, Lang::En) => {
                "Whether the holder of an earlier title still meets the conditions is decided by the holder's district or industry federation (P5). Please ask them.".to_owned()
            }
            (HonourRefusal::NotEquivalent { clause, text }, Lang::Zh) => match (clause, text) {
                (Some(clause), Some(text)) => format!(
                    "这个称号不能按{clause}视同：{}它照常保留在光荣册里。",
                    text.zh
                ),
                _ => "本标准没有以前荣誉视同的规定，所以不需要复核。".to_owned(),
            },
            (HonourRefusal::NotEquivalent { clause, text }, Lang::En) => match (clause, text) {
                (Some(clause), Some(text)) => format!(
                    "This title can't count by {clause}: {} It stays on the honour roll all the same.",
                    text.en
                ),
                _ => "This standard counts no earlier honours, so there is nothing to reconfirm.".to_owned(),
            },
            (HonourRefusal::CountsWithout { clause }, Lang::Zh) => {
                format!("按{clause}，这个称号不经复核就已视同，不必再办。")
            }
            (HonourRefusal::CountsWithout { clause }, Lang::En) => {
                format!("By {clause} this title counts without being reconfirmed; there is nothing to do.")
            }
            (HonourRefusal::ReconfirmedAlready, Lang::Zh) => {
                "这个称号已经复核过，记录在下面的经过里，不必再办。".to_owned()
            }
            (HonourRefusal::ReconfirmedAlready, Lang::En) => {
                "This title was reconfirmed already, as its history below tells; there is nothing to do.".to_owned()
            }
            (HonourRefusal::HeldAlready { number }, Lang::Zh) => {
                format!("已经持有这个称号（{number}），不能重复命名。")
            }
            (HonourRefusal::HeldAlready { number }, Lang::En) => {
                format!("This title is held already ({number}) and can't be given twice.")
            }
            (HonourRefusal::NothingToWithdraw, Lang::Zh) => {
                "这一批称号都已撤销或收回，没有可以收回的了。".to_owned()
            }
            (HonourRefusal::NothingToWithdraw, Lang::En) => {
                "Every title of this batch is revoked or withdrawn already; there is nothing left to withdraw.".to_owned()
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            HonourRefusal::WrongState { .. } => "honour/wrong-state",
            HonourRefusal::NoActChosen => "honour/no-act-chosen",
            HonourRefusal::NoReason { .. } => "honour/no-reason",
            HonourRefusal::TooLong { .. } => "honour/too-long",
            HonourRefusal::GivenElsewhere { .. } => "honour/given-elsewhere",
            HonourRefusal::NotTheFederation => "honour/not-the-federation",
            HonourRefusal::NotEquivalent { .. } => "honour/not-equivalent",
            HonourRefusal::CountsWithout { .. } => "honour/counts-without",
            HonourRefusal::ReconfirmedAlready => "honour/reconfirmed-already",
            HonourRefusal::HeldAlready { .. } => "honour/held-already",
            HonourRefusal::NothingToWithdraw => "honour/nothing-to-withdraw",
        }
    }
}
