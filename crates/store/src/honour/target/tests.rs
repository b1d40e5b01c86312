use std::collections::BTreeSet;

use jianjia_domain::core::ids::UnitId;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::*;
use crate::{
    core::{
        bulk::{self, Value},
        changed,
    },
    testing,
};

async fn units(tx: &mut Tx, rows: &[(u128, &str, Option<u128>, &str, &str)]) {
    let columns = [
        "id",
        "number",
        "kind",
        "parent_id",
        "path",
        "state",
        "name",
        "sort_key",
        "created_at",
        "changed_at",
    ];
    let id = |number: u128| UnitId(Uuid::from_u128(number)).to_string();
    let rows = rows
        .iter()
        .map(|(number, kind, parent, path, state)| {
            vec![
                id(*number).into(),
                Value::Number(*number as i64),
                (*kind).into(),
                Value::from(parent.map(id)),
                (*path).into(),
                (*state).into(),
                format!("{number}").into(),
                format!("{number}").into(),
                "".into(),
                "".into(),
            ]
        })
        .collect();
    bulk::insert(tx, "unit", &columns, rows).await.unwrap();
}

async fn honours(tx: &mut Tx, rows: &[(u128, &str, &str, &str, i64, &str)]) {
    let columns = [
        "id",
        "unit_id",
        "unit_kind",
        "unit_path",
        "title",
        "year",
        "state",
        "level",
        "holder_name",
        "holder_sort_key",
        "begun_on",
        "recorded_at",
    ];
    let rows = rows
        .iter()
        .enumerate()
        .map(|(row, (unit, kind, path, title, year, state))| {
            vec![
                format!("h{row}").into(),
                UnitId(Uuid::from_u128(*unit)).to_string().into(),
                (*kind).into(),
                (*path).into(),
                (*title).into(),
                (*year).into(),
                (*state).into(),
                "county".into(),
                "".into(),
                "".into(),
                "2016-12-01".into(),
                "".into(),
            ]
        })
        .collect();
    bulk::insert(tx, "honour", &columns, rows).await.unwrap();
}

#[tokio::test]
async fn titles_in_force_of_active_unions_are_counted_by_federation_and_year_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        units(
            &mut tx,
            &[
                (1, "city", None, "/1/", "active"),
                (2, "district", Some(1), "/1/2/", "active"),
                (3, "grassroots", Some(2), "/1/2/3/", "active"),
                (4, "grassroots", Some(2), "/1/2/4/", "closed"),
                (5, "township", Some(2), "/1/2/5/", "active"),
                (20, "district", Some(1), "/1/20/", "active"),
                (21, "grassroots", Some(20), "/1/20/21/", "active"),
                (30, "direct", Some(1), "/1/30/", "active"),
                (40, "industry", Some(1), "/1/40/", "active"),
            ],
        )
        .await;
        honours(
            &mut tx,
            &[
                (
                    3,
                    "grassroots",
                    "/1/2/3/",
                    "qualified-home",
                    2016,
                    "in-force",
                ),
                (
                    4,
                    "grassroots",
                    "/1/2/4/",
                    "qualified-home",
                    2016,
                    "in-force",
                ),
                (5, "township", "/1/2/5/", "qualified-home", 2016, "in-force"),
                (
                    21,
                    "grassroots",
                    "/1/20/21/",
                    "qualified-home",
                    2017,
                    "suspended",
                ),
                (
                    21,
                    "grassroots",
                    "/1/20/21/",
                    "model-home",
                    2017,
                    "in-force",
                ),
                (5, "township", "/1/2/5/", "model-home", 2017, "in-force"),
                (30, "direct", "/1/30/", "qualified-home", 2016, "in-force"),
                (3, "grassroots", "/1/2/3/", "model-home", 2015, "in-force"),
                (1, "city", "/1/", "outstanding-worker", 2016, "in-force"),
            ],
        )
        .await;
        let city = city(&mut tx).await.unwrap().unwrap();
        let under: Vec<String> = right_under(&mut tx, &city)
            .await
            .unwrap()
            .into_iter()
            .map(|place| place.path)
            .collect();
        assert_eq!(under, ["/1/30/", "/1/2/", "/1/20/", "/1/40/"]);
        changed::everywhere(&mut tx);
        changed::settle(&mut tx).await.unwrap();
        let of = |title: &str, year: i16, of_unions, held: i64| YearFigure {
            title: title.to_owned(),
            year,
            begun: 2016,
            of_unions,
            held,
        };
        assert_eq!(
            by_year(&mut tx, &city, &(2016..=2020)).await.unwrap(),
            [
                of("model-home", 2017, false, 1),
                of("model-home", 2017, true, 1),
                of("outstanding-worker", 2016, false, 1),
                of("qualified-home", 2016, false, 1),
                of("qualified-home", 2016, true, 2),
            ]
        );
        let row = |below: &str, title: &str, of_unions, held| FederationFigure {
            below: below.to_owned(),
            title: title.to_owned(),
            of_unions,
            held,
        };
        assert_eq!(
            by_federation(&mut tx, &city, &(2016..=2020)).await.unwrap(),
            [
                row("/1/", "outstanding-worker", false, 1),
                row("/1/2/", "model-home", false, 1),
                row("/1/2/", "qualified-home", false, 1),
                row("/1/2/", "qualified-home", true, 1),
                row("/1/20/", "model-home", true, 1),
                row("/1/30/", "qualified-home", true, 1),
            ]
        );
        assert_eq!(
            unions_by_federation(&mut tx, &city).await.unwrap(),
            [
                ("/1/2/".to_owned(), 1),
                ("/1/20/".to_owned(), 1),
                ("/1/30/".to_owned(), 1),
            ]
        );
        assert_eq!(unions(&mut tx, &city).await.unwrap(), 3);
        assert_eq!(wrong(&mut tx).await.unwrap(), BTreeSet::new());

        // What the migration counts in a city that exists already.
        for table in ["title_figure", "union_figure"] {
            sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}")))
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        for (migration, table) in [
            (
                include_str!("../../../migrations/0014_figure.sql"),
                "union_figure",
            ),
            (
                include_str!("../../../migrations/0074_figure_begun.sql"),
                "title_figure",
            ),
        ] {
            for sql in migration.split_inclusive(';') {
                if let Some(begin) = sql.find(&format!("INSERT INTO {table}")) {
                    sqlx::query(&sql[begin..]).execute(&mut *tx).await.unwrap();
                }
            }
        }
        assert_eq!(unions(&mut tx, &city).await.unwrap(), 3);
        assert_eq!(wrong(&mut tx).await.unwrap(), BTreeSet::new());

        // One figure that was tampered with, and one that is missing.
        sqlx::query("UPDATE title_figure SET held = held + 1 WHERE below = '/1/30/'")
            .execute(&mut *tx)
            .await
            .unwrap();
        units(
            &mut tx,
            &[(22, "grassroots", Some(20), "/1/20/22/", "active")],
        )
        .await;
        let places = ["/1/20/".to_owned(), "/1/30/".to_owned()];
        assert_eq!(wrong(&mut tx).await.unwrap(), BTreeSet::from(places));
        // A change below one federation only recounts that federation.
        tx.changed.add("/1/20/22/");
        changed::settle(&mut tx).await.unwrap();
        let left = BTreeSet::from(["/1/30/".to_owned()]);
        assert_eq!(wrong(&mut tx).await.unwrap(), left);
        assert_eq!(unions(&mut tx, &city).await.unwrap(), 4);
    }
}
