//! A payment run that two approve, that is withdrawn, or whose unit says another account, at the same time.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    money::{bank, grant as grants, payment as payments},
};
use jianjia_domain::{
    core::{
        ids::{GrantId, PaymentRunId},
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    money::{bank::BankForm, grant::DraftRow},
};
use jianjia_store::{
    core::db::Tx,
    money::{grant as stored, ledger, payment as runs},
};

use super::{Nodes, race, said};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PayAct {
    Approve,
    ApproveByOther,
    Withdraw,
    SayOther,
}

struct Stage {
    unit: UnitPlace,
    chair: Actor,
    cashier: Actor,
    leader: Actor,
    other: Actor,
    run: PaymentRunId,
    grant: GrantId,
}

fn form(account: &str) -> BankForm {
    BankForm {
        account_name: "村工联会".to_owned(),
        bank: "江南农村商业银行".to_owned(),
        account: account.to_owned(),
    }
}

async fn stage(nodes: &Nodes) -> Stage {
    let (app, city) = (nodes.here(), &nodes.city);
    let name = nodes.name("村");
    let unit = city
        .city
        .unit(Some(&city.district), UnitKind::Village, &name)
        .await;
    let chair = city.city.actor(&name, &[(Role::Chair, &unit)]).await;
    let cashier = city
        .city
        .actor("出纳", &[(Role::Reviewer, &city.top)])
        .await;
    let leader = city.city.actor("钱", &[(Role::Approver, &city.top)]).await;
    let other = city.city.actor("孙", &[(Role::Approver, &city.top)]).await;
    bank::say(app, &chair, &unit.id, &form("11112222333344"), 0)
        .await
        .unwrap();
    let rows = vec![DraftRow {
        number: 1,
        unit: name,
        amount: "100".to_owned(),
        kind: String::new(),
        basis: "R3".to_owned(),
        source_key: String::new(),
    }];
    let list = grants::save_list(app, &leader, 2016, (rows, ""), "")
        .await
        .unwrap();
    let made = grants::confirm_list(app, &leader, &list, 1).await.unwrap();
    let grant = made[0].id;
    grants::release(app, &leader, &[(grant, 1)]).await.unwrap();
    let preview = payments::preview(app, &cashier, 2016).await.unwrap();
    let run = payments::prepare(app, &cashier, 2016, &preview.digest, "").await;
    Stage {
        run: run.unwrap(),
        unit,
        chair,
        cashier,
        leader,
        other,
        grant,
    }
}

fn perform(app: App, stage: Arc<Stage>, act: PayAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        match act {
            PayAct::Approve => said(payments::approve(app, &stage.leader, &stage.run, 1).await),
            PayAct::ApproveByOther => {
                said(payments::approve(app, &stage.other, &stage.run, 1).await)
            }
            PayAct::Withdraw => said(payments::withdraw(app, &stage.cashier, &stage.run, 1).await),
            PayAct::SayOther => {
                let form = form("99998888777766");
                said(bank::say(app, &stage.chair, &stage.unit.id, &form, 1).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let run = runs::find(tx, &stage.run).await.unwrap().unwrap();
    let grant = stored::find_many(tx, &[stage.grant]).await.unwrap();
    let entries = ledger::of_unit(tx, &stage.unit.id, 2016).await.unwrap();
    let balances = ledger::balances(tx, &stage.unit.id, 2016).await.unwrap();
    format!(
        "{:?} {:?} {} entries, sound {}",
        run.state,
        grant[0].state,
        entries.len(),
        balances.is_sound()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_on_a_payment_run_come_one_after_the_other() {
    use PayAct::{Approve, ApproveByOther, SayOther, Withdraw};
    let pairs = [
        (Approve, Approve),
        (Approve, ApproveByOther),
        (Approve, Withdraw),
        (Withdraw, Withdraw),
        (Approve, SayOther),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let stage = async |_| stage(&nodes).await;
        faults.extend(race(&nodes, &pairs, stage, perform, look).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
