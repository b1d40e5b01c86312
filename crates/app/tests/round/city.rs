//! A small city for the stories of a round: a city, a district with a township, and unions that meet everything.

use std::collections::BTreeMap;

use jianjia_app::round::{
    application::{self as applications, DraftInput, Expected},
    recommendation::{self as recommendations, PlaceInput},
    review::{self as reviews, OpinionInput},
    round as rounds,
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::{
        ids::{ActivityId, ApplicationId, EvidenceId, HonourId, PersonId, StatementId, VetoId},
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    honour::honour::{Honour, HonourSource, HonourState},
    rating::count::Rating,
    register::person::{Person, PersonDetails, Post},
    round::{application::Application, veto::Veto},
    year::{
        activity::Activity,
        evidence::{Evidence, EvidenceUse, MediaType, Target},
        statement::{Source, Statement},
        totals::RatingTotals,
    },
};
use jianjia_standard::{fact::FactKind, kinds::HonourLevel};
use jianjia_store::{
    honour::honour,
    rating::count as rating,
    register::person,
    round::{application, round, veto},
    year::{activity, evidence, statement},
};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

pub struct RoundCity {
    pub city: TestCity,
    pub top: UnitPlace,
    pub district: UnitPlace,
    pub township: UnitPlace,
    pub union: UnitPlace,
    pub chair: Actor,
    /// Reviewer of the township.
    pub local: Actor,
    /// Reviewer and approver of the district.
    pub reviewer: Actor,
    pub approver: Actor,
    /// Approver of the city.
    pub leader: Actor,
}

/// On both engines, in the declaration of 2016 and the examination, which the city began early, with a union that meets everything and holds the qualified home.
pub async fn cities() -> Vec<RoundCity> {
    let mut cities = Vec::new();
    for city in testing::both(date(2016, 10, 20)).await {
        cities.push(RoundCity::of(city).await);
    }
    cities
}

impl RoundCity {
    /// See `cities`.
    pub async fn of(city: TestCity) -> RoundCity {
        let top = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&top), UnitKind::District, "天宁区总工会")
            .await;
        let township = city
            .unit(Some(&district), UnitKind::Township, "雕庄街道总工会")
            .await;
        let union = city
            .unit(Some(&township), UnitKind::Grassroots, "第一纺织厂工会")
            .await;
        let chair = city.actor("王主席", &[(Role::Chair, &union)]).await;
        let local = city.actor("街道小李", &[(Role::Reviewer, &township)]).await;
        let reviewer = city.actor("区里老周", &[(Role::Reviewer, &district)]).await;
        let approver = city
            .actor("区里赵部长", &[(Role::Approver, &district)])
            .await;
        let leader = city.actor("市里钱主任", &[(Role::Approver, &top)]).await;
        let round = RoundCity {
            city,
            top,
            district,
            township,
            union,
            chair,
            local,
            reviewer,
            approver,
            leader,
        };
        let union = round.union.clone();
        round.meets_everything(&union).await;
        round.holds(&union, None, "qualified-home", 2016).await;
        round.examines_from(date(2016, 10, 15)).await;
        round
    }

    /// The city sets the day from which 2016 is examined.
    pub async fn examines_from(&self, from: Date) {
        let app = &self.city.app;
        let mut set = rounds::find(app, 2016).await.unwrap();
        set.examination.from = from;
        set.revision += 1;
        set.changed_at = Some(app.now());
        let mut tx = app.db.write("test").await.unwrap();
        assert!(round::save(&mut tx, &set).await.unwrap());
        jianjia_demo::testing::keep(app, tx).await;
    }

    /// A document on one fact of 2016.
    pub async fn attaches_a_file(&self, unit: &UnitPlace, fact: &str) {
        let app = &self.city.app;
        let piece = Evidence {
            id: EvidenceId(app.entropy.id(app.now())),
            unit: unit.id,
            unit_path: unit.path.clone(),
            hash: "0".repeat(64),
            name: "许可证.pdf".to_owned(),
            media_type: MediaType::Pdf,
            bytes: 1,
            uploaded_by: None,
            uploaded_by_name: String::new(),
            uploaded_at: app.now(),
            removed_at: None,
        };
        let used = EvidenceUse {
            evidence: piece.id,
            year: 2016,
            target: Target::Fact(fact.to_owned()),
        };
        let mut tx = app.db.write("test").await.unwrap();
        evidence::insert(&mut tx, &piece).await.unwrap();
        evidence::attach(&mut tx, &unit.id, &used, &self.chair.account, app.now())
            .await
            .unwrap();
        jianjia_demo::testing::keep(app, tx).await;
    }

    /// The reviewer of the district has looked through a file and confirmed what is claimed.
    pub async fn looked_through(&self, id: &ApplicationId) {
        reviews::confirm_rest(&self.city.app, &self.reviewer, id, "材料齐全，已核对")
            .await
            .unwrap();
    }

    pub fn on(&self, year: i16, month: i8, day: i8) {
        self.city.app.clock.set(date(year, month, day));
    }

    /// Another union of the township that meets everything, with its chair.
    pub async fn another(&self, name: &str) -> (UnitPlace, Actor) {
        let union = self
            .city
            .unit(Some(&self.township), UnitKind::Grassroots, name)
            .await;
        self.meets_everything(&union).await;
        let chair = self.city.actor(name, &[(Role::Chair, &union)]).await;
        (union, chair)
    }

    /// Every fact said well, an activity every month, a good rating.
    pub async fn meets_everything(&self, unit: &UnitPlace) {
        let app = &self.city.app;
        self.says(unit, None, everything(app)).await;
        let mut tx = app.db.write("test").await.unwrap();
        let mut activities = Vec::new();
        for months in 0..16 {
            let month = date(2015, 9, 10).saturating_add(jiff::Span::new().months(months));
            activities.push(Activity {
                id: ActivityId(app.entropy.id(app.now())),
                unit: unit.id,
                unit_path: unit.path.clone(),
                held_on: month,
                kind: "culture".to_owned(),
                title: "拔河".to_owned(),
                participants: Some(40),
                note: String::new(),
                recorded_by: None,
                recorded_at: app.now(),
                removed_at: None,
            });
        }
        activity::insert_many(&mut tx, &activities).await.unwrap();
        let rated = Rating {
            unit: unit.id,
            unit_path: unit.path.clone(),
            year: 2016,
            counts: RatingTotals::of(
                190,
                [
                    ("satisfied", 170),
                    ("basically_satisfied", 10),
                    ("dissatisfied", 2),
                    ("void", 1),
                ],
            ),
            recorded_by: String::new(),
            recorded_by_name: String::new(),
            recorded_at: app.now(),
            note: String::new(),
        };
        rating::record(&mut tx, &rated).await.unwrap();
        jianjia_demo::testing::keep(app, tx).await;
    }

    pub async fn says(
        &self,
        unit: &UnitPlace,
        person: Option<&PersonId>,
        facts: BTreeMap<String, Value>,
    ) {
        let app = &self.city.app;
        let said = Statement {
            id: StatementId(app.entropy.id(app.now())),
            unit: unit.id,
            unit_path: unit.path.clone(),
            person: person.copied(),
            year: 2016,
            source: Source::Union,
            facts,
            said_by: None,
            said_by_name: String::new(),
            said_at: app.now(),
            request_key: None,
        };
        let mut tx = app.db.write("test").await.unwrap();
        statement::insert(&mut tx, &[said]).await.unwrap();
        jianjia_demo::testing::keep(app, tx).await;
    }

    pub async fn holds(&self, unit: &UnitPlace, person: Option<&PersonId>, title: &str, year: i16) {
        let app = &self.city.app;
        let held = Honour {
            id: HonourId(app.entropy.id(app.now())),
            title: title.to_owned(),
            level: HonourLevel::City,
            year,
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_kind: unit.kind,
            division: String::new(),
            holder_name: unit.name.clone(),
            holder_sort_key: unit.name.clone(),
            person: person.copied(),
            person_name: String::new(),
            number: String::new(),
            begun_on: date(year, 3, 1),
            state: HonourState::InForce,
            reconfirmed: true,
            reconfirmed_by: None,
            source: HonourSource::Imported,
            named_by: None,
            application: None,
            batch: String::new(),
            revision: 1,
            recorded_at: app.now(),
        };
        let mut tx = app.db.write("test").await.unwrap();
        honour::insert(&mut tx, &held).await.unwrap();
        jianjia_demo::testing::keep(app, tx).await;
    }

    pub async fn vetoed(&self, unit: &UnitPlace, clause: &str) {
        let app = &self.city.app;
        let state = Veto {
            id: VetoId(app.entropy.id(app.now())),
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_name: unit.name.clone(),
            year: 2016,
            clause: clause.to_owned(),
            source: "人社局".to_owned(),
            note: String::new(),
            recorded_by: None,
            recorded_by_name: String::new(),
            recorded_at: app.now(),
            entry: None,
            lifted: None,
        };
        let mut tx = app.db.write("test").await.unwrap();
        veto::record(&mut tx, &state).await.unwrap();
        jianjia_demo::testing::keep(app, tx).await;
    }

    /// Somebody of the unit who meets everything asked of a person.
    pub async fn person(&self, unit: &UnitPlace, name: &str, post: Post) -> PersonId {
        let app = &self.city.app;
        let id = PersonId(app.entropy.id(app.now()));
        let somebody = Person {
            id,
            unit_id: unit.id,
            unit_path: unit.path.clone(),
            details: PersonDetails {
                name: name.to_owned(),
                post,
                duty: String::new(),
                phone: None,
                since_on: None,
            },
            sort_key: name.to_owned(),
            left_on: None,
            revision: 1,
            created_at: app.now(),
            changed_at: app.now(),
        };
        let mut tx = app.db.write("test").await.unwrap();
        person::insert(&mut tx, &[somebody]).await.unwrap();
        jianjia_demo::testing::keep(app, tx).await;
        self.says(unit, Some(&id), everything(app)).await;
        id
    }

    pub async fn draft(&self, who: &Actor, unit: &UnitPlace, title: &str) -> ApplicationId {
        let input = DraftInput {
            year: 2016,
            title: title.to_owned(),
            story: "我们的家".to_owned(),
            ..DraftInput::default()
        };
        applications::draft(&self.city.app, who, &unit.id, &input)
            .await
            .unwrap()
    }

    /// Drafted and handed in by the unit's chair.
    pub async fn applied(&self, who: &Actor, unit: &UnitPlace, title: &str) -> Application {
        let id = self.draft(who, unit, title).await;
        let expected = self.now(&id).await;
        applications::submit(&self.city.app, who, &id, &expected)
            .await
            .unwrap()
    }

    /// What a page made just now expects.
    pub async fn now(&self, id: &ApplicationId) -> Expected {
        Expected {
            revision: self.read(id).await.revision,
            request_key: self.city.app.entropy.id(self.city.app.now()).to_string(),
        }
    }

    pub async fn read(&self, id: &ApplicationId) -> Application {
        let mut tx = self.city.app.db.read().await.unwrap();
        application::find(&mut tx, id).await.unwrap().unwrap()
    }

    pub async fn opinion(&self, id: &ApplicationId) -> OpinionInput {
        OpinionInput {
            opinion: "同意".to_owned(),
            expected: self.now(id).await,
        }
    }

    pub async fn endorsed(&self, id: &ApplicationId) -> Application {
        let input = self.opinion(id).await;
        reviews::endorse(&self.city.app, &self.local, id, &input)
            .await
            .unwrap()
    }

    /// The union's application for the model home, which its township endorsed: the district has it.
    pub async fn at_the_district(&self) -> ApplicationId {
        let id = self
            .applied(&self.chair, &self.union, "model-home")
            .await
            .id;
        self.endorsed(&id).await;
        id
    }

    /// The city gives the district places for the trusted home.
    pub async fn gives_places(&self, seen: i64, places: i64) {
        let input = PlaceInput {
            federation: self.district.id,
            title: "trusted-home".to_owned(),
            seen,
            places: places.to_string(),
        };
        recommendations::set_places(&self.city.app, &self.leader, 2016, &[input])
            .await
            .unwrap();
    }
}

/// Answers by which every criterion is met.
fn everything(app: &jianjia_app::core::app::App) -> BTreeMap<String, Value> {
    app.in_force()
        .facts
        .iter()
        .filter(|fact| fact.from.is_none())
        .map(|fact| {
            let value = match fact.kind {
                FactKind::Truth => json!(true),
                FactKind::Date => json!(Date::constant(2014, 5, 20).to_string()),
                FactKind::Choice => json!(fact.choices.last()),
                FactKind::Level => json!(fact.max.unwrap_or(5)),
                FactKind::Count | FactKind::Money => json!(200),
            };
            (fact.key.clone(), value)
        })
        .collect()
}
