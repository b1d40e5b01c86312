//! Acts of departments, units and offices on one unit and its file.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    round::{
        application::Expected,
        department as departments, entry as entries,
        review::{self as reviews, OpinionInput},
    },
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, EntryId},
        place::UnitPlace,
        policy::Actor,
    },
    round::department::AnswerInput,
};
use jianjia_store::{
    core::db::Tx,
    round::{application as store, department as lists, entry as said_of, veto},
};

use super::{Nodes, race, said};
use crate::department::answerer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeskAct {
    Clear,
    InState,
    Reply,
    Uphold,
    Lift,
    /// The period is over, and nobody has replied.
    Term,
    /// The township hands the file on.
    Endorse,
}

/// A union with a file at the township, on the tax office's list; said to be in a state where the pair is about that.
struct Stage {
    union: UnitPlace,
    chair: Actor,
    local: Actor,
    tax: Actor,
    leader: Actor,
    file: ApplicationId,
    revision: i64,
    entry: Option<EntryId>,
}

fn state() -> AnswerInput {
    AnswerInput {
        answer: "in-state".to_owned(),
        clause: "V2".to_owned(),
        on: "2016-05-03".to_owned(),
        document: "12号".to_owned(),
        note: String::new(),
    }
}

async fn stage(nodes: &Nodes, tax: &Actor, pair: (DeskAct, DeskAct)) -> Stage {
    let (app, city) = (nodes.here(), &nodes.city);
    city.on(2016, 10, 20);
    let (union, chair) = city.another(&nodes.name("工会")).await;
    city.holds(&union, None, "model-home", 2015).await;
    let file = city.applied(&chair, &union, "trusted-home").await;
    departments::send(app, &city.leader, 2016, "tax")
        .await
        .unwrap();
    let mut entry = None;
    let both = [pair.0, pair.1];
    let of_entry = [
        DeskAct::Reply,
        DeskAct::Uphold,
        DeskAct::Lift,
        DeskAct::Term,
    ];
    if both.iter().any(|act| of_entry.contains(act)) {
        departments::answer(app, tax, 2016, &union.id, &state())
            .await
            .unwrap();
        let (_, _, said) = departments::asked(app, tax, 2016, &union.id).await.unwrap();
        entry = Some(said[0].id);
        if both.contains(&DeskAct::Term) {
            city.on(2016, 11, 10);
        } else if !both.contains(&DeskAct::Reply) {
            entries::reply(app, &chair, &said[0].id, "已补缴", Vec::new())
                .await
                .unwrap();
        }
    }
    Stage {
        union,
        chair,
        local: city.local.clone(),
        tax: tax.clone(),
        leader: city.leader.clone(),
        file: file.id,
        revision: file.revision,
        entry,
    }
}

fn perform(app: App, stage: Arc<Stage>, act: DeskAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let units = [stage.union.id];
        let entry = stage.entry.unwrap_or(EntryId(uuid::Uuid::nil()));
        match act {
            DeskAct::Clear => {
                said(departments::answer_alike(app, &stage.tax, 2016, &units, "clear").await)
            }
            DeskAct::InState => {
                said(departments::answer(app, &stage.tax, 2016, &units[0], &state()).await)
            }
            DeskAct::Reply => {
                said(entries::reply(app, &stage.chair, &entry, "已补缴", Vec::new()).await)
            }
            DeskAct::Uphold => {
                said(entries::decide(app, &stage.leader, &entry, "upheld", "仍欠缴").await)
            }
            DeskAct::Lift => {
                said(entries::decide(app, &stage.tax, &entry, "lifted", "已补缴").await)
            }
            DeskAct::Term => said(entries::uphold_overdue(app).await),
            DeskAct::Endorse => {
                let input = OpinionInput {
                    opinion: "同意".to_owned(),
                    expected: Expected {
                        revision: stage.revision,
                        request_key: app.entropy.id(app.now()).to_string(),
                    },
                };
                said(reviews::endorse(app, &stage.local, &stage.file, &input).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let asked = lists::find(tx, 2016, "tax", &stage.union.id).await.unwrap();
    let answer = asked.unwrap().answer.map(|answer| answer.kind);
    let filter = said_of::EntryFilter {
        years: vec![2016],
        units: vec![stage.union.id],
        ..said_of::EntryFilter::default()
    };
    let entries = said_of::list(tx, &filter).await.unwrap();
    let states: Vec<_> = entries.iter().map(|entry| entry.state()).collect();
    let vetoes = veto::of_unit(tx, &stage.union.id, 2016).await.unwrap();
    let file = store::find(tx, &stage.file).await.unwrap().unwrap();
    format!(
        "{answer:?} {states:?} vetoes {} {:?}",
        vetoes.len(),
        file.state
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_on_what_a_department_says_of_a_unit_come_one_after_the_other() {
    use DeskAct::{Clear, Endorse, InState, Lift, Reply, Term, Uphold};
    let pairs = [
        (Clear, InState),
        (InState, InState),
        (Reply, Lift),
        (Uphold, Lift),
        (Uphold, Endorse),
        (Lift, Endorse),
        (Term, Lift),
        (Term, Term),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let tax = answerer(&nodes.city, "税务赵", "tax").await;
        let stage = async |pair: (DeskAct, DeskAct)| stage(&nodes, &tax, pair).await;
        faults.extend(race(&nodes, &pairs, stage, perform, look).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
