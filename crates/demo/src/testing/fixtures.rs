//! What a union may already have when a story begins: people, an election, answers, activities, a rating, titles, vetoes.

use jianjia_domain::core::proof::Proof;
use std::collections::BTreeMap;

use jianjia_app::office::session as sessions;
use jianjia_domain::{
    core::{
        ids::{AccountId, ActivityId, ElectionId, HonourId, PersonId, StatementId, VetoId},
        place::UnitPlace,
        policy::{Actor, Role, RoleAt},
    },
    honour::honour::{Honour, HonourSource, HonourState},
    office::account::{Account, AccountState, NameSource},
    rating::count::Rating,
    register::{
        election::Election,
        person::{Person, PersonDetails, Post},
    },
    round::veto::Veto,
    year::{
        activity::Activity,
        statement::{Source, Statement},
        totals::RatingTotals,
    },
};
use jianjia_standard::{Standard, fact::FactKind, kinds::HonourLevel};
use jianjia_store::{
    honour::honour,
    office::account,
    rating::count as rating,
    register::{election, person},
    round::veto,
    year::{activity, statement as statements},
};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{TestCity, keep};

/// Answers by fact.
pub type Answers = BTreeMap<String, Value>;

/// Yes to every question that a title and those below it ask of a union, and the numbers given.
///
/// # Panics
/// When the standard has no such title.
pub fn yes_to_all(standard: &Standard, title: &str, numbers: &[(&str, i64)]) -> Answers {
    let title = standard.title(title).expect("a title of the standard");
    let mut answers = Answers::new();
    for tier in standard.chain(title) {
        for criterion in &tier.criteria {
            for name in criterion.check.facts() {
                let fact = standard.fact(&name.key).expect("a fact of the standard");
                if fact.kind == FactKind::Truth {
                    answers.insert(fact.key.clone(), json!(true));
                }
            }
        }
    }
    for (key, number) in numbers {
        answers.insert((*key).to_owned(), json!(number));
    }
    answers
}

impl TestCity {
    /// Somebody of a unit.
    ///
    /// # Panics
    /// When it can't be kept.
    pub async fn person(&self, unit: &UnitPlace, name: &str, post: Post) -> PersonId {
        let now = self.app.now();
        let id = PersonId(self.app.entropy.id(now));
        let made = Person {
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
            created_at: now,
            changed_at: now,
        };
        let mut tx = self.app.db.write("person").await.expect("a transaction");
        person::insert(&mut tx, &[made])
            .await
            .expect("the person is kept");
        keep(&self.app, tx).await;
        id
    }

    /// Somebody who signs in with a login and a password.
    ///
    /// # Panics
    /// When it can't be kept.
    pub async fn account(
        &self,
        login: &str,
        password: &str,
        name: &str,
        person: Option<PersonId>,
        roles: &[(Role, &UnitPlace)],
    ) -> Actor {
        let now = self.app.now();
        let roles: Vec<RoleAt> = roles
            .iter()
            .map(|(role, unit)| RoleAt {
                role: *role,
                unit: (*unit).clone(),
            })
            .collect();
        let made = Account {
            id: AccountId(self.app.entropy.id(now)),
            login: login.to_owned(),
            name: name.to_owned(),
            person,
            state: AccountState::Active,
            must_change: false,
            has_password: true,
            telephone: String::new(),
            mail: String::new(),
            name_source: NameSource::Given,
            created_at: now,
            roles: roles.clone(),
        };
        let hash = sessions::hash(&self.app, password).await.expect("a hash");
        let mut tx = self.app.db.write("account").await.expect("a transaction");
        account::insert(&mut tx, &made, name, &hash)
            .await
            .expect("the account is kept");
        keep(&self.app, tx).await;
        Actor {
            account: made.id,
            person,
            name: made.name,
            roles,
            proof: Proof::Password,
        }
    }

    /// The last election of a union's committee.
    ///
    /// # Panics
    /// When it can't be kept.
    pub async fn election(&self, unit: &UnitPlace, held_on: Date, term_years: i64, chair: &str) {
        let now = self.app.now();
        let held = Election {
            id: ElectionId(self.app.entropy.id(now)),
            unit_id: unit.id,
            unit_path: unit.path.clone(),
            held_on,
            term_years,
            chair_id: None,
            chair_name: chair.to_owned(),
            note: String::new(),
            recorded_by: None,
            recorded_at: now,
            removed_at: None,
        };
        let mut tx = self.app.db.write("election").await.expect("a transaction");
        election::insert(&mut tx, &held)
            .await
            .expect("the election is kept");
        keep(&self.app, tx).await;
    }

    /// What a union (or a person of it) said of a year.
    ///
    /// # Panics
    /// When it can't be kept.
    pub async fn said(
        &self,
        unit: &UnitPlace,
        person: Option<PersonId>,
        year: i16,
        answers: &Answers,
    ) {
        let now = self.app.now();
        let statement = Statement {
            id: StatementId(self.app.entropy.id(now)),
            unit: unit.id,
            unit_path: unit.path.clone(),
            person,
            year,
            source: Source::Union,
            facts: answers.clone(),
            said_by: None,
            said_by_name: String::new(),
            said_at: now,
            request_key: None,
        };
        let mut tx = self.app.db.write("statement").await.expect("a transaction");
        statements::insert(&mut tx, &[statement])
            .await
            .expect("the answers are kept");
        keep(&self.app, tx).await;
    }

