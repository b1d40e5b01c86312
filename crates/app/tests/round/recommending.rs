//! Recommending to the city within the quota.

use jianjia_app::round::recommendation::{self as recommendations, PlaceInput, Ranking};
use jianjia_domain::{
    core::ids::{ApplicationId, UnitId},
    round::application::{Application, State},
};
use jianjia_store::round::recommendation;

use crate::{
    city::{RoundCity, cities},
    key, told,
};

const TITLE: &str = "trusted-home";

/// Candidates that the township endorsed and the district now has.
async fn candidates(city: &RoundCity, names: &[&str]) -> Vec<ApplicationId> {
    let mut ids = Vec::new();
    for name in names {
        let (union, chair) = city.another(name).await;
        // Clause P5: a model home of 2015, reconfirmed, may be a candidate directly.
        city.holds(&union, None, "model-home", 2015).await;
        let id = city.applied(&chair, &union, TITLE).await.id;
        city.endorsed(&id).await;
        city.looked_through(&id).await;
        ids.push(id);
    }
    ids
}

async fn chosen(city: &RoundCity, ids: &[ApplicationId]) -> Vec<(ApplicationId, i64)> {
    let mut chosen = Vec::new();
    for id in ids {
        chosen.push((*id, city.read(id).await.revision));
    }
    chosen
}

async fn recommend(
    city: &RoundCity,
    ids: &[ApplicationId],
    request: &str,
) -> Result<Vec<Application>, jianjia_app::core::error::Error> {
    let chosen = chosen(city, ids).await;
    let app = &city.city.app;
    let district = &city.district.id;
    recommendations::recommend(app, &city.approver, 2016, TITLE, district, &chosen, request).await
}

#[tokio::test]
async fn a_district_ranks_its_candidates_and_cannot_recommend_beyond_its_quota() {
    for city in cities().await {
        let app = &city.city.app;
        let ids = candidates(&city, &["甲厂工会", "乙厂工会", "丙厂工会"]).await;
        assert_eq!(
            key(recommend(&city, &ids[..1], "a").await),
            "recommendation/no-quota"
        );
        city.gives_places(0, 2).await;
        assert_eq!(
            told(recommend(&city, &ids, "b").await),
            "信赖职工之家的推荐名额是 2 个，已推荐 0 个，还可推荐 2 个，这次选了 3 个，超出了名额（条款 P3 择优推荐）；请减少后再推荐。"
        );
        let district = &city.district.id;
        let numbers = Ranking::Numbers(vec![
            (ids[2], "1".to_owned()),
            (ids[0], "2".to_owned()),
            (ids[1], String::new()),
        ]);
        recommendations::rank(app, &city.approver, 2016, TITLE, district, &numbers)
            .await
            .unwrap();
        let up = Ranking::Move {
            moved: ids[1],
            by: -1,
        };
        recommendations::rank(app, &city.approver, 2016, TITLE, district, &up)
            .await
            .unwrap();
        let list = recommendations::list(app, &city.approver, 2016, TITLE, None)
            .await
            .unwrap();
        let order: Vec<ApplicationId> = list
            .candidates
            .iter()
            .map(|candidate| candidate.application.id)
            .collect();
        assert_eq!(order, [ids[2], ids[1], ids[0]]);
        // Beside each stand the figures that the standard names, by the line of the title, and the titles held.
        let first = &list.candidates[0];
        let shown: Vec<(&str, &str)> = first
            .shown
            .iter()
            .map(|shown| (shown.clause.as_str(), shown.actual.as_str()))
            .collect();
        assert_eq!(shown, [("T2", "200/200"), ("T3b", "180/182")]);
        assert_eq!(first.held, [("model-home".to_owned(), 2015)]);
        let chosen_two = chosen(&city, &[ids[2], ids[1]]).await;
        let twice = async || {
            let district = &city.district.id;
            recommendations::recommend(app, &city.approver, 2016, TITLE, district, &chosen_two, "c")
                .await
        };
        assert_eq!(twice().await.unwrap().len(), 2);
        // The same form again does nothing and is no error.
        assert_eq!(twice().await.unwrap(), []);
        assert_eq!(
            key(recommend(&city, &ids[..1], "d").await),
            "recommendation/beyond-quota"
        );
        // The city reads the same ranks, and how far each is looked at.
        let naming = jianjia_app::round::naming::list(app, &city.leader, 2016, TITLE, 1)
            .await
            .unwrap();
        let ranks = naming.candidates.iter().map(|one| one.application.rank);
        assert_eq!(ranks.collect::<Vec<_>>(), [Some(1), Some(2)]);
        let looked_at = naming.looked_at[0];
        assert!(looked_at.asked > 0 && looked_at.confirmed == looked_at.asked);
        let mut tx = app.db.read().await.unwrap();
        let waiting: Vec<(ApplicationId, Option<UnitId>)> =
            recommendation::for_naming(&mut tx, 2016, TITLE, 10, 0)
                .await
                .unwrap()
                .into_iter()
                .map(|application| (application.id, application.recommended_by))
                .collect();
        let tianning = Some(city.district.id);
        assert_eq!(waiting, [(ids[2], tianning), (ids[1], tianning)]);
    }
}

