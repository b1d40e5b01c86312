//! One-time codes by which owners come to their accounts, by a keyed hash of the code.

pub mod reminder;

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{AccountId, UnitId},
        policy::Role,
    },
    office::{
        account::NameSource,
        invitation::{Invitation, InvitationState},
    },
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk,
    condition::{Conditions, List},
    db::Tx,
};

const COLUMNS: [&str; 12] = [
    "id",
    "account_id",
    "unit_id",
    "unit_path",
    "role",
    "state",
    "code_hash",
    "made_by_name",
    "made_from",
    "made_at",
    "expires_at",
    "used_at",
];

pub async fn insert(tx: &mut Tx, invitations: &[Invitation]) -> Result<()> {
    let instant = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let rows = invitations.iter().map(|invitation| {
        Ok(vec![
            invitation.id.to_string().into(),
            invitation.account.to_string().into(),
            invitation.unit.to_string().into(),
            invitation.unit_path.as_str().into(),
            invitation.role.key().into(),
            invitation.state.key().into(),
            invitation.code_hash.as_str().into(),
            invitation.made_by_name.as_str().into(),
            invitation
                .made_from
                .map_or_else(String::new, |id| id.to_string())
                .into(),
            invitation.made_at.to_string().into(),
            instant(invitation.expires_at).into(),
            instant(invitation.used_at).into(),
        ])
    });
    bulk::insert_each(tx, "invitation", &COLUMNS, rows).await
}

/// The invitation of a code, whatever became of it.
pub async fn of_code(tx: &mut Tx, code_hash: &str) -> Result<Option<Invitation>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {}
         FROM invitation
         WHERE code_hash = $1",
        COLUMNS.join(", ")
    )))
    .bind(code_hash.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    rows.map(|row| invitation_of(&row)).transpose()
}

/// Where the invitation of each of these accounts stands: the one that no later took the place of.
pub async fn of_accounts(tx: &mut Tx, accounts: &[AccountId]) -> Result<Vec<Invitation>> {
    let sql = format!(
        "SELECT {}
         FROM invitation
         WHERE state NOT IN ('replaced', 'reset') AND account_id IN ({{words}})
         ORDER BY id",
        COLUMNS.join(", ")
    );
    let ids = accounts.iter().map(AccountId::to_string);
    let rows = bulk::select(tx, &sql, &[], ids).await?;
    rows.iter().map(invitation_of).collect()
}

/// Ends what an account's owner could still come by; whether there was anything.
pub async fn end(tx: &mut Tx, account: &AccountId, as_what: InvitationState) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE invitation
         SET state = $2
         WHERE account_id = $1 AND state IN ('new', 'waiting')",
    )
    .bind(account.to_string())
    .bind(as_what.key())
    .execute(&mut **tx)
    .await?;
    end_resets(tx, account).await?;
    Ok(done.rows_affected() > 0)
}

/// Ends the codes that an account's owner asked for to set another password.
pub async fn end_resets(tx: &mut Tx, account: &AccountId) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE invitation
         SET state = 'replaced'
         WHERE account_id = $1 AND state = 'reset'",
    )
    .bind(account.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Makes room for a new code of these accounts: whatever there was is replaced.
pub async fn replace(tx: &mut Tx, accounts: &[AccountId]) -> Result<()> {
    let sql = "UPDATE invitation
               SET state = 'replaced'
               WHERE state <> 'replaced' AND account_id IN (SELECT column1 FROM (VALUES {rows}) AS given)";
    let rows = accounts
        .iter()
        .map(|account| vec![account.to_string().into()])
        .collect();
    bulk::update(tx, sql, &[], rows).await?;
    Ok(())
}

/// Marks a code used; false when it was used, revoked or replaced meanwhile.
pub async fn mark_used(tx: &mut Tx, invitation: &Invitation, now: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE invitation
         SET state = 'used', used_at = $2
         WHERE id = $1 AND state = 'waiting'",
    )
    .bind(invitation.id.to_string())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Which subtree a list is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Below {
    pub path: String,
    /// Whether the unit at the path belongs to it.
    pub with_itself: bool,
}

/// Which invitations a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    New,
    /// With a code that is still good.
    Waiting,
    /// Of these those whose code was made before an instant.
    WaitingSince(Timestamp),
    Expired,
    Used,
    Revoked,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub invitation: Invitation,
    pub name: String,
    pub name_source: NameSource,
    pub login: String,
    pub telephone: String,
    pub unit_name: String,
}

