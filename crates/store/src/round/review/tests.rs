use jianjia_domain::{
    core::ids::{AccountId, PersonId, UnitId},
    round::{
        application::{ApplicantPerson, State},
        assignment::Assignment,
    },
};
use uuid::Uuid;

use super::*;
use crate::{
    core::db::Tx,
    round::{
        application::{self, tests::example},
        assignment,
    },
    testing,
};

fn filter(scope: Scope) -> Filter {
    Filter {
        scope,
        year: Some(2016),
        title: String::new(),
        state: String::new(),
        act: String::new(),
        search: String::new(),
        hands: Hands::Any,
        unpassed_at: Vec::new(),
        order: Order::Waiting,
    }
}

fn township() -> Scope {
    Scope::At(vec![UnitId(Uuid::from_u128(3))])
}

/// Four under review at the township, one at the district, one draft.
async fn six(tx: &mut Tx) {
    for number in 1..=6 {
        let mut application = example(number);
        application.state = match number {
            5 => State::UnderReview { step: 1 },
            6 => State::Draft,
            _ => State::UnderReview { step: 0 },
        };
        application::insert(tx, &application).await.unwrap();
    }
}

async fn names(tx: &mut Tx, filter: &Filter) -> Vec<String> {
    let list = list(tx, filter, 0, 10).await.unwrap();
    list.into_iter()
        .map(|application| application.unit.name)
        .collect()
}

#[tokio::test]
async fn the_queue_holds_what_is_at_the_unit_and_nothing_else_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        six(&mut tx).await;
        let all = ["第1工会", "第2工会", "第3工会", "第4工会"];
        assert_eq!(names(&mut tx, &filter(township())).await, all);
        let page = list(&mut tx, &filter(township()), 2, 1).await.unwrap();
        assert_eq!(page[0].unit.name, "第3工会");
        let nowhere = filter(Scope::At(Vec::new()));
        assert_eq!(names(&mut tx, &nowhere).await, [""; 0]);
        // A draft is visible to its own union only.
        let within = filter(Scope::Within(vec!["/1/2/".to_owned()]));
        let counted = counts(&mut tx, &within).await.unwrap();
        let count = |act: &str, applications| Count {
            title: "model-home".to_owned(),
            state: "under-review".to_owned(),
            act: act.to_owned(),
            applications,
        };
        assert_eq!(counted, [count("decide", 1), count("endorse", 4)]);
    }
}

#[tokio::test]
async fn the_queue_is_searched_literally_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        six(&mut tx).await;
        let searched = |search: &str| Filter {
            search: search.to_owned(),
            ..filter(township())
        };
        assert_eq!(names(&mut tx, &searched("第3")).await, ["第3工会"]);
        assert_eq!(names(&mut tx, &searched("%")).await, [""; 0]);
        let other = Filter {
            title: "trusted-home".to_owned(),
            ..filter(township())
        };
        assert_eq!(names(&mut tx, &other).await, [""; 0]);
    }
}

#[tokio::test]
async fn the_queue_is_searched_by_whole_syllables_of_unions_and_people_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let person = PersonId(Uuid::from_u128(40));
        for (number, name, key) in [
            (
                1,
                "恒源厂工会",
                "heng yuan chang 恒源厂工会 hengyuanchang =hyc",
            ),
            (
                2,
                "诚源厂工会",
                "cheng yuan chang 诚源厂工会 chengyuanchang =cyc",
            ),
            (
                3,
                "红梅厂工会",
                "hong mei chang 红梅厂工会 hongmeichang =hmc",
            ),
        ] {
            let mut application = example(number);
            application.unit.name = name.to_owned();
            application.unit.sort_key = key.to_owned();
            application.person = (number == 3).then(|| ApplicantPerson {
                id: person,
                name: "陈静".to_owned(),
            });
            application::insert(&mut tx, &application).await.unwrap();
        }
        sqlx::query(
            "INSERT INTO person (id, unit_id, unit_path, name, sort_key, post, created_at, changed_at)
             VALUES ($1, '', '', '陈静', 'chen jing 陈静 chenjing =cj', 'chair', '', '')",
        )
        .bind(person.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
        for (typed, expect) in [
            ("hengyuan", &["恒源厂工会"][..]),
            ("HengYuan", &["恒源厂工会"]),
            ("chengyuan", &["诚源厂工会"]),
            ("yuan", &["恒源厂工会", "诚源厂工会"]),
            ("cyc", &["诚源厂工会"]),
            ("engyuan", &[]),
            ("chenjing", &["红梅厂工会"]),
            ("cj", &["红梅厂工会"]),
            ("henjing", &[]),
            ("静", &["红梅厂工会"]),
            ("源厂", &["恒源厂工会", "诚源厂工会"]),
        ] {
            let searched = Filter {
                search: typed.to_owned(),
                ..filter(township())
            };
            assert_eq!(names(&mut tx, &searched).await, expect, "{typed}");
            let counted = counts(&mut tx, &searched).await.unwrap();
            let counted: i64 = counted.iter().map(|count| count.applications).sum();
            assert_eq!(counted, expect.len() as i64, "{typed}");
        }
    }
}

