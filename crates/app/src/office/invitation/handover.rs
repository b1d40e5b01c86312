//! A chair's account goes to the next chair: the old account ends, the new one is invited; the union's work is the union's and stays.

use std::collections::HashSet;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, UnitId},
        policy::{Act, Actor, Role, RoleAt},
        text::form::of_name,
    },
    office::{
        account::{Account, AccountState, NameSource},
        invitation::{self as domain, InvitationRefusal, InvitationState},
    },
    register::person::Person,
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    office::{
        account::{self as accounts, seat},
        invitation as invitations, session,
    },
    register::{person as people, unit},
};
use serde_json::json;

use super::{
    as_now,
    making::{NewAccount, first_free, keep},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    office::notice as account_notices,
};

/// Hands the chair's account of a union over to the chair that the register has: the old account loses the role, and is locked with its last one; the
/// new chair's own account gets it, or one is made that waits for its code.
///
/// # Errors
/// Not found when the actor may not invite for the unit, or the account is no chair's of it; as `domain::invitable`; `NoNewChair`.
pub async fn hand_over(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    old: &AccountId,
) -> Result<AccountId> {
    let mut tx = app
        .db
        .write([Scope::Accounts, Scope::UnitAsItIs(*unit)])
        .await?;
    let permit = app.permit(&mut tx, actor, Act::InviteBelow, unit).await?;
    let actor = as_now(app, &mut tx, actor).await?;
    let account = accounts::find(&mut tx, old).await?.ok_or(Error::NotFound)?;
    let is_chair = |at: &&RoleAt| at.role == Role::Chair && at.unit.id == *unit;
    let at = account
        .roles
        .iter()
        .find(is_chair)
        .ok_or(Error::NotFound)?
        .clone();
    // Its other roles stay, so they may be anybody's to give.
    let here = Account {
        roles: vec![at.clone()],
        ..account.clone()
    };
    domain::invitable(&actor, &here)?;
    let chair = people::chair_of(&mut tx, unit).await?;
    let chair = chair
        .filter(|chair| is_over(&account, unit, chair))
        .ok_or(InvitationRefusal::NoNewChair)?;
    let login = end(app, &mut tx, &actor, &account, &at).await?;
    let new = begin(app, &mut tx, &actor, &at, &chair, login).await?;
    app.trail(
        &mut tx,
        &actor,
        Deed::HandOverAccount,
        Object::Account(new),
        Some(&permit.unit),
        json!({ "from": account.name, "to": chair.details.name }),
    )
    .await?;
    tx.commit().await?;
    Ok(new)
}

/// Whether an account is the chair's whom the register has.
pub(super) fn is_chair_s(account: &Account, unit: &UnitId, chair: &Person) -> bool {
    is_chair_at(account, unit)
        && account.state == AccountState::Active
        && (account.person == Some(chair.id) || is_called(account, chair))
}

/// Whether an account is a chair's whom the register has no more. One whose owner has not said the name yet is anybody's.
pub(super) fn is_over(account: &Account, unit: &UnitId, chair: &Person) -> bool {
    is_chair_at(account, unit)
        && account.state == AccountState::Active
        && account.name_source != NameSource::Open
        && account.person != Some(chair.id)
        && !is_called(account, chair)
}

fn is_chair_at(account: &Account, unit: &UnitId) -> bool {
    let mut roles = account.roles.iter();
    roles.any(|at| at.role == Role::Chair && at.unit.id == *unit)
}

fn is_called(account: &Account, chair: &Person) -> bool {
    of_name(&account.name) == of_name(&chair.details.name)
}

/// Ends the old chair's role; gives the login that has become free, if it is the union's.
async fn end(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    account: &Account,
    at: &RoleAt,
) -> Result<Option<String>> {
    let now = app.now();
    accounts::take_role(tx, &account.id, at.role, &at.unit.id).await?;
    session::remove_others(tx, &account.id, "").await?;
    invitations::end(tx, &account.id, InvitationState::Revoked).await?;
    let (deed, by) = (Deed::TakeRole, actor.name.as_str());
    account_notices::tell(app, tx, &account.id, deed, Some(at), by).await?;
    if account.roles.len() > 1 {
        return Ok(None);
    }
    accounts::set_state(tx, &account.id, AccountState::Locked, now).await?;
    let record = unit::find(tx, &at.unit.id).await?;
    let code = record.and_then(|record| record.details.credit_code);
    if code.is_none_or(|code| code.to_lowercase() != account.login) {
        return Ok(None);
    }
    let left = super::joining::free_login(tx, &account.login).await?;
    seat::set_login(tx, &account.id, &left, now).await?;
    Ok(Some(account.login.clone()))
}

/// The new chair's account: an existing one gets the role, or one is made.
async fn begin(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    at: &RoleAt,
    chair: &Person,
    login: Option<String>,
) -> Result<AccountId> {
    if let Some(known) = seat::of_person(tx, &chair.id).await?
        && let Some(account) = accounts::find(tx, &known).await?
        && account.state == AccountState::Active
    {
        accounts::give_role(tx, &known, at.role, &at.unit, app.now()).await?;
        session::remove_others(tx, &known, "").await?;
        let (deed, by) = (Deed::GiveRole, actor.name.as_str());
        account_notices::tell(app, tx, &known, deed, Some(at), by).await?;
        return Ok(known);
    }
    let record = unit::find(tx, &at.unit.id).await?.ok_or(Error::NotFound)?;
    let telephone = chair.details.phone.as_deref();
    let mut logins = domain::logins(&record, at.role, telephone);
    logins.splice(0..0, login);
    let taken: HashSet<String> = seat::taken(tx, logins.iter().cloned()).await?;
    let new = NewAccount {
        name: Some(chair.details.name.clone()),
        person: Some(chair.id),
        telephone: telephone.unwrap_or_default().to_owned(),
        mail: String::new(),
        login: first_free(&logins, &taken),
        role: at.role,
        unit: at.unit.clone(),
    };
    let made = keep(app, tx, actor, vec![new]).await?;
    made.first().copied().ok_or(Error::NotFound)
}
