//! Stories of money: granted, released, paid by two people with one return, spent on the purposes of the standard, closed at the end of the year.

use bytes::Bytes;
use jianjia_app::{
    core::error::{Error, Result},
    exchange::verification,
    money::{
        bank, books,
        grant::{self as grants, GrantFilter},
        ledger, payment as payments,
        spending::{self, TakingForm},
    },
    office::message as messages,
    year::evidence::{self, File},
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::{
        ids::{GrantId, GrantListId, PaymentRunId, UnitId},
        message::Kind,
        place::{UnitKind, UnitPlace},
        policy::{Act, Actor, Role},
        refusal::Refusal,
    },
    money::{
        bank::BankForm,
        grant::{DraftRow, GrantKind, GrantState, NewGrant},
        ledger::{Account, EntryKind, TakingBack},
        payment::{Bounced, RowState, RunState},
        spending::SpendingForm,
    },
    year::evidence::Target,
};
use jianjia_standard::Lang;
use jianjia_store::core::{file::content_hash, scope::Scope};
use jiff::civil::date;

struct Cast {
    villages: [UnitPlace; 2],
    chairs: [Actor; 2],
    cashier: Actor,
    leader: Actor,
    other_leader: Actor,
    of_district: Actor,
    auditor: Actor,
    /// Runs accounts, and nothing else.
    administrator: Actor,
}

async fn cast(city: &TestCity) -> Cast {
    let top = city.unit(None, UnitKind::City, "常州市总工会").await;
    let district = city
        .unit(Some(&top), UnitKind::District, "天宁区总工会")
        .await;
    let first = city
        .unit(Some(&district), UnitKind::Village, "朝阳村工会联合会")
        .await;
    let second = city
        .unit(Some(&district), UnitKind::Village, "红梅社区工会联合会")
        .await;
    let chairs = [
        city.actor("朝阳主席", &[(Role::Chair, &first)]).await,
        city.actor("红梅主席", &[(Role::Chair, &second)]).await,
    ];
    Cast {
        cashier: city.actor("出纳小吴", &[(Role::Reviewer, &top)]).await,
        leader: city.actor("钱主任", &[(Role::Approver, &top)]).await,
        other_leader: city.actor("孙主任", &[(Role::Approver, &top)]).await,
        of_district: city.actor("赵部长", &[(Role::Approver, &district)]).await,
        auditor: city.actor("审计老沈", &[(Role::Auditor, &top)]).await,
        administrator: city
            .actor("管理员小马", &[(Role::Administrator, &top)])
            .await,
        villages: [first, second],
        chairs,
    }
}

fn key<T>(answer: Result<T>) -> String {
    match answer {
        Ok(_) => "done".to_owned(),
        Err(Error::Refused(Refusal::Fields(fields))) => {
            let fields = fields.iter();
            let told = fields.map(|(field, refusal)| format!("{field} {}", refusal.key()));
            told.collect::<Vec<_>>().join(", ")
        }
        Err(Error::Refused(refusal)) => refusal.key().to_owned(),
        Err(Error::NotFound) => "not found".to_owned(),
        Err(Error::Internal(error)) => format!("failed: {error:#}"),
    }
}

fn row(number: i64, unit: &str, amount: &str) -> DraftRow {
    DraftRow {
        number,
        unit: unit.to_owned(),
        amount: amount.to_owned(),
        kind: String::new(),
        basis: "2016 年度活动经费补贴（R3）".to_owned(),
        source_key: String::new(),
    }
}

async fn granted(city: &TestCity, cast: &Cast) -> GrantListId {
    let rows = vec![
        row(1, &cast.villages[0].name, "10,000.00"),
        row(2, &cast.villages[1].name, "8000"),
    ];
    let app = &city.app;
    let list = grants::save_list(app, &cast.leader, 2016, (rows, ""), "form")
        .await
        .unwrap();
    grants::confirm_list(app, &cast.leader, &list, 1)
        .await
        .unwrap();
    list
}

