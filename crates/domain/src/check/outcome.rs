//! What a visit comes to: declared against found gives green, amber or red by the standard's rules. Red is decided on by the city once the unit was heard: it has
//! time to mend and is visited again, or the title is withdrawn; the subsidy's effect (R4) stands until the decision is taken back.

use std::collections::{BTreeMap, BTreeSet};

use jianjia_standard::{
    Standard,
    fact::FactValue,
    figure::Rate,
    judgement::{Judgement, Status},
    programme::visit::{Colour, Sign, VisitRules},
    subject::Subject,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    check::{
        remark::{Noted, Seen, reasoned},
        visit::{Visit, VisitState},
    },
    core::{
        ids::{AccountId, JudgementId, VisitEventId, VisitId},
        policy::{Permit, act},
        refusal::Refusal,
    },
    round::review::asked,
};

mod effect;
mod mending;
mod refusal;
pub use self::{
    effect::{CheckEffect, EffectLifting, effect},
    mending::{Mending, ends_with, falls_with, may_fail_again, say_ready},
    refusal::OutcomeRefusal,
};

/// A sign, and the clause that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    pub clause: String,
    pub sign: Sign,
    pub colour: Colour,
}

/// What a visit came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub visit: VisitId,
    pub colour: Colour,
    pub signs: Vec<Signed>,
    /// The judgement on what was found.
    pub judgement: JudgementId,
    /// The last day on which the unit is heard; where the visit is red.
    pub hear_until: Option<Date>,
    /// Until when it mends.
    pub mend_until: Option<Date>,
    pub concluded_by: AccountId,
    pub concluded_by_name: String,
    pub concluded_at: Timestamp,
}

impl Outcome {
    /// The clauses whose signs come to this colour, each once.
    pub fn clauses(&self, colour: Colour) -> Vec<&str> {
        let mut clauses: Vec<&str> = Vec::new();
        for signed in self.signs.iter().filter(|signed| signed.colour == colour) {
            if !clauses.contains(&signed.clause.as_str()) {
                clauses.push(&signed.clause);
            }
        }
        clauses
    }

    /// The clauses that made the visit red and that no time helps to mend: what past months show stays as it is.
    pub fn past_mending(&self, standard: &Standard) -> Vec<String> {
        self.clauses(Colour::Red)
            .into_iter()
            .filter(|clause| {
                let criterion = standard.criterion(clause);
                criterion.is_some_and(|criterion| !criterion.mendable)
            })
            .map(str::to_owned)
            .collect()
    }
}

/// What stands of the remarks, by clause.
pub type NotedByClause<'a> = BTreeMap<String, Noted<'a>>;

/// What is known of the unit with what was found in place of what it declared, and the clauses that inspectors found not to hold.
pub fn found(
    standard: &Standard,
    declared: &Subject,
    noted: &NotedByClause<'_>,
) -> (Subject, BTreeSet<String>) {
    let mut found = declared.clone();
    for clause in noted.values() {
        for (key, value) in &clause.found {
            let fact = standard.fact(key);
            if let Some(value) = fact.and_then(|fact| FactValue::from_json(fact, value).ok()) {
                found.facts.insert((*key).to_owned(), value);
            }
        }
    }
    // More members than workers: one of both is wrong, so neither is known.
    for problem in jianjia_standard::fact::impossible(standard, &found.facts) {
        found.facts.remove(&problem.key);
    }
    let failed = noted
        .iter()
        .filter(|(_, noted)| noted.seen == Seen::Fails)
        .map(|(clause, _)| clause.clone())
        .collect();
    (found, failed)
}

