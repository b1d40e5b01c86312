//! Accounts: an administrator makes, locks and resets those within the own units; everybody changes the own password.

use jianjia_domain::{
    account::{self, Account, AccountRefusal, AccountState},
    ids::{AccountId, UnitId},
    policy::{Act, Actor, Role, RoleAt},
    refusal::Refusal,
    unit::{UnitPlace, is_within},
};
use jianjia_store::{
    account as accounts, db::Tx, files::content_hash, scope::Scope, session, unit,
};
use serde_json::json;

use crate::{
    app::App,
    error::{Error, Result},
    sessions,
};

/// Accounts a page.
pub const PAGE: i64 = 50;

/// What an administrator types to make an account.
#[derive(Clone, Debug, Default)]
pub struct AccountInput {
    pub login: String,
    pub name: String,
    /// The unit's name, number, credit code or id.
    pub unit: String,
    /// The role's key.
    pub role: String,
}

/// The accounts the actor administers, a page of them, and how many there are.
pub async fn list(app: &App, actor: &Actor, text: &str, page: i64) -> Result<(Vec<Account>, i64)> {
    let paths = administered(actor);
    if paths.is_empty() {
        return Err(not_an_administrator());
    }
    let mut tx = app.db.read().await?;
    let offset = (page.max(1) - 1).saturating_mul(PAGE);
    Ok(accounts::list(&mut tx, &paths, text, offset, PAGE).await?)
}

/// Whether the actor administers accounts at all.
///
/// # Errors
/// When no role of the actor is an administrator's.
pub fn may_administer(actor: &Actor) -> Result<()> {
    if administered(actor).is_empty() {
        Err(not_an_administrator())
    } else {
        Ok(())
    }
}

/// One account the actor administers, or the actor's own.
pub async fn find(app: &App, actor: &Actor, id: &AccountId) -> Result<Account> {
    let mut tx = app.db.read().await?;
    if *id == actor.account {
        return accounts::find(&mut tx, id).await?.ok_or(Error::NotFound);
    }
    seen(&mut tx, actor, id).await
}

/// The demo's accounts, as they are in the database; none elsewhere.
pub async fn of_the_demo(app: &App) -> Result<Vec<Account>> {
    if !app.is_demo {
        return Ok(Vec::new());
    }
    let mut tx = app.db.read().await?;
    Ok(accounts::of_prefix(&mut tx, "demo.").await?)
}

