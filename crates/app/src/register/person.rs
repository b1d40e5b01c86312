//! The people of a unit: registered, edited, leaving. Nobody is deleted.

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{PersonId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor},
        refusal::General,
    },
    register::{
        person::{self as people, Person, PersonDetails, PersonForm, PersonRefusal, Post},
        unit::{change::check_living, form::Refusals},
    },
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::{person, unit},
};
use serde_json::json;

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
    sort_key::sort_key,
};

refuses!(PersonRefusal);

/// A person, if the actor sees the unit that the person belongs to.
///
/// # Errors
/// Not found when the actor doesn't see the unit, or the person isn't of it.
pub async fn find(app: &App, actor: &Actor, unit: &UnitId, id: &PersonId) -> Result<Person> {
    let mut tx = app.db.read().await?;
    app.seen(&mut tx, actor, unit).await?;
    of_unit(&mut tx, unit, id).await
}

/// Registers a person in a unit.
///
/// # Errors
/// As `App::permit`; `Ended` when the unit is no more; by field as `people::read`, then `name`: `AlreadyThere` and `post`: `ChairTaken`.
pub async fn create(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    form: &PersonForm,
) -> Result<PersonId> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::EditPeople, unit).await?;
    let record = unit::find(&mut tx, unit).await?.ok_or(Error::NotFound)?;
    check_living(&record)?;
    let details = people::read(form, app.clock.today())?;
    check_free(&mut tx, unit, None, &details).await?;
    let now = app.now();
    let new = Person {
        id: PersonId(app.entropy.id(now)),
        unit_id: *unit,
        unit_path: record.path.clone(),
        sort_key: sort_key(&details.name),
        details,
        left_on: None,
        revision: 1,
        created_at: now,
        changed_at: now,
    };
    add(app, &mut tx, actor, &permit.unit, &new).await?;
    tx.commit().await?;
    Ok(new.id)
}

/// Keeps somebody new, with the line of the trail.
pub(super) async fn add(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    unit: &UnitPlace,
    new: &Person,
) -> Result<()> {
    person::insert(tx, std::slice::from_ref(new)).await?;
    app.trail(
        tx,
        actor,
        Deed::CreatePerson,
        Object::Person(new.id),
        Some(unit),
        json!({"post": new.details.post.key()}),
    )
    .await
}

/// Edits a person's record.
///
/// # Errors
/// As `App::permit`; not found when the person isn't of the unit; `HasLeft`; by field as `create`; `Stale` when somebody changed the record since.
pub async fn edit(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    id: &PersonId,
    form: &PersonForm,
    revision: i64,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::EditPeople, unit).await?;
    let mut changed = in_post(&mut tx, unit, id).await?;
    let before = changed.details.clone();
    changed.details = people::read(form, app.clock.today())?;
    check_free(&mut tx, unit, Some(id), &changed.details).await?;
    if changed.revision != revision {
        return Err(General::Stale.into());
    }
    if before == changed.details {
        return Ok(());
    }
    changed.sort_key = sort_key(&changed.details.name);
    changed.changed_at = app.now();
    if !person::update(&mut tx, &changed).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::EditPerson,
        Object::Person(*id),
        Some(&permit.unit),
        json!({"post": changed.details.post.key()}),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Records that a person left on a day.
///
/// # Errors
/// As `App::permit`; not found when the person isn't of the unit; `HasLeft`; by field `left_on`: `LeftDayMissing`, `LeftBeforeSince`, or a unit's
/// `NotADay` and `DayInFuture`; `Stale` when somebody changed the record since.
pub async fn leave(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    id: &PersonId,
    left_on: &str,
    revision: i64,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::EditPeople, unit).await?;
    let mut leaving = in_post(&mut tx, unit, id).await?;
    let mut refusals = Refusals::default();
    let day = refusals.day("left_on", left_on, app.clock.today());
    match day {
        None => refusals.add("left_on", PersonRefusal::LeftDayMissing),
        Some(day) => {
            if let Some(since_on) = leaving.details.since_on.filter(|since| day < *since) {
                refusals.add("left_on", PersonRefusal::LeftBeforeSince { since_on });
            }
        }
    }
    leaving.left_on = refusals.or(day)?;
    if leaving.revision != revision {
        return Err(General::Stale.into());
    }
    leaving.changed_at = app.now();
    if !person::update(&mut tx, &leaving).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::LeavePerson,
        Object::Person(*id),
        Some(&permit.unit),
        json!({"left_on": leaving.left_on}),
    )
    .await?;
    app.follow_unit(&mut tx, unit).await?;
    tx.commit().await?;
    Ok(())
}

async fn of_unit(tx: &mut Tx, unit: &UnitId, id: &PersonId) -> Result<Person> {
    person::find(tx, id)
        .await?
        .filter(|person| person.unit_id == *unit)
        .ok_or(Error::NotFound)
}

async fn in_post(tx: &mut Tx, unit: &UnitId, id: &PersonId) -> Result<Person> {
    let person = of_unit(tx, unit, id).await?;
    if person.left_on.is_some() {
        let name = person.details.name;
        return Err(PersonRefusal::HasLeft { name }.into());
    }
    Ok(person)
}

/// A unit has one chair, and two people of the same name are told apart by their phone numbers.
pub(super) async fn check_free(
    tx: &mut Tx,
    unit: &UnitId,
    id: Option<&PersonId>,
    details: &PersonDetails,
) -> Result<()> {
    let mut refusals = Refusals::default();
    for other in person::of_unit(tx, unit).await? {
        if other.left_on.is_some() || Some(&other.id) == id {
            continue;
        }
        if other.details.name == details.name
            && (other.details.phone == details.phone || details.phone.is_none())
        {
            let name = details.name.clone();
            refusals.add("name", PersonRefusal::AlreadyThere { name });
        }
        if other.details.post == Post::Chair && details.post == Post::Chair {
            let chair = other.details.name;
            refusals.add("post", PersonRefusal::ChairTaken { chair });
        }
    }
    Ok(refusals.or(())?)
}
