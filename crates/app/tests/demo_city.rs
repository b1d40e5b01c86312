//! The demo city is the same bytes every time, and what was written in bulk is what the acts would have kept.

use jianjia_app::{
    demo::{self, Size},
    standings,
    testing::{TestCity, city},
};
use jianjia_domain::ids::UnitId;
use jianjia_store::{backup, testing};

async fn made() -> TestCity {
    let made = city(testing::sqlite().await, demo::AS_OF);
    demo::make(&made.app, Size::SMALL).await.unwrap();
    made
}

/// Every row of every table.
async fn dump(city: &TestCity) -> Vec<(String, Vec<serde_json::Value>)> {
    let mut tx = city.app.db.read().await.unwrap();
    let mut dump = Vec::new();
    for table in backup::tables() {
        let mut rows = Vec::new();
        backup::each_row(&mut tx, &table, |row| {
            rows.push(row);
            Ok(())
        })
        .await
        .unwrap();
        dump.push((table.name.to_owned(), rows));
    }
    dump
}

#[tokio::test]
async fn two_makings_give_the_same_rows() {
    let (first, second) = (dump(&made().await).await, dump(&made().await).await);
    for ((table, first), (_, second)) in first.iter().zip(&second) {
        assert!(first == second, "{table} differs");
    }
    let filled: Vec<&str> = first
        .iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(table, _)| table.as_str())
        .collect();
    assert!(filled.len() > 14, "{filled:?}");
}

#[tokio::test]
async fn the_bulk_standings_are_those_that_an_act_would_keep() {
    let city = made().await;
    let standings_of = |dump: Vec<(String, Vec<serde_json::Value>)>| {
        let found = dump.into_iter().find(|(table, _)| table == "standing");
        found.expect("the table of standings").1
    };
    let bulk = standings_of(dump(&city).await);
    assert!(bulk.len() > 400);
    let mut tx = city.app.db.write("test").await.unwrap();
    for row in &bulk {
        let unit: UnitId = row[0].as_str().unwrap().parse().unwrap();
        standings::refresh(&mut tx, &city.app, &unit, 2016)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let kept = standings_of(dump(&city).await);
    // All but the instant at which it was judged, which is the last column.
    let judged = |row: &serde_json::Value| row.as_array().map(|row| row[..row.len() - 1].to_vec());
    for (bulk, kept) in bulk.iter().zip(&kept) {
        assert_eq!(judged(bulk), judged(kept));
    }
}
