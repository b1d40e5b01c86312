//! Planning a rating.

use jianjia_app::rating::poll as polls;
use jianjia_demo::testing::polling;

use super::{homes, keys};

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
