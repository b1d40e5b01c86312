//! Acts on one application and on what it is decided on: facts, vetoes, titles, findings, the unit itself.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    honour::honour::{self as honours, ChangeInput},
    register::unit::change::{self, Happening},
    round::{
        application::{self as applications, Expected},
        review::{self as reviews, FindingInput, OpinionInput, RejectInput, ReturnInput},
        veto as vetoes,
    },
    year::sheet::{self as sheets, SayInput},
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, HonourId, StatementId, VetoId},
        place::UnitPlace,
        policy::{Actor, Role},
    },
    honour::honour::HonourAct,
    register::unit::change::ChangeForm,
    round::{
        application::{CriterionReason, ReturnTo},
        review::Outcome,
        veto::VetoInput,
    },
};
use jianjia_store::{
    core::db::Tx,
    honour::honour,
    register::unit,
    round::{application as store, finding, veto},
    year::{standing, statement},
};

use super::{Nodes, race, said, trail};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileAct {
    Edit,
    Submit,
    Withdraw,
    Endorse,
    SendBack,
    Reject,
    Decide,
    FindAgainst,
    ConfirmRest,
    Conflict,
    Veto,
    Lift,
    /// Says that the cards were never used.
    SayBadly,
    SayMore,
    /// Takes the title that the application stands on.
    Revoke,
    CloseUnion,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    Draft,
    Township,
    District,
}

struct Stage {
    union: UnitPlace,
    chair: Actor,
    local: Actor,
    approver: Actor,
    /// Reviews at the district, too.
    reviewer: Actor,
    leader: Actor,
    id: ApplicationId,
    expected: Expected,
    title: HonourId,
    veto: Option<VetoId>,
    /// The newest statement on a sheet that was opened before.
    seen: Option<StatementId>,
    revision: i64,
}

async fn stage(nodes: &Nodes, at: At, is_vetoed: bool) -> Stage {
    let city = &nodes.city;
    let (union, chair) = city.another(&nodes.name("工会")).await;
    city.holds(&union, None, "qualified-home", 2016).await;
    let id = city.draft(&chair, &union, "model-home").await;
    if at >= At::Township {
        let expected = city.now(&id).await;
        applications::submit(nodes.here(), &chair, &id, &expected)
            .await
            .unwrap();
    }
    if at >= At::District {
        city.endorsed(&id).await;
    }
    if is_vetoed {
        city.vetoed(&union, "V1").await;
    }
    let mut tx = nodes.here().db.read().await.unwrap();
    let held = honour::held(&mut tx, &union.id, None).await.unwrap();
    let vetoes = veto::of_unit(&mut tx, &union.id, 2016).await.unwrap();
    let said = statement::of_year(&mut tx, &union.id, None, 2016)
        .await
        .unwrap();
    let revision = unit::find(&mut tx, &union.id)
        .await
        .unwrap()
        .unwrap()
        .revision;
    Stage {
        expected: city.now(&id).await,
        title: held[0].id,
        veto: vetoes.first().map(|veto| veto.id),
        seen: said.last().map(|said| said.id),
        local: city.local.clone(),
        approver: city.approver.clone(),
        reviewer: city
            .city
            .actor("区审", &[(Role::Reviewer, &city.district)])
            .await,
        leader: city.leader.clone(),
        union,
        chair,
        id,
        revision,
    }
}

