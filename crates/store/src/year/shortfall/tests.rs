use jianjia_domain::{core::ids::UnitId, year::shortfall::Facet};

use super::*;
use crate::{core::place, register::unit::change::move_subtree, testing};

fn id(number: u128) -> UnitId {
    UnitId(uuid::Uuid::from_u128(number))
}

async fn unit(tx: &mut Tx, number: u128, kind: &str, parent: Option<u128>, path: &str) {
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
    let row = vec![
        id(number).to_string().into(),
        i64::try_from(number).unwrap().into(),
        kind.into(),
        Value::from(parent.map(|parent| id(parent).to_string())),
        path.into(),
        "active".into(),
        format!("{number}").into(),
        format!("{number}").into(),
        "".into(),
        "".into(),
    ];
    bulk::insert(tx, "unit", &columns, vec![row]).await.unwrap();
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn mask(&mut self) -> i64 {
        i64::try_from(self.below(1 << 9)).unwrap()
    }
}

const TITLES: [&str; 3] = ["qualified-home", "model-home", ""];

fn any(numbers: &mut Numbers, unit: u128, path: String, kind: UnitKind, year: i16) -> Shortfall {
    let asked = numbers.mask();
    let unmet = numbers.mask() & asked;
    let pick = |numbers: &mut Numbers, from: &[&str]| {
        from[usize::try_from(numbers.below(from.len() as u64)).unwrap()].to_owned()
    };
    let title = pick(numbers, &TITLES);
    Shortfall {
        unit: id(unit),
        unit_path: path,
        year,
        kind,
        employer: pick(numbers, &["", "enterprise", "organ"]),
        trade: pick(numbers, &["", "C", "P"]),
        size: pick(numbers, &["small", "large"]),
        title,
        marks: Marks {
            asked,
            unmet,
            unknown: numbers.mask() & asked & !unmet,
        },
        step: None,
        standard: "v1".to_owned(),
    }
}

/// The counts of a place as they are kept are those that are counted from its rows.
async fn agree(tx: &mut Tx, place: &str, year: i16) {
    for title in &TITLES[..2] {
        let kept = figures(tx, (place, true), year, title, &Facet::ALL, None)
            .await
            .unwrap();
        let counted = figures(tx, (place, false), year, title, &Facet::ALL, None)
            .await
            .unwrap();
        assert_eq!(kept, counted, "{place} {year} {title}");
    }
    let kept = titles(tx, (place, true), year).await.unwrap();
    assert_eq!(kept, titles(tx, (place, false), year).await.unwrap());
}

