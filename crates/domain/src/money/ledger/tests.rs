use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::core::{
    policy::{act, any_permit},
    refusal::Refuse,
};

fn entry(kind: EntryKind, lines: Vec<Line>) -> LedgerEntry {
    LedgerEntry {
        id: LedgerEntryId(Uuid::from_u128(1)),
        number: 1,
        kind,
        year: 2016,
        unit: UnitId(Uuid::from_u128(2)),
        unit_path: "/1/2/".to_owned(),
        unit_name: "甲村工联会".to_owned(),
        amount_fen: 100,
        happened_on: jiff::civil::date(2016, 5, 1),
        basis: "依据".to_owned(),
        reason: String::new(),
        reverses: None,
        grant: None,
        run: None,
        over_fen: 0,
        recorded_by: None,
        recorded_by_name: String::new(),
        recorded_at: Timestamp::UNIX_EPOCH,
        lines,
    }
}

fn key<T>(answer: Result<T, LedgerRefusal>) -> &'static str {
    answer.map_or_else(|refusal| refusal.key(), |_| "done")
}

#[test]
fn what_is_written_by_hand_and_does_not_balance_is_not_taken() {
    let line = |year, account, amount_fen| Line {
        year,
        account,
        purpose: String::new(),
        amount_fen,
    };
    let check = |lines: &[Line], expect| assert_eq!(key(balanced(lines)), expect, "{lines:?}");
    let unbalanced = "ledger/unbalanced";
    check(&[], unbalanced);
    check(
        &[line(2016, Account::Held, 0), line(2016, Account::Spent, 0)],
        unbalanced,
    );
    check(
        &[line(2016, Account::Held, -5), line(2016, Account::Spent, 4)],
        unbalanced,
    );
    // In two years, or on two sides.
    check(
        &[line(2016, Account::Held, -5), line(2017, Account::Spent, 5)],
        unbalanced,
    );
    check(
        &[
            line(2016, Account::Transit, -5),
            line(2016, Account::Held, 5),
        ],
        unbalanced,
    );
    check(
        &[line(2016, Account::Held, -5), line(2016, Account::Spent, 5)],
        "done",
    );
}

#[test]
fn an_entry_is_taken_back_once_by_its_mirror_in_a_year_that_is_open() {
    let permit = any_permit(act::GrantMoney);
    let granted = entry(EntryKind::Granted, lines(2016, &Movement::Grant, 100));
    let (year, back, corrects) = reversing(&granted, &permit, false, None).unwrap();
    assert_eq!(
        (year, corrects, balanced(&back)),
        (2016, Corrects::Nothing, Ok(()))
    );
    let mut balances = Balances::default();
    for line in granted.lines.iter().chain(&back) {
        balances.add(line).unwrap();
    }
    assert!(balances.is_empty());
    let (year, _, corrects) = reversing(&granted, &permit, false, Some(2017)).unwrap();
    assert_eq!((year, corrects), (2018, Corrects::ClosedYear));
    let again = reversing(&granted, &permit, true, None);
    assert_eq!(key(again), "ledger/reversed-already");
    let paid = entry(EntryKind::Paid, lines(2016, &Movement::Pay, 100));
    assert_eq!(
        key(reversing(&paid, &permit, false, None)),
        "ledger/not-reversible"
    );
}

#[test]
fn money_comes_back_of_what_is_there_alone_what_was_due_first() {
    let permit = any_permit(act::TakeMoneyBack);
    let mut balances = Balances::default();
    let of = |account, amount_fen| Line {
        year: 2016,
        account,
        purpose: String::new(),
        amount_fen,
    };
    for line in [
        of(Account::Held, 60),
        of(Account::Due, 40),
        of(Account::Opening, -100),
    ] {
        balances.add(&line).unwrap();
    }
    let back = |how, amount| take_back(&balances, &permit, (2016, how, amount));
    assert_eq!(
        key(back(TakingBack::Refunded, 101)),
        "ledger/more-than-held"
    );
    assert_eq!(
        key(back(TakingBack::ClawedBack, 61)),
        "ledger/more-than-held"
    );
    let lines = back(TakingBack::Refunded, 70).unwrap();
    assert_eq!(balanced(&lines), Ok(()));
    let after = balances.after(2016, &lines, Corrects::Nothing).unwrap();
    assert_eq!((after.of(Account::Due), after.of(Account::Held)), (0, 30));
}

#[test]
fn no_more_goes_from_an_account_than_is_on_it_and_sums_do_not_overflow() {
    let balances = Balances::default();
    let release = lines(2016, &Movement::Release, 5);
    let refused = balances.after(2016, &release, Corrects::Nothing);
    assert_eq!(key(refused), "ledger/not-there");
    let mut full = Balances::default();
    let line = Line {
        year: 2016,
        account: Account::Held,
        purpose: String::new(),
        amount_fen: i64::MAX,
    };
    full.add(&line).unwrap();
    assert_eq!(key(full.add(&line)), "ledger/too-much");
    assert_eq!(key(open(2016, Some(2016))), "ledger/year-closed");
    assert_eq!(open(2017, Some(2016)), Ok(2017));
}

fn movement() -> impl Strategy<Value = (Movement<'static>, i64)> {
    let kinds = prop_oneof![
        Just(Movement::Grant),
        Just(Movement::Release),
        Just(Movement::Send),
        Just(Movement::Pay),
        Just(Movement::Bounce),
        Just(Movement::BounceLate),
        Just(Movement::Spend("service")),
        Just(Movement::Spend("facilities")),
        Just(Movement::Refund { of_due: 0 }),
        Just(Movement::ClawBack),
    ];
    (kinds, 1..1_000_000_i64)
}

proptest! {
    #[test]
    fn whatever_happens_every_entry_balances_and_so_do_the_accounts(moves in prop::collection::vec(movement(), 0..60)) {
        let mut balances = Balances::default();
        let mut in_hand = 0_i64;
        for (movement, amount) in moves {
            let lines = lines(2016, &movement, amount);
            prop_assert_eq!(balanced(&lines), Ok(()));
            let Ok(after) = balances.after(2016, &lines, Corrects::Nothing) else {
                continue;
            };
            in_hand += match movement {
                Movement::Pay => amount,
                Movement::BounceLate | Movement::Spend(_) | Movement::Refund { .. } | Movement::ClawBack => -amount,
                _ => 0,
            };
            balances = after;
            prop_assert!(balances.is_sound());
            let sums = balances.sums();
            prop_assert_eq!(sums.closing_fen, in_hand);
            prop_assert_eq!(sums.granted_fen, sums.unpaid_fen + sums.paid_fen);
            prop_assert_eq!(sums.closing_fen, sums.opening_fen + sums.paid_fen - sums.spent_fen - sums.returned_fen);
        }
    }
}
