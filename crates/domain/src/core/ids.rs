//! Ids are ours: time-ordered UUIDs, written as 32 hexadecimal digits, so that text order is order of creation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Makes ids that only go up, from the instant and the random number handed in (RFC 9562, version 7, with a counter
/// within the millisecond).
#[derive(Debug, Default)]
pub struct IdSequence {
    millisecond: u64,
    counter: u16,
}

impl IdSequence {
    /// Goes on after an id of another sequence, whose clock may be ahead of ours.
    pub fn follow(&mut self, id: &Uuid) {
        let bits = id.as_u128();
        let millisecond = (bits >> 80) as u64;
        let counter = (bits >> 64) as u16 & 0xfff;
        if (millisecond, counter) > (self.millisecond, self.counter) {
            (self.millisecond, self.counter) = (millisecond, counter);
        }
    }

    /// The next id at `now`; `random` fills its lower bits.
    pub fn next(&mut self, now: Timestamp, random: u64) -> Uuid {
        let millisecond = u64::try_from(now.as_millisecond()).unwrap_or(0);
        if millisecond > self.millisecond {
            self.millisecond = millisecond;
            self.counter = (random >> 54) as u16;
        } else if self.counter < 0xfff {
            self.counter += 1;
        } else {
            self.millisecond += 1;
            self.counter = 0;
        }
        let mut bytes = [0; 10];
        bytes[..2].copy_from_slice(&self.counter.to_be_bytes());
        bytes[2..].copy_from_slice(&random.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(self.millisecond, &bytes).into_uuid()
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.simple().fmt(formatter)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "{}({})", stringify!($name), self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Ok(Self(Uuid::try_parse(text)?))
            }
        }

        impl TryFrom<String> for $name {
            type Error = uuid::Error;
            fn try_from(text: String) -> Result<Self, uuid::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    )*};
}

ids! {
    /// A union, federation or branch in the register.
    UnitId
    PersonId
    ElectionId
    ImportId
    StatementId
    ActivityId
    EvidenceId
    JudgementId
    ApplicationId
    ApplicationEventId
    FindingId
    OfficeNoteId
    QuotaMoveId
    VetoId
    PublicationId
    ObjectionId
    ObjectionNoteId
    DepartmentListId
    AnswerId
    EntryId
    HonourId
    SpotCheckId
    /// Of a home that was drawn for a spot check.
    VisitId
    /// Made by whoever sends the entry, so that it is known again.
    VisitRemarkId
    VisitSettlementId
    VisitEventId
    CheckEffectId
    SubsidyBaseId
    SubsidyId
    SubsidyReckoningId
    /// Of a contradiction in the data.
    DoubtId
    DoubtEventId
    /// Of who was put forward for a higher honour.
    ForwardId
    AccountId
    AccountRequestId
    AccessTokenId
    PasskeyId
    InvitationId
    AuditId
    JobId
    MessageId
    DispatchId
    LetterId
    /// A union's experience, in the library of cases.
    CaseId
    CaseEventId
    TopicId
    ContributionId
    MeetingId
    BookingId
    PollId
    SlipBatchId
    ImprovementId
    /// Of a new version of the standard, and of the edition that it becomes.
    AmendmentId
    /// Of a change of the standard that somebody proposes.
    ProposalId
    GrantId
    GrantListId
    LedgerEntryId
    PaymentRunId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_go_on_after_those_of_a_node_whose_clock_is_ahead() {
        let now = Timestamp::from_second(1_476_000_000).unwrap();
        let (mut here, mut ahead) = (IdSequence::default(), IdSequence::default());
        let theirs = ahead.next(now + jiff::SignedDuration::from_secs(2), u64::MAX);
        here.follow(&theirs);
        let ours = here.next(now, 0);
        assert!(ours > theirs);
        here.follow(&theirs);
        assert!(here.next(now, 0) > ours, "an older one changes nothing");
    }

    #[test]
    fn ids_of_one_millisecond_go_up_and_come_back_from_text() {
        let mut sequence = IdSequence::default();
        let now = Timestamp::from_second(1_476_000_000).unwrap();
        let ids: Vec<UnitId> = (0..10_000)
            .map(|random| UnitId(sequence.next(now, !random)))
            .collect();
        let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
        assert!(texts.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(
            texts
                .iter()
                .map(|text| text.parse().unwrap())
                .collect::<Vec<UnitId>>(),
            ids
        );
    }
}
