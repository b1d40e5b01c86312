//! The city's naming against other namings, and against what it stands on.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    round::{
        application::Expected,
        naming::{self as namings, ConfirmInput},
        recommendation::{self as recommendations, PlaceInput},
        review::{self as reviews, ReturnInput},
        veto as vetoes,
    },
};
use jianjia_domain::{
    core::{
        ids::ApplicationId,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    round::{
        application::{CriterionReason, ReturnTo},
        veto::VetoInput,
    },
};
use jianjia_store::{core::db::Tx, honour::honour, round::application as store};

use super::{Nodes, number, race, said, trail};

pub(super) const TITLE: &str = "trusted-home";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NamingAct {
    /// Names the candidates at these places, as a preview of the stage showed.
    Name(&'static [usize]),
    Reject(usize),
    Veto(usize),
    SendBack(usize),
}

struct Stage {
    approver: Actor,
    leader: Actor,
    unions: Vec<UnitPlace>,
    ids: Vec<ApplicationId>,
    revisions: Vec<i64>,
    /// What a preview shows of each candidate, and of both.
    seen: Vec<(Vec<usize>, Vec<String>)>,
}

/// Unions of a district of their own that wait to be named.
pub(super) struct Waiting {
    /// Of the district.
    pub(super) approver: Actor,
    pub(super) unions: Vec<UnitPlace>,
    pub(super) ids: Vec<ApplicationId>,
}

pub(super) async fn waiting(nodes: &Nodes, count: usize) -> Waiting {
    let (app, city) = (nodes.here(), &nodes.city);
    city.on(2016, 10, 20);
    let name = nodes.name("区");
    let district = city
        .city
        .unit(Some(&city.top), UnitKind::District, &name)
        .await;
    let approver = city.city.actor(&name, &[(Role::Approver, &district)]).await;
    let places = PlaceInput {
        federation: district.id,
        title: TITLE.to_owned(),
        seen: 0,
        places: "9".to_owned(),
    };
    recommendations::set_places(app, &city.leader, 2016, &[places])
        .await
        .unwrap();
    let (mut unions, mut ids) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let name = nodes.name("工会");
        let union = city
            .city
            .unit(Some(&district), UnitKind::Grassroots, &name)
            .await;
        city.meets_everything(&union).await;
        city.holds(&union, None, "model-home", 2015).await;
        let chair = city.city.actor(&name, &[(Role::Chair, &union)]).await;
        let id = city.applied(&chair, &union, TITLE).await.id;
        reviews::confirm_rest(app, &approver, &id, "材料齐全，已核对")
            .await
            .unwrap();
        let chosen = [(id, city.read(&id).await.revision)];
        let key = app.entropy.id(app.now()).to_string();
        recommendations::recommend(app, &approver, 2016, TITLE, &district.id, &chosen, &key)
            .await
            .unwrap();
        unions.push(union);
        ids.push(id);
    }
    Waiting {
        approver,
        unions,
        ids,
    }
}

async fn stage(nodes: &Nodes) -> Stage {
    let (app, city) = (nodes.here(), &nodes.city);
    let Waiting {
        approver,
        unions,
        ids,
    } = waiting(nodes, 2).await;
    city.on(2017, 3, 1);
    let mut seen = Vec::new();
    for places in [vec![0], vec![1], vec![0, 1]] {
        let chosen: Vec<ApplicationId> = places.iter().map(|place| ids[*place]).collect();
        let preview = namings::preview(app, &city.leader, 2016, TITLE, &chosen)
            .await
            .unwrap();
        let tokens = preview.lines.iter().map(|line| line.token()).collect();
        seen.push((places, tokens));
    }
    let mut revisions = Vec::new();
    for id in &ids {
        revisions.push(city.read(id).await.revision);
    }
    Stage {
        leader: city.leader.clone(),
        approver,
        unions,
        ids,
        revisions,
        seen,
    }
}

fn perform(app: App, stage: Arc<Stage>, act: NamingAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let key = app.entropy.id(app.now()).to_string();
        match act {
            NamingAct::Name(places) => {
                let seen = stage.seen.iter().find(|(shown, _)| shown == places);
                let input = ConfirmInput {
                    seen: seen.expect("a preview of them").1.clone(),
                    document_number: "常工发〔2017〕5号".to_owned(),
                    request_key: key,
                };
                said(namings::confirm(app, &stage.leader, 2016, TITLE, &input).await)
            }
            NamingAct::Reject(place) => {
                let chosen = [(stage.ids[place], stage.revisions[place])];
                let leader = &stage.leader;
                said(namings::reject(app, leader, 2016, TITLE, &chosen, "名额所限", &key).await)
            }
            NamingAct::Veto(place) => {
                let input = VetoInput {
                    year: 2016,
                    clause: "V1".to_owned(),
                    source: "市人社局函".to_owned(),
                    note: String::new(),
                };
                let union = &stage.unions[place].id;
                said(vetoes::record(app, &stage.approver, union, &input).await)
            }
            NamingAct::SendBack(place) => {
                let input = ReturnInput {
                    to: ReturnTo::Applicant,
                    opinion: String::new(),
                    reasons: vec![CriterionReason {
                        clause: "M1b".to_owned(),
                        note: "名册与人数不符".to_owned(),
                    }],
                    expected: Expected {
                        revision: stage.revisions[place],
                        request_key: key,
                    },
                };
                said(reviews::send_back(app, &stage.leader, &stage.ids[place], &input).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let mut files = Vec::new();
    for (id, union) in stage.ids.iter().zip(&stage.unions) {
        let application = store::find(tx, id).await.unwrap().unwrap();
        let held = honour::held(tx, &union.id, None).await.unwrap();
        let named = held.iter().filter(|honour| honour.title == TITLE).count();
        files.push((application.state.key(), application.revision, named));
    }
    // No number is given twice, here or at any stage before.
    let twice = number(
        tx,
        "SELECT CAST(COUNT(*) - COUNT(DISTINCT number) AS BIGINT) FROM honour WHERE title = $1",
        TITLE,
    )
    .await;
    let ids: Vec<String> = stage.ids.iter().map(ToString::to_string).collect();
    format!(
        "{files:?} numbers given twice {twice} trail {:?}",
        trail(tx, &ids).await
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn namings_come_one_after_the_other_and_after_what_they_stand_on() {
    use NamingAct::{Name, Reject, SendBack, Veto};
    let pairs = [
        (Name(&[0]), Name(&[0])),
        (Name(&[0]), Name(&[1])),
        (Name(&[0, 1]), Name(&[1])),
        (Name(&[0, 1]), Reject(1)),
        (Name(&[0, 1]), Veto(0)),
        (Name(&[0, 1]), SendBack(1)),
        (Reject(0), Reject(0)),
        (Reject(0), SendBack(0)),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let stage = async |_| stage(&nodes).await;
        faults.extend(race(&nodes, &pairs, stage, perform, look).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