/// The signs that declared and found show side by side, clause by clause. `title` is the highest one that the unit's file is looked through for.
pub fn signs(
    standard: &Standard,
    rules: &VisitRules,
    title: &str,
    declared: &Subject,
    judgement: &Judgement,
    noted: &NotedByClause<'_>,
) -> Vec<Signed> {
    let deciding: Vec<&str> = asked(standard, judgement, &rules.against)
        .into_iter()
        .map(|criterion| criterion.clause.as_str())
        .collect();
    let mut signs = Vec::new();
    let mut all = asked(standard, judgement, &rules.against);
    for criterion in asked(standard, judgement, title) {
        if !deciding.contains(&criterion.clause.as_str()) {
            all.push(criterion);
        }
    }
    for criterion in all {
        let clause = criterion.clause.as_str();
        let mut show = |sign: Sign| {
            signs.push(Signed {
                clause: clause.to_owned(),
                sign,
                colour: rules.colour(sign),
            });
        };
        let decides = deciding.contains(&clause);
        let seen = noted.get(clause).filter(|noted| noted.seen != Seen::Unseen);
        match (seen, criterion.status) {
            // What nobody saw is unknown, whatever was declared; above the title that decides it is left alone.
            (None, _) | (_, Status::Unknown) if decides => show(Sign::Unknown),
            (Some(_), Status::Unmet) if decides => show(Sign::Unmet),
            (Some(_), Status::Unmet) => show(Sign::UnmetAbove),
            _ => {}
        }
        let differing = noted.get(clause).into_iter().flat_map(|noted| &noted.found);
        let mut worst: Option<Sign> = None;
        for (key, value) in differing {
            let Some(fact) = standard.fact(key) else {
                continue;
            };
            let value = FactValue::from_json(fact, value).ok();
            if let (Some(before), Some(value)) = (declared.facts.get(*key), value)
                && let Some(sign) = difference(rules.tolerance, before, &value)
            {
                worst = match worst {
                    Some(Sign::Differs) => worst,
                    _ => Some(sign),
                };
            }
        }
        if let Some(sign) = worst {
            show(sign);
        }
    }
    signs
}

/// The colour of some signs: the worst of them.
pub fn colour(signs: &[Signed]) -> Colour {
    let worst = signs.iter().map(|signed| signed.colour).max();
    worst.unwrap_or(Colour::Green)
}

/// How an answer found differs from the one declared; none where it does not.
fn difference(tolerance: Rate, declared: &FactValue, found: &FactValue) -> Option<Sign> {
    if declared == found {
        return None;
    }
    let numbers = match (declared, found) {
        (FactValue::Number(declared), FactValue::Number(found))
        | (FactValue::Money(declared), FactValue::Money(found)) => Some((*declared, *found)),
        _ => None,
    };
    let within = numbers.is_some_and(|(declared, found)| {
        let apart = u128::from(declared.abs_diff(found)) * u128::from(tolerance.denominator);
        apart <= u128::from(declared) * u128::from(tolerance.numerator)
    });
    Some(if within {
        Sign::DiffersWithin
    } else {
        Sign::Differs
    })
}

jianjia_standard::keyed! {
    /// What happened to a visit after it was concluded. The keys stand in tables.
    pub enum VisitAct {
        Concluded = "concluded" / "抽查经过|办结检查",
        /// The unit was heard.
        Stated = "stated" / "抽查经过|单位陈述意见",
        Mending = "mending" / "抽查经过|限期整改",
        Withdrawn = "withdrawn" / "抽查经过|撤销称号",
        Cleared = "cleared" / "抽查经过|不认定不达标，保留称号",
        Overturned = "overturned" / "抽查经过|撤回决定",
        /// The unit says that it mended, so that it need not wait for the last day.
        Ready = "ready" / "抽查经过|单位报告整改完成",
        Mended = "mended" / "抽查经过|复查合格",
        FailedAgain = "failed-again" / "抽查经过|复查仍不合格",
    }
}

/// One thing that happened to a visit. Added, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitEvent {
    pub id: VisitEventId,
    pub visit: VisitId,
    pub act: VisitAct,
    pub reason: String,
    pub document_number: String,
    pub due_on: Option<Date>,
    pub account: AccountId,
    pub account_name: String,
    pub at: Timestamp,
}

