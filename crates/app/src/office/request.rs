//! Acts that take two administrators: giving a role that decides, and resetting or unlocking an account that has one. One proposes, another
//! confirms. If there is a one-time password, each tells the owner one half, so that neither can sign in with it alone.

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{AccountId, AccountRequestId},
        place::UnitPlace,
        policy::{self, Act, Actor, Permit, RoleAt},
        proof::Proof,
    },
    office::{
        account::{Account, AccountRefusal, AccountState},
        request::{self as account_request, AccountRequest, Proposed},
    },
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    office::{
        account as accounts,
        request::{self as requests, Decision},
        session,
    },
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    office::{
        account::{Outcome, administered, give_password, open, refused, ruled, seen},
        factor as account_factors, notice as account_notices, password as passwords,
        session as sessions,
    },
};

/// The most requests shown at once.
const SHOWN: i64 = 100;

/// A request with its account, as an administrator sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    pub request: AccountRequest,
    pub account: Account,
    /// Whether this administrator proposed it, and so can only withdraw it.
    pub is_own: bool,
    /// The proposer's half of the one-time password, for the proposer alone: of accounts that came by the dozen with a table it was not shown before.
    pub half: Option<String>,
}

/// Records a proposal, in the transaction of the act that needs a second person.
pub(crate) async fn propose(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    account: &Account,
    proposed: Proposed,
) -> Result<Outcome> {
    let now = app.now();
    for waiting in requests::of_account(tx, &account.id).await? {
        if waiting.proposed != proposed {
            continue;
        }
        if !waiting.is_lapsed(now) {
            return Err(refused(AccountRefusal::RequestWaits));
        }
        requests::decide(tx, &waiting.id, Decision::Refused, "", now).await?;
    }
    let request = AccountRequest {
        id: AccountRequestId(app.entropy.id(now)),
        account: account.id,
        proposed,
        by: actor.account,
        by_name: actor.name.clone(),
        at: now,
    };
    requests::insert(tx, &request).await?;
    app.trail(
        tx,
        actor,
        Deed::ProposeForAccount,
        Object::Account(account.id),
        place(&request, account),
        detail(&request),
    )
    .await?;
    Ok(Outcome::Proposed {
        half: gives_password(&request, account).then(|| passwords::first_half(app, &request.id)),
    })
}

/// The waiting requests within the actor's units, oldest first.
pub async fn waiting(app: &App, actor: &Actor) -> Result<Vec<Waiting>> {
    let mut tx = app.db.read().await?;
    let found = requests::waiting(&mut tx, &administered(actor), SHOWN).await?;
    with_accounts(app, &mut tx, found, Some(actor)).await
}

/// The waiting requests for one account, for its administrators.
///
/// # Errors
/// Not found when the actor doesn't administer it.
pub async fn of_account(app: &App, actor: &Actor, id: &AccountId) -> Result<Vec<Waiting>> {
    let mut tx = app.db.read().await?;
    seen(&mut tx, actor, id).await?;
    let found = requests::of_account(&mut tx, id).await?;
    with_accounts(app, &mut tx, found, Some(actor)).await
}

/// All waiting requests, for the operator at the command line.
pub async fn all_at_the_machine(app: &App) -> Result<Vec<Waiting>> {
    let mut tx = app.db.read().await?;
    let found = requests::all_waiting(&mut tx).await?;
    with_accounts(app, &mut tx, found, None).await
}

async fn with_accounts(
    app: &App,
    tx: &mut Tx,
    found: Vec<AccountRequest>,
    actor: Option<&Actor>,
) -> Result<Vec<Waiting>> {
    let now = app.now();
    let mut waiting = Vec::new();
    for request in found.into_iter().filter(|request| !request.is_lapsed(now)) {
        if let Some(account) = accounts::find(tx, &request.account).await? {
            let is_own = actor.is_some_and(|actor| actor.account == request.by);
            let has_half = is_own && gives_password(&request, &account);
            waiting.push(Waiting {
                is_own,
                half: has_half.then(|| passwords::first_half(app, &request.id)),
                request,
                account,
            });
        }
    }
    Ok(waiting)
}

/// Carries out what another administrator proposed; returns the account, and the second half of its one-time password if there is one.
///
/// # Errors
/// Refused to the proposer and to the account's owner, and if the request is not waiting any more.
pub async fn confirm(
    app: &App,
    actor: &Actor,
    id: &AccountRequestId,
) -> Result<(AccountId, Option<String>)> {
    let second = passwords::second_half(app);
    let hash = hash_of_whole(app, id, &second).await?;
    let mut tx = app.db.write(Scope::Accounts).await?;
    let request = visible(&mut tx, actor, id).await?;
    let account = ruled(app, &mut tx, actor, &request.account).await?;
    if let Proposed::Role(at) = &request.proposed {
        app.permit(&mut tx, actor, Act::ManageAccounts, &at.unit.id)
            .await?;
    }
    let proposer = accounts::find(&mut tx, &request.by)
        .await?
        .ok_or_else(gone)?;
    account_request::confirmable(&request, &account, &proposer, actor, app.now())
        .map_err(refused)?;
    if !may_still_propose(&request, &account, &proposer) {
        return Err(gone());
    }
    let given = carry_out(app, &mut tx, &request, &account, &hash, &actor.name).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::ConfirmForAccount,
        Object::Account(account.id),
        place(&request, &account),
        detail(&request),
    )
    .await?;
    tx.commit().await?;
    Ok((account.id, given.then_some(second)))
}