async fn seen(city: &TestCity, cast: &Cast, state: GrantState) -> Vec<(GrantId, i64)> {
    let filter = GrantFilter {
        year: 2016,
        state: state.key().to_owned(),
        ..GrantFilter::default()
    };
    let found = grants::export(&city.app, &cast.leader, &filter, (50, 0)).await;
    let (found, _) = found.unwrap();
    found
        .iter()
        .map(|grant| (grant.id, grant.revision))
        .collect()
}

async fn banks(city: &TestCity, cast: &Cast) {
    for (village, chair) in cast.villages.iter().zip(&cast.chairs) {
        let form = BankForm {
            account_name: village.name.clone(),
            bank: "江南农村商业银行".to_owned(),
            account: "1105 0212 3456 7890".to_owned(),
        };
        bank::say(&city.app, chair, &village.id, &form, 0)
            .await
            .unwrap();
    }
}

async fn prepared(city: &TestCity, cast: &Cast, by: &Actor) -> PaymentRunId {
    let app = &city.app;
    let preview = payments::preview(app, &cast.cashier, 2016).await.unwrap();
    payments::prepare(app, by, 2016, &preview.digest, "")
        .await
        .unwrap()
}

/// Everything up to the money being with both villages.
async fn paid(city: &TestCity, cast: &Cast) -> PaymentRunId {
    granted(city, cast).await;
    banks(city, cast).await;
    let app = &city.app;
    let released = seen(city, cast, GrantState::Granted).await;
    grants::release(app, &cast.leader, &released).await.unwrap();
    let run = prepared(city, cast, &cast.cashier).await;
    payments::approve(app, &cast.leader, &run, 1).await.unwrap();
    payments::settle(app, &cast.cashier, &run, &[], 2)
        .await
        .unwrap();
    run
}

