use std::sync::{Arc, Mutex};

use jianjia_domain::{
    core::ids::{SlipBatchId, UnitId},
    rating::poll::{
        Lock, Plan, Poll,
        slip::{NotTaken, SlipBatch, SlipRefusal, Vote},
        stage::{Opened, Stage},
    },
};
use jiff::{Timestamp, civil::date};
use uuid::Uuid;

use super::*;
use crate::{
    core::db::Db,
    rating::{poll, slip},
    testing,
};

fn at(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

fn now() -> Timestamp {
    at("2016-10-20T04:00:00Z")
}

const KEPT: Outcome = Ok(());

fn refused(refusal: SlipRefusal) -> Outcome {
    Err(NotTaken::Refused(refusal))
}

fn open(number: u128) -> Poll {
    Poll {
        id: PollId(Uuid::from_u128(number)),
        unit: UnitId(Uuid::from_u128(number)),
        unit_path: "/1/2/".to_owned(),
        unit_name: "某工会".to_owned(),
        year: 2016,
        plan: Plan {
            roll: 300,
            closes_on: Some(date(2016, 10, 20)),
            ..Plan::default()
        },
        slips_by_upper: false,
        replaces: None,
        consent: None,
        stage: Stage::Open(Opened {
            standard: String::new(),
            lock: Lock {
                version: 0,
                public_key: String::new(),
                code_hashes: Vec::new(),
                wraps: Vec::new(),
            },
            at: Timestamp::UNIX_EPOCH,
        }),
        prepared_at: Timestamp::UNIX_EPOCH,
        revision: 1,
        changed_at: Timestamp::UNIX_EPOCH,
    }
}

fn cast(poll: &Poll, slip: usize) -> Cast {
    Cast {
        slip: (poll.id.0.as_u128() << 64 | (slip as u128) << 32).to_be_bytes(),
        poll: poll.id,
        vote: Vote {
            lock_version: 0,
            at_kiosk: slip.is_multiple_of(5),
        },
        number: (slip as u64 * 7919 % 1000) << 32,
        sealed: format!("sealed{slip}"),
        share: slip.is_multiple_of(2).then(|| "share".to_owned()),
    }
}

fn hash(poll: &Poll, slip: usize) -> String {
    hex::encode(cast(poll, slip).slip)
}

/// What is remembered of polls, when anything is.
type Memory = HashMap<PollId, Arc<Mutex<Slips>>>;

async fn remembered(tx: &mut Tx, polls: &[&Poll]) -> Memory {
    let mut memory = Memory::new();
    for poll in polls {
        let of_poll = slips(tx, &poll.id).await.unwrap();
        memory.insert(poll.id, Arc::new(Mutex::new(of_poll)));
    }
    memory
}

/// Casts a group by what is remembered; none when that does not hold any more.
async fn cast_group(
    tx: &mut Tx,
    casts: &[Cast],
    memory: &Memory,
    now: Timestamp,
) -> Option<Vec<Outcome>> {
    let of_casts: Vec<_> = casts
        .iter()
        .filter_map(|cast| memory.get(&cast.poll).cloned())
        .collect();
    let known = Known::of(casts, of_casts.iter().map(|slips| &**slips), now);
    let outcomes = cast_many(tx, casts, &known, now).await.unwrap()?;
    known.remember(casts, &outcomes);
    Some(outcomes)
}

#[tokio::test]
async fn a_group_keeps_each_good_slip_s_ballot_once_on_both_engines() {
    for database in testing::both().await {
        for remembers in [false, true] {
            one_group(&database.db, remembers).await;
        }
    }
}

#[tokio::test]
async fn what_is_remembered_and_does_not_hold_any_more_keeps_nothing_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("ballots").await.unwrap();
        let poll = open(0x11);
        poll::insert_many(&mut tx, std::slice::from_ref(&poll))
            .await
            .unwrap();
        print(&mut tx, &poll, 1, 0..300).await;
        let memory = remembered(&mut tx, &[&poll]).await;
        let group = |slips: std::ops::Range<usize>| -> Vec<Cast> {
            slips.map(|slip| cast(&poll, slip)).collect()
        };
        let kept = cast_group(&mut tx, &group(0..10), &memory, now()).await;
        assert_eq!(kept.unwrap(), [KEPT; 10]);
        let again = cast_group(&mut tx, &group(9..11), &memory, now()).await;
        let used = refused(SlipRefusal::Used);
        assert_eq!(again.unwrap(), [used, KEPT]);

        // Spoiled, printed and closed behind its back.
        assert!(
            slip::spoil(&mut tx, &poll.id, &hash(&poll, 20))
                .await
                .unwrap()
        );
        let stale = cast_group(&mut tx, &group(20..22), &memory, now()).await;
        assert_eq!(stale, None);
        let memory = remembered(&mut tx, &[&poll]).await;
        let spoiled = refused(SlipRefusal::Spoiled);
        let known = cast_group(&mut tx, &group(20..22), &memory, now()).await;
        assert_eq!(known.unwrap(), [spoiled, KEPT]);
        print(&mut tx, &poll, 2, 300..310).await;
        let stale = cast_group(&mut tx, &group(22..24), &memory, now()).await;
        assert_eq!(stale, None);
        let unknown = group(300..301);
        let known = Known::of(&unknown, [&*memory[&poll.id]], now());
        let kept = cast_many(&mut tx, &unknown, &known, now())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(kept, [KEPT]);
        assert_eq!(known.remember(&unknown, &kept).len(), 1);
        let memory = remembered(&mut tx, &[&poll]).await;
        let known = cast_group(&mut tx, &group(301..303), &memory, now()).await;
        assert_eq!(known.unwrap(), [KEPT; 2]);
        let late = cast_group(&mut tx, &group(40..41), &memory, at("2016-10-20T16:00:00Z")).await;
        assert_eq!(late.unwrap(), [refused(SlipRefusal::NotOpen)]);
        for change in ["until = ''", "until = '2017', lock_version = 1"] {
            sqlx::query(AssertSqlSafe(format!("UPDATE poll_gate SET {change}")))
                .execute(&mut *tx)
                .await
                .unwrap();
            let stale = cast_group(&mut tx, &group(40..41), &memory, now()).await;
            assert_eq!(stale, None);
        }
        assert_eq!(count_sealed(&mut tx, &poll.id).await.unwrap(), 15);
        assert_eq!(slip::turnout(&mut tx, &poll.id).await.unwrap(), (11, 4));
    }
}

