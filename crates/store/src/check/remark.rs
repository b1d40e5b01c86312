//! What was noted on visits, and what was settled where inspectors said different.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result};
use jianjia_domain::{
    check::remark::{Content, Remark, RemarkKind, Seen, Settlement, VisitPhoto},
    core::ids::{VisitId, VisitRemarkId},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

const COLUMNS: &str = "id, visit_id, kind, clause, seen, found, name, agrees, note, account_id, account_name, noted_at, received_at";

/// Inserts a remark unless its id is there; whether it was inserted.
pub async fn insert(tx: &mut Tx, remark: &Remark) -> Result<bool> {
    let columns: Vec<&'static str> = COLUMNS.split(", ").collect();
    let (clause, seen, found, name, agrees) = match &remark.content {
        Content::Clause {
            clause,
            seen,
            found,
        } => (
            clause.as_str(),
            seen.key(),
            serde_json::to_string(found)?,
            "",
            None,
        ),
        Content::Signature { name, agrees } => {
            ("", "", "{}".to_owned(), name.as_str(), Some(*agrees))
        }
        Content::Comment { agrees } => ("", "", "{}".to_owned(), "", Some(*agrees)),
    };
    let agrees = match agrees {
        None => "",
        Some(true) => "yes",
        Some(false) => "no",
    };
    let row = vec![
        remark.id.to_string().into(),
        remark.visit.to_string().into(),
        remark.content.kind().key().into(),
        clause.into(),
        seen.into(),
        found.into(),
        name.into(),
        agrees.into(),
        remark.note.as_str().into(),
        remark.account.to_string().into(),
        remark.account_name.as_str().into(),
        remark.noted_at.to_string().into(),
        remark.received_at.to_string().into(),
    ];
    if !bulk::insert_new(tx, "visit_entry", &columns, row).await? {
        return Ok(false);
    }
    let columns = [
        "entry_id",
        "place",
        "visit_id",
        "hash",
        "media_type",
        "bytes",
    ];
    let photos = (1..).zip(&remark.photos).map(|(place, photo): (i64, _)| {
        vec![
            remark.id.to_string().into(),
            place.into(),
            remark.visit.to_string().into(),
            photo.hash.as_str().into(),
            photo.media_type.as_str().into(),
            photo.bytes.into(),
        ]
    });
    bulk::insert(tx, "visit_photo", &columns, photos.collect()).await?;
    Ok(true)
}

pub async fn find(tx: &mut Tx, id: &VisitRemarkId) -> Result<Option<Remark>> {
    let sql = format!("SELECT {COLUMNS} FROM visit_entry WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let mut remark = remark_of(&row)?;
    let mut photos = photos(tx, &remark.visit).await?;
    remark.photos = photos.remove(&remark.id).unwrap_or_default();
    Ok(Some(remark))
}

/// The photos of a visit, by remark.
async fn photos(tx: &mut Tx, visit: &VisitId) -> Result<HashMap<VisitRemarkId, Vec<VisitPhoto>>> {
    let rows = sqlx::query(
        "SELECT entry_id, hash, media_type, bytes
         FROM visit_photo
         WHERE visit_id = $1
         ORDER BY entry_id, place",
    )
    .bind(visit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    let mut found: HashMap<VisitRemarkId, Vec<VisitPhoto>> = HashMap::new();
    for row in &rows {
        let remark: VisitRemarkId = row.try_get::<String, _>("entry_id")?.parse()?;
        found.entry(remark).or_default().push(VisitPhoto {
            hash: row.try_get("hash")?,
            media_type: row.try_get("media_type")?,
            bytes: row.try_get("bytes")?,
        });
    }
    Ok(found)
}

/// The remarks of a visit, as they were received.
pub async fn of_visit(tx: &mut Tx, visit: &VisitId) -> Result<Vec<Remark>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM visit_entry
         WHERE visit_id = $1
         ORDER BY received_at, noted_at, id"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(visit.to_string())
        .fetch_all(&mut **tx)
        .await?;
    let mut photos = photos(tx, visit).await?;
    rows.iter()
        .map(|row| {
            let mut remark = remark_of(row)?;
            remark.photos = photos.remove(&remark.id).unwrap_or_default();
            Ok(remark)
        })
        .collect()
}

pub async fn settle(tx: &mut Tx, settlement: &Settlement) -> Result<()> {
    let columns = [
        "id",
        "visit_id",
        "clause",
        "entry_id",
        "among",
        "reason",
        "account_id",
        "account_name",
        "at",
    ];
    let row = vec![
        settlement.id.to_string().into(),
        settlement.visit.to_string().into(),
        settlement.clause.as_str().into(),
        settlement.chosen.to_string().into(),
        serde_json::to_string(&settlement.among)?.into(),
        settlement.reason.as_str().into(),
        settlement.account.to_string().into(),
        settlement.account_name.as_str().into(),
        settlement.at.to_string().into(),
    ];
    bulk::insert(tx, "visit_settlement", &columns, vec![row]).await
}

/// What was settled on a visit, oldest first.
pub async fn settlements(tx: &mut Tx, visit: &VisitId) -> Result<Vec<Settlement>> {
    let rows = sqlx::query(
        "SELECT id, visit_id, clause, entry_id, among, reason, account_id, account_name, at
         FROM visit_settlement
         WHERE visit_id = $1
         ORDER BY id",
    )
    .bind(visit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            let among: BTreeSet<VisitRemarkId> = serde_json::from_str(&text("among")?)?;
            Ok(Settlement {
                id: text("id")?.parse()?,
                visit: text("visit_id")?.parse()?,
                clause: text("clause")?,
                chosen: text("entry_id")?.parse()?,
                among,
                reason: text("reason")?,
                account: text("account_id")?.parse()?,
                account_name: text("account_name")?,
                at: text("at")?.parse()?,
            })
        })
        .collect()
}

/// A remark without its photos.
fn remark_of(row: &AnyRow) -> Result<Remark> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let kind = text("kind")?;
    let agrees = text("agrees")? == "yes";
    let content = match RemarkKind::from_key(&kind)
        .with_context(|| format!("unknown kind of remark {kind}"))?
    {
        RemarkKind::Clause => {
            let seen = text("seen")?;
            Content::Clause {
                clause: text("clause")?,
                seen: Seen::from_key(&seen)
                    .with_context(|| format!("nothing is seen as {seen}"))?,
                found: serde_json::from_str(&text("found")?)?,
            }
        }
        RemarkKind::Signature => Content::Signature {
            name: text("name")?,
            agrees,
        },
        RemarkKind::Comment => Content::Comment { agrees },
    };
    Ok(Remark {
        id: text("id")?.parse()?,
        visit: text("visit_id")?.parse()?,
        content,
        note: text("note")?,
        photos: Vec::new(),
        account: text("account_id")?.parse()?,
        account_name: text("account_name")?,
        noted_at: text("noted_at")?.parse()?,
        received_at: text("received_at")?.parse()?,
    })
}

#[cfg(test)]
mod tests;
