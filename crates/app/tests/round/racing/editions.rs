//! A draft of the standard that two put in force, or that is proposed or sent back, at the same time.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    amending::{
        amendment::{self as amendments, Sent, Source},
        edition as editions,
    },
    core::app::App,
};
use jianjia_domain::{
    amending::amendment::{DraftInput, ProposalInput},
    core::{
        ids::AmendmentId,
        policy::{Actor, Role},
    },
};
use jianjia_standard::amendment::{Change, from_changes};
use jianjia_store::{
    amending::{amendment as stored, edition as kept},
    core::db::Tx,
};

use super::{Nodes, race, said, trail};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EditionAct {
    Propose,
    ProposeByOther,
    Confirm,
    ConfirmByThird,
    SendBack,
}

struct Stage {
    first: Actor,
    second: Actor,
    third: Actor,
    id: AmendmentId,
    /// The revision that all forms were made from.
    seen: String,
}

/// A version of its own, proposed where the pair does not propose it.
async fn stage(nodes: &Nodes, pair: (EditionAct, EditionAct)) -> Stage {
    let (app, city) = (nodes.here(), &nodes.city);
    let approver = async |name: &str| {
        let roles = [(Role::Approver, &city.top)];
        city.city.actor(name, &roles).await
    };
    let (second, third) = (approver("孙").await, approver("李").await);
    let first = city.leader.clone();
    // The one that the stage before put in force would stand in the way.
    let mut tx = app.db.read().await.unwrap();
    let waiting = kept::waiting(&mut tx).await.unwrap();
    drop(tx);
    for edition in waiting {
        editions::withdraw(app, &first, &edition.amendment, "另行修订")
            .await
            .unwrap();
    }
    let name = nodes.name("修订");
    let standard = include_str!("../../../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../../../standards/changzhou-2016/facts.toml");
    let change = Change {
        title: "model-home".to_owned(),
        clause: "M5d".to_owned(),
        path: "check.at_least".to_owned(),
        value: "88%".to_owned(),
    };
    let changed = from_changes(standard, &[change]).unwrap();
    let from = Source::Upload {
        year: 2016,
        sent: vec![
            Sent::text("standard.toml", &format!("{changed}\n# {name}\n")),
            Sent::text("facts.toml", facts),
        ],
    };
    let input = DraftInput {
        request_key: name.clone(),
        name,
        reason: "满意度要求提高".to_owned(),
    };
    let id = amendments::draft(app, &first, &from, &input).await.unwrap();
    let mut stage = Stage {
        first,
        second,
        third,
        id,
        seen: "1".to_owned(),
    };
    if pair.0 != EditionAct::Propose {
        let input = proposal(&stage);
        editions::propose(app, &stage.first, &stage.id, &input)
            .await
            .unwrap();
        stage.seen = "2".to_owned();
    }
    stage
}

fn proposal(stage: &Stage) -> ProposalInput {
    ProposalInput {
        from_year: "2017".to_owned(),
        from_on: "2017-03-01".to_owned(),
        seen: stage.seen.clone(),
    }
}

fn perform(app: App, stage: Arc<Stage>, act: EditionAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let (id, seen) = (&stage.id, stage.seen.as_str());
        let input = proposal(stage);
        match act {
            EditionAct::Propose => said(editions::propose(app, &stage.first, id, &input).await),
            EditionAct::ProposeByOther => {
                said(editions::propose(app, &stage.second, id, &input).await)
            }
            EditionAct::Confirm => said(editions::confirm(app, &stage.second, id, seen).await),
            EditionAct::ConfirmByThird => {
                said(editions::confirm(app, &stage.third, id, seen).await)
            }
            EditionAct::SendBack => {
                said(editions::send_back(app, &stage.third, id, (seen, "再商量")).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let one = stored::find(tx, &stage.id).await.unwrap().unwrap();
    let by = one
        .proposal
        .map(|proposal| proposal.by == stage.first.account);
    let edition = kept::find(tx, &stage.id).await.unwrap();
    let edition = edition.map(|edition| (edition.state, edition.confirmed_by_name));
    let acts = trail(tx, &[stage.id.to_string()]).await;
    let history = stored::history(tx, &stage.id).await.unwrap().len();
    format!(
        "{:?} {} {by:?} {edition:?} {history} {acts:?}",
        one.state, one.revision
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_on_a_draft_of_the_standard_come_one_after_the_other() {
    use EditionAct::{Confirm, ConfirmByThird, Propose, ProposeByOther, SendBack};
    let pairs = [
        (Confirm, ConfirmByThird),
        (Confirm, Confirm),
        (Confirm, SendBack),
        (Propose, ProposeByOther),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let stage = async |pair| stage(&nodes, pair).await;
        faults.extend(race(&nodes, &pairs, stage, perform, look).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
