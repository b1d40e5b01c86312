//! Where a union, a small home or a person stands by the standard: on what it claims, or on what reviewers confirmed of it.

use crate::core::refusal::Refuse;
use std::collections::BTreeSet;

use jianjia_standard::{
    judge::{application::holds, judge},
    judgement::{Judgement, MayApply, Reason, Status},
    kinds::Kind,
    programme::{Standard, Title},
    subject::Subject,
    subject_line,
    text::Lang,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::{
    ids::{ApplicationId, JudgementId, PersonId, UnitId, VisitId},
    place::UnitKind,
};

/// Whose word an assessment stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// What the union says.
    Claims,
    /// What the union says, less the criteria that the newest findings on the application reject.
    Confirmed { application: ApplicationId },
    /// What a visit of a spot check found, and what the union says where nothing else was found.
    Found { visit: VisitId },
}

impl Basis {
    pub fn key(self) -> &'static str {
        match self {
            Basis::Claims => "claims",
            Basis::Confirmed { .. } => "confirmed",
            Basis::Found { .. } => "found",
        }
    }
}

/// A judgement with everything it was made from, so that it can be made again.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Set once it is kept.
    pub id: Option<JudgementId>,
    pub unit: UnitId,
    pub person: Option<PersonId>,
    pub year: i16,
    pub as_of: Date,
    pub basis: Basis,
    pub subject: Subject,
    /// Clauses that reviewers found not to hold.
    pub rejected: BTreeSet<String>,
    pub judgement: Judgement,
}

/// An assessment as it was kept: the subject and the judgement as JSON, word for word.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptJudgement {
    pub id: JudgementId,
    pub unit: UnitId,
    pub person: Option<PersonId>,
    pub year: i16,
    pub as_of: Date,
    pub standard_key: String,
    /// Content hash of the standard it was made by.
    pub standard_hash: String,
    /// `claims`, `confirmed` or `found`.
    pub basis: String,
    pub rejected: BTreeSet<String>,
    pub subject: String,
    pub judgement: String,
    pub made_at: Timestamp,
}

impl KeptJudgement {
    /// What was known of the subject then; `None` if it can no longer be read by this standard.
    pub fn subject(&self, standard: &Standard) -> Option<Subject> {
        let subject: Value = serde_json::from_str(&self.subject).ok()?;
        subject_line::read_kept(standard, &subject).ok()
    }
}

/// Judges, and then takes back the criteria that reviewers rejected. The facts stay as they were said, so that the figures can
/// still be read beside the finding: a rejected criterion is unmet whatever they say, and so is every title built on it. A
/// criterion that does not apply stays so.
pub fn judged(
    standard: &Standard,
    subject: &Subject,
    as_of: Date,
    rejected: &BTreeSet<String>,
) -> Judgement {
    let mut judgement = judge(standard, subject, as_of);
    if rejected.is_empty() {
        return judgement;
    }
    let mut unmet_titles: Vec<String> = Vec::new();
    for verdict in &mut judgement.verdicts {
        let mut is_unmet = false;
        for criterion in &mut verdict.criteria {
            if rejected.contains(&criterion.clause) && criterion.status != Status::NotApplicable {
                criterion.status = Status::Unmet;
                is_unmet = true;
            }
        }
        let below = standard
            .title(&verdict.title)
            .and_then(|title| title.below.as_ref());
        if is_unmet || below.is_some_and(|below| unmet_titles.contains(below)) {
            verdict.status = Status::Unmet;
            unmet_titles.push(verdict.title.clone());
        }
    }
    for title in standard.titles_of(subject.kind) {
        let open = open_clauses(standard, title, &judgement);
        if let Some(may_apply) = judgement.may_apply.get_mut(&title.key) {
            *may_apply = with_criteria(may_apply, open);
        }
    }
    let met = judgement
        .verdicts
        .iter()
        .rfind(|verdict| verdict.status == Status::Met);
    judgement.highest_met = met.map(|verdict| verdict.title.clone());
    judgement
}

/// Makes a kept judgement again and says whether it comes out the same. `None`: it was made by another version of the standard
/// than the one handed in, or its subject can no longer be read.
pub fn recompute(standard: &Standard, kept: &KeptJudgement) -> Option<bool> {
    if kept.standard_hash != standard.version {
        return None;
    }
    let subject = kept.subject(standard)?;
    let judgement = judged(standard, &subject, kept.as_of, &kept.rejected);
    let made: Value = serde_json::from_str(&kept.judgement).ok()?;
    Some(serde_json::to_value(judgement).ok()? == made)
}

/// The title to strive for next: the lowest whose title below is held (or that needs none) and that is not held itself or
/// overtaken by a higher one. `None`: the highest is held.
pub fn aim<'a>(standard: &'a Standard, subject: &Subject, as_of: Date) -> Option<&'a Title> {
    let titles: Vec<&Title> = standard.titles_of(subject.kind).collect();
    let held = titles
        .iter()
        .rposition(|title| holds(standard, &subject.titles, &title.key, as_of));
    titles.get(held.map_or(0, |held| held + 1)).copied()
}

/// The kind as the standard names it; the city and the districts only lead and are not judged.
///
/// # Errors
/// `NotJudged`.
pub fn kind_of(kind: UnitKind) -> Result<Kind, AssessmentRefusal> {
    kind.key()
        .parse()
        .map_err(|_| AssessmentRefusal::NotJudged { kind })
}

/// Why nothing is judged.
#[derive(Clone, Debug, PartialEq)]
pub enum AssessmentRefusal {
    /// Units of the kind hold no title.
    NotJudged { kind: UnitKind },
}

impl Refuse for AssessmentRefusal {
    fn key(&self) -> &'static str {
        match self {
            AssessmentRefusal::NotJudged { .. } => "assessment/not-judged",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (AssessmentRefusal::NotJudged { kind }, Lang::Zh) => format!(
                "{}负责审核和推荐，自己不参加创建，所以没有年度表现和“我的家”（第四条第1款）。",
                kind.word()
            ),
            (AssessmentRefusal::NotJudged { kind }, Lang::En) => format!(
                "A {} federation reviews and recommends; it holds no title itself (clauses A1 to A4), so it has no year sheet and no home page.",
                kind.key()
            ),
        }
    }
}

/// The clauses of a title and of those below it that are unmet or unknown, lowest tier first.
fn open_clauses(standard: &Standard, title: &Title, judgement: &Judgement) -> Vec<Reason> {
    let mut open = Vec::new();
    for tier in standard.chain(title) {
        let criteria = judgement
            .verdict(&tier.key)
            .map_or(&[][..], |verdict| &verdict.criteria);
        for criterion in criteria {
            let reason = Reason::Criteria(criterion.clause.clone());
            let is_open = matches!(criterion.status, Status::Unmet | Status::Unknown);
            if is_open && !open.contains(&reason) {
                open.push(reason);
            }
        }
    }
    open
}

/// The same reasons with the criteria exchanged, in the order in which judging gives them: the union's title comes last.
fn with_criteria(may_apply: &MayApply, criteria: Vec<Reason>) -> MayApply {
    let (last, first): (Vec<Reason>, Vec<Reason>) = may_apply
        .because
        .iter()
        .filter(|reason| !matches!(reason, Reason::Criteria(_)))
        .cloned()
        .partition(|reason| matches!(reason, Reason::UnionTitle(_)));
    let because: Vec<Reason> = first.into_iter().chain(criteria).chain(last).collect();
    MayApply {
        allowed: because.is_empty(),
        because,
    }
}
