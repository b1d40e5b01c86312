//! What inspectors note and conclude of one home, and what the city decides on it.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    check::{inspection, outcome as outcomes, remark as remarks, visit as visit_acts},
    core::app::App,
};
use jianjia_domain::{
    check::{
        outcome::DecisionInput,
        remark::{RemarkInput, Seen},
        visit::Colour,
    },
    core::{
        ids::VisitId,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
};
use jianjia_store::{
    check::{outcome as stored, remark as kept, visit as visits},
    core::db::Tx,
};

use super::{Nodes, race, said, trail};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LookAct {
    /// One of the two inspectors sends the record of one id.
    Send(usize),
    Conclude(usize),
    Mend,
    Withdraw,
    /// The city takes its decision back.
    Overturn,
    /// Who looks again concludes.
    ConcludeAgain,
    /// The city releases one of the two inspectors, for whom another is drawn.
    Release(usize),
}

/// A home that two inspectors visit: with one clause noted, or found short and heard, or with time to mend and a second visit, as the pair asks.
struct Stage {
    inspectors: [Actor; 2],
    leader: Actor,
    /// Of the record that is sent.
    id: String,
    visit: VisitId,
    again: Option<VisitId>,
}

fn remark(id: &str, clause: &str, found: &[(&str, &str)]) -> RemarkInput {
    RemarkInput {
        id: id.to_owned(),
        kind: "clause".to_owned(),
        clause: clause.to_owned(),
        seen: Seen::Holds.key().to_owned(),
        found: found
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        note: "看了台账".to_owned(),
        ..RemarkInput::default()
    }
}

fn decision(decision: &str) -> DecisionInput {
    DecisionInput {
        decision: decision.to_owned(),
        reason: "会员卡办得太少".to_owned(),
        document_number: "常工发〔2017〕3号".to_owned(),
        seen: "hearing".to_owned(),
    }
}

fn new_id(app: &App) -> String {
    format!("{:016x}{:016x}", app.entropy.number(), app.entropy.number())
}

async fn stage(
    nodes: &Nodes,
    inspectors: &[Actor; 2],
    from: &UnitPlace,
    pair: (LookAct, LookAct),
) -> Stage {
    use LookAct::{ConcludeAgain, Mend, Overturn, Withdraw};
    let (app, city) = (nodes.here(), &nodes.city);
    city.on(2016, 10, 20);
    let (union, chair) = city.another(&nodes.name("工会")).await;
    city.holds(&union, None, "qualified-home", 2016).await;
    let drawn = [(&inspectors[0], from), (&inspectors[1], from)];
    let visit = city
        .city
        .drawn(&union, "qualified-home", 2016, &drawn)
        .await;
    city.on(2016, 12, 5);
    let both = [pair.0, pair.1];
    let first = &inspectors[0];
    let is_short = both
        .iter()
        .any(|act| matches!(act, Mend | Withdraw | Overturn | ConcludeAgain));
    // Too few cards: the qualified home asks for 80 of 100.
    let short: &[(&str, &str)] = &[("cards_issued", "150"), ("cards_used", "150")];
    let noted = remark(&new_id(app), "Q6", if is_short { short } else { &[] });
    remarks::note(app, first, &visit, &noted, Vec::new())
        .await
        .unwrap();
    let mut again = None;
    if is_short {
        let outcome = outcomes::conclude(app, first, &visit).await.unwrap();
        assert_eq!(outcome.colour, Colour::Red);
        outcomes::state(app, &chair, &visit, "正在补办。")
            .await
            .unwrap();
    }
    if both.contains(&Overturn) || both.contains(&ConcludeAgain) {
        outcomes::decide(app, &city.leader, &visit, &decision("mend"))
            .await
            .unwrap();
        let view = inspection::view(app, first, &visit).await.unwrap();
        let second = view.rechecks[0].id;
        let holds = remark(&new_id(app), "Q6", &[]);
        remarks::note(app, first, &second, &holds, Vec::new())
            .await
            .unwrap();
        again = Some(second);
    }
    Stage {
        inspectors: inspectors.clone(),
        leader: city.leader.clone(),
        id: new_id(app),
        visit,
        again,
    }
}

fn perform(app: App, stage: Arc<Stage>, act: LookAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let visit = &stage.visit;
        match act {
            LookAct::Send(who) => {
                let input = remark(&stage.id, "Q1", &[]);
                let inspector = &stage.inspectors[who];
                said(remarks::note(app, inspector, visit, &input, Vec::new()).await)
            }
            LookAct::Conclude(who) => {
                said(outcomes::conclude(app, &stage.inspectors[who], visit).await)
            }
            LookAct::Mend => {
                said(outcomes::decide(app, &stage.leader, visit, &decision("mend")).await)
            }
            LookAct::Withdraw => {
                said(outcomes::decide(app, &stage.leader, visit, &decision("withdraw")).await)
            }
            LookAct::Overturn => {
                said(outcomes::overturn(app, &stage.leader, visit, "卡务系统的数有误").await)
            }
            LookAct::ConcludeAgain => {
                let again = stage.again.as_ref().expect("a second visit");
                said(outcomes::conclude(app, &stage.inspectors[0], again).await)
            }
            LookAct::Release(who) => {
                let released = Some(stage.inspectors[who].account);
                said(visit_acts::release(app, &stage.leader, visit, released, "岗位变动").await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let mut told = Vec::new();
    let mut ids = Vec::new();
    let rechecks = stored::rechecks(tx, &stage.visit).await.unwrap();
    for id in [stage.visit].iter().chain(&rechecks) {
        let visit = visits::find(tx, id).await.unwrap().unwrap();
        let mut noted: Vec<(Option<String>, String)> = kept::of_visit(tx, id)
            .await
            .unwrap()
            .into_iter()
            .map(|remark| (remark.clause().map(str::to_owned), remark.account_name))
            .collect();
        // Those of one instant are in no order.
        noted.sort();
        let events = stored::events(tx, id).await.unwrap();
        let acts: Vec<_> = events.iter().map(|event| event.act).collect();
        let inspectors = visits::inspectors(tx, id).await.unwrap();
        let mut going: Vec<(i64, bool)> = inspectors
            .iter()
            .map(|inspector| (inspector.place, inspector.left.is_none()))
            .collect();
        going.sort_unstable();
        told.push(format!(
            "{:?} {:?} {noted:?} {acts:?} {going:?}",
            visit.state, visit.colour
        ));
        ids.push(id.to_string());
    }
    let held = stored::effects_of(tx, &stage.visit).await.unwrap();
    let trail = trail(tx, &ids).await;
    format!("{told:?} effects {} trail {trail:?}", held.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_on_a_visit_come_one_after_the_other() {
    use LookAct::{Conclude, ConcludeAgain, Mend, Overturn, Release, Send, Withdraw};
    let pairs = [
        (Release(0), Conclude(0)),
        (Release(1), Conclude(0)),
        (Release(1), Release(1)),
        (Mend, Mend),
        (Send(0), Send(0)),
        (Send(0), Send(1)),
        (Send(1), Conclude(0)),
        (Conclude(0), Conclude(1)),
        (Mend, Withdraw),
        (Overturn, ConcludeAgain),
        (Overturn, Overturn),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let (city, name) = (&nodes.city, nodes.name("邻区"));
        let make = &city.city;
        let other = make.unit(Some(&city.top), UnitKind::District, &name).await;
        let inspectors = [
            make.actor("邻区小陈", &[(Role::Reviewer, &other)]).await,
            make.actor("邻区小杨", &[(Role::Approver, &other)]).await,
        ];
        // Who may be drawn in the place of one of them.
        make.actor("邻区小孙", &[(Role::Reviewer, &other)]).await;
        make.check_drawn(2016).await;
        let stage = async |pair: (LookAct, LookAct)| stage(&nodes, &inspectors, &other, pair).await;
        faults.extend(race(&nodes, &pairs, stage, perform, look).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
