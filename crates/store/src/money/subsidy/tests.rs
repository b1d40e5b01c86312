use std::collections::HashMap;

use jianjia_domain::{
    core::ids::{AccountId, SubsidyBaseId, SubsidyReckoningId},
    money::{
        grant::{Grant, GrantKind, GrantState},
        ledger::{EntryKind, Movement, lines as ledger_lines},
        subsidy::{Base, BaseSource},
    },
};
use jianjia_standard::subsidy::{BaseFact, Basis, Events, Term};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    base::{self, DueFilter},
    list::{Differences, SubsidyFilter, Totals, differences, granted, list, totals},
    *,
};
use crate::{
    money::{
        grant::{self as grants, tests::grant},
        ledger::{
            self,
            tests::{entry, place},
        },
    },
    testing,
};

fn unit(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(number))
}

fn subsidy(id: u128, number: u128, change_bp: i64, amount_fen: Option<i64>) -> Subsidy {
    let term = Term {
        clause: "R3".to_owned(),
        change_bp,
        basis: Basis::Title {
            id: "1".to_owned(),
            title: "trusted-home".to_owned(),
            year: 2016,
        },
        counted: 12,
        suspended: 0,
        of: 12,
    };
    let base = BaseFact::Recorded(amount_fen.map(|_| 1_000_000));
    Subsidy {
        id: SubsidyId(Uuid::from_u128(id)),
        reckoning: SubsidyReckoningId(Uuid::from_u128(90)),
        year: 2018,
        unit: unit(number),
        unit_path: format!("/1/2/{number}/"),
        unit_name: format!("第{number}村工会联合会"),
        standard_version: "v".to_owned(),
        entitlement: Entitlement {
            scheme: if number == 7 { "liyang" } else { "city" }.to_owned(),
            facts: Facts {
                division: "320411".to_owned(),
                base,
                base_id: None,
                events: Events::default(),
            },
            reckoned: Reckoned {
                year: 2018,
                base,
                base_fen: amount_fen.map(|_| 1_000_000),
                terms: match change_bp {
                    0 => Vec::new(),
                    _ => vec![term],
                },
                amount_fen,
                is_rounded: false,
            },
            sum: Text {
                zh: "和".to_owned(),
                en: "sum".to_owned(),
            },
        },
        replaced_by: None,
    }
}

fn reckoning(number: i64) -> Reckoning {
    Reckoning {
        id: SubsidyReckoningId(Uuid::from_u128(90 + number as u128)),
        year: 2018,
        number,
        standard_version: "v".to_owned(),
        reason: String::new(),
        units: 3,
        digest: "d".to_owned(),
        by: AccountId(Uuid::from_u128(5)),
        by_name: "钱".to_owned(),
        at: Timestamp::from_second(1_520_000_000).unwrap(),
    }
}

#[tokio::test]
async fn a_correction_takes_the_place_and_both_stay_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        insert_reckoning(&mut tx, &reckoning(1)).await.unwrap();
        insert_reckoning(&mut tx, &reckoning(2)).await.unwrap();
        assert_eq!(
            reckonings(&mut tx, 2018).await.unwrap(),
            [reckoning(2), reckoning(1)]
        );
        assert_eq!(years(&mut tx).await.unwrap(), [2018]);
        let first = subsidy(11, 5, 4_000, Some(1_400_000));
        let other = subsidy(12, 6, 0, None);
        let marked = keep(&mut tx, &[first.clone(), other.clone()], &[]).await;
        assert_eq!(marked.unwrap(), 0);
        assert_eq!(
            of_year(&mut tx, 2018).await.unwrap(),
            [first.clone(), other.clone()]
        );
        let second = subsidy(13, 5, 0, Some(1_000_000));
        let replaces = [(first.id, second.id)];
        let marked = keep(&mut tx, std::slice::from_ref(&second), &replaces).await;
        assert_eq!(marked.unwrap(), 1);
        let replaced = Subsidy {
            replaced_by: Some(second.id),
            ..first.clone()
        };
        assert_eq!(
            of_unit(&mut tx, &first.unit).await.unwrap(),
            [second.clone(), replaced.clone()]
        );
        assert_eq!(
            of_year(&mut tx, 2018).await.unwrap(),
            [second.clone(), other.clone()]
        );
        let all = after(&mut tx, None, 2).await.unwrap();
        assert_eq!(all, [(replaced, true), (other.clone(), true)]);
        let rest = after(&mut tx, Some(&other.id), 2).await.unwrap();
        assert_eq!(rest, [(second, true)]);
        // A unit has one that holds.
        let twice = keep(&mut tx, &[subsidy(14, 6, 0, Some(1))], &[]).await;
        assert!(twice.is_err());
    }
}

