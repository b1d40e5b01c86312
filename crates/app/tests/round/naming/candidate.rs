//! Unions that meet everything and wait to be named.

use std::collections::BTreeMap;

use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, HonourId, StatementId},
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    honour::honour::{Honour, HonourSource, HonourState},
    rating::count::Rating,
    round::{
        application::{ApplicantUnit, Application, State},
        route::Step,
    },
    year::{
        statement::{Source, Statement},
        totals::RatingTotals,
    },
};
use jianjia_standard::{fact::FactKind, kinds::HonourLevel, programme::RouteAct};
use jianjia_store::{
    core::{bulk, db::Tx},
    honour::honour as honours_store,
    rating::count as rating,
    round::application as applications_store,
    year::statement,
};
use jiff::civil::date;
use serde_json::Value;

pub(super) struct Cast {
    pub(super) top: UnitPlace,
    pub(super) district: UnitPlace,
    pub(super) approver: Actor,
    pub(super) reviewer: Actor,
    pub(super) of_district: Actor,
}

pub(super) async fn cast(city: &TestCity) -> Cast {
    let top = city.unit(None, UnitKind::City, "市总工会").await;
    let district = city
        .unit(Some(&top), UnitKind::District, "天宁区总工会")
        .await;
    Cast {
        approver: city.actor("市", &[(Role::Approver, &top)]).await,
        reviewer: city.actor("市审", &[(Role::Reviewer, &top)]).await,
        of_district: city.actor("区", &[(Role::Approver, &district)]).await,
        top,
        district,
    }
}

/// A union that meets everything, holds the model home and is recommended for the trusted home of 2016.
pub(super) async fn candidate(
    city: &TestCity,
    cast: &Cast,
    name: &str,
) -> (UnitPlace, ApplicationId) {
    let app = &city.app;
    let now = app.now();
    let union = city
        .unit(Some(&cast.district), UnitKind::Grassroots, name)
        .await;
    let facts: BTreeMap<String, Value> = app
        .in_force()
        .facts
        .iter()
        .filter(|fact| fact.from.is_none())
        .map(|fact| {
            let value = match (fact.key.as_str(), fact.kind) {
                ("term_years", _) => match fact.kind {
                    FactKind::Choice => Value::from("3"),
                    _ => Value::from(3),
                },
                (_, FactKind::Truth) => Value::from(true),
                (_, FactKind::Level) => Value::from(5),
                (_, FactKind::Date) => Value::from("2015-06-01"),
                (_, FactKind::Count | FactKind::Money) => Value::from(100),
                (_, FactKind::Choice) => Value::from(fact.choices[0].clone()),
            };
            (fact.key.clone(), value)
        })
        .collect();
    let mut tx = app.db.write("test").await.unwrap();
    count_in_register(&mut tx, &union).await;
    let said = Statement {
        id: StatementId(app.entropy.id(now)),
        unit: union.id,
        unit_path: union.path.clone(),
        person: None,
        year: 2016,
        source: Source::Union,
        facts,
        said_by: None,
        said_by_name: String::new(),
        said_at: now,
        request_key: None,
    };
    statement::insert(&mut tx, &[said]).await.unwrap();
    let rated = Rating {
        unit: union.id,
        unit_path: union.path.clone(),
        year: 2016,
        counts: RatingTotals::of(
            100,
            [
                ("satisfied", 100),
                ("basically_satisfied", 0),
                ("dissatisfied", 0),
                ("void", 0),
            ],
        ),
        recorded_by: String::new(),
        recorded_by_name: String::new(),
        recorded_at: now,
        note: String::new(),
    };
    rating::record(&mut tx, &rated).await.unwrap();
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "held_on",
        "kind",
        "title",
        "recorded_at",
    ];
    let rows = (0..14)
        .map(|month: i16| {
            let held_on = date(2015 + month / 12, (month % 12 + 1) as i8, 15);
            vec![
                app.entropy.id(now).simple().to_string().into(),
                union.id.to_string().into(),
                union.path.clone().into(),
                held_on.to_string().into(),
                "culture".into(),
                "拔河".into(),
                now.to_string().into(),
            ]
        })
        .chain((3..12).map(|month: i16| {
            vec![
                app.entropy.id(now).simple().to_string().into(),
                union.id.to_string().into(),
                union.path.clone().into(),
                date(2016, month as i8, 15).to_string().into(),
                "skills".into(),
                "比武".into(),
                now.to_string().into(),
            ]
        }))
        .collect();
    bulk::insert(&mut tx, "activity", &columns, rows)
        .await
        .unwrap();
    let model = Honour {
        id: HonourId(app.entropy.id(now)),
        title: "model-home".to_owned(),
        level: HonourLevel::County,
        year: 2016,
        unit: union.id,
        unit_path: union.path.clone(),
        unit_kind: union.kind,
        division: String::new(),
        holder_name: union.name.clone(),
        holder_sort_key: union.name.clone(),
        person: None,
        person_name: String::new(),
        number: format!("模范{name}"),
        begun_on: date(2016, 3, 1),
        state: HonourState::InForce,
        reconfirmed: false,
        reconfirmed_by: None,
        source: HonourSource::Named,
        named_by: None,
        application: None,
        batch: String::new(),
        revision: 1,
        recorded_at: now,
    };
    honours_store::insert(&mut tx, &model).await.unwrap();
    let step = |act, unit: &UnitPlace| Step {
        act,
        unit: unit.clone(),
        quota: act == RouteAct::Recommend,
    };
    let application = Application {
        id: ApplicationId(app.entropy.id(now)),
        year: 2016,
        title: "trusted-home".to_owned(),
        unit: ApplicantUnit {
            id: union.id,
            path: union.path.clone(),
            name: union.name.clone(),
            sort_key: union.name.clone(),
        },
        person: None,
        story: String::new(),
        state: State::UnderReview { step: 1 },
        route: vec![
            step(RouteAct::Recommend, &cast.district),
            step(RouteAct::Name, &cast.top),
        ],
        rank: Some(1),
        recommended_by: Some(cast.district.id),
        judgement: None,
        since_at: now,
        // As of this day it is judged, whenever the city names it.
        submitted_at: Some(jianjia_domain::core::day::start_of(jiff::civil::date(
            2016, 10, 20,
        ))),
        created_by: cast.of_district.account,
        created_at: now,
        revision: 3,
    };
    assert!(
        applications_store::insert(&mut tx, &application)
            .await
            .unwrap()
    );
    testing::keep(app, tx).await;
    (union, application.id)
}

/// The register has the workers and members that the facts speak of.
async fn count_in_register(tx: &mut Tx, union: &UnitPlace) {
    let mut unit = jianjia_store::register::unit::find(tx, &union.id)
        .await
        .unwrap()
        .unwrap();
    unit.details.workers = Some(100);
    unit.details.members = Some(100);
    assert!(
        jianjia_store::register::unit::change::update(tx, &unit)
            .await
            .unwrap()
    );
}
