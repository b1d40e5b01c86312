//! Access tokens, by their hashes.

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::{AccessTokenId, AccountId},
        policy::Actor,
        proof::Proof,
    },
    office::{
        account::AccountState,
        token::{self, AccessToken, Revocation, Scope},
    },
};
use jiff::{Timestamp, civil::Date};
use sqlx::{Row, any::AnyRow};

use crate::{
    core::{condition::Conditions, db::Tx},
    office::account::{self, Within},
};

pub async fn insert(tx: &mut Tx, token: &AccessToken, token_hash: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO access_token (id, account_id, name, token_hash, scope, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(token.id.to_string())
    .bind(token.account.to_string())
    .bind(&token.name)
    .bind(token_hash.to_owned())
    .bind(token::written(&token.scopes))
    .bind(token.created_at.to_string())
    .bind(token.expires_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The newest tokens of an account, those that hold no longer included.
pub async fn of_account(tx: &mut Tx, account: &AccountId, limit: i64) -> Result<Vec<AccessToken>> {
    let rows = sqlx::query(
        "SELECT access_token.id, access_token.account_id, access_token.name, access_token.scope, access_token.created_at,
                access_token.expires_at, access_token.revoked_at, access_token.revoked_by_name, access_token_use.used_on
         FROM access_token
         LEFT JOIN access_token_use ON access_token_use.token_id = access_token.id
         WHERE access_token.account_id = $1
         ORDER BY access_token.id DESC
         LIMIT $2",
    )
    .bind(account.to_string())
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(token_of).collect()
}

/// A token that holds, with whom it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    pub id: AccessTokenId,
    pub scopes: Vec<Scope>,
    /// The last day on which it was used.
    pub used_on: Option<Date>,
    pub actor: Actor,
}

/// A token in the list of those who administer its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub token: AccessToken,
    pub account_name: String,
    /// The unit of the account's first role; empty without one.
    pub unit_name: String,
}

/// A page of the tokens that hold, of the accounts that a list shows, the newest first; and their total number.
pub async fn live_within(
    tx: &mut Tx,
    within: &Within,
    now: Timestamp,
    (limit, offset): (i64, i64),
) -> Result<(Vec<Line>, i64)> {
    if within.paths.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let mut conditions = Conditions::default();
    account::listed(&mut conditions, within);
    let now = conditions.value(now.to_string());
    conditions.and(format!(
        "access_token.revoked_at = '' AND access_token.expires_at > {now}"
    ));
    let from = format!(
        "FROM access_token
         JOIN account ON account.id = access_token.account_id
         LEFT JOIN access_token_use ON access_token_use.token_id = access_token.id{}",
        conditions.sql()
    );
    let count = format!("SELECT CAST(COUNT(*) AS BIGINT) {from}");
    let total = conditions.query(count).fetch_one(&mut **tx).await?;
    let total: i64 = total.try_get(0)?;
    let page = format!(
        "SELECT access_token.id, access_token.account_id, access_token.name, access_token.scope, access_token.created_at,
                access_token.expires_at, access_token.revoked_at, access_token.revoked_by_name, access_token_use.used_on,
                account.name AS account_name,
                COALESCE((SELECT unit.name
                          FROM account_role
                          JOIN unit ON unit.id = account_role.unit_id
                          WHERE account_role.account_id = account.id
                          ORDER BY account_role.since_at, unit.path, account_role.role
                          LIMIT 1), '') AS unit_name
         {from}
         ORDER BY access_token.id DESC
         LIMIT {limit} OFFSET {offset}"
    );
    let rows = conditions.query(page).fetch_all(&mut **tx).await?;
    let lines = rows.iter().map(|row| {
        Ok(Line {
            token: token_of(row)?,
            account_name: row.try_get("account_name")?,
            unit_name: row.try_get("unit_name")?,
        })
    });
    Ok((lines.collect::<Result<Vec<Line>>>()?, total))
}

/// Whoever the token with this hash stands for, if it holds and the account is open.
pub async fn actor(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<Held>> {
    let row = sqlx::query(
        "SELECT access_token.id, access_token.scope, access_token.expires_at, account.id AS account_id, account.name, account.person_id,
                access_token_use.used_on
         FROM access_token
         JOIN account ON account.id = access_token.account_id
         LEFT JOIN access_token_use ON access_token_use.token_id = access_token.id
         WHERE access_token.token_hash = $1 AND access_token.revoked_at = '' AND account.state = $2",
    )
    .bind(token_hash.to_owned())
    .bind(AccountState::Active.key())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let expires_at: Timestamp = row.try_get::<String, _>("expires_at")?.parse()?;
    if now >= expires_at {
        return Ok(None);
    }
    let account: AccountId = row.try_get::<String, _>("account_id")?.parse()?;
    let person: Option<String> = row.try_get("person_id")?;
    Ok(Some(Held {
        id: row.try_get::<String, _>("id")?.parse()?,
        scopes: token::read_scopes(row.try_get::<String, _>("scope")?.as_str()),
        used_on: used_on(&row)?,
        actor: Actor {
            account,
            person: person.map(|id| id.parse()).transpose()?,
            name: row.try_get("name")?,
            roles: account::roles_of(tx, &account).await?,
            proof: Proof::Token,
        },
    }))
}

/// Notes the day of a token's last use.
pub async fn used(tx: &mut Tx, id: &AccessTokenId, today: Date) -> Result<()> {
    sqlx::query(
        "INSERT INTO access_token_use (token_id, used_on)
         VALUES ($1, $2)
         ON CONFLICT (token_id) DO UPDATE
         SET used_on = excluded.used_on",
    )
    .bind(id.to_string())
    .bind(today.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Revokes a token of an account; false when it has no such one that is not revoked.
pub async fn revoke(
    tx: &mut Tx,
    account: &AccountId,
    id: &AccessTokenId,
    by_name: &str,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE access_token
         SET revoked_at = $3, revoked_by_name = $4
         WHERE id = $1 AND account_id = $2 AND revoked_at = ''",
    )
    .bind(id.to_string())
    .bind(account.to_string())
    .bind(now.to_string())
    .bind(by_name.to_owned())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Revokes all of an account's tokens.
pub async fn revoke_all(
    tx: &mut Tx,
    account: &AccountId,
    by_name: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "UPDATE access_token
         SET revoked_at = $2, revoked_by_name = $3
         WHERE account_id = $1 AND revoked_at = ''",
    )
    .bind(account.to_string())
    .bind(now.to_string())
    .bind(by_name.to_owned())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn token_of(row: &AnyRow) -> Result<AccessToken> {
    let scopes: String = row.try_get("scope")?;
    let revoked_at: String = row.try_get("revoked_at")?;
    Ok(AccessToken {
        id: row.try_get::<String, _>("id")?.parse()?,
        account: row.try_get::<String, _>("account_id")?.parse()?,
        name: row.try_get("name")?,
        scopes: token::read_scopes(&scopes),
        created_at: row.try_get::<String, _>("created_at")?.parse()?,
        expires_at: row.try_get::<String, _>("expires_at")?.parse()?,
        used_on: used_on(row)?,
        revocation: match revoked_at.as_str() {
            "" => None,
            at => Some(Revocation {
                at: at.parse()?,
                by_name: row.try_get("revoked_by_name")?,
            }),
        },
    })
}

fn used_on(row: &AnyRow) -> Result<Option<Date>> {
    let used_on: Option<String> = row.try_get("used_on")?;
    Ok(used_on.map(|day| day.parse()).transpose()?)
}
