use jianjia_domain::{
    core::{ids::UnitId, place::UnitKind},
    year::shortfall::{Marks, Step},
};
use jianjia_standard::Text;

use super::*;
use crate::{
    core::{
        bulk::{self, Value},
        db::Engine,
    },
    testing,
    year::shortfall,
};

fn id(number: u128) -> UnitId {
    UnitId(uuid::Uuid::from_u128(number))
}

async fn unit(
    tx: &mut Tx,
    number: u128,
    kind: &str,
    parent: Option<u128>,
    path: &str,
) -> UnitPlace {
    let columns = [
        "id",
        "number",
        "kind",
        "parent_id",
        "path",
        "state",
        "name",
        "sort_key",
        "phone",
        "created_at",
        "changed_at",
    ];
    let row = vec![
        id(number).to_string().into(),
        i64::try_from(number).unwrap().into(),
        kind.into(),
        Value::from(parent.map(|parent| id(parent).to_string())),
        path.into(),
        "active".into(),
        format!("第{number}工会").into(),
        format!("{number}").into(),
        "0519-86690000".into(),
        "".into(),
        "".into(),
    ];
    bulk::insert(tx, "unit", &columns, vec![row]).await.unwrap();
    UnitPlace {
        id: id(number),
        kind: UnitKind::from_key(kind).unwrap(),
        name: format!("第{number}工会"),
        path: path.to_owned(),
    }
}

fn lacking(number: u128, path: &str, employer: &str, unmet: i64, unknown: i64) -> Shortfall {
    let marks = Marks {
        asked: 0b111,
        unmet,
        unknown,
    };
    Shortfall {
        unit: id(number),
        unit_path: path.to_owned(),
        year: 2016,
        kind: UnitKind::Grassroots,
        employer: employer.to_owned(),
        trade: String::new(),
        size: "small".to_owned(),
        title: "qualified-home".to_owned(),
        marks,
        step: (marks.lacking() == 1).then(|| Step {
            clause: if unmet == 0b100 { "Q3" } else { "Q1" }.to_owned(),
            lacks: Text {
                zh: "还差一点".to_owned(),
                en: "A little is lacking".to_owned(),
            },
        }),
        standard: "v".to_owned(),
    }
}

fn filter(within: &str) -> LackingFilter {
    LackingFilter {
        within: within.to_owned(),
        but: Vec::new(),
        year: 2016,
        title: "qualified-home".to_owned(),
        clause: None,
        step: None,
        values: Vec::new(),
    }
}

async fn numbers(tx: &mut Tx, filter: &LackingFilter) -> Vec<u128> {
    let (lines, total) = list(tx, filter, (50, 0)).await.unwrap();
    assert_eq!(total, lines.len() as i64);
    lines.iter().map(|line| line.unit.id.0.as_u128()).collect()
}