/// The statements have a few sizes and are filled up to the next one.
#[tokio::test]
async fn a_group_of_any_number_of_polls_is_kept_on_both_engines() {
    for database in testing::both().await {
        for polls in [1, 3, 5, 33, 65] {
            let mut tx = database.db.write("ballots").await.unwrap();
            let polls: Vec<Poll> = (1..=polls).map(open).collect();
            poll::insert_many(&mut tx, &polls).await.unwrap();
            for poll in &polls {
                print(&mut tx, poll, 1, 0..3).await;
            }
            let memory = remembered(&mut tx, &polls.iter().collect::<Vec<_>>()).await;
            let casts: Vec<Cast> = polls.iter().map(|poll| cast(poll, 0)).collect();
            let outcomes = cast_group(&mut tx, &casts, &memory, now()).await.unwrap();
            assert_eq!(outcomes, vec![KEPT; polls.len()]);
            for poll in &polls {
                assert_eq!(count_sealed(&mut tx, &poll.id).await.unwrap(), 1);
            }
            assert_eq!(digest::changed(&mut tx).await.unwrap(), []);
            // Not committed: the next group has the same polls.
        }
    }
}

async fn print(tx: &mut Tx, poll: &Poll, number: i64, slips: std::ops::Range<usize>) {
    let batch = SlipBatch {
        id: SlipBatchId(Uuid::from_u128(poll.id.0.as_u128() + number as u128)),
        poll: poll.id,
        number,
        slips: slips.len() as i64,
        replacing: 0,
        made_by_name: String::new(),
        made_at: Timestamp::UNIX_EPOCH,
    };
    let hashes: Vec<String> = slips.map(|slip| hash(poll, slip)).collect();
    slip::insert(tx, &batch, &hashes).await.unwrap();
}

