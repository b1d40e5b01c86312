//! The members' rating as people hold it, on both engines.

#[path = "polls/counting.rs"]
mod counting;
#[path = "polls/holding.rs"]
mod holding;
#[path = "polls/planning.rs"]
mod planning;
#[path = "polls/roll.rs"]
mod roll;
#[path = "polls/second.rs"]
mod second;
#[path = "polls/showing.rs"]
mod showing;
#[path = "polls/telling.rs"]
mod telling;
#[path = "polls/voting.rs"]
mod voting;

use jianjia_app::{core::error::Error, year::assessment as assessments};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::core::{
    place::{UnitKind, UnitPlace},
    policy::{Actor, Role},
    refusal::Refusal,
};
use jianjia_standard::{Lang, judgement::Status};
use jiff::civil::date;

struct Home {
    city: TestCity,
    union: UnitPlace,
    chair: Actor,
    reviewer: Actor,
    stranger: Actor,
}

async fn homes() -> Vec<Home> {
    let mut homes = Vec::new();
    for city in testing::both(date(2016, 10, 10)).await {
        let federation = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&federation), UnitKind::District, "天宁区总工会")
            .await;
        let union = city
            .unit(
                Some(&district),
                UnitKind::Grassroots,
                "常州恒丰纺织有限公司工会",
            )
            .await;
        let other = city
            .unit(
                Some(&district),
                UnitKind::Grassroots,
                "常州晨光印刷有限公司工会",
            )
            .await;
        let chair = city.actor("周建国", &[(Role::Chair, &union)]).await;
        let reviewer = city.actor("王审核", &[(Role::Reviewer, &district)]).await;
        let stranger = city.actor("别家主席", &[(Role::Chair, &other)]).await;
        homes.push(Home {
            city,
            union,
            chair,
            reviewer,
            stranger,
        });
    }
    homes
}

fn told<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result.expect_err("it is refused") {
        Error::Refused(refusal) => refusal.sentence(Lang::Zh),
        other => format!("{other}"),
    }
}

fn keys<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, &'static str)> {
    match result.expect_err("it is refused") {
        Error::Refused(Refusal::Fields(fields)) => fields
            .into_iter()
            .map(|(field, refusal)| (field, refusal.key()))
            .collect(),
        Error::Refused(refusal) => vec![(String::new(), refusal.key())],
        other => panic!("{other}"),
    }
}

async fn m5d(home: &Home) -> Status {
    let app = &home.city.app;
    let mut tx = app.db.read().await.unwrap();
    let day = app.clock.today();
    let assessed = assessments::assess(&mut tx, app, &home.union.id, None, 2016, day)
        .await
        .unwrap();
    let verdict = assessed.judgement.verdict("model-home").unwrap();
    verdict.criterion("M5d").unwrap().status
}
