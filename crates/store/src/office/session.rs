//! Sessions: the account that a cookie's hash signs in.

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::AccountId,
        policy::{Actor, Role, RoleAt},
        proof::Proof,
    },
    office::{account::AccountState, factor::Ways},
};
use jiff::Timestamp;
use sqlx::Row;

use crate::core::{db::Tx, place};

/// A live session and its actor.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub actor: Actor,
    /// The kinds of second factor that the account has.
    pub ways: Ways,
    pub must_change: bool,
    /// Others changed the account, and its owner has not read about it yet.
    pub has_notices: bool,
    /// Messages that were not read yet.
    pub unread: i64,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    /// It began at the identity provider, not with the password.
    pub by_provider: bool,
}

/// The session with this hash, unless it expired or its account is locked: one query, roles included.
pub async fn find(tx: &mut Tx, id_hash: &str, now: Timestamp) -> Result<Option<Session>> {
    let rows = sqlx::query(
        "SELECT account.id AS account_id, account.name AS account_name, account.person_id, account.must_change,
                session.created_at, session.seen_at, session.factor_at, session.by_provider, second_factor.since_at AS factor_since, account_role.role, unit.id, unit.kind, unit.name, unit.path,
                (SELECT CAST(COUNT(*) AS BIGINT)
                 FROM passkey
                 WHERE passkey.account_id = account.id) AS passkeys,
                (SELECT CAST(COUNT(*) AS BIGINT)
                 FROM account_notice
                 WHERE account_notice.account_id = account.id AND account_notice.read_at = ''
                   AND account_notice.id <> session.notice_id) AS notices,
                (SELECT CAST(COUNT(*) AS BIGINT)
                 FROM message
                 WHERE message.account_id = account.id AND message.read_at = '') AS unread
         FROM session
         JOIN account ON account.id = session.account_id
         LEFT JOIN second_factor ON second_factor.account_id = account.id
         LEFT JOIN account_role ON account_role.account_id = account.id
         LEFT JOIN unit ON unit.id = account_role.unit_id
         WHERE session.id_hash = $1 AND session.expires_at > $2 AND account.state = $3
         ORDER BY account_role.since_at, unit.path, account_role.role",
    )
    .bind(id_hash.to_owned())
    .bind(now.to_string())
    .bind(AccountState::Active.key())
    .fetch_all(&mut **tx)
    .await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let person: Option<String> = first.try_get("person_id")?;
    let mut roles = Vec::with_capacity(rows.len());
    for row in &rows {
        let role: Option<String> = row.try_get("role")?;
        let unit_id: Option<String> = row.try_get("id")?;
        if let (Some(role), Some(_)) = (role.as_deref().and_then(Role::from_key), unit_id) {
            roles.push(RoleAt {
                role,
                unit: place::place_of(row)?,
            });
        }
    }
    let ways = Ways {
        telephone: first
            .try_get::<Option<String>, _>("factor_since")?
            .is_some(),
        passkeys: first.try_get::<i64, _>("passkeys")? > 0,
    };
    let factor_at: String = first.try_get("factor_at")?;
    let given_at = match factor_at.as_str() {
        "" => None,
        at => Some(at.parse()?),
    };
    Ok(Some(Session {
        actor: Actor {
            account: first.try_get::<String, _>("account_id")?.parse()?,
            person: person.map(|id| id.parse()).transpose()?,
            name: first.try_get("account_name")?,
            roles,
            proof: if ways.any() {
                Proof::Factor { given_at }
            } else {
                Proof::Password
            },
        },
        ways,
        must_change: first.try_get::<i64, _>("must_change")? != 0,
        by_provider: first.try_get::<i64, _>("by_provider")? != 0,
        has_notices: first.try_get::<i64, _>("notices")? > 0,
        unread: first.try_get("unread")?,
        created_at: first.try_get::<String, _>("created_at")?.parse()?,
        seen_at: first.try_get::<String, _>("seen_at")?.parse()?,
    }))
}

/// A session that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning<'a> {
    pub account: &'a AccountId,
    pub device: String,
    /// Coarse.
    pub network: String,
    /// The notice that tells of it as an unusual one; empty when it is none.
    pub notice_id: String,
    pub expires_at: Timestamp,
}

pub async fn insert(
    tx: &mut Tx,
    id_hash: &str,
    beginning: &Beginning<'_>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO session (id_hash, account_id, created_at, seen_at, expires_at, device, network, notice_id)
         VALUES ($1, $2, $3, $3, $4, $5, $6, $7)",
    )
    .bind(id_hash.to_owned())
    .bind(beginning.account.to_string())
    .bind(now.to_string())
    .bind(beginning.expires_at.to_string())
    .bind(&beginning.device)
    .bind(&beginning.network)
    .bind(&beginning.notice_id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that the second factor was given in a session.
pub async fn factor_given(tx: &mut Tx, id_hash: &str, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE session SET factor_at = $2 WHERE id_hash = $1")
        .bind(id_hash.to_owned())
        .bind(now.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Notes that a session began at the identity provider.
pub async fn begun_at_provider(tx: &mut Tx, id_hash: &str) -> Result<()> {
    sqlx::query("UPDATE session SET by_provider = 1 WHERE id_hash = $1")
        .bind(id_hash.to_owned())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub by_provider: bool,
    pub id_hash: String,
    pub device: String,
    pub network: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

/// The live sessions of an account, the one used last first.
pub async fn of_account(tx: &mut Tx, account: &AccountId, now: Timestamp) -> Result<Vec<Listed>> {
    let rows = sqlx::query(
        "SELECT id_hash, device, network, created_at, seen_at, by_provider
         FROM session
         WHERE account_id = $1 AND expires_at > $2
         ORDER BY seen_at DESC, id_hash",
    )
    .bind(account.to_string())
    .bind(now.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Listed {
                by_provider: row.try_get::<i64, _>("by_provider")? != 0,
                id_hash: row.try_get("id_hash")?,
                device: row.try_get("device")?,
                network: row.try_get("network")?,
                created_at: row.try_get::<String, _>("created_at")?.parse()?,
                seen_at: row.try_get::<String, _>("seen_at")?.parse()?,
            })
        })
        .collect()
}

/// Ends a session of an account; false when it is not one of the account's.
pub async fn remove_of(tx: &mut Tx, account: &AccountId, id_hash: &str) -> Result<bool> {
    let done = sqlx::query("DELETE FROM session WHERE id_hash = $1 AND account_id = $2")
        .bind(id_hash.to_owned())
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Extends a session that is being used.
pub async fn prolong(
    tx: &mut Tx,
    id_hash: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query(
        "UPDATE session
         SET seen_at = $2, expires_at = $3
         WHERE id_hash = $1",
    )
    .bind(id_hash.to_owned())
    .bind(now.to_string())
    .bind(expires_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, id_hash: &str) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE id_hash = $1")
        .bind(id_hash.to_owned())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends every session of an account except the one with this hash (an empty hash ends all).
pub async fn remove_others(tx: &mut Tx, account: &AccountId, id_hash: &str) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE account_id = $1 AND id_hash <> $2")
        .bind(account.to_string())
        .bind(id_hash.to_owned())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes expired sessions.
pub async fn remove_ended(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let done = sqlx::query("DELETE FROM session WHERE expires_at <= $1")
        .bind(now.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}
