//! Titles held: begun, suspended, resumed, revoked, withdrawn with their batch, reconfirmed. Nothing is deleted.

use std::collections::BTreeMap;

use jianjia_domain::{
    application::Application,
    honour::{
        self, Honour, HonourAct, HonourChange, HonourEvent, HonourRefusal, HonourSource,
        HonourState,
    },
    ids::{ApplicationId, HonourId, PersonId, UnitId},
    import::titles::NewTitle,
    person::Person,
    policy::{self, Act, Actor},
    refusal::{General, Refusal},
    unit::{Unit, UnitKind, UnitPlace},
};
use jianjia_standard::kinds::HonourLevel;
use jianjia_store::{
    db::{Tx, next_numbers},
    honour as honours, subject, unit,
};
use serde_json::json;

use crate::{
    app::App,
    error::{Error, Result},
    standings,
};

mod reading;
pub use jianjia_store::honour::{RollFilter, RollSort};
pub use reading::{
    HonourPlace, HonourView, RollLine, RollPage, RollQuery, batch, export, places, roll, view,
};

/// Begins the title that a district or industry federation decided on (P1, P2), in the decision's transaction: the number, the record,
/// its story and the trail. `application` is at the step that decides, or was just named there. The city decides where there is none of these.
///
/// # Errors
/// When the holder has the title already.
pub async fn name_one(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: &Application,
) -> Result<Honour> {
    let title = app
        .standard
        .title(&application.title)
        .ok_or(Error::NotFound)?;
    refuse_held(tx, app, application).await?;
    let counter = honour::counter(&title.key, application.year);
    let number = next_numbers(tx, &counter, 1).await?;
    let number = honour::number(title, application.year, number);
    let honour = of_application(tx, app, application, number, "").await?;
    keep_named(tx, app, actor, std::slice::from_ref(&honour), "").await?;
    refresh_standings(tx, app, std::slice::from_ref(&honour)).await?;
    Ok(honour)
}

/// The honour that an application becomes, not kept yet.
pub(crate) async fn of_application(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    number: String,
    batch: &str,
) -> Result<Honour> {
    let register = subject::unit(tx, &application.unit.id)
        .await?
        .ok_or(Error::NotFound)?;
    let step = application.state.step();
    let decided_at = step.and_then(|step| application.route.get(step));
    let level = match decided_at.map(|step| step.unit.kind) {
        Some(UnitKind::City) => HonourLevel::City,
        _ => HonourLevel::County,
    };
    let now = app.now();
    Ok(Honour {
        id: HonourId(app.entropy.id(now)),
        title: application.title.clone(),
        level,
        year: application.year,
        unit: register.id,
        unit_path: register.path,
        unit_kind: register.kind,
        division: register.division,
        holder_name: application.unit.name.clone(),
        holder_sort_key: application.unit.sort_key.clone(),
        person: application.person.as_ref().map(|person| person.id),
        person_name: application
            .person
            .as_ref()
            .map_or_else(String::new, |person| person.name.clone()),
        number,
        begun_on: app.clock.today(),
        state: HonourState::InForce,
        reconfirmed: false,
        reconfirmed_by: None,
        source: HonourSource::Named,
        named_by: decided_at.map(|step| step.unit.id),
        application: Some(application.id),
        batch: batch.to_owned(),
        revision: 1,
        recorded_at: now,
    })
}

/// Keeps new honours with the beginning of their stories, and a line of the trail each.
pub(crate) async fn keep_named(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    named: &[Honour],
    document_number: &str,
) -> Result<()> {
    honours::insert_many(tx, named).await?;
    let change = HonourChange {
        reason: String::new(),
        document_number: document_number.to_owned(),
    };
    let events: Vec<HonourEvent> = named
        .iter()
        .map(|honour| event(app, actor, honour, HonourAct::Named, &change))
        .collect();
    honours::add_events(tx, &events).await?;
    for honour in named {
        app.trail(
            tx,
            actor,
            "begin-honour",
            ("honour", &honour.id.to_string()),
            Some(&place(honour)),
            json!({
                "title": honour.title,
                "year": honour.year,
                "number": honour.number,
                "application": honour.application,
                "batch": honour.batch,
            }),
        )
        .await?;
    }
    Ok(())
}

