//! Judging a subject by a standard: one pure, total function whose result is the explanation.

pub mod application;
pub(crate) mod assess;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::check::Check;
use crate::fact::FactValue;
use crate::judge::application::may_apply;
use crate::judge::assess::{Known, assess};
use crate::judgement::{CheckVerdict, CriterionVerdict, Judgement, Status, Verdict};
use crate::programme::{Standard, Title, TitleCriterion};
use crate::subject::Subject;

/// Judges what is known of a subject as of a day. Never fails. Whether the facts are claims or confirmed is up to the caller.
pub fn judge(standard: &Standard, subject: &Subject, as_of: Date) -> Judgement {
    let known = Known::of(standard, subject, as_of);
    let mut verdicts: Vec<Verdict> = Vec::new();
    let mut may = BTreeMap::new();
    let mut highest_met = None;
    for title in standard.titles_of(subject.kind) {
        let criteria: Vec<CriterionVerdict> = title
            .criteria
            .iter()
            .map(|criterion| criterion_verdict(&known, criterion))
            .collect();
        let chain = standard.chain(title);
        let own = fold(&criteria);
        let status = match below(&chain, &verdicts) {
            Some(below) => own.and(below),
            None => own,
        };
        // A title without any applicable criterion requires nothing.
        let status = if status == Status::NotApplicable {
            Status::Met
        } else {
            status
        };
        if status == Status::Met {
            highest_met = Some(title.key.clone());
        }
        verdicts.push(Verdict {
            title: title.key.clone(),
            status,
            criteria,
        });
        may.insert(
            title.key.clone(),
            may_apply(&known, title, &chain, &verdicts),
        );
    }
    Judgement {
        id: subject.id.clone(),
        verdicts,
        highest_met,
        may_apply: may,
    }
}

/// Judges as if some answers were different; `None` makes an answer unknown.
pub fn what_if(
    standard: &Standard,
    subject: &Subject,
    changes: &BTreeMap<String, Option<FactValue>>,
    as_of: Date,
) -> Judgement {
    let mut changed = subject.clone();
    for (key, value) in changes {
        match value {
            Some(value) => changed.facts.insert(key.clone(), value.clone()),
            None => changed.facts.remove(key),
        };
    }
    judge(standard, &changed, as_of)
}

fn fold(criteria: &[CriterionVerdict]) -> Status {
    criteria
        .iter()
        .fold(Status::NotApplicable, |status, criterion| {
            status.and(criterion.status)
        })
}

/// The status of the next lower tier that the subject's kind can hold; it includes the tiers below it.
fn below(chain: &[&Title], verdicts: &[Verdict]) -> Option<Status> {
    let lower = chain.iter().rev().skip(1);
    lower
        .filter_map(|title| verdicts.iter().find(|verdict| verdict.title == title.key))
        .map(|verdict| verdict.status)
        .next()
}

/// The roll and the members, `80/1000`, for a check of the rating in which fewer may vote than are members.
fn roll_beside(known: &Known<'_>, check: &Check) -> Option<String> {
    let Check::Rating { .. } = check else {
        return None;
    };
    let rules = known.standard.rating.as_ref()?.roll.as_ref()?;
    let (roll, members) = rules.below(known.subject)?;
    Some(format!("{roll}/{members}"))
}

fn criterion_verdict(known: &Known<'_>, criterion: &TitleCriterion) -> CriterionVerdict {
    let subject = known.subject;
    let bare = |status, missing| CriterionVerdict {
        clause: criterion.clause.clone(),
        status,
        missing,
        checks: Vec::new(),
    };
    if !criterion.kinds.contains(&subject.kind) {
        return bare(Status::NotApplicable, Vec::new());
    }
    if !criterion.employers.is_empty() {
        if !subject.kind.has_employer() {
            return bare(Status::NotApplicable, Vec::new());
        }
        match subject.employer {
            Some(employer) if criterion.employers.contains(&employer) => {}
            Some(_) => return bare(Status::NotApplicable, Vec::new()),
            None => return bare(Status::Unknown, vec!["employer".to_owned()]),
        }
    }
    let mut status = Status::NotApplicable;
    let mut missing: Vec<String> = Vec::new();
    let parts = criterion.check.parts();
    let mut checks = Vec::with_capacity(parts.len());
    for part in parts {
        let assessed = assess(known, part);
        status = status.and(assessed.status);
        for key in assessed.missing {
            if !missing.contains(&key) {
                missing.push(key);
            }
        }
        checks.push(CheckVerdict {
            what: part.what(),
            status: assessed.status,
            actual: assessed.actual,
            required: assessed.required,
            short_by: assessed.short_by,
            roll: roll_beside(known, part),
        });
    }
    CriterionVerdict {
        clause: criterion.clause.clone(),
        status,
        missing,
        checks,
    }
}
