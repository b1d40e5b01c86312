//! What the public page says of a certificate: whether it is ours, and what became of the title since. The signature comes first: nobody makes the
//! database look for anything that we did not sign.

use jianjia_domain::{
    core::{ids::HonourId, place::UnitPlace},
    honour::{
        certificate::{CertificateKey, Status},
        honour::{self, Honour, HonourAct, HonourEvent, HonourState},
    },
    register::unit::{Unit, UnitState},
};
use jianjia_store::{
    core::db::Tx,
    honour::{
        certificate::{self as certificates, key as keys},
        honour as honours,
    },
    register::unit,
};
use jiff::civil::Date;

use super::{
    key,
    token::{self, Claims, Fault},
};
use crate::core::{app::App, error::Result};

/// What there is to say of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// It is not to be believed.
    Not(Fault),
    Ours(Box<Ours>),
}

/// A certificate that a key of the city signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// As signed; the person's name is masked.
    pub claims: Claims,
    pub key: CertificateKey,
    /// None where the honours know no such title, as after a restore of an older backup.
    pub standing: Option<Standing>,
}

/// What became of the title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub honour: HonourId,
    pub state: HonourState,
    pub status: Status,
    /// What took it out of force, as everybody may read it.
    pub because: Option<HonourEvent>,
    /// The unit's name now, where it is another.
    pub now_called: Option<String>,
    /// Since when the unit is no more.
    pub ended_on: Option<Date>,
    /// Into which it went.
    pub successor: Option<UnitPlace>,
}

/// Looks a certificate up, for everybody.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, token: &str) -> Result<Looked> {
    let id = match token::key_named(token) {
        Ok(id) => id,
        Err(fault) => return Ok(Looked::Not(fault)),
    };
    let known = key::known(app, &id).await?;
    let (id, mut claims) = match token::certificate(&known, token) {
        Ok(said) => said,
        Err(fault) => return Ok(Looked::Not(fault)),
    };
    let mut tx = app.db.read().await?;
    let Some(key) = keys::find(&mut tx, &id).await? else {
        return Ok(Looked::Not(Fault::Foreign));
    };
    let standing = standing(&mut tx, &claims).await?;
    claims.person = honour::masked(&claims.person);
    Ok(Looked::Ours(Box::new(Ours {
        claims,
        key,
        standing,
    })))
}

async fn standing(tx: &mut Tx, claims: &Claims) -> Result<Option<Standing>> {
    let Some(honour) = honours::of_number(tx, &claims.number).await? else {
        return Ok(None);
    };
    let indexes = certificates::indexes(tx, &[honour.id]).await?;
    if indexes.get(&honour.id) != Some(&i64::from(claims.index)) {
        return Ok(None);
    }
    let because = because(tx, &honour).await?;
    let mut standing = Standing {
        honour: honour.id,
        state: honour.state,
        status: Status::of(honour.state, honour.person.is_some(), UnitState::Active),
        because,
        now_called: None,
        ended_on: None,
        successor: None,
    };
    // A person's title stays with the person: what became of the union says nothing of it.
    if honour.person.is_none()
        && let Some(unit) = unit::find(tx, &honour.unit).await?
    {
        standing.status = Status::of(honour.state, false, unit.state);
        standing.ended_on = unit.ended_on;
        standing.now_called =
            (unit.details.name != claims.holder).then(|| unit.details.name.clone());
        standing.successor = successor(tx, &unit).await?;
    }
    Ok(Some(standing))
}

/// The last thing that took a title out of force; who did it is nobody's business here.
async fn because(tx: &mut Tx, honour: &Honour) -> Result<Option<HonourEvent>> {
    let act = match honour.state {
        HonourState::InForce => return Ok(None),
        HonourState::Suspended => HonourAct::Suspended,
        HonourState::Revoked => HonourAct::Revoked,
        HonourState::Withdrawn => HonourAct::Withdrawn,
    };
    let events = honours::events(tx, &honour.id).await?;
    let last = events.into_iter().rev().find(|event| event.act == act);
    Ok(last.map(|event| HonourEvent {
        account: None,
        account_name: String::new(),
        ..event
    }))
}

/// More mergers than these one after the other are not followed.
const STEPS: usize = 20;

/// The unit that a merged one went into, and which that one went into, until one that is not merged itself.
async fn successor(tx: &mut Tx, unit: &Unit) -> Result<Option<UnitPlace>> {
    let mut next = unit
        .successor_id
        .filter(|_| unit.state == UnitState::Merged);
    let mut found = None;
    for _ in 0..STEPS {
        let Some(id) = next else {
            break;
        };
        let Some(unit) = unit::find(tx, &id).await? else {
            break;
        };
        next = unit
            .successor_id
            .filter(|_| unit.state == UnitState::Merged);
        found = Some(unit.place());
    }
    Ok(found)
}
