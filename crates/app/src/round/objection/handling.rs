//! Handling objections: the city assigns and answers, somebody whom it doesn't concern looks into it. For all others it isn't there.

use anyhow::Context;
use bytes::Bytes;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, ObjectionId, ObjectionNoteId, UnitId},
        message::{About, Kind, Message, OFFICE, To},
        place::UnitPlace,
        policy::{self, Act, Actor, act},
        refusal::Refusal,
    },
    round::{
        application::Application,
        objection::{
            self, Assigned, Content, FileName, Objection, ObjectionAnswer, ObjectionNote,
            ObjectionOutcome, ObjectionRefusal,
        },
    },
};
use jianjia_standard::Text;
use jianjia_store::{
    core::{
        db::Tx,
        file::Kept,
        role,
        scope::{Scope, Scopes},
    },
    register::unit,
    round::objection as objections,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{HANDLERS, Sealed, concerned, content_of, open, seal, target};
use crate::core::{
    app::App,
    error::{Error, Result},
    message::tell,
};

/// How many objections a page has.
const LINES: i64 = 50;

/// A page of the objections that somebody handles or looks into.
#[derive(Clone, Debug)]
pub struct Objections {
    /// Those that count, and those that are closed.
    pub lines: Vec<ObjectionLine>,
    /// Those of a flood that nobody confirmed yet, by the digits of their network: all of them are here, too.
    pub folded: Vec<(String, Vec<ObjectionLine>)>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

#[derive(Clone, Debug)]
pub struct ObjectionLine {
    pub objection: Objection,
    /// About whom.
    pub candidate: String,
    pub title: Text,
}

/// Everything that one may know of an objection who handles it.
#[derive(Clone, Debug)]
pub struct ObjectionView {
    pub objection: Objection,
    /// None where the instance's key can't open it.
    pub content: Option<Content>,
    pub application: Application,
    pub title: Text,
    pub notes: Vec<NoteView>,
    /// Empty before it is answered.
    pub answer: String,
    /// To whom it can be given; empty for those who may not.
    pub handlers: Vec<Handler>,
    pub may_handle: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteView {
    pub by_name: String,
    pub at: Timestamp,
    pub text: String,
}

/// Somebody of an office who may look into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    pub account: AccountId,
    pub name: String,
    pub office: UnitPlace,
}

/// As what somebody reads an objection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Of the city: assigns and answers.
    City,
    /// Looks into it.
    Assignee,
}

/// A page of the objections: for those of the city who handle them all but those that concern themselves, for others those assigned to them.
///
/// # Errors
/// `NotYourRole` for those who are of no office.
pub async fn list(app: &App, actor: &Actor, page: i64) -> Result<Objections> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let handles = policy::may(actor, Act::HandleObjection, &city);
    if !handles && !looks_into(actor) {
        policy::permit(
            actor,
            Act::LookIntoObjection,
            actor.main_unit().unwrap_or(&city),
        )?;
    }
    let (found, total) = if handles {
        let offset = (page.max(1) - 1).saturating_mul(LINES);
        (
            objections::page(&mut tx, LINES, offset).await?,
            objections::count(&mut tx).await?,
        )
    } else {
        let assigned = objections::assigned_to(&mut tx, &actor.account).await?;
        let total = i64::try_from(assigned.len()).unwrap_or(0);
        (assigned, total)
    };
    let mut lines = Vec::new();
    let mut folded: Vec<(String, Vec<ObjectionLine>)> = Vec::new();
    for objection in found {
        let application = target(&mut tx, &objection).await?;
        let content = content_of(app, &objection)?;
        if !concerned(&application, content.as_ref()).lets(actor) {
            continue;
        }
        let waits = objection.confirmed_at.is_none() && objection.answer.is_none();
        let network = objection.network.clone();
        let line = ObjectionLine {
            candidate: application.applicant_name(),
            title: title_of(app, &application),
            objection,
        };
        if !waits {
            lines.push(line);
        } else if let Some((_, of_network)) = folded.iter_mut().find(|(of, _)| *of == network) {
            of_network.push(line);
        } else {
            folded.push((network, vec![line]));
        }
    }
    Ok(Objections {
        lines,
        folded,
        total,
        page: page.max(1),
        pages: if handles {
            (total + LINES - 1) / LINES
        } else {
            1
        },
    })
}

/// An objection with all that was said, noted and answered.
///
/// # Errors
/// Not found when it isn't there, and to everybody who neither handles it nor looks into it, or whom it concerns.
pub async fn show(app: &App, actor: &Actor, id: &ObjectionId) -> Result<ObjectionView> {
    let mut tx = app.db.read().await?;
    let (objection, application, content, reader) = seen(&mut tx, app, actor, id).await?;
    let mut notes = Vec::new();
    for note in objections::notes(&mut tx, id).await? {
        let opened = open(app, Sealed::Note, &note.id.to_string(), &note.sealed);
        notes.push(NoteView {
            by_name: note.by_name,
            at: note.at,
            text: opened.map_or_else(String::new, |bytes| {
                String::from_utf8_lossy(&bytes).into_owned()
            }),
        });
    }
    let answer = objection.answer.as_ref().and_then(|answer| {
        let opened = open(app, Sealed::Answer, &id.to_string(), &answer.sealed)?;
        Some(String::from_utf8_lossy(&opened).into_owned())
    });
    let may_handle = reader == Reader::City;
    let handlers = if may_handle && objection.answer.is_none() {
        let concerned = concerned(&application, content.as_ref());
        let all = offices(&mut tx).await?;
        all.into_iter()
            .filter(|one| concerned.may_look(&one.office, &one.name).is_ok())
            .collect()
    } else {
        Vec::new()
    };
    Ok(ObjectionView {
        title: title_of(app, &application),
        answer: answer.unwrap_or_default(),
        objection,
        content,
        application,
        notes,
        handlers,
        may_handle,
    })
}