/// The same for the operator at the command line: the second person of an instance with a single administrator.
///
/// # Errors
/// If the request is not waiting any more.
pub async fn confirm_at_the_machine(app: &App, id: &AccountRequestId) -> Result<Option<String>> {
    const MACHINE: &str = "command-line";
    let second = passwords::second_half(app);
    let hash = hash_of_whole(app, id, &second).await?;
    let mut tx = app.db.write(Scope::Accounts).await?;
    let request = requests::find(&mut tx, id).await?.ok_or_else(gone)?;
    let find = accounts::find(&mut tx, &request.account).await?;
    let account = find.ok_or(Error::NotFound)?;
    let is_open = account.state == AccountState::Active || account.roles.is_empty();
    if request.is_lapsed(app.now()) || (request.role().is_some() && !is_open) {
        return Err(gone());
    }
    let given = carry_out(app, &mut tx, &request, &account, &hash, MACHINE).await?;
    app.trail_by(
        &mut tx,
        ("", MACHINE),
        Deed::ConfirmForAccount,
        Object::Account(account.id),
        place(&request, &account),
        detail(&request),
    )
    .await?;
    tx.commit().await?;
    Ok(given.then_some(second))
}

/// Refuses a request, or withdraws it if the actor proposed it.
///
/// # Errors
/// Refused if the request is not waiting any more.
pub async fn refuse(app: &App, actor: &Actor, id: &AccountRequestId) -> Result<AccountId> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let request = visible(&mut tx, actor, id).await?;
    let account = accounts::find(&mut tx, &request.account)
        .await?
        .ok_or(Error::NotFound)?;
    if !requests::decide(&mut tx, id, Decision::Refused, &actor.name, app.now()).await? {
        return Err(gone());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::RefuseForAccount,
        Object::Account(account.id),
        place(&request, &account),
        detail(&request),
    )
    .await?;
    tx.commit().await?;
    Ok(request.account)
}

/// The request, if it is waiting and the actor may see its account.
async fn visible(tx: &mut Tx, actor: &Actor, id: &AccountRequestId) -> Result<AccountRequest> {
    let request = requests::find(tx, id).await?.ok_or(Error::NotFound)?;
    seen(tx, actor, &request.account).await?;
    Ok(request)
}

/// Carries out a request; returns whether the account has a new one-time password.
async fn carry_out(
    app: &App,
    tx: &mut Tx,
    request: &AccountRequest,
    account: &Account,
    hash: &str,
    by_name: &str,
) -> Result<bool> {
    let now = app.now();
    if !requests::decide(tx, &request.id, Decision::Confirmed, by_name, now).await? {
        return Err(gone());
    }
    let names = format!("{}、{by_name}", request.by_name);
    let gives_password = gives_password(request, account);
    if gives_password {
        give_password(app, tx, account, hash, &names).await?;
    }
    match &request.proposed {
        Proposed::Role(at) => {
            accounts::give_role(tx, &account.id, at.role, &at.unit, now).await?;
            session::remove_others(tx, &account.id, "").await?;
            account_notices::tell(app, tx, &account.id, Deed::GiveRole, Some(at), &names).await?;
            if account.state == AccountState::Locked {
                open(app, tx, &account.id, &names).await?;
            }
        }
        Proposed::Unlock => open(app, tx, &account.id, &names).await?,
        Proposed::Factor => account_factors::take_off(app, tx, &account.id, &names).await?,
        Proposed::Password => {}
    }
    Ok(gives_password)
}

/// Whether the account gets a one-time password with it: an account without a role that decides may have been reset by one person alone, and its
/// password may be shorter than such a role requires.
fn gives_password(request: &AccountRequest, account: &Account) -> bool {
    match &request.proposed {
        Proposed::Password => true,
        Proposed::Role(_) => !policy::holds_guarded(&account.roles),
        Proposed::Unlock | Proposed::Factor => false,
    }
}

async fn hash_of_whole(app: &App, id: &AccountRequestId, second: &str) -> Result<String> {
    let whole = passwords::whole(app, id, second);
    sessions::hash(app, &whole).await
}

/// Whether the proposer may still propose it today.
fn may_still_propose(request: &AccountRequest, account: &Account, proposer: &Account) -> bool {
    let actor = Actor {
        account: proposer.id,
        person: proposer.person,
        name: proposer.name.clone(),
        roles: proposer.roles.clone(),
        proof: Proof::Password,
    };
    let asked: Vec<&RoleAt> = match &request.proposed {
        Proposed::Role(at) => account.roles.iter().chain([at]).collect(),
        Proposed::Password | Proposed::Unlock | Proposed::Factor => account.roles.iter().collect(),
    };
    asked.iter().all(|at| {
        let permit: std::result::Result<Permit, _> =
            policy::permit(&actor, Act::ManageAccounts, &at.unit);
        permit.is_ok()
    })
}

/// The unit under which the trail lists it.
fn place<'a>(request: &'a AccountRequest, account: &'a Account) -> Option<&'a UnitPlace> {
    match &request.proposed {
        Proposed::Role(at) => Some(&at.unit),
        Proposed::Password | Proposed::Unlock | Proposed::Factor => {
            account.roles.first().map(|at| &at.unit)
        }
    }
}

fn detail(request: &AccountRequest) -> serde_json::Value {
    json!({
        "request": request.id,
        "proposed": request.proposed.key(),
        "role": request.role().map(jianjia_domain::core::policy::Role::key),
        "proposed_by": request.by_name,
    })
}

fn gone() -> Error {
    refused(AccountRefusal::RequestGone)
}
