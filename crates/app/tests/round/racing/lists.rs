//! Acts on a federation's list and its quota.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    round::{
        application::Expected,
        recommendation::{self as recommendations, PlaceInput, Ranking},
        review::{self as reviews, RejectInput},
    },
};
use jianjia_domain::core::{
    ids::ApplicationId,
    place::{UnitKind, UnitPlace},
    policy::{Actor, Role},
};
use jianjia_store::{
    core::db::Tx,
    round::{application as store, quota},
};

use super::{Nodes, race, said, trail};

const TITLE: &str = "trusted-home";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListAct {
    Recommend(usize),
    /// Takes the recommendation of the first back.
    Undo,
    /// The city gives this many places where the page shows those of the stage.
    Places(i64),
    Close,
    /// The last goes up.
    Rank,
    Reject(usize),
}

/// Candidates at a district's step, the first recommended where the stage says so.
pub(super) struct Stage {
    pub district: UnitPlace,
    pub approver: Actor,
    pub leader: Actor,
    pub ids: Vec<ApplicationId>,
    revisions: Vec<i64>,
    places: i64,
}

pub(super) async fn stage(
    nodes: &Nodes,
    places: i64,
    is_first_recommended: bool,
    files: usize,
) -> Stage {
    let (app, city) = (nodes.here(), &nodes.city);
    let name = nodes.name("区");
    let district = city
        .city
        .unit(Some(&city.top), UnitKind::District, &name)
        .await;
    let approver = city.city.actor(&name, &[(Role::Approver, &district)]).await;
    let give = |seen: i64| PlaceInput {
        federation: district.id,
        title: TITLE.to_owned(),
        seen,
        places: places.to_string(),
    };
    recommendations::set_places(app, &city.leader, 2016, &[give(0)])
        .await
        .unwrap();
    let mut ids = Vec::new();
    for _ in 0..files {
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
        ids.push(id);
    }
    let mut stage = Stage {
        leader: city.leader.clone(),
        revisions: vec![0; files],
        district,
        approver,
        ids,
        places,
    };
    if is_first_recommended {
        stage.revisions[0] = city.read(&stage.ids[0]).await.revision;
        assert_eq!(recommend(app, &stage, 0).await, "done");
    }
    for (place, id) in stage.ids.iter().enumerate() {
        stage.revisions[place] = city.read(id).await.revision;
    }
    stage
}

async fn recommend(app: &App, stage: &Stage, place: usize) -> String {
    let chosen = [(stage.ids[place], stage.revisions[place])];
    let key = app.entropy.id(app.now()).to_string();
    let (approver, district) = (&stage.approver, &stage.district.id);
    said(recommendations::recommend(app, approver, 2016, TITLE, district, &chosen, &key).await)
}

fn perform(app: App, stage: Arc<Stage>, act: ListAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let (approver, district) = (&stage.approver, &stage.district.id);
        let expected = |place: usize| Expected {
            revision: stage.revisions[place],
            request_key: app.entropy.id(app.now()).to_string(),
        };
        match act {
            ListAct::Recommend(place) => recommend(app, stage, place).await,
            ListAct::Undo => {
                let id = &stage.ids[0];
                said(recommendations::undo(app, approver, district, id, &expected(0)).await)
            }
            ListAct::Places(places) => {
                let input = PlaceInput {
                    federation: *district,
                    title: TITLE.to_owned(),
                    seen: stage.places,
                    places: places.to_string(),
                };
                said(recommendations::set_places(app, &stage.leader, 2016, &[input]).await)
            }
            ListAct::Close => {
                said(recommendations::close(app, approver, 2016, TITLE, district).await)
            }
            ListAct::Rank => {
                let last_first = stage.ids.iter().rev().zip(1..);
                let ranking = Ranking::Numbers(
                    last_first
                        .map(|(id, rank)| (*id, rank.to_string()))
                        .collect(),
                );
                said(recommendations::rank(app, approver, 2016, TITLE, district, &ranking).await)
            }
            ListAct::Reject(place) => {
                let input = RejectInput {
                    reason: "材料不实".to_owned(),
                    reasons: Vec::new(),
                    expected: expected(place),
                };
                said(reviews::reject(app, approver, &stage.ids[place], &input).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let quota = quota::find(tx, 2016, TITLE, &stage.district.id)
        .await
        .unwrap()
        .unwrap();
    let used = quota::used(tx, 2016, TITLE, &stage.district.id)
        .await
        .unwrap();
    let mut files = Vec::new();
    for id in &stage.ids {
        let application = store::find(tx, id).await.unwrap().unwrap();
        files.push((
            application.state.key(),
            application.state.step(),
            application.revision,
            application.rank,
        ));
    }
    let mut nouns: Vec<String> = stage.ids.iter().map(ToString::to_string).collect();
    nouns.push(format!("2016/{TITLE}/{}", stage.district.id));
    format!(
        "places {} used {used} returned {} closed {} revision {} {files:?} trail {:?}",
        quota.places,
        quota.returned,
        quota.closed_at.is_some(),
        quota.revision,
        trail(tx, &nouns).await,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_on_one_list_and_its_quota_come_one_after_the_other() {
    use ListAct::{Close, Places, Rank, Recommend, Reject, Undo};
    let pairs: &[(i64, bool, &[(ListAct, ListAct)])] = &[
        (
            1,
            false,
            &[
                (Recommend(0), Recommend(1)),
                (Recommend(0), Recommend(0)),
                (Recommend(0), Places(0)),
                (Recommend(0), Close),
                (Places(2), Places(3)),
                (Places(0), Close),
                (Recommend(0), Reject(0)),
                (Rank, Recommend(0)),
                (Rank, Reject(1)),
                (Rank, Close),
            ],
        ),
        (
            2,
            true,
            &[
                (Undo, Places(1)),
                (Undo, Close),
                (Undo, Undo),
                (Recommend(1), Places(1)),
                (Rank, Undo),
            ],
        ),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        for (places, is_recommended, pairs) in pairs {
            let stage = async |pair: (ListAct, ListAct)| {
                let files = if pair.0 == Rank { 3 } else { 2 };
                stage(&nodes, *places, *is_recommended, files).await
            };
            faults.extend(race(&nodes, pairs, stage, perform, look).await);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
