//! A second poll in a year that has a result: said before it opens, agreed by the union above, the first kept in sight.

use jianjia_app::{core::error::Error, exchange::verification, rating::poll as polls};
use jianjia_demo::testing::polling;
use jianjia_domain::{core::ids::PollId, rating::poll::PollState, year::totals::RatingTotals};

use super::{Home, homes, keys};

async fn sum(home: &Home) -> Option<String> {
    let page = polls::of_unit(&home.city.app, &home.chair, &home.union.id, 2016).await;
    page.unwrap().sum
}

async fn planned(home: &Home, roll: i64) -> PollId {
    let plan = polling::plan(roll, "2016-12-20");
    polls::save_plan(&home.city.app, &home.chair, &home.union.id, 2016, &plan)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_result_is_replaced_only_with_the_consent_of_the_union_above_and_stays_in_sight() {
    for home in homes().await {
        let (app, chair) = (&home.city.app, &home.chair);
        let first = polling::open(app, chair, &home.union, 2016, 20).await;
        first.cast(app, 0, [6, 2, 4, 0]).await;
        first.finish(app, chair, [0, 0, 0, 0]).await;
        assert_eq!(sum(&home).await.as_deref(), Some("(6 + 2) ÷ 12 ≈ 66.66 %"));

        let second = planned(&home, 20).await;
        let refused = polls::open(app, chair, &second).await;
        assert_eq!(
            keys(refused),
            [("consent".to_owned(), "poll/needs-consent")]
        );
        // The union's own people can't agree to it, nor strangers; the union above says why.
        let own = polls::consent(app, chair, &second, "我们自己同意").await;
        assert_eq!(keys(own), [(String::new(), "not-your-role")]);
        let strange = polls::consent(app, &home.stranger, &second, "同意").await;
        assert!(matches!(strange, Err(Error::NotFound)));
        let silent = polls::consent(app, &home.reviewer, &second, " ").await;
        assert_eq!(
            keys(silent),
            [("consent_reason".to_owned(), "poll/no-reason")]
        );
        polls::consent(app, &home.reviewer, &second, "原来夜班没有投，应全体重投")
            .await
            .unwrap();
        // It was given for this roll: another asks again.
        planned(&home, 12).await;
        let refused = polls::open(app, chair, &second).await;
        assert_eq!(
            keys(refused),
            [("consent".to_owned(), "poll/needs-consent")]
        );
        planned(&home, 20).await;
        polls::consent(app, &home.reviewer, &second, "原来夜班没有投，应全体重投")
            .await
            .unwrap();
        polls::close(app, chair, &second).await.unwrap_err();

        let opened = polling::open_planned(app, chair, second, 20).await;
        // Until it is signed, the first stands.
        assert_eq!(sum(&home).await.as_deref(), Some("(6 + 2) ÷ 12 ≈ 66.66 %"));
        opened.cast(app, 0, [16, 0, 0, 0]).await;
        opened.finish(app, chair, [0, 0, 0, 0]).await;
        assert_eq!(sum(&home).await.as_deref(), Some("(16 + 0) ÷ 16 = 100 %"));
        let told = polls::result(app, &second).await.unwrap();
        let replaced = told.poll.replaces.as_ref().unwrap();
        assert_eq!(replaced.poll, Some(first.id));
        assert_eq!(told.replaced_sum.as_deref(), Some("(6 + 2) ÷ 12 ≈ 66.66 %"));
        let consent = told.poll.consent.as_ref().unwrap();
        assert_eq!(consent.by_name, "天宁区总工会 王审核");
        let before = polls::result(app, &first.id).await.unwrap();
        assert_eq!(before.replaced_by, Some(second));
        let page = polls::of_unit(app, chair, &home.union.id, 2016)
            .await
            .unwrap();
        let earlier: Vec<_> = page
            .earlier
            .iter()
            .map(|poll| (poll.id, poll.state()))
            .collect();
        assert_eq!(earlier, [(first.id, PollState::Signed)]);
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);

        // Declared void, it gives the year back to the first.
        polls::annul(app, &home.reviewer, &second, "重投也不实")
            .await
            .unwrap();
        assert_eq!(sum(&home).await.as_deref(), Some("(6 + 2) ÷ 12 ≈ 66.66 %"));
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn totals_from_paper_are_not_replaced_in_silence() {
    for home in homes().await {
        let (app, chair) = (&home.city.app, &home.chair);
        let paper = RatingTotals::of(
            40,
            [
                ("satisfied", 20),
                ("basically_satisfied", 5),
                ("dissatisfied", 5),
                ("void", 0),
            ],
        );
        home.city.rated(&home.union, 2016, paper).await;
        let poll = planned(&home, 20).await;
        let refused = polls::open(app, chair, &poll).await;
        assert_eq!(
            keys(refused),
            [("consent".to_owned(), "poll/needs-consent")]
        );
        polls::consent(app, &home.reviewer, &poll, "纸质统计有误")
            .await
            .unwrap();
        let opened = polling::open_planned(app, chair, poll, 20).await;
        opened.cast(app, 0, [12, 0, 0, 0]).await;
        opened.finish(app, chair, [0, 0, 0, 0]).await;
        assert_eq!(sum(&home).await.as_deref(), Some("(12 + 0) ÷ 12 = 100 %"));
        polls::annul(app, &home.reviewer, &poll, "查实代投")
            .await
            .unwrap();
        assert_eq!(sum(&home).await.as_deref(), Some("(20 + 5) ÷ 30 ≈ 83.33 %"));
    }
}

#[tokio::test]
async fn nothing_is_agreed_where_nothing_would_be_replaced() {
    for home in homes().await {
        let app = &home.city.app;
        let poll = planned(&home, 20).await;
        let needless = polls::consent(app, &home.reviewer, &poll, "同意").await;
        assert_eq!(keys(needless), [(String::new(), "poll/nothing-replaced")]);
    }
}
