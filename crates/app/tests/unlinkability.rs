//! Given every file, row and log line of a rating, and the knowledge who used which slip when, nobody finds out who said what.
//!
//! The attacker here is the strongest that `docs/ballot.md` promises anything against: it copies everything after every single vote, knows the order in
//! which members voted and the slip of each, and holds everything but the group members' papers. Members vote one by one, so that no group of
//! ballots hides anybody.

#[path = "unlinkability/copy.rs"]
mod copy;

use std::{
    collections::BTreeSet,
    io::Write,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use copy::{copy, holds, lines_of_trays, sealed_in, tells, values};
use jianjia_app::{
    core::{app::App, clock::Clock, memory::Memory, standard::Standards},
    rating::{
        ballot::{self as ballots, VoteInput},
        poll as polls,
    },
};
use jianjia_demo::testing::{self, TestCity, polling};
use jianjia_domain::core::{
    place::{UnitKind, UnitPlace},
    policy::{Actor, Role},
};
use jianjia_store::core::schema;
use jiff::civil::date;
use tracing_subscriber::{fmt::MakeWriter, util::SubscriberInitExt};

const VOTERS: usize = 40;

/// What member number so-and-so says: as good as random, and half and half.
fn says(voter: usize) -> &'static str {
    const ANSWERS: u64 = 0b1011_0010_1101_0001_0110_1001_1100_0101_0011_1010;
    if ANSWERS >> voter & 1 == 1 {
        "satisfied"
    } else {
        "dissatisfied"
    }
}

/// Every second member who says something has a suggestion, all different and of different length.
fn suggests(voter: usize) -> String {
    if voter % 4 == 1 {
        format!("第{}号心愿{}", voter * 7919 % 1000, "好".repeat(voter))
    } else {
        String::new()
    }
}

/// How many members an attacker gets right who reads answers off in some order: the better of the order and its reverse.
fn right_guesses(answers: &[&str]) -> usize {
    let forwards = answers
        .iter()
        .enumerate()
        .filter(|(voter, answer)| says(*voter) == **answer)
        .count();
    let backwards = answers
        .iter()
        .rev()
        .enumerate()
        .filter(|(voter, answer)| says(*voter) == **answer)
        .count();
    forwards.max(backwards)
}

/// What guessing gives forty voters who answer half and half: twenty right, and with fewer than one chance in three hundred thirty or more.
const CHANCE: usize = 29;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

async fn stage(city: &TestCity) -> (UnitPlace, Actor) {
    let federation = city.unit(None, UnitKind::City, "常州市总工会").await;
    let union = city
        .unit(
            Some(&federation),
            UnitKind::Direct,
            "常州恒丰纺织有限公司工会",
        )
        .await;
    let chair = city.actor("周建国", &[(Role::Chair, &union)]).await;
    (union, chair)
}

