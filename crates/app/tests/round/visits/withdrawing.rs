//! Stories of a title that is withdrawn after a visit, and of the subsidy that goes with it.

use super::*;

/// A village federation of Tianning, which R4 is about.
async fn of_a_village() -> Vec<Visited> {
    let mut all = Vec::new();
    for city in cities().await {
        let village = city
            .city
            .unit(
                Some(&city.township),
                UnitKind::Village,
                "同济社区工会联合会",
            )
            .await;
        lies_in(&city, &village, "320402001003").await;
        city.meets_everything(&village).await;
        city.holds(&village, None, "qualified-home", 2016).await;
        let chair = city.city.actor("村主席", &[(Role::Chair, &village)]).await;
        let of_village = RoundCity {
            union: village,
            chair,
            ..city
        };
        all.push(drawn(of_village).await);
    }
    all
}

async fn lies_in(city: &RoundCity, unit: &UnitPlace, division: &str) {
    let mut tx = city.city.app.db.write("test").await.unwrap();
    let moved = sqlx::query("UPDATE unit SET division = $2 WHERE id = $1")
        .bind(unit.id.to_string())
        .bind(division.to_owned())
        .execute(&mut *tx)
        .await;
    moved.unwrap();
    jianjia_store::core::changed::everywhere(&mut tx);
    jianjia_demo::testing::keep(&city.city.app, tx).await;
}

#[tokio::test]
async fn a_title_withdrawn_takes_the_subsidy_along_until_the_decision_is_taken_back() {
    for visited in of_a_village().await {
        let app = &visited.city.city.app;
        visited.looks_through(&[too_few()]).await;
        assert_eq!(visited.concludes().await, Colour::Red);
        // Nobody came to be heard; the days are over.
        visited.city.on(2016, 12, 20);
        assert_eq!(
            visited.decides("withdraw").await.unwrap(),
            VisitState::Withdrawn
        );
        let mut tx = app.db.read().await.unwrap();
        let effects = stored::effects(&mut tx, 2016).await.unwrap();
        let told: Vec<(&str, VisitId)> = effects
            .iter()
            .map(|effect| (effect.clause.as_str(), effect.visit))
            .collect();
        assert_eq!(told, [("R4", visited.visit)]);
        let held = honours::held(&mut tx, &visited.city.union.id, None)
            .await
            .unwrap();
        let states: Vec<HonourState> = held.iter().map(|honour| honour.state).collect();
        drop(tx);
        assert!(
            states.iter().all(|state| *state == HonourState::Revoked),
            "{states:?}"
        );
        assert_eq!(
            visited
                .told_chair()
                .await
                .into_iter()
                .collect::<std::collections::BTreeSet<_>>(),
            [Kind::VisitHearing, Kind::VisitDecided, Kind::PlaqueAsked].into()
        );
        // The plaque comes back.
        let out = renewals::plaques(app, &visited.city.reviewer, 1)
            .await
            .unwrap();
        assert_eq!((out.total, out.pages, out.lines[0].1), (1, 1, true));
        let honour = out.lines[0].0.honour;
        let early =
            renewals::return_plaque(app, &visited.city.reviewer, &honour, "2017-01-01").await;
        assert_eq!(key(early), "visit/no-day");
        for _ in 0..2 {
            renewals::return_plaque(app, &visited.city.reviewer, &honour, "2016-12-20")
                .await
                .unwrap();
        }
        for _ in 0..2 {
            outcomes::overturn(
                app,
                &visited.city.leader,
                &visited.visit,
                "卡务系统的数有误",
            )
            .await
            .unwrap();
        }
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(stored::effects(&mut tx, 2016).await.unwrap(), []);
        let kept = stored::effects_of(&mut tx, &visited.visit).await.unwrap();
        assert_eq!(kept.len(), 1, "it stays on record");
        drop(tx);
        assert_eq!(visited.state().await, VisitState::Overturned);
        visited.verifies().await;
    }
}
