//! What a visit comes to: declared against found gives green, amber or red by the standard's rules. Red is decided on by the city once the unit was heard: it has
//! time to mend and is visited again, or the title is withdrawn; the subsidy's effect (R4) stands until the decision is taken back.

use std::collections::{BTreeMap, BTreeSet};

use jianjia_standard::{
    Standard,
    fact::FactValue,
    figure::Rate,
    judgement::{Judgement, Status},
    kinds::Kind,
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
        ids::{AccountId, CheckEffectId, JudgementId, UnitId, VisitEventId, VisitId},
        policy::{Permit, act},
        refusal::Refusal,
    },
    round::review::asked,
};

mod refusal;
pub use refusal::OutcomeRefusal;

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
        Cleared = "cleared" / "抽查经过|不予认定",
        Overturned = "overturned" / "抽查经过|撤回决定",
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
        Clear = "clear" / "抽查决定|不予认定",
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
/// `NotRed` when there is nothing to decide, `BeforeHearing` while the unit may still be heard; by field: `NoDecision`, and as `reasoned`.
pub fn decide(
    visit: &Visit,
    outcome: &Outcome,
    events: &[VisitEvent],
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

/// Takes back what was decided: the effect on the subsidy ends with it.
///
/// # Errors
/// `NothingDecided`; `reason`: as `reasoned`.
pub fn overturn(
    visit: &Visit,
    _: &Permit<act::DecideVisit>,
    reason: &str,
) -> Result<String, Refusal> {
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

/// That a unit was found short of the title, for whoever works out the subsidies (R4). Lifted where the decision is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckEffect {
    pub id: CheckEffectId,
    /// The year whose spot check found it.
    pub year: i16,
    pub unit: UnitId,
    pub unit_path: String,
    /// The reward's clause.
    pub clause: String,
    pub visit: VisitId,
    pub recorded_at: Timestamp,
    pub recorded_by_name: String,
    pub lifted: Option<EffectLifting>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectLifting {
    pub at: Timestamp,
    pub by_name: String,
    pub reason: String,
}

/// The clause of the reward that goes down for a unit of this kind in this division; none where it has none.
pub fn effect(standard: &Standard, kind: Option<Kind>, division: &str) -> Option<String> {
    let reward = standard.visit_effect()?;
    let is_of_kind =
        reward.kinds.is_empty() || kind.is_some_and(|kind| reward.kinds.contains(&kind));
    let lies_within = reward.divisions.is_empty()
        || reward
            .divisions
            .iter()
            .any(|within| division.starts_with(within.as_str()));
    (is_of_kind && lies_within).then(|| reward.clause.clone())
}

#[cfg(test)]
mod tests;