fn voucher() -> File {
    File {
        name: "发票.pdf".to_owned(),
        bytes: Bytes::from_static(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"),
    }
}

fn form(purpose: &str, named: &str, amount: &str) -> SpendingForm {
    SpendingForm {
        spent_on: "2016-09-01".to_owned(),
        purpose: purpose.to_owned(),
        named: named.to_owned(),
        amount: amount.to_owned(),
        payee: "shop".to_owned(),
        what: "添置图书".to_owned(),
    }
}

async fn held(city: &TestCity, cast: &Cast, unit: &UnitId, year: i16) -> i64 {
    let found = ledger::statement(&city.app, &cast.leader, unit, Some(year)).await;
    found.unwrap().balances.of(Account::Held)
}

#[tokio::test]
async fn a_run_is_approved_by_another_and_what_the_bank_returns_is_paid_again() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let list = granted(&city, &cast).await;
        // Sent again, it is the same list, and is granted once.
        let rows = vec![row(1, &cast.villages[0].name, "1")];
        let again = grants::save_list(app, &cast.leader, 2016, (rows, ""), "form").await;
        assert_eq!(again.unwrap(), list);
        let again = grants::confirm_list(app, &cast.leader, &list, 1).await;
        assert_eq!(key(again), "grant/list-ended");
        for stranger in [
            &cast.of_district,
            &cast.cashier,
            &cast.auditor,
            &cast.chairs[0],
        ] {
            let rows = vec![row(1, &cast.villages[0].name, "1")];
            let refused = grants::save_list(app, stranger, 2016, (rows, ""), "x").await;
            assert_ne!(key(refused), "done");
        }
        // Nothing is paid before it is released, and to nobody who has no account.
        assert!(
            payments::preview(app, &cast.cashier, 2016)
                .await
                .unwrap()
                .rows
                .is_empty()
        );
        let released = seen(&city, &cast, GrantState::Granted).await;
        grants::release(app, &cast.leader, &released).await.unwrap();
        let stale = grants::release(app, &cast.leader, &released).await;
        assert_eq!(key(stale), "grant/wrong-state");
        let preview = payments::preview(app, &cast.cashier, 2016).await.unwrap();
        assert_eq!((preview.rows.len(), preview.left_out.len()), (0, 2));
        banks(&city, &cast).await;
        let old = payments::prepare(app, &cast.cashier, 2016, &preview.digest, "").await;
        assert_eq!(key(old), "payment/preview-changed");
        let preview = payments::preview(app, &cast.cashier, 2016).await.unwrap();
        assert_eq!((preview.rows.len(), preview.total_fen), (2, 1_800_000));

        // Who prepares it does not approve it.
        let run = prepared(&city, &cast, &cast.leader).await;
        let own = payments::approve(app, &cast.leader, &run, 1).await;
        assert_eq!(key(own), "payment/same-person");
        let cashier = payments::approve(app, &cast.cashier, &run, 1).await;
        assert_eq!(key(cashier), "not-your-role");
        // It waits in this run, and in no other.
        let second = payments::preview(app, &cast.cashier, 2016).await.unwrap();
        assert!(second.rows.is_empty());
        payments::approve(app, &cast.other_leader, &run, 1)
            .await
            .unwrap();
        let twice = payments::approve(app, &cast.other_leader, &run, 2).await;
        assert_eq!(key(twice), "payment/wrong-state");

        // The whole numbers stand in the file for the bank, and nowhere else.
        let (_, file) = payments::bank_file(app, &cast.other_leader, &run)
            .await
            .unwrap();
        let csv = String::from_utf8(file.csv).unwrap();
        assert!(
            csv.contains("1105021234567890") && csv.contains("10000.00"),
            "{csv}"
        );
        let refused = payments::bank_file(app, &cast.cashier, &run).await;
        assert_eq!(key(refused), "not-your-role");
        let mut tx = app.db.read().await.unwrap();
        let kept = "SELECT sealed || tail || account_name FROM bank_detail
                    UNION ALL SELECT sealed || tail || account_name FROM payment_row
                    UNION ALL SELECT detail FROM audit";
        let kept = jianjia_store::testing::texts(&mut tx, kept).await.concat();
        tx.commit().await.unwrap();
        assert!(!kept.contains("1105021234567890"));

        let bounced = [Bounced {
            place: 2,
            reason: "户名不符".to_owned(),
        }];
        payments::settle(app, &cast.cashier, &run, &bounced, 2)
            .await
            .unwrap();
        let view = payments::view(app, &cast.auditor, &run).await.unwrap();
        assert_eq!(view.run.state, RunState::Ended);
        let states: Vec<RowState> = view.rows.iter().map(|row| row.state).collect();
        assert_eq!(states, [RowState::Paid, RowState::Bounced]);
        assert_eq!(
            held(&city, &cast, &cast.villages[0].id, 2016).await,
            1_000_000
        );
        assert_eq!(held(&city, &cast, &cast.villages[1].id, 2016).await, 0);
        let told = messages::inbox(app, &cast.chairs[1], 1).await;
        let told = told.unwrap();
        let kinds: Vec<Option<Kind>> = told.messages.iter().map(|one| one.kind).collect();
        assert!(kinds.contains(&Some(Kind::PaymentBounced)), "{kinds:?}");
        let again = prepared(&city, &cast, &cast.cashier).await;
        payments::approve(app, &cast.leader, &again, 1)
            .await
            .unwrap();
        payments::settle(app, &cast.cashier, &again, &[], 2)
            .await
            .unwrap();
        assert_eq!(
            held(&city, &cast, &cast.villages[1].id, 2016).await,
            800_000
        );
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn the_bank_reads_a_short_purpose_and_a_file_approved_before_stays_as_it_was() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let run = paid(&city, &cast).await;
        let fetch = async || {
            let (_, file) = payments::bank_file(app, &cast.leader, &run).await.unwrap();
            String::from_utf8(file.csv).unwrap()
        };
        let (basis, purpose) = ("2016 年度活动经费补贴（R3）", "2016年工会活动经费补贴");
        let file = fetch().await;
        assert_eq!(
            (file.matches(purpose).count(), file.matches(basis).count()),
            (2, 0)
        );
        // As it was made when the whole basis stood in it.
        let former = file.replace(purpose, basis);
        let mut tx = app.db.write("test").await.unwrap();
        sqlx::query("UPDATE payment_run SET csv_digest = $1")
            .bind(content_hash(former.as_bytes()))
            .execute(&mut *tx)
            .await
            .unwrap();
        testing::keep(app, tx).await;
        assert_eq!(fetch().await, former);
    }
}

