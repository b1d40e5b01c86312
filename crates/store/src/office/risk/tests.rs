use jianjia_domain::core::place::UnitKind;

use super::*;
use crate::{
    core::db::Engine,
    testing,
    year::participation::{self, Done},
};

const CITY: u128 = 1;

fn id(number: u128) -> UnitId {
    UnitId(uuid::Uuid::from_u128(number))
}

async fn unit(tx: &mut Tx, number: u128, kind: &str, path: &str, state: &str) {
    let columns = [
        "id",
        "number",
        "kind",
        "name",
        "sort_key",
        "division",
        "path",
        "state",
        "created_at",
        "changed_at",
    ];
    let row = vec![
        id(number).to_string().into(),
        i64::try_from(number).unwrap().into(),
        kind.into(),
        format!("第{number}工会").into(),
        "k".into(),
        "".into(),
        path.into(),
        state.into(),
        "2016-01-01T00:00:00Z".into(),
        "2016-01-01T00:00:00Z".into(),
    ];
    bulk::insert(tx, "unit", &columns, vec![row]).await.unwrap();
}

fn filter(risk: Risk) -> RiskFilter {
    RiskFilter {
        risk,
        year: 2016,
        within: "/1/2/".to_owned(),
        but: Some(id(2)),
        kinds: vec![UnitKind::Grassroots, UnitKind::Township],
        since: Timestamp::from_second(1_476_000_000).unwrap(),
        among: Vec::new(),
    }
}

async fn numbers(tx: &mut Tx, risk: Risk) -> Vec<u128> {
    let found = list(tx, &filter(risk), 50, 0).await.unwrap();
    found.iter().map(|line| line.unit.id.0.as_u128()).collect()
}

#[tokio::test]
async fn the_counts_are_those_of_the_lists_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        unit(&mut tx, CITY, "city", "/1/", "active").await;
        unit(&mut tx, 2, "township", "/1/2/", "active").await;
        for number in 3..=8 {
            let path = format!("/1/2/{number}/");
            unit(&mut tx, number, "grassroots", &path, "active").await;
        }
        unit(&mut tx, 9, "branch", "/1/2/3/9/", "active").await;
        unit(&mut tx, 10, "grassroots", "/1/2/10/", "closed").await;
        unit(&mut tx, 11, "grassroots", "/1/11/", "active").await;
        // 3 did nothing, 4 said something, 5 applied without, 6 both, 7 was rated alone, 8 has done it another year.
        for (done, units) in [
            (Done::Said, &[2, 4, 6, 9, 10, 11][..]),
            (Done::Applied, &[5, 6]),
            (Done::Rated, &[2, 6, 7, 10]),
        ] {
            let units = units.iter().map(|number| (id(*number), 2016));
            participation::note(&mut tx, done, units.clone())
                .await
                .unwrap();
            participation::note(&mut tx, done, units).await.unwrap();
            participation::note(&mut tx, done, [(id(8), 2015)])
                .await
                .unwrap();
        }
        assert_eq!(numbers(&mut tx, Risk::NotBegun).await, [3, 7, 8]);
        assert_eq!(numbers(&mut tx, Risk::NotApplied).await, [4]);
        assert_eq!(numbers(&mut tx, Risk::NotRated).await, [3, 4, 5, 8]);
        let expect = RiskCounts {
            not_begun: 3,
            not_applied: 1,
            not_rated: 4,
            waiting: 0,
        };
        let counted = counts(&mut tx, &filter(Risk::NotBegun)).await.unwrap();
        assert_eq!(counted, expect);
        let all = RiskFilter {
            but: None,
            ..filter(Risk::NotBegun)
        };
        let counted = counts(&mut tx, &all).await.unwrap();
        assert_eq!((counted.not_begun, counted.not_applied), (3, 2));
        // The only application is withdrawn.
        participation::withdrawn(&mut tx, &id(6), 2016)
            .await
            .unwrap();
        assert_eq!(numbers(&mut tx, Risk::NotApplied).await, [4, 6]);
        let second = list(&mut tx, &filter(Risk::NotRated), 2, 2).await.unwrap();
        assert_eq!(second.len(), 2);
    }
}

/// How SQLite goes about a statement.
async fn plan(tx: &mut Tx, conditions: &Conditions, sql: String) -> Vec<String> {
    let rows = conditions
        .query(format!("EXPLAIN QUERY PLAN {sql}"))
        .fetch_all(&mut **tx)
        .await
        .unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

#[tokio::test]
async fn what_units_did_is_counted_by_an_index_alone_and_no_page_goes_through_what_they_said() {
    let database = testing::sqlite().await;
    assert_eq!(database.db.engine, Engine::Sqlite);
    let mut tx = database.db.uncovered().write("test").await.unwrap();
    let conditions = participating(&filter(Risk::NotBegun));
    let sql = figures_sql(&conditions);
    let told = plan(&mut tx, &conditions, sql).await.join("\n");
    assert!(
        told.contains(
            "USING COVERING INDEX participation_path (year=? AND unit_path>? AND unit_path<?)"
        ),
        "{told:?}"
    );
    for risk in [Risk::NotBegun, Risk::NotApplied, Risk::NotRated] {
        let mut conditions = Conditions::default();
        let sql = list_sql(&mut conditions, &filter(risk), 50, 0);
        let told = plan(&mut tx, &conditions, sql).await.join("\n");
        assert!(
            told.contains("USING COVERING INDEX participation_path (year=? AND unit_path=?)"),
            "{told}"
        );
        for scanned in [
            "SCAN unit",
            "SCAN participation",
            "SCAN standing",
            "statement",
            "application",
        ] {
            assert!(!told.contains(scanned), "{scanned}: {told}");
        }
    }
    let mut conditions = Conditions::default();
    let late = late(&mut conditions, &filter(Risk::Waiting));
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {late}");
    let told = plan(&mut tx, &conditions, sql).await.join("\n");
    assert!(told.contains("COVERING INDEX application_late"), "{told}");
}