fn perform(app: App, stage: Arc<Stage>, act: FileAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let (id, chair) = (&stage.id, &stage.chair);
        let expected = &Expected {
            revision: stage.expected.revision,
            request_key: app.entropy.id(app.now()).to_string(),
        };
        let opinion = OpinionInput {
            opinion: "同意".to_owned(),
            expected: expected.clone(),
        };
        let say = async |key: &str, value: &str| {
            let input = SayInput {
                typed: [(key.to_owned(), value.to_owned())].into(),
                seen: stage.seen,
                ..SayInput::default()
            };
            said(sheets::say(app, chair, &stage.union.id, None, 2016, &input).await)
        };
        match act {
            FileAct::Edit => {
                said(applications::edit(app, chair, id, "新的一页", expected.revision).await)
            }
            FileAct::Submit => said(applications::submit(app, chair, id, expected).await),
            FileAct::Withdraw => {
                said(applications::withdraw(app, chair, id, "明年再报", expected).await)
            }
            FileAct::Endorse => said(reviews::endorse(app, &stage.local, id, &opinion).await),
            FileAct::Decide => said(reviews::decide(app, &stage.approver, id, &opinion).await),
            FileAct::SendBack => {
                let input = ReturnInput {
                    to: ReturnTo::Applicant,
                    opinion: String::new(),
                    reasons: vec![CriterionReason {
                        clause: "M1b".to_owned(),
                        note: "名册与人数不符".to_owned(),
                    }],
                    expected: expected.clone(),
                };
                said(reviews::send_back(app, &stage.approver, id, &input).await)
            }
            FileAct::Reject => {
                let input = RejectInput {
                    reason: "材料不实".to_owned(),
                    reasons: Vec::new(),
                    expected: expected.clone(),
                };
                said(reviews::reject(app, &stage.approver, id, &input).await)
            }
            FileAct::FindAgainst => {
                let input = FindingInput {
                    clause: "M1b".to_owned(),
                    outcome: Outcome::Rejected,
                    note: "名册核对不上".to_owned(),
                };
                said(reviews::record_finding(app, &stage.reviewer, id, &input).await)
            }
            FileAct::ConfirmRest => {
                said(reviews::confirm_rest(app, &stage.approver, id, "材料齐全，已核对").await)
            }
            FileAct::Conflict => {
                said(reviews::declare_conflict(app, &stage.approver, id, "亲属").await)
            }
            FileAct::Veto => {
                let input = VetoInput {
                    year: 2016,
                    clause: "V1".to_owned(),
                    source: "市人社局函".to_owned(),
                    note: String::new(),
                };
                said(vetoes::record(app, &stage.approver, &stage.union.id, &input).await)
            }
            FileAct::Lift => {
                let veto = stage.veto.expect("a veto stands");
                said(vetoes::lift(app, &stage.approver, &veto, "已补发").await)
            }
            FileAct::SayBadly => say("cards_used", "0").await,
            FileAct::SayMore => say("workers", "210").await,
            FileAct::Revoke => {
                let input = ChangeInput {
                    reason: "弄虚作假".to_owned(),
                    document_number: "常工发〔2016〕9号".to_owned(),
                    revision: 1,
                };
                said(
                    honours::change(app, &stage.leader, &stage.title, HonourAct::Revoked, &input)
                        .await,
                )
            }
            FileAct::CloseUnion => {
                let form = ChangeForm {
                    on: "2016-10-20".to_owned(),
                    note: "企业关闭".to_owned(),
                    target: String::new(),
                };
                let close = Happening::Close;
                let (leader, union) = (&stage.leader, &stage.union.id);
                said(change::perform(app, leader, union, close, &form, stage.revision).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let application = store::find(tx, &stage.id).await.unwrap().unwrap();
    let mut events: Vec<&str> = store::events(tx, &stage.id)
        .await
        .unwrap()
        .iter()
        .map(|event| event.act.key())
        .collect();
    events.sort_unstable();
    let mut held: Vec<String> = honour::of_holder(tx, &stage.union.id, None)
        .await
        .unwrap()
        .iter()
        .map(|honour| format!("{} {:?}", honour.title, honour.state))
        .collect();
    held.sort();
    let findings = finding::of_application(tx, &stage.id).await.unwrap();
    let mut found: Vec<String> = findings
        .iter()
        .map(|finding| format!("{}{}", finding.clause, finding.outcome.key()))
        .collect();
    found.sort();
    let vetoes = veto::of_unit(tx, &stage.union.id, 2016).await.unwrap();
    let stands = standing::of_unit(tx, &stage.union, 2016).await.unwrap();
    let stands = stands.map(|at| (at.verdicts, at.answered));
    let unit = unit::find(tx, &stage.union.id).await.unwrap().unwrap();
    format!(
        "{} step {:?} revision {} story {} {events:?} {held:?} {found:?} vetoes {} stands {stands:?} {:?} trail {:?}",
        application.state.key(),
        application.state.step(),
        application.revision,
        application.story,
        vetoes.len(),
        unit.state,
        trail(tx, &[stage.id.to_string(), stage.title.to_string()]).await,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_on_one_application_come_one_after_the_other() {
    use FileAct::{
        CloseUnion, ConfirmRest, Conflict, Decide, Edit, Endorse, FindAgainst, Lift, Reject,
        Revoke, SayBadly, SayMore, SendBack, Submit, Veto, Withdraw,
    };
    let pairs: &[(At, bool, &[(FileAct, FileAct)])] = &[
        (
            At::Draft,
            false,
            &[
                (Edit, Submit),
                (Edit, Edit),
                (Submit, Submit),
                (Submit, Withdraw),
                (Submit, Veto),
                (Submit, SayBadly),
                (Submit, Revoke),
                (Submit, CloseUnion),
                (Veto, SayBadly),
                (Revoke, SayMore),
                (SayBadly, SayMore),
                (Veto, Veto),
            ],
        ),
        (At::Draft, true, &[(Lift, SayMore), (Lift, Lift)]),
        (
            At::Township,
            false,
            &[(Endorse, Endorse), (Endorse, Withdraw)],
        ),
        (
            At::District,
            false,
            &[
                (Decide, Decide),
                (Decide, Withdraw),
                (Decide, SendBack),
                (Decide, Reject),
                (Decide, Veto),
                (Decide, SayBadly),
                (Decide, Revoke),
                (Decide, FindAgainst),
                (Decide, Conflict),
                (Reject, SendBack),
                (Reject, Withdraw),
                (ConfirmRest, FindAgainst),
                (FindAgainst, SendBack),
            ],
        ),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        for (at, is_vetoed, pairs) in pairs {
            let stage = async |_| stage(&nodes, *at, *is_vetoed).await;
            faults.extend(race(&nodes, pairs, stage, perform, look).await);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
