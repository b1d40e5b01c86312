use jianjia_domain::{
    core::ids::{AnswerId, DepartmentListId, UnitId},
    round::department::{Answer, AnswerKind, Asked},
};
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::testing;

fn id(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(number))
}

async fn unit(tx: &mut Tx, number: u128, kind: &str, parent: Option<u128>, path: &str) {
    sqlx::query(
        "INSERT INTO unit (id, number, parent_id, path, kind, name, sort_key, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6, '2016-01-01T00:00:00Z', '2016-01-01T00:00:00Z')",
    )
    .bind(id(number).to_string())
    .bind(number as i64)
    .bind(parent.map(|parent| id(parent).to_string()))
    .bind(path.to_owned())
    .bind(kind.to_owned())
    .bind(format!("{number}"))
    .execute(&mut **tx)
    .await
    .unwrap();
}

async fn application(tx: &mut Tx, number: u128, unit: u128, title: &str, state: &str) {
    sqlx::query(
        "INSERT INTO application (id, year, title, unit_id, unit_path, unit_name, unit_sort_key, state, at_unit_id, at_unit_path, since_at, created_by, created_at)
         VALUES ($1, 2016, $2, $3, '', '', '', $4, '', '', '', '', '')",
    )
    .bind(format!("{number}"))
    .bind(title.to_owned())
    .bind(id(unit).to_string())
    .bind(state.to_owned())
    .execute(&mut **tx)
    .await
    .unwrap();
}

fn list(number: i64) -> DepartmentList {
    DepartmentList {
        id: DepartmentListId(Uuid::from_u128(number as u128)),
        year: 2016,
        department: "tax".to_owned(),
        number,
        due_on: date(2016, 11, 15),
        sent_at: Timestamp::from_second(1_476_000_000).unwrap(),
        sent_by_name: "李".to_owned(),
    }
}

fn asked(unit: u128, list: i64) -> Asked {
    Asked {
        list: DepartmentListId(Uuid::from_u128(list as u128)),
        year: 2016,
        department: "tax".to_owned(),
        unit: id(unit),
        unit_path: format!("/1/{unit}/"),
        name: format!("{unit}厂工会"),
        sort_key: format!("{unit}"),
        credit_code: "81".to_owned(),
        employer_name: format!("{unit}厂"),
        employer_code: "91".to_owned(),
        answer: None,
    }
}

#[tokio::test]
async fn who_applies_is_concerned_and_a_branch_by_its_union() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        unit(&mut tx, 1, "city", None, "/1/").await;
        unit(&mut tx, 2, "grassroots", Some(1), "/1/2/").await;
        unit(&mut tx, 3, "branch", Some(2), "/1/2/3/").await;
        unit(&mut tx, 4, "branch", Some(3), "/1/2/3/4/").await;
        unit(&mut tx, 5, "grassroots", Some(1), "/1/5/").await;
        unit(&mut tx, 6, "grassroots", Some(1), "/1/6/").await;
        application(&mut tx, 1, 4, "trusted-small-home", "under-review").await;
        application(&mut tx, 2, 5, "trusted-home", "draft").await;
        application(&mut tx, 3, 5, "model-home", "under-review").await;
        let titles = ["trusted-home", "trusted-small-home"].map(str::to_owned);
        let found = unasked(&mut tx, (2016, "tax"), &titles).await.unwrap();
        let found: Vec<UnitId> = found.into_iter().map(|unit| unit.id).collect();
        assert_eq!(found, [id(2)]);
        let none = unasked(&mut tx, (2017, "tax"), &titles).await.unwrap();
        assert!(none.is_empty());
        // Once on a list it is not to be asked about again, and counts as asked; whoever is on the list besides is not concerned.
        let by = AccountId(Uuid::from_u128(5));
        insert_list(&mut tx, &list(1), &by).await.unwrap();
        ask(&mut tx, &[asked(2, 1), asked(6, 1)]).await.unwrap();
        let none = unasked(&mut tx, (2016, "tax"), &titles).await.unwrap();
        assert!(none.is_empty());
        let courts = unasked(&mut tx, (2016, "courts"), &titles).await.unwrap();
        assert_eq!(courts.len(), 1);
        let counted = count_concerned(&mut tx, 2016, &titles).await.unwrap();
        assert_eq!((counted.fresh("tax"), counted.fresh("courts")), (0, 1));
    }
}

