use jianjia_domain::{
    check::{
        outcome::{CheckEffect, EffectLifting, Outcome, Signed, VisitAct, VisitEvent},
        visit::{Colour, Visit, VisitState},
    },
    core::{
        ids::{
            AccountId, CheckEffectId, HonourId, JudgementId, SpotCheckId, UnitId, VisitEventId,
            VisitId,
        },
        imprint::spellings,
    },
};
use jianjia_standard::programme::visit::Sign;
use jiff::{Timestamp, civil::date};
use uuid::Uuid;

use super::*;
use crate::testing;

pub(crate) fn visit(number: u128, unit: u128, year: i16) -> Visit {
    Visit {
        id: VisitId(Uuid::from_u128(number)),
        check: SpotCheckId(Uuid::from_u128(u128::from(year.unsigned_abs()))),
        entry: format!("u{number}"),
        year,
        unit: UnitId(Uuid::from_u128(unit)),
        unit_path: format!("/1/{unit}/"),
        unit_name: format!("{unit}厂工会"),
        honour: HonourId(Uuid::from_u128(unit)),
        title: "qualified-home".to_owned(),
        stratum: "1-low".to_owned(),
        place: 1,
        ticket: "00".to_owned(),
        announced: false,
        due_on: date(year, 12, 20),
        state: VisitState::Drawn,
        colour: None,
        drawn_at: at(),
    }
}

fn at() -> Timestamp {
    Timestamp::from_second(1_490_000_000).unwrap()
}

#[tokio::test]
async fn a_visit_moves_on_once_and_tells_the_years_after_what_it_found_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let visits = [
            visit(1, 7, 2016),
            visit(2, 7, 2017),
            visit(3, 8, 2016),
            visit(4, 9, 2016),
        ];
        insert(&mut tx, &visits).await.unwrap();
        for (place, colour) in [
            (0, Colour::Red),
            (1, Colour::Amber),
            (2, Colour::Amber),
            (3, Colour::Green),
        ] {
            let id = &visits[place].id;
            let (from, to) = (VisitState::Drawn, VisitState::Closed);
            assert!(move_on(&mut tx, id, from, to, Some(colour)).await.unwrap());
            assert!(!move_on(&mut tx, id, from, to, None).await.unwrap());
        }
        let unit = |number| UnitId(Uuid::from_u128(number));
        let found = earlier_findings(&mut tx, 2018).await.unwrap();
        assert_eq!(
            found,
            [
                (unit(7), (2017, Colour::Amber)),
                (unit(8), (2016, Colour::Amber))
            ]
            .into()
        );
        let found = earlier_findings(&mut tx, 2017).await.unwrap();
        assert_eq!(found[&unit(7)], (2016, Colour::Red));
        let of_seven = of_unit(&mut tx, &unit(7)).await.unwrap();
        let years: Vec<i16> = of_seven.iter().map(|visit| visit.year).collect();
        assert_eq!(years, [2017, 2016]);
        let filter = VisitFilter {
            within: vec!["/1/".to_owned()],
            concluded: true,
            colour: Some(Colour::Amber),
            ..VisitFilter::default()
        };
        let (listed, total) = list(&mut tx, &filter, 1, 0).await.unwrap();
        assert_eq!((listed[0].year, listed.len(), total), (2017, 1, 2));
    }
}

#[tokio::test]
async fn outcome_events_and_effects_come_back_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let first = visit(1, 7, 2016);
        insert(&mut tx, std::slice::from_ref(&first)).await.unwrap();
        let outcome = Outcome {
            visit: first.id,
            colour: Colour::Red,
            signs: vec![Signed {
                clause: "Q6".to_owned(),
                sign: Sign::Unmet,
                colour: Colour::Red,
            }],
            judgement: JudgementId(Uuid::from_u128(5)),
            hear_until: Some(date(2017, 1, 10)),
            mend_until: None,
            concluded_by: AccountId(Uuid::from_u128(3)),
            concluded_by_name: "李审".to_owned(),
            concluded_at: at(),
        };
        keep(&mut tx, &outcome).await.unwrap();
        assert_eq!(
            find(&mut tx, &first.id).await.unwrap(),
            Some(outcome.clone())
        );
        mend_until(&mut tx, &first.id, date(2017, 3, 1))
            .await
            .unwrap();
        let mending = find(&mut tx, &first.id).await.unwrap().unwrap();
        assert_eq!(mending.mend_until, Some(date(2017, 3, 1)));

        let event = VisitEvent {
            id: VisitEventId(Uuid::from_u128(1)),
            visit: first.id,
            act: VisitAct::Mending,
            reason: "办卡不足".to_owned(),
            document_number: "常工发〔2017〕3号".to_owned(),
            due_on: Some(date(2017, 3, 1)),
            account: outcome.concluded_by,
            account_name: "市领导".to_owned(),
            at: at(),
        };
        add_event(&mut tx, &event).await.unwrap();
        assert_eq!(events(&mut tx, &first.id).await.unwrap(), [event]);
        for (number, expect) in [
            ("常工发〔2017〕3号", vec![2016]),
            ("常工发〔2017〕4号", vec![]),
        ] {
            let spelled = spellings(number);
            assert_eq!(by_document(&mut tx, &spelled).await.unwrap(), expect);
        }

        let again = Visit {
            check: SpotCheckId(Uuid::from_u128(2)),
            ..visit(2, 7, 2016)
        };
        insert_recheck(&mut tx, &again, &first.id).await.unwrap();
        assert_eq!(rechecked(&mut tx, &again.id).await.unwrap(), Some(first.id));
        assert_eq!(rechecks(&mut tx, &first.id).await.unwrap(), [again.id]);
        assert_eq!(rechecked(&mut tx, &first.id).await.unwrap(), None);
        let both = [first.id, again.id];
        assert_eq!(
            rechecked_of(&mut tx, &both).await.unwrap(),
            [(again.id, first.id)].into()
        );

        let effect = |number| CheckEffect {
            id: CheckEffectId(Uuid::from_u128(number)),
            year: 2016,
            unit: first.unit,
            unit_path: first.unit_path.clone(),
            clause: "R4".to_owned(),
            visit: first.id,
            recorded_at: at(),
            recorded_by_name: "市领导".to_owned(),
            lifted: None,
        };
        assert!(record_effect(&mut tx, &effect(1)).await.unwrap());
        assert!(!record_effect(&mut tx, &effect(2)).await.unwrap());
        assert_eq!(effects(&mut tx, 2016).await.unwrap(), [effect(1)]);
        let lifting = EffectLifting {
            at: at(),
            by_name: "市领导".to_owned(),
            reason: "复核有误".to_owned(),
        };
        assert_eq!(lift_effects(&mut tx, &first.id, &lifting).await.unwrap(), 1);
        assert_eq!(effects(&mut tx, 2016).await.unwrap(), []);
        let kept = effects_of(&mut tx, &first.id).await.unwrap();
        assert_eq!(kept[0].lifted, Some(lifting));
        assert!(record_effect(&mut tx, &effect(3)).await.unwrap());
    }
}