/// Makes an account with one role and gives its one-time password, which is not kept and must be changed.
pub async fn create(app: &App, actor: &Actor, input: &AccountInput) -> Result<(AccountId, String)> {
    may_administer(actor)?;
    let once = one_time_password(app);
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
    let made = Account {
        id: AccountId(app.entropy.id(now)),
        login,
        name,
        person: None,
        state: AccountState::Active,
        must_change: true,
        created_at: now,
        roles: vec![RoleAt { role, unit: place }],
    };
    accounts::insert(&mut tx, &made, &hash).await?;
    let detail = json!({ "login": made.login, "role": role.key() });
    let noun = ("account", made.id.to_string());
    app.trail(
        &mut tx,
        actor,
        "create-account",
        (noun.0, &noun.1),
        Some(&permit.unit),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok((made.id, once))
}

/// Gives a further role at a unit.
pub async fn give_role(
    app: &App,
    actor: &Actor,
    id: &AccountId,
    unit: &str,
    role: &str,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    seen(&mut tx, actor, id).await?;
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
    accounts::give_role(&mut tx, id, role, &place, app.now()).await?;
    app.trail(
        &mut tx,
        actor,
        "give-role",
        ("account", &id.to_string()),
        Some(&permit.unit),
        json!({ "role": role.key() }),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Takes a role at a unit away.
pub async fn take_role(
    app: &App,
    actor: &Actor,
    id: &AccountId,
    unit: &UnitId,
    role: Role,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    seen(&mut tx, actor, id).await?;
    let permit = app
        .permit(&mut tx, actor, Act::ManageAccounts, unit)
        .await?;
    if *id == actor.account && role == Role::Administrator {
        return Err(refused(AccountRefusal::OwnAccount));
    }
    accounts::take_role(&mut tx, id, role, unit).await?;
    app.trail(
        &mut tx,
        actor,
        "take-role",
        ("account", &id.to_string()),
        Some(&permit.unit),
        json!({ "role": role.key() }),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Closes an account to its owner and ends its sessions.
pub async fn lock(app: &App, actor: &Actor, id: &AccountId) -> Result<()> {
    if *id == actor.account {
        return Err(refused(AccountRefusal::OwnAccount));
    }
    set_state(app, actor, id, AccountState::Locked, "lock-account").await
}

/// Opens a locked account again.
pub async fn unlock(app: &App, actor: &Actor, id: &AccountId) -> Result<()> {
    set_state(app, actor, id, AccountState::Active, "unlock-account").await
}

async fn set_state(
    app: &App,
    actor: &Actor,
    id: &AccountId,
    state: AccountState,
    act: &str,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Accounts).await?;
    let account = ruled(app, &mut tx, actor, id).await?;
    accounts::set_state(&mut tx, id, state, app.now()).await?;
    if state == AccountState::Locked {
        session::remove_others(&mut tx, id, "").await?;
    }
    let unit = account.roles.first().map(|at| &at.unit);
    app.trail(
        &mut tx,
        actor,
        act,
        ("account", &id.to_string()),
        unit,
        json!({}),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Gives an account a new one-time password, ends its sessions and forgets its wrong guesses.
pub async fn reset_password(app: &App, actor: &Actor, id: &AccountId) -> Result<String> {
    let once = one_time_password(app);
    let hash = sessions::hash(app, &once).await?;
    let mut tx = app.db.write(Scope::Accounts).await?;
    let account = ruled(app, &mut tx, actor, id).await?;
    accounts::set_password(&mut tx, id, &hash, true, app.now()).await?;
    session::remove_others(&mut tx, id, "").await?;
    session::forget_failures(&mut tx, &format!("login:{}", account.login)).await?;
    let unit = account.roles.first().map(|at| &at.unit);
    app.trail(
        &mut tx,
        actor,
        "reset-password",
        ("account", &id.to_string()),
        unit,
        json!({}),
    )
    .await?;
    tx.commit().await?;
    Ok(once)
}

/// Changes the own password; every other session of the account ends. `token` is the session's that stays.
pub async fn change_password(
    app: &App,
    actor: &Actor,
    token: &str,
    current: &str,
    chosen: &str,
    again: &str,
) -> Result<()> {
    let mut tx = app.db.read().await?;
    let kept = accounts::credentials_of(&mut tx, &actor.account)
        .await?
        .ok_or(Error::NotFound)?;
    tx.commit().await?;
    let wrong = |field: &str, refusal: AccountRefusal| {
        Err(Error::Refused(Refusal::Fields(vec![(
            field.to_owned(),
            refusal.into(),
        )])))
    };
    if !sessions::fits(current.to_owned(), kept.password_hash.clone()).await? {
        return wrong("current", AccountRefusal::WrongPassword);
    }
    if let Err(refusal) = account::password(&kept.login, chosen) {
        return wrong("chosen", refusal);
    }
    if chosen == current {
        return wrong("chosen", AccountRefusal::PasswordUnchanged);
    }
    if chosen != again {
        return wrong("again", AccountRefusal::PasswordsDiffer);
    }
    let hash = sessions::hash(app, chosen).await?;
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    // An administrator may have given another one, or locked the account, while this one was looked at.
    let was = &kept.password_hash;
    if !accounts::replace_password(&mut tx, &actor.account, was, &hash, app.now()).await? {
        return wrong("current", AccountRefusal::WrongPassword);
    }
    session::remove_others(&mut tx, &actor.account, &content_hash(token.as_bytes())).await?;
    app.trail(
        &mut tx,
        actor,
        "change-password",
        ("account", &actor.account.to_string()),
        actor.main_unit(),
        json!({}),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// An account with a role within the administrator's units; anything else is not found.
async fn seen(tx: &mut Tx, actor: &Actor, id: &AccountId) -> Result<Account> {
    let paths = administered(actor);
    let account = accounts::find(tx, id).await?.ok_or(Error::NotFound)?;
    let is_seen = account
        .roles
        .iter()
        .any(|at| paths.iter().any(|path| is_within(&at.unit.path, path)));
    if is_seen {
        Ok(account)
    } else {
        Err(Error::NotFound)
    }
}

/// An account all of whose roles are within the administrator's units: resetting its password must not open more.
async fn ruled(app: &App, tx: &mut Tx, actor: &Actor, id: &AccountId) -> Result<Account> {
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

/// The one unit within the administrator's that is meant by a name, a number, a credit code or an id.
async fn administered_unit(
    tx: &mut Tx,
    actor: &Actor,
    typed: &str,
) -> Result<std::result::Result<UnitPlace, AccountRefusal>> {
    let typed = typed.trim();
    let mut meant: Vec<UnitPlace> = Vec::new();
    for path in administered(actor) {
        let found = match typed.parse::<UnitId>() {
            Ok(id) => unit::place(tx, &id).await?.into_iter().collect(),
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

/// The paths whose accounts the actor administers.
fn administered(actor: &Actor) -> Vec<String> {
    actor
        .roles
        .iter()
        .filter(|at| at.role == Role::Administrator)
        .map(|at| at.unit.path.clone())
        .collect()
}

fn not_an_administrator() -> Error {
    Error::Refused(
        jianjia_domain::refusal::General::NotYourRole {
            act: Act::ManageAccounts,
            roles: vec![Role::Administrator],
        }
        .into(),
    )
}

/// Sixteen characters that can be read out on the telephone (80 random bits).
pub(crate) fn one_time_password(app: &App) -> String {
    const LETTERS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
    let mut bytes = [0; 16];
    app.entropy.fill(&mut bytes);
    let mut password = String::with_capacity(19);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            password.push('-');
        }
        password.push(char::from(LETTERS[usize::from(byte & 31)]));
    }
    password
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

fn refused(refusal: AccountRefusal) -> Error {
    Error::Refused(refusal.into())
}
