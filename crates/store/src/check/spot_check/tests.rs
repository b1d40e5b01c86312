use std::collections::BTreeSet;

use jianjia_domain::{
    check::{
        risk::{Found, Numbers, Reason, Signals},
        spot_check::{Inspector, InspectorState},
        visit::{Colour, Leaving, LeavingBy, Visit, VisitInspector, VisitState},
    },
    core::ids::{HonourId, UnitId, VisitId},
};
use jianjia_standard::Text;
use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::{
    check::{
        risk::{self, Asked},
        visit,
    },
    testing,
};

mod signs;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_480_600_000 + second).unwrap()
}

fn check(number: u128, year: i16, issue: &str) -> SpotCheck {
    SpotCheck {
        id: SpotCheckId(id(number)),
        year,
        title: "qualified-home".to_owned(),
        standard_key: "changzhou-2016".to_owned(),
        standard_version: "abc".to_owned(),
        frame_hash: "def".to_owned(),
        units: 3,
        sample: 1,
        inspectors_each: 2,
        announced: true,
        days: 60,
        lottery: Lottery {
            name: "双色球".to_owned(),
            issue: issue.to_owned(),
            on: jiff::civil::date(year, 12, 20),
        },
        published_by: Some(AccountId(id(7))),
        published_by_name: "市总".to_owned(),
        published_at: at(0),
        drawn: None,
    }
}

#[tokio::test]
async fn a_year_has_one_check_and_a_lottery_serves_one_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let first = check(1, 2016, "2016149");
        assert!(insert(&mut tx, &first).await.unwrap());
        assert!(!insert(&mut tx, &check(2, 2016, "2016150")).await.unwrap());
        assert!(!insert(&mut tx, &check(3, 2017, "2016149")).await.unwrap());
        let second = check(4, 2017, "2017149");
        assert!(insert(&mut tx, &second).await.unwrap());
        assert_eq!(all(&mut tx).await.unwrap(), [second, first.clone()]);
        let used = year_of_lottery(&mut tx, "双色球", "2016149").await.unwrap();
        assert_eq!(used, Some(2016));
        let none = year_of_lottery(&mut tx, "双色球", "1").await.unwrap();
        assert_eq!(none, None);
        let done = DrawDone {
            seed: "12345".to_owned(),
            due_on: jiff::civil::date(2017, 2, 20),
            by: None,
            by_name: "市总".to_owned(),
            at: at(9),
        };
        assert!(draw(&mut tx, &first.id, &done).await.unwrap());
        assert!(!draw(&mut tx, &first.id, &done).await.unwrap());
        let drawn = SpotCheck {
            drawn: Some(done),
            ..first
        };
        assert_eq!(of_year(&mut tx, 2016).await.unwrap(), Some(drawn.clone()));
        assert_eq!(find(&mut tx, &drawn.id).await.unwrap(), Some(drawn));
        assert_eq!(of_year(&mut tx, 2019).await.unwrap(), None);
    }
}

fn unit(number: u128, score: i64, stratum: &str) -> FrameUnit {
    FrameUnit {
        id: format!("{number:032}"),
        check: SpotCheckId(id(1)),
        unit: UnitId(id(number)),
        unit_path: format!("/1/2/{number}/"),
        unit_number: number as i64,
        unit_name: format!("{number}厂工会"),
        honour: HonourId(id(number)),
        nonce: "00".to_owned(),
        stratum: stratum.to_owned(),
        class: "high".to_owned(),
        score,
        reasons: vec![Reason {
            name: Text {
                zh: "照片".to_owned(),
                en: "photos".to_owned(),
            },
            weight: 40,
            found: Found::SharedPhotos { photos: 2 },
        }],
    }
}

