//! The trail as a chain: whatever somebody with the database changes by hand, `verify` finds.

use jianjia_app::{
    seals::{self, Break},
    testing::{self, TestCity},
    verification::{holds, verify},
};
use jianjia_domain::{policy::Role, unit::UnitKind};
use jianjia_store::db::Tx;
use jiff::civil::date;
use sqlx::AssertSqlSafe;

async fn city_with_sealed_lines(city: &TestCity) {
    let unit = city.unit(None, UnitKind::City, "常州市总工会").await;
    let actor = city.actor("李城", &[(Role::Approver, &unit)]).await;
    for batch in 0..3 {
        for line in 0..4 {
            let mut tx = city.app.db.write("test").await.unwrap();
            let id = format!("{batch}-{line}");
            city.app
                .trail(
                    &mut tx,
                    &actor,
                    "test-act",
                    ("unit", &id),
                    Some(&unit),
                    serde_json::json!({"b": 1, "a": [id]}),
                )
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(seals::waiting(&city.app).await.unwrap(), 4);
        assert_eq!(seals::seal(&city.app).await.unwrap(), 4);
        assert_eq!(seals::waiting(&city.app).await.unwrap(), 0);
    }
}

async fn written(city: &TestCity, statements: &[&str]) -> Tx {
    let mut tx = city.app.db.write("test").await.unwrap();
    for statement in statements {
        sqlx::query(AssertSqlSafe((*statement).to_owned()))
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx
}

async fn changed(city: &TestCity, statements: &[&str]) {
    written(city, statements).await.commit().await.unwrap();
}

/// What is found after a change, which is taken back again.
async fn tampered(city: &TestCity, statements: &[&str]) -> Vec<Break> {
    let mut tx = written(city, statements).await;
    seals::check(&mut tx).await.unwrap().breaks
}

#[tokio::test]
async fn an_untouched_trail_is_whole() {
    for city in testing::both(date(2016, 10, 20)).await {
        city_with_sealed_lines(&city).await;
        let found = verify(&city.app).await.unwrap();
        assert_eq!(
            (
                found.faults,
                found.chain.lines,
                found.chain.seals,
                found.chain.head.len()
            ),
            (vec![], 12, 3, 64)
        );
        assert_eq!(
            seals::seal(&city.app).await.unwrap(),
            0,
            "nothing is left to seal"
        );
    }
}

#[tokio::test]
async fn a_changed_a_missing_and_a_reordered_line_are_found() {
    for city in testing::both(date(2016, 10, 20)).await {
        city_with_sealed_lines(&city).await;
        let mut tx = city.app.db.read().await.unwrap();
        let lines = jianjia_store::audit::sealed_lines(&mut tx, 1, 100)
            .await
            .unwrap();
        drop(tx);
        let id = |position: i64| lines[position as usize - 1].line.id.to_string();

        let changed = tampered(
            &city,
            &["UPDATE audit SET detail = '{}' WHERE position = 6"],
        )
        .await;
        assert_eq!(
            changed,
            [
                Break::Changed {
                    position: 6,
                    id: id(6)
                },
                Break::Seal { number: 2 }
            ]
        );

        let missing = tampered(&city, &["DELETE FROM audit WHERE position = 3"]).await;
        assert_eq!(
            missing,
            [Break::Missing { position: 3 }, Break::Seal { number: 1 }]
        );

        let swap = [
            "UPDATE audit SET position = 999 WHERE position = 9",
            "UPDATE audit SET position = 9 WHERE position = 10",
            "UPDATE audit SET position = 10 WHERE position = 999",
        ];
        let reordered = tampered(&city, &swap).await;
        let expected = [
            Break::Changed {
                position: 9,
                id: id(10),
            },
            Break::Changed {
                position: 10,
                id: id(9),
            },
            Break::Seal { number: 3 },
        ];
        assert_eq!(reordered, expected);

        let seal_removed = tampered(&city, &["DELETE FROM audit_seal WHERE number = 2"]).await;
        assert_eq!(seal_removed, [Break::Seal { number: 3 }]);
    }
}

#[tokio::test]
async fn a_trail_cut_off_at_its_end_lacks_the_head_that_was_noted_and_hidden_lines_are_told() {
    for city in testing::both(date(2016, 10, 20)).await {
        city_with_sealed_lines(&city).await;
        let noted = verify(&city.app).await.unwrap().chain.head;
        assert!(holds(&city.app, &noted).await.unwrap());
        changed(
            &city,
            &["UPDATE audit SET unit_path = '/9/' WHERE position = 2"],
        )
        .await;
        assert_eq!(
            verify(&city.app).await.unwrap().faults,
            ["审计记录有 1 条不在所属单位名下，查这个单位的人看不到。"]
        );
        // Whole seals from the end on leave a chain that is whole in itself.
        let cut = [
            "DELETE FROM audit WHERE position > 8",
            "DELETE FROM audit_seal WHERE number = 3",
        ];
        changed(&city, &cut).await;
        let mut tx = city.app.db.read().await.unwrap();
        assert_eq!(seals::check(&mut tx).await.unwrap().breaks, []);
        drop(tx);
        assert!(!holds(&city.app, &noted).await.unwrap());
    }
}
