//! Accounts: an administrator creates, locks and resets accounts within the units administered, never the own one; roles that decide take a second
//! person (`request`). Everybody changes their own password (`password`).

use jianjia_domain::{
    core::{
        ids::AccountId,
        place::{UnitKind, is_within},
        policy::{Act, Actor, Role},
    },
    office::{
        account::{Account, AccountRefusal},
        request::Proposed,
    },
};
use jianjia_store::{
    core::db::Tx,
    office::{
        account::{self as accounts, Within},
        request as requests,
    },
};

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

mod access;
mod creation;
mod roles;
pub(crate) use access::{give_password, open};
pub use access::{lock, reset_password, unlock};
pub use creation::{AccountInput, create, create_for_department, department_of_account};
pub use roles::{give_role, take_role};

refuses!(AccountRefusal);

/// Accounts a page.
pub const PAGE: i64 = 50;

/// The result of an act that may need a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done at once; with the one-time password, if there is one.
    Done { once: Option<String> },
    /// Waiting for a second person; with the proposer's half of the one-time password, if there will be one.
    Proposed { half: Option<String> },
}

/// A page of the accounts that the actor administers, and their total number.
///
/// # Errors
/// `NotYourRole` to those who are no administrators.
pub async fn list(app: &App, actor: &Actor, text: &str, page: i64) -> Result<(Vec<Account>, i64)> {
    let offset = (page.max(1) - 1).saturating_mul(PAGE);
    portion(app, actor, text, (PAGE, offset)).await
}

/// A portion (limit, offset) of the accounts that `list` gives, for a page or a file, and their total number.
///
/// # Errors
/// As `list`.
pub async fn portion(
    app: &App,
    actor: &Actor,
    text: &str,
    (limit, offset): (i64, i64),
) -> Result<(Vec<Account>, i64)> {
    may_administer(actor)?;
    let within = within(actor);
    let mut tx = app.db.read().await?;
    Ok(accounts::list(&mut tx, &within, text, offset, limit).await?)
}

/// The accounts that the actor administers.
pub(crate) fn within(actor: &Actor) -> Within {
    Within {
        paths: administered(actor),
        roleless: administers_city(actor),
    }
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
///
/// # Errors
/// Not found when it is neither the actor's own nor one that the actor administers.
pub async fn find(app: &App, actor: &Actor, id: &AccountId) -> Result<Account> {
    let mut tx = app.db.read().await?;
    if *id == actor.account {
        return accounts::find(&mut tx, id).await?.ok_or(Error::NotFound);
    }
    seen(&mut tx, actor, id).await
}

/// An account, whoever asks: for pages that were refused an act on it after it was found to be in the actor's sight.
///
/// # Errors
/// Not found when it isn't there.
pub async fn anybody(app: &App, id: &AccountId) -> Result<Account> {
    let mut tx = app.db.read().await?;
    accounts::find(&mut tx, id).await?.ok_or(Error::NotFound)
}

/// The demo's accounts as they are in the database; empty outside the demo.
pub async fn of_the_demo(app: &App) -> Result<Vec<Account>> {
    if !app.is_demo {
        return Ok(Vec::new());
    }
    let mut tx = app.db.read().await?;
    Ok(accounts::of_prefix(&mut tx, "demo.").await?)
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
    // An account without a role asks for no permit.
    app.proved(actor)?;
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

pub(crate) fn refused(refusal: AccountRefusal) -> Error {
    Error::Refused(refusal.into())
}