#[tokio::test]
async fn bank_details_that_changed_after_a_run_was_prepared_stop_it() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        granted(&city, &cast).await;
        banks(&city, &cast).await;
        let released = seen(&city, &cast, GrantState::Granted).await;
        grants::release(app, &cast.leader, &released).await.unwrap();
        let run = prepared(&city, &cast, &cast.cashier).await;
        let form = BankForm {
            account_name: "别人".to_owned(),
            bank: "别的银行".to_owned(),
            account: "62220000111122223333".to_owned(),
        };
        let village = &cast.villages[0].id;
        bank::say(app, &cast.chairs[0], village, &form, 1)
            .await
            .unwrap();
        let stale = bank::say(app, &cast.chairs[0], village, &form, 7).await;
        assert_eq!(key(stale), "done", "said again, it is as it was");
        let refused = payments::approve(app, &cast.leader, &run, 1).await;
        assert_eq!(key(refused), "payment/row-changed");
        payments::withdraw(app, &cast.cashier, &run, 1)
            .await
            .unwrap();
        let preview = payments::preview(app, &cast.cashier, 2016).await.unwrap();
        assert_eq!(preview.rows.len(), 2);
    }
}

#[tokio::test]
async fn money_is_spent_on_the_purposes_of_the_standard_and_what_is_over_is_told_above() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        paid(&city, &cast).await;
        let (village, chair) = (&cast.villages[0].id, &cast.chairs[0]);
        let spend = async |form: SpendingForm, files: Vec<File>, request: &'static str| {
            spending::spend(app, chair, (village, 2016), (&form, files), request).await
        };
        let wrong = spend(form("other", "聚餐", "500"), vec![voucher()], "a").await;
        let Err(Error::Refused(refusal)) = &wrong else {
            panic!("it was taken");
        };
        let sentence = refusal.sentence(Lang::Zh);
        assert!(
            sentence.contains("聚餐") && sentence.contains("R6"),
            "{sentence}"
        );
        assert_eq!(key(wrong), "named spending/wrong-purpose");
        let none = spend(form("service", "", "500"), Vec::new(), "a").await;
        assert_eq!(key(none), "file spending/no-voucher");
        let other = spending::spend(
            app,
            &cast.chairs[1],
            (village, 2016),
            (&form("service", "", "500"), vec![voucher()]),
            "x",
        )
        .await;
        assert_eq!(key(other), "not found");

        let entry = spend(form("service", "", "500"), vec![voucher()], "a")
            .await
            .unwrap();
        let twice = spend(form("service", "", "500"), vec![voucher()], "a")
            .await
            .unwrap();
        assert_eq!(entry, twice);
        assert_eq!(held(&city, &cast, village, 2016).await, 950_000);
        spend(form("facilities", "", "9,600"), vec![voucher()], "b")
            .await
            .unwrap();
        let statement = ledger::statement(app, chair, village, Some(2016))
            .await
            .unwrap();
        assert_eq!(
            statement.spent,
            [
                ("facilities".to_owned(), 960_000),
                ("service".to_owned(), 50_000)
            ]
        );
        assert_eq!(statement.sums.closing_fen, -10_000);
        assert_eq!(statement.entries[0].kept.entry.over_fen, 10_000);
        assert_eq!(statement.entries[0].vouchers.len(), 1);
        let told = messages::inbox(app, &cast.of_district, 1).await;
        let kinds = told.unwrap().messages.into_iter().map(|one| one.kind);
        assert!(kinds.into_iter().any(|kind| kind == Some(Kind::SpentOver)));

        // A mistake is taken back once, with its reason, and both stay.
        let none = spending::reverse(app, chair, &entry, " ").await;
        assert_eq!(key(none), "reason ledger/reason-missing");
        spending::reverse(app, chair, &entry, "金额记错")
            .await
            .unwrap();
        let again = spending::reverse(app, chair, &entry, "金额记错").await;
        assert_eq!(key(again), "ledger/reversed-already");
        assert_eq!(held(&city, &cast, village, 2016).await, 40_000);
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn a_unit_s_money_is_read_by_its_own_and_by_those_above_who_look_over_money() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        paid(&city, &cast).await;
        let village = &cast.villages[0].id;
        let read = ledger::statement(app, &cast.chairs[0], village, None).await;
        let entry = read.unwrap().entries[0].kept.entry.id;
        for reader in [
            &cast.cashier,
            &cast.leader,
            &cast.of_district,
            &cast.auditor,
        ] {
            let read = ledger::statement(app, reader, village, None).await;
            assert_eq!(read.unwrap().balances.of(Account::Held), 1_000_000);
            assert_eq!(key(ledger::entry(app, reader, &entry).await), "done");
        }
        // An administrator sees the unit and runs its accounts: its money is not theirs to read.
        for stranger in [&cast.administrator, &cast.chairs[1]] {
            let hidden = ledger::statement(app, stranger, village, None).await;
            assert_eq!(key(hidden), "not found");
            assert_eq!(key(ledger::entry(app, stranger, &entry).await), "not found");
        }
        let form = (village, Act::RecordSpending);
        let hidden = ledger::statement_for(app, &cast.administrator, form, None).await;
        assert_eq!(key(hidden), "not found");
        let both = Actor {
            roles: [cast.administrator.roles.clone(), cast.auditor.roles.clone()].concat(),
            ..cast.administrator.clone()
        };
        let read = ledger::statement(app, &both, village, None).await;
        assert_eq!(key(read), "done");
    }
}

