//! Accounts: an administrator creates, locks and resets accounts within the units administered, never the own one; roles that decide take a second
//! person (`request`). Everybody changes their own password (`password`).

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        guess::Guessed,
        ids::{AccountId, UnitId},
        place::{UnitKind, UnitPlace, is_within},
        policy::{self, Act, Actor, Role, RoleAt},
        refusal::Refusal,
    },
    office::{
        account::{self, Account, AccountRefusal, AccountState},
        request::{self as account_request, Proposed},
    },
};
use jianjia_store::{
    core::{db::Tx, place, scope::Scope},
    office::{
        account::{self as accounts, Within},
        browser as known_browser, request as requests, session,
    },
    register::unit,
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    office::{
        notice as account_notices, password as passwords, request as account_requests,
        session as sessions, sign_in as sign_in_tries,
    },
};

refuses!(AccountRefusal);

/// Accounts a page.
pub const PAGE: i64 = 50;

/// The form for a new account.
#[derive(Clone, Debug, Default)]
pub struct AccountInput {
    pub login: String,
    pub name: String,
    /// The unit's name, number, credit code or id.
    pub unit: String,
    /// The role's key.
    pub role: String,
}

/// The result of an act that may need a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done at once; with the one-time password, if there is one.
    Done { once: Option<String> },
    /// Waiting for a second person; with the proposer's half of the one-time password, if there will be one.
    Proposed { half: Option<String> },
}

/// A page of the accounts that the actor administers, and their total number.
pub async fn list(app: &App, actor: &Actor, text: &str, page: i64) -> Result<(Vec<Account>, i64)> {
    let paths = administered(actor);
    if paths.is_empty() {
        return Err(not_an_administrator());
    }
    let within = Within {
        paths,
        roleless: administers_city(actor),
    };
    let mut tx = app.db.read().await?;
    let offset = (page.max(1) - 1).saturating_mul(PAGE);
    Ok(accounts::list(&mut tx, &within, text, offset, PAGE).await?)
}

/// Whether the actor administers accounts at all.
///
/// # Errors
/// If the actor is not an administrator.
pub fn may_administer(actor: &Actor) -> Result<()> {
    if administered(actor).is_empty() {
        Err(not_an_administrator())
    } else {
        Ok(())
    }
}

/// An account that the actor administers, or the actor's own.
pub async fn find(app: &App, actor: &Actor, id: &AccountId) -> Result<Account> {
    let mut tx = app.db.read().await?;
    if *id == actor.account {
        return accounts::find(&mut tx, id).await?.ok_or(Error::NotFound);
    }
    seen(&mut tx, actor, id).await
}

/// The demo's accounts as they are in the database; empty outside the demo.
pub async fn of_the_demo(app: &App) -> Result<Vec<Account>> {
    if !app.is_demo {
        return Ok(Vec::new());
    }
    let mut tx = app.db.read().await?;
    Ok(accounts::of_prefix(&mut tx, "demo.").await?)
}

/// Creates an account with one role and a one-time password, which is not stored in plain text and must be changed. A role that decides waits for a
/// second person, and the account is locked until then.
pub async fn create(
    app: &App,
    actor: &Actor,
    input: &AccountInput,
) -> Result<(AccountId, Outcome)> {
    may_administer(actor)?;
    let once = passwords::one_time(app);
    let hash = sessions::hash(app, &once).await?;
    let mut tx = app.db.write(Scope::Accounts).await?;
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let login = taken(account::login(&input.login), "login", &mut wrong);
    let name = taken(account::name(&input.name), "name", &mut wrong);
    let role = taken(
        Role::from_key(&input.role).ok_or(AccountRefusal::RoleMissing),
        "role",
        &mut wrong,
    );
    let place = taken(
        administered_unit(&mut tx, actor, &input.unit).await?,
        "unit",
        &mut wrong,
    );
    if let Some(login) = &login
        && accounts::credentials_of_login(&mut tx, login)
            .await?
            .is_some()
    {
        wrong.push(("login".to_owned(), AccountRefusal::LoginTaken.into()));
    }
    let (Some(login), Some(name), Some(role), Some(place), true) =
        (login, name, role, place, wrong.is_empty())
    else {
        return Err(Error::Refused(Refusal::Fields(wrong)));
    };
    let permit = app
        .permit(&mut tx, actor, Act::ManageAccounts, &place.id)
        .await?;
    let now = app.now();
    let at = RoleAt { role, unit: place };
    let is_guarded = policy::is_guarded(role);
    let made = Account {
        id: AccountId(app.entropy.id(now)),
        login,
        name,
        person: None,
        state: if is_guarded {
            AccountState::Locked
        } else {
            AccountState::Active
        },
        must_change: true,
        created_at: now,
        roles: if is_guarded {
            Vec::new()
        } else {
            vec![at.clone()]
        },
    };
    accounts::insert(&mut tx, &made, &hash).await?;
    let role = (!is_guarded).then(|| role.key());
    app.trail(
        &mut tx,
        actor,
        Deed::CreateAccount,
        Object::Account(made.id),
        Some(&permit.unit),
        json!({ "login": made.login, "role": role }),
    )
    .await?;
    let outcome = if is_guarded {
        account_requests::propose(app, &mut tx, actor, &made, Proposed::Role(at)).await?
    } else {
        Outcome::Done { once: Some(once) }
    };
    tx.commit().await?;
    Ok((made.id, outcome))
}

