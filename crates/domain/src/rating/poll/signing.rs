//! The group signs a counted result; with enough signatures it is a fact of the year.

use jianjia_standard::programme::BallotRules;
use jiff::Timestamp;

use crate::{
    core::refusal::Refusal,
    rating::{
        count::Rating,
        poll::{
            Poll, PollState, Signature, counting,
            refusal::PollRefusal,
            stage::{Counted, Signed, Stage},
            wrong_state,
        },
    },
};

/// Adds a member's signature, by the member's place in the group. The one with which enough of the group have signed makes the result a fact; the
/// others may still sign after that.
///
/// # Errors
/// `WrongState` before the counting and when it counts for nothing; `SignedAlready` at the field `code`.
pub fn sign(
    poll: Poll,
    rules: &BallotRules,
    member: usize,
    now: Timestamp,
) -> Result<Poll, Refusal> {
    let (counted, signed_at) = match poll.stage {
        Stage::Counted(counted) => (counted, None),
        Stage::Signed(signed) => (signed.counted, Some(signed.at)),
        _ => return Err(wrong_state(&poll, PollState::Counted).into()),
    };
    if counted
        .signatures
        .iter()
        .any(|known| known.member == member)
    {
        let group = &poll.plan.group;
        let name = group.get(member).map(|member| member.name.clone());
        let refusal = PollRefusal::SignedAlready {
            name: name.unwrap_or_default(),
        };
        return Err(Refusal::Fields(vec![("code".to_owned(), refusal.into())]));
    }
    let mut signatures = counted.signatures;
    signatures.push(Signature { member, at: now });
    let is_enough = rules
        .group
        .signatures
        .reached_by(signatures.len() as u64, poll.plan.group.len() as u64);
    let counted = Counted {
        signatures,
        ..counted
    };
    let stage = match signed_at.or(is_enough.then_some(now)) {
        Some(at) => Stage::Signed(Signed { counted, at }),
        None => Stage::Counted(counted),
    };
    Ok(Poll {
        stage,
        revision: poll.revision + 1,
        changed_at: now,
        ..poll
    })
}

/// The year's rating that a signed poll came to; none where it is not signed, or its result is withheld.
pub fn rating(poll: &Poll, rules: &BallotRules, now: Timestamp) -> Option<Rating> {
    let Stage::Signed(signed) = &poll.stage else {
        return None;
    };
    Some(Rating {
        unit: poll.unit,
        unit_path: poll.unit_path.clone(),
        year: poll.year,
        counts: counting::rating(rules, &signed.counted.record)?,
        recorded_by: String::new(),
        recorded_by_name: String::new(),
        recorded_at: now,
        note: poll.id.to_string(),
    })
}
