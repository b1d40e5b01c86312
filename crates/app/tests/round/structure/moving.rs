//! Places that came back, or are free since a list was closed: returned, and moved on.

use jianjia_app::{
    core::app::App,
    round::recommendation::{self as recommendations, MoveInput},
};
use jianjia_domain::core::{audit::object::Object, place::UnitKind, policy::Role};

use super::{
    TITLE, candidates, place, ranked, recommended,
    reserves::{takes_up, turned_down},
};
use crate::{city::cities, key, told};

#[tokio::test]
async fn places_that_came_back_move_on_and_the_other_federations_reserve_takes_them() {
    for city in cities().await {
        let app = &city.city.app;
        let other = city
            .city
            .unit(Some(&city.top), UnitKind::District, "钟楼区总工会")
            .await;
        let theirs = city
            .city
            .actor("区里孙部长", &[(Role::Approver, &other)])
            .await;
        let ids = candidates(&city, &["甲厂工会", "乙厂工会"]).await;
        let inputs = [place(&city.district, 0, "1"), place(&other, 0, "2")];
        recommendations::set_places(app, &city.leader, 2016, &inputs)
            .await
            .unwrap();
        ranked(&city, &ids).await;
        recommended(&city, &ids[..1]).await;
        let (ours_id, other_id) = (&city.district.id, &other.id);
        for (who, id) in [(&city.approver, ours_id), (&theirs, other_id)] {
            recommendations::close(app, who, 2016, TITLE, id)
                .await
                .unwrap();
        }
        let input = |places: &str, reason: &str| MoveInput {
            title: TITLE.to_owned(),
            from: Some(other.id),
            to: Some(city.district.id),
            places: places.to_owned(),
            reason: reason.to_owned(),
        };
        let preview = async |input: &MoveInput| {
            recommendations::preview_move(app, &city.leader, 2016, input).await
        };
        assert_eq!(
            told(preview(&input("3", "")).await),
            "请写明调剂的理由，它和调剂一起留在审计记录里。这个单位可以调剂的名额（退回未调剂的和办结后空出的）是 2 个，请填 1 到 2 的整数。"
        );
        let wanted = input("1", "天宁区候选多");
        let planned = preview(&wanted).await.unwrap();
        assert_eq!(planned.reserves, ["乙厂工会"]);
        let after = (planned.from.after.unmoved(), planned.to.after.in_hand());
        assert_eq!(after, (1, 2));
        let seen = planned.seen();
        let go =
            async || recommendations::move_places(app, &city.leader, 2016, &wanted, seen).await;
        assert_eq!(go().await.unwrap().places, 1);
        // The same form once more finds what it did itself.
        assert_eq!(key(go().await), "stale");
        let foreign = recommendations::move_places(app, &city.approver, 2016, &wanted, seen).await;
        assert_eq!(key(foreign), "not-found");
        let table = recommendations::table(app, &city.leader, 2016)
            .await
            .unwrap();
        assert_eq!((table.in_all(0), table.unmoved[0]), (3, 1));
        let moves: Vec<(i64, &str)> = table
            .moves
            .iter()
            .map(|moved| (moved.places, moved.reason.as_str()))
            .collect();
        assert_eq!(moves, [(1, "天宁区候选多")]);
        takes_up(&city, &ids[1], "").await.unwrap();
        let (year, title) = (2016, TITLE.to_owned());
        let federation = city.district.id;
        let places = Object::Quota {
            year,
            title: title.clone(),
            federation,
        };
        // Released, and moved here.
        assert_eq!(trail(app, places).await, 2);
        // Ranked, closed by both, taken up.
        let lists = Object::Recommendation { year, title };
        assert_eq!(trail(app, lists).await, 4);
    }
}

#[tokio::test]
async fn places_that_come_free_after_closing_return_or_move_and_the_closed_list_stays() {
    for city in cities().await {
        let app = &city.city.app;
        let other = city
            .city
            .unit(Some(&city.top), UnitKind::District, "钟楼区总工会")
            .await;
        let ids = candidates(&city, &["甲厂工会", "乙厂工会", "丙厂工会"]).await;
        city.gives_places(0, 3).await;
        ranked(&city, &ids).await;
        recommended(&city, &ids).await;
        let of = (2016, TITLE, &city.district.id);
        let back = async |seen| recommendations::give_back(app, &city.approver, of, seen).await;
        let list = async || {
            let list = recommendations::list(app, &city.approver, 2016, TITLE, None).await;
            let list = list.unwrap();
            let revision = list.quota.as_ref().unwrap().revision;
            (list.left_over(), revision)
        };
        let (_, revision) = list().await;
        assert_eq!(key(back((revision, 0)).await), "quota/closing-returns");
        recommendations::close(app, &city.approver, 2016, TITLE, &city.district.id)
            .await
            .unwrap();
        let (left_over, revision) = list().await;
        assert_eq!(left_over, 0);
        assert_eq!(
            told(back((revision, 0)).await),
            "没有空出的名额可以退回：名额都有候选占着，或者刚才已经退回。请看最新的名单。"
        );
        turned_down(&city, &ids[0]).await;
        let (left_over, revision) = list().await;
        assert_eq!(left_over, 1);
        // Who saw another number than is free is told.
        assert_eq!(key(back((revision, 2)).await), "stale");
        let foreign = recommendations::give_back(app, &city.leader, of, (revision, 1)).await;
        assert!(foreign.is_err());
        let quota = back((revision, 1)).await.unwrap();
        assert_eq!((quota.in_hand(), quota.unmoved()), (2, 1));
        assert_eq!(key(back((revision, 1)).await), "quota/nothing-left-over");
        // Another comes free, and the city moves both on.
        turned_down(&city, &ids[1]).await;
        let input = MoveInput {
            title: TITLE.to_owned(),
            from: Some(city.district.id),
            to: Some(other.id),
            places: "2".to_owned(),
            reason: "钟楼区候选多".to_owned(),
        };
        let table = recommendations::table(app, &city.leader, 2016)
            .await
            .unwrap();
        for row in &table.rows {
            let movable = if row.federation.id == city.district.id {
                2
            } else {
                0
            };
            assert_eq!(row.cells[0].movable(), movable, "{}", row.federation.name);
        }
        let planned = recommendations::preview_move(app, &city.leader, 2016, &input)
            .await
            .unwrap();
        let from = &planned.from;
        assert!(from.gives_free_places());
        assert_eq!((from.before.in_hand(), from.after.in_hand()), (2, 1));
        let seen = planned.seen();
        recommendations::move_places(app, &city.leader, 2016, &input, seen)
            .await
            .unwrap();
        assert_eq!(list().await.0, 0);
        let table = recommendations::table(app, &city.leader, 2016)
            .await
            .unwrap();
        assert_eq!((table.in_all(0), table.unmoved[0]), (3, 0));
        // Whom the list recommends stays recommended, and the giver is told.
        assert_eq!(
            city.read(&ids[2]).await.recommended_by,
            Some(city.district.id)
        );
        let kinds = crate::telling::kinds(&city, &city.approver).await;
        assert!(kinds.contains(&"places-taken".to_owned()), "{kinds:?}");
    }
}

/// How many lines of the trail there are on something.
async fn trail(app: &App, object: Object) -> usize {
    let mut tx = app.db.read().await.unwrap();
    let lines = jianjia_store::core::audit::of(&mut tx, &object).await;
    lines.unwrap().len()
}