/// Gives another role at a unit and ends the account's sessions; a role that decides waits for a second person.
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
        Role::from_key(role).ok_or(AccountRefusal::RoleMissing),
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

/// Locks an account and ends its sessions.
pub async fn lock(app: &App, actor: &Actor, id: &AccountId) -> Result<()> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let account = ruled(app, &mut tx, actor, id).await?;
    account_request::of_another(actor, &account).map_err(refused)?;
    accounts::set_state(&mut tx, id, AccountState::Locked, app.now()).await?;
    session::remove_others(&mut tx, id, "").await?;
    account_notices::tell(app, &mut tx, id, Deed::LockAccount, None, &actor.name).await?;
    trail(app, &mut tx, actor, Deed::LockAccount, &account).await?;
    Ok(tx.commit().await?)
}

/// Unlocks an account; one with a role that decides waits for a second person.
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
    session::remove_others(tx, &account.id, "").await?;
    known_browser::remove_all(tx, &account.id).await?;
    let tries = sign_in_tries::target(app, Guessed::Login, &account.login);
    sign_in_tries::forget(tx, &tries).await?;
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

/// An account with a role, or a proposed one, within the administrator's units; accounts without any role belong to the city. Anything else is not
/// found.
pub(crate) async fn seen(tx: &mut Tx, actor: &Actor, id: &AccountId) -> Result<Account> {
    let paths = administered(actor);
    let is_below = |path: &str| paths.iter().any(|above| is_within(path, above));
    let account = accounts::find(tx, id).await?.ok_or(Error::NotFound)?;
    if account.roles.iter().any(|at| is_below(&at.unit.path))
        || (account.roles.is_empty() && administers_city(actor))
    {
        return Ok(account);
    }
    let is_proposed = requests::of_account(tx, id)
        .await?
        .iter()
        .any(|request| matches!(&request.proposed, Proposed::Role(at) if is_below(&at.unit.path)));
    if is_proposed {
        Ok(account)
    } else {
        Err(Error::NotFound)
    }
}

/// An account all of whose roles are within the administrator's units: resetting its password must not give access to more.
pub(crate) async fn ruled(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    id: &AccountId,
) -> Result<Account> {
    let account = seen(tx, actor, id).await?;
    for at in &account.roles {
        match app
            .permit(tx, actor, Act::ManageAccounts, &at.unit.id)
            .await
        {
            Ok(_) => {}
            Err(Error::NotFound | Error::Refused(_)) => {
                return Err(refused(AccountRefusal::ReachesFurther));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(account)
}

/// The only unit within the administrator's units with this name, number, credit code or id.
async fn administered_unit(
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

/// Whether the actor administers the accounts of the whole city.
fn administers_city(actor: &Actor) -> bool {
    actor
        .roles
        .iter()
        .any(|at| at.role == Role::Administrator && at.unit.kind == UnitKind::City)
}

/// The paths of the subtrees whose accounts the actor administers.
pub(crate) fn administered(actor: &Actor) -> Vec<String> {
    actor
        .roles
        .iter()
        .filter(|at| at.role == Role::Administrator)
        .map(|at| at.unit.path.clone())
        .collect()
}

fn not_an_administrator() -> Error {
    Error::Refused(
        jianjia_domain::core::refusal::General::NotYourRole {
            act: Act::ManageAccounts,
            roles: vec![Role::Administrator],
        }
        .into(),
    )
}

fn taken<T>(
    result: std::result::Result<T, AccountRefusal>,
    field: &str,
    wrong: &mut Vec<(String, Refusal)>,
) -> Option<T> {
    result
        .map_err(|refusal| wrong.push((field.to_owned(), refusal.into())))
        .ok()
}

pub(crate) fn refused(refusal: AccountRefusal) -> Error {
    Error::Refused(refusal.into())
}
