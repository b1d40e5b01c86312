use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        ids::{AccountId, ElectionId, HonourId, StatementId},
        place::UnitPlace,
    },
    honour::honour::{Honour, HonourState},
    year::statement::{Source, Statement},
};
use jiff::{Timestamp, civil::date};
use uuid::Uuid;

use super::*;
use crate::{
    core::bulk::{self, Value},
    honour::honour,
    register::{election, unit},
    testing,
    year::statement,
};

fn id(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(number))
}

fn person_id(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

/// The city (1), a district (2) with two unions (3, 4), and the chair (30) of the first.
async fn register(tx: &mut Tx) {
    let columns = [
        "id",
        "number",
        "kind",
        "path",
        "name",
        "sort_key",
        "workers",
        "employer",
        "founded_on",
        "created_at",
        "changed_at",
    ];
    let rows = [
        (1, "city", "/1/"),
        (2, "district", "/1/2/"),
        (3, "grassroots", "/1/2/3/"),
        (4, "grassroots", "/1/2/4/"),
    ]
    .map(|(number, kind, path)| {
        vec![
            id(number).to_string().into(),
            Value::Number(number as i64),
            kind.into(),
            path.into(),
            format!("第{number}工会").into(),
            "".into(),
            Value::Number(100),
            "enterprise".into(),
            "2010-05-01".into(),
            "".into(),
            "".into(),
        ]
    });
    bulk::insert(tx, "unit", &columns, rows.into())
        .await
        .unwrap();
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "name",
        "sort_key",
        "post",
        "left_on",
        "created_at",
        "changed_at",
    ];
    let rows = [(30, None), (31, Some("2016-01-01".to_owned()))].map(|(number, left_on)| {
        vec![
            person_id(number).to_string().into(),
            id(3).to_string().into(),
            "/1/2/3/".into(),
            "张三".into(),
            "".into(),
            "chair".into(),
            Value::from(left_on),
            "".into(),
            "".into(),
        ]
    });
    bulk::insert(tx, "person", &columns, rows.into())
        .await
        .unwrap();
}

#[tokio::test]
async fn units_are_read_many_at_once_and_who_left_is_left_out_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        register(&mut tx).await;
        let mut found = units(&mut tx, &[id(4), id(3), id(9)]).await.unwrap();
        found.sort_by_key(|facts| facts.id);
        let read: Vec<(UnitId, &str, Option<i64>)> = found
            .iter()
            .map(|facts| (facts.id, facts.path.as_str(), facts.workers))
            .collect();
        assert_eq!(
            read,
            [(id(3), "/1/2/3/", Some(100)), (id(4), "/1/2/4/", Some(100))]
        );
        assert_eq!(units(&mut tx, &[]).await.unwrap().len(), 0);
        let one = unit(&mut tx, &id(3)).await.unwrap().unwrap();
        assert_eq!(found.first(), Some(&one));
        assert_eq!(one.employer, Some(Employer::Enterprise));
        assert_eq!(one.founded_on, Some(date(2010, 5, 1)));
        let left = person(&mut tx, &id(3), &person_id(31)).await.unwrap();
        assert_eq!(left, None);
        let chair = person(&mut tx, &id(3), &person_id(30)).await.unwrap();
        assert_eq!(chair.map(|chair| chair.post), Some(Post::Chair));
        let elsewhere = person(&mut tx, &id(4), &person_id(30)).await.unwrap();
        assert_eq!(elsewhere, None);
        let kinds = |mut places: Vec<UnitPlace>| -> Vec<UnitKind> {
            places.sort_by_key(|place| std::cmp::Reverse(place.path.len()));
            places.into_iter().map(|place| place.kind).collect()
        };
        let above = unit::above(&mut tx, "/1/2/3/").await.unwrap();
        assert_eq!(kinds(above), [UnitKind::District, UnitKind::City]);
        assert_eq!(kinds(unit::above(&mut tx, "/1/").await.unwrap()), []);
        let places = unit::places(&mut tx, &[id(3), id(1)]).await.unwrap();
        assert_eq!(kinds(places), [UnitKind::Grassroots, UnitKind::City]);
    }
}

