//! Places that came free after a list was closed: taken up, returned, moved on; and shares of places that are lowered while they are used.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    round::{
        application::Expected,
        recommendation::{self as recommendations, MoveInput, PlaceInput, Ranking, ShareInput},
        review::{self as reviews, OpinionInput, RejectInput},
    },
};
use jianjia_domain::core::{
    ids::{ApplicationId, UnitId},
    place::{UnitKind, UnitPlace},
    policy::{Actor, Role},
};
use jianjia_store::{
    core::db::Tx,
    round::{application as store, quota, quota::sharing},
};

use super::{Nodes, lists, race, said, trail};

const TITLE: &str = "trusted-home";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PlaceAct {
    /// The city moves the free place to the other district.
    Move,
    GiveBack,
    /// The next reserve takes the free place.
    TakeUp,
    /// The other district closes its list, which returns what it has.
    CloseOther,
}

/// A closed list with a free place and a reserve, and another district with one place and no candidates.
struct Stage {
    list: lists::Stage,
    reserve: (ApplicationId, i64),
    other: UnitPlace,
    theirs: Actor,
    moved: MoveInput,
    seen: (i64, i64),
}

async fn stage(nodes: &Nodes) -> Stage {
    let (app, city) = (nodes.here(), &nodes.city);
    let list = lists::stage(nodes, 1, true, 2).await;
    let (approver, district) = (&list.approver, &list.district.id);
    let ranks = list.ids.iter().zip(1..);
    let ranking = Ranking::Numbers(ranks.map(|(id, rank)| (*id, rank.to_string())).collect());
    recommendations::rank(app, approver, 2016, TITLE, district, &ranking)
        .await
        .unwrap();
    recommendations::close(app, approver, 2016, TITLE, district)
        .await
        .unwrap();
    let input = RejectInput {
        reason: "材料不实".to_owned(),
        reasons: Vec::new(),
        expected: city.now(&list.ids[0]).await,
    };
    reviews::reject(app, &list.leader, &list.ids[0], &input)
        .await
        .unwrap();
    let name = nodes.name("区");
    let other = city
        .city
        .unit(Some(&city.top), UnitKind::District, &name)
        .await;
    let theirs = city.city.actor(&name, &[(Role::Approver, &other)]).await;
    let given = PlaceInput {
        federation: other.id,
        title: TITLE.to_owned(),
        seen: 0,
        places: "1".to_owned(),
    };
    recommendations::set_places(app, &list.leader, 2016, &[given])
        .await
        .unwrap();
    let moved = MoveInput {
        title: TITLE.to_owned(),
        from: Some(*district),
        to: Some(other.id),
        places: "1".to_owned(),
        reason: "候选多".to_owned(),
    };
    let preview = recommendations::preview_move(app, &list.leader, 2016, &moved)
        .await
        .unwrap();
    let reserve = list.ids[1];
    Stage {
        seen: preview.seen(),
        reserve: (reserve, city.read(&reserve).await.revision),
        list,
        other,
        theirs,
        moved,
    }
}

