use jianjia_domain::{
    core::{
        ids::{AccountId, ApplicationEventId, JudgementId},
        place::{UnitKind, UnitPlace},
    },
    round::{application::CriterionReason, route::Step},
};
use jianjia_standard::programme::RouteAct;
use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::testing;

/// An application for the model home, under review at its township.
pub(crate) fn example(number: u128) -> Application {
    let at = Timestamp::from_second(1_476_000_000).unwrap();
    let step = |act, number, kind, path: &str| Step {
        act,
        unit: UnitPlace {
            id: UnitId(Uuid::from_u128(number)),
            kind,
            name: kind.word().to_owned(),
            path: path.to_owned(),
        },
        quota: false,
    };
    Application {
        id: ApplicationId(Uuid::from_u128(number)),
        year: 2016,
        title: "model-home".to_owned(),
        unit: ApplicantUnit {
            id: UnitId(Uuid::from_u128(number + 1_000)),
            path: format!("/1/2/3/{number}/"),
            name: format!("第{number}工会"),
            sort_key: format!("{number:06}"),
        },
        person: None,
        story: "我们的家".to_owned(),
        state: State::UnderReview { step: 0 },
        route: vec![
            step(RouteAct::Endorse, 3, UnitKind::Township, "/1/2/3/"),
            step(RouteAct::Decide, 2, UnitKind::District, "/1/2/"),
        ],
        rank: Some(4),
        recommended_by: None,
        judgement: Some(JudgementId(Uuid::from_u128(70))),
        since_at: at,
        submitted_at: Some(at),
        created_by: AccountId(Uuid::from_u128(50)),
        created_at: at,
        revision: 1,
    }
}

#[tokio::test]
async fn every_state_of_an_application_comes_back_as_it_was_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let at = Timestamp::from_second(1_477_000_000).unwrap();
        let states = [
            State::Draft,
            State::UnderReview { step: 1 },
            State::Returned { step: 1 },
            State::Withdrawn { at },
            State::Rejected { step: 0, at },
            State::Named { step: 1, at },
        ];
        for (number, state) in states.into_iter().enumerate() {
            let mut application = example(number as u128);
            application.state = state;
            application.person = Some(ApplicantPerson {
                id: PersonId(Uuid::from_u128(9)),
                name: "王小虎".to_owned(),
            });
            assert!(insert(&mut tx, &application).await.unwrap());
            let found = find(&mut tx, &application.id).await.unwrap();
            assert_eq!(found, Some(application));
        }
        let nobody = ApplicationId(Uuid::from_u128(999));
        assert_eq!(find(&mut tx, &nobody).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_title_is_applied_for_once_a_year_unless_withdrawn_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let first = example(1);
        let mut second = example(1);
        second.id = ApplicationId(Uuid::from_u128(2));
        assert!(insert(&mut tx, &first).await.unwrap());
        assert!(!insert(&mut tx, &second).await.unwrap());
        let mut withdrawn = first.clone();
        withdrawn.state = State::Withdrawn { at: first.since_at };
        withdrawn.revision = 2;
        assert!(update(&mut tx, &withdrawn).await.unwrap());
        assert!(insert(&mut tx, &second).await.unwrap());
        let now = standing(&mut tx, 2016, "model-home", &first.unit.id, None)
            .await
            .unwrap();
        assert_eq!(now.as_ref(), Some(&second));
        let all = of_unit(&mut tx, &first.unit.id).await.unwrap();
        assert_eq!(all, [second, withdrawn]);
    }
}

#[tokio::test]
async fn the_second_of_two_changes_from_the_same_state_is_not_kept_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let first = example(1);
        insert(&mut tx, &first).await.unwrap();
        let mut endorsed = first.clone();
        endorsed.state = State::UnderReview { step: 1 };
        endorsed.revision = 2;
        let mut returned = first.clone();
        returned.state = State::Returned { step: 0 };
        returned.revision = 2;
        assert!(update(&mut tx, &endorsed).await.unwrap());
        assert!(!update(&mut tx, &returned).await.unwrap());
        assert_eq!(find(&mut tx, &first.id).await.unwrap(), Some(endorsed));
    }
}

#[tokio::test]
async fn events_keep_their_order_and_a_request_is_applied_once_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let application = example(1).id;
        let event = |number, act, step, request_key: Option<&str>| ApplicationEvent {
            id: ApplicationEventId(Uuid::from_u128(number)),
            application,
            act,
            step,
            unit: UnitId(Uuid::from_u128(3)),
            unit_name: "雕庄街道总工会".to_owned(),
            account: Some(AccountId(Uuid::from_u128(50))),
            account_name: "周审核".to_owned(),
            opinion: "同意".to_owned(),
            reasons: vec![CriterionReason {
                clause: "M1b".to_owned(),
                note: "名册缺页".to_owned(),
            }],
            judgement: None,
            at: Timestamp::from_second(1_476_000_000).unwrap(),
            request_key: request_key.map(str::to_owned),
        };
        let drafted = event(1, EventAct::Drafted, None, None);
        let endorsed = event(2, EventAct::Endorsed, Some(0), Some("key"));
        assert!(add_event(&mut tx, &endorsed).await.unwrap());
        assert!(add_event(&mut tx, &drafted).await.unwrap());
        let again = event(3, EventAct::Endorsed, Some(0), Some("key"));
        assert!(!add_event(&mut tx, &again).await.unwrap());
        let kept = events(&mut tx, &application).await.unwrap();
        assert_eq!(kept, [drafted, endorsed]);
        let found = of_request(&mut tx, "key").await.unwrap();
        assert_eq!(found, Some(application));
        assert_eq!(of_request(&mut tx, "other").await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_was_handed_in_again_gets_its_first_day_back_on_both_engines() {
    let first = Timestamp::from_second(1_476_000_000).unwrap();
    let again = Timestamp::from_second(1_478_600_000).unwrap();
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let overwritten = Application {
            submitted_at: Some(again),
            ..example(1)
        };
        let draft = Application {
            submitted_at: None,
            ..example(2)
        };
        for application in [&overwritten, &draft] {
            assert!(insert(&mut tx, application).await.unwrap());
        }
        for (number, act, at) in [
            (1, EventAct::Drafted, first),
            (2, EventAct::Submitted, first),
            (3, EventAct::Resubmitted, again),
        ] {
            let event = ApplicationEvent {
                id: ApplicationEventId(Uuid::from_u128(number)),
                application: overwritten.id,
                act,
                step: None,
                unit: overwritten.unit.id,
                unit_name: overwritten.unit.name.clone(),
                account: None,
                account_name: String::new(),
                opinion: String::new(),
                reasons: Vec::new(),
                judgement: None,
                at,
                request_key: None,
            };
            assert!(add_event(&mut tx, &event).await.unwrap());
        }
        let migration = include_str!("../../../migrations/0011_first_submission.sql");
        sqlx::query(migration).execute(&mut *tx).await.unwrap();
        let mut days = Vec::new();
        for id in [&overwritten.id, &draft.id] {
            days.push(find(&mut tx, id).await.unwrap().unwrap().submitted_at);
        }
        assert_eq!(days, [Some(first), None]);
    }
}