    /// An activity on each of the days.
    ///
    /// # Panics
    /// When they can't be kept.
    pub async fn activities(&self, unit: &UnitPlace, days: &[Date]) {
        const PLENTY: [(&str, &str); 4] = [
            ("culture", "职工趣味运动会"),
            ("quality", "安全生产知识讲座"),
            ("hardship", "走访慰问困难职工"),
            ("skills", "岗位技能比武"),
        ];
        let now = self.app.now();
        let held: Vec<Activity> = days
            .iter()
            .zip(PLENTY.iter().cycle())
            .map(|(day, (kind, title))| Activity {
                id: ActivityId(self.app.entropy.id(now)),
                unit: unit.id,
                unit_path: unit.path.clone(),
                held_on: *day,
                kind: (*kind).to_owned(),
                title: (*title).to_owned(),
                participants: Some(60),
                note: String::new(),
                recorded_by: None,
                recorded_at: now,
                removed_at: None,
            })
            .collect();
        let mut tx = self.app.db.write("activity").await.expect("a transaction");
        activity::insert_many(&mut tx, &held)
            .await
            .expect("the activities are kept");
        keep(&self.app, tx).await;
    }

    /// The year's totals of the members' rating.
    ///
    /// # Panics
    /// When they can't be kept.
    pub async fn rated(&self, unit: &UnitPlace, year: i16, counts: RatingTotals) {
        let rated = Rating {
            unit: unit.id,
            unit_path: unit.path.clone(),
            year,
            counts,
            recorded_by: String::new(),
            recorded_by_name: String::new(),
            recorded_at: self.app.now(),
            note: String::new(),
        };
        let mut tx = self.app.db.write("rating").await.expect("a transaction");
        rating::record(&mut tx, &rated)
            .await
            .expect("the rating is kept");
        keep(&self.app, tx).await;
    }

    /// A title that a union (or a person of it) holds since a year.
    ///
    /// # Panics
    /// When it can't be kept.
    pub async fn holds(
        &self,
        unit: &UnitPlace,
        person: Option<(PersonId, &str)>,
        title: &str,
        year: i16,
        level: HonourLevel,
    ) {
        let now = self.app.now();
        let held = Honour {
            id: HonourId(self.app.entropy.id(now)),
            title: title.to_owned(),
            level,
            year,
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_kind: unit.kind,
            division: String::new(),
            holder_name: unit.name.clone(),
            holder_sort_key: unit.name.clone(),
            person: person.map(|(id, _)| id),
            person_name: person.map_or_else(String::new, |(_, name)| name.to_owned()),
            number: String::new(),
            begun_on: Date::new(year, 5, 1).expect("a day"),
            state: HonourState::InForce,
            reconfirmed: false,
            reconfirmed_by: None,
            source: HonourSource::Imported,
            named_by: None,
            application: None,
            batch: String::new(),
            revision: 1,
            recorded_at: now,
        };
        let mut tx = self.app.db.write("honour").await.expect("a transaction");
        honour::insert(&mut tx, &held)
            .await
            .expect("the title is kept");
        keep(&self.app, tx).await;
    }

    /// A title that the city gave in the autumn of 2016, to a union or to somebody of it, together with all others of these; not kept yet.
    ///
    /// # Panics
    /// Never: the day is one.
    pub fn title(&self, city: &UnitPlace, unit: &UnitPlace, title: &str, person: &str) -> Honour {
        let now = self.app.now();
        Honour {
            id: HonourId(self.app.entropy.id(now)),
            title: title.to_owned(),
            level: HonourLevel::City,
            year: 2016,
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_kind: unit.kind,
            division: String::new(),
            holder_name: unit.name.clone(),
            holder_sort_key: unit.name.clone(),
            person: (!person.is_empty()).then(|| PersonId(self.app.entropy.id(now))),
            person_name: person.to_owned(),
            number: format!("常试〔2016〕{}{title}号", unit.name),
            begun_on: Date::new(2016, 10, 1).expect("a day"),
            state: HonourState::InForce,
            reconfirmed: false,
            reconfirmed_by: None,
            source: HonourSource::Named,
            named_by: Some(city.id),
            application: None,
            batch: "b1".to_owned(),
            revision: 1,
            recorded_at: now,
        }
    }

    /// Keeps titles.
    ///
    /// # Panics
    /// When they can't be kept.
    pub async fn names(&self, titles: &[Honour]) {
        let mut tx = self.app.db.write("honour").await.expect("a transaction");
        honour::insert_many(&mut tx, titles)
            .await
            .expect("the titles are kept");
        keep(&self.app, tx).await;
    }

    /// A veto on a unit in a year.
    ///
    /// # Panics
    /// When it can't be kept.
    pub async fn vetoed(&self, unit: &UnitPlace, year: i16, clause: &str, source: &str) {
        let now = self.app.now();
        let recorded = Veto {
            id: VetoId(self.app.entropy.id(now)),
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_name: unit.name.clone(),
            year,
            clause: clause.to_owned(),
            source: source.to_owned(),
            note: String::new(),
            recorded_by: None,
            recorded_by_name: String::new(),
            recorded_at: now,
            entry: None,
            lifted: None,
        };
        let mut tx = self.app.db.write("veto").await.expect("a transaction");
        veto::record(&mut tx, &recorded)
            .await
            .expect("the veto is kept");
        keep(&self.app, tx).await;
    }
}
