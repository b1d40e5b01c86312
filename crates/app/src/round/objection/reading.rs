//! Objections as those read them who handle them or look into them. For all others they aren't there.

use std::collections::HashMap;

use anyhow::Context;
use bytes::Bytes;
use jianjia_domain::{
    core::{
        ids::{AccountId, ObjectionId},
        message::OFFICE,
        place::UnitPlace,
        policy::{self, Act, Actor},
    },
    round::{
        application::Application,
        objection::{Content, FileName, Objection, ObjectionRefusal, ObjectionState},
    },
};
use jianjia_standard::Text;
use jianjia_store::{
    core::{db::Tx, file::Kept, role},
    register::unit,
    round::{application as applications, objection as objections},
};
use jiff::Timestamp;

use super::{Sealed, concerned, content_of, open, target};
use crate::core::{
    app::App,
    error::{Error, Result},
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
    /// From 1.
    pub page: i64,
    /// Whether there is a page after it. How many there are in all is not counted: each would have to be opened.
    pub has_more: bool,
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
pub(super) enum Reader {
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
    let handles = handles(&mut tx, actor).await?;
    let page = page.max(1);
    let first = usize::try_from((page - 1).saturating_mul(LINES)).unwrap_or(usize::MAX);
    let lines_of_page = usize::try_from(LINES).unwrap_or(usize::MAX);
    // Read until the page is full, without those that concern the reader, who learns not even that there are any.
    let mut readable = Vec::new();
    let mut offset = 0;
    loop {
        let found = some(&mut tx, actor, handles, (LINES, offset)).await?;
        let is_last = found.len() < lines_of_page;
        readable.extend(lines_for(&mut tx, app, actor, found).await?);
        if is_last || readable.len() > first.saturating_add(lines_of_page) {
            break;
        }
        offset += LINES;
    }
    let has_more = readable.len() > first.saturating_add(lines_of_page);
    let shown = readable.into_iter().skip(first).take(lines_of_page);
    let mut lines = Vec::new();
    let mut folded: Vec<(String, Vec<ObjectionLine>)> = Vec::new();
    for line in shown {
        let network = line.objection.network.clone();
        if line.objection.state() != ObjectionState::Unconfirmed {
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
        page,
        has_more,
    })
}

/// A portion (limit, offset) of the same objections in one list, for a table: what it shows of each tells neither who objected nor what they wrote. How many there
/// are in all is not told, only whether more follow: the reader learns nothing of those that concern them.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    (limit, offset): (i64, i64),
) -> Result<(Vec<ObjectionLine>, bool)> {
    let mut tx = app.db.read().await?;
    let handles = handles(&mut tx, actor).await?;
    let found = some(&mut tx, actor, handles, (limit, offset)).await?;
    let has_more = i64::try_from(found.len()).is_ok_and(|found| found == limit);
    Ok((lines_for(&mut tx, app, actor, found).await?, has_more))
}

/// So many of all objections, or of those assigned to whoever does not handle them.
async fn some(
    tx: &mut Tx,
    actor: &Actor,
    handles: bool,
    (limit, offset): (i64, i64),
) -> Result<Vec<Objection>> {
    if handles {
        Ok(objections::page(tx, limit, offset).await?)
    } else {
        Ok(objections::assigned_to(tx, &actor.account, limit, offset).await?)
    }
}

/// Whether somebody handles all of them; if not, they look into some.
async fn handles(tx: &mut Tx, actor: &Actor) -> Result<bool> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    let handles = policy::may(actor, Act::HandleObjection, &city);
    if !handles && !looks_into(actor) {
        let unit = actor.main_unit().unwrap_or(&city);
        policy::permit(actor, Act::LookIntoObjection, unit)?;
    }
    Ok(handles)
}

/// Those that somebody may read: none that concerns them.
async fn lines_for(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    found: Vec<Objection>,
) -> Result<Vec<ObjectionLine>> {
    let of: Vec<_> = found.iter().map(|one| one.application).collect();
    let applications = applications::find_many(tx, &of).await?;
    let applications: HashMap<_, _> = applications.into_iter().map(|one| (one.id, one)).collect();
    let mut lines = Vec::new();
    for objection in found {
        let application = applications.get(&objection.application);
        let application = application.context("an objection is to an application")?;
        let content = content_of(app, &objection)?;
        if concerned(application, content.as_ref()).lets(actor) {
            lines.push(ObjectionLine {
                candidate: application.applicant_name(),
                title: title_of(app, application),
                objection,
            });
        }
    }
    Ok(lines)
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

/// An objection, for whoever may see it.
pub(super) async fn seen(
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
pub(super) async fn offices(tx: &mut Tx) -> Result<Vec<Handler>> {
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

fn title_of(app: &App, application: &Application) -> Text {
    let title = app.standards.title(application.year, &application.title);
    title.map_or_else(Text::default, |title| title.name.clone())
}