#[tokio::test]
async fn a_year_is_closed_once_and_what_is_left_is_carried_over() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        paid(&city, &cast).await;
        let early = books::close(app, &cast.leader, 2016).await;
        assert_eq!(key(early), "books/not-over");
        let (village, chair) = (&cast.villages[0].id, &cast.chairs[0]);
        let sent = (&form("service", "", "500"), vec![voucher()]);
        let entry = spending::spend(app, chair, (village, 2016), sent, "a")
            .await
            .unwrap();
        let back = TakingForm {
            amount: "1000".to_owned(),
            happened_on: "2016-10-20".to_owned(),
            reason: "多拨的部分".to_owned(),
        };
        let village_two = (&cast.villages[1].id, 2016);
        let how = TakingBack::ClawedBack;
        spending::take_back(app, &cast.leader, village_two, how, &back, "c")
            .await
            .unwrap();
        // One that is granted and not paid goes with it.
        let rows = vec![row(1, &cast.villages[1].name, "77")];
        let list = grants::save_list(app, &cast.leader, 2016, (rows, ""), "later").await;
        grants::confirm_list(app, &cast.leader, &list.unwrap(), 1)
            .await
            .unwrap();

        app.clock.set(date(2017, 1, 12));
        let closing = books::preview(app, &cast.leader, 2016).await.unwrap();
        assert_eq!(closing.refusal, None);
        let done = books::close(app, &cast.leader, 2016).await.unwrap();
        assert_eq!(done.left_fen, 950_000 + 700_000 + 7_700);
        let again = books::close(app, &cast.leader, 2016).await;
        assert_eq!(key(again), "books/closed-already");
        assert_eq!(held(&city, &cast, village, 2017).await, 950_000);
        let sent = (&form("service", "", "500"), vec![voucher()]);
        let late = spending::spend(app, chair, (village, 2016), sent, "late").await;
        assert_eq!(key(late), "ledger/year-closed");
        // What was wrong in the closed year is corrected in the open one.
        spending::reverse(app, chair, &entry, "不是这笔钱付的")
            .await
            .unwrap();
        assert_eq!(held(&city, &cast, village, 2017).await, 1_000_000);
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn a_voucher_is_read_with_the_money_and_stands_in_no_list_of_evidence() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        paid(&city, &cast).await;
        let (village, chair) = (&cast.villages[0].id, &cast.chairs[0]);
        let sent = (&form("service", "", "500"), vec![voucher()]);
        let entry = spending::spend(app, chair, (village, 2016), sent, "a")
            .await
            .unwrap();
        let view = ledger::entry(app, &cast.of_district, &entry).await.unwrap();
        let id = view.vouchers[0].id;
        let listed = async |actor: &Actor| {
            let list = evidence::list(app, actor, village).await.unwrap();
            let pieces = list.evidence.into_iter();
            pieces
                .map(|(piece, uses)| (piece.id, uses.len()))
                .collect::<Vec<_>>()
        };
        let people = [chair, &cast.of_district, &cast.auditor, &cast.administrator];
        for actor in people {
            assert_eq!(listed(actor).await, [], "{}", actor.name);
            let opened = evidence::open(app, actor, &id).await.map(|_| ());
            let reads = actor.name != cast.administrator.name;
            assert_eq!(key(opened) == "done", reads, "{}", actor.name);
        }
        // To the list alone it is not sent once more; for an answer it serves, and is a piece like others then.
        let again = evidence::upload(app, chair, village, vec![voucher()], None).await;
        assert_eq!(key(again), "file evidence/is-voucher");
        let fact = Target::Fact("own_account".to_owned());
        let used_for = Some((2016, fact));
        let sent = evidence::upload(app, chair, village, vec![voucher()], used_for).await;
        assert_eq!(sent.unwrap(), [id]);
        assert_eq!(listed(chair).await, [(id, 2)]);
        assert_eq!(listed(&cast.administrator).await, [(id, 1)]);
        let opened = evidence::open(app, &cast.administrator, &id).await;
        assert_eq!(key(opened.map(|_| ())), "done");
    }
}

