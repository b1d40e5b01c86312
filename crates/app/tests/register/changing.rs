//! What happens to a unit: it moves, takes another name, merges, closes.

use std::cell::Cell;

use jianjia_app::{
    core::app::App,
    exchange::verification,
    register::unit::{self as units, change::Happening},
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::Role,
    },
    rating::count::Rating,
    register::{
        person::Post,
        unit::{UnitChange, UnitState, list::UnitFilter},
    },
    year::totals::RatingTotals,
};
use jianjia_store::{
    core::{
        bulk,
        db::{Engine, Tx},
        place,
    },
    rating::count as rating,
    register::person,
    testing,
};
use jiff::civil::{Date, date};

use crate::{key, places};

#[tokio::test]
async fn a_unit_that_moves_takes_everything_below_and_all_their_rows_along() {
    for place in places().await {
        let app = &place.city.app;
        let of_east = place
            .city
            .actor("东区", &[(Role::Administrator, &place.east)])
            .await;
        let of_west = place
            .city
            .actor("西区", &[(Role::Administrator, &place.west)])
            .await;
        place
            .city
            .actor("厂主席", &[(Role::Chair, &place.mill)])
            .await;
        place.person(&place.mill, "王芳", Post::Chair).await;
        assert_eq!(
            key(place
                .happen(
                    &of_east,
                    &place.township,
                    Happening::Move,
                    "钟楼区总工会",
                    "2016-10-01"
                )
                .await),
            "target:unit/upper-unknown"
        );
        place
            .happen(
                &place.administrator,
                &place.township,
                Happening::Move,
                "钟楼区总工会",
                "2016-10-01",
            )
            .await
            .unwrap();
        let township = place.path(&place.township.id).await;
        assert!(township.starts_with(&place.west.path));
        let mill = place.path(&place.mill.id).await;
        assert!(mill.starts_with(&township));
        assert_eq!(
            key(units::find(app, &of_east, &place.mill.id).await),
            "not-found"
        );
        let view = units::find(app, &of_west, &place.mill.id).await.unwrap();
        let uppers: Vec<&str> = view
            .uppers
            .iter()
            .map(|upper| upper.name.as_str())
            .collect();
        assert_eq!(uppers, ["常州市总工会", "钟楼区总工会", "红梅街道总工会"]);
        let mut tx = app.db.read().await.unwrap();
        let people = person::within(&mut tx, &township).await.unwrap();
        assert_eq!(
            people
                .iter()
                .map(|person| person.unit_path.as_str())
                .collect::<Vec<_>>(),
            [mill.as_str()]
        );
        let row = sqlx_path(&mut tx, "account_role", &place.mill.id).await;
        assert_eq!(row, mill);
        drop(tx);
        let history: Vec<(UnitChange, Date)> = units::history(app, &of_west, &place.township.id)
            .await
            .unwrap()
            .1
            .into_iter()
            .map(|version| (version.change, version.valid_from))
            .collect();
        assert_eq!(history, [(UnitChange::Moved, date(2016, 10, 1))]);
        // The lines of the trail say where the mill was then, which is no fault.
        let faults = verification::verify(app).await.unwrap().faults;
        let misplaced = faults
            .iter()
            .filter(|fault| fault.contains("路径与单位不符"));
        assert_eq!(misplaced.count(), 0, "{faults:?}");
    }
}

#[tokio::test]
async fn a_row_written_while_its_unit_moves_is_kept_at_the_new_place() {
    for place in places().await {
        let app = &place.city.app;
        // Somebody has begun to write and knows the unit's path.
        let mut tx = app.db.write("rating").await.unwrap();
        let known = place::find(&mut tx, &place.mill.id).await.unwrap().unwrap();
        let is_moved = Cell::new(false);
        let moving = async {
            place
                .happen(
                    &place.administrator,
                    &place.township,
                    Happening::Move,
                    "钟楼区总工会",
                    "2016-10-01",
                )
                .await
                .unwrap();
            is_moved.set(true);
        };
        let writing = async {
            // PostgreSQL shows who waits; SQLite's one writer is taken.
            while app.db.engine == Engine::Postgres && !is_moved.get() && !somebody_waits(app).await
            {
            }
            let rated = Rating {
                unit: known.id,
                unit_path: known.path.clone(),
                year: 2016,
                counts: RatingTotals::default(),
                recorded_by: String::new(),
                recorded_by_name: String::new(),
                recorded_at: app.now(),
                note: String::new(),
            };
            rating::record(&mut tx, &rated).await.unwrap();
            jianjia_demo::testing::keep(app, tx).await;
        };
        tokio::join!(moving, writing);
        let now = place.path(&place.mill.id).await;
        assert!(now.starts_with(&place.west.path));
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(sqlx_path(&mut tx, "rating", &place.mill.id).await, now);
    }
}

