//! Locking, unlocking and new one-time passwords.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        guess::Guessed,
        ids::AccountId,
        policy::{self, Actor},
    },
    office::{
        account::{Account, AccountRefusal, AccountState},
        invitation::InvitationState,
        request::{self as account_request, Proposed},
    },
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    office::{
        account as accounts, browser as known_browser, invitation as invitations, provider,
        session, token as tokens,
    },
};
use serde_json::json;

use super::{Outcome, refused, ruled};
use crate::{
    core::{app::App, error::Result, guess as guesses},
    office::{
        notice as account_notices, password as passwords, request as account_requests,
        session as sessions,
    },
};

/// Locks an account and ends its sessions.
///
/// # Errors
/// Not found when the actor doesn't administer it; `ReachesFurther` when it has a role beyond the actor's units; `OwnAccount`.
pub async fn lock(app: &App, actor: &Actor, id: &AccountId) -> Result<()> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let account = ruled(app, &mut tx, actor, id).await?;
    account_request::of_another(actor, &account).map_err(refused)?;
    accounts::set_state(&mut tx, id, AccountState::Locked, app.now()).await?;
    invitations::end(&mut tx, id, InvitationState::Revoked).await?;
    session::remove_others(&mut tx, id, "").await?;
    account_notices::tell(app, &mut tx, id, Deed::LockAccount, None, &actor.name).await?;
    trail(app, &mut tx, actor, Deed::LockAccount, &account).await?;
    Ok(tx.commit().await?)
}

/// Unlocks an account; one with a role that decides waits for a second person.
///
/// # Errors
/// As `lock`; `NoRole` when it has none; `RequestWaits` when somebody proposed it already.
pub async fn unlock(app: &App, actor: &Actor, id: &AccountId) -> Result<Outcome> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let account = ruled(app, &mut tx, actor, id).await?;
    account_request::of_another(actor, &account).map_err(refused)?;
    if account.state == AccountState::Active {
        return Ok(Outcome::Done { once: None });
    }
    if account.roles.is_empty() {
        return Err(refused(AccountRefusal::NoRole));
    }
    let outcome = if policy::holds_guarded(&account.roles) {
        account_requests::propose(app, &mut tx, actor, &account, Proposed::Unlock).await?
    } else {
        open(app, &mut tx, id, &actor.name).await?;
        trail(app, &mut tx, actor, Deed::UnlockAccount, &account).await?;
        Outcome::Done { once: None }
    };
    tx.commit().await?;
    Ok(outcome)
}

/// Gives an account a new one-time password, ends its sessions and resets its counter of failed sign-ins; for one with a role that decides this
/// waits for a second person.
///
/// # Errors
/// As `lock`; `Crowded` when too many passwords are being hashed; `RequestWaits` when somebody proposed it already.
pub async fn reset_password(app: &App, actor: &Actor, id: &AccountId) -> Result<Outcome> {
    let once = passwords::one_time(app);
    let hash = sessions::hash(app, &once).await?;
    let mut tx = app.db.write(Scope::Accounts).await?;
    let account = ruled(app, &mut tx, actor, id).await?;
    account_request::of_another(actor, &account).map_err(refused)?;
    let outcome = if policy::holds_guarded(&account.roles) {
        account_requests::propose(app, &mut tx, actor, &account, Proposed::Password).await?
    } else {
        give_password(app, &mut tx, &account, &hash, &actor.name).await?;
        trail(app, &mut tx, actor, Deed::ResetPassword, &account).await?;
        Outcome::Done { once: Some(once) }
    };
    tx.commit().await?;
    Ok(outcome)
}

/// Unlocks an account.
pub(crate) async fn open(app: &App, tx: &mut Tx, id: &AccountId, by_name: &str) -> Result<()> {
    accounts::set_state(tx, id, AccountState::Active, app.now()).await?;
    // No session that survived the lock becomes valid again.
    session::remove_others(tx, id, "").await?;
    account_notices::tell(app, tx, id, Deed::UnlockAccount, None, by_name).await
}

/// Replaces an account's password with a one-time one: all sessions end and no browser is known any more.
pub(crate) async fn give_password(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    hash: &str,
    by_name: &str,
) -> Result<()> {
    accounts::set_password(tx, &account.id, hash, true, app.now()).await?;
    // Whoever has the account from now on may be another of the identity provider's.
    provider::unlink(tx, &account.id).await?;
    // A sheet that was printed before opens the account no more.
    invitations::end(tx, &account.id, InvitationState::Replaced).await?;
    session::remove_others(tx, &account.id, "").await?;
    known_browser::remove_all(tx, &account.id).await?;
    tokens::revoke_all(tx, &account.id, by_name, app.now()).await?;
    let tries = guesses::target(app, Guessed::Login, &account.login);
    guesses::forget(tx, &tries).await?;
    account_notices::tell(app, tx, &account.id, Deed::ResetPassword, None, by_name).await
}

/// The line of what was done to an account, at the unit of its first role.
async fn trail(app: &App, tx: &mut Tx, actor: &Actor, deed: Deed, account: &Account) -> Result<()> {
    let unit = account.roles.first().map(|at| &at.unit);
    app.trail(
        tx,
        actor,
        deed,
        Object::Account(account.id),
        unit,
        json!({}),
    )
    .await
}
