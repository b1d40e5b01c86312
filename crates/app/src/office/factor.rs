//! The second factor: turned on by its owner with a code, given at each sign-in and before what matters most, turned off by its owner or, when
//! the telephone is lost, by administrators. Recovery codes stand in for it. Passkeys, its other kind, are a file of their own.

pub(crate) mod seed;
pub mod totp;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        guess::Guessed,
        ids::AccountId,
        policy::{self, Actor, RoleAt},
        refusal::Refusal,
    },
    office::{
        factor::{self, FactorRefusal, Typed},
        passkey::Passkey,
        request::{self as account_request, Proposed},
    },
};
use jianjia_store::{
    core::{db::Tx, file::content_hash, scope::Scope},
    office::{account as accounts, factor as factors, passkey as passkeys, session},
};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        guess as guesses,
    },
    office::{
        account::{Outcome, refused, ruled},
        factor::seed::Seed,
        notice as account_notices, password as passwords, request as account_requests,
    },
};

refuses!(FactorRefusal);

/// Whether the settings ask for a second factor from somebody with these roles.
pub fn is_asked(app: &App, roles: &[RoleAt]) -> bool {
    roles.iter().any(|at| app.second_factor.contains(&at.role))
}

/// A seed that is offered to an account, not kept yet: the form carries it, encrypted.
#[derive(Clone, Debug)]
pub struct Offer {
    /// As the telephone takes it.
    pub secret: String,
    /// As the form carries it.
    pub sealed: String,
}

/// Offers a new seed; or the one that a form carries, so that somebody who mistyped a code need not scan again.
///
/// # Errors
/// When it can't be encrypted.
pub fn offer(app: &App, actor: &Actor, carried: &str) -> Result<Offer> {
    if let Some(seed) = seed::opened(app, &actor.account, carried) {
        return Ok(Offer {
            secret: totp::base32(&seed),
            sealed: carried.to_owned(),
        });
    }
    let seed = seed::random(app);
    Ok(Offer {
        secret: totp::base32(&seed),
        sealed: seed::sealed(app, &actor.account, &seed)?,
    })
}

/// An account's second factor as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Since when a telephone shows codes; none where there are passkeys alone.
    pub telephone_since: Option<Timestamp>,
    pub passkeys: Vec<Passkey>,
    pub recovery_codes: i64,
    /// The settings ask for it, so it can't be turned off.
    pub is_asked: bool,
}

/// The actor's second factor; none when it is not turned on.
pub async fn standing(app: &App, actor: &Actor) -> Result<Option<Standing>> {
    let mut tx = app.db.read().await?;
    let telephone = factors::find(&mut tx, &actor.account).await?;
    let passkeys = passkeys::of_account(&mut tx, &actor.account).await?;
    if telephone.is_none() && passkeys.is_empty() {
        return Ok(None);
    }
    Ok(Some(Standing {
        telephone_since: telephone.map(|found| found.since_at),
        passkeys: passkeys.into_iter().map(|kept| kept.passkey).collect(),
        recovery_codes: factors::recovery_codes_left(&mut tx, &actor.account).await?,
        is_asked: is_asked(app, &actor.roles),
    }))
}

/// Whether an account has one; for administrators.
pub async fn is_on(app: &App, account: &AccountId) -> Result<bool> {
    let mut tx = app.db.read().await?;
    Ok(factors::ways(&mut tx, account).await?.any())
}

/// Makes sure that it is the owner who adds a way: by the second factor that there is, given anew, or else by the password. Whoever finds a session
/// left open must not shut its owner out of what asks for a code.
pub(crate) async fn by_owner(
    app: &App,
    actor: &Actor,
    session: &str,
    field: &str,
    password: &str,
) -> Result<()> {
    if is_on(app, &actor.account).await? {
        return app.proved(actor);
    }
    passwords::verify_in(app, actor, session, field, password).await
}

/// Whether this is the account's first way, in the act's own transaction; where there is one meanwhile, it was given anew.
///
/// # Errors
/// `ProofAsked`.
pub(crate) async fn is_first(app: &App, tx: &mut Tx, actor: &Actor) -> Result<bool> {
    let is_on = factors::ways(tx, &actor.account).await?.any();
    if is_on {
        app.proved(actor)?;
    }
    Ok(!is_on)
}

