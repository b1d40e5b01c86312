//! What happened to an honour: appended, never changed.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::HonourId,
    honour::honour::{HonourAct, HonourEvent},
};
use sqlx::{Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

pub async fn add_event(tx: &mut Tx, event: &HonourEvent) -> Result<()> {
    add_events(tx, std::slice::from_ref(event)).await
}

pub async fn add_events(tx: &mut Tx, events: &[HonourEvent]) -> Result<()> {
    let columns = [
        "id",
        "honour_id",
        "act",
        "reason",
        "document_number",
        "account_id",
        "account_name",
        "at",
    ];
    let rows = events
        .iter()
        .map(|event| {
            vec![
                event.id.as_str().into(),
                event.honour.to_string().into(),
                event.act.key().into(),
                event.reason.as_str().into(),
                event.document_number.as_str().into(),
                event.account.map(|id| id.to_string()).into(),
                event.account_name.as_str().into(),
                event.at.to_string().into(),
            ]
        })
        .collect();
    bulk::insert(tx, "honour_event", &columns, rows).await
}

/// The events of an honour, in order.
pub async fn events(tx: &mut Tx, id: &HonourId) -> Result<Vec<HonourEvent>> {
    let rows = sqlx::query(
        "SELECT id, honour_id, act, reason, document_number, account_id, account_name, at
         FROM honour_event
         WHERE honour_id = $1
         ORDER BY id",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(event_of).collect()
}

/// What happened by a document, with the years of the titles: once each. `spellings` are the ways in which its number may be kept. A naming whose decision was
/// given another number since is left out.
pub async fn by_document(tx: &mut Tx, spellings: &[String; 7]) -> Result<Vec<(HonourAct, i16)>> {
    let mut query = sqlx::query(
        "SELECT e.act AS act, h.year AS year
         FROM honour_event e
         JOIN honour h ON h.id = e.honour_id
         WHERE e.document_number IN ($1, $2, $3, $4, $5, $6, $7)
           AND NOT (
             e.act = 'named'
             AND EXISTS (
               SELECT 1
               FROM imprint i
               WHERE i.kind = 'decision' AND i.subject = h.batch_id AND i.number <> ''
             )
           )
         GROUP BY e.act, h.year
         ORDER BY h.year, e.act",
    );
    for spelling in spellings {
        query = query.bind(spelling.clone());
    }
    let rows = query.fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let act: String = row.try_get("act")?;
            let act =
                HonourAct::from_key(&act).with_context(|| format!("unknown honour act {act}"))?;
            Ok((act, i16::try_from(row.try_get::<i64, _>("year")?)?))
        })
        .collect()
}

/// What happened to any of these honours, in order within each.
pub async fn events_of(tx: &mut Tx, ids: &[HonourId]) -> Result<Vec<HonourEvent>> {
    let sql = "SELECT id, honour_id, act, reason, document_number, account_id, account_name, at
         FROM honour_event
         WHERE honour_id IN ({words})
         ORDER BY id";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(HonourId::to_string)).await?;
    rows.iter().map(event_of).collect()
}

fn event_of(row: &AnyRow) -> Result<HonourEvent> {
    let act: String = row.try_get("act")?;
    Ok(HonourEvent {
        id: row.try_get("id")?,
        honour: row.try_get::<String, _>("honour_id")?.parse()?,
        act: HonourAct::from_key(&act).with_context(|| format!("unknown honour act {act}"))?,
        reason: row.try_get("reason")?,
        document_number: row.try_get("document_number")?,
        account: row
            .try_get::<Option<String>, _>("account_id")?
            .map(|id| id.parse())
            .transpose()?,
        account_name: row.try_get("account_name")?,
        at: row.try_get::<String, _>("at")?.parse()?,
    })
}
