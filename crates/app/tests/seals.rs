//! The trail as a chain: whatever somebody with the database changes by hand, `verify` finds.

use jianjia_app::{
    core::{
        app::App,
        head::Heads,
        seal::{self as seals, Break},
    },
    exchange::verification::{holds, verify},
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::core::{
    audit::{deed::Deed, object::Object},
    place::UnitKind,
    policy::Role,
};
use jianjia_store::core::db::Tx;
use jiff::civil::date;
use sqlx::AssertSqlSafe;

async fn city_with_sealed_lines(city: &TestCity) {
    let unit = city.unit(None, UnitKind::City, "常州市总工会").await;
    let actor = city.actor("李城", &[(Role::Approver, &unit)]).await;
    // What the test itself wrote.
    assert_eq!(seals::seal(&city.app).await.unwrap(), 2);
    for batch in 0..3 {
        for line in 0..4 {
            let mut tx = city.app.db.write("test").await.unwrap();
            let id = format!("{batch}-{line}");
            city.app
                .trail(
                    &mut tx,
                    &actor,
                    Deed::NameApplications,
                    Object::Batch(id.clone()),
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
    // As a hand would that the program knows nothing of.
    let mut tx = city.app.db.write_again("by-hand").await.unwrap();
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
    seals::check(&city.app, &mut tx).await.unwrap().breaks
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
            (vec![], 14, 4, 64)
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
        let lines = jianjia_store::core::audit::sealed_lines(&mut tx, 1, 100)
            .await
            .unwrap();
        drop(tx);
        let id = |position: i64| lines[position as usize - 1].id.clone();

        let changed = tampered(
            &city,
            &["UPDATE audit SET detail = '{}' WHERE position = 8"],
        )
        .await;
        assert_eq!(
            changed,
            [
                Break::Changed {
                    position: 8,
                    id: id(8)
                },
                Break::Seal { number: 3 }
            ]
        );

        let missing = tampered(&city, &["DELETE FROM audit WHERE position = 5"]).await;
        assert_eq!(
            missing,
            [Break::Missing { position: 5 }, Break::Seal { number: 2 }]
        );

        let swap = [
            "UPDATE audit SET position = 999 WHERE position = 11",
            "UPDATE audit SET position = 11 WHERE position = 12",
            "UPDATE audit SET position = 12 WHERE position = 999",
        ];
        let reordered = tampered(&city, &swap).await;
        let expected = [
            Break::Changed {
                position: 11,
                id: id(12),
            },
            Break::Changed {
                position: 12,
                id: id(11),
            },
            Break::Seal { number: 4 },
        ];
        assert_eq!(reordered, expected);

        let seal_removed = tampered(&city, &["DELETE FROM audit_seal WHERE number = 3"]).await;
        assert_eq!(seal_removed, [Break::Seal { number: 4 }]);
    }
}

#[tokio::test]
async fn a_trail_cut_off_at_its_end_lacks_the_head_that_was_noted_and_hidden_lines_are_told() {
    for city in testing::both(date(2016, 10, 20)).await {
        city_with_sealed_lines(&city).await;
        let noted = verify(&city.app).await.unwrap().chain.head;
        let mut tx = city.app.db.read().await.unwrap();
        let lines = jianjia_store::core::audit::sealed_lines(&mut tx, 4, 1)
            .await
            .unwrap();
        drop(tx);
        let fourth = lines[0].id.clone();
        assert!(holds(&city.app, &noted).await.unwrap());
        changed(
            &city,
            &["UPDATE audit SET unit_path = '/9/' WHERE position = 4"],
        )
        .await;
        assert_eq!(
            verify(&city.app).await.unwrap().faults,
            [format!(
                "audit 表的行 {} 不在所属单位名下（路径与单位不符），查这个单位的人看不到。",
                fourth
            )]
        );
        // Whole seals from the end on leave a chain that is whole in itself.
        let cut = [
            "DELETE FROM audit WHERE position > 10",
            "DELETE FROM audit_seal WHERE number = 4",
        ];
        changed(&city, &cut).await;
        let mut tx = city.app.db.read().await.unwrap();
        assert_eq!(seals::check(&city.app, &mut tx).await.unwrap().breaks, []);
        drop(tx);
        assert!(!holds(&city.app, &noted).await.unwrap());
    }
}

/// A city whose heads go to a folder of its own.
fn with_heads(city: TestCity) -> TestCity {
    let heads = Heads::new(&[5; 32], &city.database.folder.path().join("heads"));
    TestCity {
        app: App {
            heads: Some(heads),
            ..city.app
        },
        ..city
    }
}

#[tokio::test]
async fn a_chain_whose_seals_were_wiped_is_not_begun_anew() {
    for city in testing::both(date(2016, 10, 20)).await {
        city_with_sealed_lines(&city).await;
        let wipe = [
            "DELETE FROM audit_seal",
            "UPDATE audit SET position = NULL, line_hash = NULL",
        ];
        changed(&city, &wipe).await;
        let refused = seals::seal(&city.app).await.unwrap_err();
        assert!(
            refused.to_string().contains("封存被整个删除过"),
            "{refused}"
        );
        let chain = verify(&city.app).await.unwrap().chain;
        assert_eq!((chain.seals, chain.breaks), (0, vec![Break::NoSeal]));
    }
}

#[tokio::test]
async fn a_chain_that_was_begun_anew_or_taken_back_does_not_fit_the_heads_outside() {
    for city in testing::both(date(2016, 10, 20)).await {
        let city = with_heads(city);
        city_with_sealed_lines(&city).await;
        assert_eq!(verify(&city.app).await.unwrap().faults, [""; 0]);
        // All made again, the seal that a chain begins with among it: whole in itself.
        let anew = [
            "DELETE FROM audit_seal WHERE number > 0",
            "UPDATE audit SET position = NULL, line_hash = NULL",
        ];
        let heads = city.app.heads.clone();
        let unseen = App {
            heads: None,
            ..city.app.clone()
        };
        changed(&city, &anew).await;
        city.app.clock.set(date(2016, 10, 21));
        changed(
            &city,
            &["UPDATE audit SET detail = '{}' WHERE act = 'name-applications'"],
        )
        .await;
        assert!(seals::seal(&unseen).await.unwrap() > 0 || heads.is_none());
        assert_eq!(verify(&unseen).await.unwrap().faults, [""; 0]);
        let faults = verify(&city.app).await.unwrap().faults;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(
            faults[0].starts_with("库外的链头 2016-10-20.json（第 4 号封存"),
            "{faults:?}"
        );
    }
}

#[tokio::test]
async fn a_line_that_says_it_was_written_before_the_last_seal_gets_none() {
    for city in testing::both(date(2016, 10, 20)).await {
        city_with_sealed_lines(&city).await;
        let add = "INSERT INTO audit (id, at, act, noun, noun_id, detail)
                   VALUES ('late', '2016-10-19T01:00:00Z', 'test-act', 'unit', '', '{}')";
        changed(&city, &[add]).await;
        assert_eq!(seals::seal(&city.app).await.unwrap(), 0);
        let late = Break::Late {
            id: "late".to_owned(),
            at: "2016-10-19T01:00:00Z".to_owned(),
        };
        let mut tx = city.app.db.read().await.unwrap();
        assert_eq!(
            seals::check(&city.app, &mut tx).await.unwrap().breaks,
            [late]
        );
    }
}
