//! Requests: what one administrator proposed for an account and another has to confirm.

use anyhow::{Context, Result, bail};
use jianjia_domain::{
    core::{
        ids::{AccountId, AccountRequestId},
        place::subtree,
        policy::{Role, RoleAt},
    },
    office::request::{AccountRequest, Proposed},
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{db::Tx, place};

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Confirmed,
    Refused,
}

impl Decision {
    fn key(self) -> &'static str {
        match self {
            Decision::Confirmed => "confirmed",
            Decision::Refused => "refused",
        }
    }
}

pub async fn insert(tx: &mut Tx, request: &AccountRequest) -> Result<()> {
    let at = match &request.proposed {
        Proposed::Role(at) => Some(at),
        Proposed::Password | Proposed::Unlock | Proposed::Factor => None,
    };
    sqlx::query(
        "INSERT INTO account_request (id, account_id, kind, role, unit_id, unit_path, proposed_by, proposed_by_name, proposed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(request.id.to_string())
    .bind(request.account.to_string())
    .bind(request.proposed.key())
    .bind(at.map_or("", |at| at.role.key()))
    .bind(at.map_or_else(String::new, |at| at.unit.id.to_string()))
    .bind(at.map_or_else(String::new, |at| at.unit.path.clone()))
    .bind(request.by.to_string())
    .bind(&request.by_name)
    .bind(request.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Records the decision on a waiting request; false if it is not waiting any more.
pub async fn decide(
    tx: &mut Tx,
    id: &AccountRequestId,
    decision: Decision,
    by_name: &str,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE account_request
         SET state = $2, decided_by_name = $3, decided_at = $4
         WHERE id = $1 AND state = 'waiting'",
    )
    .bind(id.to_string())
    .bind(decision.key())
    .bind(by_name.to_owned())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

const SELECT: &str = "SELECT account_request.id AS request_id, account_request.account_id, account_request.kind AS proposed, account_request.role,
       account_request.proposed_by, account_request.proposed_by_name, account_request.proposed_at,
       unit.id, unit.kind, unit.name, unit.path
FROM account_request
LEFT JOIN unit ON unit.id = account_request.unit_id
WHERE account_request.state = 'waiting'";

/// A request that is still waiting.
pub async fn find(tx: &mut Tx, id: &AccountRequestId) -> Result<Option<AccountRequest>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "{SELECT} AND account_request.id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(request_of).transpose()
}

/// The waiting requests for an account, oldest first.
pub async fn of_account(tx: &mut Tx, account: &AccountId) -> Result<Vec<AccountRequest>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "{SELECT} AND account_request.account_id = $1 ORDER BY account_request.id"
    )))
    .bind(account.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(request_of).collect()
}

/// The waiting requests in these subtrees, by the unit of the proposed role or of a role that the account has; oldest first.
pub async fn waiting(tx: &mut Tx, paths: &[String], limit: i64) -> Result<Vec<AccountRequest>> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let mut proposed = Vec::new();
    let mut held = Vec::new();
    for place in 0..paths.len() {
        let (lower, upper) = (place * 2 + 1, place * 2 + 2);
        proposed.push(format!(
            "(account_request.unit_path >= ${lower} AND account_request.unit_path < ${upper})"
        ));
        held.push(format!(
            "(account_role.unit_path >= ${lower} AND account_role.unit_path < ${upper})"
        ));
    }
    let sql = format!(
        "{SELECT}
         AND ({} OR account_request.account_id IN (SELECT account_role.account_id FROM account_role WHERE {}))
         ORDER BY account_request.id
         LIMIT {limit}",
        proposed.join(" OR "),
        held.join(" OR ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for path in paths {
        let (lower, upper) = subtree(path);
        query = query.bind(lower).bind(upper);
    }
    let rows = query.fetch_all(&mut **tx).await?;
    rows.iter().map(request_of).collect()
}

/// All waiting requests (up to 1,000), oldest first.
pub async fn all_waiting(tx: &mut Tx) -> Result<Vec<AccountRequest>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "{SELECT} ORDER BY account_request.id LIMIT 1000"
    )))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(request_of).collect()
}

fn request_of(row: &AnyRow) -> Result<AccountRequest> {
    let kind: String = row.try_get("proposed")?;
    let proposed = match kind.as_str() {
        "role" => {
            let role: String = row.try_get("role")?;
            Proposed::Role(RoleAt {
                role: Role::from_key(&role).with_context(|| format!("unknown role {role}"))?,
                unit: place::place_of(row)?,
            })
        }
        "password" => Proposed::Password,
        "unlock" => Proposed::Unlock,
        "factor" => Proposed::Factor,
        _ => bail!("no such request of an account: {kind}"),
    };
    Ok(AccountRequest {
        id: row.try_get::<String, _>("request_id")?.parse()?,
        account: row.try_get::<String, _>("account_id")?.parse()?,
        proposed,
        by: row.try_get::<String, _>("proposed_by")?.parse()?,
        by_name: row.try_get("proposed_by_name")?,
        at: row.try_get::<String, _>("proposed_at")?.parse()?,
    })
}
