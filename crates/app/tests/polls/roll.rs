//! The roll beside the members: what a plan asks for, and where it is told.

use jianjia_app::rating::poll as polls;
use jianjia_demo::testing::polling;
use jianjia_domain::rating::poll::{Plan, planning::PlanInput};
use jianjia_standard::Lang;
use serde_json::json;

use super::{Home, homes, keys};

async fn says_members(home: &Home, members: i64) {
    let answers = [("workers", members + 20), ("members", members)];
    let answers = answers.map(|(fact, number)| (fact.to_owned(), json!(number)));
    let answers = answers.into_iter().collect();
    home.city.said(&home.union, None, 2016, &answers).await;
}

fn plan(roll: i64, voters: &str, reason: &str) -> PlanInput {
    PlanInput {
        voters: voters.to_owned(),
        roll_reason: reason.to_owned(),
        ..polling::plan(roll, "2016-10-20")
    }
}

#[tokio::test]
async fn a_roll_far_from_the_members_needs_its_kind_and_a_reason() {
    for home in homes().await {
        let (app, chair, union) = (&home.city.app, &home.chair, &home.union.id);
        says_members(&home, 477).await;
        let page = polls::of_unit(app, chair, union, 2016).await.unwrap();
        assert_eq!(page.members.said, Some(477));
        // More than there are is never kept.
        let above = polls::save_plan(app, chair, union, 2016, &plan(478, "all-members", "")).await;
        assert_eq!(
            keys(above),
            [("roll".to_owned(), "poll/roll-above-members")]
        );
        let unknown = polls::save_plan(app, chair, union, 2016, &plan(8, "friends", "")).await;
        assert_eq!(keys(unknown), [("voters".to_owned(), "poll/no-voters")]);
        // Eight of 477 are kept as an unfinished plan, and not opened.
        let id = polls::save_plan(app, chair, union, 2016, &plan(8, "", ""))
            .await
            .unwrap();
        assert_eq!(
            keys(polls::open(app, chair, &id).await),
            [
                ("voters".to_owned(), "poll/no-voters"),
                ("roll_reason".to_owned(), "poll/roll-unexplained"),
            ]
        );
        let said = plan(8, "congress-delegates", " 代表大会  闭会期间由代表投票 ");
        polls::save_plan(app, chair, union, 2016, &said)
            .await
            .unwrap();
        polls::open(app, chair, &id).await.unwrap();
        let held = polls::held(app, chair, &id).await.unwrap();
        let Plan {
            roll,
            members,
            voters,
            roll_reason,
            ..
        } = held.poll.plan.clone();
        assert_eq!(
            (roll, members, voters.as_str(), roll_reason.as_str()),
            (
                8,
                Some(477),
                "congress-delegates",
                "代表大会 闭会期间由代表投票"
            )
        );
        let words =
            |lang| jianjia_domain::rating::poll::roll::words(&held.rules, &held.poll.plan, lang);
        assert_eq!(
            words(Lang::Zh),
            "应投 8 人，会员 477 人（≈ 1.67 %）；参加投票：会员代表大会代表；说明：代表大会 闭会期间由代表投票"
        );
        assert_eq!(
            words(Lang::En),
            "8 may vote of 477 members (≈ 1.67 %). Who votes: Delegates of the members' congress. Reason: 代表大会 闭会期间由代表投票"
        );
    }
}

#[tokio::test]
async fn a_home_tells_the_roll_of_the_result_also_while_another_poll_is_planned() {
    for home in homes().await {
        let (app, chair, union) = (&home.city.app, &home.chair, &home.union.id);
        says_members(&home, 205).await;
        let said = plan(8, "congress-delegates", "闭会期间由代表投票");
        let id = polls::save_plan(app, chair, union, 2016, &said)
            .await
            .unwrap();
        let open = polling::open_planned(app, chair, id, 8).await;
        open.cast(app, 0, [6, 1, 0, 0]).await;
        open.finish(app, chair, [0; 4]).await;
        polls::save_plan(app, chair, union, 2016, &plan(205, "all-members", ""))
            .await
            .unwrap();
        let words = "应投 8 人，会员 205 人（≈ 3.9 %）；参加投票：会员代表大会代表；说明：闭会期间由代表投票";
        let page = polls::of_unit(app, chair, union, 2016).await.unwrap();
        assert_eq!(page.roll_words(Lang::Zh), words);
        let mine = jianjia_app::round::home::read(app, chair, union, None, 2016);
        let roll = mine.await.unwrap().roll.expect("a result has a roll");
        assert_eq!(roll.words(Lang::Zh), words);
        assert!(roll.is_far());
    }
}

#[test]
fn the_register_counts_where_nobody_said_and_it_is_not_older_than_the_roll() {
    let members = |said, registered| polls::Members {
        said,
        registered,
        may_exceed: 5,
    };
    assert_eq!(members(Some(90), Some(100)).beside(96), Some(90));
    assert_eq!(members(None, Some(12_406)).beside(96), Some(12_406));
    assert_eq!(members(None, Some(92)).beside(96), None);
    assert_eq!(members(None, Some(50)).beside(96), Some(50));
    assert_eq!(members(None, None).beside(96), None);
}

#[tokio::test]
async fn members_that_become_fewer_are_seen_when_the_poll_opens() {
    for home in homes().await {
        let (app, chair, union) = (&home.city.app, &home.chair, &home.union.id);
        says_members(&home, 60).await;
        let plan = plan(60, "all-members", "");
        let id = polls::save_plan(app, chair, union, 2016, &plan)
            .await
            .unwrap();
        says_members(&home, 50).await;
        assert_eq!(
            keys(polls::open(app, chair, &id).await),
            [("roll".to_owned(), "poll/roll-above-members")]
        );
    }
}

#[tokio::test]
async fn an_office_list_is_told_line_by_line_and_changes_nothing() {
    for home in homes().await {
        let (app, chair, union) = (&home.city.app, &home.chair, &home.union.id);
        let mut plan = plan(0, "", "");
        plan.roll = String::new();
        plan.list = "王芳\n王　芳\n1. 李四\t男\n张三、赵六\n合计：4人\n".to_owned();
        let refused = polls::save_plan(app, chair, union, 2016, &plan).await;
        let told = super::told(refused);
        for words in [
            "有 3 行要改",
            "第 2 行“王 芳”和第 1 行同名",
            "第 4 行“张三、赵六”像是有几个名字",
            "第 5 行“合计:4人”不是名字",
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }
        let page = polls::of_unit(app, chair, union, 2016).await.unwrap();
        assert!(page.poll.is_none());
    }
}