/// Keeps old titles of a table, in the import's transaction. They count from now on; the roll shows them.
pub(crate) async fn begin_imported(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    new: &[NewTitle],
    units: &[Unit],
    people: &[Person],
) -> Result<()> {
    let now = app.now();
    let change = HonourChange::default();
    let mut begun = Vec::with_capacity(new.len());
    let mut events = Vec::with_capacity(new.len());
    for title in new {
        let unit = &units[title.unit];
        let person = title.person.map(|place| &people[place]);
        let honour = Honour {
            id: HonourId(app.entropy.id(now)),
            title: title.title.clone(),
            level: title.level,
            year: title.year,
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_kind: unit.kind,
            division: unit.details.division.clone(),
            holder_name: unit.details.name.clone(),
            holder_sort_key: unit.sort_key.clone(),
            person: person.map(|person| person.id),
            person_name: person.map_or_else(String::new, |person| person.details.name.clone()),
            number: title.number.clone(),
            begun_on: title.begun_on,
            state: HonourState::InForce,
            reconfirmed: false,
            reconfirmed_by: None,
            source: HonourSource::Imported,
            named_by: None,
            application: None,
            batch: String::new(),
            revision: 1,
            recorded_at: now,
        };
        let mut event = event(app, actor, &honour, HonourAct::Imported, &change);
        // Who runs the program at the machine has no account.
        event.account = event.account.filter(|id| !id.0.is_nil());
        events.push(event);
        begun.push(honour);
    }
    honours::insert_many(tx, &begun).await?;
    honours::add_events(tx, &events).await?;
    refresh_standings(tx, app, &begun).await
}

/// The number of the same title that the applicant holds already; one from before the programme (P5) is another matter.
pub(crate) async fn held_number(
    tx: &mut Tx,
    app: &App,
    application: &Application,
) -> Result<Option<String>> {
    let one = std::slice::from_ref(application);
    let mut held = held_numbers(tx, app, &application.title, one).await?;
    Ok(held.remove(&application.id))
}

/// The same of many applications for a title, by application.
pub(crate) async fn held_numbers(
    tx: &mut Tx,
    app: &App,
    title: &str,
    applications: &[Application],
) -> Result<BTreeMap<ApplicationId, String>> {
    let person_of = |application: &Application| application.person.as_ref().map(|person| person.id);
    let people: Vec<PersonId> = applications.iter().filter_map(person_of).collect();
    let units: Vec<UnitId> = applications
        .iter()
        .filter(|application| application.person.is_none())
        .map(|application| application.unit.id)
        .collect();
    let first_year = app.standard.programme.first_year;
    let held = honours::having(tx, title, first_year, &units, &people).await?;
    let mut numbers = BTreeMap::new();
    for application in applications {
        let person = person_of(application);
        // A person keeps the titles of an earlier unit.
        let first = held.iter().find(|(unit, holder, _)| {
            *holder == person && (person.is_some() || *unit == application.unit.id)
        });
        if let Some((_, _, number)) = first {
            numbers.insert(application.id, number.clone());
        }
    }
    Ok(numbers)
}

async fn refuse_held(tx: &mut Tx, app: &App, application: &Application) -> Result<()> {
    match held_number(tx, app, application).await? {
        Some(number) => Err(Refusal::from(HonourRefusal::HeldAlready { number }).into()),
        None => Ok(()),
    }
}

/// Brings up to date where the holders stand, and the federations above them, whose own titles may depend on those below (F1).
pub(crate) async fn refresh_standings(tx: &mut Tx, app: &App, changed: &[Honour]) -> Result<()> {
    let mut units: BTreeMap<(UnitId, i16), ()> = BTreeMap::new();
    for honour in changed {
        if honour.year < app.standard.programme.first_year {
            continue;
        }
        units.insert((honour.unit, honour.year), ());
        if honour.person.is_none() {
            for above in unit::above(tx, &honour.unit_path).await? {
                units.insert((above.id, honour.year), ());
            }
        }
    }
    for (unit, year) in units.into_keys() {
        standings::refresh(tx, app, &unit, year).await?;
    }
    Ok(())
}

