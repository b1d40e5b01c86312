//! A proposal to change the standard: what was looked at under “what if”, kept under a name with a reason for colleagues to look at. It decides nothing and
//! touches nobody's record; what it comes to is worked out anew whenever somebody looks.

use jianjia_standard::{
    Standard,
    what_if::change::{Change, Refused},
};
use jiff::Timestamp;

use crate::core::{
    ids::{AccountId, ProposalId, UnitId},
    policy::{Permit, act},
    refusal::Refusal,
};

mod refusal;
pub use self::refusal::WhatIfRefusal;

/// The most characters of a name.
pub const NAME_LENGTH: usize = 60;
/// The most characters of a reason.
pub const REASON_LENGTH: usize = 2_000;

jianjia_standard::keyed! {
    /// What became of a proposal.
    pub enum ProposalState {
        Open = "open" / "方案|在议",
        Withdrawn = "withdrawn" / "方案|已撤回",
    }
}

/// Changes of a year's standard that somebody proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub id: ProposalId,
    /// The federation whose units it is looked at for.
    pub unit: UnitId,
    pub unit_path: String,
    pub year: i16,
    /// The standard that it would change, by key and version.
    pub standard_key: String,
    pub standard_hash: String,
    pub name: String,
    pub reason: String,
    pub changes: Vec<Change>,
    pub state: ProposalState,
    pub revision: i64,
    pub made_by: AccountId,
    pub made_by_name: String,
    pub made_at: Timestamp,
    pub changed_by_name: String,
    pub changed_at: Timestamp,
    /// Knows a form again that was sent twice.
    pub request_key: String,
}

/// What was typed, and the changes as they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProposalInput {
    pub name: String,
    pub reason: String,
    pub changes: Vec<Change>,
}

/// Who proposes, and when.
#[derive(Clone, Copy, Debug)]
pub struct Proposer<'a> {
    pub account: AccountId,
    pub name: &'a str,
    pub now: Timestamp,
}

/// Keeps changes as a proposal.
///
/// # Errors
/// A name or a reason that is missing or too long; nothing changed.
pub fn propose(
    permit: &Permit<act::ProposeChange>,
    (id, request_key): (ProposalId, &str),
    (year, standard): (i16, &Standard),
    input: &ProposalInput,
    by: Proposer<'_>,
) -> Result<Proposal, Refusal> {
    let (name, reason) = worded(input)?;
    Ok(Proposal {
        id,
        unit: permit.unit.id,
        unit_path: permit.unit.path.clone(),
        year,
        standard_key: standard.key.clone(),
        standard_hash: standard.version.clone(),
        name,
        reason,
        changes: input.changes.clone(),
        state: ProposalState::Open,
        revision: 1,
        made_by: by.account,
        made_by_name: by.name.to_owned(),
        made_at: by.now,
        changed_by_name: by.name.to_owned(),
        changed_at: by.now,
        request_key: request_key.to_owned(),
    })
}

/// Says it otherwise, or changes other things.
///
/// # Errors
/// As `propose`; when it was withdrawn.
pub fn revise(
    proposal: Proposal,
    _permit: &Permit<act::ProposeChange>,
    standard: &Standard,
    input: &ProposalInput,
    by: Proposer<'_>,
) -> Result<Proposal, Refusal> {
    if proposal.state == ProposalState::Withdrawn {
        return Err(WhatIfRefusal::Withdrawn.into());
    }
    let (name, reason) = worded(input)?;
    Ok(Proposal {
        name,
        reason,
        changes: input.changes.clone(),
        standard_key: standard.key.clone(),
        standard_hash: standard.version.clone(),
        changed_by_name: by.name.to_owned(),
        changed_at: by.now,
        ..proposal
    })
}

/// Takes it back: it stays to be read.
///
/// # Errors
/// When it was withdrawn before.
pub fn withdraw(
    proposal: Proposal,
    _permit: &Permit<act::ProposeChange>,
    by: Proposer<'_>,
) -> Result<Proposal, WhatIfRefusal> {
    if proposal.state == ProposalState::Withdrawn {
        return Err(WhatIfRefusal::Withdrawn);
    }
    Ok(Proposal {
        state: ProposalState::Withdrawn,
        changed_by_name: by.name.to_owned(),
        changed_at: by.now,
        ..proposal
    })
}

/// Name and reason as they are kept.
fn worded(input: &ProposalInput) -> Result<(String, String), Refusal> {
    let (name, reason) = (input.name.trim(), input.reason.trim());
    let mut wrong = Vec::new();
    let mut at = |field: &str, refusal: WhatIfRefusal| {
        wrong.push((field.to_owned(), Refusal::from(refusal)));
    };
    if name.is_empty() {
        at("name", WhatIfRefusal::NoName);
    } else if name.chars().count() > NAME_LENGTH {
        at("name", WhatIfRefusal::NameTooLong);
    }
    if reason.is_empty() {
        at("reason", WhatIfRefusal::NoReason);
    } else if reason.chars().count() > REASON_LENGTH {
        at("reason", WhatIfRefusal::ReasonTooLong);
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    if input.changes.is_empty() {
        return Err(WhatIfRefusal::NothingChanged.into());
    }
    Ok((name.to_owned(), reason.to_owned()))
}

/// What can't be changed, each beside the field that it was typed into.
pub fn refused(standard: &Standard, refused: &[Refused]) -> Refusal {
    let fields = refused.iter().map(|refused| {
        let told = WhatIfRefusal::CannotChange {
            refused: refused.clone(),
            standard: Box::new(standard.clone()),
        };
        (refused.name.clone(), Refusal::from(told))
    });
    Refusal::Fields(fields.collect())
}

#[cfg(test)]
mod tests;