/// Whether a writer waits for a lock.
async fn somebody_waits(app: &App) -> bool {
    let mut tx = app.db.read().await.unwrap();
    let waiting = testing::text(
        &mut tx,
        "SELECT CAST(COUNT(*) AS TEXT)
         FROM pg_locks
         WHERE locktype = 'advisory' AND NOT granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .await;
    waiting != "0"
}

/// The path that a table keeps for a unit.
async fn sqlx_path(tx: &mut Tx, table: &str, unit: &UnitId) -> String {
    testing::text(
        tx,
        &format!("SELECT unit_path FROM {table} WHERE unit_id = '{unit}'"),
    )
    .await
}

#[tokio::test]
async fn a_unit_is_found_under_its_new_name_and_remembers_the_old_one() {
    for place in places().await {
        let app = &place.city.app;
        let id = place
            .found(&place.administrator, &place.township, "老名字工会")
            .await
            .unwrap();
        place.city.app.clock.set(date(2016, 11, 5));
        let unit = units::find(app, &place.administrator, &id)
            .await
            .unwrap()
            .unit
            .place();
        let rename = |target: &'static str, on: &'static str| {
            place.happen(&place.administrator, &unit, Happening::Rename, target, on)
        };
        assert_eq!(
            key(rename("老名字工会", "2016-11-01").await),
            "target:unit/name-same"
        );
        assert_eq!(
            key(rename("长江纺织厂工会", "2016-11-01").await),
            "target:unit/name-taken"
        );
        assert_eq!(
            key(rename("新名字工会", "2016-11-06").await),
            "on:unit/day-in-future"
        );
        rename("新名字工会", "2016-11-01").await.unwrap();
        assert_eq!(
            key(rename("再改工会", "2016-10-31").await),
            "on:unit/before-last-change"
        );
        let mut names = Vec::new();
        for day in [date(2016, 10, 19), date(2016, 10, 31), date(2016, 11, 1)] {
            let version = units::as_of(app, &place.administrator, &id, day)
                .await
                .unwrap();
            names.push(version.map(|version| version.unit.details.name));
        }
        assert_eq!(
            names,
            [
                None,
                Some("老名字工会".to_owned()),
                Some("新名字工会".to_owned())
            ]
        );
        let search = |text: &str| UnitFilter {
            search: text.to_owned(),
            state: Some(UnitState::Active),
            ..UnitFilter::default()
        };
        assert_eq!(
            place.names(&place.administrator, search("xinming")).await,
            ["新名字工会"]
        );
        // Pinyin is found from the beginning of a syllable on, or by the first letters: `inming` is no part of a name.
        for typed in ["mingzi", "xinm", "xmz"] {
            assert_eq!(
                place.names(&place.administrator, search(typed)).await,
                ["新名字工会"],
                "{typed}"
            );
        }
        for typed in ["老名字", "inming", "ingzi", "mz x"] {
            assert_eq!(
                place.names(&place.administrator, search(typed)).await,
                Vec::<String>::new(),
                "{typed}"
            );
        }
    }
}

#[tokio::test]
async fn a_merged_union_hands_over_its_people_and_units_and_keeps_its_past() {
    for place in places().await {
        let app = &place.city.app;
        let branch = place
            .city
            .unit(Some(&place.bakery), UnitKind::Branch, "糕点车间分工会")
            .await;
        place.person(&place.bakery, "李静", Post::Chair).await;
        place.person(&place.bakery, "赵强", Post::Worker).await;
        place.person(&place.mill, "王芳", Post::Chair).await;
        let merge = |target: &'static str| {
            place.happen(
                &place.administrator,
                &place.bakery,
                Happening::Merge,
                target,
                "2016-10-01",
            )
        };
        assert_eq!(
            key(merge("糕点车间分工会").await),
            "target:unit/successor-within"
        );
        assert_eq!(
            key(merge("没有这个工会").await),
            "target:unit/successor-unknown"
        );
        assert_eq!(
            key(merge("红梅街道总工会").await),
            "target:unit/successor-kind"
        );
        merge("长江纺织厂工会").await.unwrap();
        let merged = units::find(app, &place.administrator, &place.bakery.id)
            .await
            .unwrap();
        assert_eq!(
            (
                merged.unit.state,
                merged.unit.ended_on,
                merged.successor.map(|unit| unit.id),
                merged.people.len()
            ),
            (
                UnitState::Merged,
                Some(date(2016, 10, 1)),
                Some(place.mill.id),
                0
            )
        );
        let successor = units::find(app, &place.administrator, &place.mill.id)
            .await
            .unwrap();
        let people: Vec<(&str, Post)> = successor
            .people
            .iter()
            .map(|person| (person.details.name.as_str(), person.details.post))
            .collect();
        assert_eq!(
            people,
            [
                ("王芳", Post::Chair),
                ("李静", Post::Worker),
                ("赵强", Post::Worker)
            ]
        );
        assert_eq!(
            successor
                .below
                .iter()
                .map(|unit| unit.id)
                .collect::<Vec<_>>(),
            [branch.id]
        );
        // What has ended is read only, and its name is free again.
        assert_eq!(key(merge("长江纺织厂工会").await), "unit/ended");
        place
            .found(&place.administrator, &place.township, "红梅食品厂工会")
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_union_with_units_below_or_applications_running_is_not_closed() {
    for place in places().await {
        let app = &place.city.app;
        let close = |unit: &UnitPlace| {
            let unit = unit.clone();
            let place = &place;
            async move {
                place
                    .happen(
                        &place.administrator,
                        &unit,
                        Happening::Close,
                        "",
                        "2016-10-01",
                    )
                    .await
            }
        };
        assert_eq!(key(close(&place.township).await), "unit/units-below");
        // The policy has nobody above the city, so that the root stays.
        assert_eq!(key(close(&place.root).await), "not-your-role");
        let mut tx = app.db.write("test").await.unwrap();
        let columns = [
            "id",
            "year",
            "title",
            "unit_id",
            "unit_path",
            "unit_name",
            "unit_sort_key",
            "state",
            "at_unit_id",
            "at_unit_path",
            "since_at",
            "created_by",
            "created_at",
        ];
        let (unit, at) = (&place.mill, &place.township);
        let row = vec![
            "a1".into(),
            2016.into(),
            "model-home".into(),
            unit.id.to_string().into(),
            unit.path.clone().into(),
            unit.name.clone().into(),
            "x".into(),
            "under-review".into(),
            at.id.to_string().into(),
            at.path.clone().into(),
            "2016".into(),
            "x".into(),
            "2016".into(),
        ];
        bulk::insert(&mut tx, "application", &columns, vec![row])
            .await
            .unwrap();
        jianjia_demo::testing::keep(app, tx).await;
        assert_eq!(key(close(&place.mill).await), "unit/applications-running");
        assert_eq!(
            key(place
                .happen(
                    &place.administrator,
                    &place.township,
                    Happening::Move,
                    "钟楼区总工会",
                    "2016-10-01"
                )
                .await),
            "unit/applications-running"
        );
        place.person(&place.bakery, "李静", Post::Chair).await;
        close(&place.bakery).await.unwrap();
        let view = units::find(app, &place.administrator, &place.bakery.id)
            .await
            .unwrap();
        assert_eq!(
            view.people
                .iter()
                .map(|person| person.left_on)
                .collect::<Vec<_>>(),
            [Some(date(2016, 10, 1))]
        );
        let living = UnitFilter {
            state: Some(UnitState::Active),
            kind: Some(UnitKind::Grassroots),
            ..UnitFilter::default()
        };
        assert_eq!(
            place.names(&place.administrator, living).await,
            ["长江纺织厂工会"]
        );
    }
}