async fn one_group(db: &Db, remembers: bool) {
    let mut tx = db.write("ballots").await.unwrap();
    // Their ids end alike: they share a box.
    let (one, other) = (open(0x11), open(0x21));
    poll::insert_many(&mut tx, &[one.clone(), other.clone()])
        .await
        .unwrap();
    for poll in [&one, &other] {
        print(&mut tx, poll, 1, 0..300).await;
    }
    assert!(
        slip::spoil(&mut tx, &one.id, &hash(&one, 250))
            .await
            .unwrap()
    );
    assert!(
        !slip::spoil(&mut tx, &one.id, &hash(&other, 250))
            .await
            .unwrap()
    );

    let memory = if remembers {
        remembered(&mut tx, &[&one, &other]).await
    } else {
        Memory::new()
    };

    // Two hundred good ones of two polls, and after them all that can be wrong.
    let mut casts: Vec<Cast> = (0..200)
        .map(|slip| cast(if slip % 3 == 0 { &other } else { &one }, slip))
        .collect();
    casts.push(cast(&one, 1));
    casts.push(cast(&one, 250));
    casts.push(cast(&one, 999));
    casts.push(Cast {
        poll: other.id,
        ..cast(&one, 251)
    });
    casts.push(Cast {
        vote: Vote {
            lock_version: 1,
            at_kiosk: false,
        },
        ..cast(&one, 252)
    });
    let outcomes = cast_group(&mut tx, &casts, &memory, now()).await.unwrap();
    let kept = outcomes.iter().filter(|outcome| **outcome == KEPT);
    assert_eq!(kept.count(), 200);
    assert_eq!(
        outcomes[200..],
        [
            refused(SlipRefusal::Used),
            refused(SlipRefusal::Spoiled),
            refused(SlipRefusal::Unknown),
            refused(SlipRefusal::Unknown),
            Err(NotTaken::Relocked),
        ]
    );
    for (poll, ballots) in [(&one, 133), (&other, 67)] {
        let counts = slip::counted(&mut tx, &poll.id).await.unwrap();
        assert_eq!(
            slip::count_hashes(&mut tx, &poll.id).await.unwrap(),
            counts.issued()
        );
        assert_eq!(counts.used(), ballots);
        assert_eq!(count_sealed(&mut tx, &poll.id).await.unwrap(), ballots);
        assert_eq!(
            slip::turnout(&mut tx, &poll.id).await.unwrap(),
            (counts.phone, counts.kiosk)
        );
    }
    // A slip used in an earlier group, and the last day gone by.
    let late = cast_group(&mut tx, &[cast(&one, 1)], &memory, now()).await;
    assert_eq!(late.unwrap(), [refused(SlipRefusal::Used)]);
    let late = cast_group(
        &mut tx,
        &[cast(&one, 253)],
        &memory,
        at("2016-10-20T16:00:00Z"),
    )
    .await;
    assert_eq!(late.unwrap(), [refused(SlipRefusal::NotOpen)]);
    // A lost sheet.
    let spoiled = slip::spoil_batch(&mut tx, &one.id, 1).await.unwrap();
    assert_eq!(spoiled, 300 - 133 - 1);
    clear(&mut tx, &one.id).await.unwrap();
    let left = in_box(&mut tx, &one.id).await.unwrap();
    assert_eq!((left.ballots.len(), left.shares.len()), (0, 0));
    let left = in_box(&mut tx, &other.id).await.unwrap();
    assert_eq!((left.ballots.len(), left.shares.len()), (67, 1));
}
