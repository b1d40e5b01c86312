//! Accounts by the hundred, as they stand at units: for tables, for accounts made from the register, and for what an invited owner says on joining.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{AccountId, PersonId, UnitId},
        place::subtree,
        policy::{Role, RoleAt},
    },
    office::account::{Account, AccountState, NameSource},
};
use jiff::Timestamp;
use sqlx::Row;

use crate::{
    core::{
        bulk::{self, Value},
        db::Tx,
    },
    office::account::{COLUMNS, account_of, role_of},
};

/// An account at a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    pub unit: UnitId,
    pub role: Role,
    pub account: AccountId,
    pub person: Option<PersonId>,
    pub name: String,
    pub name_source: NameSource,
    pub login: String,
    pub telephone: String,
    pub mail: String,
    pub state: AccountState,
}

/// Who has an account in the subtree of `path`, and as what.
pub async fn within(tx: &mut Tx, path: &str) -> Result<Vec<Seat>> {
    let (lower, upper) = subtree(path);
    between(tx, (&lower, &upper)).await
}

/// Who has an account at the units from a path on and before another, and as what: for exports.
pub async fn between(tx: &mut Tx, (lower, upper): (&str, &str)) -> Result<Vec<Seat>> {
    let rows = sqlx::query(
        "SELECT account_role.unit_id, account_role.role, account.id, account.person_id, account.name, account.name_source,
                account.login, account.telephone, account.mail, account.state
         FROM account_role
         JOIN account ON account.id = account_role.account_id
         WHERE account_role.unit_path >= $1 AND account_role.unit_path < $2
         ORDER BY account_role.unit_path, account.id",
    )
    .bind(lower.to_owned())
    .bind(upper.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let role: String = row.try_get("role")?;
            let person: Option<String> = row.try_get("person_id")?;
            Ok(Seat {
                unit: row.try_get::<String, _>("unit_id")?.parse()?,
                role: Role::from_key(&role).with_context(|| format!("unknown role {role}"))?,
                account: row.try_get::<String, _>("id")?.parse()?,
                person: person.map(|id| id.parse()).transpose()?,
                name: row.try_get("name")?,
                name_source: NameSource::from_key(row.try_get("name_source")?)
                    .unwrap_or(NameSource::Given),
                login: row.try_get("login")?,
                telephone: row.try_get("telephone")?,
                mail: row.try_get("mail")?,
                state: AccountState::kept(&row.try_get::<String, _>("state")?),
            })
        })
        .collect()
}

/// The accounts with these ids and their roles, in no order.
pub async fn find_many(tx: &mut Tx, ids: &[AccountId]) -> Result<Vec<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM account WHERE id IN ({{words}})");
    let rows = bulk::select(tx, &sql, &[], ids.iter().map(AccountId::to_string)).await?;
    let mut accounts = rows.iter().map(account_of).collect::<Result<Vec<_>>>()?;
    let sql = "SELECT account_role.account_id, account_role.role, unit.id, unit.kind, unit.name, unit.path
               FROM account_role
               JOIN unit ON unit.id = account_role.unit_id
               WHERE account_role.account_id IN ({words})
               ORDER BY account_role.since_at, unit.path, account_role.role";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(AccountId::to_string)).await?;
    let mut roles: HashMap<String, Vec<RoleAt>> = HashMap::new();
    for row in &rows {
        let of = roles.entry(row.try_get("account_id")?).or_default();
        of.push(role_of(row)?);
    }
    for account in &mut accounts {
        account.roles = roles.remove(&account.id.to_string()).unwrap_or_default();
    }
    Ok(accounts)
}

/// The accounts with a role at a unit, with all of their roles.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Account>> {
    let rows = sqlx::query(
        "SELECT DISTINCT account_id
         FROM account_role
         WHERE unit_id = $1",
    )
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    let ids = rows
        .iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .collect::<Result<Vec<AccountId>>>()?;
    let mut accounts = find_many(tx, &ids).await?;
    accounts.sort_by_key(|account| account.id);
    Ok(accounts)
}

