//! Objections to candidates on public notice (异议): by anybody, named or not, with evidence, followed by number and code. Each is assigned to somebody whom
//! it does not concern, looked into, answered in writing, and holds the naming of its candidate, and of no other, until it is closed.

mod concerned;
mod form;
mod refusal;

use jianjia_standard::{programme::Publication as Rules, working_days::WorkingDays};
use jiff::{SignedDuration, Timestamp, civil::Date};

pub use self::{
    concerned::Concerned,
    form::{Content, FileName, ObjectionForm, admit, as_written, read, written},
    refusal::ObjectionRefusal,
};
use crate::core::ids::{
    AccountId, ApplicationId, ObjectionId, ObjectionNoteId, PublicationId, UnitId,
};

jianjia_standard::keyed! {
    /// What came of it. The keys stand in tables.
    pub enum ObjectionOutcome {
        Founded = "founded" / "异议|属实",
        Unfounded = "unfounded" / "异议|不属实",
    }
}

jianjia_standard::keyed! {
    /// How far it is, as whoever objected reads it.
    pub enum ObjectionState {
        /// One of a flood, which does not count before it is confirmed.
        Unconfirmed = "unconfirmed" / "异议|还没有确认",
        Received = "received" / "异议|已收到",
        LookedInto = "looked-into" / "异议|已受理，正在核实",
        Closed = "closed" / "异议|已办结",
    }
}

/// The most characters of an objection, of a note on it and of its answer.
pub const LONGEST: usize = 4_000;

/// The most files of one objection, and the most bytes of all of them.
pub const FILES_AT_MOST: usize = 5;
pub const FILES_BYTES: usize = 20 * 1024 * 1024;

/// So many objections of a day from one network count at once, and so many in all; what comes beyond is kept and counts when it is confirmed.
pub const AT_ONCE_FROM_NETWORK: i64 = 5;
pub const AT_ONCE_IN_ALL: i64 = 60;

/// Beyond so many of a day from one network nothing is taken.
pub const FROM_NETWORK_AT_MOST: i64 = 100;

/// How long after it was written an objection beyond these numbers is confirmed: a program that floods would have to come back for each.
pub const CONFIRM_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// A piece of evidence: where its ciphertext lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectionFile {
    /// From 1.
    pub place: i64,
    pub hash: String,
    pub bytes: i64,
}

/// An objection as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    pub id: ObjectionId,
    pub number: i64,
    pub publication: PublicationId,
    pub application: ApplicationId,
    /// `Content`, encrypted.
    pub sealed: String,
    pub code_hash: String,
    /// By what it is known again when it is sent twice.
    pub request_hash: String,
    /// A few digits of a keyed hash of the network it came from: many networks share them.
    pub network: String,
    pub received_at: Timestamp,
    /// None while one of a flood waits for whoever wrote it.
    pub confirmed_at: Option<Timestamp>,
    pub assigned: Option<Assigned>,
    pub answer: Option<ObjectionAnswer>,
}

/// Who looks into it, and for which office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    pub to: AccountId,
    pub to_name: String,
    pub office: UnitId,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectionAnswer {
    pub outcome: ObjectionOutcome,
    /// Encrypted.
    pub sealed: String,
    pub by: AccountId,
    pub by_name: String,
    pub at: Timestamp,
}

/// What somebody who looks into it noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectionNote {
    pub id: ObjectionNoteId,
    pub objection: ObjectionId,
    /// Encrypted.
    pub sealed: String,
    pub by: AccountId,
    pub by_name: String,
    pub at: Timestamp,
    /// By what it is known again when it is sent twice; empty where it can't be.
    pub request_hash: String,
}

impl Objection {
    pub fn state(&self) -> ObjectionState {
        if self.answer.is_some() {
            ObjectionState::Closed
        } else if self.confirmed_at.is_none() {
            ObjectionState::Unconfirmed
        } else if self.assigned.is_some() {
            ObjectionState::LookedInto
        } else {
            ObjectionState::Received
        }
    }

    /// Whether it holds the naming of its candidate.
    pub fn holds(&self) -> bool {
        self.confirmed_at.is_some() && self.answer.is_none()
    }

    pub fn is_assigned_to(&self, account: &AccountId) -> bool {
        let assigned = self.assigned.as_ref();
        assigned.is_some_and(|assigned| assigned.to == *account)
    }
}

/// Whether an objection of a day counts at once: `before` is how many came from its network, and in all.
///
/// # Errors
/// `Flooded` beyond what is taken from one network.
pub fn counts_at_once(from_network: i64, in_all: i64) -> Result<bool, ObjectionRefusal> {
    if from_network >= FROM_NETWORK_AT_MOST {
        return Err(ObjectionRefusal::Flooded);
    }
    Ok(from_network < AT_ONCE_FROM_NETWORK && in_all < AT_ONCE_IN_ALL)
}