#[tokio::test]
async fn the_list_behind_a_figure_has_as_many_units_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let city = unit(&mut tx, 1, "city", None, "/1/").await;
        let district = unit(&mut tx, 2, "district", Some(1), "/1/2/").await;
        unit(&mut tx, 3, "township", Some(2), "/1/2/3/").await;
        unit(&mut tx, 4, "direct", Some(1), "/1/4/").await;
        for number in 10..13 {
            unit(
                &mut tx,
                number,
                "grassroots",
                Some(3),
                &format!("/1/2/3/{number}/"),
            )
            .await;
        }
        unit(&mut tx, 13, "grassroots", Some(2), "/1/2/13/").await;
        let all = vec![
            // Lacks the third alone; the first and the third; the first is not known; nothing.
            lacking(10, "/1/2/3/10/", "enterprise", 0b100, 0),
            lacking(11, "/1/2/3/11/", "enterprise", 0b101, 0),
            lacking(12, "/1/2/3/12/", "", 0, 0b001),
            lacking(13, "/1/2/13/", "organ", 0, 0),
            Shortfall {
                kind: UnitKind::Direct,
                ..lacking(4, "/1/4/", "organ", 0b100, 0)
            },
        ];
        shortfall::add(&mut tx, all).await.unwrap();
        let of = |within: &str, clause, stands| LackingFilter {
            clause: Some((clause, stands)),
            ..filter(within)
        };
        assert_eq!(numbers(&mut tx, &filter("/1/")).await, [13, 10, 11, 12, 4]);
        let third = of("/1/", 2, Stands::Unmet);
        assert_eq!(numbers(&mut tx, &third).await, [10, 11, 4]);
        assert_eq!(
            numbers(&mut tx, &of("/1/2/", 0, Stands::Unknown)).await,
            [12]
        );
        assert_eq!(
            numbers(&mut tx, &of("/1/2/", 0, Stands::Lacking)).await,
            [11, 12]
        );
        assert_eq!(
            numbers(&mut tx, &of("/1/2/", 0, Stands::Asked)).await.len(),
            4
        );
        assert_eq!(
            numbers(&mut tx, &of("/1/", 5, Stands::Asked)).await,
            [0_u128; 0]
        );
        let own = LackingFilter {
            but: vec!["/1/2/".to_owned()],
            ..third.clone()
        };
        assert_eq!(numbers(&mut tx, &own).await, [4]);
        let organs = LackingFilter {
            values: vec![(Facet::Employer, "organ".to_owned())],
            ..filter("/1/")
        };
        assert_eq!(numbers(&mut tx, &organs).await, [13, 4]);
        let not_known = LackingFilter {
            values: vec![(Facet::Employer, String::new())],
            ..filter("/1/")
        };
        assert_eq!(numbers(&mut tx, &not_known).await, [12]);
        let steps = |only| LackingFilter {
            step: Some(only),
            ..filter("/1/")
        };
        assert_eq!(numbers(&mut tx, &steps(Only::default())).await, [10, 12, 4]);
        let of_clause = Only {
            clause: Some("Q3".to_owned()),
            is_unknown: Some(false),
        };
        assert_eq!(numbers(&mut tx, &steps(of_clause)).await, [10, 4]);
        let unknown = Only {
            clause: None,
            is_unknown: Some(true),
        };
        assert_eq!(numbers(&mut tx, &steps(unknown)).await, [12]);

        let (lines, _) = list(&mut tx, &steps(Only::default()), (1, 0))
            .await
            .unwrap();
        let line = &lines[0];
        assert_eq!(line.shortfall.step.as_ref().unwrap().clause, "Q3");
        assert_eq!(
            (line.phone.as_str(), line.upper_name.as_str()),
            ("0519-86690000", "第3工会")
        );

        // Those below the city are kept, and counted again from the rows they come to the same.
        tx.commit().await.unwrap();
        let mut tx = database.db.read().await.unwrap();
        for clause in [None, Some(0), Some(2)] {
            let kept = by_child(&mut tx, &city, true, 2016, "qualified-home", clause)
                .await
                .unwrap();
            let counted = by_child(&mut tx, &city, false, 2016, "qualified-home", clause)
                .await
                .unwrap();
            assert_eq!(kept, counted, "{clause:?}");
            assert_eq!(kept.len(), 1, "{clause:?}");
        }
        let below = by_child(&mut tx, &district, false, 2016, "qualified-home", Some(2))
            .await
            .unwrap();
        let counts: Vec<(&str, i64, i64)> = below
            .iter()
            .map(|(path, figure)| (path.as_str(), figure.asked, figure.unmet))
            .collect();
        assert_eq!(counts, [("/1/2/3/", 3, 2)]);

        if database.db.engine == Engine::Sqlite {
            for (filter, index) in [
                (third, "shortfall_list"),
                (steps(Only::default()), "shortfall_step"),
            ] {
                let conditions = conditions(&filter);
                let sql = format!(
                    "EXPLAIN QUERY PLAN SELECT CAST(COUNT(*) AS BIGINT) FROM shortfall{}",
                    conditions.sql()
                );
                let rows = conditions.query(sql).fetch_all(&mut *tx).await.unwrap();
                let told: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
                let told = told.join("\n");
                assert!(told.contains("COVERING INDEX"), "{told}");
                assert!(told.contains(index), "{told}");
            }
        }
    }
}
