//! Who has a file in hand: what is refused when it is handed on, and two who want the same file at the same time.

use jianjia_app::round::review::{self as reviews, Assigning};
use jianjia_domain::core::{
    ids::ApplicationId,
    policy::{Actor, Role},
};
use jianjia_standard::Lang;
use jianjia_store::round::assignment;

use crate::{
    city::{RoundCity, cities},
    racing::{Nodes, said},
    told,
};

async fn assign(city: &RoundCity, who: &Actor, id: &ApplicationId, how: Assigning) -> String {
    said(reviews::assign(&city.city.app, who, &[*id], how).await)
}

/// Whether the desk offers to hand the file on, and why it can't be.
async fn offered(
    city: &RoundCity,
    who: &Actor,
    id: &ApplicationId,
) -> (bool, Option<&'static str>) {
    let desk = reviews::desk(&city.city.app, who, id).await.unwrap();
    let why = desk.not_passed.map(|refusal| refusal.key());
    (desk.acts.pass, why)
}

#[tokio::test]
async fn whoever_may_decide_on_a_file_has_nobody_to_hand_it_on_to() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        // The township's reviewer gives its opinion alone.
        let alone = reviews::assign(app, &city.local, &[id], Assigning::Pass).await;
        let Err(jianjia_app::core::error::Error::Refused(refusal)) = &alone else {
            panic!("not refused: {alone:?}");
        };
        assert_eq!(
            refusal.sentence(Lang::En),
            "The application of 第一纺织厂工会 need not be handed on: it is for 雕庄街道总工会 to give its opinion now, and by the permission rules you may do that yourself. Please go ahead."
        );
        assert_eq!(
            told(alone),
            "“第一纺织厂工会”的申报不用交出去：现在由雕庄街道总工会签署意见，按权限规定您自己就能办。请直接办理。"
        );
        assert_eq!(offered(&city, &city.local, &id).await, (false, None));
        city.endorsed(&id).await;
        city.looked_through(&id).await;
        let alone = assign(&city, &city.approver, &id, Assigning::Pass).await;
        assert_eq!(alone, "assignment/decides-themselves");
        assert_eq!(offered(&city, &city.approver, &id).await, (false, None));
        let mut tx = app.db.read().await.unwrap();
        let held = assignment::of_applications(&mut tx, &[id]).await.unwrap();
        assert_eq!(held, [], "what was refused put it in nobody's hands");
        drop(tx);
        // Who decides elsewhere only reviews here.
        let roles = [
            (Role::Approver, &city.township),
            (Role::Reviewer, &city.district),
        ];
        let both = city.city.actor("两头跑", &roles).await;
        assert_eq!(offered(&city, &both, &id).await, (true, None));
        assert_eq!(assign(&city, &both, &id, Assigning::Pass).await, "done");
    }
}

#[tokio::test]
async fn a_file_is_not_handed_on_where_no_approver_could_go_on_with_it() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city.at_the_district().await;
        city.looked_through(&id).await;
        let passes = (true, None);
        assert_eq!(offered(&city, &city.reviewer, &id).await, passes);
        // The only approver keeps out of it.
        reviews::declare_conflict(app, &city.approver, &id, "亲属")
            .await
            .unwrap();
        let nobody = reviews::assign(app, &city.reviewer, &[id], Assigning::Pass).await;
        assert_eq!(
            told(nobody),
            "“第一纺织厂工会”的申报现在交不出去：按权限规定下一步由审批人办理，天宁区总工会没有能接着办的审批人（没有设，或者都已声明回避）。请管理员先为天宁区总工会设一位审批人，再交。"
        );
        let why = (false, Some("assignment/no-approver-next"));
        assert_eq!(offered(&city, &city.reviewer, &id).await, why);
        // An approver above it decides nothing for the district; one of its own does.
        let next = [(Role::Approver, &city.district)];
        city.city.actor("新来的部长", &next).await;
        assert_eq!(offered(&city, &city.reviewer, &id).await, passes);
        let passed = reviews::assign(app, &city.reviewer, &[id], Assigning::Pass).await;
        assert!(passed.is_ok(), "{passed:?}");
        // Handed on it is not offered again.
        assert_eq!(offered(&city, &city.reviewer, &id).await, (false, None));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_take_a_file_at_once_one_has_it() {
    for nodes in Nodes::begin().await {
        let city = &nodes.city;
        let reviewer = [(Role::Reviewer, &city.district)];
        let one = city.city.actor("区里小吴", &reviewer).await;
        let other = city.city.actor("区里小郑", &reviewer).await;
        for _ in 0..6 {
            let (union, chair) = city.another(&nodes.name("工会")).await;
            let id = city.applied(&chair, &union, "qualified-home").await.id;
            city.endorsed(&id).await;
            let take = |app: &jianjia_app::core::app::App, who: &Actor| {
                let (app, who) = (app.clone(), who.clone());
                tokio::spawn(async move {
                    said(reviews::assign(&app, &who, &[id], Assigning::Take).await)
                })
            };
            let (first, second) = (take(nodes.here(), &one), take(&nodes.there, &other));
            let mut answers = [
                (first.await.unwrap(), &one.name),
                (second.await.unwrap(), &other.name),
            ];
            answers.sort();
            assert_eq!(answers[0].0, "assignment/held-by");
            assert_eq!(answers[1].0, "done");
            let mut tx = nodes.here().db.read().await.unwrap();
            let held = assignment::of_applications(&mut tx, &[id]).await.unwrap();
            let names: Vec<&String> = held.iter().map(|held| &held.account_name).collect();
            assert_eq!(names, [answers[1].1], "whoever was told so has it");
        }
    }
}
