//! Signing in and out. The cookie's random id is kept only as its hash; guesses are slowed down in the database.

use std::sync::LazyLock;

use anyhow::Context;
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use jianjia_domain::{
    account::{self, AccountRefusal, AccountState, Guessed},
    ids::AccountId,
    policy::Actor,
};
use jianjia_store::{account as accounts, files::content_hash, scope::Scope, session};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use crate::{
    app::App,
    error::{Error, Result},
};

/// Somebody signed in: who, and whether the password must be changed before anything else.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub actor: Actor,
    pub must_change: bool,
}

/// A session's time is moved on at most this often, so that reading pages writes nothing.
const PROLONG_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// Hashing takes 31 ms and 19 MB each: at most this many at once, the others wait in order.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Checked in place of an unknown login's hash, so that both answers take equally long.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    Argon2::default()
        .hash_password_with_salt(b"nobody signs in with this", b"jianjia nobody")
        .map_or_else(|_| String::new(), |hash: PasswordHash| hash.to_string())
});

/// Signs in and gives the token for the cookie. `network` is where the try came from.
///
/// # Errors
/// Refused when the login or password is wrong, too many guesses came before, or the account is locked.
pub async fn sign_in(app: &App, login: &str, password: &str, network: &str) -> Result<String> {
    let now = app.now();
    let login = login.trim().to_lowercase();
    let targets = [
        (Guessed::Login, format!("login:{login}")),
        (Guessed::Network, format!("from:{network}")),
    ];
    let mut tx = app.db.read().await?;
    for (guessed, target) in &targets {
        if let Some((failures, last_at)) = session::failures(&mut tx, target).await?
            && let Some(minutes) = account::minutes_to_wait(*guessed, failures, last_at, now)
        {
            return Err(refused(AccountRefusal::Slowed { minutes }));
        }
    }
    let found = accounts::credentials_of_login(&mut tx, &login).await?;
    tx.commit().await?;

    let hash = found
        .as_ref()
        .map_or_else(|| NOBODY.clone(), |found| found.password_hash.clone());
    let fits = fits(password.to_owned(), hash).await?;
    let Some(found) = found.filter(|_| fits) else {
        let mut tx = app.db.write(Scope::Guesses(targets[0].1.clone())).await?;
        for (_, target) in &targets {
            session::count_failure(&mut tx, target, now - account::FAILURES_KEPT, now).await?;
        }
        tx.commit().await?;
        tracing::info!(network, "a sign-in failed");
        return Err(refused(AccountRefusal::WrongLogin));
    };
    // Told only to somebody who knows the password.
    if found.state == AccountState::Locked {
        return Err(refused(AccountRefusal::Locked));
    }
    let token = random_token(app);
    let mut tx = app
        .db
        .write([
            Scope::Guesses(targets[0].1.clone()),
            Scope::Account(found.id),
        ])
        .await?;
    // It may have been locked, or given another password, while the one typed was looked at.
    let now_kept = accounts::credentials_of(&mut tx, &found.id).await?;
    match now_kept {
        Some(kept) if kept == found => {}
        Some(kept) if kept.state == AccountState::Locked => {
            return Err(refused(AccountRefusal::Locked));
        }
        _ => return Err(refused(AccountRefusal::WrongLogin)),
    }
    session::remove_ended(&mut tx, now).await?;
    session::insert(
        &mut tx,
        &content_hash(token.as_bytes()),
        &found.id,
        now,
        end(now),
    )
    .await?;
    session::forget_failures(&mut tx, &targets[0].1).await?;
    tx.commit().await?;
    Ok(token)
}

/// Who a cookie's token signs in, if anybody.
pub async fn find(app: &App, token: &str) -> Result<Option<Session>> {
    let now = app.now();
    let id_hash = content_hash(token.as_bytes());
    let mut tx = app.db.read().await?;
    let found = session::find(&mut tx, &id_hash, now).await?;
    tx.commit().await?;
    let Some(found) = found else {
        return Ok(None);
    };
    if now.duration_since(found.seen_at) > PROLONG_AFTER {
        let mut tx = app.db.write(Scope::Session(id_hash.clone())).await?;
        session::prolong(&mut tx, &id_hash, now, end(now)).await?;
        tx.commit().await?;
    }
    Ok(Some(Session {
        actor: found.actor,
        must_change: found.must_change,
    }))
}

pub async fn sign_out(app: &App, token: &str) -> Result<()> {
    let id_hash = content_hash(token.as_bytes());
    let mut tx = app.db.write(Scope::Session(id_hash.clone())).await?;
    session::remove(&mut tx, &id_hash).await?;
    Ok(tx.commit().await?)
}

/// Signs an account in without a password: for tests and for the program's own crawl of its pages.
pub async fn open_for(app: &App, account: &AccountId) -> Result<String> {
    let now = app.now();
    let token = random_token(app);
    let mut tx = app.db.write(Scope::Account(*account)).await?;
    session::insert(
        &mut tx,
        &content_hash(token.as_bytes()),
        account,
        now,
        end(now),
    )
    .await?;
    tx.commit().await?;
    Ok(token)
}

/// 256 random bits, hexadecimal.
pub fn random_token(app: &App) -> String {
    let mut bytes = [0; 32];
    app.entropy.fill(&mut bytes);
    hex::encode(bytes)
}

/// The hash of a password as it is kept (Argon2id, PHC string).
///
/// # Errors
/// When the machine can't give the memory.
pub async fn hash(app: &App, password: &str) -> Result<String> {
    let mut salt = [0; 16];
    app.entropy.fill(&mut salt);
    let password = password.to_owned();
    let _turn = HASHING.acquire().await.context("hashing has ended")?;
    let hash = tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash: PasswordHash| hash.to_string())
    })
    .await
    .context("the hashing task")?
    .map_err(|error| anyhow::anyhow!("the password could not be hashed: {error}"))?;
    Ok(hash)
}

/// Whether a password fits a kept hash.
///
/// # Errors
/// When the hashing task fails.
pub async fn fits(password: String, hash: String) -> Result<bool> {
    let _turn = HASHING.acquire().await.context("hashing has ended")?;
    let fits = tokio::task::spawn_blocking(move || {
        Argon2::default()
            .verify_password(password.as_bytes(), hash.as_str())
            .is_ok()
    })
    .await
    .context("the hashing task")?;
    Ok(fits)
}

fn end(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_hours(account::IDLE_HOURS)
}

fn refused(refusal: AccountRefusal) -> Error {
    Error::Refused(refusal.into())
}