#[tokio::test]
async fn an_amount_altered_by_hand_is_noticed_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let kept = subsidy(11, 5, 4_000, Some(1_400_000));
        keep(&mut tx, std::slice::from_ref(&kept), &[])
            .await
            .unwrap();
        sqlx::query("UPDATE subsidy SET amount_fen = 1500000")
            .execute(&mut *tx)
            .await
            .unwrap();
        assert_eq!(after(&mut tx, None, 9).await.unwrap(), [(kept, false)]);
    }
}

#[tokio::test]
async fn the_list_is_filtered_and_added_up_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let all = [
            subsidy(11, 5, 4_000, Some(1_400_000)),
            subsidy(12, 6, -2_000, Some(800_000)),
            subsidy(13, 7, 0, None),
        ];
        keep(&mut tx, &all, &[]).await.unwrap();
        let everything = SubsidyFilter {
            year: 2018,
            within: vec!["/1/".to_owned()],
            ..SubsidyFilter::default()
        };
        let mut check = async |filter: SubsidyFilter, expect: &[&Subsidy]| {
            let (found, total) = list(&mut tx, &filter, (50, 0)).await.unwrap();
            let expect: Vec<Subsidy> = expect.iter().map(|one| (*one).clone()).collect();
            assert_eq!((found, total), (expect.clone(), expect.len() as i64));
        };
        check(everything.clone(), &[&all[0], &all[1], &all[2]]).await;
        let of = |change: &mut dyn FnMut(&mut SubsidyFilter)| {
            let mut filter = everything.clone();
            change(&mut filter);
            filter
        };
        check(of(&mut |filter| filter.year = 2017), &[]).await;
        let below = of(&mut |filter| filter.within = vec!["/1/2/6/".to_owned()]);
        check(below, &[&all[1]]).await;
        check(of(&mut |filter| filter.within.clear()), &[]).await;
        let liyang = of(&mut |filter| filter.scheme = Some("liyang".to_owned()));
        check(liyang, &[&all[2]]).await;
        check(of(&mut |filter| filter.change = Some("cut")), &[&all[1]]).await;
        check(of(&mut |filter| filter.only_unknown = true), &[&all[2]]).await;
        let called = of(&mut |filter| filter.name = "第5村".to_owned());
        check(called, &[&all[0]]).await;
        let sums = totals(&mut tx, &everything).await.unwrap();
        let of = |units, base_fen, amount_fen, unknown| Totals {
            units,
            base_fen,
            amount_fen,
            unknown,
        };
        assert_eq!(
            sums,
            [
                ("cut".to_owned(), of(1, 1_000_000, 800_000, 0)),
                ("increase".to_owned(), of(1, 1_000_000, 1_400_000, 0)),
                ("plain".to_owned(), of(1, 0, 0, 1)),
            ]
        );
    }
}

