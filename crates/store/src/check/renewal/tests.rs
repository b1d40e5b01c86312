use jianjia_domain::{
    check::visit::{Colour, VisitState},
    core::ids::{AccountId, PersonId},
    honour::honour::HonourState,
};
use jiff::{Timestamp, civil::date};
use uuid::Uuid;

use super::*;
use crate::{
    check::{
        outcome::{self, tests::visit},
        visit as visits,
    },
    honour::honour::{self as honours, tests::honour},
    register::unit::change,
    testing,
};

#[tokio::test]
async fn a_title_is_due_until_somebody_looked_at_it_and_its_plaque_comes_back_once_on_both_engines()
{
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let first = honour(1, "/1/2/3/", "甲厂工会");
        let second = honour(2, "/1/2/4/", "乙厂工会");
        let mut young = honour(3, "/1/2/5/", "丙厂工会");
        young.year = 2018;
        let elsewhere = honour(4, "/1/9/3/", "丁厂工会");
        for one in [&first, &second, &young, &elsewhere] {
            honours::insert(&mut tx, one).await.unwrap();
        }
        let within = ["/1/2/".to_owned()];
        let cycles = [("model-home".to_owned(), 2016)];
        let all = DueFilter::default();
        for (title, name, expect) in [
            ("", "乙厂", vec!["乙厂工会"]),
            ("model-home", "工会", vec!["甲厂工会", "乙厂工会"]),
            ("trusted-home", "", vec![]),
            ("", "丁厂", vec![]),
            ("", "%", vec![]),
        ] {
            let filter = DueFilter {
                title: title.to_owned(),
                name: name.to_owned(),
            };
            let (found, total) = due(&mut tx, &within, (2016, &cycles), &filter, (9, 0))
                .await
                .unwrap();
            let names: Vec<&str> = found.iter().map(|due| due.holder_name.as_str()).collect();
            assert_eq!(
                (names, total),
                (expect.clone(), expect.len() as i64),
                "{name}"
            );
        }
        let (found, total) = due(&mut tx, &within, (2016, &cycles), &all, (1, 0))
            .await
            .unwrap();
        let told: Vec<(&str, i16)> = found
            .iter()
            .map(|due| (due.holder_name.as_str(), due.looked_in))
            .collect();
        assert_eq!((told, total), (vec![("甲厂工会", 2016)], 2));
        let renewal = Renewal {
            honour: first.id,
            year: 2018,
            note: "看过了".to_owned(),
            account: AccountId(Uuid::from_u128(9)),
            account_name: "区审批".to_owned(),
            at: Timestamp::from_second(1_530_000_000).unwrap(),
        };
        assert!(renew(&mut tx, &renewal).await.unwrap());
        assert!(!renew(&mut tx, &renewal).await.unwrap());
        let (found, total) = due(&mut tx, &within, (2016, &cycles), &all, (9, 0))
            .await
            .unwrap();
        assert_eq!((found[0].honour, total), (second.id, 1));
        assert_eq!(
            due(&mut tx, &within, (2016, &[]), &all, (9, 0))
                .await
                .unwrap(),
            (vec![], 0)
        );

        // A title that is taken is due to nobody; given back, it is again.
        for (revision, state, expect) in
            [(1, HonourState::Revoked, 0), (2, HonourState::InForce, 1)]
        {
            assert!(
                honours::set_state(&mut tx, &second.id, revision, state)
                    .await
                    .unwrap()
            );
            let (_, total) = due(&mut tx, &within, (2016, &cycles), &all, (9, 0))
                .await
                .unwrap();
            assert_eq!(total, expect, "{state:?}");
        }
        // A move takes them along.
        change::move_subtree(&mut tx, "/1/2/4/", "/1/9/4/")
            .await
            .unwrap();
        for (place, expect) in [("/1/2/", 0), ("/1/9/", 2)] {
            let (_, total) = due(&mut tx, &[place.to_owned()], (2016, &cycles), &all, (9, 0))
                .await
                .unwrap();
            assert_eq!(total, expect, "{place}");
        }

        let days = (date(2018, 3, 1), date(2018, 3, 31));
        let of = (&second.id, &second.unit, second.unit_path.as_str());
        assert!(ask_plaque(&mut tx, of, days, "市领导").await.unwrap());
        assert!(!ask_plaque(&mut tx, of, days, "市领导").await.unwrap());
        let (out, total) = plaques(&mut tx, &within, (9, 0)).await.unwrap();
        assert_eq!((out.len(), total, out[0].returned_on), (1, 1, None));
        let after = plaques(&mut tx, &within, (9, 1)).await.unwrap();
        assert_eq!(after, (vec![], 1));
        let day = date(2018, 3, 20);
        assert!(
            return_plaque(&mut tx, &second.id, day, "区审核")
                .await
                .unwrap()
        );
        assert!(
            !return_plaque(&mut tx, &second.id, day, "区审核")
                .await
                .unwrap()
        );
        let back = plaque(&mut tx, &second.id).await.unwrap().unwrap();
        assert_eq!(
            (back.returned_on, back.returned_by_name.as_str()),
            (Some(day), "区审核")
        );
        assert_eq!(plaque(&mut tx, &first.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_visit_that_was_not_red_is_a_look_at_the_units_titles_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let title = honour(1, "/1/2/3/", "甲厂工会");
        honours::insert(&mut tx, &title).await.unwrap();
        let of_person = {
            let mut of_person = honour(2, "/1/2/3/", "甲厂工会");
            of_person.unit = title.unit;
            of_person.person = Some(PersonId(Uuid::from_u128(7)));
            of_person
        };
        honours::insert(&mut tx, &of_person).await.unwrap();
        let cycles = [("model-home".to_owned(), 2017)];
        let visited = [visit(1, 1_001, 2017), visit(2, 1_001, 2018)];
        visits::insert(&mut tx, &visited).await.unwrap();
        // Red at first; the decision afterwards makes it amber. A person's title is not looked at by a visit of the home.
        for (visit, from, to, colour, expect) in [
            (0, VisitState::Drawn, VisitState::Closed, Colour::Green, 2),
            (1, VisitState::Drawn, VisitState::Hearing, Colour::Red, 2),
            (1, VisitState::Hearing, VisitState::Closed, Colour::Amber, 1),
        ] {
            let id = &visited[visit].id;
            assert!(
                outcome::move_on(&mut tx, id, from, to, Some(colour))
                    .await
                    .unwrap()
            );
            let within = ["/1/".to_owned()];
            let all = DueFilter::default();
            let (found, total) = due(&mut tx, &within, (2016, &cycles), &all, (9, 0))
                .await
                .unwrap();
            assert_eq!((found.len(), total), (expect, expect as i64), "{colour:?}");
        }
    }
}