/// The account of a person, if there is one.
pub async fn of_person(tx: &mut Tx, person: &PersonId) -> Result<Option<AccountId>> {
    let row = sqlx::query(
        "SELECT id
         FROM account
         WHERE person_id = $1
         ORDER BY id
         LIMIT 1",
    )
    .bind(person.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .transpose()
}

/// Which of these logins somebody has.
pub async fn taken(
    tx: &mut Tx,
    logins: impl IntoIterator<Item = String>,
) -> Result<HashSet<String>> {
    let sql = "SELECT login FROM account WHERE login IN ({words})";
    let rows = bulk::select(tx, sql, &[], logins).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The accounts of these telephone numbers: number, id, name.
pub async fn of_telephones(
    tx: &mut Tx,
    telephones: impl IntoIterator<Item = String>,
) -> Result<Vec<(String, AccountId, String)>> {
    let sql = "SELECT telephone, id, name
               FROM account
               WHERE telephone <> '' AND telephone IN ({words})
               ORDER BY id";
    let rows = bulk::select(tx, sql, &[], telephones).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("telephone")?,
                row.try_get::<String, _>("id")?.parse()?,
                row.try_get("name")?,
            ))
        })
        .collect()
}

/// Keeps many accounts that have no password yet, each with the key of its name.
pub async fn insert(tx: &mut Tx, accounts: &[(Account, String)]) -> Result<()> {
    let columns = [
        "id",
        "login",
        "name",
        "sort_key",
        "person_id",
        "password_hash",
        "must_change",
        "state",
        "created_at",
        "changed_at",
        "telephone",
        "mail",
        "name_source",
    ];
    let rows = accounts.iter().map(|(account, sort_key)| {
        let person: Value = account.person.map(|person| person.to_string()).into();
        Ok(vec![
            account.id.to_string().into(),
            account.login.as_str().into(),
            account.name.as_str().into(),
            sort_key.as_str().into(),
            person,
            "".into(),
            i64::from(account.must_change).into(),
            account.state.key().into(),
            account.created_at.to_string().into(),
            account.created_at.to_string().into(),
            account.telephone.as_str().into(),
            account.mail.as_str().into(),
            account.name_source.key().into(),
        ])
    });
    bulk::insert_each(tx, "account", &columns, rows).await?;
    let columns = ["account_id", "unit_id", "unit_path", "role", "since_at"];
    let roles = accounts.iter().flat_map(|(account, _)| {
        account.roles.iter().map(|at| {
            vec![
                account.id.to_string().into(),
                at.unit.id.to_string().into(),
                at.unit.path.as_str().into(),
                at.role.key().into(),
                account.created_at.to_string().into(),
            ]
        })
    });
    bulk::insert(tx, "account_role", &columns, roles.collect()).await
}

/// What an owner says on joining.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined<'a> {
    pub login: &'a str,
    pub name: &'a str,
    pub sort_key: &'a str,
    pub name_source: NameSource,
    pub person: Option<PersonId>,
    pub password_hash: &'a str,
}

/// Keeps it; the account is in its owner's hands from then on.
pub async fn join(tx: &mut Tx, id: &AccountId, joined: &Joined<'_>, now: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE account
         SET login = $2, name = $3, sort_key = $4, name_source = $5, person_id = $6, password_hash = $7, must_change = 0,
             changed_at = $8
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(joined.login.to_owned())
    .bind(joined.name.to_owned())
    .bind(joined.sort_key.to_owned())
    .bind(joined.name_source.key())
    .bind(joined.person.map(|person| person.to_string()))
    .bind(joined.password_hash.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the password away: nobody signs in before joining anew.
pub async fn clear_password(tx: &mut Tx, id: &AccountId, now: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE account
         SET password_hash = '', must_change = 0, changed_at = $2
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives an account another login: that of somebody who left is free again for who comes.
pub async fn set_login(tx: &mut Tx, id: &AccountId, login: &str, now: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE account
         SET login = $2, changed_at = $3
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(login.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Changes how an account's owner is reached.
pub async fn set_reach(
    tx: &mut Tx,
    id: &AccountId,
    (telephone, mail): (&str, &str),
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "UPDATE account
         SET telephone = $2, mail = $3, changed_at = $4
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(telephone.to_owned())
    .bind(mail.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
