//! A union shows its application in its own unit before it hands it in, where the standard asks for that.

use std::sync::Arc;

use jianjia_app::{
    core::standard::Standards,
    round::{application as applications, posting as postings},
};
use jianjia_demo::testing::changzhou;
use jianjia_domain::round::posting::PostingInput;
use jianjia_store::testing as store_testing;

use crate::{city::cities, key, told};

fn input(from: &str, to: &str) -> PostingInput {
    PostingInput {
        from: from.to_owned(),
        to: to.to_owned(),
        place: "食堂门口".to_owned(),
    }
}

#[tokio::test]
async fn an_application_is_handed_in_after_its_notice_in_the_unit() {
    for mut city in cities().await {
        let mut standard = changzhou();
        standard.publication.clause = "P7".to_owned();
        standard.publication.unit.as_mut().unwrap().is_asked = true;
        city.city.app.standards = Standards::of_one(Arc::new(standard));
        let app = city.city.app.clone();
        let id = city.draft(&city.chair, &city.union, "model-home").await;
        let expected = city.now(&id).await;
        let without = applications::submit(&app, &city.chair, &id, &expected).await;
        assert_eq!(
            told(without),
            "还没有登记在本单位的公示，所以不能提交：申报前要公示不少于 5 个工作日（条款 P7）。请打印公示贴出来，再登记日期和地点。"
        );
        let view = applications::view(&app, &city.chair, &id).await.unwrap();
        assert!(view.is_posted);
        assert_eq!(view.closed.unwrap().key(), "posting/missing");

        let record = async |input: PostingInput| {
            let done = postings::record(&app, &city.chair, &id, &input).await;
            match done {
                Ok(()) => "recorded",
                refused => key(refused),
            }
        };
        assert_eq!(
            record(input("2016-10-20", "2016-10-26")).await,
            "posting/too-short"
        );
        assert_eq!(
            record(input("2016-10-21", "2016-10-28")).await,
            "posting/not-yet"
        );
        assert_eq!(record(input("", "2016-10-28")).await, "posting/no-day");
        assert_eq!(
            record(input("2006-10-10", "2006-10-17")).await,
            "posting/other-year"
        );
        assert_eq!(record(input("2016-10-20", "2016-10-27")).await, "recorded");
        let not_theirs = postings::record(
            &app,
            &city.approver,
            &id,
            &input("2016-10-20", "2016-10-27"),
        )
        .await;
        assert_eq!(key(not_theirs), "not-found");
        let early = applications::submit(&app, &city.chair, &id, &expected).await;
        assert_eq!(key(early), "posting/still-up");
        city.on(2016, 10, 28);
        applications::submit(&app, &city.chair, &id, &expected)
            .await
            .unwrap();
        // Once it is under way what was recorded stays, and those who review read it.
        assert_eq!(
            record(input("2016-10-20", "2016-10-28")).await,
            "posting/wrong-state"
        );
        let view = postings::view(&app, &city.local, &id).await.unwrap();
        assert_eq!(view.posting.unwrap().place, "食堂门口");
        assert!(!view.may_record);
        let mut tx = app.db.read().await.unwrap();
        let acts = store_testing::texts(
            &mut tx,
            "SELECT account_name FROM audit WHERE act = 'record-posting'",
        )
        .await;
        assert_eq!(acts, ["王主席"]);
    }
}

#[tokio::test]
async fn where_the_standard_does_not_ask_an_application_waits_for_nothing() {
    for city in cities().await {
        let application = city.applied(&city.chair, &city.union, "model-home").await;
        let view = postings::view(&city.city.app, &city.chair, &application.id)
            .await
            .unwrap();
        assert!(view.posting.is_none() && !view.is_asked);
    }
}
