use jianjia_standard::programme::{BallotRules, GroupRules};
use jiff::civil::date;
use uuid::Uuid;

use super::{
    counting::ClosingRecord,
    ending, planning, signing,
    stage::{Closed, Counted, Ended, Opened, Signed},
    voting::{self, Demand},
    *,
};
use crate::core::{
    policy::{Act, act, any_permit},
    refusal::Refusal,
};

fn rules() -> BallotRules {
    BallotRules {
        objects: Vec::new(),
        grades: Vec::new(),
        blank: "void".to_owned(),
        group: GroupRules {
            least: 3,
            most: 7,
            sides: Vec::new(),
            keys: 2,
            signatures: "more than 1/2".parse().unwrap(),
        },
        fewest_shown: 5,
        gathering_seconds: 0,
        far_from_last_year: 20,
        roll: None,
    }
}

fn lock(version: i64) -> Lock {
    Lock {
        version,
        public_key: String::new(),
        code_hashes: Vec::new(),
        wraps: Vec::new(),
    }
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A poll at a stage, with what makes it fit to be opened.
fn at(stage: Stage) -> Poll {
    let member = |name: &str| GroupMember {
        name: name.to_owned(),
        side: String::new(),
    };
    Poll {
        id: PollId(Uuid::from_u128(1)),
        unit: UnitId(Uuid::from_u128(2)),
        unit_path: "/1/2/".to_owned(),
        unit_name: "某工会".to_owned(),
        year: 1970,
        plan: Plan {
            roll: 20,
            has_list: false,
            voters: String::new(),
            roll_reason: String::new(),
            members: None,
            leaders: Vec::new(),
            group: ["甲", "乙", "丙"].map(member).into(),
            closes_on: Some(date(1970, 12, 20)),
        },
        slips_by_upper: false,
        replaces: None,
        consent: None,
        stage,
        prepared_at: second(0),
        revision: 7,
        changed_at: second(0),
    }
}

/// One of each state, in their order.
fn stages() -> [Stage; 7] {
    let opened = Opened {
        standard: "v".to_owned(),
        lock: lock(1),
        at: second(1),
    };
    let closed = Closed {
        opened: opened.clone(),
        at: second(2),
    };
    let signature = Signature {
        member: 0,
        at: second(4),
    };
    let counted = Counted {
        closed: closed.clone(),
        record: ClosingRecord::default(),
        signatures: vec![signature],
        at: second(3),
    };
    let signed = Signed {
        counted: counted.clone(),
        at: second(4),
    };
    let ended = |was| Ended {
        because: "为什么".to_owned(),
        was: Box::new(was),
    };
    [
        Stage::Preparing,
        Stage::Open(opened.clone()),
        Stage::Closed(closed),
        Stage::Counted(counted),
        Stage::Signed(signed.clone()),
        Stage::Abandoned(ended(Stage::Open(opened))),
        Stage::Annulled(ended(Stage::Signed(signed))),
    ]
}

/// What a transition makes of a poll in each state, in their order: the new state, or the state in which it would be done.
fn check(
    transition: impl Fn(Poll) -> Result<Poll, Refusal>,
    expected: [Result<PollState, PollState>; 7],
) {
    let now = second(9);
    for (stage, expected) in stages().into_iter().zip(expected) {
        let state = stage.state();
        match (transition(at(stage)), expected) {
            (Ok(poll), Ok(expected)) => {
                assert_eq!(poll.state(), expected, "of {state:?}");
                assert_eq!((poll.revision, poll.changed_at), (8, now), "of {state:?}");
            }
            (Err(refusal), Err(wanted)) => {
                let expected = PollRefusal::WrongState { state, wanted };
                assert_eq!(refusal, expected.into(), "of {state:?}");
            }
            (made, expected) => panic!("{state:?}: {made:?} instead of {expected:?}"),
        }
    }
}

#[test]
fn every_transition_is_made_from_its_states_and_refused_from_the_others() {
    use PollState::{Closed, Counted, Open, Preparing, Signed};
    let (now, rules) = (second(9), rules());
    let only = |from: PollState, to: PollState| {
        PollState::ALL.map(|state| if state == from { Ok(to) } else { Err(from) })
    };
    check(
        |poll| {
            planning::open(
                poll,
                &any_permit(act::HoldPoll),
                &rules,
                ("w", "新名"),
                lock(1),
                now,
            )
        },
        only(Preparing, Open),
    );
    check(
        |poll| {
            Ok(voting::renew_codes(
                poll,
                &any_permit(Act::HoldPoll),
                0,
                lock(2),
                now,
            )?)
        },
        only(Open, Open),
    );
    check(
        |poll| Ok(voting::close(poll, &any_permit(act::HoldPoll), now)?),
        only(Open, Closed),
    );
    check(
        |poll| Ok(counting::count(poll, ClosingRecord::default(), now)?),
        only(Closed, Counted),
    );
    // The second of three signatures is enough, the third may follow.
    check(
        |poll| signing::sign(poll, &rules, 1, now),
        [
            Err(Counted),
            Err(Counted),
            Err(Counted),
            Ok(Signed),
            Ok(Signed),
            Err(Counted),
            Err(Counted),
        ],
    );
}

#[test]
fn a_poll_ends_from_its_states_and_from_no_others() {
    use PollState::{Abandoned, Annulled, Open, Preparing, Signed};
    let now = second(9);
    check(
        |poll| {
            Ok(voting::demand_slips(
                poll,
                &any_permit(act::SupervisePoll),
                Demand::ByUpper,
                now,
            )?)
        },
        [
            Ok(Preparing),
            Ok(Open),
            Err(Open),
            Err(Open),
            Err(Open),
            Err(Open),
            Err(Open),
        ],
    );
    check(
        |poll| ending::abandon(poll, &any_permit(act::HoldPoll), "改期", now),
        [
            Ok(Abandoned),
            Ok(Abandoned),
            Ok(Abandoned),
            Err(Open),
            Err(Open),
            Err(Open),
            Err(Open),
        ],
    );
    check(
        |poll| ending::annul(poll, &any_permit(act::SupervisePoll), "不合规定", now),
        [
            Ok(Annulled),
            Ok(Annulled),
            Ok(Annulled),
            Ok(Annulled),
            Ok(Annulled),
            Err(Signed),
            Err(Signed),
        ],
    );
    check(
        |poll| Ok(ending::annul_lost(poll, "丢失", now)?),
        [
            Err(Open),
            Ok(Annulled),
            Ok(Annulled),
            Err(Open),
            Err(Open),
            Err(Open),
            Err(Open),
        ],
    );
}

#[test]
fn a_poll_that_ended_keeps_what_it_had_come_to() {
    let [.., signed, abandoned, _] = stages().map(at);
    let annulled = ending::annul(
        signed,
        &any_permit(act::SupervisePoll),
        "  代投  ",
        second(9),
    )
    .unwrap();
    assert_eq!(annulled.stage.ended_because(), "代投");
    assert_eq!(annulled.record(), Some(&ClosingRecord::default()));
    assert_eq!(annulled.signatures().len(), 1);
    assert_eq!(annulled.stage.signed_at(), Some(second(4)));
    assert_eq!(annulled.gate().until, None);
    assert_eq!(abandoned.lock(), Some(&lock(1)));
    assert_eq!(abandoned.record(), None);
}

#[test]
fn a_poll_ends_for_a_reason_and_nobody_signs_twice() {
    let now = second(9);
    let [preparing, open, _, counted, ..] = stages().map(at);
    let no_reason = Refusal::Fields(vec![("reason".to_owned(), PollRefusal::NoReason.into())]);
    assert_eq!(
        ending::abandon(preparing, &any_permit(act::HoldPoll), " ", now),
        Err(no_reason)
    );
    let again = signing::sign(counted, &rules(), 0, now);
    let name = "甲".to_owned();
    let signed = PollRefusal::SignedAlready { name };
    let signed = Refusal::Fields(vec![("code".to_owned(), signed.into())]);
    assert_eq!(again, Err(signed));
    let renewed = voting::renew_codes(open, &any_permit(Act::HoldPoll), 1, lock(2), now);
    assert_eq!(renewed, Err(PollRefusal::BoxNotEmpty));
}