/// Turns codes of a telephone on, with a code of the seed that was offered; gives the recovery codes, which are kept as hashes, where it is the
/// account's first way. The account's other sessions ask for a code from then on.
///
/// # Errors
/// `HasOne`; `ProofAsked` where there are passkeys; by field `code`: `OfferGone`, `CodeMalformed`, `WrongCode`, `Slowed`; `password`: as
/// `passwords::verify_in`.
pub async fn begin(
    app: &App,
    actor: &Actor,
    session: &str,
    sealed: &str,
    typed: &str,
    password: &str,
) -> Result<Option<Vec<String>>> {
    let Some(seed) = seed::opened(app, &actor.account, sealed) else {
        return Err(at_code(FactorRefusal::OfferGone));
    };
    factor::read(typed).map_err(at_code)?;
    by_owner(app, actor, session, "password", password).await?;
    let now = app.now();
    let mut tx = app.db.write(scopes(app, &actor.account)).await?;
    if factors::find(&mut tx, &actor.account).await?.is_some() {
        return Err(FactorRefusal::HasOne.into());
    }
    let is_first = is_first(app, &mut tx, actor).await?;
    counted(app, &mut tx, &actor.account).await?;
    let is_right = match factor::read(typed).map_err(at_code)? {
        Typed::Code(code) => take(app, &mut tx, &actor.account, &seed, &code).await?,
        Typed::Recovery(_) => false,
    };
    if !is_right {
        tx.commit().await?;
        return Err(at_code(FactorRefusal::WrongCode));
    }
    guesses::take_back(&mut tx, &[target(app, &actor.account)]).await?;
    factors::insert(&mut tx, &actor.account, sealed, now).await?;
    let codes = if is_first {
        Some(fresh_codes(app, &mut tx, &actor.account).await?)
    } else {
        None
    };
    session::factor_given(&mut tx, &content_hash(session.as_bytes()), now).await?;
    trail(app, &mut tx, actor, Deed::BeginFactor, json!({})).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Gives the second factor in a session: a code of the telephone or a recovery code. It is counted as a guess before it is compared.
///
/// # Errors
/// `HasNone`; by field `code`: `CodeMalformed`, `NoTelephone`, `WrongCode`, `Slowed`.
pub async fn give(app: &App, actor: &Actor, session: &str, typed: &str) -> Result<()> {
    let now = app.now();
    let mut tx = app.db.write(scopes(app, &actor.account)).await?;
    owned(&mut tx, &actor.account).await?;
    let found = factors::find(&mut tx, &actor.account).await?;
    let read = factor::read(typed);
    if found.is_none() && !matches!(read, Ok(Typed::Recovery(_))) {
        return Err(at_code(FactorRefusal::NoTelephone));
    }
    let read = read.map_err(at_code)?;
    counted(app, &mut tx, &actor.account).await?;
    let is_right = match &read {
        Typed::Code(code) => {
            let sealed = found.as_ref().map_or("", |found| found.sealed.as_str());
            // With another instance's key, as after a restore without it, recovery codes are left.
            match seed::opened(app, &actor.account, sealed) {
                Some(seed) => take(app, &mut tx, &actor.account, &seed, code).await?,
                None => {
                    tracing::warn!(
                        "a second factor was sealed with another slip key than this instance's"
                    );
                    false
                }
            }
        }
        Typed::Recovery(code) => {
            let hash = content_hash(code.as_bytes());
            factors::use_recovery_code(&mut tx, &actor.account, &hash, now).await?
        }
    };
    if !is_right {
        tx.commit().await?;
        return Err(at_code(FactorRefusal::WrongCode));
    }
    guesses::take_back(&mut tx, &[target(app, &actor.account)]).await?;
    session::factor_given(&mut tx, &content_hash(session.as_bytes()), now).await?;
    if matches!(read, Typed::Recovery(_)) {
        let left = factors::recovery_codes_left(&mut tx, &actor.account).await?;
        let detail = json!({ "left": left });
        trail(app, &mut tx, actor, Deed::UseRecoveryCode, detail).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Gives the actor new recovery codes; those before hold no longer.
///
/// # Errors
/// `ProofAsked`; `HasNone`.
pub async fn renew_recovery_codes(app: &App, actor: &Actor) -> Result<Vec<String>> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    app.proved(actor)?;
    owned(&mut tx, &actor.account).await?;
    let codes = fresh_codes(app, &mut tx, &actor.account).await?;
    trail(app, &mut tx, actor, Deed::RenewRecoveryCodes, json!({})).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Turns the codes of the actor's telephone off; with no passkey beside them, the second factor.
///
/// # Errors
/// `Asked` when the settings ask for a second factor and there is no other; `ProofAsked`; `HasNone`, `NoTelephone`.
pub async fn end(app: &App, actor: &Actor) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    owned(&mut tx, &actor.account).await?;
    let ways = factors::ways(&mut tx, &actor.account).await?;
    if !ways.telephone {
        return Err(FactorRefusal::NoTelephone.into());
    }
    if !ways.passkeys && is_asked(app, &actor.roles) {
        return Err(FactorRefusal::Asked.into());
    }
    app.proved(actor)?;
    if ways.passkeys {
        factors::remove_telephone(&mut tx, &actor.account).await?;
    } else {
        factors::remove(&mut tx, &actor.account).await?;
    }
    let detail = json!({ "passkeys": ways.passkeys });
    trail(app, &mut tx, actor, Deed::EndFactor, detail).await?;
    Ok(tx.commit().await?)
}

/// Takes off the second factor of somebody who lost it; for an account with a role that decides this waits for a second person.
///
/// # Errors
/// As `account::lock`; `HasNone`; `RequestWaits` when somebody proposed it already.
pub async fn reset(app: &App, actor: &Actor, id: &AccountId) -> Result<Outcome> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let account = ruled(app, &mut tx, actor, id).await?;
    account_request::of_another(actor, &account).map_err(refused)?;
    owned(&mut tx, id).await?;
    let outcome = if policy::holds_guarded(&account.roles) {
        account_requests::propose(app, &mut tx, actor, &account, Proposed::Factor).await?
    } else {
        take_off(app, &mut tx, id, &actor.name).await?;
        app.trail(
            &mut tx,
            actor,
            Deed::ResetFactor,
            Object::Account(*id),
            account.roles.first().map(|at| &at.unit),
            json!({}),
        )
        .await?;
        Outcome::Done { once: None }
    };
    tx.commit().await?;
    Ok(outcome)
}

/// Takes off an account's second factor and ends its sessions.
pub(crate) async fn take_off(app: &App, tx: &mut Tx, id: &AccountId, by_name: &str) -> Result<()> {
    factors::remove(tx, id).await?;
    session::remove_others(tx, id, "").await?;
    account_notices::tell(app, tx, id, Deed::ResetFactor, None, by_name).await
}

/// Takes a code of the telephone, if it is that of a half minute about now and none of it or after it was taken before.
async fn take(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    seed: &Seed,
    code: &str,
) -> Result<bool> {
    let steps = factor::taken_steps(app.clock.of_telephones());
    let step = steps
        .into_iter()
        .find(|step| is_same(&totp::code(seed, *step), code));
    match step {
        Some(step) => Ok(factors::take_step(tx, account, step).await?),
        None => Ok(false),
    }
}

/// Compares without telling by its time how much is right.
fn is_same(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes());
    let differing = differing.fold(0, |all, (one, other)| all | (one ^ other));
    one.len() == other.len() && std::hint::black_box(differing) == 0
}