/// A piece of its evidence, for those who may see it.
///
/// # Errors
/// As `show`; not found when it has no such piece; `CantBeOpened`.
pub async fn evidence(
    app: &App,
    actor: &Actor,
    id: &ObjectionId,
    place: i64,
) -> Result<(FileName, Bytes)> {
    let mut tx = app.db.read().await?;
    let (_, _, content, _) = seen(&mut tx, app, actor, id).await?;
    let files = objections::files(&mut tx, id).await?;
    tx.commit().await?;
    let file = files.iter().find(|file| file.place == place);
    let file = file.ok_or(Error::NotFound)?;
    let content = content.ok_or(ObjectionRefusal::CantBeOpened)?;
    let index = usize::try_from(place - 1).ok();
    let name = index.and_then(|index| content.files.get(index));
    let name = name.ok_or(Error::NotFound)?;
    let Some(Kept::Whole(sealed)) = app.files.get(&file.hash).await? else {
        return Err(anyhow::anyhow!("a file of objection {id} is damaged or missing").into());
    };
    let sealed = std::str::from_utf8(&sealed).context("the ciphertext of a file")?;
    let opened = open(app, Sealed::File(place), &id.to_string(), sealed);
    let opened = opened.ok_or(ObjectionRefusal::CantBeOpened)?;
    Ok((name.clone(), opened.into()))
}

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

/// Notes what was looked into and found, and tells the city.
///
/// # Errors
/// As `show`; as `objection::written`.
pub async fn note(app: &App, actor: &Actor, id: &ObjectionId, typed: &str) -> Result<()> {
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
    let note_id = ObjectionNoteId(app.entropy.id(app.now()));
    let note = ObjectionNote {
        id: note_id,
        objection: *id,
        sealed: seal(app, Sealed::Note, &note_id.to_string(), text.as_bytes())?,
        by: actor.account,
        by_name: actor.name.clone(),
        at: app.now(),
    };
    objections::add_note(&mut tx, &note).await?;
    if reader == Reader::Assignee {
        let concerned = concerned(&application, content.as_ref());
        let holders = role::holders(&mut tx, &city.id, HANDLERS).await?;
        let to = holders.into_iter();
        let to = to.filter(|(_, name)| !concerned.names(name));
        let to = to.map(|(account, _)| To::Account(account)).collect();
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

/// Answers an objection in writing, which closes it: it holds no naming any more.
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

/// An objection, for whoever may see it.
async fn seen(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    id: &ObjectionId,
) -> Result<(Objection, Application, Option<Content>, Reader)> {
    let objection = objections::find(tx, id).await?.ok_or(Error::NotFound)?;
    let application = target(tx, &objection).await?;
    let content = content_of(app, &objection)?;
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    let reader = if policy::may(actor, Act::HandleObjection, &city) {
        Reader::City
    } else if looks_at(actor, &objection) {
        Reader::Assignee
    } else {
        return Err(Error::NotFound);
    };
    if !concerned(&application, content.as_ref()).lets(actor) {
        return Err(Error::NotFound);
    }
    Ok((objection, application, content, reader))
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

/// Whether somebody looks into it: it is given to them, and they are still of the office for which it was.
fn looks_at(actor: &Actor, objection: &Objection) -> bool {
    let assigned = objection.assigned.as_ref();
    assigned.is_some_and(|assigned| {
        let mut roles = actor.roles.iter();
        assigned.to == actor.account
            && roles.any(|at| {
                at.unit.id == assigned.office
                    && policy::may(actor, Act::LookIntoObjection, &at.unit)
            })
    })
}

/// Whether somebody is of an office that objections are given to.
fn looks_into(actor: &Actor) -> bool {
    let mut roles = actor.roles.iter();
    roles.any(|at| policy::may(actor, Act::LookIntoObjection, &at.unit))
}

/// Those of the city, its districts and industries who review and decide.
async fn offices(tx: &mut Tx) -> Result<Vec<Handler>> {
    let mut all = Vec::new();
    for office in unit::of_kinds(tx, &["city", "district", "industry"]).await? {
        for (account, name) in role::holders(tx, &office.id, OFFICE).await? {
            all.push(Handler {
                account,
                name,
                office: office.clone(),
            });
        }
    }
    Ok(all)
}

/// Whose it is never changes, so it is looked up before.
async fn scopes(app: &App, id: &ObjectionId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let found = objections::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok([Scope::Objections, Scope::Application(found.application)].into())
}

fn title_of(app: &App, application: &Application) -> Text {
    let title = app.standards.title(application.year, &application.title);
    title.map_or_else(Text::default, |title| title.name.clone())
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