#[tokio::test]
async fn a_frame_is_kept_and_listed_the_riskiest_first_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let check = SpotCheckId(id(1));
        let stratum = |place: i64, name: &str| Stratum {
            name: name.to_owned(),
            place,
            district: UnitId(id(2)),
            district_name: "天宁区总工会".to_owned(),
            class: "high".to_owned(),
            units: 2,
            sample: 1,
        };
        let kept = [stratum(1, "2-high"), stratum(2, "10-low")];
        insert_strata(&mut tx, &check, &kept).await.unwrap();
        assert_eq!(strata(&mut tx, &check).await.unwrap(), kept);
        let frame = [
            unit(11, 10, "2-high"),
            unit(12, 70, "10-low"),
            unit(13, 40, "2-high"),
        ];
        insert_units(&mut tx, &frame).await.unwrap();
        assert_eq!(units(&mut tx, &check).await.unwrap(), frame);
        let listed = async |tx: &mut Tx, stratum, cut| {
            let page = page(tx, &check, stratum, cut).await.unwrap();
            let numbers: Vec<i64> = page.iter().map(|unit| unit.unit_number).collect();
            numbers
        };
        assert_eq!(listed(&mut tx, None, (50, 0)).await, [12, 13, 11]);
        assert_eq!(listed(&mut tx, None, (1, 1)).await, [13]);
        assert_eq!(listed(&mut tx, Some("2-high"), (50, 0)).await, [13, 11]);
        let named = entries(&mut tx, &[frame[2].id.clone()]).await.unwrap();
        assert_eq!(named, [frame[2].clone()]);
        keep_file(&mut tx, &check, "frame", "jianjia\n")
            .await
            .unwrap();
        let read = file(&mut tx, &check, "frame").await.unwrap();
        assert_eq!(read.as_deref(), Some("jianjia\n"));
        assert_eq!(file(&mut tx, &check, "other").await.unwrap(), None);
    }
}

async fn run(tx: &mut Tx, sql: &'static str) {
    sqlx::query(sql).execute(&mut **tx).await.unwrap();
}

/// Two federations with a reviewer each, one of whom is also chair in the other; a locked account; an approver of a township.
#[tokio::test]
async fn inspectors_are_those_of_federations_with_everywhere_they_belong_to_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        run(
            &mut tx,
            "INSERT INTO unit (id, number, parent_id, path, kind, name, sort_key, created_at, changed_at)
             VALUES ('00000000000000000000000000000002', 2, '1', '/1/2/', 'district', '天宁区总工会', 'a', '', ''),
                    ('00000000000000000000000000000003', 3, '1', '/1/3/', 'industry', '建设工会', 'b', '', ''),
                    ('00000000000000000000000000000004', 4, '2', '/1/2/4/', 'township', '红梅街道总工会', 'c', '', '')",
        )
        .await;
        run(
            &mut tx,
            "INSERT INTO account (id, login, name, person_id, password_hash, state, created_at, changed_at)
             VALUES ('00000000000000000000000000000011', 'a', '甲', 'p', '', 'active', '', ''),
                    ('00000000000000000000000000000012', 'b', '乙', NULL, '', 'active', '', ''),
                    ('00000000000000000000000000000013', 'c', '丙', NULL, '', 'locked', '', ''),
                    ('00000000000000000000000000000014', 'd', '丁', NULL, '', 'active', '', '')",
        )
        .await;
        run(
            &mut tx,
            "INSERT INTO account_role (account_id, unit_id, unit_path, role, since_at)
             VALUES ('00000000000000000000000000000011', '00000000000000000000000000000002', '/1/2/', 'reviewer', ''),
                    ('00000000000000000000000000000011', '00000000000000000000000000000002', '/1/2/', 'approver', ''),
                    ('00000000000000000000000000000012', '00000000000000000000000000000003', '/1/3/', 'approver', ''),
                    ('00000000000000000000000000000012', '00000000000000000000000000000004', '/1/2/4/', 'chair', ''),
                    ('00000000000000000000000000000013', '00000000000000000000000000000003', '/1/3/', 'reviewer', ''),
                    ('00000000000000000000000000000014', '00000000000000000000000000000004', '/1/2/4/', 'approver', '')",
        )
        .await;
        run(
            &mut tx,
            "INSERT INTO person (id, unit_id, unit_path, name, sort_key, post, created_at, changed_at)
             VALUES ('p', 'x', '/1/5/9/', '甲', 'a', 'officer', '', '')",
        )
        .await;
        let check = SpotCheckId(id(1));
        let found: Vec<Inspector> = candidates(&mut tx)
            .await
            .unwrap()
            .into_iter()
            .map(|candidate| candidate.confirmed(check))
            .collect();
        let told: Vec<(&str, &str, Vec<&str>)> = found
            .iter()
            .map(|one| {
                let districts = one.districts.iter().map(String::as_str).collect();
                (one.name.as_str(), one.unit_name.as_str(), districts)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("甲", "天宁区总工会", vec!["2", "5"]),
                ("乙", "建设工会", vec!["2", "3"]),
            ]
        );
        insert_inspectors(&mut tx, &found).await.unwrap();
        assert_eq!(inspectors(&mut tx, &check).await.unwrap(), found);
        // Asked for one alone, it is the same; somebody who reviews at no federation is none.
        let one = candidate(&mut tx, &found[1].account).await.unwrap();
        assert_eq!(one.unwrap().confirmed(check), found[1]);
        let none = candidate(&mut tx, &AccountId(id(0x14))).await.unwrap();
        assert_eq!(none, None);
        leave_out(&mut tx, &check, &[found[0].account])
            .await
            .unwrap();
        let states: Vec<InspectorState> = inspectors(&mut tx, &check)
            .await
            .unwrap()
            .into_iter()
            .map(|one| one.state)
            .collect();
        assert_eq!(states, [InspectorState::LeftOut, InspectorState::Confirmed]);
    }
}

