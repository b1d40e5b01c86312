//! The demo city is the same bytes every time, and what was written in bulk is what the acts would have kept.

#[path = "demo_city/archive.rs"]
mod archive;
#[path = "demo_city/doubts.rs"]
mod doubts;
#[path = "demo_city/trust.rs"]
mod trust;
#[path = "demo_city/years.rs"]
mod years;

use jianjia_domain::core::proof::Proof;
use std::collections::BTreeSet;

use jianjia_app::{
    exchange::verification,
    office::{account as accounts, message as messages},
    rating::{
        ballot::{self as ballots, Slip, VoteInput},
        count as counts, poll as polls,
    },
    round::department::{self as departments, AskedFilter},
    year::{
        activity as activities, assessment as assessments,
        sheet::{self as sheets, SayInput},
        standing as standings,
    },
};
use jianjia_demo::{
    self as demo,
    testing::{
        TestCity,
        making::{demo_city, fresh_demo_city},
        polling::paper_input,
    },
};
use jianjia_domain::{
    core::{
        day,
        ids::{PersonId, UnitId},
        policy::Actor,
    },
    honour::honour::HonourState,
    rating::poll::{Poll, PollState, signal::Signal},
    round::application::State,
    year::{activity::ActivityInput, statement::Confirm},
};
use jianjia_store::{core::schema, exchange::backup, rating::poll, testing};
use jiff::{
    Timestamp,
    civil::{Date, Weekday, date},
};

async fn made() -> TestCity {
    demo_city(demo::AS_OF).await
}

/// Every row of every table.
async fn dump(city: &TestCity) -> Vec<(String, Vec<serde_json::Value>)> {
    let mut tx = city.app.db.read().await.unwrap();
    let mut dump = Vec::new();
    for table in schema::tables() {
        let mut rows = Vec::new();
        backup::each_row(&mut tx, &table, |row| {
            rows.push(row);
            Ok(())
        })
        .await
        .unwrap();
        dump.push((table.name.to_owned(), rows));
    }
    dump
}

#[tokio::test]
async fn two_makings_give_the_same_rows() {
    // The one that all tests have copies of, and another.
    let first = dump(&made().await).await;
    let second = dump(&fresh_demo_city(demo::AS_OF).await).await;
    for ((table, first), (_, second)) in first.iter().zip(&second) {
        assert!(first == second, "{table} differs");
    }
    let filled: Vec<&str> = first
        .iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(table, _)| table.as_str())
        .collect();
    assert!(filled.len() > 14, "{filled:?}");
}