#[tokio::test]
async fn what_was_reckoned_is_granted_once_and_a_release_is_taken_back_before_its_grant() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let new = || NewGrant {
            unit: cast.villages[0].clone(),
            kind: GrantKind::Subsidy,
            amount_fen: 1_400_000,
            basis: "10,000.00 + 40 % (R3) = 14,000.00".to_owned(),
            source_key: Some("subsidy:1".to_owned()),
        };
        let grant = async |new: NewGrant| {
            let mut tx = app.db.write(Scope::Money).await.unwrap();
            let on = (2016, date(2016, 10, 20));
            let made = grants::grant_many(app, &mut tx, &cast.leader, on, vec![new]).await;
            if made.is_ok() {
                tx.commit().await.unwrap();
            }
            made
        };
        let made = grant(new()).await.unwrap();
        assert_eq!(key(grant(new()).await), "grant/granted-already");
        let released = [(made[0].id, 1)];
        grants::release(app, &cast.leader, &released).await.unwrap();
        let statement = ledger::statement(app, &cast.leader, &cast.villages[0].id, Some(2016));
        let statement = statement.await.unwrap();
        let of = |kind| {
            let mut entries = statement.entries.iter();
            let found = entries.find(|line| line.kept.entry.kind == kind);
            found.unwrap().kept.entry.id
        };
        let (grant_entry, release_entry) = (of(EntryKind::Granted), of(EntryKind::Released));
        let early = spending::reverse(app, &cast.leader, &grant_entry, "重复").await;
        assert_eq!(key(early), "grant/wrong-state");
        spending::reverse(app, &cast.leader, &release_entry, "重复")
            .await
            .unwrap();
        spending::reverse(app, &cast.leader, &grant_entry, "重复")
            .await
            .unwrap();
        assert_eq!(key(grant(new()).await), "done");
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn a_list_with_a_wrong_row_is_granted_to_nobody_and_a_table_is_read_like_typing() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let table = "拨款清单,,,\n单位名称,金额（元）,种类,依据\n朝阳村工会联合会,\"10,000\",补贴,R3\n没有这个村,1万,,R3\n合计,20000,,\n";
        let rows = grants::read_table(table.into(), "清单.csv").await.unwrap();
        assert_eq!(rows.len(), 2);
        let list = grants::save_list(app, &cast.leader, 2016, (rows, "清单.csv"), "")
            .await
            .unwrap();
        let view = grants::view_list(app, &cast.leader, &list).await.unwrap();
        assert_eq!((view.wrong, view.total_fen), (1, 1_000_000));
        // Who looks over the city's money reads the list, and decides nothing on it.
        for reader in [&cast.auditor, &cast.cashier] {
            let read = grants::view_list(app, reader, &list).await.unwrap();
            assert_eq!((read.wrong, read.may_grant), (1, false));
            let open = grants::open_lists(app, reader, 2016).await.unwrap();
            assert_eq!(open.len(), 1);
            let page = grants::page(app, reader, &GrantFilter::default(), 1).await;
            let page = page.unwrap();
            assert_eq!((page.may_see_lists, page.may_grant), (true, false));
            let refused = grants::confirm_list(app, reader, &list, 1).await;
            assert_eq!(key(refused), "not-your-role");
            let refused = grants::discard_list(app, reader, &list).await;
            assert_eq!(key(refused), "not-your-role");
            assert_eq!(key(grants::to_list(app, reader).await), "not-your-role");
        }
        let local = grants::view_list(app, &cast.of_district, &list).await;
        assert_eq!(key(local), "not found");
        assert!(view.may_grant);
        let refused = grants::confirm_list(app, &cast.leader, &list, 1).await;
        assert_eq!(key(refused), "grant/rows-wrong");
        assert!(seen(&city, &cast, GrantState::Granted).await.is_empty());
        let nothing = grants::read_table("甲,乙\n1,2\n".into(), "x.csv").await;
        assert_eq!(key(nothing), "file grant/no-columns");
    }
}

