//! Accounts and their roles.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{AccountId, UnitId},
        place::UnitPlace,
        policy::{Role, RoleAt},
    },
    office::account::{Account, AccountState, NameSource},
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    condition::{Conditions, anywhere},
    db::Tx,
    pinyin::called,
    place,
};

pub mod seat;

/// The columns that `account_of` reads.
const COLUMNS: &str =
    "id, login, name, person_id, state, must_change, created_at, telephone, mail, name_source,
    CAST(CASE WHEN password_hash = '' THEN 0 ELSE 1 END AS BIGINT) AS has_password";

/// What a sign-in reads of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Credentials {
    pub id: AccountId,
    pub login: String,
    pub state: AccountState,
    pub password_hash: String,
}

pub async fn credentials_of_login(tx: &mut Tx, login: &str) -> Result<Option<Credentials>> {
    credentials(tx, "login", login).await
}

pub async fn credentials_of(tx: &mut Tx, id: &AccountId) -> Result<Option<Credentials>> {
    credentials(tx, "id", &id.to_string()).await
}

async fn credentials(
    tx: &mut Tx,
    column: &'static str,
    value: &str,
) -> Result<Option<Credentials>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT id, login, state, password_hash
         FROM account
         WHERE {column} = $1"
    )))
    .bind(value.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Credentials {
            id: row.try_get::<String, _>("id")?.parse()?,
            login: row.try_get("login")?,
            state: AccountState::kept(&row.try_get::<String, _>("state")?),
            password_hash: row.try_get("password_hash")?,
        })
    })
    .transpose()
}

/// The column by which accounts are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Login,
    /// As the login or as what the account is reached by.
    Telephone,
    Mail,
}

/// The open accounts that have this login, telephone number or mail address, three at most: more than one is nobody's.
pub async fn open_by(tx: &mut Tx, by: By, value: &str) -> Result<Vec<AccountId>> {
    let condition = match by {
        By::Login => "login = $1",
        By::Telephone => "(login = $1 OR telephone = $1)",
        By::Mail => "mail = $1",
    };
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT id
         FROM account
         WHERE {condition} AND state = $2
         ORDER BY id
         LIMIT 3"
    )))
    .bind(value.to_owned())
    .bind(AccountState::Active.key())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .collect()
}

pub async fn find(tx: &mut Tx, id: &AccountId) -> Result<Option<Account>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM account
         WHERE id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(mut account) = row.map(|row| account_of(&row)).transpose()? else {
        return Ok(None);
    };
    account.roles = roles_of(tx, id).await?;
    Ok(Some(account))
}

/// The roles of an account, oldest first.
pub async fn roles_of(tx: &mut Tx, id: &AccountId) -> Result<Vec<RoleAt>> {
    let rows = sqlx::query(
        "SELECT account_role.role, unit.id, unit.kind, unit.name, unit.path
         FROM account_role
         JOIN unit ON unit.id = account_role.unit_id
         WHERE account_role.account_id = $1
         ORDER BY account_role.since_at, unit.path, account_role.role",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(role_of).collect()
}

/// Whose accounts a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// Accounts with a role, or a proposed one, in one of these subtrees.
    pub paths: Vec<String>,
    /// Accounts without any role as well.
    pub roleless: bool,
}

/// A page of the accounts whose login or name contains `text`, or whose name's pinyin does, by login; and their total number.
pub async fn list(
    tx: &mut Tx,
    within: &Within,
    text: &str,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Account>, i64)> {
    if within.paths.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let mut conditions = Conditions::default();
    listed(&mut conditions, within);
    if !text.trim().is_empty() {
        let login = conditions.value(anywhere(&text.to_lowercase()));
        let called = called(&mut conditions, "account.name", "account.sort_key", text);
        conditions.and(format!(
            "(account.login LIKE {login} ESCAPE '!' OR {called})"
        ));
    }
    let count = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM account{}",
        conditions.sql()
    );
    let total = conditions
        .query(count)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    let page = format!(
        "SELECT {COLUMNS}
         FROM account{}
         ORDER BY login
         LIMIT {limit} OFFSET {offset}",
        conditions.sql()
    );
    let rows = conditions.query(page).fetch_all(&mut **tx).await?;
    let mut accounts = rows.iter().map(account_of).collect::<Result<Vec<_>>>()?;
    for account in &mut accounts {
        account.roles = roles_of(tx, &account.id).await?;
    }
    Ok((accounts, total))
}

/// Whether a list shows an account.
pub(crate) fn listed(conditions: &mut Conditions, Within { paths, roleless }: &Within) {
    let with_role = conditions.ranges("account_role.unit_path", paths);
    let proposed = conditions.ranges("account_request.unit_path", paths);
    let without_role = if *roleless {
        "OR NOT EXISTS (SELECT 1 FROM account_role WHERE account_role.account_id = account.id)"
    } else {
        ""
    };
    conditions.and(format!(
        "(account.id IN (SELECT account_role.account_id FROM account_role WHERE {with_role})
          OR account.id IN (
            SELECT account_request.account_id
            FROM account_request
            WHERE account_request.state = 'waiting' AND {proposed})
          {without_role})"
    ));
}