#[tokio::test]
async fn a_file_knows_its_neighbours_in_the_queue_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        six(&mut tx).await;
        let all = filter(township());
        let around =
            async |tx: &mut Tx, number| neighbours(tx, &all, &example(number)).await.unwrap();
        assert_eq!(around(&mut tx, 1).await, (None, Some(example(2).id)));
        assert_eq!(
            around(&mut tx, 3).await,
            (Some(example(2).id), Some(example(4).id))
        );
        assert_eq!(around(&mut tx, 4).await, (Some(example(3).id), None));
        // Its neighbours are those of the list as it is ordered and filtered.
        let turned = Filter {
            order: Order::Newest,
            ..filter(township())
        };
        let around = neighbours(&mut tx, &turned, &example(3)).await.unwrap();
        assert_eq!(around, (Some(example(4).id), Some(example(2).id)));
        let by_name = Filter {
            order: Order::Name,
            search: "第1".to_owned(),
            ..filter(township())
        };
        let around = neighbours(&mut tx, &by_name, &example(3)).await.unwrap();
        assert_eq!(around, (Some(example(1).id), None));
    }
}

#[tokio::test]
async fn the_queue_tells_whose_hands_a_file_is_in_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        six(&mut tx).await;
        let account = AccountId(Uuid::from_u128(7));
        let held = |number: u128, unit: u128, is_passed: bool| Assignment {
            application: example(number).id,
            unit: UnitId(Uuid::from_u128(unit)),
            account,
            account_name: "周审核".to_owned(),
            assigned_by: account,
            assigned_by_name: "周审核".to_owned(),
            assigned_at: example(number).since_at,
            passed_since: is_passed.then(|| example(number).since_at),
        };
        // The third was in somebody's hands at an office that has it no more.
        for one in [held(1, 3, false), held(2, 3, true), held(3, 9, true)] {
            assignment::save(&mut tx, &one).await.unwrap();
        }
        let in_hands = |hands: Hands| Filter {
            hands,
            ..filter(township())
        };
        for (hands, expected) in [
            (Hands::Of(account), ["第1工会", "第2工会"].as_slice()),
            (Hands::Nobody, &["第3工会", "第4工会"]),
            (Hands::Passed, &["第2工会"]),
            (Hands::Of(AccountId(Uuid::from_u128(8))), &[]),
        ] {
            assert_eq!(names(&mut tx, &in_hands(hands)).await, expected);
        }
        // What the reviewer handed on is left out where the list is that of reviewers alone.
        let left = Filter {
            unpassed_at: vec![UnitId(Uuid::from_u128(3))],
            ..filter(township())
        };
        let unpassed = ["第1工会", "第3工会", "第4工会"];
        assert_eq!(names(&mut tx, &left).await, unpassed);
        assert_eq!(counts(&mut tx, &left).await.unwrap()[0].applications, 3);
        let elsewhere = Filter {
            unpassed_at: vec![UnitId(Uuid::from_u128(9))],
            ..filter(township())
        };
        assert_eq!(names(&mut tx, &elsewhere).await.len(), 4);
    }
}
