//! The trail as a chain: whatever somebody with the database changes by hand, `verify` finds.

use jianjia_app::{
    seals::{self, Break},
    testing::{self, TestCity},
    verification::verify,
};
use jianjia_domain::{policy::Role, unit::UnitKind};
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

async fn tampered(city: &TestCity, statements: &[&str]) -> Vec<Break> {
    let mut tx = city.app.db.write("test").await.unwrap();
    for statement in statements {
        sqlx::query(AssertSqlSafe((*statement).to_owned()))
            .execute(&mut *tx)
            .await
            .unwrap();
    }
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
