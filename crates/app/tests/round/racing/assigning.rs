//! Who has one file in hand: taken, given, given back and handed on, beside what else is done to the file.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    round::{
        application::{self as applications, Expected},
        review::{self as reviews, Assigning, FindingInput, OpinionInput},
    },
};
use jianjia_domain::{
    core::{
        ids::ApplicationId,
        policy::{Actor, Role},
    },
    round::review::Outcome,
};
use jianjia_store::{
    core::db::Tx,
    round::{application as store, assignment, conflict},
};

use super::{Nodes, race, said, trail};

/// Of the two reviewers the first or the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileAct {
    Take(usize),
    GiveBack(usize),
    /// The approver gives it to one of them.
    Give(usize),
    Pass(usize),
    Conflict(usize),
    /// The only approver keeps out of it.
    ApproverConflict,
    FindAgainst(usize),
    Decide,
    Withdraw,
}

struct Stage {
    chair: Actor,
    reviewers: [Actor; 2],
    approver: Actor,
    id: ApplicationId,
    revision: i64,
}

/// A file at the district that is looked through; the first reviewer has it where the stage says so.
async fn stage(nodes: &Nodes, is_held: bool) -> Stage {
    let city = &nodes.city;
    let (union, chair) = city.another(&nodes.name("工会")).await;
    let id = city.applied(&chair, &union, "qualified-home").await.id;
    city.endorsed(&id).await;
    city.looked_through(&id).await;
    let role = [(Role::Reviewer, &city.district)];
    let reviewers = [
        city.city.actor("区里小吴", &role).await,
        city.city.actor("区里小郑", &role).await,
    ];
    if is_held {
        reviews::assign(nodes.here(), &reviewers[0], &[id], Assigning::Take)
            .await
            .unwrap();
    }
    Stage {
        chair,
        reviewers,
        approver: city.approver.clone(),
        id,
        revision: city.read(&id).await.revision,
    }
}

fn perform(app: App, stage: Arc<Stage>, act: FileAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let (id, approver) = (&stage.id, &stage.approver);
        let expected = Expected {
            revision: stage.revision,
            request_key: app.entropy.id(app.now()).to_string(),
        };
        let assign =
            async |who: &Actor, how| said(reviews::assign(app, who, &[stage.id], how).await);
        let reviewer = |number: usize| &stage.reviewers[number];
        match act {
            FileAct::Take(who) => assign(reviewer(who), Assigning::Take).await,
            FileAct::GiveBack(who) => assign(reviewer(who), Assigning::GiveBack).await,
            FileAct::Give(to) => assign(approver, Assigning::Give(reviewer(to).account)).await,
            FileAct::Pass(who) => assign(reviewer(who), Assigning::Pass).await,
            FileAct::Conflict(who) => {
                said(reviews::declare_conflict(app, reviewer(who), id, "亲属").await)
            }
            FileAct::ApproverConflict => {
                said(reviews::declare_conflict(app, approver, id, "亲属").await)
            }
            FileAct::FindAgainst(who) => {
                let input = FindingInput {
                    clause: "Q1".to_owned(),
                    outcome: Outcome::Rejected,
                    note: "名册核对不上".to_owned(),
                };
                said(reviews::record_finding(app, reviewer(who), id, &input).await)
            }
            FileAct::Decide => {
                let opinion = "同意".to_owned();
                let input = OpinionInput { opinion, expected };
                said(reviews::decide(app, approver, id, &input).await)
            }
            FileAct::Withdraw => {
                let chair = &stage.chair;
                said(applications::withdraw(app, chair, id, "明年再报", &expected).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let application = store::find(tx, &stage.id).await.unwrap().unwrap();
    let held = assignment::of_applications(tx, &[stage.id]).await.unwrap();
    let held: Vec<String> = held
        .iter()
        .map(|held| {
            let is_passed = held.is_passed(&application);
            format!(
                "{} by {} passed {is_passed}",
                held.account_name, held.assigned_by_name
            )
        })
        .collect();
    let conflicts = conflict::of_application(tx, &stage.id).await.unwrap();
    format!(
        "{} revision {} held {held:?} conflicts {} trail {:?}",
        application.state.key(),
        application.revision,
        conflicts.len(),
        trail(tx, &[stage.id.to_string()]).await,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_has_a_file_in_hand_whoever_else_wants_it_at_the_same_time() {
    use FileAct::{
        ApproverConflict, Conflict, Decide, FindAgainst, Give, GiveBack, Pass, Take, Withdraw,
    };
    let pairs: &[(bool, &[(FileAct, FileAct)])] = &[
        (
            false,
            &[
                (Take(0), Take(1)),
                (Take(0), Give(1)),
                (Take(0), Pass(1)),
                (Take(0), Conflict(0)),
                (Take(0), Decide),
                (Give(0), Give(1)),
                (Give(0), Pass(1)),
                (Give(0), Conflict(0)),
                (Pass(0), Pass(1)),
                (Pass(0), ApproverConflict),
                (Pass(0), FindAgainst(1)),
                (Pass(0), Decide),
                (Pass(0), Withdraw),
            ],
        ),
        (
            true,
            &[
                (GiveBack(0), Give(1)),
                (GiveBack(0), Pass(0)),
                (Pass(0), Give(1)),
            ],
        ),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        for (is_held, pairs) in pairs {
            let stage = async |_| stage(&nodes, *is_held).await;
            faults.extend(race(&nodes, pairs, stage, perform, look).await);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