jianjia_standard::keyed! {
    /// What the city decides on a red visit.
    pub enum Decision {
        Mend = "mend" / "抽查决定|限期整改，到期复查",
        Withdraw = "withdraw" / "抽查决定|撤销称号",
        Clear = "clear" / "抽查决定|不认定不达标，保留称号",
    }
}

/// What the city typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionInput {
    pub decision: String,
    pub reason: String,
    pub document_number: String,
    /// The state of the visit on the page.
    pub seen: String,
}

/// A decision that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    pub decision: Decision,
    pub state: VisitState,
    pub act: VisitAct,
    pub reason: String,
}

/// Decides on a red visit, once the unit was heard or its days are over.
///
/// # Errors
/// `NotRed` when there is nothing to decide, `BeforeHearing` while the unit may still be heard; by field: `NoDecision`, `PastMending` for time to mend
/// where a clause can't be mended, and as `reasoned`.
pub fn decide(
    standard: &Standard,
    visit: &Visit,
    (outcome, events): (&Outcome, &[VisitEvent]),
    _: &Permit<act::DecideVisit>,
    input: &DecisionInput,
    today: Date,
) -> Result<Decided, Refusal> {
    if visit.state != VisitState::Hearing {
        return Err(OutcomeRefusal::NotRed { state: visit.state }.into());
    }
    let was_heard = events.iter().any(|event| event.act == VisitAct::Stated);
    if let Some(until) = outcome.hear_until
        && !was_heard
        && today <= until
    {
        return Err(OutcomeRefusal::BeforeHearing { until }.into());
    }
    let Some(decision) = Decision::from_key(&input.decision) else {
        return Err(Refusal::at("decision", OutcomeRefusal::NoDecision));
    };
    let clauses = outcome.past_mending(standard);
    if decision == Decision::Mend && !clauses.is_empty() {
        let refusal = OutcomeRefusal::PastMending { clauses };
        return Err(Refusal::at("decision", refusal));
    }
    let reason = reasoned("reason", &input.reason)?;
    let (state, act) = match decision {
        Decision::Mend => (VisitState::Mending, VisitAct::Mending),
        Decision::Withdraw => (VisitState::Withdrawn, VisitAct::Withdrawn),
        Decision::Clear => (VisitState::Cleared, VisitAct::Cleared),
    };
    Ok(Decided {
        decision,
        state,
        act,
        reason,
    })
}

/// Takes back what was decided: the effect on the subsidy ends with it. `rechecked`: the visit whose findings this one looked at again.
///
/// # Errors
/// `OverturnAtFirst` for a visit that looked again: what was decided falls with the first one's; `NothingDecided`; `reason`: as `reasoned`.
pub fn overturn(
    visit: &Visit,
    rechecked: Option<VisitId>,
    _: &Permit<act::DecideVisit>,
    reason: &str,
) -> Result<String, Refusal> {
    if rechecked.is_some() {
        return Err(OutcomeRefusal::OverturnAtFirst.into());
    }
    match visit.state {
        VisitState::Mending | VisitState::Mended | VisitState::Withdrawn => {
            reasoned("overturn_reason", reason)
        }
        state => Err(OutcomeRefusal::NothingDecided { state }.into()),
    }
}

/// The unit says its view while it is heard.
///
/// # Errors
/// `NotHeard` when it is not, `HearingOver` after its last day; `statement`: as `reasoned`.
pub fn state(
    visit: &Visit,
    outcome: &Outcome,
    _: &Permit<act::AnswerVisit>,
    statement: &str,
    today: Date,
) -> Result<String, Refusal> {
    if visit.state != VisitState::Hearing {
        return Err(OutcomeRefusal::NotHeard { state: visit.state }.into());
    }
    if let Some(until) = outcome.hear_until.filter(|until| today > *until) {
        return Err(OutcomeRefusal::HearingOver { until }.into());
    }
    reasoned("statement", statement)
}

#[cfg(test)]
mod tests;