#[tokio::test]
async fn visits_are_kept_with_who_makes_them_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let check = SpotCheckId(id(1));
        let one = |number: u128, stratum: &str, place: i64| Visit {
            id: VisitId(id(number)),
            check,
            entry: format!("{number:032}"),
            year: 2016,
            unit: UnitId(id(number)),
            unit_path: "/1/2/3/".to_owned(),
            unit_name: "甲厂工会".to_owned(),
            honour: HonourId(id(5)),
            title: "qualified-home".to_owned(),
            stratum: stratum.to_owned(),
            place,
            ticket: "aa".to_owned(),
            announced: true,
            due_on: jiff::civil::date(2017, 2, 20),
            state: VisitState::Drawn,
            colour: None,
            drawn_at: at(1),
        };
        let visits = [
            one(21, "2-high", 1),
            one(22, "2-high", 2),
            one(20, "2-low", 1),
        ];
        visit::insert(&mut tx, &visits).await.unwrap();
        assert_eq!(visit::of_check(&mut tx, &check).await.unwrap(), visits);
        let found = visit::find(&mut tx, &visits[1].id).await.unwrap();
        assert_eq!(found, Some(visits[1].clone()));
        let states = visit::states(&mut tx, &check).await.unwrap();
        assert_eq!(states, [(VisitState::Drawn, 3)]);
        let who = |account: u128, visit: u128, second| VisitInspector {
            visit: VisitId(id(visit)),
            account: AccountId(id(account)),
            unit: UnitId(id(2)),
            unit_name: "天宁区总工会".to_owned(),
            name: "甲".to_owned(),
            place: 1,
            ticket: "bb".to_owned(),
            left: None,
            drawn_at: at(second),
        };
        let drawn = [who(31, 21, 1), who(32, 22, 1)];
        visit::insert_inspectors(&mut tx, &drawn).await.unwrap();
        let conflict = Leaving {
            by: LeavingBy::Conflict,
            reason: "曾在那里任职".to_owned(),
            at: at(5),
        };
        let (first, account) = (visits[0].id, drawn[0].account);
        for expected in [true, false] {
            let done = visit::leave(&mut tx, &first, &account, &conflict).await;
            assert_eq!(done.unwrap(), expected);
        }
        let successor = who(33, 21, 5);
        visit::insert_inspectors(&mut tx, std::slice::from_ref(&successor))
            .await
            .unwrap();
        let left = VisitInspector {
            left: Some(conflict),
            ..drawn[0].clone()
        };
        let of_visit = visit::inspectors(&mut tx, &first).await.unwrap();
        assert_eq!(of_visit, [left.clone(), successor.clone()]);
        let of_check = visit::inspectors_of_check(&mut tx, &check).await.unwrap();
        assert_eq!(of_check, [left, successor.clone(), drawn[1].clone()]);
        let mine = visit::of_inspector(&mut tx, &account, 2016).await.unwrap();
        assert!(mine.is_empty(), "{mine:?}");
        // Of other years, only what is still to be made.
        for year in [2016, 2019] {
            let mine = visit::of_inspector(&mut tx, &successor.account, year).await;
            assert_eq!(mine.unwrap(), [visits[0].clone()]);
        }
        let years = visit::years_of_inspector(&mut tx, &successor.account).await;
        assert_eq!(years.unwrap(), [visits[0].year]);
        let page = visit::page_of_check(&mut tx, &check, (1, 1)).await.unwrap();
        assert_eq!(page, [visits[1].clone()]);
        let of_page = visit::inspectors_of(&mut tx, &[visits[1].id])
            .await
            .unwrap();
        assert_eq!(of_page, [drawn[1].clone()]);
    }
}
