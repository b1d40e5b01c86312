use jiff::{Timestamp, civil::date};
use uuid::Uuid;

use super::*;
use crate::{
    honour::honour::{self as honours, tests::honour},
    testing,
};

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
async fn holders_are_found_and_the_newest_word_on_what_came_of_it_counts_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let mut first = honour(1, "/1/2/3/", "甲厂工会");
        first.begun_on = date(2017, 3, 1);
        let mut second = honour(2, "/1/2/4/", "乙厂工会");
        second.begun_on = date(2016, 3, 1);
        let mut taken = honour(3, "/1/2/5/", "丙厂工会");
        taken.state = HonourState::Revoked;
        let elsewhere = honour(4, "/1/9/3/", "丁厂工会");
        for one in [&first, &second, &taken, &elsewhere] {
            honours::insert(&mut tx, one).await.unwrap();
        }
        let within = ["/1/2/".to_owned()];
        let titles = ["model-home".to_owned()];
        let found = held(&mut tx, &within, &titles, false).await.unwrap();
        let names: Vec<&str> = found.iter().map(|one| one.holder_name.as_str()).collect();
        assert_eq!(names, ["乙厂工会", "甲厂工会"]);
        assert_eq!(held(&mut tx, &within, &titles, true).await.unwrap(), []);
        assert_eq!(held(&mut tx, &within, &[], false).await.unwrap(), []);
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
