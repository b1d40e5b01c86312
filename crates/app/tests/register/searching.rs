//! The search follows the register, on every node.

use std::pin::pin;

use futures_util::poll;
use jianjia_app::{
    core::{app::App, memory::Memory},
    office::search,
    register::unit::change::Happening,
};
use jianjia_domain::{
    core::policy::{Actor, Role},
    register::person::Post,
};
use jianjia_store::core::bulk;

use crate::{Place, places};

/// The names of the unions and people found.
async fn found(app: &App, actor: &Actor, typed: &str) -> Vec<String> {
    let found = search::search(app, actor, typed).await.unwrap();
    assert_eq!(found.units.len(), found.units_in_all);
    assert_eq!(found.people.len(), found.people_in_all);
    let units = found.units.into_iter().map(|unit| unit.name);
    let people = found.people.into_iter().map(|person| person.name);
    units.chain(people).collect()
}

/// A node that has read nothing yet.
fn another_node(place: &Place) -> App {
    App {
        memory: Memory::default(),
        ..place.city.app.clone()
    }
}

#[tokio::test]
async fn names_are_found_at_once_on_every_node_as_they_are_registered_change_and_move() {
    for place in places().await {
        let (app, other) = (&place.city.app, another_node(&place));
        let all = &place.administrator;
        let of_east = place
            .city
            .actor("东区", &[(Role::Reviewer, &place.east)])
            .await;
        let of_west = place
            .city
            .actor("西区", &[(Role::Reviewer, &place.west)])
            .await;
        for node in [app, &other] {
            assert_eq!(
                found(node, all, "红梅").await,
                ["红梅街道总工会", "红梅食品厂工会"]
            );
            assert_eq!(found(node, all, "王芳").await, Vec::<String>::new());
        }
        place.person(&place.mill, "王芳", Post::Chair).await;
        place
            .found(all, &place.township, "长江印染厂工会")
            .await
            .unwrap();
        for node in [app, &other] {
            assert_eq!(found(node, all, "wf").await, ["王芳"]);
            assert_eq!(
                found(node, &of_east, "长江").await,
                ["长江纺织厂工会", "长江印染厂工会"]
            );
            assert_eq!(found(node, &of_west, "长江").await, Vec::<String>::new());
        }
        let rename = |name| place.happen(all, &place.mill, Happening::Rename, name, "2016-10-02");
        rename("大江纺织厂工会").await.unwrap();
        for node in [app, &other] {
            assert_eq!(found(node, all, "长江纺织").await, Vec::<String>::new());
            assert_eq!(found(node, all, "大江").await, ["大江纺织厂工会"]);
            assert_eq!(found(node, all, "dajiangfang").await, ["大江纺织厂工会"]);
        }
        // What moves takes all below it along.
        place
            .happen(
                all,
                &place.township,
                Happening::Move,
                "钟楼区总工会",
                "2016-10-03",
            )
            .await
            .unwrap();
        for node in [app, &other] {
            assert_eq!(found(node, &of_east, "大江").await, Vec::<String>::new());
            assert_eq!(found(node, &of_west, "大江").await, ["大江纺织厂工会"]);
            assert_eq!(found(node, &of_west, "王芳").await, ["王芳"]);
        }
        place
            .happen(all, &place.mill, Happening::Close, "", "2016-10-04")
            .await
            .unwrap();
        let closed = search::search(&other, all, "纺织").await.unwrap();
        assert_eq!(closed.units[0].state.key(), "closed");
    }
}

#[tokio::test]
async fn unions_are_found_by_part_of_a_code_and_clauses_by_their_id_or_words() {
    for place in places().await {
        let (app, all) = (&place.city.app, &place.administrator);
        let mut tx = app.db.write("test").await.unwrap();
        let sql = "UPDATE unit
             SET credit_code = $1
             WHERE id IN ({words})";
        let code = bulk::Value::Text("81320400MC0007711X".to_owned());
        bulk::select(&mut tx, sql, &[code], [place.mill.id.to_string()])
            .await
            .unwrap();
        jianjia_demo::testing::keep(app, tx).await;
        assert_eq!(found(app, all, "mc00077").await, ["长江纺织厂工会"]);
        assert_eq!(found(app, all, "ＭＣ０００７７").await, ["长江纺织厂工会"]);
        let clauses = async |typed: &str| {
            let found = search::search(app, all, typed).await.unwrap();
            let ids = found
                .clauses
                .into_iter()
                .map(|line| (line.clause, line.title));
            ids.collect::<Vec<_>>()
        };
        let of_model = ("M5d".to_owned(), Some("model-home".to_owned()));
        assert_eq!(clauses("m5d").await, [of_model]);
        assert!(!clauses("满意").await.is_empty());
        assert_eq!(clauses("的").await, []);
        assert_eq!(clauses("   ").await, []);
    }
}

#[tokio::test]
async fn a_search_that_is_abandoned_anywhere_loses_no_name() {
    for place in places().await {
        let (app, all) = (&place.city.app, &place.administrator);
        search::warm_up(app).await.unwrap();
        for polls in 0..60 {
            let name = format!("王芳{polls}");
            place.city.person(&place.mill, &name, Post::Worker).await;
            {
                let mut abandoned = pin!(search::search(app, all, "王芳"));
                for _ in 0..polls * polls {
                    if poll!(&mut abandoned).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            let people = search::search(app, all, &name).await.unwrap().people;
            assert!(people.iter().any(|person| person.name == name), "{name}");
        }
    }
}
