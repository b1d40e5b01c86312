//! Topics of study: opened by a federation, discussed by the unions that they are for, answered and summed up.

use bytes::Bytes;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ContributionId, TopicId, UnitId},
        message::{About, Kind, Message, To, UNION},
        place::{UnitPlace, is_within},
        policy::{self, Act, Actor, act},
        refusal::Refusal,
    },
    sharing::{
        SharingRefusal, is_for,
        topic::{
            self, Closing, Contribution, ContributionAnswer, Topic, TopicForm, TopicRefusal,
            TopicState,
        },
    },
    year::evidence::{Evidence, EvidenceUse, Target},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    sharing::topic::{self as topics, TopicFilter},
    year::evidence as kept,
};
use jiff::civil::Date;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        message::tell,
    },
    sharing::{Circle, LINES, circle, pages, permit_on_seen, request_hash},
    year::evidence::{File, admit_all, content, keep_all},
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

/// Whether the actor says something on a topic for a union.
fn speaks_for(
    actor: &Actor,
    topic: &Topic,
    union: &UnitPlace,
) -> std::result::Result<(), SharingRefusal> {
    let own = speaking(actor, topic);
    match own.iter().any(|place| place.id == union.id) {
        true => Ok(()),
        false => Err(SharingRefusal::NotFor {
            unit: union.name.clone(),
        }),
    }
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

/// Says something on a topic for a union, with a file or without. The same form twice says it once.
///
/// # Errors
/// Not found when the topic isn't for the actor; as `App::permit`; `NotFor` when it isn't for the union; as `topic::contribute`; `OneFile`; of the file as `evidence::upload`.
pub async fn contribute(
    app: &App,
    actor: &Actor,
    (id, unit): (&TopicId, &UnitId),
    (text, files): (&str, Vec<File>),
    request_key: &str,
) -> Result<ContributionId> {
    let today = app.clock.today();
    {
        // What is refused anyway is not decoded first.
        let mut tx = app.db.read().await?;
        let topic = seen(&mut tx, actor, id).await?;
        let permit = app
            .permit(&mut tx, actor, act::ContributeToTopic, unit)
            .await?;
        speaks_for(actor, &topic, &permit.unit)?;
        topic::contribute(&topic, &permit, text, today)?;
    }
    if files.len() > 1 {
        return Err(Refusal::at("file", TopicRefusal::OneFile).into());
    }
    let admitted = admit_all(app, actor, unit, Act::ContributeToTopic, files).await?;
    let hash = request_hash(app, b"contribution-request", request_key, actor);
    let scopes = [Scope::Topic(*id), Scope::Unit(*unit)];
    let mut tx = app.db.write(scopes).await?;
    let topic = seen(&mut tx, actor, id).await?;
    let permit = app
        .permit(&mut tx, actor, act::ContributeToTopic, unit)
        .await?;
    if let Some(before) = topics::contribution_of_request(&mut tx, &hash).await? {
        return Ok(before.id);
    }
    let place = &permit.unit;
    speaks_for(actor, &topic, place)?;
    let text = topic::contribute(&topic, &permit, text, today)?;
    let now = app.now();
    let evidence = keep_all(&mut tx, app, actor, place, admitted).await?;
    let file = evidence.first().copied();
    if let Some(evidence) = file {
        let used = EvidenceUse {
            evidence,
            year: topic.opens_on.year(),
            target: Target::Topic(*id),
        };
        kept::attach(&mut tx, &place.id, &used, &actor.account, now).await?;
    }
    let said = Contribution {
        id: ContributionId(app.entropy.id(now)),
        topic: *id,
        unit: place.id,
        unit_path: place.path.clone(),
        unit_name: place.name.clone(),
        text,
        file,
        by_name: actor.name.clone(),
        at: now,
        answer: None,
        retracted_at: None,
    };
    let by = actor.account.to_string();
    topics::contribute(&mut tx, &said, &by, &hash).await?;
    let detail = json!({"files": evidence.len()});
    let (object, deed) = (Object::Topic(*id), Deed::ContributeToTopic);
    app.trail(&mut tx, actor, deed, object, Some(place), detail)
        .await?;
    tx.commit().await?;
    Ok(said.id)
}

/// A contribution of this topic that was not taken back.
async fn said_on(tx: &mut Tx, topic: &TopicId, id: &ContributionId) -> Result<Contribution> {
    let found = topics::contribution(tx, id).await?;
    found
        .filter(|said| said.topic == *topic && said.retracted_at.is_none())
        .ok_or(Error::NotFound)
}

/// A union takes back what it said, as long as the topic is not closed.
///
/// # Errors
/// Not found when it isn't there or the topic isn't for the actor; `NotYours`; as `App::permit`; as `topic::retract`.
pub async fn retract(
    app: &App,
    actor: &Actor,
    id: &TopicId,
    contribution: &ContributionId,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Topic(*id)).await?;
    let topic = seen(&mut tx, actor, id).await?;
    let said = said_on(&mut tx, id, contribution).await?;
    let (of, act) = (&said.unit, act::ContributeToTopic);
    let permit = permit_on_seen(app, &mut tx, actor, act, of).await?;
    topic::retract(&topic, &said, &permit)?;
    if !topics::retract(&mut tx, contribution, app.now()).await? {
        return Err(TopicRefusal::Retracted.into());
    }
    if let Some(evidence) = said.file {
        let used = EvidenceUse {
            evidence,
            year: topic.opens_on.year(),
            target: Target::Topic(*id),
        };
        kept::detach(&mut tx, &said.unit, &used).await?;
    }
    let (object, deed) = (Object::Topic(*id), Deed::RetractContribution);
    let detail = json!({});
    app.trail(&mut tx, actor, deed, object, Some(&permit.unit), detail)
        .await?;
    Ok(tx.commit().await?)
}

