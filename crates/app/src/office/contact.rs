//! Whom to ask: the federation above somebody's unit, and for everybody else the city's, with the telephone that the register has.

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

async fn read(app: &App, unit: Option<&UnitPlace>) -> Result<Contact> {
    let mut tx = app.db.read().await?;
    let upper = match unit {
        Some(unit) => unit::above(&mut tx, &unit.path)
            .await?
            .into_iter()
            .find(|place| place.id != unit.id && place.kind.is_federation()),
        None => None,
    };
    let asked = match upper {
        Some(upper) => Some(upper),
        None => figures::city(&mut tx).await?,
    };
    match asked {
        Some(place) => Ok(contact(&mut tx, place).await?),
        None => Ok(Contact::default()),
    }
}

async fn contact(tx: &mut Tx, place: UnitPlace) -> Result<Contact> {
    let phone = unit::find(tx, &place.id).await?;
    Ok(Contact {
        phone: phone
            .and_then(|unit| unit.details.phone)
            .unwrap_or_default(),
        name: place.name,
    })
}
