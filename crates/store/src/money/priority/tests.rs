use jianjia_domain::{
    core::{ids::PersonId, place::UnitKind},
    honour::honour::Honour,
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use uuid::Uuid;

use super::*;
use crate::{
    honour::honour::{self as honours, tests::honour},
    testing,
};

async fn unit(tx: &mut Tx, of: &Honour, state: &str) {
    sqlx::query(
        "INSERT INTO unit (id, number, path, kind, name, sort_key, state, members, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $5, $6, 40, '', '')",
    )
    .bind(of.unit.to_string())
    .bind(i64::try_from(of.unit.0.as_u128()).unwrap())
    .bind(of.unit_path.clone())
    .bind(of.unit_kind.key())
    .bind(format!("今{}", of.holder_name))
    .bind(state.to_owned())
    .execute(&mut **tx)
    .await
    .unwrap();
}

async fn veto(tx: &mut Tx, of: &Honour, year: i64) {
    sqlx::query(
        "INSERT INTO veto (id, unit_id, unit_path, unit_name, year, clause, source, recorded_by, recorded_by_name, recorded_at)
         VALUES ($1, $1, $2, '', $3, 'V1', '', '', '', '')",
    )
    .bind(of.unit.to_string())
    .bind(of.unit_path.clone())
    .bind(year)
    .execute(&mut **tx)
    .await
    .unwrap();
}

#[tokio::test]
async fn titles_in_force_are_held_by_units_that_still_are_and_counted_once_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let one = |number, path: &str, name: &str, begun_on: Date| Honour {
            begun_on,
            ..honour(number, path, name)
        };
        let first = one(1, "/1/2/3/", "甲厂工会", date(2017, 3, 1));
        let second = one(2, "/1/2/4/", "乙厂工会", date(2016, 3, 1));
        let again = Honour {
            unit: second.unit,
            year: 2017,
            ..one(3, "/1/2/4/", "乙厂工会", date(2017, 3, 1))
        };
        let revoked = Honour {
            state: HonourState::Revoked,
            ..one(4, "/1/2/5/", "丙厂工会", date(2016, 3, 1))
        };
        let elsewhere = one(5, "/1/9/3/", "丁厂工会", date(2016, 3, 1));
        let closed = one(6, "/1/2/6/", "戊厂工会", date(2016, 3, 1));
        let branch = Honour {
            unit_kind: UnitKind::Branch,
            ..one(7, "/1/2/3/7/", "甲厂分工会", date(2018, 3, 1))
        };
        let person = Honour {
            person: Some(PersonId(Uuid::from_u128(77))),
            person_name: "王秀英".to_owned(),
            unit: first.unit,
            ..one(8, "/1/2/3/", "甲厂工会", date(2018, 3, 1))
        };
        let all = [
            &first, &second, &again, &revoked, &elsewhere, &closed, &branch, &person,
        ];
        for honour in all {
            honours::insert(&mut tx, honour).await.unwrap();
        }
        for (of, state) in [
            (&first, "active"),
            (&second, "active"),
            (&revoked, "active"),
            (&elsewhere, "active"),
            (&closed, "closed"),
            (&branch, "active"),
        ] {
            unit(&mut tx, of, state).await;
        }
        let (within, titles) = (["/1/2/".to_owned()], ["model-home".to_owned()]);
        let filter = HeldFilter {
            within: &within,
            titles: &titles,
            of_people: false,
            on: date(2018, 12, 31),
            barred_in: None,
        };
        let ids = |found: Vec<Held>| -> Vec<u128> {
            let found = found.iter();
            found.map(|held| held.honour.0.as_u128()).collect()
        };
        let found = held(&mut tx, &filter).await.unwrap();
        assert_eq!(found[0].unit_name, "今乙厂工会", "as the register calls it");
        assert_eq!(found[0].members, Some(40));
        assert_eq!(ids(found), [2, 1, 3, 7]);
        assert_eq!(count_held(&mut tx, &filter).await.unwrap(), 3);
        let by_2017 = HeldFilter {
            on: date(2017, 12, 31),
            ..filter
        };
        assert_eq!(count_held(&mut tx, &by_2017).await.unwrap(), 2);
        let of_people = HeldFilter {
            of_people: true,
            ..filter
        };
        let found = held(&mut tx, &of_people).await.unwrap();
        assert_eq!((found[0].person, found[0].post), (person.person, None));
        assert_eq!(ids(found), [8]);
        let of_none = HeldFilter {
            titles: &[],
            ..filter
        };
        assert_eq!(held(&mut tx, &of_none).await.unwrap(), []);

        veto(&mut tx, &second, 2018).await;
        veto(&mut tx, &first, 2017).await;
        let barred = HeldFilter {
            barred_in: Some(2018),
            ..filter
        };
        let found = held(&mut tx, &barred).await.unwrap();
        assert_eq!(ids(found), [2, 3, 7], "of 2018 alone, and every branch");
        assert_eq!(count_held(&mut tx, &barred).await.unwrap(), 2);
        let bars = bars(&mut tx, &within, 2018).await.unwrap();
        let expected = ("/1/2/4/".to_owned(), UnitKind::Grassroots, "V1".to_owned());
        assert_eq!(bars.vetoes, [expected]);
    }
}