#[tokio::test]
async fn the_bulk_standings_are_those_that_an_act_would_keep() {
    let city = made().await;
    let standings_of = |dump: Vec<(String, Vec<serde_json::Value>)>| {
        let found = dump.into_iter().find(|(table, _)| table == "standing");
        found.expect("the table of standings").1
    };
    let bulk = standings_of(dump(&city).await);
    assert!(bulk.len() > 400);
    let mut tx = city.app.db.write("test").await.unwrap();
    for row in &bulk {
        let unit: UnitId = row[0].as_str().unwrap().parse().unwrap();
        standings::refresh(&mut tx, &city.app, &unit, 2016)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let kept = standings_of(dump(&city).await);
    // All but the instant at which it was judged, which is the last column.
    let judged = |row: &serde_json::Value| row.as_array().map(|row| row[..row.len() - 1].to_vec());
    for (bulk, kept) in bulk.iter().zip(&kept) {
        assert_eq!(judged(bulk), judged(kept));
    }
}

/// One of the demo's accounts, as it signs in.
async fn actor(city: &TestCity, login: &str) -> Actor {
    let accounts = accounts::of_the_demo(&city.app).await.unwrap();
    let account = accounts
        .into_iter()
        .find(|account| account.login == login)
        .expect("an account of the demo");
    Actor {
        account: account.id,
        person: account.person,
        name: account.name,
        roles: account.roles,
        proof: Proof::Password,
    }
}

/// Why a title may not be applied for, on what is claimed.
async fn because(
    city: &TestCity,
    unit: &UnitId,
    person: Option<&PersonId>,
    title: &str,
) -> Vec<String> {
    let mut tx = city.app.db.read().await.unwrap();
    let day = demo::AS_OF;
    let found = assessments::assess(&mut tx, &city.app, unit, person, 2016, day);
    let judgement = found.await.unwrap().judgement;
    judgement.may_apply[title]
        .because
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[tokio::test]
async fn the_chair_of_the_story_is_one_evening_away_from_the_model_home() {
    let city = made().await;
    let chair = actor(&city, "demo.chair").await;
    let unit = chair.roles[0].unit.id;
    assert!(because(&city, &unit, None, "model-home").await.len() > 10);
    let everything = SayInput {
        confirm: Confirm::All,
        ..SayInput::default()
    };
    sheets::say(&city.app, &chair, &unit, None, 2016, &everything)
        .await
        .unwrap();
    assert_eq!(
        because(&city, &unit, None, "model-home").await,
        ["criteria:M5c"]
    );
    let visit = ActivityInput {
        held_on: "2016-09-14".to_owned(),
        kind: "hardship".to_owned(),
        title: "中秋走访".to_owned(),
        participants: "12".to_owned(),
        ..ActivityInput::default()
    };
    activities::log(&city.app, &chair, &unit, &visit, Vec::new(), &[], "")
        .await
        .unwrap();
    assert_eq!(because(&city, &unit, None, "model-home").await, [""; 0]);
}

#[tokio::test]
async fn a_veto_bars_the_union_and_its_chair_and_not_an_ordinary_worker() {
    let city = made().await;
    let (chair, worker) = (
        actor(&city, "demo.vetoed-chair").await,
        actor(&city, "demo.vetoed-worker").await,
    );
    let unit = chair.roles[0].unit.id;
    assert_eq!(
        because(&city, &unit, None, "trusted-home").await,
        ["veto:V1"]
    );
    assert_eq!(
        because(&city, &unit, chair.person.as_ref(), "trusted-kin").await,
        ["veto:V1"]
    );
    assert_eq!(
        because(&city, &unit, worker.person.as_ref(), "trusted-kin").await,
        [""; 0]
    );
}

#[tokio::test]
async fn the_departments_have_answered_but_one_and_an_entry_was_lifted_and_one_upheld() {
    let city = made().await;
    let leader = actor(&city, "demo.city").await;
    let overview = departments::overview(&city.app, &leader, 2016)
        .await
        .unwrap();
    let silent: Vec<&str> = overview
        .lines
        .iter()
        .filter(|line| line.counts.silent() > 0)
        .map(|line| line.department.key.as_str())
        .collect();
    assert_eq!(silent, ["petitions"]);
    let states: BTreeSet<&str> = overview
        .entries
        .iter()
        .map(|entry| entry.state().key())
        .collect();
    assert_eq!(states, BTreeSet::from(["lifted", "upheld"]));
    let (tax, any) = (
        actor(&city, "demo.department").await,
        AskedFilter::default(),
    );
    let own = departments::list(&city.app, &tax, (None, ""), &any, 1).await;
    assert_eq!(own.unwrap().department.key, "tax");
}

#[tokio::test]
async fn every_state_every_title_and_every_veto_can_be_seen() {
    let city = made().await;
    let dump = dump(&city).await;
    let column = |table: &str, index: usize| {
        let rows = dump
            .iter()
            .find(|(name, _)| name == table)
            .expect("the table");
        let words = rows
            .1
            .iter()
            .map(|row| row[index].as_str().unwrap_or_default().to_owned());
        words.collect::<BTreeSet<String>>()
    };
    let index_of = |table: &str, name: &str| {
        let table = schema::tables()
            .into_iter()
            .find(|known| known.name == table)
            .expect("the table");
        table
            .columns
            .iter()
            .position(|column| column.name == name)
            .expect("the column")
    };
    let words = |table: &str, name: &str| column(table, index_of(table, name));
    let all = |keys: &[&str]| {
        keys.iter()
            .map(|key| (*key).to_owned())
            .collect::<BTreeSet<String>>()
    };
    let standard = city.app.in_force();
    // In October nothing is decided: titles of the year are named from November on.
    let mut states = all(&State::KEYS);
    states.remove("named");
    assert_eq!(words("application", "state"), states);
    assert_eq!(
        words("honour", "state"),
        all(&HonourState::ALL.map(HonourState::key))
    );
    let titles: Vec<&str> = standard
        .titles
        .iter()
        .map(|title| title.key.as_str())
        .collect();
    assert_eq!(words("honour", "title"), all(&titles));
    // The polls leave enough unions for what happens to unions.
    assert_eq!(
        words("unit_version", "change"),
        all(&["closed", "founded", "merged", "moved", "renamed"])
    );
    assert_eq!(
        words("poll", "state"),
        all(&PollState::ALL.map(PollState::key))
    );
    let vetoes: Vec<&str> = standard
        .vetoes
        .iter()
        .map(|veto| veto.clause.as_str())
        .collect();
    assert_eq!(words("veto", "clause"), all(&vetoes));
}

#[tokio::test]
async fn every_count_and_seal_of_the_city_can_be_worked_out_again() {
    let city = made().await;
    let found = verification::verify(&city.app).await.unwrap();
    assert_eq!(found.faults, [""; 0]);
    assert_eq!(found.polls, 13);
}

#[tokio::test]
async fn the_unions_around_the_story_show_every_way_a_rating_can_go() {
    let city = made().await;
    let mut tx = city.app.db.read().await.unwrap();
    let walked = poll::after(&mut tx, None, 100).await.unwrap();
    let polls: Vec<Poll> = walked.into_iter().map(|met| met.poll.unwrap()).collect();
    let ways = |what: &dyn Fn(&Poll) -> bool| polls.iter().filter(|poll| what(poll)).count();
    let record = |poll: &Poll| poll.record().cloned();
    assert_eq!(ways(&|poll| poll.slips_by_upper), 1);
    assert_eq!(
        ways(&|poll| record(poll).is_some_and(|record| record.is_withheld())),
        1
    );
    assert_eq!(
        ways(&|poll| record(poll).is_some_and(|record| record.replaced > 0)),
        1
    );
    let hasty = polls
        .iter()
        .filter_map(Poll::record)
        .find(|record| !record.signals.is_empty())
        .expect("a record with signals");
    assert!(matches!(
        hasty.signals[..],
        [
            Signal::Unanimous { .. },
            Signal::AllAtOnce { .. },
            Signal::FarFromLastYear { .. }
        ]
    ));
    drop(tx);
    let chair = actor(&city, "demo.chair").await;
    let page = polls::of_unit(&city.app, &chair, &chair.roles[0].unit.id, 2016)
        .await
        .unwrap();
    let story = page.poll.expect("the poll of the story");
    assert_eq!(story.state(), PollState::Signed);
    let counts = page.rating.expect("its rating").counts;
    assert_eq!(counts.roll, 205);
    assert_eq!(
        story.record().map(|record| record.ballots),
        Some(counts.cast())
    );
    assert_eq!(page.improvements.len(), 2);
    let reported: Vec<bool> = page
        .last_improvements
        .iter()
        .map(|said| said.report.is_some())
        .collect();
    assert_eq!(reported, [true, false]);
}

#[tokio::test]
async fn a_visitor_can_cast_a_vote_and_open_a_box() {
    let city = made().await;
    let trying = demo::trying(demo::AS_OF).unwrap();
    let Slip::Paper(paper) = ballots::slip(&city.app, &trying.slip).await.unwrap() else {
        panic!("the slip leads to no paper");
    };
    let vote = VoteInput {
        poll: paper.poll.to_string().into(),
        code: trying.slip.as_str().into(),
        chosen: vec!["satisfied".into(); paper.objects.len()],
        ..VoteInput::default()
    };
    ballots::cast(&city.app, vote.clone()).await.unwrap();
    let [one, other] = &trying.members;
    counts::enter_paper(
        &city.app,
        &trying.poll,
        other,
        &paper_input(2, [5, 1, 0, 0]),
    )
    .await
    .unwrap();
    counts::open_box(&city.app, &trying.poll, &[one.clone(), other.clone()])
        .await
        .unwrap();
    let counted = polls::result(&city.app, &trying.poll).await.unwrap();
    assert_eq!(counted.record.paper, 6);
    let found = verification::verify(&city.app).await.unwrap();
    assert_eq!(found.faults, [""; 0]);
}

/// What some SQL counts or finds, as text.
async fn found(city: &TestCity, sql: &str) -> Vec<String> {
    let mut tx = city.app.db.read().await.unwrap();
    testing::texts(&mut tx, sql).await
}

#[tokio::test]
async fn the_city_lives_until_any_day_and_knows_nothing_of_what_comes_after() {
    for today in [
        date(2017, 1, 9),
        date(2018, 9, 17),
        date(2019, 10, 25),
        date(2020, 12, 24),
    ] {
        let city = demo_city(today).await;
        let dump = dump(&city).await;
        let tomorrow = today.tomorrow().unwrap();
        for (table, rows) in &dump {
            // What closes a poll, the year's own calendar, by when something is to be done and when something expires lie ahead.
            let looks_ahead = [
                "poll",
                "poll_gate",
                "round",
                "message",
                "invitation",
                "known_browser",
                "department_list",
                "veto_entry",
                "posting",
                "publication",
                "spot_check",
                "visit",
                "visit_outcome",
                "visit_event",
                "plaque",
                "doubt",
                "meeting",
                "topic",
                "amendment",
                "edition",
            ];
            if looks_ahead.contains(&table.as_str()) {
                continue;
            }
            for row in rows {
                let values = row
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter_map(|value| value.as_str());
                for value in values.filter(|value| value.len() >= 10) {
                    let day: Option<Date> = value.get(..10).and_then(|day| day.parse().ok());
                    assert!(
                        day.is_none_or(|day| day < tomorrow),
                        "{table} of {today}: {value}"
                    );
                }
            }
        }
        let verified = verification::verify(&city.app).await.unwrap();
        assert_eq!(verified.faults, [""; 0], "{today}");
        assert_eq!(verified.polls, 13);
        let trying = demo::trying_in(&city.app).await.unwrap();
        assert_eq!(trying, Some(demo::trying(today).unwrap()));
    }
}

#[tokio::test]
async fn every_year_has_its_titles_within_the_quotas_its_elections_and_what_happened_to_unions() {
    let city = demo_city(date(2020, 12, 31)).await;
    for year in 2016..=2020 {
        let named = found(
            &city,
            &format!(
                "SELECT DISTINCT title FROM honour WHERE year = {year} AND source = 'named' ORDER BY title"
            ),
        )
        .await;
        let entry = ["model-home", "model-small-home", "qualified-home"];
        assert!(
            entry
                .iter()
                .all(|title| named.iter().any(|named| named == title)),
            "{year}: {named:?}"
        );
        let over = format!(
            "SELECT quota.unit_id FROM quota WHERE year = {year} AND places < (
               SELECT COUNT(*) FROM application WHERE application.year = quota.year
               AND application.title = quota.title AND recommended_by = quota.unit_id)"
        );
        assert_eq!(found(&city, &over).await, [""; 0], "{year}");
        let rounds = format!("SELECT CAST(year AS TEXT) FROM round WHERE year = {year}");
        assert_eq!(found(&city, &rounds).await.len(), 1);
        let open = format!(
            "SELECT id FROM application WHERE year = {year} AND state = 'under-review' AND recommended_by IS NULL
             AND title NOT LIKE 'trusted%'"
        );
        assert_eq!(found(&city, &open).await, [""; 0], "{year}");
        if year > 2016 {
            let held = format!("SELECT id FROM election WHERE held_on LIKE '{year}-%'");
            assert!(found(&city, &held).await.len() > 20, "{year}");
        }
        let changes = format!(
            "SELECT DISTINCT change FROM unit_version WHERE valid_from LIKE '{year}-%' AND change <> 'founded' ORDER BY change"
        );
        assert_eq!(
            found(&city, &changes).await,
            ["closed", "merged", "moved", "renamed"],
            "{year}"
        );
    }
    let trusted = "SELECT DISTINCT CAST(year AS TEXT) FROM honour WHERE title = 'trusted-home' AND source = 'named'";
    assert!(found(&city, trusted).await.len() > 2);
    let troubles = "SELECT DISTINCT act FROM honour_event WHERE at > '2016-10-01' AND act NOT IN ('named', 'imported') ORDER BY act";
    assert_eq!(
        found(&city, troubles).await,
        ["resumed", "revoked", "suspended"]
    );
}

#[tokio::test]
async fn every_state_can_be_seen_in_november() {
    let city = demo_city(date(2018, 11, 20)).await;
    let states = "SELECT DISTINCT state FROM application WHERE year = 2018";
    let states: BTreeSet<String> = found(&city, states).await.into_iter().collect();
    let all: BTreeSet<String> = State::KEYS.iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(states, all);
    // Whoever signs in for an office was told what waits for it, each day's files in one message.
    let district = actor(&city, "demo.district").await;
    let inbox = messages::inbox(&city.app, &district, 1).await.unwrap();
    assert!(inbox.total > 0, "{inbox:?}");
    let unit = &district.roles[0].unit.id;
    let waiting = format!(
        "SELECT id FROM application WHERE state = 'under-review' AND at_unit_id = '{unit}'"
    );
    let waiting = found(&city, &waiting).await.len() as i64;
    let told: i64 = inbox.messages.iter().map(|message| message.tally).sum();
    assert!(told >= waiting, "{told} of {waiting}");
}

#[tokio::test]
async fn offices_work_on_working_days_and_occasions_have_their_months() {
    let city = demo_city(date(2018, 11, 20)).await;
    let at = "SELECT at FROM application_event UNION ALL SELECT recorded_at FROM activity";
    for at in found(&city, at).await {
        let at: Timestamp = at.parse().unwrap();
        let is_weekend = matches!(
            day::day_of(at).weekday(),
            Weekday::Saturday | Weekday::Sunday
        );
        let there = day::local_minute(at);
        let hour: i8 = there[11..13].parse().unwrap();
        assert!(!is_weekend && (8..18).contains(&hour), "{there}");
    }
    for (title, months) in [
        ("迎春联欢会", "01 02"),
        ("三八节活动", "03"),
        ("中秋座谈会", "09"),
        ("元宵灯谜会", "02"),
        ("高温送清凉", "07 08"),
    ] {
        let held = format!(
            "SELECT DISTINCT substr(held_on, 6, 2) FROM activity WHERE title = '{title}' ORDER BY 1"
        );
        let held = found(&city, &held).await.join(" ");
        assert!(
            !held.is_empty() && months.contains(&held),
            "{title}: {held}"
        );
    }
    let odd = "SELECT name FROM unit WHERE kind = 'branch' AND name LIKE '%车间%' AND (
                 name LIKE '%幼儿园%' OR name LIKE '%小学%' OR name LIKE '%税务%' OR name LIKE '%超市%')";
    assert_eq!(found(&city, odd).await, [""; 0]);
    let stories = found(&city, "SELECT story FROM application").await;
    let different: BTreeSet<&String> = stories.iter().collect();
    assert!(different.len() * 10 > stories.len() * 9);
}
