use std::collections::BTreeMap;

use jianjia_domain::{
    core::ids::{AccountId, PersonId, StatementId},
    honour::honour::Honour,
    round::application::{ApplicantPerson, Application, State},
    year::statement::{Source, Statement},
};
use jianjia_standard::what_if::change::Change;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    people::{About as AboutPeople, InYear},
    *,
};
use crate::{
    honour::honour::{self as honours, tests::honour},
    round::application::{self as applications, tests::example},
    testing,
    year::statement as statements,
};

fn proposal(number: u128, path: &str, name: &str) -> Proposal {
    let at = Timestamp::from_second(1_476_000_000 + i64::try_from(number).unwrap()).unwrap();
    Proposal {
        id: ProposalId(Uuid::from_u128(number)),
        unit: UnitId(Uuid::from_u128(100 + number)),
        unit_path: path.to_owned(),
        year: 2016,
        standard_key: "changzhou-2016".to_owned(),
        standard_hash: "abc".to_owned(),
        name: name.to_owned(),
        reason: "让会员更满意".to_owned(),
        changes: vec![Change {
            title: "model-home".to_owned(),
            clause: "M5d".to_owned(),
            path: "0.at_least".to_owned(),
            value: "88%".to_owned(),
        }],
        state: ProposalState::Open,
        revision: 1,
        made_by: AccountId(Uuid::from_u128(9)),
        made_by_name: "周敏".to_owned(),
        made_at: at,
        changed_by_name: "周敏".to_owned(),
        changed_at: at,
        request_key: format!("once-{number}"),
    }
}

#[tokio::test]
async fn proposals_are_kept_listed_and_changed_once_a_revision_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let first = proposal(1, "/1/", "满意度 88%");
        let second = proposal(2, "/1/", "入会率 92%");
        let district = proposal(3, "/1/2/", "区里的想法");
        for one in [&first, &second, &district] {
            insert(&mut tx, one).await.unwrap();
        }
        assert_eq!(find(&mut tx, &first.id).await.unwrap(), Some(first.clone()));
        assert_eq!(
            of_request(&mut tx, "once-2").await.unwrap(),
            Some(second.clone())
        );
        assert_eq!(of_request(&mut tx, "twice").await.unwrap(), None);

        let withdrawn = Proposal {
            state: ProposalState::Withdrawn,
            name: "不改了".to_owned(),
            ..second.clone()
        };
        assert!(update(&mut tx, &withdrawn).await.unwrap());
        assert!(
            !update(&mut tx, &withdrawn).await.unwrap(),
            "an older state"
        );
        let found = find(&mut tx, &second.id).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.revision), ("不改了", 2));

        let mut listed = async |within: &str, state, text: &str, portion| {
            let filter = ProposalFilter {
                within: vec![within.to_owned()],
                state,
                text: text.to_owned(),
            };
            let (found, total) = list(&mut tx, &filter, portion).await.unwrap();
            let names: Vec<String> = found.into_iter().map(|one| one.name).collect();
            (names.join("、"), total)
        };
        assert_eq!(
            listed("/1/", None, "", (9, 0)).await,
            ("区里的想法、满意度 88%、不改了".to_owned(), 3)
        );
        assert_eq!(
            listed("/1/", None, "", (1, 1)).await,
            ("满意度 88%".to_owned(), 3)
        );
        assert_eq!(
            listed("/1/2/", None, "", (9, 0)).await,
            ("区里的想法".to_owned(), 1)
        );
        let withdrawn = Some(ProposalState::Withdrawn);
        assert_eq!(
            listed("/1/", withdrawn, "", (9, 0)).await,
            ("不改了".to_owned(), 1)
        );
        assert_eq!(
            listed("/1/", None, "满意度", (9, 0)).await,
            ("满意度 88%".to_owned(), 1)
        );
        assert_eq!(listed("/1/", None, "%%", (9, 0)).await, (String::new(), 0));
    }
}

