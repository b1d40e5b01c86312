//! What a department says of a unit, and what becomes of it: the unit is told and may reply with evidence within a period; then the department or the
//! city upholds or lifts it with reasons. What nobody replied to is upheld by the end of the period. Upheld, it is a veto until it is lifted, each
//! entry by itself: what another department upholds of the same unit stands on.

mod refusal;

use jianjia_standard::Standard;
use jiff::{Timestamp, civil::Date};

pub use self::refusal::EntryRefusal;
use crate::core::{
    ids::{AccountId, EntryId, UnitId, VetoId},
    policy::{Permit, act},
    refusal::Refusal,
};

/// That a department says a unit is or was in the state of a veto clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    /// The round, whose year it bars.
    pub year: i16,
    /// The department's key in the standard.
    pub department: String,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub clause: String,
    /// When it happened or was found.
    pub on: Date,
    /// The number of the document that says so.
    pub document: String,
    pub note: String,
    pub made_by_name: String,
    pub made_at: Timestamp,
    /// The last day on which the unit may reply.
    pub reply_by: Date,
    pub reply: Option<Reply>,
    pub decision: Option<Decision>,
    /// That an upheld one was lifted later.
    pub lifting: Option<Lifting>,
}

/// What the unit says to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub text: String,
    pub by_name: String,
    pub at: Timestamp,
}

/// What became of it, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub outcome: Outcome,
    pub decider: Decider,
    pub reason: String,
    /// None where nobody replied within the period.
    pub by: Option<AccountId>,
    pub by_name: String,
    pub at: Timestamp,
    /// The veto that an upheld one is on record as; several entries of one unit and clause share it.
    pub veto: Option<VetoId>,
}

/// Why what was upheld stands no longer, beside the decision that upheld it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifting {
    pub decider: Decider,
    pub reason: String,
    /// None where it is not known by which account.
    pub by: Option<AccountId>,
    pub by_name: String,
    pub at: Timestamp,
}

jianjia_standard::keyed! {
    pub enum Outcome {
        Upheld = "upheld" / "认定|维持",
        Lifted = "lifted" / "认定|解除",
    }
}

jianjia_standard::keyed! {
    /// Who decided.
    pub enum Decider {
        Department = "department" / "认定|部门",
        City = "city" / "认定|市总工会",
        /// The period was over and nobody had replied.
        Term = "term" / "认定|期满没有说明",
    }
}

jianjia_standard::keyed! {
    /// Where an entry is.
    pub enum EntryState {
        Notified = "notified" / "认定|等单位说明",
        Replied = "replied" / "认定|等核实决定",
        Upheld = "upheld" / "认定|已维持",
        Lifted = "lifted" / "认定|已解除",
    }
}

impl Entry {
    pub fn state(&self) -> EntryState {
        match (&self.decision, &self.reply) {
            (Some(decision), _) => match decision.outcome {
                Outcome::Upheld if self.lifting.is_none() => EntryState::Upheld,
                _ => EntryState::Lifted,
            },
            (None, Some(_)) => EntryState::Replied,
            (None, None) => EntryState::Notified,
        }
    }

    pub fn is_open(&self) -> bool {
        self.decision.is_none()
    }

    pub fn is_lifted(&self) -> bool {
        self.state() == EntryState::Lifted
    }

    /// Whether it is on record as this veto, which stands with it.
    pub fn upholds(&self, veto: &VetoId) -> bool {
        let decision = self.decision.as_ref();
        self.state() == EntryState::Upheld
            && decision.is_some_and(|decision| decision.veto.as_ref() == Some(veto))
    }

    /// Whether the newest decision is this one: whoever sends it twice decides once.
    pub fn is_decided_so(&self, by: &AccountId, outcome: Outcome, reason: &str) -> bool {
        let newest = match (&self.lifting, &self.decision) {
            (Some(lifting), _) => Some((lifting.by, Outcome::Lifted, &lifting.reason)),
            (None, Some(decision)) => Some((decision.by, decision.outcome, &decision.reason)),
            (None, None) => None,
        };
        newest.is_some_and(|(before, is, why)| {
            (before.as_ref(), is) == (Some(by), outcome) && *why == as_kept(reason)
        })
    }

    /// Whether nobody replied and the period is over: it is upheld by that.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state() == EntryState::Notified && today > self.reply_by
    }

    /// The source of the veto, as the unit reads it.
    pub fn source(&self, standard: &Standard) -> String {
        let department = standard.department(&self.department);
        let name = department.map_or(self.department.as_str(), |found| found.name.zh.as_str());
        format!("{name} {}（{}）", self.document, self.on)
    }
}

/// The most characters of a reply and of a reason.
pub const TEXT_AT_MOST: usize = 1000;

/// The most characters of a reason: it becomes a veto's note, or its lifting's.
pub const REASON_AT_MOST: usize = 500;

/// The unit replies, once, within the period.
///
/// # Errors
/// `Decided`, `RepliedAlready`, `TermOver`; `reply`: `NoReply`, `TooLong`.
pub fn reply(
    entry: &Entry,
    _: &Permit<act::ReplyToEntry>,
    typed: &str,
    by_name: &str,
    (today, now): (Date, Timestamp),
) -> Result<Reply, Refusal> {
    if entry.decision.is_some() {
        return Err(EntryRefusal::decided(entry).into());
    }
    if entry.reply.is_some() {
        return Err(EntryRefusal::RepliedAlready.into());
    }
    if today > entry.reply_by {
        let until = entry.reply_by;
        return Err(EntryRefusal::TermOver { until }.into());
    }
    let text = written("reply", typed, EntryRefusal::NoReply, TEXT_AT_MOST)?;
    Ok(Reply {
        text,
        by_name: by_name.to_owned(),
        at: now,
    })
}

/// Whether somebody may decide it so now. What was upheld may be lifted later.
///
/// # Errors
/// `Decided`; `NotHeard` when it is to be upheld while the unit may still reply.
pub fn may_decide(entry: &Entry, outcome: Outcome, today: Date) -> Result<(), EntryRefusal> {
    match entry.state() {
        EntryState::Lifted => return Err(EntryRefusal::decided(entry)),
        EntryState::Upheld if outcome == Outcome::Upheld => {
            return Err(EntryRefusal::decided(entry));
        }
        _ => {}
    }
    // The unit is heard before it is upheld; nothing is lost by lifting it sooner.
    if outcome == Outcome::Upheld && entry.reply.is_none() && today <= entry.reply_by {
        let until = entry.reply_by;
        return Err(EntryRefusal::NotHeard { until });
    }
    Ok(())
}

/// Why it is decided so.
///
/// # Errors
/// As `may_decide`; `reason`: `NoReason`, `TooLong`.
pub fn decide(
    entry: &Entry,
    _: &Permit<act::DecideEntry>,
    outcome: Outcome,
    reason: &str,
    today: Date,
) -> Result<String, Refusal> {
    may_decide(entry, outcome, today)?;
    written("reason", reason, EntryRefusal::NoReason, REASON_AT_MOST)
}

/// A text as it is kept: browsers end the lines of a form in two characters.
pub fn as_kept(typed: &str) -> String {
    typed.trim().replace("\r\n", "\n")
}

fn written(
    field: &str,
    typed: &str,
    missing: EntryRefusal,
    most: usize,
) -> Result<String, Refusal> {
    let text = as_kept(typed);
    let length = text.chars().count();
    if text.is_empty() {
        return Err(Refusal::at(field, missing));
    }
    if length > most {
        return Err(Refusal::at(field, EntryRefusal::TooLong { length, most }));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