/// A page of the invitations in a subtree, in the order of the tree, and their total number.
pub async fn list(
    tx: &mut Tx,
    below: &Below,
    shown: Shown,
    now: Timestamp,
    page: (i64, i64),
) -> Result<(Vec<Line>, i64)> {
    let mut conditions = Conditions::default();
    let state = match shown {
        Shown::New => InvitationState::New,
        Shown::Waiting | Shown::WaitingSince(_) | Shown::Expired => InvitationState::Waiting,
        Shown::Used => InvitationState::Used,
        Shown::Revoked => InvitationState::Revoked,
    };
    conditions.equals("state", state.key());
    within(&mut conditions, below);
    match shown {
        Shown::Waiting => {
            let now = conditions.value(now.to_string());
            conditions.and(format!("expires_at > {now}"));
        }
        Shown::WaitingSince(since) => {
            let (now, since) = (
                conditions.value(now.to_string()),
                conditions.value(since.to_string()),
            );
            conditions.and(format!("expires_at > {now} AND made_at < {since}"));
        }
        Shown::Expired => {
            let now = conditions.value(now.to_string());
            conditions.and(format!("expires_at <= {now}"));
        }
        Shown::New | Shown::Used | Shown::Revoked => {}
    }
    let of_listed = COLUMNS.map(|column| format!("listed.{column}")).join(", ");
    let columns = format!(
        "{of_listed}, account.name, account.name_source, account.login, account.telephone, unit.name AS unit_name"
    );
    let list = List {
        table: "invitation",
        key: "id",
        order: "unit_path, id",
        columns: &columns,
        from: "invitation AS listed
            JOIN account ON account.id = listed.account_id
            JOIN unit ON unit.id = listed.unit_id",
        from_key: "listed.id",
        from_order: "listed.unit_path, listed.id",
    };
    let (rows, total) = conditions.page(tx, &list, page).await?;
    let lines = rows.iter().map(line_of).collect::<Result<Vec<Line>>>()?;
    Ok((lines, total))
}

/// How many there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub new: i64,
    pub waiting: i64,
    pub expired: i64,
    pub used: i64,
    pub revoked: i64,
}

/// The numbers of a subtree, from the index alone.
pub async fn counts(tx: &mut Tx, below: &Below, now: Timestamp) -> Result<Counts> {
    let mut conditions = Conditions::default();
    let now = conditions.value(now.to_string());
    conditions.among("state", ["new", "waiting", "used", "revoked"]);
    within(&mut conditions, below);
    let sql = format!(
        "SELECT state, CAST(COUNT(*) AS BIGINT) AS count,
                CAST(SUM(CASE WHEN expires_at <= {now} THEN 1 ELSE 0 END) AS BIGINT) AS over
         FROM invitation{}
         GROUP BY state",
        conditions.sql()
    );
    let mut counts = Counts::default();
    for row in conditions.query(sql).fetch_all(&mut **tx).await? {
        let (count, over): (i64, i64) = (row.try_get("count")?, row.try_get("over")?);
        match state_of(&row)? {
            InvitationState::New => counts.new = count,
            InvitationState::Waiting => (counts.waiting, counts.expired) = (count - over, over),
            InvitationState::Used => counts.used = count,
            InvitationState::Revoked => counts.revoked = count,
            InvitationState::Replaced | InvitationState::Reset => {}
        }
    }
    Ok(counts)
}

fn within(conditions: &mut Conditions, below: &Below) {
    conditions.within("unit_path", std::slice::from_ref(&below.path));
    if !below.with_itself {
        let itself = conditions.value(below.path.as_str());
        conditions.and(format!("unit_path <> {itself}"));
    }
}

