use jianjia_domain::core::ids::{AccountId, CaseEventId};
use jiff::{Timestamp, civil::date};
use uuid::Uuid;

use super::*;
use crate::testing;

fn case(number: u128, state: CaseState) -> Case {
    Case {
        id: CaseId(Uuid::from_u128(number)),
        unit: UnitId(Uuid::from_u128(100 + number)),
        unit_path: format!("/1/2/{number}/"),
        unit_name: format!("第{number}纺织厂工会"),
        unit_kind: UnitKind::Grassroots,
        size: Some(1),
        industry: Some("C".to_owned()),
        year: 2016,
        application: None,
        state,
        at: None,
        text: 1,
        fixed: 1,
        agreed: 1,
        title: "班前五分钟".to_owned(),
        published_on: (state == CaseState::Published).then_some(date(2016, 11, number as i8)),
        since_at: Timestamp::UNIX_EPOCH,
        created_by: AccountId(Uuid::from_u128(9)),
        created_at: Timestamp::UNIX_EPOCH,
        revision: 1,
    }
}

async fn published(tx: &mut Tx, case: &Case, clauses: &[&str], text: &str) {
    let keys = (
        "ban qian wu fen zhong 班前五分钟 banqianwufenzhong =bqwfz",
        "",
    );
    insert(tx, case, keys, "").await.unwrap();
    assert!(save(tx, case, keys.0, text).await.unwrap());
    let clauses: Vec<String> = clauses.iter().map(|clause| (*clause).to_owned()).collect();
    list_beside(tx, case, &clauses).await.unwrap();
}

async fn numbers(tx: &mut Tx, filter: &CaseFilter) -> Vec<u128> {
    let (found, total) = list(tx, filter, (10, 0)).await.unwrap();
    assert_eq!(found.len() as i64, total);
    found.iter().map(|case| case.id.0.as_u128()).collect()
}

#[tokio::test]
async fn a_case_is_kept_with_its_texts_photos_and_events_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let made = case(1, CaseState::Draft);
        insert(&mut tx, &made, ("key", "key"), "hash")
            .await
            .unwrap();
        assert_eq!(find(&mut tx, &made.id).await.unwrap(), Some(made.clone()));
        let again = of_request(&mut tx, "hash").await.unwrap();
        assert_eq!(again, Some(made.clone()));
        assert_eq!(of_request(&mut tx, "").await.unwrap(), None);
        let text = |number, title: &str| CaseText {
            case: made.id,
            number,
            side: Side::Union,
            written: Written {
                title: title.to_owned(),
                problem: "难".to_owned(),
                method: "做".to_owned(),
                effect: "好".to_owned(),
                clauses: vec!["M1a".to_owned(), "M1b".to_owned()],
                names_agreed: true,
            },
            written_by_name: "王".to_owned(),
            written_at: Timestamp::UNIX_EPOCH,
        };
        for written in [text(1, "一"), text(1, "一改"), text(2, "二")] {
            keep_text(&mut tx, &written).await.unwrap();
        }
        let kept = texts(&mut tx, &made.id).await.unwrap();
        assert_eq!(kept, [text(1, "一改"), text(2, "二")]);
        let photo = |place| CasePhoto {
            case: made.id,
            place,
            evidence: EvidenceId(Uuid::from_u128(50)),
            caption: "现场".to_owned(),
            agreed_by_name: "王".to_owned(),
            agreed_at: Timestamp::UNIX_EPOCH,
        };
        for place in [1, 2] {
            add_photo(&mut tx, &photo(place)).await.unwrap();
        }
        for expect in [true, false] {
            assert_eq!(remove_photo(&mut tx, &made.id, 1).await.unwrap(), expect);
        }
        assert_eq!(photos(&mut tx, &made.id).await.unwrap(), [photo(2)]);
        assert!(is_photo(&mut tx, &photo(2).evidence).await.unwrap());
        let event = CaseEvent {
            id: CaseEventId(Uuid::from_u128(60)),
            case: made.id,
            act: CaseAct::Returned,
            unit_name: "街道总工会".to_owned(),
            account_name: "李".to_owned(),
            note: "补数字".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        add_event(&mut tx, &event).await.unwrap();
        assert_eq!(events(&mut tx, &made.id).await.unwrap(), [event]);
        // Whoever read it before loses.
        for expect in [true, false] {
            assert_eq!(save(&mut tx, &made, "key", "").await.unwrap(), expect);
        }
    }
}

