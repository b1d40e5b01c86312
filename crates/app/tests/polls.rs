//! The members' rating as people hold it, on both engines.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jianjia_app::{
    core::{app::App, error::Error},
    exchange::verification,
    rating::{
        ballot::{self as ballots, Slip},
        count as counts, improvement as improvements,
        poll::{self as polls, Demand},
        slip as slips,
    },
    year::assessment as assessments,
};
use jianjia_demo::testing::{
    self, TestCity,
    polling::{self, OpenPoll},
};
use jianjia_domain::{
    core::{
        ids::PollId,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
        refusal::Refusal,
    },
    rating::poll::{PollState, counting::Ways, paper::Agreement, slip::SlipRefusal},
    year::assessment::Basis,
};
use jianjia_standard::{Lang, judgement::Status};
use jianjia_store::rating::{ballot as ballot_store, slip as slip_store};
use jiff::civil::date;
use sqlx::Row;

struct Home {
    city: TestCity,
    union: UnitPlace,
    chair: Actor,
    reviewer: Actor,
    stranger: Actor,
}

async fn homes() -> Vec<Home> {
    let mut homes = Vec::new();
    for city in testing::both(date(2016, 10, 10)).await {
        let federation = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&federation), UnitKind::District, "天宁区总工会")
            .await;
        let union = city
            .unit(
                Some(&district),
                UnitKind::Grassroots,
                "常州恒丰纺织有限公司工会",
            )
            .await;
        let other = city
            .unit(
                Some(&district),
                UnitKind::Grassroots,
                "常州晨光印刷有限公司工会",
            )
            .await;
        let chair = city.actor("周建国", &[(Role::Chair, &union)]).await;
        let reviewer = city.actor("王审核", &[(Role::Reviewer, &district)]).await;
        let stranger = city.actor("别家主席", &[(Role::Chair, &other)]).await;
        homes.push(Home {
            city,
            union,
            chair,
            reviewer,
            stranger,
        });
    }
    homes
}

fn told<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result.expect_err("it is refused") {
        Error::Refused(refusal) => refusal.sentence(Lang::Zh),
        other => format!("{other}"),
    }
}

fn keys<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, &'static str)> {
    match result.expect_err("it is refused") {
        Error::Refused(Refusal::Fields(fields)) => fields
            .into_iter()
            .map(|(field, refusal)| (field, refusal.key()))
            .collect(),
        Error::Refused(refusal) => vec![(String::new(), refusal.key())],
        other => panic!("{other}"),
    }
}

async fn m5d(home: &Home) -> Status {
    let app = &home.city.app;
    let mut tx = app.db.read().await.unwrap();
    let day = app.clock.today();
    let assessed = assessments::assess(&mut tx, app, &home.union.id, None, 2016, day)
        .await
        .unwrap();
    let verdict = assessed.judgement.verdict("model-home").unwrap();
    verdict.criterion("M5d").unwrap().status
}