#[tokio::test]
async fn rows_of_the_trail_tell_which_units_they_are_about_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let held = honour(1, "/1/2/3/", "甲厂工会");
        honours::insert(&mut tx, &held).await.unwrap();
        let unit = UnitId(Uuid::from_u128(70));
        let rated = UnitId(Uuid::from_u128(71));
        let row = |table: &str, key: String| WrittenRow {
            table: table.to_owned(),
            key,
        };
        let rows = [
            row("honour", held.id.to_string()),
            row("unit", unit.to_string()),
            row("rating", format!("{rated} 2016")),
            row("account", "unheard of".to_owned()),
        ];
        let told = about(&mut tx, &rows).await.unwrap().unwrap();
        assert_eq!(told.units, [held.unit, unit, rated].into());
        assert_eq!(told.counted_above, [held.unit, unit].into());
        let gone = [row("statement", "gone".to_owned())];
        assert_eq!(about(&mut tx, &gone).await.unwrap(), None);
        assert_eq!(
            active(&mut tx, &[unit]).await.unwrap(),
            BTreeSet::new(),
            "there is no such unit"
        );
    }
}

fn said(number: u128, unit: UnitId, person: Option<PersonId>) -> Statement {
    Statement {
        id: StatementId(Uuid::from_u128(number)),
        unit,
        unit_path: "/1/2/3/".to_owned(),
        person,
        year: 2016,
        source: Source::Union,
        facts: BTreeMap::new(),
        said_by: None,
        said_by_name: String::new(),
        said_at: Timestamp::from_second(1_476_000_000).unwrap(),
        request_key: None,
    }
}

#[tokio::test]
async fn who_applies_or_is_on_a_sheet_is_found_and_told_by_rows_of_the_trail_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let person = |number| PersonId(Uuid::from_u128(number));
        let (on_sheet, applicant, drafting) = (person(80), person(81), person(82));
        let unit = UnitId(Uuid::from_u128(70));
        let of_person = said(1, unit, Some(on_sheet));
        let of_union = said(2, unit, None);
        statements::insert(&mut tx, &[of_person.clone(), of_union.clone()])
            .await
            .unwrap();
        let applies = |number, person: PersonId, state| Application {
            title: "outstanding-worker".to_owned(),
            person: Some(ApplicantPerson {
                id: person,
                name: "李四".to_owned(),
            }),
            state,
            ..example(number)
        };
        let applied = applies(3, applicant, State::UnderReview { step: 0 });
        let draft = applies(4, drafting, State::Draft);
        for application in [&applied, &draft, &example(5)] {
            assert!(applications::insert(&mut tx, application).await.unwrap());
        }

        let found = InYear {
            unit,
            person: on_sheet,
            applied: BTreeSet::new(),
        };
        let applying = InYear {
            unit: applied.unit.id,
            person: applicant,
            applied: ["outstanding-worker".to_owned()].into(),
        };
        let all = people::of_year(&mut tx, 2016).await.unwrap();
        assert_eq!(all, [found.clone(), applying]);
        let of_unit = people::of_units(&mut tx, &[unit], 2016).await.unwrap();
        assert_eq!(of_unit, [found]);
        assert!(people::of_year(&mut tx, 2017).await.unwrap().is_empty());

        let held = honour(1, "/1/2/3/", "甲厂工会");
        let by_person = Honour {
            person: Some(on_sheet),
            ..honour(2, "/1/2/3/", "甲厂工会")
        };
        for held in [&held, &by_person] {
            honours::insert(&mut tx, held).await.unwrap();
        }
        let row = |table: &str, key: String| WrittenRow {
            table: table.to_owned(),
            key,
        };
        let rows = [
            row("unit", unit.to_string()),
            row("statement", of_union.id.to_string()),
            row("application", draft.id.to_string()),
            row("honour", held.id.to_string()),
            row("honour", by_person.id.to_string()),
            row("election", "of no person".to_owned()),
        ];
        let told = people::about(&mut tx, &rows).await.unwrap().unwrap();
        let expect = AboutPeople {
            units: [unit, held.unit].into(),
            people: [drafting, on_sheet].into(),
            of_people: [draft.unit.id, by_person.unit].into(),
        };
        assert_eq!(told, expect);
        let gone = [row("veto", "gone".to_owned())];
        assert_eq!(people::about(&mut tx, &gone).await.unwrap(), None);
    }
}
