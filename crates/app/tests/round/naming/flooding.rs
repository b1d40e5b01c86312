//! Floods of objections, guessed codes, and objections that are confirmed late.

use jianjia_app::round::{naming, objection as objections, publication as publications};
use jianjia_domain::round::objection::{
    AT_ONCE_FROM_NETWORK, FROM_NETWORK_AT_MOST, ObjectionForm, ObjectionState,
};

use super::*;
use crate::naming::{
    objecting::{can_be_named, form, object, photo},
    publishing::published,
};

#[tokio::test]
async fn a_flood_is_kept_and_holds_nothing_once_the_day_to_confirm_is_over() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let (_, flooded) = candidate(&city, &cast, "乙厂工会").await;
        let notice = published(&city, &cast.approver).await;
        let mut last = None;
        for place in 0..FROM_NETWORK_AT_MOST {
            let one = if place < AT_ONCE_FROM_NETWORK {
                &id
            } else {
                &flooded
            };
            let receipt = object(&city, &notice, &form(one), Vec::new()).await;
            let counts = place < AT_ONCE_FROM_NETWORK;
            assert_eq!(receipt.confirm_from.is_none(), counts, "{place}");
            last = Some(receipt);
        }
        let one_more = form(&id);
        let refused =
            objections::receive(app, "198.51.100.7", &notice, &one_more, Vec::new()).await;
        assert_eq!(told(refused), "objection/flooded");
        // A flood brings no files, and somebody else is not held off.
        let elsewhere = "203.0.113.80";
        let other = objections::receive(app, elsewhere, &notice, &one_more, Vec::new()).await;
        assert_eq!(other.unwrap().confirm_from, None);
        let mut pages = Vec::new();
        for page in 1..=4 {
            let list = objections::list(app, &cast.approver, page).await.unwrap();
            let folded: usize = list.folded.iter().map(|(_, lines)| lines.len()).sum();
            pages.push((list.lines.len() + folded, list.has_more));
        }
        assert_eq!(pages, [(50, true), (50, true), (1, false), (0, false)]);

        let last = last.unwrap();
        let early = objections::confirm(app, elsewhere, last.number, &last.code).await;
        assert_eq!(told(early), "objection/too-early");
        let all = [id, flooded];
        // On the working day after the notice a real one of them may still be confirmed.
        app.clock.set(date(2017, 3, 9));
        let held = preview(app, &cast.approver, 2016, TITLE, &all)
            .await
            .unwrap();
        let because: Vec<String> = held
            .lines
            .iter()
            .flat_map(|line| line.candidate.because.iter().map(|text| text.zh.clone()))
            .collect();
        assert!(
            because.contains(&format!(
                "有 {} 件异议还在等提出的人确认，到 2017-03-09 为止先不命名（P4）。请先到“异议”里看一看，过了这一天再命名。",
                FROM_NETWORK_AT_MOST - AT_ONCE_FROM_NETWORK
            )),
            "{because:?}"
        );
        app.clock.set(date(2017, 3, 10));
        let held = can_be_named(&city, &cast.approver, &all).await;
        assert_eq!(held, [false, true]);
        let waiting = naming::list(app, &cast.approver, 2016, TITLE, 1)
            .await
            .unwrap();
        let unconfirmed: i64 = waiting
            .candidates
            .iter()
            .map(|candidate| candidate.unconfirmed_objections)
            .sum();
        assert_eq!(unconfirmed, FROM_NETWORK_AT_MOST - AT_ONCE_FROM_NETWORK);
        objections::confirm(app, elsewhere, last.number, &last.code)
            .await
            .unwrap();
        let held = can_be_named(&city, &cast.approver, &all).await;
        assert_eq!(held, [false, false]);
        let twice = objections::confirm(app, elsewhere, last.number, &last.code).await;
        assert_eq!(told(twice), "objection/confirmed-before");
    }
}

#[tokio::test]
async fn wrong_codes_are_throttled_and_a_double_click_is_one_objection() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let notice = published(&city, &cast.approver).await;
        let form = ObjectionForm {
            request_key: "form-1".to_owned(),
            ..form(&id)
        };
        let first = object(&city, &notice, &form, vec![photo()]).await;
        assert_eq!(object(&city, &notice, &form, vec![photo()]).await, first);
        let guess = async |code: &str| {
            let found = objections::follow(app, "203.0.113.5", first.number, code).await;
            told(found.map(|_| ()))
        };
        for _ in 0..10 {
            assert_eq!(guess("AAAA-AAAA-AAAA").await, "objection/not-followed");
        }
        assert_eq!(guess(&first.code).await, "objection/slowed");
        // When the notice is over nobody objects any more.
        app.clock.set(date(2017, 3, 9));
        let late = objections::receive(app, "198.51.100.7", &notice, &form, Vec::new()).await;
        assert_eq!(told(late.map(|_| ())), "publication/over");
        let open = publications::hanging(app).await.unwrap();
        assert!(open.is_empty());
    }
}

#[tokio::test]
async fn one_confirmed_after_its_candidate_was_named_is_taken_and_told_so() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let (_, other) = candidate(&city, &cast, "乙厂工会").await;
        let notice = published(&city, &cast.approver).await;
        for _ in 0..AT_ONCE_FROM_NETWORK {
            object(&city, &notice, &form(&other), Vec::new()).await;
        }
        let late = object(&city, &notice, &form(&id), Vec::new()).await;
        assert!(late.confirm_from.is_some());
        let follow = async || {
            objections::follow(app, "203.0.113.9", late.number, &late.code)
                .await
                .unwrap()
        };
        let waits = follow().await;
        let until = waits.confirm_until.map(|counted| counted.value);
        assert_eq!((until, waits.named_at), (Some(date(2017, 3, 9)), None));
        app.clock.set(date(2017, 3, 10));
        let preview = preview(app, &cast.approver, 2016, TITLE, &[id])
            .await
            .unwrap();
        confirm(app, &cast.approver, 2016, TITLE, &confirmation(&preview))
            .await
            .unwrap();
        objections::confirm(app, "203.0.113.9", late.number, &late.code)
            .await
            .unwrap();
        let taken = follow().await;
        assert_eq!(taken.objection.state(), ObjectionState::Received);
        assert!(taken.named_at.is_some());
        let open = objections::list(app, &cast.approver, 1).await.unwrap();
        assert!(
            open.lines
                .iter()
                .any(|line| line.objection.number == late.number)
        );
    }
}
