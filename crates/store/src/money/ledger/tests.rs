use jianjia_domain::{
    core::{
        ids::{AccountId, PaymentRunId},
        place::{UnitKind, UnitPlace},
    },
    money::ledger::{Movement, lines},
};
use jiff::{Timestamp, civil::date};
use uuid::Uuid;

use super::*;
use crate::{
    core::bulk,
    money::ledger::{
        list::{self, EntryFilter},
        total::{self, TotalFilter},
    },
    testing,
};

pub fn place(number: i64) -> UnitPlace {
    let id = u128::try_from(number).unwrap();
    UnitPlace {
        id: UnitId(Uuid::from_u128(id)),
        kind: UnitKind::Village,
        name: format!("第{number}村工会联合会"),
        path: if number == 1 {
            "/1/".to_owned()
        } else {
            format!("/1/{number}/")
        },
    }
}

/// The city and some units below it, as far as lists need them.
pub async fn units(tx: &mut Tx, numbers: &[i64]) {
    let columns = [
        "id",
        "number",
        "parent_id",
        "kind",
        "path",
        "name",
        "sort_key",
        "created_at",
        "changed_at",
    ];
    let rows = numbers.iter().map(|number| {
        let unit = place(*number);
        let parent = (*number != 1).then(|| place(1).id.to_string());
        vec![
            unit.id.to_string().into(),
            (*number).into(),
            parent.into(),
            if *number == 1 { "city" } else { "village" }.into(),
            unit.path.into(),
            unit.name.as_str().into(),
            unit.name.as_str().into(),
            "".into(),
            "".into(),
        ]
    });
    bulk::insert(tx, "unit", &columns, rows.collect())
        .await
        .unwrap();
}

pub fn entry(number: i64, unit: i64, kind: EntryKind, lines: Vec<Line>) -> KeptEntry {
    let place = place(unit);
    LedgerEntry {
        id: LedgerEntryId(Uuid::from_u128(u128::try_from(1_000 + number).unwrap())),
        number,
        kind,
        year: 2016,
        unit: place.id,
        unit_path: place.path,
        unit_name: place.name,
        amount_fen: lines.iter().map(|line| line.amount_fen).max().unwrap_or(0),
        happened_on: date(2016, 5, 9),
        basis: "2016 年度活动经费补贴".to_owned(),
        reason: String::new(),
        reverses: None,
        grant: None,
        run: Some(PaymentRunId(Uuid::from_u128(9))),
        over_fen: 0,
        recorded_by: Some(AccountId(Uuid::from_u128(8))),
        recorded_by_name: "钱主任".to_owned(),
        recorded_at: Timestamp::from_second(1_479_000_000).unwrap(),
        lines,
    }
    .into()
}

#[tokio::test]
async fn entries_are_kept_with_their_lines_and_sums_follow_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        units(&mut tx, &[1, 2, 3]).await;
        let of = |movement: &Movement<'_>, amount| lines(2016, movement, amount);
        let mut spent = entry(5, 2, EntryKind::Spent, of(&Movement::Spend("service"), 300));
        spent.purpose = "service".to_owned();
        spent.payee = Some(PayeeKind::Shop);
        spent.request_key = Some("spending:x".to_owned());
        spent.entry.over_fen = 100;
        let all = [
            entry(1, 2, EntryKind::Granted, of(&Movement::Grant, 500)),
            entry(2, 2, EntryKind::Released, of(&Movement::Release, 500)),
            entry(3, 2, EntryKind::Sent, of(&Movement::Send, 500)),
            entry(4, 2, EntryKind::Paid, of(&Movement::Pay, 500)),
            spent.clone(),
            entry(6, 3, EntryKind::Granted, of(&Movement::Grant, 70)),
        ];
        insert(&mut tx, &all).await.unwrap();
        let found = find(&mut tx, &spent.entry.id).await.unwrap();
        assert_eq!(found, Some(spent.clone()));
        let asked = of_request(&mut tx, "spending:x").await.unwrap();
        assert_eq!(asked, Some(spent.entry.id));
        let held = balances(&mut tx, &place(2).id, 2016).await.unwrap();
        assert!(held.is_sound());
        assert_eq!(
            (held.of(Account::Held), held.spent_on("service")),
            (200, 300)
        );
        assert!(
            balances(&mut tx, &place(2).id, 2017)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(unbalanced(&mut tx).await.unwrap(), [0_i64; 0]);
        assert_eq!(strays(&mut tx).await.unwrap(), [""; 0]);
        assert_eq!(count(&mut tx, 2016).await.unwrap(), 6);
        assert_eq!(years(&mut tx).await.unwrap(), [2016]);

        total::renew(&mut tx, &[place(2), place(3)], &[2016])
            .await
            .unwrap();
        assert_eq!(total::wrong(&mut tx, 2016).await.unwrap(), []);
        let by_place = total::by_place(&mut tx, 2016, &place(1).id).await.unwrap();
        let sums: Vec<(String, i64, i64)> = by_place
            .into_iter()
            .map(|of| (of.unit.name, of.sums.granted_fen, of.sums.closing_fen))
            .collect();
        let (two, three) = (place(2).name, place(3).name);
        assert_eq!(sums, [(two.clone(), 500, 200), (three.clone(), 70, 0)]);
        let whole = total::of_place(&mut tx, 2016, &place(1)).await.unwrap();
        assert_eq!((whole.units, whole.sums.granted_fen), (2, 570));
        let filter = |name: &str, state: &str| TotalFilter {
            year: 2016,
            within: vec!["/1/".to_owned()],
            name: name.to_owned(),
            state: state.to_owned(),
        };
        for (name, state, expect) in [
            ("", "", vec![two.clone(), three.clone()]),
            ("第3村", "", vec![three.clone()]),
            ("", "unpaid", vec![three.clone()]),
            ("", "left", vec![two.clone()]),
            ("", "over", vec![]),
        ] {
            let filter = filter(name, state);
            let (found, number) = total::page(&mut tx, &filter, (50, 0)).await.unwrap();
            let names: Vec<String> = found.into_iter().map(|line| line.unit.name).collect();
            assert_eq!(names, expect, "{name} {state}");
            assert_eq!(number, expect.len() as i64);
        }
    }
}

