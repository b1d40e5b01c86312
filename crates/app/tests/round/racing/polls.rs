//! Acts on one poll.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    rating::{ballot as ballots, count as counts, poll as polls, slip as slips},
};
use jianjia_demo::testing::polling::{OpenPoll, paper_input, plan};
use jianjia_domain::{
    core::{
        ids::PollId,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    rating::poll::voting::Demand,
    year::totals::RatingTotals,
};
use jianjia_store::{
    core::db::Tx,
    rating::{ballot, count as rating, paper, poll as store, slip},
};

use super::{Nodes, race, said, trail};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PollAct {
    SavePlan,
    Open,
    Consent,
    Demand,
    GiveUp,
    Annul,
    Renew,
    MakeSlips,
    Spoil,
    SpoilAll,
    Vote,
    Close,
    Paper(usize),
    OpenBox,
    Sign(usize),
}

/// How far the poll has come when the two act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    /// Planned in a year that has a result already.
    Second,
    Planned,
    Open,
    Closed,
    /// One member entered the paper.
    Entered,
    /// Two did.
    Agreed,
    Counted,
    /// All signatures but one.
    NearlySigned,
}

struct Stage {
    union: UnitPlace,
    chair: Actor,
    above: Actor,
    poll: OpenPoll,
}

const ROLL: i64 = 40;

async fn stage(nodes: &Nodes, at: At) -> Stage {
    let (app, city) = (nodes.here(), &nodes.city);
    let name = nodes.name("工会");
    let union = city
        .city
        .unit(Some(&city.township), UnitKind::Grassroots, &name)
        .await;
    let chair = city.city.actor(&name, &[(Role::Chair, &union)]).await;
    if at == At::Second {
        let before = RatingTotals::of(
            ROLL,
            [
                ("satisfied", 20),
                ("basically_satisfied", 5),
                ("dissatisfied", 5),
                ("void", 0),
            ],
        );
        city.city.rated(&union, 2016, before).await;
    }
    let planned = plan(ROLL, "2016-12-20");
    let id = polls::save_plan(app, &chair, &union.id, 2016, &planned).await;
    let mut stage = Stage {
        above: city.local.clone(),
        poll: OpenPoll {
            id: id.unwrap(),
            members: jianjia_app::rating::lock::MemberCodes(Vec::new()),
            slips: Vec::new(),
        },
        chair,
        union,
    };
    let (chair, poll) = (&stage.chair, &mut stage.poll);
    if at >= At::Open {
        poll.members = polls::open(app, chair, &poll.id).await.unwrap();
        poll.slips = slips::make(app, chair, &poll.id, "12").await.unwrap().codes;
    }
    if at >= At::Closed {
        poll.cast(app, 0, [6, 2, 1, 0]).await;
        polls::close(app, chair, &poll.id).await.unwrap();
    }
    let entered = match at {
        At::Second | At::Planned | At::Open | At::Closed => 0,
        At::Entered => 1,
        _ => 2,
    };
    for code in &poll.members.0[..entered] {
        let paper = paper_input(2, [3, 1, 0, 0]);
        counts::enter_paper(app, &poll.id, code, &paper)
            .await
            .unwrap();
    }
    if at >= At::Counted {
        let codes = [poll.members.0[0].clone(), poll.members.0[2].clone()];
        counts::open_box(app, &poll.id, &codes).await.unwrap();
    }
    if at == At::NearlySigned {
        for code in &poll.members.0[..2] {
            counts::sign(app, &poll.id, code).await.unwrap();
        }
    }
    stage
}