/// Up to 40 accounts whose login begins with `prefix`, with their roles, by login.
pub async fn of_prefix(tx: &mut Tx, prefix: &str) -> Result<Vec<Account>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM account
         WHERE login >= $1 AND login < $2
         ORDER BY login
         LIMIT 40"
    )))
    .bind(prefix.to_owned())
    .bind(format!("{prefix}~"))
    .fetch_all(&mut **tx)
    .await?;
    let mut accounts = rows.iter().map(account_of).collect::<Result<Vec<_>>>()?;
    for account in &mut accounts {
        account.roles = roles_of(tx, &account.id).await?;
    }
    Ok(accounts)
}

/// Keeps a new account; the key of its name is what it is found by in pinyin.
pub async fn insert(
    tx: &mut Tx,
    account: &Account,
    sort_key: &str,
    password_hash: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO account (id, login, name, sort_key, person_id, password_hash, must_change, state, created_at, changed_at,
           telephone, mail, name_source)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)",
    )
    .bind(account.id.to_string())
    .bind(&account.login)
    .bind(&account.name)
    .bind(sort_key.to_owned())
    .bind(account.person.map(|person| person.to_string()))
    .bind(password_hash.to_owned())
    .bind(i64::from(account.must_change))
    .bind(account.state.key())
    .bind(account.created_at.to_string())
    .bind(&account.telephone)
    .bind(&account.mail)
    .bind(account.name_source.key())
    .execute(&mut **tx)
    .await?;
    for at in &account.roles {
        give_role(tx, &account.id, at.role, &at.unit, account.created_at).await?;
    }
    Ok(())
}

pub async fn set_password(
    tx: &mut Tx,
    id: &AccountId,
    password_hash: &str,
    must_change: bool,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "UPDATE account
         SET password_hash = $2, must_change = $3, changed_at = $4
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(password_hash.to_owned())
    .bind(i64::from(must_change))
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Replaces the password that was verified (`was`); false if it was changed meanwhile or the account is locked.
pub async fn replace_password(
    tx: &mut Tx,
    id: &AccountId,
    was: &str,
    password_hash: &str,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE account
         SET password_hash = $3, must_change = 0, changed_at = $4
         WHERE id = $1 AND password_hash = $2 AND state = $5",
    )
    .bind(id.to_string())
    .bind(was.to_owned())
    .bind(password_hash.to_owned())
    .bind(now.to_string())
    .bind(AccountState::Active.key())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn set_state(
    tx: &mut Tx,
    id: &AccountId,
    state: AccountState,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "UPDATE account
         SET state = $2, changed_at = $3
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(state.key())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives a role; does nothing if the account has it already.
pub async fn give_role(
    tx: &mut Tx,
    id: &AccountId,
    role: Role,
    unit: &UnitPlace,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO account_role (account_id, unit_id, unit_path, role, since_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, unit_id, role) DO NOTHING",
    )
    .bind(id.to_string())
    .bind(unit.id.to_string())
    .bind(&unit.path)
    .bind(role.key())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn take_role(tx: &mut Tx, id: &AccountId, role: Role, unit: &UnitId) -> Result<()> {
    sqlx::query(
        "DELETE FROM account_role
         WHERE account_id = $1 AND unit_id = $2 AND role = $3",
    )
    .bind(id.to_string())
    .bind(unit.to_string())
    .bind(role.key())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn account_of(row: &AnyRow) -> Result<Account> {
    let person: Option<String> = row.try_get("person_id")?;
    Ok(Account {
        id: row.try_get::<String, _>("id")?.parse()?,
        login: row.try_get("login")?,
        name: row.try_get("name")?,
        person: person.map(|id| id.parse()).transpose()?,
        state: AccountState::kept(&row.try_get::<String, _>("state")?),
        must_change: row.try_get::<i64, _>("must_change")? != 0,
        has_password: row.try_get::<i64, _>("has_password")? != 0,
        telephone: row.try_get("telephone")?,
        mail: row.try_get("mail")?,
        name_source: NameSource::from_key(row.try_get("name_source")?).unwrap_or(NameSource::Given),
        created_at: row.try_get::<String, _>("created_at")?.parse()?,
        roles: Vec::new(),
    })
}

fn role_of(row: &AnyRow) -> Result<RoleAt> {
    let role: String = row.try_get("role")?;
    Ok(RoleAt {
        role: Role::from_key(&role).with_context(|| format!("unknown role {role}"))?,
        unit: place::place_of(row)?,
    })
}