#[tokio::test]
async fn a_rating_is_held_counted_signed_and_recounted() {
    for home in homes().await {
        let (app, chair) = (&home.city.app, &home.chair);
        assert_eq!(m5d(&home).await, Status::Unknown);
        let poll = polling::open(app, chair, &home.union, 2016, 60).await;
        poll.cast(app, 0, [28, 7, 4, 1]).await;
        let mut kiosk = poll.vote(40, "satisfied");
        kiosk.at_kiosk = true;
        kiosk.suggestion = "食堂早点再早一点".into();
        ballots::cast(app, kiosk.clone()).await.unwrap();

        // How many have voted is the group's alone to see; the chair's account shows what was made.
        let held = polls::held(app, chair, &poll.id).await.unwrap();
        assert_eq!((held.issued, held.counts), (60, None));
        let desk = counts::desk(app, &poll.id, &poll.members.0[1])
            .await
            .unwrap();
        assert_eq!(
            (desk.counts.phone, desk.counts.kiosk, desk.counts.unused),
            (40, 1, 19)
        );
        // Nobody sees a result before the box is opened.
        assert!(matches!(
            polls::result(app, &poll.id).await,
            Err(Error::NotFound)
        ));

        poll.finish(app, chair, [5, 1, 1, 0]).await;
        let result = polls::result(app, &poll.id).await.unwrap();
        assert_eq!(result.poll.state, PollState::Signed);
        let deciding = result
            .objects
            .iter()
            .find(|object| object.object.decides)
            .unwrap();
        assert_eq!(deciding.sum.as_deref(), Some("(34 + 8) ÷ 47 ≈ 89.36 %"));
        assert_eq!(
            (
                result.record.phone,
                result.record.kiosk,
                result.record.paper,
                result.record.ballots
            ),
            (40, 1, 7, 48)
        );
        let own = polls::of_unit(app, chair, &home.union.id, 2016).await;
        assert_eq!(own.unwrap().suggestions, ["食堂早点再早一点"]);
        assert!(result.reaches_quorum);

        // A member recounts with the file: the same sum.
        let file = polls::recount_file(app, &poll.id).await.unwrap();
        let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
        for line in file.lines() {
            if let Some(answer) = line.strip_prefix("home-building,") {
                *counted.entry(answer).or_default() += 1;
            }
        }
        assert_eq!(
            counted,
            BTreeMap::from([
                ("basically_satisfied", 8),
                ("dissatisfied", 5),
                ("satisfied", 34),
                ("void", 1)
            ])
        );
        assert_eq!(m5d(&home).await, Status::Met);
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
        // A suggestion that somebody changes is found out.
        for (text, faults) in [("食堂很好", 2), ("食堂早点再早一点", 0)] {
            let mut tx = app.db.write_again("by-hand").await.unwrap();
            sqlx::query("UPDATE suggestion SET text = $1 WHERE poll_id = $2")
                .bind(text)
                .bind(poll.id.to_string())
                .execute(&mut *tx)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            let found = verification::verify(app).await.unwrap().faults;
            assert_eq!(found.len(), faults, "{found:?}");
        }

        // The slip leads to the result now.
        let slip = ballots::slip(app, &poll.slips[0]).await.unwrap();
        assert!(matches!(slip, Slip::Counted(id) if id == poll.id));
        improvements::say(app, chair, &home.union.id, 2016, "早餐供应提前到六点半。")
            .await
            .unwrap();
        // One rating a year counts.
        let again = polls::save_plan(
            app,
            chair,
            &home.union.id,
            2016,
            &polling::plan(60, "2016-12-20"),
        )
        .await;
        assert_eq!(keys(again), [(String::new(), "poll/another-poll")]);
        // The union above may declare it void; then the criterion is open again.
        polls::annul(app, &home.reviewer, &poll.id, "有人代投，调查属实")
            .await
            .unwrap();
        assert_eq!(m5d(&home).await, Status::Unknown);
        assert!(matches!(
            polls::result(app, &poll.id).await,
            Err(Error::NotFound)
        ));
        polls::save_plan(
            app,
            chair,
            &home.union.id,
            2016,
            &polling::plan(60, "2016-12-20"),
        )
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn ten_thousand_simultaneous_tries_with_one_slip_give_one_ballot() {
    for home in homes().await {
        let app = &home.city.app;
        let poll = polling::open(app, &home.chair, &home.union, 2016, 20).await;
        let votes: Vec<_> = (0..10_000)
            .map(|turn| poll.vote(0, ["satisfied", "dissatisfied"][turn % 2]))
            .collect();
        let done = join_all(votes.iter().map(|vote| ballots::cast(app, vote.clone()))).await;
        let kept = done.iter().filter(|done| done.is_ok()).count();
        let refused = done
            .into_iter()
            .filter_map(Result::err)
            .filter(|error| matches!(error, Error::Refused(refusal) if refusal.key() == SlipRefusal::Used.key()))
            .count();
        assert_eq!((kept, refused), (1, 9_999));
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(
            ballot_store::count_sealed(&mut tx, &poll.id).await.unwrap(),
            1
        );
        assert_eq!(
            slip_store::turnout(&mut tx, &poll.id).await.unwrap(),
            (1, 0)
        );
        assert_eq!(
            slip_store::counted(&mut tx, &poll.id).await.unwrap().used(),
            1
        );
    }
}

#[tokio::test]
async fn a_plan_says_what_it_lacks_and_keeps_what_it_has() {
    for home in homes().await {
        let (app, chair, union) = (&home.city.app, &home.chair, &home.union.id);
        let mut plan = polling::plan(0, "");
        plan.roll = String::new();
        plan.group = vec![
            ("周建国".to_owned(), "union".to_owned()),
            ("孙丽".to_owned(), "members".to_owned()),
        ];
        // Unfinished, and kept.
        let id = polls::save_plan(app, chair, union, 2016, &plan)
            .await
            .unwrap();
        assert_eq!(
            keys(polls::open(app, chair, &id).await),
            [
                ("roll".to_owned(), "poll/roll-too-small"),
                ("group".to_owned(), "poll/group-size"),
                ("closes_on".to_owned(), "poll/no-last-day"),
            ]
        );
        // The chair is rated, and so stands for no members; a list is counted.
        plan.list = (1..=30).map(|number| format!("会员{number}\n")).collect();
        plan.group = vec![
            ("陈志强".to_owned(), "party".to_owned()),
            ("吴敏".to_owned(), "members".to_owned()),
            ("陈志强".to_owned(), "union".to_owned()),
            ("赵云".to_owned(), "moon".to_owned()),
        ];
        plan.closes_on = "2016-09-01".to_owned();
        assert_eq!(
            keys(polls::save_plan(app, chair, union, 2016, &plan).await),
            [
                ("group/1".to_owned(), "poll/rated-for-members"),
                ("group/2".to_owned(), "poll/twice"),
                ("group/3".to_owned(), "poll/no-side"),
                ("closes_on".to_owned(), "poll/no-last-day"),
            ]
        );
        let mut good = polling::plan(0, "2016-10-20");
        good.list = plan.list.clone();
        assert_eq!(
            polls::save_plan(app, chair, union, 2016, &good)
                .await
                .unwrap(),
            id
        );
        let (poll, names) = polls::roll(app, chair, &id).await.unwrap();
        assert_eq!((poll.plan.roll, names.len()), (30, 30));
        // Saved again without the list, it is still there.
        good.list = String::new();
        good.roll = "30".to_owned();
        polls::save_plan(app, chair, union, 2016, &good)
            .await
            .unwrap();
        assert_eq!(polls::roll(app, chair, &id).await.unwrap().1.len(), 30);
        polls::open(app, chair, &id).await.unwrap();
        assert_eq!(
            keys(polls::save_plan(app, chair, union, 2016, &good).await),
            [(String::new(), "poll/another-poll")]
        );
        // After closing the names are gone, the number stays.
        polls::close(app, chair, &id).await.unwrap();
        let (poll, names) = polls::roll(app, chair, &id).await.unwrap();
        assert_eq!((poll.plan.roll, names.len()), (30, 0));
    }
}

#[tokio::test]
async fn only_its_own_people_hold_a_poll_and_only_the_union_above_supervises() {
    for home in homes().await {
        let app = &home.city.app;
        let poll = polling::open(app, &home.chair, &home.union, 2016, 20).await;
        for found in [
            polls::held(app, &home.stranger, &poll.id).await.map(drop),
            polls::close(app, &home.stranger, &poll.id).await,
            slips::make(app, &home.stranger, &poll.id, "1")
                .await
                .map(drop),
            polls::annul(app, &home.stranger, &poll.id, "不服").await,
            polls::of_unit(app, &home.stranger, &home.union.id, 2016)
                .await
                .map(drop),
        ] {
            assert!(matches!(found, Err(Error::NotFound)), "{found:?}");
        }
        assert_eq!(
            keys(polls::held(app, &home.reviewer, &poll.id).await),
            [(String::new(), "not-your-role")]
        );
        assert_eq!(
            keys(polls::annul(app, &home.chair, &poll.id, "算了").await),
            [(String::new(), "not-your-role")]
        );
        // The union above makes the slips, if it wants to.
        polls::demand_slips(app, &home.reviewer, &poll.id, Demand::ByUpper)
            .await
            .unwrap();
        slips::spoil(app, &home.reviewer, &poll.id, &poll.slips[0])
            .await
            .unwrap();
        assert_eq!(
            keys(slips::make(app, &home.chair, &poll.id, "1").await),
            [(String::new(), "poll/slips-by-upper")]
        );
        let sheet = slips::make(app, &home.reviewer, &poll.id, "1")
            .await
            .unwrap();
        assert_eq!((sheet.codes.len(), sheet.batch.replacing), (1, 1));
        let held = polls::held(app, &home.reviewer, &poll.id).await.unwrap();
        assert_eq!(
            (held.issued, held.spoiled, held.room, held.may_hold),
            (21, 1, 0, false)
        );
        // Who makes the slips makes the codes, too: the chair can't hold all of them then.
        assert_eq!(
            keys(polls::renew_codes(app, &home.chair, &poll.id).await).len(),
            1
        );
        let codes = polls::renew_codes(app, &home.reviewer, &poll.id)
            .await
            .unwrap();
        assert!(
            counts::desk(app, &poll.id, &poll.members.0[0])
                .await
                .is_err()
        );
        assert_eq!(
            counts::desk(app, &poll.id, &codes.0[0])
                .await
                .unwrap()
                .member,
            0
        );
    }
}

#[tokio::test]
async fn slips_are_good_once_and_never_more_than_the_roll() {
    for home in homes().await {
        let (app, chair) = (&home.city.app, &home.chair);
        let poll = polling::open(app, chair, &home.union, 2016, 20).await;
        assert_eq!(
            keys(slips::make(app, chair, &poll.id, "1").await),
            [("number".to_owned(), "poll/more-slips-than-roll")]
        );
        ballots::cast(app, poll.vote(0, "satisfied")).await.unwrap();
        slips::spoil(app, chair, &poll.id, &poll.slips[1].to_lowercase())
            .await
            .unwrap();
        let leads_to = async |typed: &str| match ballots::slip(app, typed).await.unwrap() {
            Slip::Refused(refused) => refused.key(),
            Slip::Paper(_) => "paper",
            Slip::Counted(_) => "counted",
        };
        assert_eq!(leads_to(&poll.slips[0]).await, "slip/used");
        assert_eq!(leads_to(&poll.slips[1]).await, "slip/spoiled");
        assert_eq!(leads_to(&poll.slips[2]).await, "paper");
        assert_eq!(leads_to("0000-0000-0000").await, "slip/unknown");
        assert_eq!(leads_to("<script>").await, "slip/unknown");
        for (place, key) in [(0, "slip/used"), (1, "slip/spoiled")] {
            assert_eq!(
                keys(ballots::cast(app, poll.vote(place, "satisfied")).await),
                [(String::new(), key)]
            );
        }
        assert_eq!(
            keys(slips::spoil(app, chair, &poll.id, &poll.slips[0]).await),
            [("code".to_owned(), "poll/not-spoilable")]
        );
        // What is wrong with a choice is told, and the slip stays good.
        let mut wrong = poll.vote(3, "delighted");
        assert_eq!(
            keys(ballots::cast(app, wrong.clone()).await),
            [(String::new(), "poll/no-grade")]
        );
        wrong = poll.vote(3, "satisfied");
        wrong.suggestion = "好".repeat(101).into();
        assert_eq!(
            told(ballots::cast(app, wrong.clone()).await),
            "建议写了 101 个字，最多 100 个字。请删短一些再提交。"
        );
        wrong.poll = PollId(app.entropy.id(app.now())).to_string().into();
        wrong.suggestion = "".into();
        assert_eq!(
            keys(ballots::cast(app, wrong.clone()).await),
            [(String::new(), "slip/not-open")]
        );
        assert_eq!(leads_to(&poll.slips[3]).await, "paper");
        // A lost sheet: its unused slips are spoiled together.
        assert_eq!(
            slips::spoil_batch(app, chair, &poll.id, 1).await.unwrap(),
            18
        );
        let desk = counts::desk(app, &poll.id, &poll.members.0[0])
            .await
            .unwrap();
        let counts = desk.counts;
        assert_eq!(
            (
                counts.issued(),
                counts.used(),
                counts.unused,
                counts.spoiled
            ),
            (20, 1, 0, 19)
        );
        // The last day is over, whether somebody closes or not.
        let sheet = slips::make(app, chair, &poll.id, "19").await.unwrap();
        app.clock.set(date(2016, 12, 21));
        assert_eq!(leads_to(&sheet.codes[0]).await, "slip/not-open");
        let late = OpenPoll {
            slips: sheet.codes,
            ..poll
        };
        assert_eq!(
            keys(ballots::cast(app, late.vote(0, "satisfied")).await),
            [(String::new(), "slip/not-open")]
        );
    }
}

#[tokio::test]
async fn the_box_opens_for_two_different_members_whose_paper_agrees() {
    for home in homes().await {
        let (app, chair) = (&home.city.app, &home.chair);
        let poll = polling::open(app, chair, &home.union, 2016, 40).await;
        poll.cast(app, 0, [20, 0, 0, 0]).await;
        let codes = &poll.members.0;
        let paper = |numbers| polling::paper_input(2, numbers);
        assert_eq!(
            keys(counts::enter_paper(app, &poll.id, &codes[0], &paper([7, 0, 0, 0])).await),
            [(String::new(), "poll/wrong-state")]
        );
        assert_eq!(
            keys(polls::renew_codes(app, chair, &poll.id).await),
            [(String::new(), "poll/box-not-empty")]
        );
        polls::close(app, chair, &poll.id).await.unwrap();
        let open = async |places: &[usize]| {
            let codes: Vec<String> = places.iter().map(|place| codes[*place].clone()).collect();
            counts::open_box(app, &poll.id, &codes).await
        };
        assert_eq!(
            keys(open(&[0]).await),
            [(String::new(), "poll/too-few-keys")]
        );
        assert_eq!(
            keys(open(&[0, 0]).await),
            [("code/1".to_owned(), "poll/same-member")]
        );
        assert_eq!(
            keys(open(&[0, 3]).await),
            [(String::new(), "poll/paper-not-agreed")]
        );
        let wrong = counts::open_box(app, &poll.id, &[codes[0].clone(), "1".repeat(16)]).await;
        assert_eq!(keys(wrong), [("code/1".to_owned(), "poll/no-such-code")]);

        // Seven on paper: one miscounts, both are told where, and one enters again.
        let first = counts::enter_paper(app, &poll.id, &codes[2], &paper([5, 1, 1, 0])).await;
        assert_eq!(first.unwrap(), Agreement::One { member: 2 });
        let second = counts::enter_paper(app, &poll.id, &codes[4], &paper([6, 1, 0, 0])).await;
        let differing = second.unwrap();
        assert!(
            matches!(&differing, Agreement::Differ { members: [2, 4], at } if at.len() == 4),
            "{differing:?}"
        );
        assert_eq!(
            keys(open(&[0, 3]).await),
            [(String::new(), "poll/paper-not-agreed")]
        );
        let mut unsound = paper([5, 1, 1, 0]);
        unsound.ballots = "8".to_owned();
        assert_eq!(
            keys(counts::enter_paper(app, &poll.id, &codes[4], &unsound).await).len(),
            4
        );
        assert_eq!(
            keys(counts::enter_paper(app, &poll.id, &codes[4], &paper([21, 0, 0, 0])).await),
            [("ballots".to_owned(), "poll/more-than-the-roll")]
        );
        counts::enter_paper(app, &poll.id, &codes[4], &paper([5, 1, 1, 0]))
            .await
            .unwrap();
        open(&[0, 3]).await.unwrap();
        assert_eq!(
            keys(open(&[0, 3]).await),
            [(String::new(), "poll/wrong-state")]
        );
        // The box is empty for good.
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(
            ballot_store::count_sealed(&mut tx, &poll.id).await.unwrap(),
            0
        );
        drop(tx);
        let record = polls::result(app, &poll.id).await.unwrap().record;
        assert_eq!((record.ballots, record.paper, record.unused), (27, 7, 20));
        // Two of five are not enough; the third makes it the year's rating.
        for (code, state) in [
            (0, PollState::Counted),
            (1, PollState::Counted),
            (2, PollState::Signed),
        ] {
            assert_eq!(
                counts::sign(app, &poll.id, &codes[code])
                    .await
                    .unwrap()
                    .state,
                state
            );
        }
        assert_eq!(
            keys(counts::sign(app, &poll.id, &codes[0]).await),
            [("code".to_owned(), "poll/signed-already")]
        );
    }
}

#[tokio::test]
async fn guessing_member_codes_is_stopped_and_locks_nobody_out() {
    for home in homes().await {
        let app = &home.city.app;
        let poll = polling::open(app, &home.chair, &home.union, 2016, 20).await;
        for _ in 0..20 {
            let guess = counts::sign_in(app, &poll.id, "0000-1111-2222-3333").await;
            assert_eq!(keys(guess), [("code".to_owned(), "poll/no-such-code")]);
        }
        let guess = counts::sign_in(app, &poll.id, "0000-1111-2222-3333").await;
        assert_eq!(keys(guess), [("code".to_owned(), "poll/too-many-tries")]);
        let right = counts::sign_in(app, &poll.id, &poll.members.0[0]).await;
        assert_eq!(right.unwrap().member, 0);
    }
}

#[tokio::test]
async fn under_five_ballots_the_result_stays_closed_and_the_criterion_unknown() {
    for home in homes().await {
        let app = &home.city.app;
        let poll = polling::open(app, &home.chair, &home.union, 2016, 6).await;
        poll.cast(app, 0, [4, 0, 0, 0]).await;
        poll.finish(app, &home.chair, [0; 4]).await;
        let result = polls::result(app, &poll.id).await.unwrap();
        assert!(result.record.is_withheld());
        assert_eq!(
            (result.objects.len(), result.record.ballots_hash.as_str()),
            (0, "")
        );
        assert_eq!(
            keys(polls::recount_file(app, &poll.id).await),
            [(String::new(), "poll/withheld")]
        );
        assert_eq!(m5d(&home).await, Status::Unknown);
        let mut tx = app.db.read().await.unwrap();
        assert!(
            ballot_store::opened(&mut tx, &poll.id)
                .await
                .unwrap()
                .is_empty()
        );
        drop(tx);
        // It may be held again.
        polls::save_plan(
            app,
            &home.chair,
            &home.union.id,
            2016,
            &polling::plan(6, "2016-12-20"),
        )
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn few_electronic_ballots_beside_paper_are_shown_to_nobody() {
    for home in homes().await {
        let (app, chair) = (&home.city.app, &home.chair);
        let poll = polling::open(app, chair, &home.union, 2016, 60).await;
        let mut vote = poll.vote(0, "dissatisfied");
        vote.suggestion = "只有我用手机".into();
        ballots::cast(app, vote).await.unwrap();
        poll.finish(app, chair, [40, 0, 0, 0]).await;
        let result = polls::result(app, &poll.id).await.unwrap();
        assert!(result.record.is_withheld() && result.objects.is_empty());
        assert_eq!(result.ways, Ways::Together);
        assert_eq!(
            keys(polls::recount_file(app, &poll.id).await),
            [(String::new(), "poll/withheld")]
        );
        let own = polls::of_unit(app, chair, &home.union.id, 2016).await;
        assert_eq!(own.unwrap().suggestions, [""; 0]);
        let held = polls::held(app, chair, &poll.id).await.unwrap();
        assert_eq!(held.counts, None);
        assert_eq!(m5d(&home).await, Status::Unknown);
        let mut tx = app.db.read().await.unwrap();
        let kept = ballot_store::opened(&mut tx, &poll.id).await.unwrap();
        let said = ballot_store::suggestions(&mut tx, &poll.id).await.unwrap();
        assert_eq!((kept.len(), said.len()), (0, 0));
        drop(tx);
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn oddities_are_signals_for_the_union_above() {
    for home in homes().await {
        let app = &home.city.app;
        home.city
            .rated(
                &home.union,
                2015,
                jianjia_domain::rating::count::RatingTotals {
                    roll: 60,
                    satisfied: 20,
                    basically_satisfied: 10,
                    dissatisfied: 20,
                    void: 0,
                },
            )
            .await;
        let poll = polling::open(app, &home.chair, &home.union, 2016, 60).await;
        let votes: Vec<_> = (0..50)
            .map(|place| {
                let mut vote = poll.vote(place, "satisfied");
                vote.network = "10.1.1.1".into();
                vote
            })
            .collect();
        for done in join_all(votes.iter().map(|vote| ballots::cast(app, vote.clone()))).await {
            done.unwrap();
        }
        poll.finish(app, &home.chair, [0; 4]).await;
        let record = polls::result(app, &poll.id).await.unwrap().record;
        let told: Vec<String> = record
            .signals
            .iter()
            .map(|signal| signal.sentence(Lang::Zh))
            .collect();
        assert_eq!(
            told,
            [
                "50 张票对每个项目的选择完全相同。请向会员了解投票是否真实自愿。",
                "50 张票几乎都在 10 分钟内、从 1 处网络投出。如果不是集中开会投票，请了解情况。",
                "今年满意度约 100 %，去年约 60 %，相差很大。请了解原因。",
            ]
        );
    }
}

#[tokio::test]
async fn a_changed_box_does_not_open_and_verify_tells() {
    for home in homes().await {
        let app: &App = &home.city.app;
        let poll = polling::open(app, &home.chair, &home.union, 2016, 20).await;
        poll.cast(app, 0, [10, 0, 0, 0]).await;
        let mut tx = app.db.write_again("by-hand").await.unwrap();
        let letters = sqlx::query("SELECT states FROM slip_state WHERE poll_id = $1")
            .bind(poll.id.to_string())
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        let letters: String = letters.try_get(0).unwrap();
        sqlx::query("UPDATE slip_state SET states = $1 WHERE poll_id = $2")
            .bind(letters.replacen('U', "P", 1))
            .bind(poll.id.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let faults = verification::verify(app).await.unwrap().faults;
        let told: Vec<&str> = faults
            .iter()
            .filter_map(|fault| fault.split_once("）："))
            .map(|(_, fault)| fault)
            .collect();
        assert_eq!(
            told,
            ["票箱里有 10 张选票，已用的测评票有 11 张，对不上。",]
        );
        polls::close(app, &home.chair, &poll.id).await.unwrap();
        let codes = &poll.members.0;
        for code in &codes[..2] {
            counts::enter_paper(app, &poll.id, code, &polling::paper_input(2, [0; 4]))
                .await
                .unwrap();
        }
        assert_eq!(
            keys(counts::open_box(app, &poll.id, &codes[..2]).await),
            [(String::new(), "poll/box-does-not-balance")]
        );
    }
}
