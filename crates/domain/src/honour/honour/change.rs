//! What can happen to a title held, by whom and with which words.

use jianjia_standard::{Standard, kinds::HonourLevel};
use serde::{Deserialize, Serialize};

use super::{Honour, HonourAct, HonourRefusal, HonourState};
use crate::core::{
    place::{UnitKind, is_within},
    policy::{Act, Actor, Permit, Role, act},
    refusal::{General, Refusal},
};

/// What is given with a suspension, resumption, revocation, withdrawal or reconfirmation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HonourChange {
    pub reason: String,
    pub document_number: String,
}

const REASON_AT_MOST: usize = 500;

const DOCUMENT_NUMBER_AT_MOST: usize = 60;

/// The honour after `act`; for suspending, resuming, revoking and withdrawing.
///
/// # Errors
/// When the reason is missing, or the title is not in a state from which `act` goes.
pub fn change(
    honour: &Honour,
    _: &Permit<act::ChangeHonour>,
    act: HonourAct,
    change: &HonourChange,
) -> Result<HonourState, Refusal> {
    checked(act, change)?;
    follow(honour.state, act).ok_or_else(|| {
        HonourRefusal::WrongState {
            act,
            state: honour.state,
            holder: honour.holder_name.clone(),
        }
        .into()
    })
}

/// Whether the words of a change can be taken.
///
/// # Errors
/// A refusal for each field that can't.
pub fn checked(act: HonourAct, change: &HonourChange) -> Result<(), Refusal> {
    let mut fields: Vec<(String, Refusal)> = Vec::new();
    if change.reason.trim().is_empty() {
        fields.push(("reason".to_owned(), HonourRefusal::NoReason { act }.into()));
    }
    for (field, text, most) in [
        ("reason", &change.reason, REASON_AT_MOST),
        (
            "document_number",
            &change.document_number,
            DOCUMENT_NUMBER_AT_MOST,
        ),
    ] {
        let length = text.chars().count();
        if length > most {
            fields.push((
                field.to_owned(),
                HonourRefusal::TooLong { length, most }.into(),
            ));
        }
    }
    if fields.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Fields(fields))
    }
}

/// Whether the number of the document by which titles are given can be taken; it may be empty.
///
/// # Errors
/// When it is too long.
pub fn checked_document_number(given: &str) -> Result<(), Refusal> {
    let length = given.trim().chars().count();
    if length <= DOCUMENT_NUMBER_AT_MOST {
        return Ok(());
    }
    let too_long = HonourRefusal::TooLong {
        length,
        most: DOCUMENT_NUMBER_AT_MOST,
    };
    Err(Refusal::at("document_number", too_long))
}

/// The acts that a title in this state can go through; for pages that decide what to offer.
pub fn acts_from(state: HonourState) -> impl Iterator<Item = HonourAct> {
    [HonourAct::Suspended, HonourAct::Resumed, HonourAct::Revoked]
        .into_iter()
        .filter(move |act| follow(state, *act).is_some())
}

fn follow(state: HonourState, act: HonourAct) -> Option<HonourState> {
    match (state, act) {
        (HonourState::InForce, HonourAct::Suspended) => Some(HonourState::Suspended),
        (HonourState::Suspended, HonourAct::Resumed) => Some(HonourState::InForce),
        (HonourState::InForce | HonourState::Suspended, HonourAct::Revoked) => {
            Some(HonourState::Revoked)
        }
        (HonourState::InForce | HonourState::Suspended, HonourAct::Withdrawn) => {
            Some(HonourState::Withdrawn)
        }
        _ => None,
    }
}

/// Who gave a title may take it: the district or industry federation below city level (P2), the city from city level on (P4).
///
/// # Errors
/// When the actor approves at neither.
pub fn in_charge(actor: &Actor, honour: &Honour, act: Act) -> Result<(), Refusal> {
    let gives = |kind: UnitKind| match honour.level {
        HonourLevel::County => {
            matches!(
                kind,
                UnitKind::City | UnitKind::District | UnitKind::Industry
            )
        }
        HonourLevel::City | HonourLevel::Province | HonourLevel::Nation => kind == UnitKind::City,
    };
    // P5 asks the federation that would recommend the holder, whatever level the old title is of.
    let answers = |kind: UnitKind| {
        if act == Act::ReconfirmHonour {
            matches!(
                kind,
                UnitKind::City | UnitKind::District | UnitKind::Industry
            )
        } else {
            gives(kind)
        }
    };
    let is_theirs = actor.roles.iter().any(|at| {
        at.role == Role::Approver
            && answers(at.unit.kind)
            && at.unit.id != honour.unit
            && is_within(&honour.unit_path, &at.unit.path)
    });
    if is_theirs {
        Ok(())
    } else if act == Act::ReconfirmHonour {
        Err(HonourRefusal::NotTheFederation.into())
    } else {
        Err(HonourRefusal::GivenElsewhere {
            level: honour.level,
        }
        .into())
    }
}

