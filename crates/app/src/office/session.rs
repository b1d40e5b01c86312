//! Signing in and out. The cookies' random ids are kept only as their hashes; guesses are slowed down in the database.

use jianjia_domain::{
    core::{
        guess::{self, Guessed},
        ids::AccountId,
        policy::Actor,
    },
    office::account::{self, AccountRefusal, AccountState},
};
use jianjia_store::{
    core::{db::Tx, file::content_hash, scope::Scope},
    office::{account as accounts, browser as known_browser, session},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    office::{
        hashing::{self, Priority},
        sign_in as sign_in_tries,
    },
};

/// Somebody signed in: who, and whether the password must be changed before anything else.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub actor: Actor,
    pub must_change: bool,
    /// Others did something to the account that its owner has not read yet.
    pub has_notices: bool,
}

/// A session's time is moved on at most this often, so that reading pages writes nothing.
const PROLONG_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// How far the clocks of two nodes may be apart.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

/// The browser that somebody signs in with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// Where it is.
    pub network: String,
    /// Its cookie of accounts that signed in there before: their tokens, one after the other with dots between.
    pub known: String,
    /// The token of the session that it has.
    pub session: Option<String>,
}

/// A session that has begun: what the browser's cookies hold from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    pub token: String,
    pub known: String,
    /// Others did something to the account that its owner has not read yet.
    pub has_notices: bool,
}

/// Accounts that one browser is known for: an office shares one.
const KNOWN_ACCOUNTS: usize = 4;

impl Browser {
    fn tokens(&self) -> impl Iterator<Item = &str> {
        self.known
            .split('.')
            .filter(|token| token.len() == 64)
            .take(KNOWN_ACCOUNTS)
    }

