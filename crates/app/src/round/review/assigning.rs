//! Who of an office has a file in hand: taken, given, given back, and passed on to the approver; and what the offices note on it.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, ApplicationId, OfficeNoteId, UnitId},
        message::{About, Kind, Message, To},
        place::UnitPlace,
        policy::{Actor, Permit, Permitted, Role, act, permit},
        refusal::Refusal,
    },
    round::{
        application::{Application, ApplicationRefusal},
        assignment::{self, Assignment, AssignmentRefusal, OfficeNote},
        review::Conflict,
        route::Step,
    },
};
use jianjia_standard::Text;
use jianjia_store::{
    core::{db::Tx, place, role},
    round::{assignment as assignments, conflict, office_note},
};
use serde_json::json;

use super::{Opened, admitted, short_enough, unconfirmed_of};
use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        message::tell,
    },
    round::{application::seen, scope as scopes},
};

refuses!(AssignmentRefusal);

/// The roles that review or decide at an office.
const COLLEAGUES: [Role; 2] = [Role::Reviewer, Role::Approver];

/// What becomes of who has some files in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assigning {
    Take,
    GiveBack,
    Give(AccountId),
    /// Through with it: on to the approver.
    Pass,
}

/// Takes, gives back, gives or passes files at the office whose turn it is: all of them or, when one can't be, none.
///
/// # Errors
/// `NothingChosen`; of each as `admitted`; `HeldBy`, `NotAColleague`, `ColleagueBarred`, `NotLookedThrough`; as `assignment::may_pass`.
pub async fn assign(
    app: &App,
    actor: &Actor,
    files: &[ApplicationId],
    how: Assigning,
) -> Result<Vec<Application>> {
    if files.is_empty() {
        return Err(ApplicationRefusal::NothingChosen.into());
    }
    let mut tx = app.db.write(scopes::of_files(app, files).await?).await?;
    let mut assigned = Vec::new();
    for id in files {
        let application = seen(&mut tx, actor, id).await?;
        let deed = match how {
            Assigning::Take => take(&mut tx, app, actor, application.clone()).await?,
            Assigning::GiveBack => give_back(&mut tx, app, actor, application.clone()).await?,
            Assigning::Give(to) => give(&mut tx, app, actor, application.clone(), to).await?,
            Assigning::Pass => pass(&mut tx, app, actor, application.clone()).await?,
        };
        let unit = place::find(&mut tx, &application.unit.id).await?;
        let object = Object::Application(*id);
        app.trail(&mut tx, actor, deed, object, unit.as_ref(), json!({}))
            .await?;
        assigned.push(application);
    }
    tx.commit().await?;
    Ok(assigned)
}

async fn admitted_with<A: Permitted>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: Application,
    act: A,
) -> Result<(Opened<A>, Option<Assignment>)> {
    let opened = admitted(tx, app, actor, application, act, None).await?;
    let office = opened.permit.as_role.unit.id;
    let before = assignments::find(tx, &opened.application.id, &office).await?;
    Ok((opened, before))
}

async fn take(tx: &mut Tx, app: &App, actor: &Actor, application: Application) -> Result<Deed> {
    let act = act::TakeFile;
    let (opened, before) = admitted_with(tx, app, actor, application, act).await?;
    let held = assignment::take(
        before.as_ref(),
        &opened.permit,
        &opened.application,
        actor,
        app.now(),
    )?;
    assignments::save(tx, &held).await?;
    Ok(Deed::TakeFile)
}

async fn give_back(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: Application,
) -> Result<Deed> {
    let act = act::TakeFile;
    let (opened, before) = admitted_with(tx, app, actor, application, act).await?;
    // Whoever may take it may give it back: their own, and no colleague's.
    let own = assignment::take(
        before.as_ref(),
        &opened.permit,
        &opened.application,
        actor,
        app.now(),
    )?;
    assignments::remove(tx, &own.application, &own.unit).await?;
    Ok(Deed::ReleaseFile)
}

async fn give(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: Application,
    to: AccountId,
) -> Result<Deed> {
    let act = act::GiveFile;
    let (opened, before) = admitted_with(tx, app, actor, application, act).await?;
    let office = opened.permit.as_role.unit.clone();
    let year = opened.application.year;
    let colleagues = role::holders(tx, &office.id, &COLLEAGUES).await?;
    let Some(colleague) = colleagues.into_iter().find(|(id, _)| *id == to) else {
        return Err(AssignmentRefusal::NotAColleague { unit: office.name }.into());
    };
    if conflict::find(tx, &opened.application.id, &to)
        .await?
        .is_some()
    {
        return Err(AssignmentRefusal::ColleagueBarred {
            applicant: opened.application.applicant_name(),
            name: colleague.1,
        }
        .into());
    }
    let held = assignment::give(
        before.as_ref(),
        &opened.permit,
        &opened.application,
        colleague,
        actor,
        app.now(),
    );
    assignments::save(tx, &held).await?;
    let to = vec![To::Account(to)];
    tell_of_files(
        tx,
        app,
        actor,
        Kind::FileGiven,
        (&office.name, office.id),
        year,
        to,
    );
    Ok(Deed::GiveFile)
}