fn perform(app: App, stage: Arc<Stage>, act: PlaceAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let (approver, district) = (&stage.list.approver, &stage.list.district.id);
        let of = (2016, TITLE, district);
        match act {
            PlaceAct::Move => {
                let (leader, seen) = (&stage.list.leader, stage.seen);
                said(recommendations::move_places(app, leader, 2016, &stage.moved, seen).await)
            }
            PlaceAct::GiveBack => {
                let seen = (stage.seen.0, 1);
                said(recommendations::give_back(app, approver, of, seen).await)
            }
            PlaceAct::TakeUp => {
                let (id, revision) = stage.reserve;
                let expected = Expected {
                    revision,
                    request_key: app.entropy.id(app.now()).to_string(),
                };
                said(recommendations::take_up(app, approver, of, &id, "", &expected).await)
            }
            PlaceAct::CloseOther => {
                let (theirs, other) = (&stage.theirs, &stage.other.id);
                said(recommendations::close(app, theirs, 2016, TITLE, other).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let mut places = Vec::new();
    let mut nouns: Vec<String> = stage.list.ids.iter().map(ToString::to_string).collect();
    for unit in [&stage.list.district.id, &stage.other.id] {
        let quota = quota::find(tx, 2016, TITLE, unit).await.unwrap().unwrap();
        let taken = quota::taken(tx, 2016, TITLE, unit).await.unwrap();
        let is_closed = quota.closed_at.is_some();
        places.push((quota.in_hand(), quota.unmoved(), taken, is_closed));
        nouns.push(format!("2016/{TITLE}/{unit}"));
    }
    let file = store::find(tx, &stage.reserve.0).await.unwrap().unwrap();
    let file = (
        file.state.key(),
        file.revision,
        file.recommended_by.is_some(),
    );
    format!("{places:?} {file:?} trail {:?}", trail(tx, &nouns).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_free_place_is_taken_returned_or_moved_once() {
    use PlaceAct::{CloseOther, GiveBack, Move, TakeUp};
    let pairs = [
        (TakeUp, TakeUp),
        (GiveBack, GiveBack),
        (Move, Move),
        (TakeUp, GiveBack),
        (TakeUp, Move),
        (GiveBack, Move),
        (Move, CloseOther),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let stage = async |_| stage(&nodes).await;
        faults.extend(race(&nodes, &pairs, stage, perform, look).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ShareAct {
    /// The district gives the township so many, where the page shows one.
    Share(i64),
    /// The township sends the file at this place on.
    Endorse(usize),
    /// The city gives the district so many, where the page shows one.
    Places(i64),
}

/// A township with a share of one place, and two files on its desk.
struct Shared {
    district: UnitId,
    township: UnitId,
    approver: Actor,
    local: Actor,
    leader: Actor,
    files: Vec<(ApplicationId, i64)>,
}

async fn shared(nodes: &Nodes) -> Shared {
    let (app, city) = (nodes.here(), &nodes.city);
    let list = lists::stage(nodes, 1, false, 0).await;
    let district = &list.district;
    let name = nodes.name("街道");
    let township = city
        .city
        .unit(Some(district), UnitKind::Township, &name)
        .await;
    let local = city.city.actor(&name, &[(Role::Reviewer, &township)]).await;
    recommendations::open_for_shares(app, &list.leader, 2016, TITLE, true)
        .await
        .unwrap();
    let input = ShareInput {
        unit: township.id,
        seen: 0,
        places: "1".to_owned(),
    };
    let of = (2016, TITLE, &district.id);
    recommendations::split(app, &list.approver, of, &[input])
        .await
        .unwrap();
    let mut files = Vec::new();
    for _ in 0..2 {
        let name = nodes.name("工会");
        let union = city
            .city
            .unit(Some(&township), UnitKind::Grassroots, &name)
            .await;
        city.meets_everything(&union).await;
        city.holds(&union, None, "model-home", 2015).await;
        let chair = city.city.actor(&name, &[(Role::Chair, &union)]).await;
        let file = city.applied(&chair, &union, TITLE).await;
        files.push((file.id, file.revision));
    }
    Shared {
        district: district.id,
        township: township.id,
        approver: list.approver,
        leader: list.leader,
        local,
        files,
    }
}

fn perform_shared(app: App, stage: Arc<Shared>, act: ShareAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        match act {
            ShareAct::Share(places) => {
                let input = ShareInput {
                    unit: stage.township,
                    seen: 1,
                    places: places.to_string(),
                };
                let of = (2016, TITLE, &stage.district);
                said(recommendations::split(app, &stage.approver, of, &[input]).await)
            }
            ShareAct::Endorse(place) => {
                let (id, revision) = stage.files[place];
                let input = OpinionInput {
                    opinion: "同意".to_owned(),
                    expected: Expected {
                        revision,
                        request_key: app.entropy.id(app.now()).to_string(),
                    },
                };
                said(reviews::endorse(app, &stage.local, &id, &input).await)
            }
            ShareAct::Places(places) => {
                let input = PlaceInput {
                    federation: stage.district,
                    title: TITLE.to_owned(),
                    seen: 1,
                    places: places.to_string(),
                };
                said(recommendations::set_places(app, &stage.leader, 2016, &[input]).await)
            }
        }
    }
    .boxed()
}

async fn look_shared(tx: &mut Tx, stage: &Shared) -> String {
    let share = sharing::find(tx, 2016, TITLE, &stage.township)
        .await
        .unwrap();
    let share = share.map(|share| (share.places, share.revision));
    let quota = quota::find(tx, 2016, TITLE, &stage.district).await.unwrap();
    let places = quota.map(|quota| quota.places);
    let mut files = Vec::new();
    let mut nouns = vec![
        format!("2016/{TITLE}/{}", stage.district),
        format!("2016/{TITLE}/{}", stage.township),
    ];
    for (id, _) in &stage.files {
        let file = store::find(tx, id).await.unwrap().unwrap();
        files.push((file.state.step(), file.revision));
        nouns.push(id.to_string());
    }
    let trail = trail(tx, &nouns).await;
    format!("{places:?} {share:?} {files:?} trail {trail:?}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_share_is_lowered_or_used_one_after_the_other() {
    use ShareAct::{Endorse, Places, Share};
    let pairs = [
        (Share(0), Endorse(0)),
        (Endorse(0), Endorse(1)),
        (Share(0), Places(2)),
        (Share(0), Share(0)),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let stage = async |_| shared(&nodes).await;
        faults.extend(race(&nodes, &pairs, stage, perform_shared, look_shared).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
