use jianjia_domain::core::proof::Proof;
use jianjia_domain::{
    core::{
        ids::AccountId,
        place::{UnitKind, UnitPlace},
        policy::{self, Actor, Permit, Role, RoleAt, act},
    },
    rating::poll::{
        Lock, Plan, Signature,
        counting::ClosingRecord,
        ending,
        second::{Consent, Replaced},
        stage::{Closed, Counted, Ended, Opened, Signed, Stage},
        voting,
    },
    year::totals::RatingTotals,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::testing;

/// Of the chair of the union that holds the poll.
fn permit() -> Permit<act::HoldPoll> {
    let poll = prepared();
    let unit = UnitPlace {
        id: poll.unit,
        kind: UnitKind::Grassroots,
        name: poll.unit_name,
        path: poll.unit_path,
    };
    let chair = Actor {
        account: AccountId(Uuid::nil()),
        person: None,
        name: String::new(),
        roles: vec![RoleAt {
            role: Role::Chair,
            unit: unit.clone(),
        }],
        proof: Proof::Password,
    };
    policy::permit(&chair, act::HoldPoll, &unit).unwrap()
}

fn prepared() -> Poll {
    Poll {
        id: PollId(Uuid::from_u128(1)),
        unit: UnitId(Uuid::from_u128(2)),
        unit_path: "/1/2/".to_owned(),
        unit_name: "某工会".to_owned(),
        year: 2016,
        plan: Plan::default(),
        slips_by_upper: false,
        replaces: Some(Replaced {
            poll: Some(PollId(Uuid::from_u128(7))),
            totals: RatingTotals::of(20, [("satisfied", 12)]),
            recorded_at: Timestamp::UNIX_EPOCH,
            note: "n".to_owned(),
        }),
        consent: Some(Consent {
            by_name: "上级".to_owned(),
            reason: "why".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        }),
        stage: Stage::Preparing,
        prepared_at: Timestamp::UNIX_EPOCH,
        revision: 1,
        changed_at: Timestamp::UNIX_EPOCH,
    }
}

fn opened() -> Opened {
    Opened {
        standard: "v".to_owned(),
        lock: Lock {
            version: 3,
            public_key: "key".to_owned(),
            code_hashes: Vec::new(),
            wraps: Vec::new(),
        },
        at: Timestamp::UNIX_EPOCH,
    }
}

/// One of each stage, in the order in which a poll comes to them.
fn stages() -> Vec<Stage> {
    let at = Timestamp::UNIX_EPOCH;
    let closed = Closed {
        opened: opened(),
        at,
    };
    let counted = Counted {
        closed: closed.clone(),
        record: ClosingRecord {
            roll: 20,
            ..ClosingRecord::default()
        },
        signatures: vec![Signature { member: 1, at }],
        at,
    };
    let signed = Stage::Signed(Signed {
        counted: counted.clone(),
        at,
    });
    let ended = |was: &Stage| Ended {
        because: "why".to_owned(),
        was: Box::new(was.clone()),
    };
    vec![
        Stage::Abandoned(ended(&Stage::Preparing)),
        Stage::Annulled(ended(&signed)),
        Stage::Preparing,
        Stage::Open(opened()),
        Stage::Closed(closed),
        Stage::Counted(counted),
        signed,
    ]
}

#[tokio::test]
async fn a_change_meets_the_state_and_revision_it_was_decided_on_or_changes_nothing() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let read = prepared();
        insert_many(&mut tx, std::slice::from_ref(&read))
            .await
            .unwrap();
        let open = Poll {
            stage: Stage::Open(opened()),
            revision: 2,
            ..read.clone()
        };
        assert!(update(&mut tx, &open, PollState::Preparing).await.unwrap());
        // Decided on what was read before the opening, and on a state that it never was in.
        let stale = ending::abandon(read, &permit(), "why", Timestamp::UNIX_EPOCH).unwrap();
        assert!(!update(&mut tx, &stale, PollState::Preparing).await.unwrap());
        let newer = voting::close(open, &permit(), Timestamp::UNIX_EPOCH).unwrap();
        assert!(!update(&mut tx, &newer, PollState::Closed).await.unwrap());
        let kept = find(&mut tx, &newer.id).await.unwrap().unwrap();
        assert_eq!((kept.state(), kept.revision), (PollState::Open, 2));
        let gate = "SELECT lock_version || until FROM poll_gate";
        assert_eq!(testing::text(&mut tx, gate).await, "3");
    }
}

#[tokio::test]
async fn every_stage_comes_back_as_it_was_kept() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let mut poll = prepared();
        poll.stage = Stage::Open(opened());
        insert_many(&mut tx, std::slice::from_ref(&poll))
            .await
            .unwrap();
        for stage in stages() {
            let was = poll.state();
            poll = Poll {
                stage,
                revision: poll.revision + 1,
                ..poll
            };
            assert!(update(&mut tx, &poll, was).await.unwrap());
            let kept = find(&mut tx, &poll.id).await.unwrap().unwrap();
            assert_eq!(kept, poll);
        }
    }
}

#[tokio::test]
async fn a_row_that_is_in_no_state_says_so_and_leaves_the_others_readable() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let mut polls = [prepared(), prepared()];
        polls[0].stage = stages().pop().unwrap();
        polls[1].id = PollId(Uuid::from_u128(9));
        insert_many(&mut tx, &polls).await.unwrap();
        for (change, told) in [
            (
                "counted_at = NULL",
                "its state is signed, and its instants are those of one that is closed",
            ),
            ("counted_at = closed_at, record = NULL", "it has no record"),
            ("state = 'lost'", "no such state: lost"),
        ] {
            let sql = format!("UPDATE poll SET {change} WHERE id = $1");
            sqlx::query(AssertSqlSafe(sql))
                .bind(polls[0].id.to_string())
                .execute(&mut *tx)
                .await
                .unwrap();
            let walked = after(&mut tx, None, 9).await.unwrap();
            let error = walked[0].poll.as_ref().unwrap_err();
            let expected = format!("poll {} is in no state: {told}", polls[0].id);
            assert_eq!(format!("{error:#}"), expected);
            assert_eq!(walked[1].poll.as_ref().unwrap(), &polls[1]);
        }
    }
}