#[tokio::test]
async fn entries_are_listed_by_what_is_asked_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        units(&mut tx, &[1, 2, 3]).await;
        let grant = |number, unit| {
            entry(
                number,
                unit,
                EntryKind::Granted,
                lines(2016, &Movement::Grant, 100),
            )
        };
        let mut spent = entry(
            3,
            2,
            EntryKind::Spent,
            lines(2016, &Movement::Spend("service"), 9),
        );
        spent.purpose = "service".to_owned();
        spent.entry.over_fen = 9;
        insert(&mut tx, &[grant(1, 2), grant(2, 3), spent])
            .await
            .unwrap();
        let all = EntryFilter {
            year: 2016,
            within: vec!["/1/".to_owned()],
            ..EntryFilter::default()
        };
        let check = |filter: EntryFilter, expect: &'static [i64]| (filter, expect);
        for (filter, expect) in [
            check(all.clone(), &[3, 2, 1]),
            check(
                EntryFilter {
                    within: vec!["/1/3/".to_owned()],
                    ..all.clone()
                },
                &[2],
            ),
            check(
                EntryFilter {
                    kind: "granted".to_owned(),
                    ..all.clone()
                },
                &[2, 1],
            ),
            check(
                EntryFilter {
                    purpose: "service".to_owned(),
                    ..all.clone()
                },
                &[3],
            ),
            check(
                EntryFilter {
                    over: true,
                    ..all.clone()
                },
                &[3],
            ),
            check(
                EntryFilter {
                    name: "第3村".to_owned(),
                    ..all.clone()
                },
                &[2],
            ),
            check(
                EntryFilter {
                    year: 2017,
                    ..all.clone()
                },
                &[],
            ),
        ] {
            let (found, total) = list::page(&mut tx, &filter, (50, 0)).await.unwrap();
            let numbers: Vec<i64> = found.iter().map(|kept| kept.entry.number).collect();
            assert_eq!(numbers, expect, "{filter:?}");
            assert_eq!(total, expect.len() as i64);
        }
        let within = ["/1/".to_owned()];
        let (found, total) = list::lines(&mut tx, 2016, &within, (3, 0)).await.unwrap();
        assert_eq!((found.len(), total), (3, 6));
        let first: Vec<(i64, i64)> = found
            .iter()
            .map(|(kept, line)| (kept.entry.number, line.amount_fen))
            .collect();
        assert_eq!(first, [(1, -100), (1, 100), (2, -100)]);
        let own = of_unit(&mut tx, &place(2).id, 2016).await.unwrap();
        assert_eq!(own.len(), 2);
        assert!(own.iter().all(|kept| kept.entry.lines.len() == 2));
    }
}

#[tokio::test]
async fn an_entry_that_somebody_changed_by_hand_is_found_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        units(&mut tx, &[1, 2]).await;
        let grant = entry(1, 2, EntryKind::Granted, lines(2016, &Movement::Grant, 100));
        insert(&mut tx, &[grant]).await.unwrap();
        total::renew(&mut tx, &[place(2)], &[2016]).await.unwrap();
        sqlx::query("UPDATE ledger_line SET amount_fen = 900 WHERE amount_fen = 100")
            .execute(&mut *tx)
            .await
            .unwrap();
        assert_eq!(unbalanced(&mut tx).await.unwrap(), [1]);
        sqlx::query("UPDATE ledger_line SET amount_fen = -900 WHERE amount_fen = -100")
            .execute(&mut *tx)
            .await
            .unwrap();
        // It balances again, and is not what was summed up.
        assert_eq!(unbalanced(&mut tx).await.unwrap(), [0_i64; 0]);
        assert_eq!(total::wrong(&mut tx, 2016).await.unwrap(), [place(2).id]);
    }
}
