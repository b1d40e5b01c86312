use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::core::{policy::any_permit, proof::Proof};

fn actor(number: u128, person: Option<u128>) -> Actor {
    Actor {
        account: AccountId(Uuid::from_u128(number)),
        person: person.map(|person| PersonId(Uuid::from_u128(person))),
        name: format!("审批人{number}"),
        roles: Vec::new(),
        proof: Proof::Password,
    }
}

fn run(state: RunState) -> PaymentRun {
    PaymentRun {
        id: PaymentRunId(Uuid::from_u128(1)),
        number: 1,
        year: 2016,
        state,
        rows: 2,
        total_fen: 300,
        prepared_by: Some(actor(7, None).account),
        prepared_person: actor(7, Some(70)).person,
        prepared_by_name: "出纳".to_owned(),
        prepared_at: Timestamp::UNIX_EPOCH,
        approved_by_name: String::new(),
        approved_at: None,
        csv_digest: String::new(),
        xlsx_digest: String::new(),
        ended_by_name: String::new(),
        ended_at: None,
        revision: 1,
    }
}

fn row(place: i64, amount_fen: i64) -> PaymentRow {
    let of = |number: i64| Uuid::from_u128(u128::try_from(number).unwrap());
    PaymentRow {
        run: PaymentRunId(of(1)),
        place,
        grant: GrantId(of(place)),
        unit: UnitId(of(place)),
        unit_path: format!("/1/{place}/"),
        unit_name: format!("第{place}村"),
        amount_fen,
        basis: "依据".to_owned(),
        account_name: "户名".to_owned(),
        bank: "银行".to_owned(),
        sealed: String::new(),
        tail: "1234".to_owned(),
        bank_revision: 1,
        state: RowState::Sent,
        reason: String::new(),
    }
}

fn key<T>(answer: Result<T, Refusal>) -> String {
    match answer {
        Ok(_) => "done".to_owned(),
        Err(Refusal::Fields(fields)) => format!("{} {}", fields[0].0, fields[0].1.key()),
        Err(refusal) => refusal.key().to_owned(),
    }
}

#[test]
fn who_prepared_a_run_does_not_approve_it_under_whatever_account() {
    let permit = any_permit(act::ApprovePayment);
    let now = Timestamp::UNIX_EPOCH;
    let check = |state, actor: &Actor, revision, expect: &str| {
        let answer = approve(run(state), &permit, actor, (revision, now));
        assert_eq!(key(answer), expect);
    };
    check(
        RunState::Prepared,
        &actor(7, None),
        1,
        "payment/same-person",
    );
    check(
        RunState::Prepared,
        &actor(8, Some(70)),
        1,
        "payment/same-person",
    );
    check(RunState::Prepared, &actor(8, Some(80)), 1, "done");
    check(RunState::Prepared, &actor(8, None), 0, "stale");
    check(
        RunState::Approved,
        &actor(8, None),
        1,
        "payment/wrong-state",
    );
}

#[test]
fn what_the_bank_returned_bounces_and_the_rest_is_paid() {
    let permit = any_permit(act::PreparePayment);
    let now = Timestamp::UNIX_EPOCH;
    let settled = |state, bounced: &[Bounced]| {
        let rows = vec![row(1, 100), row(2, 200)];
        settle(
            run(state),
            rows,
            &permit,
            &actor(9, None),
            bounced,
            (1, now),
        )
    };
    let back = |place, reason: &str| Bounced {
        place,
        reason: reason.to_owned(),
    };
    let (after, rows) = settled(RunState::Approved, &[back(2, "户名不符")]).unwrap();
    assert_eq!(after.state, RunState::Ended);
    let states: Vec<RowState> = rows.iter().map(|row| row.state).collect();
    assert_eq!(states, [RowState::Paid, RowState::Bounced]);
    let check = |state, bounced: &[Bounced], expect: &str| {
        assert_eq!(key(settled(state, bounced)), expect);
    };
    check(RunState::Approved, &[back(3, "x")], "payment/no-such-row");
    check(
        RunState::Approved,
        &[back(2, " ")],
        "reason_2 payment/reason-missing",
    );
    check(RunState::Prepared, &[], "payment/wrong-state");
    check(RunState::Ended, &[], "payment/wrong-state");
}

#[test]
fn a_list_of_the_bank_is_understood_or_not_used_at_all() {
    let rows = [row(1, 100), row(2, 200)];
    let line = |place: &str, amount: &str, result: &str| ReturnRow {
        number: 5,
        place: place.to_owned(),
        amount: amount.to_owned(),
        result: result.to_owned(),
        reason: String::new(),
    };
    let check = |list: &[ReturnRow], expect: Result<&[i64], &str>| {
        use crate::core::refusal::Refuse;
        let found = returned(&rows, list);
        let places = found.map(|found| found.iter().map(|one| one.place).collect::<Vec<i64>>());
        let places = places.map_err(|refusal| refusal.key());
        assert_eq!(places.as_deref(), expect.as_deref(), "{list:?}");
    };
    check(
        &[line("1", "1.00", "交易成功"), line("２", "2", "退汇")],
        Ok(&[2]),
    );
    check(&[line("2", "", "失败")], Ok(&[2]));
    check(&[line("2", "9.99", "失败")], Err("payment/return-unclear"));
    check(&[line("3", "", "失败")], Err("payment/return-unclear"));
    check(&[line("2", "", "处理中")], Err("payment/return-unclear"));
    check(
        &[line("2", "", "失败"), line("2", "", "失败")],
        Err("payment/return-unclear"),
    );
    assert_eq!(is_paid("未成功"), Some(false));
    assert_eq!(is_paid("未完成"), None);
}

#[test]
fn a_purpose_is_short_enough_for_any_bank() {
    let purposes = GrantKind::ALL.map(|kind| purpose(2016, kind));
    assert_eq!(
        purposes,
        [
            "2016年工会活动经费补贴",
            "2016年工会建家奖励",
            "2016年工会其他补助"
        ]
    );
}