#[tokio::test]
async fn counts_stay_those_of_the_rows_whatever_changes_moves_or_ends_on_both_engines() {
    for database in testing::both().await {
        let db = database.db.uncovered();
        let mut tx = db.write("test").await.unwrap();
        unit(&mut tx, 1, "city", None, "/1/").await;
        unit(&mut tx, 2, "district", Some(1), "/1/2/").await;
        unit(&mut tx, 3, "district", Some(1), "/1/3/").await;
        unit(&mut tx, 4, "township", Some(2), "/1/2/4/").await;
        unit(&mut tx, 5, "direct", Some(1), "/1/5/").await;
        unit(&mut tx, 6, "industry", Some(1), "/1/6/").await;
        for number in 10..20 {
            unit(
                &mut tx,
                number,
                "grassroots",
                Some(4),
                &format!("/1/2/4/{number}/"),
            )
            .await;
        }
        for number in 20..25 {
            unit(
                &mut tx,
                number,
                "grassroots",
                Some(3),
                &format!("/1/3/{number}/"),
            )
            .await;
        }
        let mut numbers = Numbers(7);
        let everybody: Vec<u128> = [4, 5, 6].into_iter().chain(10..25).collect();
        let mut first = Vec::new();
        for number in &everybody {
            let place = place::find(&mut tx, &id(*number)).await.unwrap().unwrap();
            first.push(any(&mut numbers, *number, place.path, place.kind, 2016));
        }
        add(&mut tx, first).await.unwrap();
        tx.commit().await.unwrap();

        let mut is_moved = false;
        for round in 0..24 {
            let mut tx = db.write_alone().await.unwrap();
            for _ in 0..5 {
                let chosen = usize::try_from(numbers.below(everybody.len() as u64)).unwrap();
                let number = everybody[chosen];
                let place = place::find(&mut tx, &id(number)).await.unwrap().unwrap();
                let year = 2016 + i16::try_from(numbers.below(2)).unwrap();
                let now = any(&mut numbers, number, place.path, place.kind, year);
                set(&mut tx, year, vec![now]).await.unwrap();
            }
            if round % 6 == 2 {
                let (from, to) = if is_moved {
                    ("/1/3/4/", "/1/2/4/")
                } else {
                    ("/1/2/4/", "/1/3/4/")
                };
                move_subtree(&mut tx, from, to).await.unwrap();
                is_moved = !is_moved;
                // What changes after the move, and before its commit, counts at the new place.
                let place = place::find(&mut tx, &id(12)).await.unwrap().unwrap();
                let now = any(&mut numbers, 12, place.path, place.kind, 2016);
                set(&mut tx, 2016, vec![now]).await.unwrap();
            }
            if round % 8 == 5 {
                end(&mut tx, &id(20 + numbers.below(5) as u128), 2016)
                    .await
                    .unwrap();
            }
            tx.commit().await.unwrap();
            let mut tx = db.read().await.unwrap();
            let strange = wrong(&mut tx).await.unwrap();
            assert!(strange.is_empty(), "round {round}: {strange:?}");
            for place in ["/1/", "/1/2/", "/1/3/", "/1/6/"] {
                agree(&mut tx, place, 2016).await;
                agree(&mut tx, place, 2017).await;
            }
        }

        let mut tx = db.write("test").await.unwrap();
        sqlx::query(
            "UPDATE shortfall_figure SET unmet = unmet + 1 WHERE place = '/1/3/' AND year = 2016",
        )
        .execute(&mut *tx)
        .await
        .unwrap();
        assert_eq!(wrong(&mut tx).await.unwrap(), [("/1/3/".to_owned(), 2016)]);
    }
}

#[tokio::test]
async fn what_stays_is_not_written_and_who_was_never_judged_is_found_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        unit(&mut tx, 1, "city", None, "/1/").await;
        for number in 2..5 {
            unit(
                &mut tx,
                number,
                "grassroots",
                Some(1),
                &format!("/1/{number}/"),
            )
            .await;
        }
        let mut numbers = Numbers(3);
        let one = any(
            &mut numbers,
            2,
            "/1/2/".to_owned(),
            UnitKind::Grassroots,
            2016,
        );
        let step = Step {
            clause: "Q6".to_owned(),
            lacks: Text {
                zh: "还差 37 名会员办卡".to_owned(),
                en: "37 more members to have the card".to_owned(),
            },
        };
        let two = Shortfall {
            unit: id(3),
            unit_path: "/1/3/".to_owned(),
            title: "qualified-home".to_owned(),
            marks: Marks {
                asked: 63,
                unmet: 32,
                unknown: 0,
            },
            step: Some(step),
            ..one.clone()
        };
        set(&mut tx, 2016, vec![one.clone(), two.clone()])
            .await
            .unwrap();
        set(&mut tx, 2016, vec![two.clone()]).await.unwrap();
        let found = of_units(&mut tx, &[id(2), id(3), id(4)], 2016)
            .await
            .unwrap();
        assert_eq!(found, HashMap::from([(id(2), one), (id(3), two)]));
        let behind = async |tx: &mut Tx, version: &str| {
            let kinds = ["grassroots", "direct"];
            behind(tx, &kinds, 2016, version, 10).await.unwrap()
        };
        assert_eq!(behind(&mut tx, "v1").await, [id(4)]);
        assert_eq!(behind(&mut tx, "v2").await, [id(2), id(3), id(4)]);
    }
}
