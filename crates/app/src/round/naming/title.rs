//! The title that an application becomes.

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        ids::{ApplicationId, HonourId, PersonId, UnitId},
        place::UnitKind,
        policy::Actor,
    },
    honour::honour::{self, Honour, HonourRefusal, HonourSource, HonourState},
    round::application::Application,
};
use jianjia_standard::kinds::HonourLevel;
use jianjia_store::{
    core::{counter::next_numbers, db::Tx},
    honour::honour as honours,
    year::subject::{self, RegisterFacts},
};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    honour::honour::{keep_named, refresh_standings},
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
        .standards
        .of(application.year)
        .title(&application.title)
        .ok_or(Error::NotFound)?;
    refuse_held(tx, app, application).await?;
    let counter = honour::counter(&title.key, application.year);
    let number = next_numbers(tx, &counter, 1).await?;
    let number = honour::number(title, application.year, number);
    let register = subject::unit(tx, &application.unit.id)
        .await?
        .ok_or(Error::NotFound)?;
    let honour = of_application(app, application, &register, number, "");
    keep_named(tx, app, actor, std::slice::from_ref(&honour), "").await?;
    refresh_standings(tx, app, std::slice::from_ref(&honour)).await?;
    Ok(honour)
}

/// The honour that an application becomes, not kept yet; `register` is its unit's record.
pub(crate) fn of_application(
    app: &App,
    application: &Application,
    register: &RegisterFacts,
    number: String,
    batch: &str,
) -> Honour {
    let step = application.state.step();
    let decided_at = step.and_then(|step| application.route.get(step));
    let level = match decided_at.map(|step| step.unit.kind) {
        Some(UnitKind::City) => HonourLevel::City,
        _ => HonourLevel::County,
    };
    let now = app.now();
    Honour {
        id: HonourId(app.entropy.id(now)),
        title: application.title.clone(),
        level,
        year: application.year,
        unit: register.id,
        unit_path: register.path.clone(),
        unit_kind: register.kind,
        division: register.division.clone(),
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
    }
}

/// The number of the same title that the applicant holds already; one from before the programme (P5) is another matter.
async fn held_number(tx: &mut Tx, app: &App, application: &Application) -> Result<Option<String>> {
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
    let Some(one) = applications.first() else {
        return Ok(BTreeMap::new());
    };
    // They are of one year.
    let first_year = app.standards.of(one.year).programme.first_year;
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
        Some(number) => Err(HonourRefusal::HeldAlready { number }.into()),
        None => Ok(()),
    }
}