#[tokio::test]
async fn no_copy_of_everything_tells_who_said_what() {
    for city in testing::both(date(2016, 10, 10)).await {
        let log = Log::default();
        let _logging = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log.clone())
            .set_default();
        tracing::trace!("the log listens");
        let app = &city.app;
        let (union, chair) = stage(&city).await;
        let poll = polling::open(app, &chair, &union, 2016, 50).await;

        // One by one, and everything is copied after each vote.
        let mut sealed: Vec<String> = Vec::new();
        let mut copies = vec![copy(&city).await];
        for voter in 0..VOTERS {
            let vote = VoteInput {
                suggestion: suggests(voter).into(),
                ..poll.vote(voter, says(voter))
            };
            ballots::cast(app, vote.clone()).await.unwrap();
            let now = copy(&city).await;
            let before = sealed_in(copies.last().unwrap());
            let new: Vec<String> = sealed_in(&now)
                .difference(&before)
                .map(|sealed| (*sealed).to_owned())
                .collect();
            // Who copies after every vote does learn which sealed ballot is whose …
            assert_eq!(new.len(), 1);
            sealed.extend(new);
            copies.push(now);
        }

        // … but a sealed ballot says nothing: one length, whatever was said, and never the same twice.
        let lengths: BTreeSet<usize> = sealed.iter().map(String::len).collect();
        assert_eq!(
            lengths.len(),
            1,
            "the length of a sealed ballot tells something"
        );
        let bodies: BTreeSet<&str> = sealed
            .iter()
            .map(|sealed| &sealed[sealed.len() / 2..])
            .collect();
        assert_eq!(bodies.len(), VOTERS, "two sealed ballots look alike");
        for length in [4, 16, 32] {
            let beginnings: BTreeSet<&str> =
                sealed.iter().map(|sealed| &sealed[..length]).collect();
            assert_eq!(beginnings.len(), VOTERS, "two sealed ballots begin alike");
        }
        let open = copies.last().unwrap();
        for voter in 0..VOTERS {
            let suggestion = suggests(voter);
            if !suggestion.is_empty() {
                assert!(
                    !holds(&open.bytes, suggestion.as_bytes()),
                    "a suggestion stands in a file while the box is locked"
                );
                assert!(!tells(open, &suggestion), "a suggestion stands in a row");
            }
        }
        // Slips and ballots have no value in common but the poll they belong to.
        let mut of_slips = values(open, "slip");
        of_slips.extend(values(open, "slip_state"));
        let mut of_ballots: BTreeSet<&str> = lines_of_trays(open)
            .flat_map(|(poll, sealed)| [poll, sealed])
            .collect();
        of_ballots.extend(open.rows("tray").iter().map(|row| row[0].as_str()));
        assert_eq!(of_ballots.len(), 1 + 2 * VOTERS);
        let common: Vec<&&str> = of_slips.intersection(&of_ballots).collect();
        assert_eq!(common, [&poll.id.to_string().as_str()]);
        // Nothing of voting carries a time.
        for table in schema::tables() {
            if [
                "slip",
                "slip_state",
                "tray",
                "poll_gate",
                "opened_ballots",
                "suggestion",
            ]
            .contains(&table.name)
            {
                let timed = table
                    .columns
                    .iter()
                    .any(|column| column.name.ends_with("_at"));
                assert!(!timed, "{} keeps a time", table.name);
            }
        }

        poll.finish(app, &chair, [0; 4]).await;
        let counted = copy(&city).await;
        // The sealed ballots are gone, out of the files as well.
        assert!(counted.rows("tray").is_empty());
        for sealed in &sealed {
            let middle = &sealed.as_bytes()[sealed.len() / 2..];
            assert!(
                !holds(&counted.bytes, middle),
                "a sealed ballot is left in a file"
            );
        }
        // What is left of the answers, in every order in which it stands, guesses no better than a coin.
        let mut orders = 0;
        for row in counted.rows("opened_ballots") {
            let answers: Vec<&str> = row[2]
                .chars()
                .map(|mark| match mark {
                    '0' => "satisfied",
                    '2' => "dissatisfied",
                    other => panic!("an answer that nobody gave: {other}"),
                })
                .collect();
            assert_eq!(answers.len(), VOTERS);
            let right = right_guesses(&answers);
            assert!(right <= CHANCE, "{right} of {VOTERS} guessed right");
            orders += 1;
        }
        assert_eq!(orders, 4, "every object's answers were tried");
        // Suggestions: in the order they stand, hardly any is where its author was.
        let kept: Vec<&str> = counted
            .rows("suggestion")
            .iter()
            .map(|row| row[2].as_str())
            .collect();
        let authors: Vec<String> = (0..VOTERS)
            .map(suggests)
            .filter(|text| !text.is_empty())
            .collect();
        assert_eq!(kept.len(), authors.len());
        let in_place = |kept: &mut dyn Iterator<Item = &&str>| {
            kept.zip(&authors)
                .filter(|(kept, author)| **kept == author.as_str())
                .count()
        };
        let right = in_place(&mut kept.iter()).max(in_place(&mut kept.iter().rev()));
        assert!(
            right <= 4,
            "{right} of {} suggestions stand in the order of voting",
            kept.len()
        );
        // The trail tells that the box was opened, and of no vote.
        let acts: BTreeSet<&str> = counted
            .rows("audit")
            .iter()
            .map(|row| row[4].as_str())
            .collect();
        assert_eq!(
            acts,
            BTreeSet::from([
                "fixture",
                "plan-poll",
                "open-poll",
                "make-slips",
                "close-poll",
                "enter-paper-ballots",
                "count-poll",
                "sign-poll",
            ])
        );
        // Nor does the log, at its most talkative.
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("the log listens"), "the log was not caught");
        for (voter, slip) in poll.slips.iter().enumerate().take(VOTERS) {
            assert!(!log.contains(slip), "a slip's code stands in the log");
            assert!(
                !log.contains(&app.slip_key.hash(slip)),
                "a slip's hash stands in the log"
            );
            assert!(
                !log.contains(&sealed[voter][60..]),
                "a sealed ballot stands in the log"
            );
        }
        assert!(polls::result(app, &poll.id).await.is_ok());
    }
}

