use jianjia_domain::{
    core::{
        ids::AccountId,
        imprint::{Imprint, Official, Said, spellings},
    },
    honour::honour::{HonourAct, HonourEvent},
};
use jianjia_standard::kinds::HonourLevel;
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::{core::imprint, testing};

pub(crate) fn honour(number: u128, path: &str, name: &str) -> Honour {
    Honour {
        id: HonourId(Uuid::from_u128(number)),
        title: "model-home".to_owned(),
        level: HonourLevel::County,
        year: 2016,
        unit: UnitId(Uuid::from_u128(1_000 + number)),
        unit_path: path.to_owned(),
        unit_kind: UnitKind::Grassroots,
        division: "320402001".to_owned(),
        holder_name: name.to_owned(),
        holder_sort_key: name.to_owned(),
        person: None,
        person_name: String::new(),
        number: format!("常模范家〔2016〕{number}号"),
        begun_on: date(2016, 12, 1),
        state: HonourState::InForce,
        reconfirmed: false,
        reconfirmed_by: None,
        source: HonourSource::Named,
        named_by: Some(UnitId(Uuid::from_u128(2))),
        application: None,
        batch: "batch".to_owned(),
        revision: 1,
        recorded_at: "2016-12-01T01:00:00Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn an_honour_comes_back_whole_and_changes_state_once_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let kept = Honour {
            person: Some(PersonId(Uuid::from_u128(7))),
            person_name: "张三丰".to_owned(),
            ..honour(1, "/1/2/3/", "甲厂工会")
        };
        insert(&mut tx, &kept).await.unwrap();
        assert_eq!(find(&mut tx, &kept.id).await.unwrap(), Some(kept.clone()));
        assert!(
            set_state(&mut tx, &kept.id, 1, HonourState::Suspended)
                .await
                .unwrap()
        );
        assert!(
            !set_state(&mut tx, &kept.id, 1, HonourState::Revoked)
                .await
                .unwrap(),
            "a second hand with the old revision changes nothing"
        );
        assert!(reconfirm(&mut tx, &kept.id, 2, None).await.unwrap());
        let event = HonourEvent {
            id: "e1".to_owned(),
            honour: kept.id,
            act: HonourAct::Suspended,
            reason: "核查中".to_owned(),
            document_number: "常工发〔2017〕3号".to_owned(),
            account: Some(AccountId(Uuid::from_u128(9))),
            account_name: "王五".to_owned(),
            at: "2017-01-05T01:00:00Z".parse().unwrap(),
        };
        add_event(&mut tx, &event).await.unwrap();
        assert_eq!(events(&mut tx, &kept.id).await.unwrap(), [event]);
        let number = spellings("常工发〔2017〕3号");
        let suspended = [(HonourAct::Suspended, 2016)];
        assert_eq!(by_document(&mut tx, &number).await.unwrap(), suspended);
        let now = Honour {
            state: HonourState::Suspended,
            reconfirmed: true,
            revision: 3,
            ..kept.clone()
        };
        let person = kept.person.unwrap();
        assert_eq!(held(&mut tx, &kept.unit, Some(&person)).await.unwrap(), []);
        assert_eq!(
            of_holder(&mut tx, &kept.unit, Some(&person)).await.unwrap(),
            std::slice::from_ref(&now)
        );
        assert_eq!(
            of_holder(&mut tx, &kept.unit, None).await.unwrap(),
            [],
            "a person's title is not the unit's"
        );
        assert_eq!(of_batch(&mut tx, "batch").await.unwrap(), [now]);
        assert_eq!(
            batches(&mut tx, "model-home", 2016).await.unwrap(),
            [Batch {
                id: "batch".to_owned(),
                title: "model-home".to_owned(),
                year: 2016,
                begun_on: "2016-12-01".to_owned(),
                named: 1,
                standing: 1,
            }]
        );
    }
}

