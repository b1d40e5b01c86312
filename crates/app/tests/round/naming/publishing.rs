//! The city shows its candidates before it names them, for as long as the standard says.

use std::sync::Arc;

use jianjia_app::{
    core::{
        job::{
            Lane,
            worker::{Node, arm, run_due_once},
        },
        standard::Standards,
    },
    round::publication as publications,
};
use jianjia_demo::testing::{TestCity, changzhou};
use jianjia_domain::{
    core::{ids::PublicationId, message::Kind, policy::Role},
    round::publication::PublicationInput,
};
use jianjia_standard::Standard;
use jianjia_store::{
    core::{db::Tx, file::content_hash},
    testing as store_testing,
};

use super::*;

/// The standard with naming that asks for a notice of so many working days.
pub(super) fn asking() -> Standard {
    let mut standard = changzhou();
    standard.publication.clause = "P7".to_owned();
    let rule = standard.publication.city.as_mut().unwrap();
    rule.is_asked = true;
    standard
}

pub(super) fn input() -> PublicationInput {
    PublicationInput {
        order: "strokes".to_owned(),
        telephone: "0519-86680000".to_owned(),
        office: "市总工会基层工作部".to_owned(),
        seen: String::new(),
    }
}

/// The same, filled in beside the list as it stands.
pub(super) async fn input_seen(city: &TestCity, by: &Actor) -> PublicationInput {
    let plan = publications::to_publish(&city.app, by, 2016, TITLE).await;
    PublicationInput {
        seen: plan.unwrap().seen,
        ..input()
    }
}

pub(super) async fn published(city: &TestCity, by: &Actor) -> PublicationId {
    let input = input_seen(city, by).await;
    publications::publish(&city.app, by, 2016, TITLE, &input)
        .await
        .unwrap()
}

/// The node of the city, which knows from now on what comes again and again.
pub(super) async fn armed(city: &TestCity) -> Node {
    let node = Node::new(&city.app, jianjia_app::WORKS);
    arm(&city.app, &node).await.unwrap();
    node
}

/// Everything that is due is done.
pub(super) async fn done(city: &TestCity, node: &Node) {
    while run_due_once(&city.app, node, Lane::Short)
        .await
        .unwrap()
        .is_some()
    {}
}

async fn told_of(tx: &mut Tx, kind: Kind) -> usize {
    let sql = match kind {
        Kind::Published => "SELECT told_key FROM message WHERE kind = 'published'",
        _ => "SELECT told_key FROM message WHERE kind = 'publication-ended'",
    };
    store_testing::texts(tx, sql).await.len()
}

async fn because(city: &TestCity, by: &Actor, id: &ApplicationId) -> Vec<String> {
    let preview = preview(&city.app, by, 2016, TITLE, &[*id]).await.unwrap();
    let line = &preview.lines[0];
    let because = line.candidate.because.iter();
    because.map(|text| text.zh.clone()).collect()
}

#[tokio::test]
async fn a_notice_holds_the_naming_and_comes_down_by_itself() {
    for mut city in testing::both(date(2017, 3, 1)).await {
        city.app.standards = Standards::of_one(Arc::new(asking()));
        let cast = cast(&city).await;
        let app = &city.app;
        let (union, id) = candidate(&city, &cast, "甲厂工会").await;
        let chair = city.actor("陈主席", &[(Role::Chair, &union)]).await;
        assert_eq!(
            because(&city, &cast.approver, &id).await,
            ["还没有公示：命名前要公示不少于 5 个工作日（P7）。"]
        );
        // Who only looks, or is of a district, shows nobody anything.
        let refused = publications::publish(app, &cast.reviewer, 2016, TITLE, &input()).await;
        assert_eq!(told(refused), "not-your-role");
        let refused = publications::publish(app, &cast.of_district, 2016, TITLE, &input()).await;
        assert_eq!(told(refused), "not found");
        let empty = PublicationInput {
            seen: input_seen(&city, &cast.approver).await.seen,
            ..PublicationInput::default()
        };
        let refused = publications::publish(app, &cast.approver, 2016, TITLE, &empty).await;
        assert_eq!(
            told(refused),
            "order: publication/no-order, telephone: publication/no-telephone, office: publication/no-office"
        );
        let node = armed(&city).await;
        let notice = published(&city, &cast.approver).await;
        let again = publications::publish(app, &cast.approver, 2016, TITLE, &input()).await;
        assert_eq!(told(again), "publication/nobody-to-show");

        let open = publications::notice(app, &notice).await.unwrap();
        let shown = open.shown.unwrap();
        assert_eq!(open.publication.days.to, date(2017, 3, 8));
        assert_eq!(open.applications, [id]);
        assert_eq!(
            (
                shown.lines[0].name.as_str(),
                shown.lines[0].federation.as_str()
            ),
            ("甲厂工会", "天宁区总工会")
        );
        let hanging = publications::hanging(app).await.unwrap();
        assert_eq!(
            (hanging.len(), hanging[0].id, hanging[0].candidates),
            (1, notice, 1)
        );
        assert_eq!(
            because(&city, &cast.approver, &id).await,
            ["正在公示，到 2017-03-08 为止（P7）。"]
        );

        // After its last day nobody sees it, whether or not the job has run.
        app.clock.set(date(2017, 3, 9));
        let ended = publications::notice(app, &notice).await.unwrap();
        assert!(ended.shown.is_none() && ended.applications.is_empty());
        assert!(publications::hanging(app).await.unwrap().is_empty());
        done(&city, &node).await;
        done(&city, &node).await;
        let copy = publications::copy(app, &cast.reviewer, &notice)
            .await
            .unwrap();
        assert!(copy.taken_down.is_some() && !copy.is_withdrawn());
        assert_eq!(content_hash(copy.shown.as_bytes()), copy.hash);
        assert_eq!(serde_json::to_string(&shown).unwrap(), copy.shown);
        let refused = publications::copy(app, &cast.of_district, &notice).await;
        assert_eq!(told(refused), "not found");

        let mut tx = app.db.read().await.unwrap();
        let acts = store_testing::texts(
            &mut tx,
            "SELECT act FROM audit WHERE noun = 'publication' ORDER BY id",
        )
        .await;
        assert_eq!(acts, ["publish-candidates", "take-down-publication"]);
        assert_eq!(told_of(&mut tx, Kind::Published).await, 1, "{}", chair.name);
        drop(tx);

        assert_eq!(because(&city, &cast.approver, &id).await, [""; 0]);
        let preview = preview(app, &cast.approver, 2016, TITLE, &[id])
            .await
            .unwrap();
        let named = confirm(app, &cast.approver, 2016, TITLE, &confirmation(&preview))
            .await
            .unwrap();
        assert_eq!(named.named, ["甲厂工会"]);
    }
}