fn perform(app: App, stage: Arc<Stage>, act: PollAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let Stage {
            union,
            chair,
            above,
            poll,
        } = stage;
        let (id, codes): (&PollId, _) = (&poll.id, &poll.members.0);
        match act {
            PollAct::SavePlan => {
                let changed = plan(ROLL + 10, "2016-12-20");
                said(polls::save_plan(app, chair, &union.id, 2016, &changed).await)
            }
            PollAct::Open => said(polls::open(app, chair, id).await),
            PollAct::Consent => said(polls::consent(app, above, id, "夜班没有投").await),
            PollAct::Demand => said(polls::demand_slips(app, above, id, Demand::ByUpper).await),
            PollAct::GiveUp => said(polls::abandon(app, chair, id, "改期").await),
            PollAct::Annul => said(polls::annul(app, above, id, "程序不合规定").await),
            PollAct::Renew => said(polls::renew_codes(app, chair, id).await),
            PollAct::MakeSlips => said(slips::make(app, chair, id, "20").await),
            PollAct::Spoil => said(slips::spoil(app, chair, id, &poll.slips[0]).await),
            PollAct::SpoilAll => said(slips::spoil_batch(app, chair, id, 1).await),
            PollAct::Vote => said(ballots::cast(app, poll.vote(0, "satisfied")).await),
            PollAct::Close => said(polls::close(app, chair, id).await),
            PollAct::Paper(member) => {
                let paper = paper_input(2, [3, 1, 0, 0]);
                said(counts::enter_paper(app, id, &codes[member], &paper).await)
            }
            PollAct::OpenBox => {
                let two = [codes[0].clone(), codes[2].clone()];
                said(counts::open_box(app, id, &two).await)
            }
            PollAct::Sign(member) => said(counts::sign(app, id, &codes[member]).await),
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let id = &stage.poll.id;
    let all = store::of_unit(tx, &stage.union.id, 2016).await.unwrap();
    let mut seen = Vec::new();
    for poll in &all {
        seen.push(format!(
            "{:?} lock {:?} roll {} upper {} signed {} record {} consent {}",
            poll.state(),
            poll.lock().map(|lock| lock.version),
            poll.plan.roll,
            poll.slips_by_upper,
            poll.signatures().len(),
            poll.record().is_some(),
            poll.consent.is_some(),
        ));
    }
    let counts = slip::counted(tx, id).await.unwrap();
    let sealed = ballot::count_sealed(tx, id).await.unwrap();
    let papers = paper::of_poll(tx, id).await.unwrap().len();
    let rating = rating::of_year(tx, &stage.union.id, 2016).await.unwrap();
    format!(
        "{seen:?} slips {} used {} spoiled {} sealed {sealed} paper {papers} rating {} trail {:?}",
        counts.issued(),
        counts.used(),
        counts.spoiled,
        rating.is_some(),
        trail(tx, &[id.to_string()]).await,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_on_one_poll_come_one_after_the_other() {
    use PollAct::{
        Annul, Close, Consent, Demand, GiveUp, MakeSlips, Open, OpenBox, Paper, Renew, SavePlan,
        Sign, Spoil, SpoilAll, Vote,
    };
    let pairs: &[(At, &[(PollAct, PollAct)])] = &[
        (
            At::Second,
            &[
                (SavePlan, Consent),
                (Consent, GiveUp),
                (Consent, Annul),
                (Consent, Consent),
            ],
        ),
        (
            At::Planned,
            &[
                (SavePlan, Open),
                (Open, GiveUp),
                (Open, Open),
                (SavePlan, GiveUp),
                (SavePlan, Annul),
                (SavePlan, Demand),
                (Open, Demand),
                (Open, Annul),
                (GiveUp, Annul),
                (SavePlan, SavePlan),
            ],
        ),
        (
            At::Open,
            &[
                (Renew, Close),
                (Renew, Renew),
                (Renew, Vote),
                (Renew, Demand),
                (MakeSlips, MakeSlips),
                (MakeSlips, Close),
                (MakeSlips, Demand),
                (MakeSlips, SpoilAll),
                (Spoil, Vote),
                (Spoil, Spoil),
                (SpoilAll, Vote),
                (Vote, Vote),
                (Vote, Close),
                (Vote, GiveUp),
                (Vote, Annul),
                (Close, GiveUp),
                (Close, Close),
                (Close, Demand),
                (Close, Annul),
            ],
        ),
        (
            At::Closed,
            &[(Paper(1), Paper(2)), (Paper(1), GiveUp), (GiveUp, Annul)],
        ),
        (At::Entered, &[(Paper(1), Annul), (Paper(1), GiveUp)]),
        (
            At::Agreed,
            &[
                (OpenBox, OpenBox),
                (OpenBox, GiveUp),
                (OpenBox, Annul),
                (OpenBox, Paper(3)),
            ],
        ),
        (At::Counted, &[(Sign(0), Sign(1)), (Sign(0), Annul)]),
        (
            At::NearlySigned,
            &[
                (Sign(2), Sign(3)),
                (Sign(2), Sign(2)),
                (Sign(2), Annul),
                (Annul, Annul),
            ],
        ),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        for (at, pairs) in pairs {
            let stage = async |_| stage(&nodes, *at).await;
            faults.extend(race(&nodes, pairs, stage, perform, look).await);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