/// Counts a guess at an account's second factor.
pub(crate) async fn counted(app: &App, tx: &mut Tx, account: &AccountId) -> Result<()> {
    match guesses::count(tx, &[target(app, account)], app.now()).await? {
        Some(minutes) => Err(at_code(FactorRefusal::Slowed { minutes })),
        None => Ok(()),
    }
}

pub(crate) fn target(app: &App, account: &AccountId) -> guesses::Target {
    guesses::target(app, Guessed::Factor, &account.to_string())
}

pub(crate) fn scopes(app: &App, account: &AccountId) -> [Scope; 2] {
    [Scope::Account(*account), target(app, account).scope()]
}

pub(crate) async fn fresh_codes(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..factor::RECOVERY_CODES)
        .map(|_| passwords::one_time(app))
        .collect();
    let hashes: Vec<String> = codes
        .iter()
        .map(|code| content_hash(code.replace('-', "").as_bytes()))
        .collect();
    factors::set_recovery_codes(tx, account, &hashes).await?;
    Ok(codes)
}

async fn owned(tx: &mut Tx, account: &AccountId) -> Result<()> {
    if factors::ways(tx, account).await?.any() {
        Ok(())
    } else {
        Err(FactorRefusal::HasNone.into())
    }
}

/// The user name under which the telephone lists the codes.
///
/// # Errors
/// Not found when the account is not there.
pub async fn login_of(app: &App, actor: &Actor) -> Result<String> {
    let mut tx = app.db.read().await?;
    let found = accounts::credentials_of(&mut tx, &actor.account).await?;
    Ok(found.ok_or(Error::NotFound)?.login)
}

/// The line of what somebody did about the own second factor.
pub(crate) async fn trail(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    deed: Deed,
    detail: serde_json::Value,
) -> Result<()> {
    let object = Object::Account(actor.account);
    app.trail(tx, actor, deed, object, actor.main_unit(), detail)
        .await
}

fn at_code(refusal: FactorRefusal) -> Error {
    Error::Refused(Refusal::at("code", refusal))
}
