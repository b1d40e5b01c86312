//! What unions say on a topic, with a file or without: kept as it was said, and taken back by its union alone.

use bytes::Bytes;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ContributionId, TopicId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, act},
        refusal::Refusal,
    },
    sharing::{
        SharingRefusal,
        topic::{self, Contribution, Topic, TopicRefusal},
    },
    year::evidence::{Evidence, EvidenceUse, Target},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    sharing::topic as topics,
    year::evidence as kept,
};
use serde_json::json;

use super::{seen, speaking};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    sharing::{permit_on_seen, request_hash},
    year::evidence::{File, admit_all, content, keep_all},
};

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

/// A contribution of this topic that was not taken back.
pub(super) async fn said_on(
    tx: &mut Tx,
    topic: &TopicId,
    id: &ContributionId,
) -> Result<Contribution> {
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