#[tokio::test]
async fn a_corrected_list_comes_in_the_place_of_the_one_before_by_one_act() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let leader = &cast.leader;
        let village = &cast.villages[0].name;
        let rows = |amount: &str| vec![row(1, village, amount)];
        let before = grants::save_list(app, leader, 2016, (rows("1万"), ""), "a").await;
        let before = before.unwrap();
        let waiting = async || {
            let open = grants::open_lists(app, leader, 2016).await.unwrap();
            open.iter().map(|list| list.id).collect::<Vec<_>>()
        };
        let correct = async |rows: Vec<DraftRow>, request: &'static str| {
            grants::correct_list(app, leader, (&before, 2016), (rows, ""), request).await
        };
        assert_eq!(key(correct(Vec::new(), "b").await), "grant/no-rows");
        assert_eq!(waiting().await, [before]);
        let after = correct(rows("10000"), "b").await.unwrap();
        assert_ne!(after, before);
        // A double click.
        assert_eq!(correct(rows("10000"), "b").await.unwrap(), after);
        assert_eq!(waiting().await, [after]);
        // Another corrected the one before at the same time: theirs is not kept beside it, or both would be granted.
        let at = (&before, 2016);
        let other = &cast.other_leader;
        let second = grants::correct_list(app, other, at, (rows("9000"), ""), "e").await;
        assert_eq!(key(second), "grant/list-replaced");
        assert_eq!(waiting().await, [after]);
        grants::confirm_list(app, leader, &after, 1).await.unwrap();
        let at = (&after, 2016);
        let late = grants::correct_list(app, leader, at, (rows("9000"), ""), "c").await;
        assert_eq!(key(late), "grant/list-ended");
        let at = (&before, 2016);
        let cashier = grants::correct_list(app, &cast.cashier, at, (rows("1"), ""), "d").await;
        assert_eq!(key(cashier), "not-your-role");
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn all_that_waits_is_released_as_it_was_shown_and_a_second_subsidy_of_a_year_is_marked() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        granted(&city, &cast).await;
        let rows = vec![row(1, &cast.villages[0].name, "5")];
        let list = grants::save_list(app, &cast.leader, 2016, (rows, ""), "again").await;
        let view = grants::view_list(app, &cast.leader, &list.unwrap()).await;
        let before = view.unwrap().granted_before;
        assert_eq!(before.get(&cast.villages[0].id), Some(&1_000_000));
        let stale = grants::release_all(app, &cast.leader, 2016, (2, 1)).await;
        assert_eq!(key(stale), "stale");
        let cashier = grants::release_all(app, &cast.cashier, 2016, (2, 1_800_000)).await;
        assert_eq!(key(cashier), "not-your-role");
        let done = grants::release_all(app, &cast.leader, 2016, (2, 1_800_000)).await;
        assert_eq!(done.unwrap().len(), 2);
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}
