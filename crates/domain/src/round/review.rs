//! Reviewing an application: who must keep out of it, what a reviewer found on each criterion, and the reasons why a title
//! can't be given, in words.

use std::collections::{BTreeMap, BTreeSet};

use jianjia_standard::{
    Lang, Standard, Text, explain,
    judgement::{CriterionVerdict, Judgement, Reason, Status},
    subject::Subject,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        ids::{AccountId, ApplicationId, FindingId, UnitId},
        place::is_within,
        policy::Actor,
    },
    round::application::{Application, ApplicationRefusal},
};

/// What a reviewer found on one criterion. Added, never changed: of several, the newest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub id: FindingId,
    pub application: ApplicationId,
    pub clause: String,
    pub outcome: Outcome,
    pub note: String,
    pub unit: UnitId,
    pub unit_name: String,
    pub account: AccountId,
    pub account_name: String,
    pub at: Timestamp,
}

jianjia_standard::keyed! {
    pub enum Outcome {
        Confirmed = "confirmed" / "认定|属实",
        Rejected = "rejected" / "认定|不认可",
    }
}

/// A reviewer's declaration to keep out of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub application: ApplicationId,
    pub account: AccountId,
    pub account_name: String,
    pub reason: String,
    pub declared_at: Timestamp,
}

/// The newest finding on each clause. `findings` are in the order in which they were made.
pub fn standing<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
) -> BTreeMap<&'a str, &'a Finding> {
    findings
        .into_iter()
        .map(|finding| (finding.clause.as_str(), finding))
        .collect()
}

/// The clauses that the newest findings reject. `findings` are in the order in which they were made.
pub fn rejected<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> BTreeSet<String> {
    standing(findings)
        .into_values()
        .filter(|finding| finding.outcome == Outcome::Rejected)
        .map(|finding| finding.clause.clone())
        .collect()
}

/// The criteria that a title asks of the applicant by a judgement: clauses of the title and of those it builds on, each once, those that don't
/// apply left out.
pub fn asked<'a>(
    standard: &Standard,
    judgement: &'a Judgement,
    title: &str,
) -> Vec<&'a CriterionVerdict> {
    let Some(title) = standard.title(title) else {
        return Vec::new();
    };
    let mut asked: Vec<&CriterionVerdict> = Vec::new();
    for tier in standard.chain(title) {
        let verdict = judgement.verdict(&tier.key);
        for criterion in verdict.into_iter().flat_map(|verdict| &verdict.criteria) {
            let is_known = asked.iter().any(|known| known.clause == criterion.clause);
            if criterion.status != Status::NotApplicable && !is_known {
                asked.push(criterion);
            }
        }
    }
    asked
}

/// The names of the criteria that count as met only because the applicant says so: nobody has found on them.
pub fn unconfirmed<'a>(
    standard: &Standard,
    judgement: &Judgement,
    title: &str,
    findings: impl IntoIterator<Item = &'a Finding>,
) -> Vec<(String, Text)> {
    let standing = standing(findings);
    asked(standard, judgement, title)
        .into_iter()
        .filter(|criterion| {
            criterion.status == Status::Met && !standing.contains_key(criterion.clause.as_str())
        })
        .map(|criterion| {
            let meaning = standard.criterion(&criterion.clause);
            let name = meaning.map_or_else(Text::default, |meaning| meaning.name.clone());
            (criterion.clause.clone(), name)
        })
        .collect()
}

/// Whether the actor may review the application at all. `at` is the unit for which the actor would act: a union does review its own
/// branches, and nothing else of its own.
///
/// # Errors
/// For the own union, what the actor filed, what names the actor, and after a declared conflict.
pub fn may_review(
    actor: &Actor,
    application: &Application,
    at: &UnitId,
    conflict: Option<&Conflict>,
) -> Result<(), ApplicationRefusal> {
    if actor.person.is_some() && actor.person == application.person.as_ref().map(|person| person.id)
    {
        return Err(ApplicationRefusal::NamesYou);
    }
    if application.created_by == actor.account {
        return Err(ApplicationRefusal::OwnFiling);
    }
    let own = actor.roles.iter().any(|held| {
        held.unit.path == application.unit.path
            || (!held.unit.kind.is_federation()
                && held.unit.id != *at
                && is_within(&application.unit.path, &held.unit.path))
    });
    if own {
        return Err(ApplicationRefusal::OwnUnion);
    }
    match conflict {
        Some(conflict) => Err(ApplicationRefusal::ConflictDeclared {
            reason: conflict.reason.clone(),
        }),
        None => Ok(()),
    }
}

/// Why the title can't be applied for or given, one sentence a reason; empty when it can.
pub fn because(
    standard: &Standard,
    subject: &Subject,
    judgement: &Judgement,
    title: &str,
    findings: &[Finding],
    as_of: Date,
) -> Vec<Text> {
    let Some(may_apply) = judgement.may_apply.get(title) else {
        return Vec::new();
    };
    let standing = standing(findings);
    let both = |sentence: &dyn Fn(Lang) -> String| Text {
        zh: sentence(Lang::Zh),
        en: sentence(Lang::En),
    };
    may_apply
        .because
        .iter()
        .map(|reason| {
            let Reason::Criteria(clause) = reason else {
                return both(&|lang| explain::reason(standard, reason, lang));
            };
            let name = standard
                .criterion(clause)
                .map_or(Text::default(), |criterion| criterion.name.clone());
            let rejected = standing
                .get(clause.as_str())
                .filter(|finding| finding.outcome == Outcome::Rejected);
            if let Some(finding) = rejected {
                return Text {
                    zh: format!("{}（{clause}）审核不认可：{}", name.zh, finding.note),
                    en: format!("{} ({clause}) was not confirmed: {}", name.en, finding.note),
                };
            }
            let shortage = |lang| {
                criterion_of(standard, judgement, title, clause).and_then(|(tier, verdict)| {
                    explain::criterion(standard, subject, tier, verdict, as_of, lang)
                })
            };
            both(&|lang| match (shortage(lang), lang) {
                (Some(shortage), Lang::Zh) => format!("{}（{clause}），{shortage}", name.zh),
                (Some(shortage), Lang::En) => format!("{} ({clause}): {shortage}", name.en),
                (None, _) => explain::reason(standard, reason, lang),
            })
        })
        .collect()
}

/// A criterion's verdict in the title or the nearest title it builds on that asks for it, and that title's key.
fn criterion_of<'a>(
    standard: &'a Standard,
    judgement: &'a Judgement,
    title: &str,
    clause: &str,
) -> Option<(&'a str, &'a CriterionVerdict)> {
    let title = standard.title(title)?;
    standard.chain(title).into_iter().find_map(|tier| {
        let verdict = judgement.verdict(&tier.key)?.criterion(clause)?;
        matches!(verdict.status, Status::Unmet | Status::Unknown).then_some((&*tier.key, verdict))
    })
}

#[cfg(test)]
mod tests;
