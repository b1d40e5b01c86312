//! What of a result is shown, and what is pointed out to the union above.

use futures_util::future::join_all;
use jianjia_app::{
    exchange::verification,
    rating::{ballot as ballots, poll as polls},
};
use jianjia_demo::testing::polling;
use jianjia_domain::{rating::poll::counting::Ways, year::totals::RatingTotals};
use jianjia_standard::{Lang, judgement::Status};
use jianjia_store::rating::ballot as ballot_store;

use super::{homes, keys, m5d};

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
            keys(polls::recount_file(app, &poll.id, Lang::Zh).await),
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
            keys(polls::recount_file(app, &poll.id, Lang::Zh).await),
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
                RatingTotals::of(
                    60,
                    [
                        ("satisfied", 20),
                        ("basically_satisfied", 10),
                        ("dissatisfied", 20),
                        ("void", 0),
                    ],
                ),
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