#[tokio::test]
async fn a_grant_less_what_came_back_is_compared_with_what_holds_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let all = [
            subsidy(11, 5, 0, Some(1_000_000)),
            subsidy(12, 6, 0, Some(1_000_000)),
            subsidy(13, 7, 0, None),
            subsidy(14, 8, 0, Some(1_000_000)),
            subsidy(15, 9, 0, None),
        ];
        keep(&mut tx, &all, &[]).await.unwrap();
        let of = |number: i64, unit: i64, amount_fen: i64| Grant {
            year: 2018,
            amount_fen,
            ..grant(number, &place(unit), GrantState::Granted)
        };
        let made = [
            of(1, 5, 1_000_000),
            Grant {
                kind: GrantKind::Reward,
                ..of(2, 5, 50_000)
            },
            of(3, 6, 1_200_000),
            of(4, 7, 800_000),
            Grant {
                state: GrantState::Cancelled,
                ..of(5, 8, 900_000)
            },
        ];
        grants::insert(&mut tx, &made).await.unwrap();
        let clawed = |number: i64, amount_fen: i64| {
            let mut clawed = entry(number, 6, EntryKind::ClawedBack, Vec::new());
            clawed.entry.year = 2018;
            clawed.entry.amount_fen = amount_fen;
            clawed
        };
        let (back, mistaken) = (clawed(1, 150_000), clawed(2, 50_000));
        let mut reversal = entry(3, 6, EntryKind::Reversal, Vec::new());
        reversal.entry.reverses = Some(mistaken.entry.id);
        let refunded = |number: i64, of: i64, amount_fen: i64| {
            let lines = ledger_lines(2018, &Movement::Refund { of_due: 0 }, amount_fen);
            let mut refund = entry(number, of, EntryKind::Refunded, lines);
            refund.entry.year = 2018;
            refund.entry.amount_fen = amount_fen;
            refund
        };
        // What it had left, or of its reward: it is not to be granted once more. The other gives back some of what it was granted too much.
        let (left, too_much) = (refunded(4, 5, 70_000), refunded(5, 6, 30_000));
        ledger::insert(&mut tx, &[back, mistaken, reversal, left, too_much])
            .await
            .unwrap();
        let units: Vec<UnitId> = all.iter().map(|subsidy| subsidy.unit).collect();
        let found = granted(&mut tx, 2018, &units).await.unwrap();
        let expect = [
            (unit(5), 1_000_000),
            (unit(6), 1_020_000),
            (unit(7), 800_000),
        ];
        assert_eq!(found, HashMap::from(expect));
        let differing = SubsidyFilter {
            year: 2018,
            within: vec!["/1/".to_owned()],
            only_differing: true,
            ..SubsidyFilter::default()
        };
        let (found, total) = list(&mut tx, &differing, (50, 0)).await.unwrap();
        // More than holds, and what nobody knows any more; who was granted nothing has nothing to compare.
        assert_eq!((found, total), (all[1..3].to_vec(), 2));
        let sums = totals(&mut tx, &differing).await.unwrap();
        assert_eq!(sums[0].1.units, 2);
        let expect = Differences {
            granted_fen: 1_020_000 + 800_000,
            more: 1,
            more_fen: 20_000,
            ..Differences::default()
        };
        assert_eq!(differences(&mut tx, &differing).await.unwrap(), expect);
        // Whoever gives back all that was too much, and more, has what it was to get.
        ledger::insert(&mut tx, &[refunded(6, 6, 90_000)])
            .await
            .unwrap();
        let found = granted(&mut tx, 2018, &[unit(6)]).await.unwrap();
        assert_eq!(found, HashMap::from([(unit(6), 1_000_000)]));
    }
}

fn base_of(id: u128, number: i64, amount_fen: i64) -> Base {
    Base {
        id: SubsidyBaseId(Uuid::from_u128(id)),
        unit: unit(5),
        unit_path: "/1/2/5/".to_owned(),
        year: 2018,
        number,
        amount_fen,
        source: BaseSource::Typed,
        note: "依据".to_owned(),
        recorded_by: Some(AccountId(Uuid::from_u128(5))),
        recorded_by_name: "钱".to_owned(),
        recorded_at: Timestamp::from_second(1_520_000_000).unwrap(),
    }
}

