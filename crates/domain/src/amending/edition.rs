//! A version of the standard that was confirmed: it holds for the rounds from a year on, from its day. Before that day it can be withdrawn; afterwards only
//! another edition takes its place.

use jiff::{Timestamp, civil::Date};

use crate::{
    amending::amendment::{Amendment, AmendmentRefusal, Proposal},
    core::{
        ids::{AccountId, AmendmentId},
        policy::{Actor, Permit, act},
    },
};

jianjia_standard::keyed! {
    /// The keys stand in tables.
    pub enum EditionState {
        /// Its day has not come.
        Waiting = "waiting" / "标准版本|等待生效",
        InForce = "in-force" / "标准版本|已生效",
        /// Before its day somebody took it back.
        Withdrawn = "withdrawn" / "标准版本|已撤回",
        /// When its day came, something of its years had been decided.
        Overtaken = "overtaken" / "标准版本|未生效",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    pub amendment: AmendmentId,
    pub name: String,
    pub version: String,
    pub key: String,
    /// The rounds that it holds for, both included, unless a later edition does.
    pub from_year: i16,
    pub last_year: i16,
    pub from_on: Date,
    pub state: EditionState,
    pub proposed_by_name: String,
    pub confirmed_by: AccountId,
    pub confirmed_by_name: String,
    pub confirmed_at: Timestamp,
    /// When it began to hold, or since when it is clear that it won't.
    pub ended_at: Option<Timestamp>,
    /// Why it was withdrawn.
    pub reason: String,
}

impl Edition {
    /// Whether both would hold for some year.
    pub fn overlaps(&self, (from, last): (i16, i16)) -> bool {
        self.from_year <= last && from <= self.last_year
    }

    /// Whether its day has come.
    pub fn is_due(&self, today: Date) -> bool {
        self.state == EditionState::Waiting && self.from_on <= today
    }
}

/// The edition of a proposal that was just confirmed.
pub fn of(amendment: &Amendment, proposal: &Proposal, actor: &Actor, now: Timestamp) -> Edition {
    Edition {
        amendment: amendment.id,
        name: amendment.name.clone(),
        version: amendment.checked.version.clone(),
        key: amendment.checked.key.clone(),
        from_year: proposal.from_year,
        last_year: amendment.checked.last_year,
        from_on: proposal.from_on,
        state: EditionState::Waiting,
        proposed_by_name: proposal.by_name.clone(),
        confirmed_by: actor.account,
        confirmed_by_name: actor.name.clone(),
        confirmed_at: now,
        ended_at: None,
        reason: String::new(),
    }
}

/// Whether it can be withdrawn: before its day, by one approver alone, since the standard in force then stays.
///
/// # Errors
/// `NotWaiting`.
pub fn withdraw(
    edition: &Edition,
    _permit: &Permit<act::PutInForce>,
    today: Date,
) -> Result<(), AmendmentRefusal> {
    match edition.state == EditionState::Waiting && today < edition.from_on {
        true => Ok(()),
        false => Err(AmendmentRefusal::NotWaiting),
    }
}

/// What becomes of an edition whose day has come: it holds, unless a year of its was decided meanwhile.
pub fn begin(decided: Option<(i16, i64)>) -> EditionState {
    match decided {
        None => EditionState::InForce,
        Some(_) => EditionState::Overtaken,
    }
}