    /// The token under which it is known for an account.
    async fn known_for(
        &self,
        tx: &mut Tx,
        account: &AccountId,
        now: Timestamp,
    ) -> Result<Option<&str>> {
        for token in self.tokens() {
            let hash = content_hash(token.as_bytes());
            if known_browser::is_known(tx, &hash, account, now).await? {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }
}

/// Signs in; the session before in the same browser ends.
///
/// # Errors
/// Refused when the login or password is wrong, too many guesses came before, or the account is locked.
pub async fn sign_in(app: &App, login: &str, password: &str, browser: &Browser) -> Result<Begun> {
    let now = app.now();
    let login = login.trim().to_lowercase();
    let by_login = sign_in_tries::target(app, Guessed::Login, &login);
    let scope = by_login.scope();
    let mut tx = app.db.read().await?;
    let found = accounts::credentials_of_login(&mut tx, &login).await?;
    let known = match &found {
        Some(found) => browser.known_for(&mut tx, &found.id, now).await?,
        None => None,
    };
    let targets = match known {
        Some(token) => vec![sign_in_tries::target(app, Guessed::KnownBrowser, token)],
        None => vec![
            by_login,
            sign_in_tries::target(app, Guessed::Network, &browser.network),
        ],
    };
    sign_in_tries::check(&mut tx, &targets, now).await?;
    tx.commit().await?;

    // Whoever finds no place to have a password looked into has not guessed.
    let place = hashing::place(match known {
        Some(_) => Priority::Known,
        None => Priority::Unknown,
    })?;
    let mut tx = app.db.write(scope.clone()).await?;
    let minutes = sign_in_tries::count(&mut tx, &targets, now).await?;
    if let (Some(token), [target]) = (known, targets.as_slice())
        && sign_in_tries::failed(&mut tx, target).await? >= guess::KNOWN_AT_MOST
    {
        known_browser::remove(&mut tx, &content_hash(token.as_bytes())).await?;
    }
    tx.commit().await?;
    sign_in_tries::slowed(minutes)?;

    let hash = found.as_ref().map_or_else(
        || hashing::NOBODY.clone(),
        |found| found.password_hash.clone(),
    );
    let fits = hashing::fits(place, password.to_owned(), hash).await?;
    let Some(found) = found.filter(|_| fits) else {
        tracing::info!(network = browser.network, "a sign-in failed");
        return Err(refused(AccountRefusal::WrongLogin));
    };
    // In the scope of those who reset and lock, which end sessions: none begins beside that with what was so before.
    let mut tx = app.db.write([scope, Scope::Account(found.id)]).await?;
    sign_in_tries::take_back(&mut tx, &targets).await?;
    let still = accounts::credentials_of(&mut tx, &found.id).await?;
    let Some(still) = still.filter(|still| still.password_hash == found.password_hash) else {
        return Err(refused(AccountRefusal::WrongLogin));
    };
    // Told only to somebody who knows the password.
    if still.state == AccountState::Locked {
        tx.commit().await?;
        return Err(refused(AccountRefusal::Locked));
    }
    let begun = begin(app, &mut tx, &found.id, browser, known).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Begins a session of an account in a browser that has proved to be its owner's: what was there before ends.
pub(crate) async fn begin(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    browser: &Browser,
    known: Option<&str>,
) -> Result<Begun> {
    let now = app.now();
    session::remove_ended(tx, now).await?;
    if let Some(before) = &browser.session {
        session::remove(tx, &content_hash(before.as_bytes())).await?;
    }
    let token = random_token(app);
    let hash = content_hash(token.as_bytes());
    session::insert(tx, &hash, account, now, end(now, now)).await?;
    if let Some(token) = known {
        known_browser::remove(tx, &content_hash(token.as_bytes())).await?;
    }
    let fresh = random_token(app);
    let until = now + SignedDuration::from_hours(24 * account::KNOWN_DAYS);
    known_browser::insert(tx, &content_hash(fresh.as_bytes()), account, until, now).await?;
    let mut tokens = vec![fresh.as_str()];
    tokens.extend(browser.tokens().filter(|token| Some(*token) != known));
    tokens.truncate(KNOWN_ACCOUNTS);
    let known = tokens.join(".");
    let begun = session::find(tx, &hash, now).await?;
    Ok(Begun {
        token,
        known,
        has_notices: begun.is_some_and(|session| session.has_notices),
    })
}

/// Who a cookie's token signs in, if anybody.
pub async fn find(app: &App, token: &str) -> Result<Option<Session>> {
    let now = app.now();
    let id_hash = content_hash(token.as_bytes());
    let mut tx = app.db.read().await?;
    let found = session::find(&mut tx, &id_hash, now).await?;
    tx.commit().await?;
    // One that began in a time to come was begun by a clock that ran ahead: it would not end in time.
    let Some(found) = found.filter(|found| {
        let age = now.duration_since(found.created_at);
        age < whole() && age > -CLOCKS_APART
    }) else {
        return Ok(None);
    };
    if now.duration_since(found.seen_at) > PROLONG_AFTER {
        // Reading goes on where nothing can be kept: the session then ends sooner.
        if let Err(error) = prolong(app, &id_hash, now, found.created_at).await {
            tracing::warn!(error = format!("{error:#}"), "a session was not prolonged");
        }
    }
    Ok(Some(Session {
        actor: found.actor,
        must_change: found.must_change,
        has_notices: found.has_notices,
    }))
}

async fn prolong(app: &App, id_hash: &str, now: Timestamp, begun_at: Timestamp) -> Result<()> {
    let mut tx = app.db.write(Scope::Session(id_hash.to_owned())).await?;
    session::prolong(&mut tx, id_hash, now, end(now, begun_at)).await?;
    Ok(tx.commit().await?)
}

pub async fn sign_out(app: &App, token: &str) -> Result<()> {
    let id_hash = content_hash(token.as_bytes());
    let mut tx = app.db.write(Scope::Session(id_hash.clone())).await?;
    session::remove(&mut tx, &id_hash).await?;
    Ok(tx.commit().await?)
}

/// Signs an account in without a password: for tests and for the program's own crawl of its pages.
pub async fn open_for(app: &App, account: &AccountId) -> Result<String> {
    let mut tx = app.db.write(Scope::Account(*account)).await?;
    let begun = begin(app, &mut tx, account, &Browser::default(), None).await?;
    tx.commit().await?;
    Ok(begun.token)
}

/// 256 random bits, hexadecimal.
pub fn random_token(app: &App) -> String {
    let mut bytes = [0; 32];
    app.entropy.fill(&mut bytes);
    hex::encode(bytes)
}

/// The hash of a password as it is kept.
///
/// # Errors
/// Refused when too many wait for theirs.
pub async fn hash(app: &App, password: &str) -> Result<String> {
    hashing::hash(app, hashing::place(Priority::Known)?, password).await
}

/// Whether a password of somebody signed in fits a kept hash.
///
/// # Errors
/// Refused when too many wait.
pub async fn fits(password: String, hash: String) -> Result<bool> {
    hashing::fits(hashing::place(Priority::Known)?, password, hash).await
}

/// When a session ends that began at `begun_at` and is used now.
fn end(now: Timestamp, begun_at: Timestamp) -> Timestamp {
    let idle = now + SignedDuration::from_hours(account::IDLE_HOURS);
    idle.min(begun_at + whole())
}

fn whole() -> SignedDuration {
    SignedDuration::from_hours(account::WHOLE_HOURS)
}

fn refused(refusal: AccountRefusal) -> Error {
    Error::Refused(refusal.into())
}