#[tokio::test]
async fn the_last_base_holds_and_earlier_ones_stay_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let (first, second) = (base_of(1, 1, 900_000), base_of(2, 2, 1_000_000));
        assert!(base::record(&mut tx, &first).await.unwrap());
        assert!(base::record(&mut tx, &second).await.unwrap());
        // Somebody else was quicker.
        assert!(!base::record(&mut tx, &base_of(3, 2, 5)).await.unwrap());
        let next = Base {
            year: 2019,
            number: 1,
            recorded_by: None,
            ..base_of(4, 1, 7)
        };
        let many = base::insert_many(&mut tx, std::slice::from_ref(&next)).await;
        many.unwrap();
        let held = base::of_units(&mut tx, 2018, &[unit(5), unit(6)]).await;
        assert_eq!(held.unwrap(), std::slice::from_ref(&second));
        let all = base::of_unit(&mut tx, &unit(5)).await.unwrap();
        assert_eq!(all, [next.clone(), second.clone(), first.clone()]);
        let within = base::within(&mut tx, "/1/2/").await.unwrap();
        assert_eq!(within, [second.clone(), next]);
        assert_eq!(
            base::find(&mut tx, &first.id).await.unwrap(),
            Some(first.clone())
        );
        let mut both = base::find_many(&mut tx, &[second.id, first.id])
            .await
            .unwrap();
        both.sort_by_key(|base| base.number);
        assert_eq!(both, [first, second]);
    }
}

#[tokio::test]
async fn units_whose_base_is_missing_are_found_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let columns = [
            "id",
            "number",
            "kind",
            "path",
            "name",
            "sort_key",
            "division",
            "created_at",
            "changed_at",
        ];
        let row = |number: u128, kind: &str, name: &str, division: &str| {
            vec![
                unit(number).to_string().into(),
                (number as i64).into(),
                kind.into(),
                format!("/1/2/{number}/").into(),
                name.into(),
                name.into(),
                division.into(),
                "".into(),
                "".into(),
            ]
        };
        let rows = vec![
            row(5, "village", "河海村", "320411001"),
            row(6, "village", "飞龙村", "320411002"),
            row(7, "village", "城东村", "320481001"),
            row(8, "grassroots", "机械厂", "320411001"),
        ];
        bulk::insert(&mut tx, "unit", &columns, rows).await.unwrap();
        base::record(&mut tx, &base_of(1, 1, 900_000))
            .await
            .unwrap();
        let filter = DueFilter {
            year: 2018,
            within: vec!["/1/".to_owned()],
            kinds: vec!["village"],
            divisions: vec!["320411".to_owned(), "320402".to_owned()],
            ..DueFilter::default()
        };
        let mut check = async |filter: &DueFilter, expect: &[(&str, bool)]| {
            let (found, total) = base::due(&mut tx, filter, (50, 0)).await.unwrap();
            let found: Vec<(&str, bool)> = found
                .iter()
                .map(|due| (due.unit_name.as_str(), due.base.is_some()))
                .collect();
            assert_eq!((found, total), (expect.to_vec(), expect.len() as i64));
        };
        check(&filter, &[("河海村", true), ("飞龙村", false)]).await;
        let missing = DueFilter {
            only_missing: true,
            ..filter.clone()
        };
        check(&missing, &[("飞龙村", false)]).await;
        let named = DueFilter {
            name: "河海".to_owned(),
            ..filter.clone()
        };
        check(&named, &[("河海村", true)]).await;
        let next_year = DueFilter {
            year: 2019,
            ..missing
        };
        check(&next_year, &[("河海村", false), ("飞龙村", false)]).await;
        let everywhere = DueFilter {
            divisions: Vec::new(),
            ..filter
        };
        let all = [("河海村", true), ("飞龙村", false), ("城东村", false)];
        check(&everywhere, &all).await;
    }
}
