//! Titles that begin: kept when they were named, or brought in by a table.

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{ids::HonourId, policy::Actor},
    honour::honour::{
        Honour, HonourAct, HonourChange, HonourEvent, HonourSource, HonourState, NewTitle,
    },
    register::{person::Person, unit::Unit},
};
use jianjia_store::{core::db::Tx, honour::honour as honours};
use serde_json::json;

use super::{event, place, refresh_standings};
use crate::core::{app::App, error::Result};

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
            Deed::BeginHonour,
            Object::Honour(honour.id),
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
