use jianjia_domain::core::ids::AccountId;
use uuid::Uuid;

use super::*;
use crate::testing;

fn id(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(number))
}

async fn unit(tx: &mut Tx, number: u128, kind: &str, parent: Option<u128>, path: &str) {
    sqlx::query(
        "INSERT INTO unit (id, number, parent_id, path, kind, name, sort_key, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6, '', '')",
    )
    .bind(id(number).to_string())
    .bind(number as i64)
    .bind(parent.map(|parent| id(parent).to_string()))
    .bind(path.to_owned())
    .bind(kind.to_owned())
    .bind(format!("{number}"))
    .execute(&mut **tx)
    .await
    .unwrap();
}

fn veto(number: u128, unit: u128, path: &str, clause: &str) -> Veto {
    Veto {
        id: VetoId(Uuid::from_u128(number)),
        unit: id(unit),
        unit_path: path.to_owned(),
        unit_name: format!("{unit}厂工会"),
        year: 2016,
        clause: clause.to_owned(),
        source: "市人社局函".to_owned(),
        note: "三个月".to_owned(),
        recorded_by: Some(AccountId(Uuid::from_u128(1))),
        recorded_by_name: "王五".to_owned(),
        recorded_at: "2016-10-05T01:00:00Z".parse().unwrap(),
        entry: None,
        lifted: None,
    }
}

#[tokio::test]
async fn a_branch_is_under_its_unions_vetoes_but_no_union_under_its_federations() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        unit(&mut tx, 2, "township", None, "/2/").await;
        unit(&mut tx, 3, "grassroots", Some(2), "/2/3/").await;
        unit(&mut tx, 4, "branch", Some(3), "/2/3/4/").await;
        unit(&mut tx, 5, "branch", Some(4), "/2/3/4/5/").await;
        let of_township = veto(1, 2, "/2/", "V1");
        let late = veto(2, 3, "/2/3/", "V10");
        let early = veto(3, 3, "/2/3/", "V2");
        for veto in [&of_township, &late, &early] {
            assert!(record(&mut tx, veto).await.unwrap());
        }
        for union in [3, 4, 5] {
            assert_eq!(
                of_unit(&mut tx, &id(union), 2016).await.unwrap(),
                [early.clone(), late.clone()]
            );
        }
        assert_eq!(of_unit(&mut tx, &id(3), 2017).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_veto_is_recorded_once_lifted_once_and_may_come_again() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let first = veto(1, 3, "/2/3/", "V1");
        let again = veto(2, 3, "/2/3/", "V1");
        let lifting = Lifting {
            at: "2016-10-09T01:00:00Z".parse().unwrap(),
            by_name: "赵六".to_owned(),
            reason: "已补发".to_owned(),
        };
        let done = [
            record(&mut tx, &first).await.unwrap(),
            record(&mut tx, &again).await.unwrap(),
            lift(&mut tx, &first.id, &lifting).await.unwrap(),
            lift(&mut tx, &first.id, &lifting).await.unwrap(),
            record(&mut tx, &again).await.unwrap(),
        ];
        assert_eq!(done, [true, false, true, false, true]);
        let lifted = Veto {
            lifted: Some(lifting),
            ..first
        };
        assert_eq!(
            find(&mut tx, &lifted.id).await.unwrap(),
            Some(lifted.clone())
        );
        let filter = VetoFilter {
            within: vec!["/2/".to_owned()],
            ..VetoFilter::default()
        };
        assert_eq!(
            list(&mut tx, &filter, 10, 0).await.unwrap(),
            (vec![again.clone(), lifted.clone()], 2)
        );
        let narrowed = VetoFilter {
            year: Some(2016),
            clause: Some("V1".to_owned()),
            lifted: Some(true),
            name: "3厂".to_owned(),
            ..filter.clone()
        };
        assert_eq!(
            list(&mut tx, &narrowed, 10, 0).await.unwrap(),
            (vec![lifted.clone()], 1)
        );
        let elsewhere = VetoFilter {
            within: vec!["/20/".to_owned()],
            ..VetoFilter::default()
        };
        assert_eq!(list(&mut tx, &elsewhere, 10, 0).await.unwrap(), (vec![], 0));
        assert_eq!(
            history_of_unit(&mut tx, &id(3)).await.unwrap(),
            [again, lifted]
        );
    }
}

#[tokio::test]
async fn vetoes_are_found_by_the_name_of_their_day_and_of_today_and_its_pinyin_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        for (number, name, key) in [
            (
                3,
                "恒源厂工会",
                "heng yuan chang 恒源厂工会 hengyuanchang =hyc",
            ),
            (
                4,
                "诚源厂工会",
                "cheng yuan chang 诚源厂工会 chengyuanchang =cyc",
            ),
        ] {
            let path = format!("/2/{number}/");
            unit(&mut tx, number, "grassroots", None, &path).await;
            sqlx::query("UPDATE unit SET name = $2, sort_key = $3 WHERE id = $1")
                .bind(id(number).to_string())
                .bind(name)
                .bind(key)
                .execute(&mut *tx)
                .await
                .unwrap();
            // It was called otherwise when it was recorded.
            let recorded = veto(number, number, &path, "V1");
            assert!(record(&mut tx, &recorded).await.unwrap());
        }
        for (typed, expect) in [
            ("hengyuan", &[3][..]),
            ("chengyuan", &[4]),
            ("yuanchang", &[4, 3]),
            ("cy", &[4]),
            ("engyuan", &[]),
            ("源厂", &[4, 3]),
            ("诚源", &[4]),
            ("3厂", &[3]),
            ("%", &[]),
        ] {
            let filter = VetoFilter {
                within: vec!["/2/".to_owned()],
                name: typed.to_owned(),
                ..VetoFilter::default()
            };
            let (found, total) = list(&mut tx, &filter, 10, 0).await.unwrap();
            let found: Vec<u128> = found.iter().map(|veto| veto.id.0.as_u128()).collect();
            assert_eq!((&*found, total), (expect, expect.len() as i64), "{typed}");
        }
    }
}
