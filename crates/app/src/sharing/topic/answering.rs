//! What the office that opened a topic does: it answers what was said, and sums up, which closes the topic.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ContributionId, TopicId},
        message::{About, Kind, Message, To, UNION},
        policy::{Actor, act},
    },
    sharing::topic::{self, Closing, ContributionAnswer, TopicRefusal},
};
use jianjia_store::{core::scope::Scope, sharing::topic as topics};
use serde_json::json;

use super::{contributing::said_on, seen};
use crate::{
    core::{app::App, error::Result, message::tell},
    sharing::permit_on_seen,
};

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
