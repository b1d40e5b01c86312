//! Topics of study: opened by a federation, discussed by the unions that they are for, answered and summed up.

mod answering;
mod contributing;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{TopicId, UnitId},
        place::{UnitPlace, is_within},
        policy::{self, Act, Actor, act},
    },
    sharing::{
        is_for,
        topic::{self, Contribution, Topic, TopicForm, TopicRefusal, TopicState},
    },
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    sharing::topic::{self as topics, TopicFilter},
};
use jiff::civil::Date;
use serde_json::json;

pub use self::{
    answering::{answer, close},
    contributing::{contribute, file, retract},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    sharing::{Circle, LINES, circle, pages, request_hash},
};

refuses!(TopicRefusal);

/// A page of topics, each with how much was said on it.
#[derive(Clone, Debug)]
pub struct TopicPage {
    pub topics: Vec<(Topic, i64)>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// The federations for which the actor may open one.
    pub may_open: Vec<UnitPlace>,
}

fn filter_of(actor: &Actor, open_on: Option<Date>) -> TopicFilter {
    let Circle {
        within,
        offered_by,
        kinds,
    } = circle(actor);
    TopicFilter {
        within,
        offered_by,
        kinds,
        open_on,
    }
}

/// The units at which the actor may do an act, each once.
pub(super) fn places_to(actor: &Actor, act: Act) -> Vec<UnitPlace> {
    let mut places: Vec<UnitPlace> = Vec::new();
    for at in &actor.roles {
        let is_known = places.iter().any(|place| place.id == at.unit.id);
        if !is_known && policy::may(&actor.at(&at.unit.id), act, &at.unit) {
            places.push(at.unit.clone());
        }
    }
    places
}

/// The topics that are for the actor, those that end last first.
///
/// # Errors
/// When they can't be read.
pub async fn list(app: &App, actor: &Actor, page: i64) -> Result<TopicPage> {
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (topics, total) = export(app, actor, (LINES, offset)).await?;
    Ok(TopicPage {
        topics,
        total,
        page,
        pages: pages(total),
        may_open: places_to(actor, Act::OpenTopic),
    })
}

/// A portion (limit, offset) of the same, and how many there are.
///
/// # Errors
/// When they can't be read.
pub async fn export(
    app: &App,
    actor: &Actor,
    portion: (i64, i64),
) -> Result<(Vec<(Topic, i64)>, i64)> {
    let mut tx = app.db.read().await?;
    let (found, total) = topics::list(&mut tx, &filter_of(actor, None), portion).await?;
    let ids: Vec<TopicId> = found.iter().map(|topic| topic.id).collect();
    let counts = topics::counts(&mut tx, &ids).await?;
    let said = |id: &TopicId| {
        let mut counts = counts.iter();
        counts.find(|(of, _)| of == id).map_or(0, |(_, said)| *said)
    };
    let with_counts = found.into_iter().map(|topic| {
        let said = said(&topic.id);
        (topic, said)
    });
    Ok((with_counts.collect(), total))
}

/// So many topics that wait for a union's word are told on the desk.
const ON_THE_DESK: i64 = 20;

/// The topics that take contributions today and on which none of the actor's unions has said anything.
pub(crate) async fn unanswered(tx: &mut Tx, actor: &Actor, today: Date) -> Result<Vec<Topic>> {
    let own = places_to(actor, Act::ContributeToTopic);
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let filter = filter_of(actor, Some(today));
    let (mut open, _) = topics::list(tx, &filter, (ON_THE_DESK, 0)).await?;
    for unit in &own {
        let answered = topics::answered_by(tx, &unit.id).await?;
        open.retain(|topic| !answered.contains(&topic.id));
    }
    open.retain(|topic| !speaking(actor, topic).is_empty());
    Ok(open)
}