#[tokio::test]
async fn elections_that_stand_are_read_up_to_a_day_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        for (number, unit, held_on) in [
            (1, 3, date(2012, 5, 1)),
            (2, 3, date(2015, 5, 1)),
            (3, 3, date(2016, 5, 1)),
            (4, 4, date(2011, 5, 1)),
        ] {
            let columns = [
                "id",
                "unit_id",
                "unit_path",
                "held_on",
                "term_years",
                "recorded_at",
            ];
            let row = vec![
                ElectionId(Uuid::from_u128(number)).to_string().into(),
                id(unit).to_string().into(),
                "".into(),
                held_on.to_string().into(),
                Value::Number(number as i64),
                "".into(),
            ];
            bulk::insert(&mut tx, "election", &columns, vec![row])
                .await
                .unwrap();
        }
        let both = [id(3), id(4)];
        let day = date(2016, 1, 1);
        let found = elections(&mut tx, &both, day).await.unwrap();
        let expect = [
            (id(3), vec![(date(2012, 5, 1), 1), (date(2015, 5, 1), 2)]),
            (id(4), vec![(date(2011, 5, 1), 4)]),
        ];
        assert_eq!(found, HashMap::from(expect));
        let by = AccountId(Uuid::from_u128(1));
        let second = ElectionId(Uuid::from_u128(2));
        let at = Timestamp::UNIX_EPOCH;
        assert!(
            election::remove(&mut tx, &id(3), &second, &by, at)
                .await
                .unwrap()
        );
        let found = elections(&mut tx, &both, date(2011, 4, 30)).await;
        assert!(found.unwrap().is_empty());
        let found = elections(&mut tx, &[id(3)], day).await.unwrap();
        assert_eq!(found[&id(3)], [(date(2012, 5, 1), 1)]);
    }
}

#[tokio::test]
async fn titles_and_vetoes_are_those_of_each_holder_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let mine = honour::tests::honour(1, "/1/2/3/", "甲");
        let unit = mine.unit;
        let of_person = Honour {
            id: HonourId(Uuid::from_u128(2)),
            person: Some(person_id(30)),
            number: "二".to_owned(),
            ..mine.clone()
        };
        let revoked = Honour {
            id: HonourId(Uuid::from_u128(3)),
            state: HonourState::Revoked,
            number: "三".to_owned(),
            ..mine.clone()
        };
        let all = [mine.clone(), of_person, revoked];
        honour::insert_many(&mut tx, &all).await.unwrap();
        let held = vec![HeldTitle {
            title: "model-home".to_owned(),
            year: 2016,
            level: Some(mine.level),
            reconfirmed: false,
        }];
        let day = date(2016, 12, 1);
        let held: Vec<(Date, HeldTitle)> = held
            .into_iter()
            .map(|title| (mine.begun_on, title))
            .collect();
        let found = titles(&mut tx, &[unit, id(4)], day).await.unwrap();
        assert_eq!(found, HashMap::from([(unit, held.clone())]));
        let before = titles(&mut tx, &[unit], date(2016, 11, 30)).await;
        assert_eq!(before.unwrap(), HashMap::new());
        let asked = [person_id(30), person_id(31)];
        let found = titles_of_people(&mut tx, &asked, day).await;
        assert_eq!(found.unwrap(), HashMap::from([(person_id(30), held)]));
        let having = honour::having(&mut tx, "model-home", 2016, &[unit], &[person_id(30)]).await;
        assert_eq!(
            having.unwrap(),
            [
                (unit, None, mine.number.clone()),
                (unit, Some(person_id(30)), "二".to_owned())
            ]
        );
        for (title, first_year) in [("model-home", 2017), ("trusted-home", 2016)] {
            let none = honour::having(&mut tx, title, first_year, &[unit], &[]).await;
            assert_eq!(none.unwrap(), []);
        }
        let columns = [
            "id",
            "unit_id",
            "unit_path",
            "unit_name",
            "year",
            "clause",
            "source",
            "recorded_by",
            "recorded_at",
            "lifted_at",
        ];
        let rows = [
            (1, 3, "V2", None),
            (2, 3, "V1", None),
            (3, 4, "V1", Some("2016-09-01T00:00:00Z".to_owned())),
        ]
        .map(|(number, unit, clause, lifted_at)| {
            vec![
                format!("v{number}").into(),
                id(unit).to_string().into(),
                "".into(),
                "".into(),
                Value::Number(2016),
                clause.into(),
                "".into(),
                "".into(),
                "".into(),
                Value::from(lifted_at),
            ]
        });
        bulk::insert(&mut tx, "veto", &columns, rows.into())
            .await
            .unwrap();
        let state = |clause: &str| VetoState {
            clause: clause.to_owned(),
            year: 2016,
        };
        assert_eq!(
            vetoes(&mut tx, &[id(3), id(4)]).await.unwrap(),
            HashMap::from([(id(3), vec![state("V1"), state("V2")])])
        );
    }
}

