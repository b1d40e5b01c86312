use jianjia_domain::{
    amending::{
        amendment::Checked,
        edition::{Edition, EditionState},
    },
    core::ids::{PersonId, UnitId},
};
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::*;
use crate::{amending::edition, testing};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn amendment(number: u128) -> Amendment {
    Amendment {
        id: AmendmentId(Uuid::from_u128(number)),
        name: format!("第 {number} 版"),
        reason: "提高满意度".to_owned(),
        state: AmendmentState::Checked,
        base: "old".to_owned(),
        origin: Origin::Upload,
        origin_id: String::new(),
        made_by: AccountId(Uuid::from_u128(1)),
        made_by_name: "甲".to_owned(),
        made_at: at(1),
        changed_at: at(1),
        revision: 1,
        checked: Checked {
            version: format!("new-{number}"),
            key: "plan".to_owned(),
            first_year: 2016,
            last_year: 2020,
            ..Checked::default()
        },
        proposal: None,
    }
}

fn files(standard: &str) -> Files {
    Files {
        standard_toml: standard.to_owned(),
        facts_toml: "facts".to_owned(),
        cases: [("cases/a.jsonl".to_owned(), "{}".to_owned())].into(),
    }
}

fn edition(number: u128, from_on: Date) -> Edition {
    Edition {
        amendment: AmendmentId(Uuid::from_u128(number)),
        name: format!("第 {number} 版"),
        version: format!("new-{number}"),
        key: "plan".to_owned(),
        from_year: 2017,
        last_year: 2020,
        from_on,
        state: EditionState::Waiting,
        proposed_by_name: "甲".to_owned(),
        confirmed_by: AccountId(Uuid::from_u128(2)),
        confirmed_by_name: "乙".to_owned(),
        confirmed_at: at(10 + i64::try_from(number).unwrap()),
        ended_at: None,
        reason: String::new(),
    }
}

#[tokio::test]
async fn a_version_is_kept_with_its_files_and_changed_by_who_saw_the_newest_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let mut one = amendment(1);
        insert(&mut tx, &one, &files("first"), "key").await.unwrap();
        insert(&mut tx, &amendment(2), &files("other"), "")
            .await
            .unwrap();
        assert_eq!(find(&mut tx, &one.id).await.unwrap(), Some(one.clone()));
        let again = of_request(&mut tx, &one.made_by, "key").await.unwrap();
        assert_eq!(again, Some(one.id));
        // Forms without a key are never one.
        assert_eq!(of_request(&mut tx, &one.made_by, "").await.unwrap(), None);
        keep_files(&mut tx, &one.id, &files("second"))
            .await
            .unwrap();
        let kept = super::files(&mut tx, &one.id).await.unwrap();
        assert_eq!(kept, files("second"));
        one.state = AmendmentState::Proposed;
        one.revision = 2;
        one.proposal = Some(Proposal {
            from_year: 2017,
            from_on: date(2017, 3, 1),
            by: AccountId(Uuid::from_u128(1)),
            by_person: None,
            by_name: "甲".to_owned(),
            at: at(3),
        });
        assert!(update(&mut tx, &one).await.unwrap());
        assert!(
            !update(&mut tx, &one).await.unwrap(),
            "it was changed since"
        );
        assert_eq!(find(&mut tx, &one.id).await.unwrap(), Some(one.clone()));
        let names = |(found, total): (Vec<Amendment>, i64)| {
            let names: Vec<String> = found.into_iter().map(|one| one.name).collect();
            (names, total)
        };
        let all = list(&mut tx, None, (1, 0)).await.unwrap();
        assert_eq!(names(all), (vec!["第 2 版".to_owned()], 2));
        let proposed = Some(AmendmentState::Proposed);
        let proposed = list(&mut tx, proposed, (10, 0)).await.unwrap();
        assert_eq!(names(proposed), (vec!["第 1 版".to_owned()], 1));
        let event = Event {
            deed: Deed::ProposeAmendment,
            note: "2017".to_owned(),
            by_name: "甲".to_owned(),
            at: at(3),
        };
        note(&mut tx, &one.id, "e1", &event).await.unwrap();
        assert_eq!(history(&mut tx, &one.id).await.unwrap(), [event]);
    }
}