/// What a form that changes an honour was made from and says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeInput {
    pub reason: String,
    pub document_number: String,
    /// The revision of the honour on the page.
    pub revision: i64,
}

impl ChangeInput {
    fn change(&self) -> HonourChange {
        HonourChange {
            reason: self.reason.trim().to_owned(),
            document_number: self.document_number.trim().to_owned(),
        }
    }
}

/// Suspends, resumes or revokes a title: who gave it takes it (P2, P4), with a reason.
pub async fn change(
    app: &App,
    actor: &Actor,
    id: &HonourId,
    act: HonourAct,
    input: &ChangeInput,
) -> Result<Honour> {
    let mut tx = app.db.write(&format!("honour:{id}")).await?;
    let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    permitted(actor, Act::ChangeHonour, &honour)?;
    let change = input.change();
    if is_repeated(&mut tx, actor, &honour, act, &change).await? {
        return Ok(honour);
    }
    honour::unchanged(&honour, input.revision)?;
    let state = honour::change(&honour, act, &change)?;
    let changed = set_state(&mut tx, app, actor, &honour, act, state, &change).await?;
    refresh_standings(&mut tx, app, std::slice::from_ref(&changed)).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Clause P5: the holder's federation finds that the holder of an old title still meets the conditions.
pub async fn reconfirm(
    app: &App,
    actor: &Actor,
    id: &HonourId,
    input: &ChangeInput,
) -> Result<Honour> {
    let mut tx = app.db.write(&format!("honour:{id}")).await?;
    let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let permit = permitted(actor, Act::ReconfirmHonour, &honour)?;
    let change = input.change();
    if is_repeated(&mut tx, actor, &honour, HonourAct::Reconfirmed, &change).await? {
        return Ok(honour);
    }
    honour::reconfirm(&app.standard, &honour, &change)?;
    honour::unchanged(&honour, input.revision)?;
    let by = permit.as_role.unit.id;
    if !honours::reconfirm(&mut tx, id, honour.revision, Some(&by)).await? {
        return Err(General::Stale.into());
    }
    tell(
        &mut tx,
        app,
        actor,
        &honour,
        HonourAct::Reconfirmed,
        &change,
    )
    .await?;
    // The old title counts from now on for what the holder may apply for this year.
    let current = app.clock.today().year().clamp(
        app.standard.programme.first_year,
        app.standard.programme.last_year,
    );
    standings::refresh(&mut tx, app, &honour.unit, current).await?;
    tx.commit().await?;
    Ok(Honour {
        reconfirmed: true,
        reconfirmed_by: Some(by),
        revision: honour.revision + 1,
        ..honour
    })
}

/// Withdraws every title of a batch that is in force or suspended; the others stay as they are. `seen` are the honours that the preview
/// showed as being withdrawn, each `id~revision`.
pub async fn withdraw_batch(
    app: &App,
    actor: &Actor,
    batch: &str,
    seen: &[String],
    input: &ChangeInput,
) -> Result<Vec<Honour>> {
    let mut tx = app.db.write(&format!("batch:{batch}")).await?;
    let all = honours::of_batch(&mut tx, batch).await?;
    if all.is_empty() {
        return Err(Error::NotFound);
    }
    for honour in &all {
        permitted(actor, Act::ChangeHonour, honour)?;
    }
    let change = input.change();
    if let Some(first) = all.first()
        && is_repeated(&mut tx, actor, first, HonourAct::Withdrawn, &change).await?
    {
        return Ok(all);
    }
    honour::checked(HonourAct::Withdrawn, &change)?;
    let standing: Vec<Honour> = all
        .into_iter()
        .filter(|honour| honour::change(honour, HonourAct::Withdrawn, &change).is_ok())
        .collect();
    if standing.is_empty() {
        return Err(Refusal::from(HonourRefusal::NothingToWithdraw).into());
    }
    let now: Vec<String> = standing.iter().map(batch_token).collect();
    if now != seen {
        return Err(General::Stale.into());
    }
    let mut withdrawn = Vec::new();
    for honour in &standing {
        withdrawn.push(
            set_state(
                &mut tx,
                app,
                actor,
                honour,
                HonourAct::Withdrawn,
                HonourState::Withdrawn,
                &change,
            )
            .await?,
        );
    }
    refresh_standings(&mut tx, app, &withdrawn).await?;
    tx.commit().await?;
    Ok(withdrawn)
}

/// Whether the actor may suspend, resume or revoke the honour; the page of the form asks.
pub async fn may_change(app: &App, actor: &Actor, id: &HonourId) -> Result<()> {
    let mut tx = app.db.read().await?;
    let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    permitted(actor, Act::ChangeHonour, &honour)?;
    Ok(())
}

/// Whether the actor may reconfirm the honour by P5; the page of the form asks.
pub async fn may_reconfirm(app: &App, actor: &Actor, id: &HonourId) -> Result<()> {
    let mut tx = app.db.read().await?;
    let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    permitted(actor, Act::ReconfirmHonour, &honour)?;
    Ok(())
}

/// The answer to a form that doesn't say what to do.
///
/// # Errors
/// Always.
pub async fn no_act_chosen(app: &App, actor: &Actor, id: &HonourId) -> Result<Honour> {
    may_change(app, actor, id).await?;
    let refusal = HonourRefusal::NoActChosen.into();
    Err(Refusal::Fields(vec![("act".to_owned(), refusal)]).into())
}

/// What the preview of a withdrawal showed of one honour.
pub fn batch_token(honour: &Honour) -> String {
    format!("{}~{}", honour.id, honour.revision)
}

/// Permission to act on the honour, which is the permission on its holder and being the federation in charge of it. Everybody may look an
/// honour up, so to those who don't see the holder it is the role that is another's.
pub(crate) fn permitted(actor: &Actor, act: Act, honour: &Honour) -> Result<policy::Permit> {
    let permit = policy::permit(actor, act, &place(honour))?;
    honour::in_charge(actor, honour, act)?;
    Ok(permit)
}

/// The holder's place in the tree.
pub(crate) fn place(honour: &Honour) -> UnitPlace {
    UnitPlace {
        id: honour.unit,
        kind: honour.unit_kind,
        name: honour.holder_name.clone(),
        path: honour.unit_path.clone(),
    }
}

/// Whether this very change was the last thing that happened: the form was sent twice.
async fn is_repeated(
    tx: &mut Tx,
    actor: &Actor,
    honour: &Honour,
    act: HonourAct,
    change: &HonourChange,
) -> Result<bool> {
    let events = honours::events(tx, &honour.id).await?;
    Ok(events.last().is_some_and(|last| {
        last.act == act
            && last.account == Some(actor.account)
            && last.reason == change.reason
            && last.document_number == change.document_number
    }))
}

async fn set_state(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    honour: &Honour,
    act: HonourAct,
    state: HonourState,
    change: &HonourChange,
) -> Result<Honour> {
    if !honours::set_state(tx, &honour.id, honour.revision, state).await? {
        return Err(General::Stale.into());
    }
    tell(tx, app, actor, honour, act, change).await?;
    Ok(Honour {
        state,
        revision: honour.revision + 1,
        ..honour.clone()
    })
}

/// The story's next line and the trail's.
async fn tell(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    honour: &Honour,
    act: HonourAct,
    change: &HonourChange,
) -> Result<()> {
    honours::add_event(tx, &event(app, actor, honour, act, change)).await?;
    let name = match act {
        HonourAct::Reconfirmed => "reconfirm-honour",
        _ => "change-honour",
    };
    app.trail(
        tx,
        actor,
        name,
        ("honour", &honour.id.to_string()),
        Some(&place(honour)),
        json!({
            "event": act,
            "number": honour.number,
            "reason": change.reason,
            "document_number": change.document_number,
        }),
    )
    .await
}

fn event(
    app: &App,
    actor: &Actor,
    honour: &Honour,
    act: HonourAct,
    change: &HonourChange,
) -> HonourEvent {
    let at = app.now();
    HonourEvent {
        id: app.entropy.id(at).simple().to_string(),
        honour: honour.id,
        act,
        reason: change.reason.clone(),
        document_number: change.document_number.clone(),
        account: Some(actor.account),
        account_name: actor.name.clone(),
        at,
    }
}

#[cfg(test)]
mod tests;
