//! Signing in and out. Only the hashes of the cookies' random ids are stored; guessing is throttled by counters in the database.

use jianjia_domain::{
    core::{
        guess::{self, Guessed},
        ids::AccountId,
        policy::Actor,
        proof::Proof,
    },
    office::{
        account::{self, AccountRefusal, AccountState},
        device,
        factor::Ways,
        provider::{self, ProviderRefusal},
    },
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
        guess as guesses,
    },
    office::{
        factor,
        hashing::{self, Priority},
        sign_in as sign_in_tries, unusual,
    },
};

pub mod own;

/// A live session: the actor, and whether the password must be changed before anything else.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub actor: Actor,
    pub must_change: bool,
    /// Others changed the account, and its owner has not read about it yet.
    pub has_notices: bool,
    /// Messages that were not read yet.
    pub unread: i64,
    /// The kinds of second factor that the account has.
    pub ways: Ways,
    /// The second factor has not been given yet: until then nobody is signed in.
    pub awaits_code: bool,
    /// The settings ask for a second factor that the account has not: it is turned on before anything else.
    pub must_enrol: bool,
    /// It began at the identity provider.
    pub by_provider: bool,
}

/// A session is extended at most this often, so that reading pages writes nothing.
const PROLONG_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// The largest difference between the clocks of two nodes.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

/// The browser of a request to sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// Its network address.
    pub network: String,
    /// Its cookie of known accounts: one token for each, separated by dots.
    pub known: String,
    /// The token of its present session.
    pub session: Option<String>,
    /// Its program and system: `domain::office::device`.
    pub device: String,
}

/// A new session, with the browser's new cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    pub token: String,
    pub known: String,
    /// Others changed the account, and its owner has not read about it yet.
    pub has_notices: bool,
    /// A code of the second factor comes next.
    pub awaits_code: bool,
}

/// Accounts that one browser is remembered for: an office may share one.
const KNOWN_ACCOUNTS: usize = 4;

impl Browser {
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &str> {
        self.known
            .split('.')
            .filter(|token| token.len() == 64)
            .take(KNOWN_ACCOUNTS)
    }

    /// Whether the account signed in here before.
    pub(crate) async fn is_known(
        &self,
        tx: &mut Tx,
        account: &AccountId,
        now: Timestamp,
    ) -> Result<bool> {
        Ok(self.known_for(tx, account, now).await?.is_some())
    }