#[tokio::test]
async fn an_edition_ends_its_waiting_once_and_the_newest_goes_first_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        for (number, day) in [(1, date(2017, 3, 1)), (2, date(2017, 2, 1))] {
            let one = amendment(number);
            insert(&mut tx, &one, &files("x"), "").await.unwrap();
            edition::insert(&mut tx, &edition(number, day))
                .await
                .unwrap();
        }
        let ids = |editions: Vec<Edition>| -> Vec<String> {
            editions.into_iter().map(|one| one.name).collect()
        };
        let waiting = edition::waiting(&mut tx).await.unwrap();
        assert_eq!(ids(waiting), ["第 2 版", "第 1 版"]);
        let glance = edition::glance(&mut tx, date(2017, 1, 31)).await.unwrap();
        assert_eq!(glance, (0, String::new(), false));
        let (_, _, due) = edition::glance(&mut tx, date(2017, 2, 1)).await.unwrap();
        assert!(due);
        let first = AmendmentId(Uuid::from_u128(1));
        let second = AmendmentId(Uuid::from_u128(2));
        for (id, second) in [(second, 20), (first, 30)] {
            let state = EditionState::InForce;
            let began = edition::end(&mut tx, &id, state, "", at(second));
            assert!(began.await.unwrap());
        }
        let again = edition::end(&mut tx, &first, EditionState::Withdrawn, "晚了", at(40));
        assert!(!again.await.unwrap(), "it waits no more");
        let holding = edition::in_force(&mut tx).await.unwrap();
        assert_eq!(ids(holding), ["第 1 版", "第 2 版"]);
        let found = edition::find(&mut tx, &first).await.unwrap().unwrap();
        assert_eq!((found.reason.as_str(), found.ended_at), ("", Some(at(30))));
        let cases = newest_cases(&mut tx, "plan").await.unwrap();
        assert_eq!(cases, [("cases/a.jsonl".to_owned(), "{}".to_owned())]);
        assert_eq!(edition::decided(&mut tx, (2017, 2020)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_a_version_would_change_replaces_what_was_kept_before_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let one = amendment(1);
        insert(&mut tx, &one, &files("x"), "").await.unwrap();
        let of_title = |title: &str, gain| EffectOf {
            title: title.to_owned(),
            revision: 1,
            year: 2016,
            judged: 9,
            met_before: 3,
            met_after: 2,
            gain,
            lose: 1,
            unclear: 0,
            made_at: at(5),
        };
        let unit = UnitId(Uuid::from_u128(7));
        let unions = [("model-home".to_owned(), "lose", unit)];
        let people = [("kin".to_owned(), "gain", PersonId(Uuid::from_u128(8)))];
        keep_effect(
            &mut tx,
            &one.id,
            &[of_title("model-home", 4)],
            &unions,
            &people,
        )
        .await
        .unwrap();
        let now = [of_title("trusted-home", 0), of_title("model-home", 5)];
        keep_effect(&mut tx, &one.id, &now, &unions, &people)
            .await
            .unwrap();
        assert_eq!(effect(&mut tx, &one.id).await.unwrap(), now);
        // A unit that is not in the register is in no list.
        let of = ("model-home", "lose");
        let listed = affected(&mut tx, &one.id, of, (10, 0)).await.unwrap();
        assert_eq!(listed, (Vec::new(), 0));
        let of = ("kin", "gain");
        let listed = affected_people(&mut tx, &one.id, of, (10, 0))
            .await
            .unwrap();
        assert_eq!(listed, (Vec::new(), 0), "nor is somebody");
    }
}