/// A topic with what was said on it.
#[derive(Clone, Debug)]
pub struct TopicView {
    pub topic: Topic,
    pub state: TopicState,
    pub said: Vec<Contribution>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// The unions for which the actor may say something now.
    pub speaks_for: Vec<UnitPlace>,
    /// Whether the actor answers and sums up.
    pub may_answer: bool,
}

/// A topic, for those whom it is for.
///
/// # Errors
/// Not found when it isn't there or isn't for the actor.
pub async fn view(app: &App, actor: &Actor, id: &TopicId, page: i64) -> Result<TopicView> {
    let mut tx = app.db.read().await?;
    let topic = seen(&mut tx, actor, id).await?;
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (said, total) = topics::contributions(&mut tx, id, (LINES, offset)).await?;
    let state = topic.state(app.clock.today());
    let speaks_for = if state == TopicState::Open {
        speaking(actor, &topic)
    } else {
        Vec::new()
    };
    Ok(TopicView {
        may_answer: may_answer(actor, &topic),
        state,
        said,
        total,
        page,
        pages: pages(total),
        speaks_for,
        topic,
    })
}

/// A portion of what was said on a topic, for a file.
///
/// # Errors
/// As `view`.
pub async fn export_said(
    app: &App,
    actor: &Actor,
    id: &TopicId,
    portion: (i64, i64),
) -> Result<(Vec<Contribution>, i64)> {
    let mut tx = app.db.read().await?;
    seen(&mut tx, actor, id).await?;
    Ok(topics::contributions(&mut tx, id, portion).await?)
}

async fn seen(tx: &mut Tx, actor: &Actor, id: &TopicId) -> Result<Topic> {
    let found = topics::find(tx, id).await?;
    let found = found.filter(|topic| is_for(actor, &topic.unit_path, &topic.kinds));
    found.ok_or(Error::NotFound)
}

/// The actor's unions that a topic is for.
fn speaking(actor: &Actor, topic: &Topic) -> Vec<UnitPlace> {
    let mut own = places_to(actor, Act::ContributeToTopic);
    own.retain(|place| {
        let of_kind = topic.kinds.is_empty() || topic.kinds.contains(&place.kind);
        of_kind && is_within(&place.path, &topic.unit_path)
    });
    own
}

fn may_answer(actor: &Actor, topic: &Topic) -> bool {
    let own = places_to(actor, Act::OpenTopic);
    own.iter().any(|place| place.id == topic.unit)
}

/// Opens a topic. The same form twice opens it once.
///
/// # Errors
/// Not found for no unit; as `App::permit`; as `topic::open`.
pub async fn open(app: &App, actor: &Actor, unit: &UnitId, form: &TopicForm) -> Result<TopicId> {
    let now = app.now();
    let id = TopicId(app.entropy.id(now));
    let hash = request_hash(app, b"topic-request", &form.request_key, actor);
    let mut tx = app.db.write([Scope::Topic(id), Scope::Unit(*unit)]).await?;
    let permit = app.permit(&mut tx, actor, act::OpenTopic, unit).await?;
    if let Some(before) = topics::of_request(&mut tx, &hash).await? {
        return Ok(before.id);
    }
    let asked = topic::open(form, &permit, app.clock.today())?;
    let made = Topic {
        id,
        unit: permit.unit.id,
        unit_path: permit.unit.path.clone(),
        unit_name: permit.unit.name.clone(),
        title: asked.title,
        question: asked.question,
        kinds: asked.kinds,
        opens_on: asked.opens_on,
        closes_on: asked.closes_on,
        opened_by_name: actor.name.clone(),
        opened_at: now,
        closing: None,
        revision: 1,
    };
    topics::insert(&mut tx, &made, &hash).await?;
    let detail = json!({
        "title": made.title,
        "from": made.opens_on.to_string(),
        "to": made.closes_on.to_string(),
    });
    let (object, deed) = (Object::Topic(id), Deed::OpenTopic);
    app.trail(&mut tx, actor, deed, object, Some(&permit.unit), detail)
        .await?;
    tx.commit().await?;
    Ok(id)
}