#[tokio::test]
async fn the_roll_finds_by_name_place_year_title_and_level_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let honours = [
            honour(1, "/1/2/3/", "甲厂工会"),
            Honour {
                year: 2015,
                level: HonourLevel::City,
                division: "320411".to_owned(),
                begun_on: date(2016, 12, 5),
                ..honour(2, "/1/20/4/", "乙厂工会")
            },
            Honour {
                title: "outstanding-worker".to_owned(),
                person: Some(PersonId(Uuid::from_u128(7))),
                person_name: "张三丰".to_owned(),
                ..honour(3, "/1/2/5/", "丙100%厂工会")
            },
            Honour {
                state: HonourState::Revoked,
                ..honour(4, "/1/2/6/", "丁厂工会")
            },
            Honour {
                unit_kind: UnitKind::Township,
                ..honour(5, "/1/2/", "戊镇总工会")
            },
        ];
        insert_many(&mut tx, &honours).await.unwrap();
        let mut check = async |filter: RollFilter, expect: &[u128]| {
            let (rows, total) = roll(&mut tx, &filter, 10, 0).await.unwrap();
            let found: Vec<u128> = rows.iter().map(|row| row.id.0.as_u128()).collect();
            assert_eq!((found.as_slice(), total), (expect, expect.len() as i64));
        };
        let all = RollFilter::default;
        check(all(), &[3, 5, 1, 2]).await;
        check(
            RollFilter {
                sort: RollSort::Oldest,
                ..all()
            },
            &[2, 3, 5, 1],
        )
        .await;
        check(
            RollFilter {
                sort: RollSort::Latest,
                ..all()
            },
            &[2, 1, 3, 5],
        )
        .await;
        let named = |name: &str| RollFilter {
            name: name.to_owned(),
            sort: RollSort::Name,
            ..all()
        };
        check(named("厂"), &[3, 2, 1]).await;
        check(named(" 甲 "), &[1]).await;
        check(named("100%厂"), &[3]).await;
        check(named("0_%"), &[]).await;
        for typed in ["2016〕5号", "2016]5号", "（2016）5", "[2016]5号"] {
            check(named(typed), &[5]).await;
        }
        check(named("张三丰"), &[3]).await;
        check(named("三丰"), &[]).await;
        check(
            RollFilter {
                division: Some("320402".to_owned()),
                ..all()
            },
            &[3, 5, 1],
        )
        .await;
        check(
            RollFilter {
                within: Some("/1/2/".to_owned()),
                title: Some("model-home".to_owned()),
                kinds: vec![UnitKind::Grassroots],
                ..all()
            },
            &[1],
        )
        .await;
        check(
            RollFilter {
                level: Some(HonourLevel::City),
                ..all()
            },
            &[2],
        )
        .await;
        check(
            RollFilter {
                year_from: Some(2016),
                year_to: Some(2016),
                ..all()
            },
            &[3, 5, 1],
        )
        .await;
        check(
            RollFilter {
                state: HonourState::Revoked,
                ..all()
            },
            &[4],
        )
        .await;
        check(
            RollFilter {
                begun_by: Some(date(2016, 12, 4)),
                ..all()
            },
            &[3, 5, 1],
        )
        .await;
        let (rows, total) = roll(&mut tx, &all(), 1, 1).await.unwrap();
        assert_eq!((rows[0].id.0.as_u128(), total), (5, 4));
        let kinds = [UnitKind::Grassroots];
        assert_eq!(
            holders_below(&mut tx, "/1/2/", "model-home", &kinds)
                .await
                .unwrap(),
            1,
            "the township itself and the revoked one don't count"
        );
    }
}