/// Clause P5: an old title of the standard's level, tier and years counts once the federation found that the holder meets the conditions.
///
/// # Errors
/// When the title can't count by P5, or was reconfirmed already.
pub fn reconfirm(
    standard: &Standard,
    honour: &Honour,
    _: &Permit<act::ReconfirmHonour>,
    change: &HonourChange,
) -> Result<(), Refusal> {
    checked(HonourAct::Reconfirmed, change)?;
    if honour.reconfirmed {
        return Err(HonourRefusal::ReconfirmedAlready.into());
    }
    if !honour.is_in_force() {
        return Err(HonourRefusal::WrongState {
            act: HonourAct::Reconfirmed,
            state: honour.state,
            holder: honour.holder_name.clone(),
        }
        .into());
    }
    match &standard.equivalence {
        Some(rule) if counts_when_reconfirmed(standard, honour) => {
            if rule.must_be_reconfirmed {
                Ok(())
            } else {
                Err(HonourRefusal::CountsWithout {
                    clause: rule.clause.clone(),
                }
                .into())
            }
        }
        rule => Err(HonourRefusal::NotEquivalent {
            clause: rule.as_ref().map(|rule| rule.clause.clone()),
            text: rule.as_ref().map(|rule| rule.text.clone()),
        }
        .into()),
    }
}

/// Whether an old title is one of those that P5 is about.
pub fn counts_when_reconfirmed(standard: &Standard, honour: &Honour) -> bool {
    let (Some(rule), Some(title)) = (&standard.equivalence, standard.title(&honour.title)) else {
        return false;
    };
    honour.year <= rule.given_until
        && rule.levels.contains(&honour.level)
        && title.tier == rule.tier
}

/// The honour is not as the form saw it.
///
/// # Errors
/// When it was changed since.
pub fn unchanged(honour: &Honour, revision: i64) -> Result<(), Refusal> {
    if honour.revision == revision {
        Ok(())
    } else {
        Err(General::Stale.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_act_goes_from_the_states_it_can_go_from_and_no_other() {
        use HonourAct::{Resumed, Revoked, Suspended, Withdrawn};
        let check = |state: HonourState, expect: &[HonourAct]| {
            let goes: Vec<HonourAct> = [Suspended, Resumed, Revoked, Withdrawn]
                .into_iter()
                .filter(|act| follow(state, *act).is_some())
                .collect();
            assert_eq!(goes, expect, "{state:?}");
        };
        check(HonourState::InForce, &[Suspended, Revoked, Withdrawn]);
        check(HonourState::Suspended, &[Resumed, Revoked, Withdrawn]);
        check(HonourState::Revoked, &[]);
        check(HonourState::Withdrawn, &[]);
    }

    #[test]
    fn a_change_without_a_reason_or_with_too_long_a_one_is_refused_at_its_field() {
        let check = |reason: &str, document_number: &str, expect: &[(&str, &str)]| {
            let given = HonourChange {
                reason: reason.to_owned(),
                document_number: document_number.to_owned(),
            };
            let found = match checked(HonourAct::Revoked, &given) {
                Ok(()) => Vec::new(),
                Err(Refusal::Fields(fields)) => fields
                    .iter()
                    .map(|(field, refusal)| (field.clone(), refusal.key()))
                    .collect(),
                Err(other) => vec![(String::new(), other.key())],
            };
            let expect: Vec<(String, &str)> = expect
                .iter()
                .map(|(field, key)| ((*field).to_owned(), *key))
                .collect();
            assert_eq!(found, expect);
        };
        check("弄虚作假", "常工发〔2017〕3号", &[]);
        check("  ", "", &[("reason", "honour/no-reason")]);
        check(
            &"长".repeat(501),
            &"长".repeat(61),
            &[
                ("reason", "honour/too-long"),
                ("document_number", "honour/too-long"),
            ],
        );
    }
}