async fn pass(tx: &mut Tx, app: &App, actor: &Actor, application: Application) -> Result<Deed> {
    let act = act::TakeFile;
    let (opened, before) = admitted_with(tx, app, actor, application, act).await?;
    let office = opened.permit.as_role.unit.id;
    let conflicts = conflict::of_application(tx, &opened.application.id).await?;
    let next = next_approvers(tx, &office, &conflicts).await?;
    let unconfirmed: Vec<Text> = unconfirmed_of(tx, app, &opened.application)
        .await?
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    let passed = assignment::pass(
        before.as_ref(),
        &opened.permit,
        &opened.application,
        (&next, unconfirmed),
        actor,
        app.now(),
    )?;
    assignments::save(tx, &passed).await?;
    let to = next.into_iter().map(To::Account).collect();
    let year = opened.application.year;
    let name = opened.permit.as_role.unit.name.as_str();
    tell_of_files(tx, app, actor, Kind::FilesPassed, (name, office), year, to);
    Ok(Deed::PassFile)
}

/// Tells colleagues of one more file, in the message of the day that counts them.
fn tell_of_files(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    kind: Kind,
    (name, office): (&str, UnitId),
    year: i16,
    to: Vec<To>,
) {
    let once = format!("{year}:{}", app.clock.today());
    let about = About::of(&Object::Unit(office), Some(office), year);
    tell(
        app,
        tx,
        actor,
        Message::of(kind, about, once, to).says([name.into()]),
    );
}

/// Whether somebody could hand a file on from the office whose turn it is, for a page that decides what to offer.
pub(super) async fn may_pass(
    tx: &mut Tx,
    actor: &Actor,
    application: &Application,
    turn: &Step,
    unit: &UnitPlace,
    conflicts: &[Conflict],
) -> Result<std::result::Result<(), AssignmentRefusal>> {
    let permit = permit(&actor.at(&turn.unit.id), act::TakeFile, unit)?;
    let next = next_approvers(tx, &turn.unit.id, conflicts).await?;
    Ok(assignment::may_pass(&permit, application, actor, &next))
}

/// The approvers of an office who can go on with a file: those who declared no conflict on it.
async fn next_approvers(
    tx: &mut Tx,
    office: &UnitId,
    conflicts: &[Conflict],
) -> Result<Vec<AccountId>> {
    let approvers = role::holders(tx, office, &[Role::Approver]).await?;
    let each = approvers.into_iter().map(|(id, _)| id);
    Ok(each
        .filter(|id| !conflicts.iter().any(|declared| declared.account == *id))
        .collect())
}

/// Those to whom files of an office can be given.
pub(super) async fn colleagues(tx: &mut Tx, office: &UnitId) -> Result<Vec<(AccountId, String)>> {
    Ok(role::holders(tx, office, &COLLEAGUES).await?)
}

/// The permission to read and write the offices' notes on a file; none for the applicant, for those whom the file concerns, and in a union.
/// `declared` is the actor's own conflict.
fn may_note(
    actor: &Actor,
    application: &Application,
    unit: &UnitPlace,
    declared: Option<&Conflict>,
) -> Option<Permit<act::NoteFile>> {
    let in_offices = Actor {
        roles: actor
            .roles
            .iter()
            .filter(|at| at.unit.kind.is_federation())
            .cloned()
            .collect(),
        ..actor.clone()
    };
    let permit = permit(&in_offices, act::NoteFile, unit).ok()?;
    let may = assignment::may_read_notes(&permit, actor, application, declared);
    may.is_ok().then_some(permit)
}

/// What the offices noted, for those who may read it; for others nothing.
pub(super) async fn notes(
    tx: &mut Tx,
    actor: &Actor,
    application: &Application,
    unit: &UnitPlace,
    declared: Option<&Conflict>,
) -> Result<Option<Vec<OfficeNote>>> {
    match may_note(actor, application, unit, declared) {
        Some(_) => Ok(Some(
            office_note::of_application(tx, &application.id).await?,
        )),
        None => Ok(None),
    }
}

/// An office notes something on a file, for itself and the offices above.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it, and for those who may not read the notes; as `App::permit`; `office_note`:
/// `NoteMissing`, `TooLong`.
pub async fn note(app: &App, actor: &Actor, id: &ApplicationId, typed: &str) -> Result<OfficeNote> {
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let application = seen(&mut tx, actor, id).await?;
    let unit = place::find(&mut tx, &application.unit.id)
        .await?
        .ok_or(Error::NotFound)?;
    app.permit_at(&mut tx, actor, act::NoteFile, &unit).await?;
    let declared = conflict::find(&mut tx, id, &actor.account).await?;
    let permit = may_note(actor, &application, &unit, declared.as_ref()).ok_or(Error::NotFound)?;
    let note = typed.trim();
    if note.is_empty() {
        return Err(Refusal::at("office_note", AssignmentRefusal::NoteMissing).into());
    }
    short_enough("office_note", note)?;
    app.follow(&mut tx, "office_note").await?;
    let at = app.now();
    let noted = OfficeNote {
        id: OfficeNoteId(app.entropy.id(at)),
        application: *id,
        note: note.to_owned(),
        unit: permit.as_role.unit.id,
        unit_name: permit.as_role.unit.name.clone(),
        account: actor.account,
        account_name: actor.name.clone(),
        at,
    };
    office_note::insert(&mut tx, &noted).await?;
    // The words themselves stay out of the trail, which the unit's own auditor may read.
    let (deed, object) = (Deed::NoteFile, Object::Application(*id));
    app.trail(&mut tx, actor, deed, object, Some(&unit), json!({}))
        .await?;
    tx.commit().await?;
    Ok(noted)
}