/// The office answers a contribution; its union is told.
///
/// # Errors
/// Not found when it isn't there or isn't for the actor; `NotYours`; as `App::permit`; as `topic::answer`.
pub async fn answer(
    app: &App,
    actor: &Actor,
    id: &TopicId,
    contribution: &ContributionId,
    typed: &str,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Topic(*id)).await?;
    let topic = seen(&mut tx, actor, id).await?;
    let permit = permit_on_seen(app, &mut tx, actor, act::OpenTopic, &topic.unit).await?;
    let said = said_on(&mut tx, id, contribution).await?;
    let given = ContributionAnswer {
        text: topic::answer(&said, &permit, typed)?,
        by_name: actor.name.clone(),
        at: app.now(),
    };
    if !topics::answer(&mut tx, contribution, &given).await? {
        return Err(TopicRefusal::Answered.into());
    }
    let to = To::Unit {
        unit: said.unit,
        roles: UNION,
    };
    let about = About::of(&Object::Topic(*id), Some(said.unit), 0);
    let told = Message::of(Kind::ContributionAnswered, about, contribution, vec![to])
        .says([topic.unit_name.as_str().into(), topic.title.as_str().into()]);
    tell(app, &mut tx, actor, told);
    let detail = json!({"name": said.unit_name});
    let (object, deed) = (Object::Topic(*id), Deed::AnswerContribution);
    app.trail(&mut tx, actor, deed, object, Some(&permit.unit), detail)
        .await?;
    Ok(tx.commit().await?)
}

/// The office sums a topic up, which closes it; those who said something are told.
///
/// # Errors
/// Not found when it isn't there or isn't for the actor; `NotYours`; as `App::permit`; as `topic::close`.
pub async fn close(app: &App, actor: &Actor, id: &TopicId, typed: &str) -> Result<()> {
    let mut tx = app.db.write(Scope::Topic(*id)).await?;
    let topic = seen(&mut tx, actor, id).await?;
    let permit = permit_on_seen(app, &mut tx, actor, act::OpenTopic, &topic.unit).await?;
    let closing = Closing {
        summary: topic::close(&topic, &permit, typed)?,
        by_name: actor.name.clone(),
        at: app.now(),
    };
    if !topics::close(&mut tx, id, &closing).await? {
        return Err(TopicRefusal::Closed.into());
    }
    let to: Vec<To> = topics::contributors(&mut tx, id)
        .await?
        .into_iter()
        .map(|unit| To::Unit { unit, roles: UNION })
        .collect();
    if !to.is_empty() {
        let about = About::of(&Object::Topic(*id), None, 0);
        let told = Message::of(Kind::TopicClosed, about, "closed", to)
            .says([topic.title.as_str().into(), topic.unit_name.as_str().into()]);
        tell(app, &mut tx, actor, told);
    }
    let detail = json!({"title": topic.title});
    let (object, deed) = (Object::Topic(*id), Deed::CloseTopic);
    app.trail(&mut tx, actor, deed, object, Some(&permit.unit), detail)
        .await?;
    Ok(tx.commit().await?)
}

/// The file of a contribution, for those whom the topic is for.
///
/// # Errors
/// Not found when it isn't there or isn't for the actor; `Damaged` when the file is.
pub async fn file(
    app: &App,
    actor: &Actor,
    id: &TopicId,
    contribution: &ContributionId,
) -> Result<(Evidence, Bytes)> {
    let mut tx = app.db.read().await?;
    seen(&mut tx, actor, id).await?;
    let said = said_on(&mut tx, id, contribution).await?;
    let evidence = said.file.ok_or(Error::NotFound)?;
    let found = kept::find(&mut tx, &evidence).await?;
    let found = found.ok_or(Error::NotFound)?;
    tx.commit().await?;
    let bytes = content(app, &found).await?;
    Ok((found, bytes))
}