#[tokio::test]
async fn the_same_title_of_a_year_is_held_once_until_it_is_revoked_on_both_engines() {
    for database in testing::both().await {
        let first = honour(1, "/1/2/3/", "甲厂工会");
        let again = Honour {
            id: HonourId(Uuid::from_u128(2)),
            number: "常模范家〔2016〕2号".to_owned(),
            ..first.clone()
        };
        let mut tx = database.db.write("test").await.unwrap();
        insert(&mut tx, &first).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = database.db.write("test").await.unwrap();
        assert!(insert(&mut tx, &again).await.is_err());
        drop(tx);
        let mut tx = database.db.write("test").await.unwrap();
        set_state(&mut tx, &first.id, 1, HonourState::Revoked)
            .await
            .unwrap();
        insert(&mut tx, &again).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_roll_finds_a_holder_by_whole_syllables_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let holder = |number, name: &str, key: &str| Honour {
            holder_sort_key: key.to_owned(),
            ..honour(number, "/1/2/3/", name)
        };
        let honours = [
            holder(
                1,
                "恒源厂工会",
                "heng yuan chang 恒源厂工会 hengyuanchang =hyc",
            ),
            holder(
                2,
                "诚源厂工会",
                "cheng yuan chang 诚源厂工会 chengyuanchang =cyc",
            ),
            holder(
                3,
                "TCL通讯工会",
                "tcl tong xun tcl通讯工会 tcltongxun =tcltx",
            ),
        ];
        insert_many(&mut tx, &honours).await.unwrap();
        for (typed, expect) in [
            ("hengyuan", &[1][..]),
            ("HengYuan", &[1]),
            ("chengyuan", &[2]),
            ("yuan", &[2, 1]),
            ("hyc", &[1]),
            ("engyuan", &[]),
            ("TCL", &[3]),
            ("诚源", &[2]),
            ("·", &[]),
        ] {
            let filter = RollFilter {
                name: typed.to_owned(),
                sort: RollSort::Name,
                ..RollFilter::default()
            };
            let (rows, _) = roll(&mut tx, &filter, 10, 0).await.unwrap();
            let found: Vec<u128> = rows.iter().map(|row| row.id.0.as_u128()).collect();
            assert_eq!(found, expect, "{typed}");
        }
    }
}

#[tokio::test]
async fn a_naming_is_found_by_its_document_until_its_decision_has_another_number() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let titles = [1, 2].map(|number| honour(number, &format!("/1/{number}/"), "甲厂工会"));
        for (place, title) in titles.iter().enumerate() {
            insert(&mut tx, title).await.unwrap();
            let named = HonourEvent {
                id: format!("e{place}"),
                honour: title.id,
                act: HonourAct::Named,
                reason: String::new(),
                // As it was typed before its brackets were made those of the standard.
                document_number: "常工发[2017]5号".to_owned(),
                account: None,
                account_name: "钱审批".to_owned(),
                at: "2017-01-05T01:00:00Z".parse().unwrap(),
            };
            add_event(&mut tx, &named).await.unwrap();
        }
        let number = spellings("常工发〔2017〕5号");
        let once = [(HonourAct::Named, 2016)];
        assert_eq!(by_document(&mut tx, &number).await.unwrap(), once);
        let other = spellings("常工发〔2017〕55号");
        assert_eq!(by_document(&mut tx, &other).await.unwrap(), []);
        let mut decision = Imprint {
            kind: Official::Decision,
            subject: "batch".to_owned(),
            office: UnitId(Uuid::from_u128(2)),
            year: 2016,
            said: Said::default(),
            said_by: AccountId(Uuid::from_u128(9)),
            said_by_name: "钱审批".to_owned(),
            said_at: "2017-01-06T01:00:00Z".parse().unwrap(),
            revision: 1,
        };
        assert!(imprint::save(&mut tx, &decision).await.unwrap());
        assert_eq!(by_document(&mut tx, &number).await.unwrap(), once);
        decision.said.number = Some("常工发〔2017〕6号".to_owned());
        decision.revision = 2;
        assert!(imprint::save(&mut tx, &decision).await.unwrap());
        assert_eq!(by_document(&mut tx, &number).await.unwrap(), []);
    }
}
