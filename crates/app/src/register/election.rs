//! Elections of a union: recorded after they are held; a wrong record is struck out and can still be read. The newest one changes who is chair, in
//! the same transaction; the chair's account is handed over by the federation above (`office::invitation`).

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{ElectionId, PersonId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor},
        refusal::{General, Refusal},
    },
    register::{
        election::{
            self as elections, Elected, Election, ElectionDetails, ElectionForm, ElectionRefusal,
            Former,
        },
        person::{Person, PersonDetails},
        unit::change::check_living,
    },
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::{election, person, unit},
};
use jiff::civil::Date;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        sort_key::sort_key,
    },
    register::person as people,
};

refuses!(ElectionRefusal);

/// Records an election.
///
/// # Errors
/// As `App::permit`; `Ended` when the unit is no more; by field as `elections::read`; `chair`: `ChairUnknown` when nobody of the unit; `new_chair`:
/// `OfThePast`, or a person's `AlreadyThere`; `former`: `FormerOpen`.
pub async fn create(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    form: &ElectionForm,
) -> Result<ElectionId> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::EditPeople, unit).await?;
    let record = unit::find(&mut tx, unit).await?.ok_or(Error::NotFound)?;
    check_living(&record)?;
    let known: Vec<Date> = election::of_unit(&mut tx, unit)
        .await?
        .into_iter()
        .filter(|election| election.removed_at.is_none())
        .map(|election| election.held_on)
        .collect();
    let details = elections::read(form, &known, record.details.founded_on, app.clock.today())?;
    let chair = take_seat(app, &mut tx, actor, &permit.unit, &details, &known).await?;
    let now = app.now();
    let new = Election {
        id: ElectionId(app.entropy.id(now)),
        unit_id: *unit,
        unit_path: record.path.clone(),
        held_on: details.held_on,
        term_years: details.term_years,
        chair_id: chair.as_ref().map(|chair| chair.id),
        chair_name: chair.map_or_else(String::new, |chair| chair.details.name),
        note: details.note,
        recorded_by: Some(actor.account.to_string()),
        recorded_at: now,
        removed_at: None,
    };
    election::insert(&mut tx, &new).await?;
    app.follow_unit(&mut tx, unit).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::RecordElection,
        Object::Election(new.id),
        Some(&permit.unit),
        json!({"held_on": new.held_on, "term_years": new.term_years}),
    )
    .await?;
    tx.commit().await?;
    Ok(new.id)
}

/// Who was elected chair, made the union's chair where the election decides it.
async fn take_seat(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    unit: &UnitPlace,
    details: &ElectionDetails,
    known: &[Date],
) -> Result<Option<Person>> {
    let Some(elected) = &details.chair else {
        return Ok(None);
    };
    let chair = person::chair_of(tx, &unit.id).await?;
    let decides = elections::decides(details.held_on, known, chair.as_ref());
    match elected {
        Elected::Known(id) => {
            let elected = person::find(tx, id)
                .await?
                .filter(|person| person.unit_id == unit.id)
                .ok_or_else(|| Refusal::at("chair", ElectionRefusal::ChairUnknown))?;
            let is_new = chair.as_ref().is_none_or(|chair| chair.id != elected.id);
            // Who has left since can't have the seat any more.
            if decides && is_new && elected.left_on.is_none() {
                if let Some(chair) = &chair {
                    give_up(app, tx, actor, unit, chair, details).await?;
                }
                let seated = elections::as_chair(&elected, details.held_on);
                let said = json!({"post": seated.details.post.key()});
                change(app, tx, actor, unit, seated, (Deed::EditPerson, said)).await?;
            }
            Ok(Some(elected))
        }
        Elected::New(_) if !decides => {
            Err(Refusal::at("new_chair", ElectionRefusal::OfThePast).into())
        }
        Elected::New(new) => {
            if let Some(chair) = &chair {
                give_up(app, tx, actor, unit, chair, details).await?;
            }
            Ok(Some(register(app, tx, actor, unit, new).await?))
        }
    }
}

/// The former chair leaves, or stays without the post.
async fn give_up(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    unit: &UnitPlace,
    chair: &Person,
    details: &ElectionDetails,
) -> Result<()> {
    let former = details.former.ok_or_else(|| {
        let chair = chair.details.name.clone();
        Refusal::at("former", ElectionRefusal::FormerOpen { chair })
    })?;
    let changed = elections::former_chair(chair, former, details.held_on);
    let told = match former {
        Former::Leaves => (Deed::LeavePerson, json!({"left_on": changed.left_on})),
        Former::Stays => (
            Deed::EditPerson,
            json!({"post": changed.details.post.key()}),
        ),
    };
    change(app, tx, actor, unit, changed, told).await
}

async fn change(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    unit: &UnitPlace,
    mut changed: Person,
    (deed, said): (Deed, serde_json::Value),
) -> Result<()> {
    changed.changed_at = app.now();
    if !person::update(tx, &changed).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        tx,
        actor,
        deed,
        Object::Person(changed.id),
        Some(unit),
        said,
    )
    .await
}

/// The new chair, who was not registered before.
async fn register(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    unit: &UnitPlace,
    details: &PersonDetails,
) -> Result<Person> {
    if let Err(error) = people::check_free(tx, &unit.id, None, details).await {
        return Err(match error {
            Error::Refused(Refusal::Fields(fields)) => {
                let fields = fields.into_iter();
                let moved = fields.map(|(field, refusal)| {
                    (elections::new_chair_field(&field).to_owned(), refusal)
                });
                Refusal::Fields(moved.collect()).into()
            }
            error => error,
        });
    }
    let now = app.now();
    let new = Person {
        id: PersonId(app.entropy.id(now)),
        unit_id: unit.id,
        unit_path: unit.path.clone(),
        sort_key: sort_key(&details.name),
        details: details.clone(),
        left_on: None,
        revision: 1,
        created_at: now,
        changed_at: now,
    };
    people::add(app, tx, actor, unit, &new).await?;
    Ok(new)
}

/// Strikes out an election that was recorded by mistake.
///
/// # Errors
/// As `App::permit`; not found when it isn't of the unit; `Removed` when it was struck out already.
pub async fn remove(app: &App, actor: &Actor, unit: &UnitId, id: &ElectionId) -> Result<()> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::EditPeople, unit).await?;
    let known = election::of_unit(&mut tx, unit).await?;
    if known.iter().all(|election| election.id != *id) {
        return Err(Error::NotFound);
    }
    if !election::remove(&mut tx, unit, id, &actor.account, app.now()).await? {
        return Err(ElectionRefusal::Removed.into());
    }
    app.follow_unit(&mut tx, unit).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::RemoveElection,
        Object::Election(*id),
        Some(&permit.unit),
        json!({}),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}
