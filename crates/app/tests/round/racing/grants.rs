//! A list of grants that two correct, that is confirmed or put away, at the same time.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{core::app::App, money::grant as grants};
use jianjia_domain::{
    core::{
        ids::GrantListId,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    money::grant::DraftRow,
};
use jianjia_store::{
    core::db::Tx,
    money::{grant_list as lists, ledger},
};

use super::{Nodes, race, said, trail};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListAct {
    Correct,
    CorrectByOther,
    Confirm,
    Discard,
}

struct Stage {
    unit: UnitPlace,
    leader: Actor,
    other: Actor,
    list: GrantListId,
}

fn rows(unit: &str, amount: &str) -> Vec<DraftRow> {
    vec![DraftRow {
        number: 1,
        unit: unit.to_owned(),
        amount: amount.to_owned(),
        kind: String::new(),
        basis: "R3".to_owned(),
        source_key: String::new(),
    }]
}

async fn stage(nodes: &Nodes) -> Stage {
    let (app, city) = (nodes.here(), &nodes.city);
    let name = nodes.name("村");
    let unit = city
        .city
        .unit(Some(&city.district), UnitKind::Village, &name)
        .await;
    let leader = city.city.actor("钱", &[(Role::Approver, &city.top)]).await;
    let other = city.city.actor("孙", &[(Role::Approver, &city.top)]).await;
    let list = grants::save_list(app, &leader, 2016, (rows(&name, "100"), ""), "")
        .await
        .unwrap();
    Stage {
        unit,
        leader,
        other,
        list,
    }
}

/// Each has a form of their own.
async fn correct(app: &App, stage: &Stage, actor: &Actor, amount: &str) -> String {
    let (at, rows) = ((&stage.list, 2016), rows(&stage.unit.name, amount));
    let request = format!("{amount} {}", stage.list);
    said(grants::correct_list(app, actor, at, (rows, ""), &request).await)
}

fn perform(app: App, stage: Arc<Stage>, act: ListAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        match act {
            ListAct::Correct => correct(app, stage, &stage.leader, "200").await,
            ListAct::CorrectByOther => correct(app, stage, &stage.other, "300").await,
            ListAct::Confirm => {
                said(grants::confirm_list(app, &stage.leader, &stage.list, 1).await)
            }
            ListAct::Discard => said(grants::discard_list(app, &stage.other, &stage.list).await),
        }
    }
    .boxed()
}

/// The list, what waits for the unit besides it, what was granted, and the lines of the trail.
async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let list = lists::find(tx, &stage.list).await.unwrap().unwrap();
    let open = lists::open(tx, 2016).await.unwrap();
    let open = open.iter().flat_map(|list| &list.rows);
    let waiting: Vec<&str> = open
        .filter(|row| row.unit == stage.unit.name)
        .map(|row| row.amount.as_str())
        .collect();
    let entries = ledger::of_unit(tx, &stage.unit.id, 2016).await.unwrap();
    let acts = trail(tx, &[stage.list.to_string()]).await;
    format!(
        "{:?} {waiting:?} {} entries {acts:?}",
        list.state,
        entries.len()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_on_a_list_of_grants_come_one_after_the_other() {
    use ListAct::{Confirm, Correct, CorrectByOther, Discard};
    let pairs = [
        (Correct, CorrectByOther),
        (Correct, Confirm),
        (Correct, Discard),
        (Confirm, Confirm),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let stage = async |_| stage(&nodes).await;
        faults.extend(race(&nodes, &pairs, stage, perform, look).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
