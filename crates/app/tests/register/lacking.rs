//! What unions lack follows them: through moves, mergers and closings, and into a new year.

use jianjia_app::{
    exchange::verification,
    register::unit::change::Happening,
    year::{
        sheet::{self as sheets, SayInput},
        standing as standings,
    },
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::Role,
    },
    year::shortfall::{Facet, Shortfall},
};
use jianjia_store::year::shortfall;

use crate::{Place, places};

async fn says(place: &Place, unit: &UnitPlace, workers: &str) {
    let app = &place.city.app;
    let clerk = place.city.actor("填表人", &[(Role::Clerk, unit)]).await;
    let input = SayInput {
        typed: [
            ("workers".to_owned(), workers.to_owned()),
            ("chair_elected".to_owned(), "no".to_owned()),
            ("core_team".to_owned(), "yes".to_owned()),
        ]
        .into(),
        ..SayInput::default()
    };
    sheets::say(app, &clerk, &unit.id, None, 2016, &input)
        .await
        .unwrap();
}

async fn of(place: &Place, unit: &UnitId) -> Option<Shortfall> {
    let mut tx = place.city.app.db.read().await.unwrap();
    let mut found = shortfall::of_units(&mut tx, &[*unit], 2016).await.unwrap();
    found.remove(unit)
}

/// How many unions of a place strive for 合格, and how many of them don't meet the first clause.
async fn counts(place: &Place, path: &str) -> (i64, i64) {
    let mut tx = place.city.app.db.read().await.unwrap();
    let found = shortfall::figures(
        &mut tx,
        (path, true),
        2016,
        "qualified-home",
        &[Facet::All],
        None,
    )
    .await
    .unwrap();
    let figures = &found[0].1;
    let of = |clause: i64| figures.iter().find(|figure| figure.clause == clause);
    (
        of(-1).map_or(0, |figure| figure.asked),
        of(0).map_or(0, |figure| figure.unmet),
    )
}

/// Nothing that is kept differs from a fresh count.
async fn is_right(place: &Place) {
    let faults = verification::verify(&place.city.app).await.unwrap().faults;
    let wrong = faults.iter().filter(|fault| fault.contains("欠缺条目"));
    assert_eq!(wrong.count(), 0, "{faults:?}");
}

#[tokio::test]
async fn what_a_union_lacks_is_counted_where_it_stands_and_no_longer_once_it_has_ended() {
    for place in places().await {
        says(&place, &place.mill, "200").await;
        says(&place, &place.bakery, "30").await;
        let mill = of(&place, &place.mill.id).await.unwrap();
        assert_eq!(
            (mill.title.as_str(), mill.marks.unmet, mill.kind),
            ("qualified-home", 1, UnitKind::Grassroots)
        );
        let root = &place.root.path;
        assert_eq!(counts(&place, root).await, (2, 2));
        assert_eq!(counts(&place, &place.east.path).await, (2, 2));
        assert_eq!(counts(&place, &place.west.path).await, (0, 0));
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
        assert_eq!(counts(&place, root).await.0, 2);
        assert_eq!(counts(&place, &place.east.path).await, (0, 0));
        assert_eq!(counts(&place, &place.west.path).await, (2, 2));
        is_right(&place).await;
        place
            .happen(
                &place.administrator,
                &place.bakery,
                Happening::Merge,
                "长江纺织厂工会",
                "2016-10-02",
            )
            .await
            .unwrap();
        assert_eq!(of(&place, &place.bakery.id).await.unwrap().title, "");
        assert_eq!(counts(&place, &place.west.path).await, (1, 1));
        // Judged anew, an ended unit strives for nothing still.
        standings::bring_up_to_date(&place.city.app, [place.bakery.id], 2016)
            .await
            .unwrap();
        assert_eq!(counts(&place, root).await, (1, 1));
        is_right(&place).await;
    }
}
