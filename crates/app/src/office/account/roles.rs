//! Giving and taking roles.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, UnitId},
        place::{UnitPlace, is_within},
        policy::{self, Act, Actor, Role, RoleAt},
        refusal::Refusal,
    },
    office::{
        account::{AccountRefusal, AccountState},
        invitation::InvitationState,
        request::{self as account_request, Proposed},
    },
};
use jianjia_store::{
    core::{db::Tx, place, scope::Scope},
    office::{account as accounts, invitation as invitations, session},
    register::unit,
};
use serde_json::json;

use super::{Outcome, administered, refused, ruled, seen};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    office::{notice as account_notices, request as account_requests},
};

/// Gives another role at a unit and ends the account's sessions; a role that decides waits for a second person.
///
/// # Errors
/// Not found when the actor doesn't administer the account; `OwnAccount`; by field: `role`: `RoleMissing`; `unit`: `UnitMissing`, `UnitNotOne`; as
/// `App::permit` at the unit. For a role that decides also `ReachesFurther`, `UnlockFirst` when the account is locked with other roles, and
/// `RequestWaits`.
pub async fn give_role(
    app: &App,
    actor: &Actor,
    id: &AccountId,
    unit: &str,
    role: &str,
) -> Result<Outcome> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let account = seen(&mut tx, actor, id).await?;
    account_request::of_another(actor, &account).map_err(refused)?;
    let mut wrong = Vec::new();
    let role = taken(
        Role::at_units(role).ok_or(AccountRefusal::RoleMissing),
        "role",
        &mut wrong,
    );
    let place = taken(
        administered_unit(&mut tx, actor, unit).await?,
        "unit",
        &mut wrong,
    );
    let (Some(role), Some(place)) = (role, place) else {
        return Err(Error::Refused(Refusal::Fields(wrong)));
    };
    let permit = app
        .permit(&mut tx, actor, Act::ManageAccounts, &place.id)
        .await?;
    let at = RoleAt { role, unit: place };
    if account.roles.contains(&at) {
        return Ok(Outcome::Done { once: None });
    }
    if policy::is_guarded(role) {
        // With its first role that decides, the account gets a new password: see `request::confirm`.
        let account = ruled(app, &mut tx, actor, id).await?;
        if account.state == AccountState::Locked && !account.roles.is_empty() {
            return Err(refused(AccountRefusal::UnlockFirst));
        }
        let outcome =
            account_requests::propose(app, &mut tx, actor, &account, Proposed::Role(at)).await?;
        tx.commit().await?;
        return Ok(outcome);
    }
    accounts::give_role(&mut tx, id, role, &at.unit, app.now()).await?;
    session::remove_others(&mut tx, id, "").await?;
    account_notices::tell(app, &mut tx, id, Deed::GiveRole, Some(&at), &actor.name).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::GiveRole,
        Object::Account(*id),
        Some(&permit.unit),
        json!({ "role": role.key() }),
    )
    .await?;
    tx.commit().await?;
    Ok(Outcome::Done { once: None })
}

/// Takes away a role at a unit and ends the account's sessions. Without its last role an account is locked; the city's administrators still see it.
///
/// # Errors
/// Not found when the actor doesn't administer the account; as `App::permit` at the unit; `OwnAccount`.
pub async fn take_role(
    app: &App,
    actor: &Actor,
    id: &AccountId,
    unit: &UnitId,
    role: Role,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let account = seen(&mut tx, actor, id).await?;
    let permit = app
        .permit(&mut tx, actor, Act::ManageAccounts, unit)
        .await?;
    account_request::of_another(actor, &account).map_err(refused)?;
    let Some(at) = account
        .roles
        .iter()
        .find(|at| at.role == role && at.unit.id == *unit)
    else {
        return Ok(());
    };
    accounts::take_role(&mut tx, id, role, unit).await?;
    if account.roles.len() == 1 {
        invitations::end(&mut tx, id, InvitationState::Revoked).await?;
    }
    session::remove_others(&mut tx, id, "").await?;
    account_notices::tell(app, &mut tx, id, Deed::TakeRole, Some(at), &actor.name).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::TakeRole,
        Object::Account(*id),
        Some(&permit.unit),
        json!({ "role": role.key() }),
    )
    .await?;
    if account.roles.len() == 1 && account.state == AccountState::Active {
        accounts::set_state(&mut tx, id, AccountState::Locked, app.now()).await?;
        app.trail(
            &mut tx,
            actor,
            Deed::LockAccount,
            Object::Account(*id),
            Some(&permit.unit),
            json!({ "because": "no-role" }),
        )
        .await?;
    }
    Ok(tx.commit().await?)
}

/// The only unit within the administrator's units with this name, number, credit code or id.
pub(super) async fn administered_unit(
    tx: &mut Tx,
    actor: &Actor,
    typed: &str,
) -> Result<std::result::Result<UnitPlace, AccountRefusal>> {
    let typed = typed.trim();
    let mut meant: Vec<UnitPlace> = Vec::new();
    for path in administered(actor) {
        let found = match typed.parse::<UnitId>() {
            Ok(id) => place::find(tx, &id).await?.into_iter().collect(),
            Err(_) => unit::meant(tx, &path, typed)
                .await?
                .into_iter()
                .map(|unit| unit.place())
                .collect::<Vec<UnitPlace>>(),
        };
        for place in found {
            if is_within(&place.path, &path) && meant.iter().all(|other| other.id != place.id) {
                meant.push(place);
            }
        }
    }
    let several = meant.len() > 1;
    Ok(match meant.pop() {
        Some(place) if !several => Ok(place),
        Some(_) => Err(AccountRefusal::UnitNotOne),
        None => Err(AccountRefusal::UnitMissing),
    })
}

pub(super) fn taken<T>(
    result: std::result::Result<T, AccountRefusal>,
    field: &str,
    wrong: &mut Vec<(String, Refusal)>,
) -> Option<T> {
    result
        .map_err(|refusal| wrong.push((field.to_owned(), refusal.into())))
        .ok()
}
