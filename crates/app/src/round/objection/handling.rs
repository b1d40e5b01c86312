//! Handling objections: the city assigns and answers, somebody whom it doesn't concern looks into it.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, ObjectionId, ObjectionNoteId, UnitId},
        message::{About, Kind, Message, To},
        place::UnitPlace,
        policy::{self, Act, Actor, act},
        refusal::Refusal,
    },
    round::objection::{
        self, Assigned, ObjectionAnswer, ObjectionNote, ObjectionOutcome, ObjectionRefusal,
    },
};
use jianjia_store::{
    core::{
        db::Tx,
        scope::{Scope, Scopes},
    },
    register::unit,
    round::objection as objections,
};
use serde_json::{Value, json};

use super::{
    Sealed, concerned, handlers_but, open,
    reading::{Reader, offices, seen},
    seal,
};
use crate::core::{
    app::App,
    error::{Error, Result},
    message::tell,
};

/// Gives an objection to somebody of an office to look into.
///
/// # Errors
/// As `show`; `NotYourRole`; `Closed`; `NobodyChosen` when nobody of that office is meant; as `Concerned::may_look`.
pub async fn assign(
    app: &App,
    actor: &Actor,
    id: &ObjectionId,
    (account, office): (&AccountId, &UnitId),
) -> Result<()> {
    let mut tx = app.db.write(scopes(app, id).await?).await?;
    let (objection, application, content, reader) = seen(&mut tx, app, actor, id).await?;
    let city = handled(&mut tx, app, actor, reader).await?;
    if objection.answer.is_some() {
        return Err(ObjectionRefusal::Closed.into());
    }
    let all = offices(&mut tx).await?;
    let chosen = all
        .iter()
        .find(|one| one.account == *account && one.office.id == *office)
        .cloned();
    let chosen = chosen.ok_or_else(|| at("handler", ObjectionRefusal::NobodyChosen))?;
    // Sent twice, it is given once.
    if let Some(before) = &objection.assigned
        && (before.to, before.office) == (chosen.account, chosen.office.id)
    {
        return Ok(());
    }
    let concerned = concerned(&application, content.as_ref());
    // What somebody is elsewhere counts, too: whoever also reviews for its own federation would read it there.
    for held in all.iter().filter(|one| one.account == *account) {
        concerned
            .may_look(&held.office, &held.name)
            .map_err(|refusal| at("handler", refusal))?;
    }
    let assigned = Assigned {
        to: chosen.account,
        to_name: chosen.name,
        office: chosen.office.id,
        at: app.now(),
    };
    if !objections::assign(&mut tx, id, &assigned).await? {
        return Err(ObjectionRefusal::Closed.into());
    }
    let about = About::of(&Object::Objection(*id), Some(chosen.office.id), 0);
    let once = assigned.at;
    let to = vec![To::Account(assigned.to)];
    let number = objection.number.to_string();
    let told = Message::of(Kind::ObjectionAssigned, about, once, to).says([number.into()]);
    tell(app, &mut tx, actor, told);
    let detail = json!({"number": objection.number, "assigned_to": assigned.to_name});
    trail(
        &mut tx,
        app,
        actor,
        Deed::AssignObjection,
        id,
        &city,
        detail,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Notes what was looked into and found, and tells the city. What is sent twice with one form is one note.
///
/// # Errors
/// As `show`; as `objection::written`.
pub async fn note(
    app: &App,
    actor: &Actor,
    id: &ObjectionId,
    typed: &str,
    request_key: &str,
) -> Result<()> {
    let mut tx = app.db.write(scopes(app, id).await?).await?;
    let (objection, application, content, reader) = seen(&mut tx, app, actor, id).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    match (reader, &objection.assigned) {
        (Reader::City, _) => {
            handled(&mut tx, app, actor, reader).await?;
        }
        (Reader::Assignee, Some(assigned)) => {
            app.permit(&mut tx, actor, act::LookIntoObjection, &assigned.office)
                .await?;
        }
        (Reader::Assignee, None) => return Err(Error::NotFound),
    }
    let text = objection::written(&objection, "note", typed)?;
    let request_hash = request_hash(app, actor, id, &text, request_key);
    let before = objections::notes(&mut tx, id).await?;
    let is_known = |note: &ObjectionNote| note.request_hash == request_hash;
    if !request_hash.is_empty() && before.iter().any(is_known) {
        return Ok(());
    }
    let note_id = ObjectionNoteId(app.entropy.id(app.now()));
    let note = ObjectionNote {
        id: note_id,
        objection: *id,
        sealed: seal(app, Sealed::Note, &note_id.to_string(), text.as_bytes())?,
        by: actor.account,
        by_name: actor.name.clone(),
        at: app.now(),
        request_hash,
    };
    objections::add_note(&mut tx, &note).await?;
    if reader == Reader::Assignee {
        let concerned = concerned(&application, content.as_ref());
        let to = handlers_but(&mut tx, &city, &concerned).await?;
        let about = About::of(&Object::Objection(*id), Some(city.id), 0);
        let number = objection.number.to_string();
        let says = [actor.name.as_str().into(), number.into()];
        let told = Message::of(Kind::ObjectionNoted, about, note.id, to).says(says);
        tell(app, &mut tx, actor, told);
    }
    let detail = json!({"number": objection.number});
    trail(&mut tx, app, actor, Deed::NoteObjection, id, &city, detail).await?;
    Ok(tx.commit().await?)
}

/// Answers an objection in writing, which closes it: it holds no naming any more. Sent twice with the same words, it is answered once.
///
/// # Errors
/// As `show`; `NotYourRole`; `NoOutcome`; as `objection::written`.
pub async fn answer(
    app: &App,
    actor: &Actor,
    id: &ObjectionId,
    (outcome, typed): (&str, &str),
) -> Result<()> {
    let mut tx = app.db.write(scopes(app, id).await?).await?;
    let (objection, _, _, reader) = seen(&mut tx, app, actor, id).await?;
    let city = handled(&mut tx, app, actor, reader).await?;
    if let Some(given) = &objection.answer
        && given.by == actor.account
        && given.outcome.key() == outcome
        && let Some(before) = open(app, Sealed::Answer, &id.to_string(), &given.sealed)
        && before == objection::as_written(typed).as_bytes()
    {
        return Ok(());
    }
    let text = objection::written(&objection, "answer", typed)?;
    let outcome = ObjectionOutcome::from_key(outcome);
    let outcome = outcome.ok_or_else(|| at("outcome", ObjectionRefusal::NoOutcome))?;
    let given = ObjectionAnswer {
        outcome,
        sealed: seal(app, Sealed::Answer, &id.to_string(), text.as_bytes())?,
        by: actor.account,
        by_name: actor.name.clone(),
        at: app.now(),
    };
    if !objections::answer(&mut tx, id, &given).await? {
        return Err(ObjectionRefusal::Closed.into());
    }
    let detail = json!({"number": objection.number});
    trail(
        &mut tx,
        app,
        actor,
        Deed::AnswerObjection,
        id,
        &city,
        detail,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The city, if the actor handles objections there now.
async fn handled(tx: &mut Tx, app: &App, actor: &Actor, reader: Reader) -> Result<UnitPlace> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    if reader != Reader::City {
        policy::permit(actor, Act::HandleObjection, &city)?;
    }
    app.permit_at(tx, actor, act::HandleObjection, &city)
        .await?;
    Ok(city)
}

/// By what a note is known again. It stands for the text, too: what was changed after a way back is another note.
fn request_hash(app: &App, actor: &Actor, id: &ObjectionId, text: &str, key: &str) -> String {
    if key.is_empty() {
        return String::new();
    }
    let (id, by) = (id.to_string(), actor.account.to_string());
    let says = [key, &id, &by, text];
    hex::encode(app.slip_key.digest(b"objection-note-request", &says))
}

/// Whose it is never changes, so it is looked up before.
async fn scopes(app: &App, id: &ObjectionId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let found = objections::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok([Scope::Objections, Scope::Application(found.application)].into())
}

fn at(field: &str, refusal: ObjectionRefusal) -> Error {
    Refusal::at(field, refusal).into()
}

async fn trail(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    deed: Deed,
    id: &ObjectionId,
    city: &UnitPlace,
    detail: Value,
) -> Result<()> {
    let object = Object::Objection(*id);
    app.trail(tx, actor, deed, object, Some(city), detail).await
}