/// A union whose chair's account is not that of the chair in the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    pub unit: UnitId,
    pub unit_name: String,
    pub account: AccountId,
    /// Whose account it is.
    pub old_name: String,
    /// Who is chair now.
    pub new_name: String,
}

/// The unions of a subtree whose register has another chair than the account: up to `limit`, in the order of the tree, and how many there are.
pub async fn handovers(tx: &mut Tx, below: &Below, limit: i64) -> Result<(Vec<Handover>, i64)> {
    let mut conditions = Conditions::default();
    conditions.within("account_role.unit_path", std::slice::from_ref(&below.path));
    if !below.with_itself {
        let itself = conditions.value(below.path.as_str());
        conditions.and(format!("account_role.unit_path <> {itself}"));
    }
    let from = format!(
        "FROM account_role
         JOIN account ON account.id = account_role.account_id
         JOIN person ON person.unit_id = account_role.unit_id
         JOIN unit ON unit.id = account_role.unit_id{}
           AND account_role.role = 'chair' AND account.state = 'active' AND account.name_source <> 'open'
           AND person.post = 'chair' AND person.left_on IS NULL
           AND person.name <> account.name AND COALESCE(account.person_id, '') <> person.id
           AND NOT EXISTS (
             SELECT 1
             FROM account_role AS held
             JOIN account AS holder ON holder.id = held.account_id
             WHERE held.unit_id = account_role.unit_id AND held.role = 'chair' AND holder.state = 'active'
               AND (holder.person_id = person.id OR holder.name = person.name))",
        conditions.sql()
    );
    let total: i64 = conditions
        .query(format!("SELECT CAST(COUNT(*) AS BIGINT) {from}"))
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    if total == 0 {
        return Ok((Vec::new(), 0));
    }
    let sql = format!(
        "SELECT unit.id AS unit_id, unit.name AS unit_name, account.id AS account_id, account.name AS old_name,
                person.name AS new_name
         {from}
         ORDER BY account_role.unit_path, account.id
         LIMIT {limit}"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    let found = rows.iter().map(|row| {
        Ok(Handover {
            unit: row.try_get::<String, _>("unit_id")?.parse()?,
            unit_name: row.try_get("unit_name")?,
            account: row.try_get::<String, _>("account_id")?.parse()?,
            old_name: row.try_get("old_name")?,
            new_name: row.try_get("new_name")?,
        })
    });
    Ok((found.collect::<Result<Vec<Handover>>>()?, total))
}

fn line_of(row: &AnyRow) -> Result<Line> {
    Ok(Line {
        invitation: invitation_of(row)?,
        name: row.try_get("name")?,
        name_source: NameSource::from_key(row.try_get("name_source")?).unwrap_or(NameSource::Given),
        login: row.try_get("login")?,
        telephone: row.try_get("telephone")?,
        unit_name: row.try_get("unit_name")?,
    })
}

fn state_of(row: &AnyRow) -> Result<InvitationState> {
    let state: String = row.try_get("state")?;
    InvitationState::from_key(&state)
        .with_context(|| format!("unknown state of an invitation {state}"))
}

fn invitation_of(row: &AnyRow) -> Result<Invitation> {
    let role: String = row.try_get("role")?;
    let instant = |column: &str| -> Result<Option<Timestamp>> {
        let text: String = row.try_get(column)?;
        Ok(Some(text)
            .filter(|text| !text.is_empty())
            .map(|text| text.parse())
            .transpose()?)
    };
    Ok(Invitation {
        id: row.try_get::<String, _>("id")?.parse()?,
        account: row.try_get::<String, _>("account_id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        role: Role::from_key(&role).with_context(|| format!("unknown role {role}"))?,
        state: state_of(row)?,
        code_hash: row.try_get("code_hash")?,
        made_by_name: row.try_get("made_by_name")?,
        made_from: match row.try_get::<String, _>("made_from")?.as_str() {
            "" => None,
            id => Some(id.parse()?),
        },
        made_at: row.try_get::<String, _>("made_at")?.parse()?,
        expires_at: instant("expires_at")?,
        used_at: instant("used_at")?,
    })
}

#[cfg(test)]
mod tests;
