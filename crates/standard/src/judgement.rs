//! The result of judging: a line of `judge`'s output, which is also its explanation.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::keyed;
use crate::text::Lang;

keyed! {
    /// The status of a check, a criterion or a title. Unknown is never no.
    pub enum Status {
        Met = "met",
        Unmet = "unmet",
        Unknown = "unknown",
        NotApplicable = "n/a",
    }
}

impl Status {
    /// The status in words.
    pub fn name(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Status::Met) => "达到",
            (Lang::Zh, Status::Unmet) => "未达到",
            (Lang::Zh, Status::Unknown) => "还不知道",
            (Lang::Zh, Status::NotApplicable) => "不适用",
            (Lang::En, Status::Met) => "Met",
            (Lang::En, Status::Unmet) => "Not met",
            (Lang::En, Status::Unknown) => "Not known",
            (Lang::En, Status::NotApplicable) => "Not applicable",
        }
    }

    /// Conjunction: unmet beats unknown, unknown beats met, not applicable is neutral.
    pub fn and(self, other: Status) -> Status {
        use Status::{Met, NotApplicable, Unknown, Unmet};
        match (self, other) {
            (Unmet, _) | (_, Unmet) => Unmet,
            (Unknown, _) | (_, Unknown) => Unknown,
            (Met, _) | (_, Met) => Met,
            (NotApplicable, NotApplicable) => NotApplicable,
        }
    }

    /// Disjunction: met beats unknown, unknown beats unmet, not applicable is neutral.
    pub fn or(self, other: Status) -> Status {
        use Status::{Met, NotApplicable, Unknown, Unmet};
        match (self, other) {
            (Met, _) | (_, Met) => Met,
            (Unknown, _) | (_, Unknown) => Unknown,
            (Unmet, _) | (_, Unmet) => Unmet,
            (NotApplicable, NotApplicable) => NotApplicable,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub id: String,
    /// One verdict for each title that the subject's kind can hold, lowest tier first.
    pub verdicts: Vec<Verdict>,
    pub highest_met: Option<String>,
    /// By title, for every title of the kind.
    pub may_apply: BTreeMap<String, MayApply>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub title: String,
    /// Includes the tiers below.
    pub status: Status,
    /// The title's own criteria only.
    pub criteria: Vec<CriterionVerdict>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionVerdict {
    pub clause: String,
    pub status: Status,
    /// The facts that are unknown and would decide it.
    pub missing: Vec<String>,
    /// One for each of [`crate::check::Check::parts`], in order; empty if the criterion does not apply to the subject's kind or employer.
    pub checks: Vec<CheckVerdict>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckVerdict {
    pub what: String,
    pub status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<String>,
    /// How many more it takes, where that makes sense; in yuan for money, in ballots below the quorum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_by: Option<u64>,
    /// Of a rating: the roll and the members, `80/1000`, where fewer may vote than are members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roll: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MayApply {
    pub allowed: bool,
    pub because: Vec<Reason>,
}

/// Why a subject may not apply, written `veto:V1`, `needs:model-home`, `criteria:M1b`, `union-title:trusted-home`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A veto clause applies in the year.
    Veto(String),
    /// Neither the title below nor an equivalent is held.
    Needs(String),
    /// The clause is unmet or unknown.
    Criteria(String),
    /// The person's union does not hold the title.
    UnionTitle(String),
}

impl Display for Reason {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        let (sort, of) = match self {
            Reason::Veto(clause) => ("veto", clause),
            Reason::Needs(title) => ("needs", title),
            Reason::Criteria(clause) => ("criteria", clause),
            Reason::UnionTitle(title) => ("union-title", title),
        };
        write!(formatter, "{sort}:{of}")
    }
}

impl FromStr for Reason {
    type Err = String;

    fn from_str(words: &str) -> Result<Reason, String> {
        match words.split_once(':') {
            Some(("veto", clause)) => Ok(Reason::Veto(clause.to_owned())),
            Some(("needs", title)) => Ok(Reason::Needs(title.to_owned())),
            Some(("criteria", clause)) => Ok(Reason::Criteria(clause.to_owned())),
            Some(("union-title", title)) => Ok(Reason::UnionTitle(title.to_owned())),
            _ => Err(format!("`{words}` is not a reason")),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = String::deserialize(deserializer)?;
        words.parse().map_err(serde::de::Error::custom)
    }
}

impl Judgement {
    pub fn verdict(&self, title: &str) -> Option<&Verdict> {
        self.verdicts.iter().find(|verdict| verdict.title == title)
    }
}

impl Verdict {
    pub fn criterion(&self, clause: &str) -> Option<&CriterionVerdict> {
        self.criteria
            .iter()
            .find(|criterion| criterion.clause == clause)
    }
}
