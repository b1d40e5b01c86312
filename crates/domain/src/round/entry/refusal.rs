//! Why a unit can't reply to an entry, or why it can't be decided.

use jianjia_standard::{Lang, Text};
use jiff::civil::Date;

use super::{Entry, EntryState};
use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq)]
pub enum EntryRefusal {
    Decided {
        is_lifted: bool,
        by_name: String,
    },
    RepliedAlready,
    TermOver {
        until: Date,
    },
    /// The unit may still reply.
    NotHeard {
        until: Date,
    },
    NoReply,
    NoReason,
    NoOutcome,
    TooLong {
        length: usize,
        most: usize,
    },
    /// An application waits while an entry is not decided.
    Holds {
        unit: String,
        department: Text,
        clause: String,
    },
}

impl EntryRefusal {
    pub(super) fn decided(entry: &Entry) -> EntryRefusal {
        let decision = entry.decision.as_ref().map(|decision| &decision.by_name);
        let lifting = entry.lifting.as_ref().map(|lifting| &lifting.by_name);
        EntryRefusal::Decided {
            is_lifted: entry.state() == EntryState::Lifted,
            by_name: lifting.or(decision).cloned().unwrap_or_default(),
        }
    }
}

impl Refuse for EntryRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (EntryRefusal::Decided { is_lifted: true, by_name }, Lang::Zh) => format!(
                "这条认定已由{by_name}解除，记录在案，不能再改。又有情形的，由部门重新答复。"
            ),
            (EntryRefusal::Decided { is_lifted: true, by_name }, Lang::En) => format!(
                "This was lifted by {by_name} already and stays on record. If the unit is in the state again, the department answers so anew."
            ),
            (EntryRefusal::Decided { by_name, .. }, Lang::Zh) => format!(
                "这条认定已由{by_name}维持，不必再办。认定有误或者已经整改的，写明理由解除。"
            ),
            (EntryRefusal::Decided { by_name, .. }, Lang::En) => format!(
                "This was upheld by {by_name} already. If it was wrong or is mended, lift it with the reason."
            ),
            (EntryRefusal::RepliedAlready, Lang::Zh) => {
                "说明已经提交过了，部门和市总工会正在核实，不能再改。还有材料的，请直接与他们联系。".to_owned()
            }
            (EntryRefusal::RepliedAlready, Lang::En) => {
                "A reply was sent already; the department and the city are looking into it. If there is more evidence, please contact them directly.".to_owned()
            }
            (EntryRefusal::TermOver { until }, Lang::Zh) => format!(
                "说明的期限到 {until} 为止，已经过了。认定有误的，请把有关部门的证明交给市总工会，由它写明理由后解除。"
            ),
            (EntryRefusal::TermOver { until }, Lang::En) => format!(
                "The period for a reply ended on {until}. If it is wrong, give the city federation a confirmation of the department, so that it can be lifted with that reason."
            ),
            (EntryRefusal::NotHeard { until }, Lang::Zh) => format!(
                "单位在 {until} 以前都可以说明，还没有说明。请等它说明，或者等期限过了再维持；认定有误的，现在就可以解除。"
            ),
            (EntryRefusal::NotHeard { until }, Lang::En) => format!(
                "The unit may reply until {until} and has not done so. Wait for its reply or for the end of the period before upholding this; lifting it is possible now."
            ),
            (EntryRefusal::NoReply, Lang::Zh) => {
                "没有写说明。请写清楚情况，例如哪一天已经补缴、哪份文书撤销了认定。".to_owned()
            }
            (EntryRefusal::NoReply, Lang::En) => {
                "The reply is missing. Say how it is, for instance when the debt was paid or which paper revoked the finding.".to_owned()
            }
            (EntryRefusal::NoReason, Lang::Zh) => {
                "没有写理由。请写明为什么维持或者解除，单位会看到。".to_owned()
            }
            (EntryRefusal::NoReason, Lang::En) => {
                "The reason is missing. Say why it is upheld or lifted; the unit will read it.".to_owned()
            }
            (EntryRefusal::NoOutcome, Lang::Zh) => "没有选择维持还是解除。请选一项。".to_owned(),
            (EntryRefusal::NoOutcome, Lang::En) => {
                "Neither upholding nor lifting was chosen. Please choose one.".to_owned()
            }
            (EntryRefusal::TooLong { length, most }, Lang::Zh) => {
                format!("写了{length}个字，最多{most}个字。请缩短一些。")
            }
            (EntryRefusal::TooLong { length, most }, Lang::En) => {
                format!("This has {length} characters; at most {most} can be kept. Please shorten it.")
            }
            (
                EntryRefusal::Holds {
                    unit,
                    department,
                    clause,
                },
                Lang::Zh,
            ) => format!(
                "{}答复{unit}有 {clause} 的情形，还在等单位说明或核实，决定以前先不评定、不命名（一票否决 {clause}）。",
                department.zh
            ),
            (
                EntryRefusal::Holds {
                    unit,
                    department,
                    clause,
                },
                Lang::En,
            ) => format!(
                "{} answered that {unit} is in the state of {clause}; that waits for the unit's reply or for a decision, and nothing is decided or named before (veto {clause}).",
                department.en
            ),
        }
    }

    fn key(&self) -> &'static str {
        match self {
            EntryRefusal::Decided { .. } => "entry/decided",
            EntryRefusal::RepliedAlready => "entry/replied-already",
            EntryRefusal::TermOver { .. } => "entry/term-over",
            EntryRefusal::NotHeard { .. } => "entry/not-heard",
            EntryRefusal::NoReply => "entry/no-reply",
            EntryRefusal::NoReason => "entry/no-reason",
            EntryRefusal::NoOutcome => "entry/no-outcome",
            EntryRefusal::TooLong { .. } => "entry/too-long",
            EntryRefusal::Holds { .. } => "entry/holds",
        }
    }
}