#[tokio::test]
async fn a_wrong_list_is_taken_down_early_and_counts_as_none() {
    for mut city in testing::both(date(2017, 3, 1)).await {
        city.app.standards = Standards::of_one(Arc::new(asking()));
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let notice = published(&city, &cast.approver).await;
        let without = publications::withdraw(app, &cast.approver, &notice, " ").await;
        assert_eq!(told(without), "reason: publication/no-reason");
        publications::withdraw(app, &cast.approver, &notice, "单位名称有误")
            .await
            .unwrap();
        let twice = publications::withdraw(app, &cast.approver, &notice, "单位名称有误").await;
        assert_eq!(told(twice), "publication/over");
        let read = publications::notice(app, &notice).await.unwrap();
        assert!(read.shown.is_none());
        assert_eq!(
            because(&city, &cast.approver, &id).await,
            ["还没有公示：命名前要公示不少于 5 个工作日（P7）。"]
        );
        // It is shown again, from then on.
        app.clock.set(date(2017, 3, 2));
        published(&city, &cast.approver).await;
        assert_eq!(
            because(&city, &cast.approver, &id).await,
            ["正在公示，到 2017-03-09 为止（P7）。"]
        );
    }
}

#[tokio::test]
async fn what_is_published_is_the_list_that_was_seen() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, first) = candidate(&city, &cast, "甲厂工会").await;
        let seen = input_seen(&city, &cast.approver).await;
        // Somebody else is recommended while the list is looked at.
        let (_, second) = candidate(&city, &cast, "乙厂工会").await;
        for changed in [&seen, &input()] {
            let refused = publications::publish(app, &cast.approver, 2016, TITLE, changed).await;
            assert_eq!(told(refused), "publication/list-changed");
        }
        assert!(publications::hanging(app).await.unwrap().is_empty());
        let seen = input_seen(&city, &cast.approver).await;
        // Past midnight it would hang until another day than was seen.
        app.clock.set(date(2017, 3, 2));
        let refused = publications::publish(app, &cast.approver, 2016, TITLE, &seen).await;
        assert_eq!(told(refused), "publication/list-changed");
        let notice = published(&city, &cast.approver).await;
        let shown = publications::notice(app, &notice).await.unwrap();
        let mut applications = shown.applications;
        let mut expected = vec![first, second];
        applications.sort();
        expected.sort();
        assert_eq!(applications, expected);
    }
}

#[tokio::test]
async fn where_the_standard_asks_for_none_nobody_waits_and_without_days_none_is_shown() {
    for mut city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        assert_eq!(because(&city, &cast.approver, &id).await, [""; 0]);
        let mut silent = changzhou();
        silent.publication.city = None;
        city.app.standards = Standards::of_one(Arc::new(silent));
        let app = &city.app;
        let refused = publications::publish(app, &cast.approver, 2016, TITLE, &input()).await;
        assert_eq!(told(refused), "publication/no-rule");
    }
}