#[tokio::test]
async fn a_recommendation_is_undone_a_list_closed_and_its_unused_places_return() {
    for city in cities().await {
        let app = &city.city.app;
        let ids = candidates(&city, &["甲厂工会", "乙厂工会"]).await;
        city.gives_places(0, 3).await;
        recommend(&city, &ids, "a").await.unwrap();
        let district = &city.district.id;
        let expected = city.now(&ids[1]).await;
        let undone = recommendations::undo(app, &city.approver, district, &ids[1], &expected)
            .await
            .unwrap();
        assert_eq!(undone.state, State::UnderReview { step: 1 });
        let closed = recommendations::close(app, &city.approver, 2016, TITLE, district)
            .await
            .unwrap();
        assert_eq!((closed.places, closed.returned), (3, 2));
        assert_eq!(
            key(recommend(&city, &ids[1..], "b").await),
            "recommendation/closed"
        );
        let expected = city.now(&ids[0]).await;
        let late = recommendations::undo(app, &city.approver, district, &ids[0], &expected).await;
        assert_eq!(key(late), "recommendation/closed");
        let table = recommendations::table(app, &city.leader, 2016)
            .await
            .unwrap();
        assert_eq!(table.totals[0], (3, 1, 2));
        assert_eq!(
            key(recommendations::table(app, &city.approver, 2016)
                .await
                .map(|_| ())),
            "not-found"
        );
    }
}

#[tokio::test]
async fn a_candidate_that_falls_short_stops_the_whole_recommendation() {
    for city in cities().await {
        let app = &city.city.app;
        let ids = candidates(&city, &["甲厂工会", "乙厂工会"]).await;
        city.gives_places(0, 5).await;
        let second = city.read(&ids[1]).await;
        let mut tx = app.db.read().await.unwrap();
        let place = jianjia_store::core::place::find(&mut tx, &second.unit.id)
            .await
            .unwrap()
            .unwrap();
        drop(tx);
        // Another department's veto arrives after the application.
        city.vetoed(&place, "V8").await;
        assert_eq!(
            told(recommend(&city, &ids, "a").await),
            "“乙厂工会”按已核实的情况还达不到信赖职工之家：本年度有“环境污染严重”的情形（V8），不得申报。可以退回补正，或者不予通过并写明理由。"
        );
        assert_eq!(city.read(&ids[0]).await.recommended_by, None);
        recommend(&city, &ids[..1], "b").await.unwrap();
        // Of several that fall short each is named, so that the rest can go on without them.
        let more = candidates(&city, &["丙厂工会", "丁厂工会"]).await;
        let third = city.read(&more[0]).await;
        let mut tx = app.db.read().await.unwrap();
        let place = jianjia_store::core::place::find(&mut tx, &third.unit.id)
            .await
            .unwrap()
            .unwrap();
        drop(tx);
        city.vetoed(&place, "V9").await;
        let all = [ids[1], more[0], more[1]];
        let all = told(recommend(&city, &all, "c").await);
        for name in ["“乙厂工会”按已核实", "“丙厂工会”按已核实"] {
            assert!(all.contains(name), "{all}");
        }
        assert!(!all.contains("丁厂工会"), "{all}");
        recommend(&city, &more[1..], "d").await.unwrap();
    }
}

#[tokio::test]
async fn places_are_the_citys_to_set_and_not_below_what_is_used() {
    for city in cities().await {
        let app = &city.city.app;
        let ids = candidates(&city, &["甲厂工会", "乙厂工会"]).await;
        city.gives_places(0, 2).await;
        recommend(&city, &ids, "a").await.unwrap();
        let set = async |who, seen, places: &str| {
            let input = PlaceInput {
                federation: city.district.id,
                title: TITLE.to_owned(),
                seen,
                places: places.to_owned(),
            };
            recommendations::set_places(app, who, 2016, &[input]).await
        };
        assert_eq!(
            told(set(&city.leader, 2, "1").await),
            "已经推荐了 2 个，名额不能减到 1 个；请先让该单位撤销推荐。"
        );
        assert_eq!(
            key(set(&city.leader, 2, "许多").await),
            "recommendation/not-a-number"
        );
        assert_eq!(key(set(&city.leader, 1, "5").await), "stale");
        assert_eq!(key(set(&city.approver, 2, "5").await), "not-found");
        assert_eq!(set(&city.leader, 2, "4").await.unwrap(), 1);
        assert_eq!(set(&city.leader, 4, "4").await.unwrap(), 0);
    }
}
