//! Public notices and objections to who is on them: put up, taken down, confirmed, given to somebody and answered beside each other and beside a naming.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    round::{
        naming::{self as namings, ConfirmInput},
        objection::{self as objections, Receipt},
        publication as publications,
    },
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, ObjectionId, PublicationId},
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    round::{objection::ObjectionForm, publication::PublicationInput},
};
use jianjia_store::{
    core::db::Tx,
    round::{application as store, objection as kept, publication as shown},
};
use jiff::{ToSpan, civil::date};

use super::{
    Nodes,
    namings::{TITLE, waiting},
    number, race, said, trail,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoticeAct {
    Publish,
    Withdraw,
    Name,
    Object,
    /// Whoever wrote it lets one of a flood count.
    Confirm,
    Assign,
    /// One of the two of the city who handle objections closes it.
    Answer(usize),
}

/// Who handles objections, and somebody of another district who looks into them.
struct Offices {
    handlers: [Actor; 2],
    other: UnitPlace,
    reviewer: Actor,
}

/// A candidate that waits to be named; on public notice and objected to where the pair is about that.
struct Stage {
    handlers: [Actor; 2],
    to: (Actor, UnitPlace),
    union: UnitPlace,
    file: ApplicationId,
    /// What a preview of its naming shows.
    seen: Vec<String>,
    input: PublicationInput,
    network: String,
    notice: Option<PublicationId>,
    objection: Option<(ObjectionId, Receipt)>,
}

/// Filled in beside the list as it stands.
async fn input(app: &App, leader: &Actor) -> PublicationInput {
    let plan = publications::to_publish(app, leader, 2016, TITLE).await;
    PublicationInput {
        seen: plan.unwrap().seen,
        order: "strokes".to_owned(),
        telephone: "0519-86680000".to_owned(),
        office: "市总工会基层工作部".to_owned(),
    }
}

fn form(file: &ApplicationId) -> ObjectionForm {
    ObjectionForm {
        application: file.to_string(),
        text: "名册上的人不在厂里。".to_owned(),
        ..ObjectionForm::default()
    }
}

async fn stage(nodes: &Nodes, offices: &Offices, pair: (NoticeAct, NoticeAct)) -> Stage {
    use NoticeAct::{Answer, Assign, Confirm, Name, Publish};
    let app = nodes.here();
    let mut candidates = waiting(nodes, 1).await;
    let (file, union) = (candidates.ids.remove(0), candidates.unions.remove(0));
    // Objections are counted by the day: each stage has one of its own, as far as there are.
    let place = i64::try_from(app.entropy.number() % 200).unwrap();
    let day = date(2017, 3, 1).saturating_add(place.days());
    app.clock.set(day);
    let [leader, _] = &offices.handlers;
    let both = [pair.0, pair.1];
    let mut seen = Vec::new();
    if both.contains(&Name) {
        let preview = namings::preview(app, leader, 2016, TITLE, &[file]).await;
        seen = preview
            .unwrap()
            .lines
            .iter()
            .map(|line| line.token())
            .collect();
    }
    let mut notice = None;
    let input = input(app, leader).await;
    if !both.contains(&Publish) {
        let made = publications::publish(app, leader, 2016, TITLE, &input).await;
        notice = Some(made.unwrap());
    }
    let network = nodes.name("网");
    let mut objection = None;
    let is_handled = |act: &NoticeAct| matches!(act, Confirm | Assign | Answer(_));
    if let Some(notice) = notice.as_ref().filter(|_| both.iter().any(is_handled)) {
        let receipt = objections::receive(app, &network, notice, &form(&file), Vec::new()).await;
        let receipt = receipt.unwrap();
        let mut tx = app.db.write("test").await.unwrap();
        let found = kept::of_number(&mut tx, receipt.number).await.unwrap();
        let id = found.unwrap().id;
        if both.contains(&Confirm) {
            // As if it were one of a flood, an hour and more ago.
            sqlx::query("UPDATE objection SET confirmed_at = '' WHERE id = $1")
                .bind(id.to_string())
                .execute(&mut *tx)
                .await
                .unwrap();
            app.clock.set(day.saturating_add(1.day()));
        }
        jianjia_demo::testing::keep(app, tx).await;
        objection = Some((id, receipt));
    }
    Stage {
        handlers: offices.handlers.clone(),
        to: (offices.reviewer.clone(), offices.other.clone()),
        union,
        file,
        seen,
        input,
        network,
        notice,
        objection,
    }
}

fn perform(app: App, stage: Arc<Stage>, act: NoticeAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let leader = &stage.handlers[0];
        let notice = || stage.notice.as_ref().expect("a notice");
        let objection = || stage.objection.as_ref().expect("an objection");
        match act {
            NoticeAct::Publish => {
                said(publications::publish(app, leader, 2016, TITLE, &stage.input).await)
            }
            NoticeAct::Withdraw => {
                said(publications::withdraw(app, leader, notice(), "名称有误").await)
            }
            NoticeAct::Name => {
                let input = ConfirmInput {
                    seen: stage.seen.clone(),
                    document_number: "常工发〔2017〕5号".to_owned(),
                    request_key: app.entropy.id(app.now()).to_string(),
                };
                said(namings::confirm(app, leader, 2016, TITLE, &input).await)
            }
            NoticeAct::Object => {
                let form = form(&stage.file);
                let network = &stage.network;
                said(objections::receive(app, network, notice(), &form, Vec::new()).await)
            }
            NoticeAct::Confirm => {
                let (_, receipt) = objection();
                let of = (receipt.number, receipt.code.as_str());
                said(objections::confirm(app, &stage.network, of.0, of.1).await)
            }
            NoticeAct::Assign => {
                let (reviewer, office) = &stage.to;
                let to = (&reviewer.account, &office.id);
                said(objections::assign(app, leader, &objection().0, to).await)
            }
            NoticeAct::Answer(who) => {
                let given = ("unfounded", "已核实，不属实。");
                let handler = &stage.handlers[who];
                said(objections::answer(app, handler, &objection().0, given).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    // Whether each notice that showed it came down.
    let mut notices = Vec::new();
    for notice in shown::of_title(tx, 2016, TITLE).await.unwrap() {
        if notice.shown.contains(&stage.union.name) {
            notices.push(notice.taken_down.is_some());
        }
    }
    let file = store::find(tx, &stage.file).await.unwrap().unwrap();
    let objected = number(
        tx,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM objection WHERE application_id = $1",
        &stage.file.to_string(),
    )
    .await;
    let mut ids = vec![stage.file.to_string()];
    ids.extend(stage.notice.iter().map(ToString::to_string));
    let mut handled = None;
    if let Some((id, _)) = &stage.objection {
        ids.push(id.to_string());
        let found = kept::find(tx, id).await.unwrap().unwrap();
        handled = Some((
            found.confirmed_at.is_some(),
            found.assigned.map(|assigned| assigned.to_name),
            found.answer.map(|answer| answer.by_name),
        ));
    }
    let trail = trail(tx, &ids).await;
    let state = file.state.key();
    format!("{state} down {notices:?} objections {objected} {handled:?} trail {trail:?}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn notices_and_objections_come_one_after_the_other() {
    use NoticeAct::{Answer, Assign, Confirm, Name, Object, Publish, Withdraw};
    let pairs = [
        (Publish, Publish),
        (Publish, Name),
        (Answer(0), Answer(1)),
        (Confirm, Answer(0)),
        (Confirm, Confirm),
        (Assign, Answer(0)),
        // Last: who was on a notice that was withdrawn is on the next one, too.
        (Withdraw, Object),
        (Withdraw, Withdraw),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let city = &nodes.city;
        let make = &city.city;
        let name = nodes.name("邻区");
        let other = make.unit(Some(&city.top), UnitKind::District, &name).await;
        let offices = Offices {
            handlers: [
                city.leader.clone(),
                make.actor("市里孙主任", &[(Role::Approver, &city.top)])
                    .await,
            ],
            reviewer: make.actor("邻区审核", &[(Role::Reviewer, &other)]).await,
            other,
        };
        let stage = async |pair: (NoticeAct, NoticeAct)| stage(&nodes, &offices, pair).await;
        faults.extend(race(&nodes, &pairs, stage, perform, look).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
