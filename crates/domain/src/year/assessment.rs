//! Where a union, a small home or a person stands by the standard: on what it claims, or on what reviewers confirmed of it.

use crate::core::refusal::Refuse;
use std::collections::BTreeSet;

use jianjia_standard::{
    judge::{application::holds, judge},
    judgement::{Judgement, MayApply, Reason, Status},
    kinds::Kind,
    programme::{Standard, Title},
    subject::Subject,
    subject_line::{self, LineError},
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
        self.read_subject(standard).ok()
    }

    /// As `subject`, with what can't be read of it.
    fn read_subject(&self, standard: &Standard) -> Result<Subject, Vec<LineError>> {
        let subject: Value = serde_json::from_str(&self.subject).map_err(|_| Vec::new())?;
        subject_line::read_kept(standard, &subject)
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

/// What comes of making a kept judgement again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recomputed {
    Same,
    Different,
    /// The version of the standard that it was made by is not there.
    NoStandard,
    /// It is there, and its texts are not those of that version.
    OtherTexts,
    /// It is there, and what is kept of the subject can't be read by it. No mistake is told of what is no JSON at all.
    FactsUnreadable(Vec<LineError>),
    /// It is there, and what is kept of the result is no JSON.
    ResultUnreadable,
}

impl Recomputed {
    /// What is wrong with the judgement, as a sentence; none when it comes out the same.
    pub fn fault(&self, kept: &KeptJudgement, lang: Lang) -> Option<String> {
        let (id, version) = (&kept.id, &kept.standard_hash);
        let sentence = match (self, lang) {
            (Recomputed::Same, _) => return None,
            (Recomputed::Different, Lang::Zh) => {
                format!("判定 {id} 按其事实和标准重新计算，结果与留存的不同。")
            }
            (Recomputed::Different, Lang::En) => {
                format!(
                    "Judgement {id}, made again from its facts and standard, differs from what is kept."
                )
            }
            (Recomputed::NoStandard, Lang::Zh) => {
                format!("判定 {id} 所用的标准版本 {version} 没有留存，无法重算。")
            }
            (Recomputed::NoStandard, Lang::En) => format!(
                "Judgement {id} can't be made again: version {version} of the standard, by which it was made, is not kept."
            ),
            (Recomputed::OtherTexts, Lang::Zh) => format!(
                "判定 {id} 所用的标准版本 {version} 有留存，但文本与它的校验值不符，无法重算。"
            ),
            (Recomputed::OtherTexts, Lang::En) => format!(
                "Judgement {id} can't be made again: version {version} of the standard is kept, but its texts are not those of that version."
            ),
            (Recomputed::FactsUnreadable(mistakes), Lang::Zh) => format!(
                "判定 {id} 所用的标准版本 {version} 有留存，但判定留存的事实按它读不出来（{}），无法重算。",
                first_of(mistakes, lang).unwrap_or_else(|| "不是完整的记录".to_owned())
            ),
            (Recomputed::FactsUnreadable(mistakes), Lang::En) => format!(
                "Judgement {id} can't be made again: version {version} of the standard is kept, but the facts kept with the judgement can't be read by it ({}).",
                first_of(mistakes, lang).unwrap_or_else(|| "they are no whole record".to_owned())
            ),
            (Recomputed::ResultUnreadable, Lang::Zh) => format!(
                "判定 {id} 所用的标准版本 {version} 有留存，但判定留存的结果读不出来，无法比较。"
            ),
            (Recomputed::ResultUnreadable, Lang::En) => format!(
                "Judgement {id} can't be compared: version {version} of the standard is kept, but the result kept with the judgement can't be read."
            ),
        };
        Some(sentence)
    }
}

fn first_of(mistakes: &[LineError], lang: Lang) -> Option<String> {
    mistakes.first().map(|mistake| mistake.sentence(lang))
}

/// Makes a kept judgement again by the version that it was made with, if that is there.
pub fn recompute(standard: Option<&Standard>, kept: &KeptJudgement) -> Recomputed {
    let Some(standard) = standard else {
        return Recomputed::NoStandard;
    };
    if kept.standard_hash != standard.version {
        return Recomputed::OtherTexts;
    }
    let subject = match kept.read_subject(standard) {
        Ok(subject) => subject,
        Err(mistakes) => return Recomputed::FactsUnreadable(mistakes),
    };
    let judgement = judged(standard, &subject, kept.as_of, &kept.rejected);
    let made: Result<Value, _> = serde_json::from_str(&kept.judgement);
    match (serde_json::to_value(judgement), made) {
        (Ok(again), Ok(made)) if again == made => Recomputed::Same,
        (_, Err(_)) => Recomputed::ResultUnreadable,
        _ => Recomputed::Different,
    }
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
