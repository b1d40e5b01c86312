//! Acts on the register and the calendar.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};
use jianjia_app::{
    core::app::App,
    register::{
        person as people,
        unit::{
            self as units,
            change::{self, Happening},
        },
    },
    round::round as rounds,
    year::sheet::{self as sheets, SayInput},
};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    register::{
        person::PersonForm,
        unit::{change::ChangeForm, form::UnitForm},
    },
    round::round::RoundDays,
};
use jianjia_store::{
    core::db::Tx,
    register::{person, unit},
    year::standing,
};

use super::{Nodes, number, race, said, trail};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RegisterAct {
    /// Registers a unit of a name that the other takes as well.
    Register,
    Edit,
    Chair(&'static str),
    Say,
    Close,
    Move,
    SetDays,
}

struct Stage {
    township: UnitPlace,
    elsewhere: UnitPlace,
    union: UnitPlace,
    chair: Actor,
    administrator: Actor,
    leader: Actor,
    name: String,
    revision: i64,
    days: RoundDays,
}

async fn stage(nodes: &Nodes) -> Stage {
    let (app, city) = (nodes.here(), &nodes.city);
    let name = nodes.name("工会");
    let union = city
        .city
        .unit(Some(&city.township), UnitKind::Grassroots, &name)
        .await;
    let elsewhere = city
        .city
        .unit(Some(&city.district), UnitKind::Township, &nodes.name("镇"))
        .await;
    let round = rounds::find(app, 2016).await.unwrap();
    let mut tx = app.db.read().await.unwrap();
    let kept = unit::find(&mut tx, &union.id).await.unwrap().unwrap();
    Stage {
        chair: city.city.actor(&name, &[(Role::Chair, &union)]).await,
        administrator: city
            .city
            .actor(&name, &[(Role::Administrator, &city.top)])
            .await,
        leader: city.leader.clone(),
        township: city.township.clone(),
        revision: kept.revision,
        days: RoundDays {
            declaration: round.declaration,
            examination: round.examination,
            commendation: round.commendation,
            note: "顺延".to_owned(),
            revision: round.revision,
        },
        elsewhere,
        union,
        name,
    }
}

fn perform(app: App, stage: Arc<Stage>, act: RegisterAct) -> BoxFuture<'static, String> {
    async move {
        let (app, stage) = (&app, &*stage);
        let (administrator, union) = (&stage.administrator, &stage.union.id);
        let form = |name: &str| UnitForm {
            name: name.to_owned(),
            ..UnitForm::default()
        };
        let happen = async |happening, target: &str| {
            let form = ChangeForm {
                on: "2016-10-20".to_owned(),
                note: "常工发〔2016〕8号".to_owned(),
                target: target.to_owned(),
            };
            let revision = stage.revision;
            said(change::perform(app, administrator, union, happening, &form, revision).await)
        };
        match act {
            RegisterAct::Register => {
                let form = form(&format!("{}新", stage.name));
                let (upper, kind) = (&stage.township.id, UnitKind::Grassroots);
                said(units::create(app, administrator, upper, kind, &form).await)
            }
            RegisterAct::Edit => {
                let mut form = form(&stage.name);
                form.members = "55".to_owned();
                said(units::edit(app, &stage.chair, union, None, &form, stage.revision).await)
            }
            RegisterAct::Chair(name) => {
                let form = PersonForm {
                    name: name.to_owned(),
                    post: "chair".to_owned(),
                    ..PersonForm::default()
                };
                said(people::create(app, &stage.chair, union, &form).await)
            }
            RegisterAct::Say => {
                let input = SayInput {
                    typed: [("members".to_owned(), "199".to_owned())].into(),
                    ..SayInput::default()
                };
                said(sheets::say(app, &stage.chair, union, None, 2016, &input).await)
            }
            RegisterAct::Close => happen(Happening::Close, "").await,
            RegisterAct::Move => happen(Happening::Move, &stage.elsewhere.name).await,
            RegisterAct::SetDays => {
                let days = stage.days.clone();
                said(rounds::set_days(app, &stage.leader, 2016, days).await)
            }
        }
    }
    .boxed()
}

async fn look(tx: &mut Tx, stage: &Stage) -> String {
    let kept = unit::find(tx, &stage.union.id).await.unwrap().unwrap();
    let people = person::of_unit(tx, &stage.union.id).await.unwrap();
    let people: Vec<(&str, bool)> = people
        .iter()
        .map(|person| (person.details.post.key(), person.left_on.is_some()))
        .collect();
    let stands = standing::of_unit(tx, &stage.union, 2016).await.unwrap();
    // Every row of the unit carries the path that the unit has.
    let astray = number(
        tx,
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM statement
         JOIN unit ON unit.id = statement.unit_id
         WHERE unit.id = $1 AND statement.unit_path <> unit.path",
        &stage.union.id.to_string(),
    )
    .await;
    let named = number(
        tx,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM unit WHERE name = $1",
        &format!("{}新", stage.name),
    )
    .await;
    format!(
        "{:?} members {:?} revision {} moved {} {people:?} answered {:?} astray {astray} named {named} trail {:?}",
        kept.state,
        kept.details.members,
        kept.revision,
        kept.parent_id == Some(stage.elsewhere.id),
        stands.map(|at| at.answered),
        trail(tx, &[stage.union.id.to_string()]).await,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_on_the_register_come_one_after_the_other() {
    use RegisterAct::{Chair, Close, Edit, Move, Register, Say, SetDays};
    let pairs = [
        (Register, Register),
        (Edit, Edit),
        (Edit, Say),
        (Edit, Move),
        (Chair("王芳"), Chair("李敏")),
        (Chair("王芳"), Close),
        (Say, Close),
        (Say, Move),
        (Close, Move),
        (SetDays, SetDays),
    ];
    let mut faults = Vec::new();
    for nodes in Nodes::begin().await {
        let stage = async |_| stage(&nodes).await;
        faults.extend(race(&nodes, &pairs, stage, perform, look).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
