//! After a long import the planner of the database knows how long the tables are; the import itself needs nothing of it.

use bytes::Bytes;
use jianjia_app::{
    core::counting::COUNTED_FROM,
    exchange::import::{self as imports, machine},
};
use jianjia_demo::testing::{TestCity, both};
use jianjia_domain::{
    core::{place::UnitKind, policy::Role},
    exchange::import::ImportKind,
};
use jianjia_store::core::db::Engine;
use sqlx::Row;

use crate::TODAY;

/// Unions below the city, from a number on.
fn unions(from: usize, rows: usize) -> String {
    let rows = (from..from + rows).map(|number| format!("常州第{number}机械厂工会,常州市总工会\n"));
    format!("工会名称,上级工会\n{}", rows.collect::<String>())
}

/// How many counts the planner has of the units.
async fn counts(city: &TestCity) -> i64 {
    let mut tx = city.app.db.read().await.unwrap();
    let count = async |tx: &mut jianjia_store::core::db::Tx, sql: &'static str| -> i64 {
        let row = sqlx::query(sql).fetch_one(&mut **tx).await.unwrap();
        row.try_get(0).unwrap()
    };
    match city.app.db.engine {
        Engine::Postgres => {
            count(
                &mut tx,
                "SELECT COUNT(*) FROM pg_stats WHERE tablename = 'unit'",
            )
            .await
        }
        Engine::Sqlite => {
            let kept = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'";
            if count(&mut tx, kept).await == 0 {
                return 0;
            }
            count(
                &mut tx,
                "SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'unit'",
            )
            .await
        }
    }
}

async fn at_the_machine(city: &TestCity, table: &str) {
    let report = machine::at_the_machine(
        &city.app,
        ImportKind::Unions,
        "名单.csv",
        table.as_bytes(),
        false,
    )
    .await
    .unwrap();
    assert!(report.is_clean(), "{:?}", report.counts());
}

#[tokio::test]
async fn tables_are_counted_after_a_long_import_at_the_command_line_on_both_engines() {
    for city in both(TODAY).await {
        city.unit(None, UnitKind::City, "常州市总工会").await;
        at_the_machine(&city, &unions(1, COUNTED_FROM - 1)).await;
        // PostgreSQL counts by itself, sooner or later.
        if city.app.db.engine == Engine::Sqlite {
            assert_eq!(counts(&city).await, 0, "a short one is not worth it");
        }
        at_the_machine(&city, &unions(COUNTED_FROM, COUNTED_FROM)).await;
        assert!(counts(&city).await > 0);
    }
}

#[tokio::test]
async fn tables_are_counted_after_a_long_import_is_confirmed_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        let office = city.actor("市总", &[(Role::Administrator, &root)]).await;
        let table = Bytes::from(unions(1, COUNTED_FROM));
        let (app, kind) = (&city.app, ImportKind::Unions);
        let id = imports::check(app, &office, kind, &root.id, "名单.csv", table)
            .await
            .unwrap();
        if app.db.engine == Engine::Sqlite {
            assert_eq!(counts(&city).await, 0, "nothing is imported yet");
        }
        imports::confirm(app, &office, &id).await.unwrap();
        assert!(counts(&city).await > 0);
    }
}