/// Few ballots wait for each other, so that a copy between two commits shows no single one; a crowd does not wait.
#[tokio::test]
async fn few_ballots_are_committed_together_and_a_crowd_at_once() {
    for city in testing::both(date(2016, 10, 10)).await {
        let (union, chair) = stage(&city).await;
        let poll = polling::open(&city.app, &chair, &union, 2016, 50).await;
        let waiting = |seconds| {
            let mut standard = (**city.app.in_force()).clone();
            let rating = standard.rating.as_mut().unwrap();
            rating.ballot.as_mut().unwrap().gathering_seconds = seconds;
            App {
                standards: Standards::of_one(standard),
                memory: Memory::default(),
                clock: Clock::running_from(date(2016, 10, 10)),
                ..city.app.clone()
            }
        };
        // The second comes when the first waits already.
        let app = waiting(2);
        let later = async {
            for _ in 0..40 {
                polls::heading(&app, &poll.id).await.unwrap();
            }
            ballots::cast(&app, poll.vote(1, "dissatisfied")).await
        };
        let begun = Instant::now();
        let (first, second) = tokio::join!(ballots::cast(&app, poll.vote(0, "satisfied")), later);
        first.unwrap();
        second.unwrap();
        assert!(begun.elapsed() >= Duration::from_secs(2), "nobody waited");
        assert_eq!(copy(&city).await.rows("tray").len(), 1);
        // Five of one poll hide each other, and eight are a crowd.
        let app = waiting(20);
        let begun = Instant::now();
        poll.cast(&app, 2, [5, 0, 0, 0]).await;
        poll.cast(&app, 7, [8, 0, 0, 0]).await;
        assert!(begun.elapsed() < Duration::from_secs(20), "a crowd waited");
        // Sealed by one chain or by several, all are opened.
        poll.finish(&app, &chair, [0; 4]).await;
        let record = polls::result(&app, &poll.id).await.unwrap().record;
        let tally = record.tally("home-building").unwrap();
        assert_eq!(
            (tally.answers["satisfied"], tally.answers["dissatisfied"]),
            (14, 1)
        );
    }
}

/// The attack is no paper tiger: where answers stand in the order of voting, it finds them all.
#[test]
fn the_attack_finds_who_said_what_where_the_order_is_kept() {
    let in_order: Vec<&str> = (0..VOTERS).map(says).collect();
    assert_eq!(right_guesses(&in_order), VOTERS);
    let mut turned = in_order.clone();
    turned.reverse();
    assert_eq!(right_guesses(&turned), VOTERS);
    let mut sorted = in_order.clone();
    sorted.sort_unstable();
    assert!(right_guesses(&sorted) <= CHANCE);
    assert_eq!(
        in_order
            .iter()
            .filter(|answer| **answer == "satisfied")
            .count(),
        20
    );
    assert!(holds(b"xx a suggestion xx", b"suggestion"));
}