#[tokio::test]
async fn the_newest_answer_counts_and_who_was_not_answered_for_is_silent() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let by = AccountId(Uuid::from_u128(5));
        insert_list(&mut tx, &list(1), &by).await.unwrap();
        insert_list(&mut tx, &list(2), &by).await.unwrap();
        assert_eq!(lists(&mut tx, 2016).await.unwrap(), [list(1), list(2)]);
        ask(&mut tx, &[asked(2, 1), asked(3, 1), asked(4, 2)])
            .await
            .unwrap();
        let given = |kind, second| Answer {
            kind,
            by: Some(by),
            by_name: "赵".to_owned(),
            entered_by_name: String::new(),
            note: "另附说明".to_owned(),
            at: Timestamp::from_second(second).unwrap(),
        };
        let said = [
            (1, 2, AnswerKind::Clear),
            (2, 3, AnswerKind::Unknown),
            (3, 2, AnswerKind::InState),
        ];
        let said = said.map(|(number, unit, kind)| {
            let answer_id = AnswerId(Uuid::from_u128(number));
            (answer_id, id(unit), given(kind, 1_476_000_000))
        });
        assert!(answer(&mut tx, (2016, "tax"), &said).await.unwrap());
        let answer_id = AnswerId(Uuid::from_u128(9));
        let nobody = [(answer_id, id(9), given(AnswerKind::Clear, 1))];
        assert!(!answer(&mut tx, (2016, "tax"), &nobody).await.unwrap());
        let silent = silent_by_list(&mut tx, 2016).await.unwrap();
        assert_eq!(silent, [(list(2).id, 1)]);
        let mut answered = answered_of(&mut tx, 2016, &[id(2), id(4), id(9)])
            .await
            .unwrap();
        answered.sort_by_key(|(_, unit, _)| *unit);
        assert_eq!(
            answered,
            [
                ("tax".to_owned(), id(2), Some(AnswerKind::InState)),
                ("tax".to_owned(), id(4), None),
            ]
        );
        let counted = counts(&mut tx, 2016).await.unwrap();
        let expect = AnswerCounts {
            asked: 3,
            clear: 0,
            in_state: 1,
            unknown: 1,
        };
        assert_eq!(counted, [("tax".to_owned(), expect)]);
        assert_eq!(expect.silent(), 1);
        let mut filter = AskedFilter {
            year: 2016,
            department: "tax".to_owned(),
            state: AskedState::Silent,
            name: String::new(),
        };
        let (found, total) = page(&mut tx, &filter, 50, 0).await.unwrap();
        assert_eq!((found, total), (vec![asked(4, 2)], 1));
        filter.state = AskedState::Answered(AnswerKind::InState);
        let (found, total) = page(&mut tx, &filter, 50, 0).await.unwrap();
        let answered = Asked {
            answer: Some(given(AnswerKind::InState, 1_476_000_000)),
            ..asked(2, 1)
        };
        assert_eq!((&found[..], total), (&[answered.clone()][..], 1));
        let one = find(&mut tx, 2016, "tax", &id(2)).await.unwrap();
        assert_eq!(one.as_ref(), Some(&answered));
        let some = among(&mut tx, (2016, "tax"), &[id(2), id(9)])
            .await
            .unwrap();
        assert_eq!(some, [answered]);
        assert_eq!(of_years(&mut tx, &[2016]).await.unwrap().len(), 3);
        assert_eq!(years(&mut tx, "tax").await.unwrap(), [2016]);
        bind(&mut tx, &by, "tax", Timestamp::UNIX_EPOCH)
            .await
            .unwrap();
        let bound = of_account(&mut tx, &by).await.unwrap();
        assert_eq!(bound.as_deref(), Some("tax"));
    }
}