#[tokio::test]
async fn facts_and_activities_are_told_apart_by_holder_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let said =
            |number: u128, unit: u128, person: Option<u128>, year: i16, workers: i64| Statement {
                id: StatementId(Uuid::from_u128(number)),
                unit: id(unit),
                unit_path: String::new(),
                person: person.map(person_id),
                year,
                source: Source::Union,
                facts: BTreeMap::from([("workers".to_owned(), workers.into())]),
                said_by: None,
                said_by_name: String::new(),
                said_at: Timestamp::UNIX_EPOCH,
                request_key: None,
            };
        let all = [
            said(1, 3, None, 2016, 10),
            said(2, 3, None, 2016, 20),
            said(3, 3, Some(30), 2016, 30),
            said(4, 3, None, 2015, 40),
            said(5, 4, None, 2016, 50),
            said(6, 3, Some(31), 2016, 60),
        ];
        statement::insert(&mut tx, &all).await.unwrap();
        let asked = [id(3), id(4), id(5)];
        let found = statement::facts_of_units(&mut tx, &asked, 2016)
            .await
            .unwrap();
        let mut expect = HashMap::new();
        for unit in [3, 4] {
            let facts = statement::facts_of(&mut tx, &id(unit), None, 2016).await;
            expect.insert(id(unit), facts.unwrap());
        }
        assert_eq!(found, expect);
        let found = statement::facts_of_people(&mut tx, &asked, 2016)
            .await
            .unwrap();
        let mut expect = HashMap::new();
        for person in [30, 31].map(person_id) {
            let facts = statement::facts_of(&mut tx, &id(3), Some(&person), 2016).await;
            expect.insert((id(3), person), facts.unwrap());
        }
        assert_eq!(found, expect);
        let columns = [
            "id",
            "unit_id",
            "unit_path",
            "held_on",
            "kind",
            "title",
            "recorded_at",
            "removed_at",
        ];
        let rows = [
            (1, 3, "2016-05-01", None),
            (2, 3, "2016-03-01", None),
            (3, 3, "2016-04-01", Some("x".to_owned())),
            (4, 4, "2010-04-01", None),
            (5, 5, "2017-04-01", None),
        ]
        .map(|(number, unit, held_on, removed_at)| {
            vec![
                format!("a{number}").into(),
                id(unit).to_string().into(),
                "".into(),
                held_on.into(),
                "culture".into(),
                "".into(),
                "".into(),
                Value::from(removed_at),
            ]
        });
        bulk::insert(&mut tx, "activity", &columns, rows.into())
            .await
            .unwrap();
        let found = activities(&mut tx, &asked, date(2015, 10, 1), date(2016, 12, 31)).await;
        let on = |month| Activity {
            on: date(2016, month, 1),
            kind: "culture".to_owned(),
        };
        assert_eq!(
            found.unwrap(),
            HashMap::from([
                (
                    id(3),
                    Log {
                        first_on: date(2016, 3, 1),
                        activities: vec![on(3), on(5)],
                    }
                ),
                (
                    id(4),
                    Log {
                        first_on: date(2010, 4, 1),
                        activities: Vec::new(),
                    }
                )
            ]),
            "who logged nothing up to the day isn't known"
        );
    }
}
