//! Money of the union: a list that waits to be granted, a run that waits to be approved, an entry of what was spent, and somebody put forward for a
//! higher honour.

use std::collections::BTreeMap;

use jianjia_app::money::{bank, grant as grants, payment as payments, spending};
use jianjia_domain::{
    core::{
        ids::{ForwardId, GrantListId, HonourId, LedgerEntryId, PaymentRunId},
        policy::{Actor, Role},
    },
    honour::honour::HonourState,
    money::{bank::BankForm, grant::DraftRow, priority::Forward, spending::SpendingForm},
    register::person::Post,
};
use jianjia_store::money::priority as forwards;

use super::{fresh, photo};
use crate::site::TestSite;

const YEAR: i16 = 2016;

/// The ids by what the addresses call them. `title`: one that the union's people hold.
pub(super) async fn records(site: &TestSite, title: HonourId) -> BTreeMap<&'static str, String> {
    let make = &site.city_of_tests;
    let leader = make.actor("市审批", &[(Role::Approver, &site.city)]).await;
    BTreeMap::from([
        ("{run}", run(site, &leader).await.to_string()),
        ("{list}", list(site, &leader).await.to_string()),
        ("{entry}", spent(site).await.to_string()),
        ("{forward}", forward(site, &leader, title).await.to_string()),
    ])
}

/// A list of one grant to the union, that nobody confirmed yet.
async fn list(site: &TestSite, leader: &Actor) -> GrantListId {
    let row = DraftRow {
        number: 1,
        unit: site.union.name.clone(),
        amount: "100".to_owned(),
        kind: String::new(),
        basis: "活动经费补贴（R3）".to_owned(),
        source_key: String::new(),
    };
    let list = (vec![row], "");
    let kept = grants::save_list(&site.app, leader, YEAR, list, &fresh("list")).await;
    kept.expect("a list")
}

/// Money granted to the union and released, in a run that somebody else is to approve.
async fn run(site: &TestSite, leader: &Actor) -> PaymentRunId {
    let (app, make, union) = (&site.app, &site.city_of_tests, &site.union);
    let chair = make.actor("陈主席", &[(Role::Chair, union)]).await;
    let form = BankForm {
        account_name: union.name.clone(),
        bank: "江南农村商业银行".to_owned(),
        account: "1105021234567890".to_owned(),
    };
    // Said again, it stays as it is.
    let said = bank::say(app, &chair, &union.id, &form, 0).await;
    said.expect("where it is paid");
    let list = list(site, leader).await;
    let granted = grants::confirm_list(app, leader, &list, 1).await;
    let granted = granted.expect("granted");
    let seen: Vec<_> = granted
        .iter()
        .map(|grant| (grant.id, grant.revision))
        .collect();
    let released = grants::release(app, leader, &seen).await;
    released.expect("released");
    let cashier = make.actor("出纳", &[(Role::Reviewer, &site.city)]).await;
    let preview = payments::preview(app, &cashier, YEAR).await;
    let digest = preview.expect("what is to be paid").digest;
    let run = payments::prepare(app, &cashier, YEAR, &digest, &fresh("run")).await;
    run.expect("a run")
}

/// What the union spent, with its voucher.
async fn spent(site: &TestSite) -> LedgerEntryId {
    let (make, union) = (&site.city_of_tests, &site.union);
    let chair = make.actor("陈主席", &[(Role::Chair, union)]).await;
    let form = SpendingForm {
        spent_on: "2016-10-10".to_owned(),
        purpose: "facilities".to_owned(),
        amount: "1".to_owned(),
        payee: "shop".to_owned(),
        what: "职工书架上的书".to_owned(),
        ..SpendingForm::default()
    };
    let sent = (&form, vec![photo()]);
    let on = (&union.id, YEAR);
    let entry = spending::spend(&site.app, &chair, on, sent, &fresh("spending")).await;
    entry.expect("an entry")
}

/// One of the union's people whom the city put forward.
async fn forward(site: &TestSite, leader: &Actor, title: HonourId) -> ForwardId {
    let (app, now, union) = (&site.app, site.app.now(), &site.union);
    let name = fresh("孙师傅");
    let person = site.city_of_tests.person(union, &name, Post::Worker).await;
    let made = Forward {
        id: ForwardId(app.entropy.id(now)),
        year: YEAR,
        honour: "labour-award".to_owned(),
        title_held: title,
        title_state: HonourState::InForce,
        title: "outstanding-worker".to_owned(),
        unit: union.id,
        unit_path: union.path.clone(),
        unit_name: union.name.clone(),
        person: Some(person),
        person_name: name,
        place: 1,
        of: 1,
        passed_over: 0,
        reason: String::new(),
        by: leader.account,
        by_name: leader.name.clone(),
        at: now,
        came: None,
    };
    let mut tx = app.db.write("forward").await.expect("a transaction");
    let kept = forwards::insert(&mut tx, std::slice::from_ref(&made)).await;
    assert!(kept.expect("it is kept"));
    jianjia_demo::testing::keep(app, tx).await;
    made.id
}
