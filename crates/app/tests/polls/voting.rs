//! Slips and votes.

use futures_util::future::join_all;
use jianjia_app::{
    core::error::Error,
    rating::{
        ballot::{self as ballots, Slip},
        count as counts, slip as slips,
    },
};
use jianjia_demo::testing::polling::{self, OpenPoll};
use jianjia_domain::{core::ids::PollId, rating::poll::slip::SlipRefusal};
use jianjia_store::rating::{ballot as ballot_store, slip as slip_store};
use jiff::civil::date;

use super::{homes, keys, told};

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