fn forward(number: u128, of: &Honour, year: i16) -> Forward {
    Forward {
        id: ForwardId(Uuid::from_u128(number)),
        year,
        honour: "labour-award".to_owned(),
        title_held: of.id,
        title_state: HonourState::InForce,
        title: of.title.clone(),
        unit: of.unit,
        unit_path: of.unit_path.clone(),
        unit_name: of.holder_name.clone(),
        person: None,
        person_name: String::new(),
        place: 1,
        of: 2,
        passed_over: 0,
        reason: String::new(),
        by: AccountId(Uuid::from_u128(7)),
        by_name: "市审批".to_owned(),
        at: Timestamp::from_second(1_524_000_000).unwrap(),
        came: None,
    }
}

#[tokio::test]
async fn the_newest_word_on_what_came_of_who_was_put_forward_counts_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let first = honour(1, "/1/2/3/", "甲厂工会");
        honours::insert(&mut tx, &first).await.unwrap();
        let within = ["/1/2/".to_owned()];
        assert_eq!(bars(&mut tx, &within, 2018).await.unwrap(), Bars::default());

        let put = forward(1, &first, 2018);
        assert!(insert(&mut tx, std::slice::from_ref(&put)).await.unwrap());
        let again = forward(2, &first, 2018);
        assert!(!insert(&mut tx, &[again]).await.unwrap());
        let next = forward(3, &first, 2019);
        assert!(insert(&mut tx, std::slice::from_ref(&next)).await.unwrap());
        let said = |outcome, day: i8| Came {
            outcome,
            on: date(2018, 5, day),
            document_number: "常工发〔2018〕9号".to_owned(),
            note: String::new(),
            by_name: "市审批".to_owned(),
            at: put.at,
        };
        for (id, came_of_it) in [
            ("01", said(Outcome::NotAwarded, 1)),
            ("02", said(Outcome::Awarded, 2)),
        ] {
            came(&mut tx, id, &put.id, &came_of_it, &put.by)
                .await
                .unwrap();
        }
        let found = find(&mut tx, &put.id).await.unwrap().unwrap();
        assert_eq!(
            found,
            Forward {
                came: Some(said(Outcome::Awarded, 2)),
                ..put.clone()
            }
        );
        let all = outcomes(&mut tx, &put.id).await.unwrap();
        assert_eq!(
            all,
            [said(Outcome::Awarded, 2), said(Outcome::NotAwarded, 1)]
        );
        let listed = |list: Vec<Forward>| -> Vec<(i16, Outcome)> {
            let list = list.iter();
            list.map(|one| (one.year, one.outcome())).collect()
        };
        let of_honour = forwards(&mut tx, &within, "labour-award").await.unwrap();
        assert_eq!(
            listed(of_honour),
            [(2019, Outcome::Waiting), (2018, Outcome::Awarded)]
        );
        assert_eq!(forwards(&mut tx, &within, "other").await.unwrap(), []);
        let far = ["/1/9/".to_owned()];
        assert_eq!(forwards(&mut tx, &far, "").await.unwrap(), []);
        let none = ForwardId(Uuid::from_u128(99));
        assert_eq!(find(&mut tx, &none).await.unwrap(), None);
    }
}
