//! A rating from its opening to the signed result, and who may hold it.

use std::collections::BTreeMap;

use jianjia_app::{
    core::error::Error,
    exchange::verification,
    rating::{
        ballot::{self as ballots, Slip},
        count as counts, improvement as improvements, poll as polls, slip as slips,
    },
};
use jianjia_demo::testing::polling;
use jianjia_domain::rating::poll::{PollState, voting::Demand};
use jianjia_standard::{Lang, judgement::Status};

use super::{homes, keys, m5d};

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
        assert_eq!(result.poll.state(), PollState::Signed);
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
        let file = polls::recount_file(app, &poll.id, Lang::Zh).await.unwrap();
        let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
        for line in file.lines() {
            if let Some((answer, _)) = line
                .strip_prefix("home-building,")
                .and_then(|rest| rest.split_once(','))
            {
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
        // Or by the words of the slip.
        let words = "home-building,satisfied,\"职工之家建设\",\"满意\"";
        assert_eq!(file.lines().filter(|line| *line == words).count(), 34);
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