#[tokio::test]
async fn published_cases_are_searched_by_words_pinyin_clause_kind_and_trade() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        published(
            &mut tx,
            &case(1, CaseState::Published),
            &["M1a"],
            "班前五分钟 收集 abc 建议",
        )
        .await;
        let mut village = case(2, CaseState::Published);
        village.unit_kind = UnitKind::Village;
        village.industry = None;
        published(&mut tx, &village, &["M1a", "M2b"], "网格员上门").await;
        published(&mut tx, &case(3, CaseState::Editing), &["M1a"], "").await;
        let of = |change: &dyn Fn(&mut CaseFilter)| {
            let mut filter = CaseFilter {
                states: vec![CaseState::Published],
                ..CaseFilter::default()
            };
            change(&mut filter);
            filter
        };
        for (filter, expect) in [
            (of(&|_| {}), &[2, 1][..]),
            (of(&|filter| filter.words = "收集 ABC".to_owned()), &[1]),
            (of(&|filter| filter.words = "上门".to_owned()), &[2]),
            (of(&|filter| filter.words = "banqian".to_owned()), &[2, 1]),
            (of(&|filter| filter.words = "第2纺织".to_owned()), &[2]),
            (of(&|filter| filter.words = "100%".to_owned()), &[]),
            (of(&|filter| filter.clause = Some("M2b".to_owned())), &[2]),
            (of(&|filter| filter.kind = Some(UnitKind::Grassroots)), &[1]),
            (of(&|filter| filter.industry = Some("C".to_owned())), &[1]),
            (
                of(&|filter| filter.unit = Some(case(2, CaseState::Draft).unit)),
                &[2],
            ),
        ] {
            assert_eq!(numbers(&mut tx, &filter).await, expect, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn beside_a_clause_stand_those_of_like_unions_first_and_never_the_own() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        // The same trade alone, the same size alone, the same kind, and all three.
        for (number, kind, size, industry) in [
            (1, UnitKind::Village, 3, "C"),
            (2, UnitKind::Village, 1, "F"),
            (3, UnitKind::Grassroots, 3, "F"),
            (4, UnitKind::Grassroots, 1, "C"),
        ] {
            let one = Case {
                unit_kind: kind,
                size: Some(size),
                industry: Some(industry.to_owned()),
                ..case(number, CaseState::Published)
            };
            published(&mut tx, &one, &["M1a"], "x").await;
        }
        let like = |unit: u128| Likeness {
            unit: UnitId(Uuid::from_u128(unit)),
            kind: UnitKind::Grassroots,
            size: Some(1),
            industry: Some("C".to_owned()),
        };
        let clauses = ["M1a".to_owned(), "M9z".to_owned()];
        let found = beside(&mut tx, &like(7), &clauses, 3).await.unwrap();
        let told: Vec<(u128, i64)> = found
            .iter()
            .map(|one| (one.case.0.as_u128(), one.total))
            .collect();
        assert_eq!(told, [(4, 4), (3, 4), (2, 4)]);
        let own = beside(&mut tx, &like(104), &clauses, 3).await.unwrap();
        let told: Vec<u128> = own.iter().map(|one| one.case.0.as_u128()).collect();
        assert_eq!(told, [3, 2, 1]);
        let filter = CaseFilter {
            states: vec![CaseState::Published],
            clause: Some("M1a".to_owned()),
            like: Some(like(7)),
            ..CaseFilter::default()
        };
        assert_eq!(numbers(&mut tx, &filter).await, [4, 3, 2, 1]);
        // Who knows nothing of a union is shown the newest.
        let unknown = Likeness {
            kind: UnitKind::Sector,
            size: None,
            industry: None,
            ..like(7)
        };
        let found = beside(&mut tx, &unknown, &clauses, 2).await.unwrap();
        let told: Vec<u128> = found.iter().map(|one| one.case.0.as_u128()).collect();
        assert_eq!(told, [4, 3]);
        // One that was taken down stands nowhere.
        let gone = case(4, CaseState::TakenDown);
        list_beside(&mut tx, &gone, &clauses).await.unwrap();
        let found = beside(&mut tx, &like(7), &clauses, 1).await.unwrap();
        assert_eq!(found[0].case.0.as_u128(), 3);
    }
}
