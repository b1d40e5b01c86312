//! Access tokens: made by an account's owner for a program, shown once, revoked by the owner or an administrator. A program reads with it what its
//! owner sees; every act refuses it (`App::permit`).

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        day,
        ids::{AccessTokenId, AccountId},
        place::UnitPlace,
        policy::Actor,
        refusal::Refusal,
    },
    office::{
        account::Account,
        token::{self, AccessToken, TokenRefusal},
    },
};
pub use jianjia_store::office::token::Line;
use jianjia_store::{
    core::{db::Tx, file::content_hash, scope::Scope},
    office::token as tokens,
};
use jiff::SignedDuration;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    office::{
        account::{may_administer, ruled, seen, within},
        password as passwords, session as sessions,
    },
};

refuses!(TokenRefusal);

/// The most tokens shown at once.
const SHOWN: i64 = 50;

/// The form for a new token.
#[derive(Clone, Debug, Default)]
pub struct TokenInput {
    pub name: String,
    /// The keys of what may be read with it.
    pub scopes: Vec<String>,
    /// The days for which it holds.
    pub days: String,
    /// The owner's password: nobody makes a token at a session that was left open.
    pub password: String,
}

/// Makes a token; gives the token itself, which is kept as a hash.
///
/// # Errors
/// `ProofAsked`; `TooMany`; by field: `name`: `NameMissing`; `scopes`: `ScopeMissing`; `days`: `LifetimeMissing`; `password`: `WrongPassword`, `Slowed`.
pub async fn make(app: &App, actor: &Actor, input: &TokenInput) -> Result<String> {
    app.proved(actor)?;
    let mut wrong = Vec::new();
    let mut at = |field: &str, refusal: TokenRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    let name = token::name(&input.name).map_err(|refusal| at("name", refusal));
    let days = token::lifetime(&input.days).map_err(|refusal| at("days", refusal));
    let scopes = token::scopes(&input.scopes).map_err(|refusal| at("scopes", refusal));
    let (Ok(name), Ok(days), Ok(scopes)) = (name, days, scopes) else {
        return Err(Error::Refused(Refusal::Fields(wrong)));
    };
    passwords::verify(app, actor, "password", &input.password).await?;
    let now = app.now();
    let secret = format!("{}{}", token::PREFIX, sessions::random_token(app));
    let made = AccessToken {
        id: AccessTokenId(app.entropy.id(now)),
        account: actor.account,
        name,
        scopes,
        created_at: now,
        expires_at: now + SignedDuration::from_hours(24 * days),
        used_on: None,
        revocation: None,
    };
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    let before = tokens::of_account(&mut tx, &actor.account, SHOWN).await?;
    if before.iter().filter(|token| token.is_live(now)).count() >= token::AT_MOST {
        return Err(TokenRefusal::TooMany.into());
    }
    tokens::insert(&mut tx, &made, &content_hash(secret.as_bytes())).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::MakeToken,
        Object::Account(actor.account),
        actor.main_unit(),
        json!({ "token": made.id, "name": made.name, "scope": token::written(&made.scopes), "expires_at": made.expires_at }),
    )
    .await?;
    tx.commit().await?;
    Ok(secret)
}

/// The actor's tokens, newest first.
pub async fn own(app: &App, actor: &Actor) -> Result<Vec<AccessToken>> {
    let mut tx = app.db.read().await?;
    Ok(tokens::of_account(&mut tx, &actor.account, SHOWN).await?)
}

/// The tokens of an account that hold, for its administrators.
///
/// # Errors
/// Not found when the actor doesn't administer it.
pub async fn live_of(app: &App, actor: &Actor, id: &AccountId) -> Result<Vec<AccessToken>> {
    let mut tx = app.db.read().await?;
    seen(&mut tx, actor, id).await?;
    let mut found = tokens::of_account(&mut tx, id, SHOWN).await?;
    found.retain(|token| token.is_live(app.now()));
    Ok(found)
}

/// Revokes one of the actor's tokens.
///
/// # Errors
/// Not found when it is none of theirs, or revoked.
pub async fn revoke(app: &App, actor: &Actor, id: &AccessTokenId) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    let unit = actor.main_unit().cloned();
    revoked(app, &mut tx, actor, (&actor.account, id), unit.as_ref()).await?;
    Ok(tx.commit().await?)
}

/// Revokes a token of an account that the actor administers.
///
/// # Errors
/// Not found when the actor doesn't administer it, or it has no such token; as `account::lock`.
pub async fn revoke_of(
    app: &App,
    actor: &Actor,
    account: &AccountId,
    id: &AccessTokenId,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let Account { roles, .. } = ruled(app, &mut tx, actor, account).await?;
    let unit = roles.first().map(|at| &at.unit);
    revoked(app, &mut tx, actor, (account, id), unit).await?;
    Ok(tx.commit().await?)
}

async fn revoked(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (account, id): (&AccountId, &AccessTokenId),
    unit: Option<&UnitPlace>,
) -> Result<()> {
    if !tokens::revoke(tx, account, id, &actor.name, app.now()).await? {
        return Err(Error::NotFound);
    }
    let object = Object::Account(*account);
    app.trail(
        tx,
        actor,
        Deed::RevokeToken,
        object,
        unit,
        json!({ "token": id }),
    )
    .await
}

/// Lines a page of `below`.
pub const PAGE: i64 = 50;

/// A page of the tokens that hold, of all accounts that the actor administers, the newest first; and their total number.
///
/// # Errors
/// `NotYourRole` to those who are no administrators.
pub async fn below(app: &App, actor: &Actor, page: i64) -> Result<(Vec<Line>, i64)> {
    let offset = (page.max(1) - 1).saturating_mul(PAGE);
    export(app, actor, (PAGE, offset)).await
}

/// A portion (limit, offset) of the same list.
///
/// # Errors
/// As `below`.
pub async fn export(app: &App, actor: &Actor, portion: (i64, i64)) -> Result<(Vec<Line>, i64)> {
    may_administer(actor)?;
    let within = within(actor);
    let mut tx = app.db.read().await?;
    Ok(tokens::live_within(&mut tx, &within, app.now(), portion).await?)
}

/// Whoever a token stands for, and what may be read with it; none when it holds no longer, was never made, or its account is locked.
pub async fn actor(app: &App, secret: &str) -> Result<Option<(Actor, Vec<token::Scope>)>> {
    if !secret.starts_with(token::PREFIX) {
        return Ok(None);
    }
    let now = app.now();
    let mut tx = app.db.read().await?;
    let found = tokens::actor(&mut tx, &content_hash(secret.as_bytes()), now).await?;
    tx.commit().await?;
    let Some(held) = found else {
        return Ok(None);
    };
    let today = day::day_of(now);
    if held.used_on != Some(today) {
        // Reading must work even if nothing can be written.
        if let Err(error) = used(app, &held.actor.account, &held.id).await {
            tracing::warn!(error = format!("{error:#}"), "a token's use was not noted");
        }
    }
    Ok(Some((held.actor, held.scopes)))
}

async fn used(app: &App, account: &AccountId, id: &AccessTokenId) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(*account)).await?;
    tokens::used(&mut tx, id, day::day_of(app.now())).await?;
    Ok(tx.commit().await?)
}
