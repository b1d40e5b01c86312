//! Who below a federation may miss the round: unions that have not begun, applied or been rated, offices where files wait too long.

use jianjia_standard::{Lang, Standard};

use crate::core::{
    place::{UnitKind, UnitPlace},
    refusal::Refuse,
};

jianjia_standard::keyed! {
    pub enum Risk {
        /// Nothing of the year was said, and nothing applied for.
        NotBegun = "not-begun" / "还没有开始",
        /// Something was said, and nothing applied for.
        NotApplied = "not-applied" / "已填报，还没有申报",
        /// The members' rating of the year has no result.
        NotRated = "not-rated" / "还没有民主测评结果",
        /// Files wait at an office.
        Waiting = "waiting" / "申报等候太久",
    }
}

/// A unit at risk, with what is known of its year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtRisk {
    pub unit: UnitPlace,
    pub upper_name: String,
    /// Answers of the year sheet, of so many questions; 0 of 0 where it stands nowhere.
    pub answered: i64,
    pub asked: i64,
    pub has_begun: bool,
    pub has_applied: bool,
    pub is_rated: bool,
    /// Of an office: the files that wait too long.
    pub files: i64,
    /// Since when the longest-waiting one does.
    pub oldest_at: Option<jiff::Timestamp>,
}

/// How many units are at each risk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RiskCounts {
    pub not_begun: i64,
    pub not_applied: i64,
    pub not_rated: i64,
    /// Offices where files wait too long.
    pub waiting: i64,
}

impl RiskCounts {
    pub fn of(self, risk: Risk) -> i64 {
        match risk {
            Risk::NotBegun => self.not_begun,
            Risk::NotApplied => self.not_applied,
            Risk::NotRated => self.not_rated,
            Risk::Waiting => self.waiting,
        }
    }
}

/// The kinds of units that apply for titles themselves: a branch does so through its union.
pub fn applying(standard: &Standard) -> Vec<UnitKind> {
    let kinds = || standard.titles.iter().flat_map(|title| &title.kinds);
    UnitKind::ALL
        .into_iter()
        .filter(|kind| {
            !matches!(kind, UnitKind::City | UnitKind::District | UnitKind::Branch)
                && kinds().any(|held| held.key() == kind.key())
        })
        .collect()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RiskRefusal {
    NobodyChosen,
    /// All of those chosen were reminded today, or have no account.
    NobodyToRemind,
    /// The last day to apply is over: what is missing can't be done any more.
    Over,
}

impl Refuse for RiskRefusal {
    fn sentence(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            RiskRefusal::NobodyChosen => (
                "还没有选择要提醒的单位。请勾选名单里的单位，或者选择全部。",
                "Nobody is chosen. Tick units on the list, or choose all of them.",
            ),
            RiskRefusal::NobodyToRemind => (
                "没有可以提醒的人：所选单位这个工作日已经提醒过，或者还没有账号。一个单位一个工作日只提醒一次。",
                "There is nobody to remind: the units chosen were reminded this working day, or have no account. A unit is reminded once a working day.",
            ),
            RiskRefusal::Over => (
                "申报已经截止，这些单位今年不能再办了，所以不再提醒。下一年度开始申报后再提醒。",
                "The last day to apply is over: these units can't do it any more this year, so nobody is reminded. Remind them once the next year's applications begin.",
            ),
        };
        if lang == Lang::Zh { zh } else { en }.to_owned()
    }

    fn key(&self) -> &'static str {
        match self {
            RiskRefusal::NobodyChosen => "risk/nobody-chosen",
            RiskRefusal::NobodyToRemind => "risk/nobody-to-remind",
            RiskRefusal::Over => "risk/over",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_those_that_only_lead_nor_branches_apply_themselves() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join("../../standards/changzhou-2016");
        let kinds = applying(&jianjia_standard::load::folder(&folder).unwrap());
        assert!(kinds.contains(&UnitKind::Grassroots) && kinds.contains(&UnitKind::Township));
        assert!(!kinds.contains(&UnitKind::Branch) && !kinds.contains(&UnitKind::District));
    }
}
