//! Who was invited long ago and has not come, and of which invitations their owners were reminded.

use anyhow::Result;
use jianjia_domain::core::{
    ids::{AccountId, InvitationId, UnitId},
    post::Channel,
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row};

use crate::core::{bulk, db::Tx};

/// An invitation that nobody answered, and of which nobody was reminded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    pub invitation: InvitationId,
    pub account: AccountId,
    pub unit: UnitId,
    pub unit_name: String,
    pub expires_at: Timestamp,
    /// Whether its owner has an address of one of the channels asked for.
    pub is_reachable: bool,
}

/// Some of those whose code was made before `since` and is still good, the oldest first.
pub async fn unanswered(
    tx: &mut Tx,
    channels: &[Channel],
    (since, now): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<Unanswered>> {
    let sql = format!(
        "SELECT invitation.id, invitation.account_id, invitation.unit_id, invitation.expires_at, unit.name AS unit_name,
                CAST(CASE WHEN {} THEN 1 ELSE 0 END AS BIGINT) AS is_reachable
         FROM invitation
         JOIN account ON account.id = invitation.account_id AND account.state = 'active'
         JOIN unit ON unit.id = invitation.unit_id AND unit.state = 'active'
         WHERE invitation.state = 'waiting' AND invitation.made_at < $1 AND invitation.expires_at > $2
           AND NOT EXISTS (SELECT 1 FROM invitation_reminder WHERE invitation_reminder.invitation_id = invitation.id)
         ORDER BY invitation.id
         LIMIT $3",
        reachable(channels)
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(since.to_string())
        .bind(now.to_string())
        .bind(limit)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            Ok(Unanswered {
                invitation: text("id")?.parse()?,
                account: text("account_id")?.parse()?,
                unit: text("unit_id")?.parse()?,
                unit_name: text("unit_name")?,
                expires_at: text("expires_at")?.parse()?,
                is_reachable: row.try_get::<i64, _>("is_reachable")? == 1,
            })
        })
        .collect()
}

fn reachable(channels: &[Channel]) -> String {
    let columns = channels.iter().map(|channel| match channel {
        Channel::Mail => "account.mail <> ''",
        Channel::Telephone => "account.telephone <> ''",
    });
    let columns: Vec<&str> = columns.collect();
    if columns.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("({})", columns.join(" OR "))
    }
}

/// Notes that owners were reminded of invitations, or could not be.
pub async fn note(tx: &mut Tx, invitations: &[InvitationId], now: Timestamp) -> Result<()> {
    let columns = ["invitation_id", "at"];
    let rows = invitations
        .iter()
        .map(|id| vec![id.to_string().into(), now.to_string().into()])
        .collect();
    bulk::insert(tx, "invitation_reminder", &columns, rows).await
}

/// How many whom a federation invited have not come, of those that a reminder was due for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    pub federation: UnitId,
    pub name: String,
    pub people: i64,
    /// Those who have no address by which they could have been reminded.
    pub unreached: i64,
}

/// The federations whose owners were reminded, or could not be, since an instant.
pub async fn missing(tx: &mut Tx, channels: &[Channel], since: Timestamp) -> Result<Vec<Missing>> {
    let sql = format!(
        "SELECT federation.id, federation.name, CAST(COUNT(*) AS BIGINT) AS people,
                CAST(SUM(CASE WHEN {} THEN 0 ELSE 1 END) AS BIGINT) AS unreached
         FROM invitation_reminder
         JOIN invitation ON invitation.id = invitation_reminder.invitation_id AND invitation.state = 'waiting'
         JOIN account ON account.id = invitation.account_id AND account.state = 'active'
         JOIN unit ON unit.id = invitation.unit_id
         JOIN unit AS federation ON federation.id = COALESCE(NULLIF(invitation.made_from, ''), unit.parent_id)
         GROUP BY federation.id, federation.name
         HAVING MAX(invitation_reminder.at) >= $1
         ORDER BY federation.id",
        reachable(channels)
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(since.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Missing {
                federation: row.try_get::<String, _>("id")?.parse()?,
                name: row.try_get("name")?,
                people: row.try_get("people")?,
                unreached: row.try_get("unreached")?,
            })
        })
        .collect()
}
