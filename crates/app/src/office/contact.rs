//! Whom to ask: the nearest federation above somebody's unit that has given a telephone number, and for everybody else the city's.

use std::{collections::HashMap, sync::Mutex, sync::PoisonError, time::Duration};

use jianjia_domain::core::{ids::UnitId, place::UnitPlace, policy::Actor};
use jianjia_store::{core::db::Tx, honour::target as figures, register::unit};
use tokio::time::{Instant, timeout};

use crate::core::{app::App, error::Result};

/// So long a telephone number is shown before it is read again.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// No page waits longer for it: a page without a telephone number is better than none.
const PATIENCE: Duration = Duration::from_millis(500);

/// Who helps: the name of a federation, and its telephone number, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    pub phone: String,
}

/// By unit; of everybody else under none.
#[derive(Default)]
struct Kept(Mutex<HashMap<Option<UnitId>, (Instant, Contact)>>);

/// Whom somebody asks. Nothing where it can't be told now, as while the database is away.
pub async fn of(app: &App, actor: Option<&Actor>) -> Contact {
    let unit = actor.and_then(Actor::main_unit);
    let key = unit.map(|unit| unit.id);
    let memory = app.memory.of::<Kept>();
    let known = {
        let kept = memory.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&key).cloned()
    };
    if let Some((read_at, contact)) = known
        && read_at.elapsed() < KEPT_FOR
    {
        return contact;
    }
    let read = timeout(PATIENCE, read(app, unit)).await;
    let contact = read.ok().and_then(Result::ok).unwrap_or_default();
    let mut kept = memory.0.lock().unwrap_or_else(PoisonError::into_inner);
    kept.retain(|_, (read_at, _)| read_at.elapsed() < KEPT_FOR);
    kept.insert(key, (Instant::now(), contact.clone()));
    contact
}

/// The nearest federation above that has given a telephone number: a name without one helps nobody at night before the last day. Where none has,
/// the nearest by its name alone.
async fn read(app: &App, unit: Option<&UnitPlace>) -> Result<Contact> {
    let mut tx = app.db.read().await?;
    let mut asked = match unit {
        Some(unit) => unit::above(&mut tx, &unit.path).await?,
        None => Vec::new(),
    };
    asked.retain(|place| place.kind.is_federation() && unit.is_none_or(|unit| unit.id != place.id));
    if asked.is_empty() {
        asked.extend(figures::city(&mut tx).await?);
    }
    let mut nearest = None;
    for place in asked {
        let contact = at(&mut tx, place).await?;
        if !contact.phone.is_empty() {
            return Ok(contact);
        }
        nearest.get_or_insert(contact);
    }
    Ok(nearest.unwrap_or_default())
}

/// A federation as somebody to ask, whether it gave a telephone number or not.
pub(crate) async fn at(tx: &mut Tx, place: UnitPlace) -> Result<Contact> {
    let unit = unit::find(tx, &place.id).await?;
    Ok(Contact {
        phone: unit.and_then(|unit| unit.details.phone).unwrap_or_default(),
        name: place.name,
    })
}

/// A federation that is named by its id; nothing where it is gone.
pub(crate) async fn of_unit(app: &App, id: &UnitId) -> Result<Contact> {
    let mut tx = app.db.read().await?;
    match unit::find(&mut tx, id).await? {
        Some(unit) => Ok(Contact {
            name: unit.details.name.clone(),
            phone: unit.details.phone.unwrap_or_default(),
        }),
        None => Ok(Contact::default()),
    }
}