/// Whether one that waits for it may be confirmed.
///
/// # Errors
/// `ConfirmedBefore`; `TooEarly` within the first hour.
pub fn confirm(objection: &Objection, now: Timestamp) -> Result<(), ObjectionRefusal> {
    if objection.confirmed_at.is_some() || objection.answer.is_some() {
        return Err(ObjectionRefusal::ConfirmedBefore);
    }
    let left = CONFIRM_AFTER.as_secs() - now.duration_since(objection.received_at).as_secs();
    if left > 0 {
        return Err(ObjectionRefusal::TooEarly {
            minutes: (left + 59) / 60,
        });
    }
    Ok(())
}

/// Those to a candidate that nobody confirmed yet, and the last day of the notices that they came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unconfirmed {
    pub count: i64,
    pub notice_to: Date,
}

/// Why a candidate can't be named yet for the sake of those that nobody confirmed: a real one of them, written on the last day of a flood, can still be
/// confirmed on the working days after the notice that the standard sets. None once these are over.
pub fn waits(
    unconfirmed: &Unconfirmed,
    rules: &Rules,
    working_days: &WorkingDays,
    today: Date,
) -> Option<ObjectionRefusal> {
    let until =
        working_days.add_working_days(unconfirmed.notice_to, rules.unconfirmed_working_days);
    (today <= until.value).then(|| ObjectionRefusal::Unconfirmed {
        count: unconfirmed.count,
        until: until.value,
        clause: rules.clause.clone(),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::core::refusal::Refuse;

    fn candidate() -> ApplicationId {
        ApplicationId(Uuid::from_u128(7))
    }

    fn objection(minutes_ago: i64) -> (Objection, Timestamp) {
        let now = Timestamp::from_second(1_476_900_000).unwrap();
        let objection = Objection {
            id: ObjectionId(Uuid::from_u128(1)),
            number: 1,
            publication: PublicationId(Uuid::from_u128(2)),
            application: candidate(),
            sealed: String::new(),
            code_hash: String::new(),
            request_hash: String::new(),
            network: String::new(),
            received_at: now - SignedDuration::from_mins(minutes_ago),
            confirmed_at: None,
            assigned: None,
            answer: None,
        };
        (objection, now)
    }

    #[test]
    fn beyond_a_few_of_a_day_they_count_when_confirmed_and_beyond_many_none_is_taken() {
        let check = |from_network, in_all| match counts_at_once(from_network, in_all) {
            Ok(true) => "counts",
            Ok(false) => "waits",
            Err(refusal) => refusal.key(),
        };
        assert_eq!(check(0, 0), "counts");
        assert_eq!(check(4, 59), "counts");
        assert_eq!(check(5, 5), "waits");
        assert_eq!(check(0, 60), "waits");
        assert_eq!(check(99, 99), "waits");
        assert_eq!(check(100, 100), "objection/flooded");
    }

    #[test]
    fn one_of_a_flood_holds_nothing_before_it_is_confirmed_an_hour_later() {
        let (early, now) = objection(59);
        assert!(!early.holds());
        let refused = confirm(&early, now).map_err(|refusal| refusal.key());
        assert_eq!(refused, Err("objection/too-early"));
        let (mut late, now) = objection(60);
        assert_eq!(confirm(&late, now), Ok(()));
        late.confirmed_at = Some(now);
        assert!(late.holds());
        assert_eq!(confirm(&late, now), Err(ObjectionRefusal::ConfirmedBefore));
    }

    #[test]
    fn unconfirmed_ones_hold_the_naming_until_the_working_day_after_the_notice_is_over() {
        let friday = date(2016, 12, 9);
        let check = |unconfirmed_working_days, today| {
            let rules = Rules {
                clause: "P4".to_owned(),
                unconfirmed_working_days,
                ..Rules::default()
            };
            let unconfirmed = Unconfirmed {
                count: 3,
                notice_to: friday,
            };
            waits(&unconfirmed, &rules, &WorkingDays::national(), today)
        };
        let held = |count, until| {
            Some(ObjectionRefusal::Unconfirmed {
                count,
                until,
                clause: "P4".to_owned(),
            })
        };
        let monday = date(2016, 12, 12);
        assert_eq!(check(1, friday), held(3, monday));
        assert_eq!(check(1, monday), held(3, monday));
        assert_eq!(check(1, date(2016, 12, 13)), None);
        assert_eq!(check(2, date(2016, 12, 13)), held(3, date(2016, 12, 13)));
    }
}
