//! Elections and people.

use jianjia_app::register::{election as elections, person as people, unit as units};
use jianjia_domain::{
    core::policy::Role,
    register::{election::ElectionForm, person::PersonForm},
};
use jianjia_store::register::election;
use jiff::civil::date;

use crate::{key, places};

#[tokio::test]
async fn the_newest_election_that_counts_tells_when_the_term_ends() {
    for place in places().await {
        let app = &place.city.app;
        let chair = place
            .city
            .actor("主席", &[(Role::Chair, &place.mill)])
            .await;
        let id = &place.mill.id;
        let record = |held_on: &'static str, years: &'static str| {
            let form = ElectionForm {
                held_on: held_on.to_owned(),
                term_years: years.to_owned(),
                ..ElectionForm::default()
            };
            let chair = &chair;
            async move { elections::create(app, chair, id, &form).await }
        };
        assert_eq!(
            key(record("2014-05-20", "4").await),
            "term_years:election/term"
        );
        assert_eq!(
            key(record("2008-05-20", "3").await),
            "held_on:election/before-founding"
        );
        record("2011-05-20", "3").await.unwrap();
        let wrong = record("2014-05-20", "5").await.unwrap();
        assert_eq!(
            key(record("2014-05-20", "5").await),
            "held_on:election/already-there"
        );
        let newest = async || {
            let mut tx = app.db.read().await.unwrap();
            election::newest(&mut tx, id).await.unwrap().unwrap()
        };
        assert_eq!(newest().await.term_ends_on(), Some(date(2019, 5, 20)));
        elections::remove(app, &chair, id, &wrong).await.unwrap();
        assert_eq!(
            key(elections::remove(app, &chair, id, &wrong).await),
            "election/removed"
        );
        assert_eq!(newest().await.held_on, date(2011, 5, 20));
    }
}

#[tokio::test]
async fn the_newest_election_changes_who_is_chair_and_an_earlier_one_does_not() {
    for place in places().await {
        let app = &place.city.app;
        let clerk = place
            .city
            .actor("经办", &[(Role::Clerk, &place.mill)])
            .await;
        let id = &place.mill.id;
        let old = PersonForm {
            name: "王芳".to_owned(),
            post: "chair".to_owned(),
            since_on: "2011-05-20".to_owned(),
            ..PersonForm::default()
        };
        let old = people::create(app, &clerk, id, &old).await.unwrap();
        let election = |held_on: &str, chair: &str, new_chair: &str, former: &str| ElectionForm {
            held_on: held_on.to_owned(),
            term_years: "3".to_owned(),
            chair: chair.to_owned(),
            new_chair: new_chair.to_owned(),
            former: former.to_owned(),
            ..ElectionForm::default()
        };
        let record = async |form: ElectionForm| elections::create(app, &clerk, id, &form).await;
        let people_now = async || -> Vec<(String, &'static str, Option<jiff::civil::Date>)> {
            let view = units::find(app, &clerk, id).await.unwrap();
            let people = view.people.into_iter();
            people
                .map(|person| {
                    (
                        person.details.name,
                        person.details.post.key(),
                        person.left_on,
                    )
                })
                .collect()
        };

        let before = people_now().await;
        let refused = [
            (
                election("2014-05-20", "", "李静", ""),
                "former:election/former-open",
            ),
            (
                election("2014-05-20", &old.to_string(), "李静", ""),
                "new_chair:election/two-chairs",
            ),
            (
                election("2014-05-20", "", "李静等", "leaves"),
                "new_chair:person/not-one-person",
            ),
            (
                election("2014-05-20", "", "王芳", "stays"),
                "new_chair:person/already-there",
            ),
        ];
        for (form, told) in refused {
            assert_eq!(key(record(form).await), told);
        }
        assert_eq!(people_now().await, before);

        // The same chair again: nothing to say of a former one.
        record(election("2012-05-20", &old.to_string(), "", ""))
            .await
            .unwrap();
        assert_eq!(people_now().await, before);
        record(election("2014-05-20", "", "李静", "stays"))
            .await
            .unwrap();
        assert_eq!(
            people_now().await,
            [
                ("李静".to_owned(), "chair", None),
                ("王芳".to_owned(), "worker", None)
            ]
        );
        // One of the past is recorded, and the chair stays.
        assert_eq!(
            key(record(election("2013-05-20", "", "周敏", "leaves")).await),
            "new_chair:election/of-the-past"
        );
        record(election("2013-05-20", &old.to_string(), "", ""))
            .await
            .unwrap();
        record(election("2016-10-10", &old.to_string(), "", "leaves"))
            .await
            .unwrap();
        assert_eq!(
            people_now().await,
            [
                ("王芳".to_owned(), "chair", None),
                ("李静".to_owned(), "chair", Some(date(2016, 10, 10))),
            ]
        );
        let view = units::find(app, &clerk, id).await.unwrap();
        assert_eq!(view.elections.len(), 4);
        let head = view.head.expect("a chair");
        assert_eq!(head.details.since_on, Some(date(2016, 10, 10)));
    }
}

#[tokio::test]
async fn a_unit_has_one_chair_and_who_left_stays_in_the_record() {
    for place in places().await {
        let app = &place.city.app;
        let clerk = place
            .city
            .actor("经办", &[(Role::Clerk, &place.mill)])
            .await;
        let id = &place.mill.id;
        let form = |name: &str, post: &str, phone: &str| PersonForm {
            name: name.to_owned(),
            post: post.to_owned(),
            phone: phone.to_owned(),
            since_on: "2014-05-20".to_owned(),
            ..PersonForm::default()
        };
        let old = people::create(app, &clerk, id, &form("王芳", "chair", ""))
            .await
            .unwrap();
        assert_eq!(
            key(people::create(app, &clerk, id, &form("李静", "chair", "")).await),
            "post:person/chair-taken"
        );
        assert_eq!(
            key(people::create(app, &clerk, id, &form("王芳", "worker", "")).await),
            "name:person/already-there"
        );
        people::create(app, &clerk, id, &form("王芳", "worker", "13861012345"))
            .await
            .unwrap();
        assert_eq!(
            key(people::leave(app, &clerk, id, &old, "2013-01-01", 1).await),
            "left_on:person/left-before-since"
        );
        assert_eq!(
            key(people::leave(app, &clerk, id, &old, "2016-10-01", 7).await),
            "stale"
        );
        people::leave(app, &clerk, id, &old, "2016-10-01", 1)
            .await
            .unwrap();
        people::create(app, &clerk, id, &form("李静", "主席", ""))
            .await
            .unwrap();
        assert_eq!(
            key(people::edit(app, &clerk, id, &old, &form("王芳", "worker", ""), 2).await),
            "person/has-left"
        );
        let view = units::find(app, &clerk, id).await.unwrap();
        let people: Vec<(&str, bool)> = view
            .people
            .iter()
            .map(|person| (person.details.name.as_str(), person.left_on.is_some()))
            .collect();
        assert_eq!(people, [("李静", false), ("王芳", false), ("王芳", true)]);
        assert_eq!(
            view.head.map(|head| head.details.name),
            Some("李静".to_owned())
        );
        // A person of another union can't be reached through this one.
        assert_eq!(
            key(people::find(app, &place.administrator, &place.bakery.id, &old).await),
            "not-found"
        );
    }
}