    /// The browser's token for an account, if it is known for it.
    pub(crate) async fn known_for(
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

/// Signs in; the browser's earlier session ends.
///
/// # Errors
/// Refused if the login or the password is wrong, after too many failed attempts, if the account is locked, or where no passwords are taken.
pub async fn sign_in(app: &App, login: &str, password: &str, browser: &Browser) -> Result<Begun> {
    if !app.takes_passwords() {
        return Err(ProviderRefusal::NoPasswords.into());
    }
    let now = app.now();
    let typed = login.trim().to_lowercase();
    let login = account::login::form(login);
    let by_login = guesses::target(app, Guessed::Login, &login);
    let scope = by_login.scope();
    let mut tx = app.db.read().await?;
    // Who was invited and has not joined has no password, and no form of one is right.
    let mut found = accounts::credentials_of_login(&mut tx, &login).await?;
    if found.is_none() && typed != login {
        // A login of digits and hyphens that was kept as it was typed, before telephone numbers were logins.
        found = accounts::credentials_of_login(&mut tx, &typed).await?;
    }
    let found = found.filter(|found| !found.password_hash.is_empty());
    let known = match &found {
        Some(found) => browser.known_for(&mut tx, &found.id, now).await?,
        None => None,
    };
    let targets = match known {
        Some(token) => vec![guesses::target(app, Guessed::KnownBrowser, token)],
        None => vec![
            by_login,
            guesses::target(app, Guessed::Network, &browser.network),
        ],
    };
    sign_in_tries::check(&mut tx, &targets, now).await?;
    tx.commit().await?;

    // A request that finds no place in the queue does not count as a guess.
    let place = hashing::place(match known {
        Some(_) => Priority::Known,
        None => Priority::Unknown,
    })?;
    let mut tx = app.db.write(scope.clone()).await?;
    let minutes = guesses::count(&mut tx, &targets, now).await?;
    if let (Some(token), [target]) = (known, targets.as_slice())
        && guesses::failed(&mut tx, target).await? >= guess::KNOWN_AT_MOST
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
    // In the scope of resetting and locking, which end sessions, so that no session begins beside them on outdated credentials.
    let mut tx = app.db.write([scope, Scope::Account(found.id)]).await?;
    guesses::take_back(&mut tx, &targets).await?;
    let still = accounts::credentials_of(&mut tx, &found.id).await?;
    let Some(still) = still.filter(|still| still.password_hash == found.password_hash) else {
        return Err(refused(AccountRefusal::WrongLogin));
    };
    // Only said to somebody who knows the password.
    if still.state == AccountState::Locked {
        tx.commit().await?;
        return Err(refused(AccountRefusal::Locked));
    }
    let begun = begin(app, &mut tx, &found.id, browser, known).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Begins a session in a browser whose user has proved to be the account's owner; the browser's earlier session ends.
pub(crate) async fn begin(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    browser: &Browser,
    known: Option<&str>,
) -> Result<Begun> {
    let now = app.now();
    if let Some(before) = &browser.session {
        session::remove(tx, &content_hash(before.as_bytes())).await?;
    }
    let token = random_token(app);
    let hash = content_hash(token.as_bytes());
    let told = unusual::tell(app, tx, account, browser, known.is_some()).await?;
    let beginning = session::Beginning {
        account,
        device: browser.device.clone(),
        network: device::coarse(&browser.network),
        notice_id: told.unwrap_or_default(),
        expires_at: end(now, now),
    };
    session::insert(tx, &hash, &beginning, now).await?;
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
        has_notices: begun.as_ref().is_some_and(|session| session.has_notices),
        awaits_code: begun.is_some_and(|session| awaits_code(session.actor.proof)),
    })
}

/// The session of a cookie's token, if there is one.
pub async fn find(app: &App, token: &str) -> Result<Option<Session>> {
    let now = app.now();
    let id_hash = content_hash(token.as_bytes());
    let mut tx = app.db.read().await?;
    let found = session::find(&mut tx, &id_hash, now).await?;
    tx.commit().await?;
    // A session dated in the future was begun by a clock that ran ahead, and would last too long.
    let Some(found) = found.filter(|found| {
        let age = now.duration_since(found.created_at);
        age < whole() && age > -CLOCKS_APART
    }) else {
        return Ok(None);
    };
    if now.duration_since(found.seen_at) > PROLONG_AFTER {
        // Reading must work even if nothing can be written; the session then ends sooner.
        if let Err(error) = prolong(app, &id_hash, now, found.created_at).await {
            tracing::warn!(error = format!("{error:#}"), "a session was not prolonged");
        }
    }
    let mut actor = found.actor;
    let must_enrol = actor.proof == Proof::Password && factor::is_asked(app, &actor.roles);
    if must_enrol {
        actor.proof = Proof::Factor { given_at: None };
    }
    Ok(Some(Session {
        awaits_code: !must_enrol && awaits_code(actor.proof),
        actor,
        ways: found.ways,
        // Somebody who comes by the provider may never have been told the one-time password.
        must_change: found.must_change && !found.by_provider,
        by_provider: found.by_provider,
        has_notices: found.has_notices,
        unread: found.unread,
        must_enrol,
    }))
}

/// Whether an account's second factor has not been given in a session.
fn awaits_code(proof: Proof) -> bool {
    proof == Proof::Factor { given_at: None }
}

async fn prolong(app: &App, id_hash: &str, now: Timestamp, begun_at: Timestamp) -> Result<()> {
    let mut tx = app.db.write(Scope::Session(id_hash.to_owned())).await?;
    session::prolong(&mut tx, id_hash, now, end(now, begun_at)).await?;
    Ok(tx.commit().await?)
}

/// Ends a session here; whether it began at the identity provider, where its owner stays signed in.
pub async fn sign_out(app: &App, token: &str) -> Result<bool> {
    let id_hash = content_hash(token.as_bytes());
    let mut tx = app.db.write(Scope::Session(id_hash.clone())).await?;
    let found = session::find(&mut tx, &id_hash, app.now()).await?;
    session::remove(&mut tx, &id_hash).await?;
    tx.commit().await?;
    Ok(found.is_some_and(|session| session.by_provider))
}

/// Whether a session began at the identity provider within the last minutes: that stands for the password where one is asked anew.
pub(crate) async fn is_fresh_from_provider(
    tx: &mut Tx,
    token: &str,
    now: Timestamp,
) -> Result<bool> {
    let found = session::find(tx, &content_hash(token.as_bytes()), now).await?;
    Ok(found.is_some_and(|session| {
        session.by_provider && now.duration_since(session.created_at).abs() < provider::FRESH
    }))
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

/// The hash of a password as stored.
///
/// # Errors
/// Refused if the hashing queue is full.
pub async fn hash(app: &App, password: &str) -> Result<String> {
    hashing::hash(app, hashing::place(Priority::Known)?, password).await
}

/// Whether the password of somebody signed in matches a stored hash.
///
/// # Errors
/// Refused if the hashing queue is full.
pub async fn fits(password: String, hash: String) -> Result<bool> {
    hashing::fits(hashing::place(Priority::Known)?, password, hash).await
}

/// The end of a session that began at `begun_at` and is used now.
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
