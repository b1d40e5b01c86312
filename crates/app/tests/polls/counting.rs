//! The working group with its codes: paper, the box, signatures.

use jianjia_app::{
    core::app::App,
    exchange::verification,
    rating::{count as counts, poll as polls},
};
use jianjia_demo::testing::polling;
use jianjia_domain::rating::poll::{PollState, paper::Agreement};
use jianjia_store::rating::ballot as ballot_store;
use sqlx::Row;

use super::{homes, keys};

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
                    .state(),
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
