//! Evidence and its uses.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{AccountId, EvidenceId, UnitId},
    year::evidence::{Evidence, EvidenceUse, MediaType, Target},
};
use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

/// How many pieces of evidence each of these units uses in a year, vouchers of spending aside; units without any are left out.
pub async fn counts(tx: &mut Tx, units: &[UnitId], year: i16) -> Result<Vec<(UnitId, i64)>> {
    let sql = "SELECT evidence_use.unit_id, CAST(COUNT(DISTINCT evidence_use.evidence_id) AS BIGINT) AS pieces
               FROM evidence_use
               JOIN evidence ON evidence.id = evidence_use.evidence_id AND evidence.removed_at IS NULL
               WHERE evidence_use.year = $1 AND evidence_use.unit_id IN ({words}) AND evidence_use.target NOT LIKE 'spending:%'
               GROUP BY evidence_use.unit_id";
    let first = [i64::from(year).into()];
    let rows = bulk::select(tx, sql, &first, units.iter().map(UnitId::to_string)).await?;
    rows.iter()
        .map(|row| {
            let unit: String = row.try_get("unit_id")?;
            Ok((unit.parse()?, row.try_get("pieces")?))
        })
        .collect()
}

/// Inserts a piece of evidence, unless the unit has the same content; returns the id of the row that is kept.
pub async fn insert(tx: &mut Tx, evidence: &Evidence) -> Result<EvidenceId> {
    if let Some(known) = of_hash(tx, &evidence.unit, &evidence.hash).await? {
        return Ok(known);
    }
    sqlx::query(
        "INSERT INTO evidence (id, unit_id, unit_path, hash, name, media_type, bytes, uploaded_by, uploaded_by_name, uploaded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(evidence.id.to_string())
    .bind(evidence.unit.to_string())
    .bind(&evidence.unit_path)
    .bind(&evidence.hash)
    .bind(&evidence.name)
    .bind(evidence.media_type.mime())
    .bind(evidence.bytes)
    .bind(evidence.uploaded_by.map(|id| id.to_string()))
    .bind(&evidence.uploaded_by_name)
    .bind(evidence.uploaded_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(evidence.id)
}

/// Inserts pieces that their units do not have yet, with what each is used for in a year.
pub async fn insert_many(tx: &mut Tx, year: i16, pieces: &[(Evidence, Vec<Target>)]) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "hash",
        "name",
        "media_type",
        "bytes",
        "uploaded_by",
        "uploaded_by_name",
        "uploaded_at",
    ];
    let rows = pieces
        .iter()
        .map(|(piece, _)| {
            vec![
                piece.id.to_string().into(),
                piece.unit.to_string().into(),
                piece.unit_path.as_str().into(),
                piece.hash.as_str().into(),
                piece.name.as_str().into(),
                piece.media_type.mime().into(),
                piece.bytes.into(),
                piece.uploaded_by.map(|id| id.to_string()).into(),
                piece.uploaded_by_name.as_str().into(),
                piece.uploaded_at.to_string().into(),
            ]
        })
        .collect();
    bulk::insert(tx, "evidence", &columns, rows).await?;
    let columns = [
        "evidence_id",
        "unit_id",
        "year",
        "target",
        "added_by",
        "added_at",
    ];
    let uses = pieces.iter().flat_map(|(piece, targets)| {
        targets.iter().map(move |target| {
            vec![
                piece.id.to_string().into(),
                piece.unit.to_string().into(),
                i64::from(year).into(),
                target.to_string().into(),
                piece.uploaded_by.map(|id| id.to_string()).into(),
                piece.uploaded_at.to_string().into(),
            ]
        })
    });
    bulk::insert(tx, "evidence_use", &columns, uses.collect()).await
}

pub async fn find(tx: &mut Tx, id: &EvidenceId) -> Result<Option<Evidence>> {
    let row = sqlx::query(
        "SELECT id, unit_id, unit_path, hash, name, media_type, bytes, uploaded_by, uploaded_by_name, uploaded_at, removed_at
         FROM evidence
         WHERE id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| evidence_of(&row)).transpose()
}

/// The evidence of a unit, newest first, without removed pieces.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Evidence>> {
    sqlx::query(
        "SELECT id, unit_id, unit_path, hash, name, media_type, bytes, uploaded_by, uploaded_by_name, uploaded_at, removed_at
         FROM evidence
         WHERE unit_id = $1 AND removed_at IS NULL
         ORDER BY id DESC",
    )
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(evidence_of)
    .collect()
}

/// Removes a piece of evidence from the unit's list, keeping row and file. Returns whether it was in the list.
pub async fn remove(tx: &mut Tx, unit: &UnitId, id: &EvidenceId, now: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE evidence
         SET removed_at = $1
         WHERE id = $2 AND unit_id = $3 AND removed_at IS NULL",
    )
    .bind(now.to_string())
    .bind(id.to_string())
    .bind(unit.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Attaches a piece of evidence to a fact or an activity of a year; does nothing if it is attached already.
pub async fn attach(
    tx: &mut Tx,
    unit: &UnitId,
    used: &EvidenceUse,
    by: &AccountId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO evidence_use (evidence_id, unit_id, year, target, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (unit_id, year, target, evidence_id) DO NOTHING",
    )
    .bind(used.evidence.to_string())
    .bind(unit.to_string())
    .bind(i64::from(used.year))
    .bind(used.target.to_string())
    .bind(by.to_string())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Detaches a piece of evidence from a fact or an activity. Returns whether it was attached.
pub async fn detach(tx: &mut Tx, unit: &UnitId, used: &EvidenceUse) -> Result<bool> {
    let done = sqlx::query(
        "DELETE FROM evidence_use
         WHERE evidence_id = $1 AND unit_id = $2 AND year = $3 AND target = $4",
    )
    .bind(used.evidence.to_string())
    .bind(unit.to_string())
    .bind(i64::from(used.year))
    .bind(used.target.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The uses of a unit's evidence in all years, newest year first.
pub async fn uses(tx: &mut Tx, unit: &UnitId) -> Result<Vec<EvidenceUse>> {
    let rows = sqlx::query(
        "SELECT evidence_use.evidence_id, evidence_use.year, evidence_use.target
         FROM evidence_use
         JOIN evidence ON evidence.id = evidence_use.evidence_id AND evidence.removed_at IS NULL
         WHERE evidence_use.unit_id = $1
         ORDER BY evidence_use.year DESC, evidence_use.target, evidence_use.evidence_id",
    )
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(EvidenceUse {
                evidence: row.try_get::<String, _>("evidence_id")?.parse()?,
                year: i16::try_from(row.try_get::<i64, _>("year")?)?,
                target: target_of(row)?,
            })
        })
        .collect()
}

/// What a piece is used for, in all years.
pub async fn targets(tx: &mut Tx, unit: &UnitId, id: &EvidenceId) -> Result<Vec<Target>> {
    let rows = sqlx::query(
        "SELECT target
         FROM evidence_use
         WHERE unit_id = $1 AND evidence_id = $2
         ORDER BY year DESC, target",
    )
    .bind(unit.to_string())
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(target_of).collect()
}

fn target_of(row: &AnyRow) -> Result<Target> {
    let target: String = row.try_get("target")?;
    Target::read(&target).with_context(|| format!("{target} is no target of evidence"))
}

async fn of_hash(tx: &mut Tx, unit: &UnitId, hash: &str) -> Result<Option<EvidenceId>> {
    let row = sqlx::query(
        "SELECT id
         FROM evidence
         WHERE unit_id = $1 AND hash = $2 AND removed_at IS NULL",
    )
    .bind(unit.to_string())
    .bind(hash)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .transpose()
}

fn evidence_of(row: &AnyRow) -> Result<Evidence> {
    let media_type: String = row.try_get("media_type")?;
    let uploaded_by: Option<String> = row.try_get("uploaded_by")?;
    let removed_at: Option<String> = row.try_get("removed_at")?;
    Ok(Evidence {
        id: row.try_get::<String, _>("id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        hash: row.try_get("hash")?,
        name: row.try_get("name")?,
        media_type: MediaType::from_mime(&media_type)
            .with_context(|| format!("unknown media type {media_type}"))?,
        bytes: row.try_get("bytes")?,
        uploaded_by: uploaded_by.map(|id| id.parse()).transpose()?,
        uploaded_by_name: row.try_get("uploaded_by_name")?,
        uploaded_at: row.try_get::<String, _>("uploaded_at")?.parse()?,
        removed_at: removed_at.map(|at| at.parse()).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::LedgerEntryId;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn pieces_are_counted_once_a_unit_and_year_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let unit = |number: u128| UnitId(Uuid::from_u128(number));
            let now = Timestamp::from_second(1_476_000_000).unwrap();
            let by = AccountId(Uuid::from_u128(7));
            let mut pieces = Vec::new();
            for (number, owner) in [(1, 1), (2, 1), (3, 1), (4, 2)] {
                let piece = Evidence {
                    id: EvidenceId(Uuid::from_u128(number)),
                    unit: unit(owner),
                    unit_path: format!("/{owner}/"),
                    hash: format!("{number:064}"),
                    name: "许可证.pdf".to_owned(),
                    media_type: MediaType::Pdf,
                    bytes: 1,
                    uploaded_by: None,
                    uploaded_by_name: String::new(),
                    uploaded_at: now,
                    removed_at: None,
                };
                insert(&mut tx, &piece).await.unwrap();
                pieces.push(piece);
            }
            // The first serves two facts, the second another year, the third is removed, the fourth is another unit's.
            for (piece, year, fact) in [
                (0, 2016, "own_account"),
                (0, 2016, "legal_person"),
                (1, 2015, "own_account"),
                (2, 2016, "own_account"),
                (3, 2016, "own_account"),
            ] {
                let piece: &Evidence = &pieces[piece];
                let used = EvidenceUse {
                    evidence: piece.id,
                    year,
                    target: Target::Fact(fact.to_owned()),
                };
                attach(&mut tx, &piece.unit, &used, &by, now).await.unwrap();
            }
            remove(&mut tx, &unit(1), &pieces[2].id, now).await.unwrap();
            let units = [unit(1), unit(2), unit(3)];
            let mut found = counts(&mut tx, &units, 2016).await.unwrap();
            found.sort_unstable_by_key(|(unit, _)| *unit);
            assert_eq!(found, [(unit(1), 1), (unit(2), 1)]);
            assert_eq!(counts(&mut tx, &units, 2015).await.unwrap(), [(unit(1), 1)]);
            // A voucher is no piece of the sheet.
            let voucher = Target::Spending(LedgerEntryId(Uuid::from_u128(9)));
            for (piece, owner) in [(&pieces[0], 1), (&pieces[1], 1)] {
                let used = EvidenceUse {
                    evidence: piece.id,
                    year: 2016,
                    target: voucher.clone(),
                };
                attach(&mut tx, &unit(owner), &used, &by, now)
                    .await
                    .unwrap();
            }
            let mut found = counts(&mut tx, &units, 2016).await.unwrap();
            found.sort_unstable_by_key(|(unit, _)| *unit);
            assert_eq!(found, [(unit(1), 1), (unit(2), 1)]);
            let of_both = targets(&mut tx, &unit(1), &pieces[1].id).await.unwrap();
            assert_eq!(of_both, [voucher, Target::Fact("own_account".to_owned())]);
            // Many at once: each with all that it is used for.
            let many = [(5, 3), (6, 3)].map(|(number, owner)| {
                let piece = Evidence {
                    id: EvidenceId(Uuid::from_u128(number)),
                    unit: unit(owner),
                    hash: format!("{number:064}"),
                    ..pieces[0].clone()
                };
                let facts = ["own_account", "legal_person"];
                let targets: Vec<Target> = facts.map(|key| Target::Fact(key.to_owned())).into();
                (piece, targets)
            });
            insert_many(&mut tx, 2016, &many).await.unwrap();
            assert_eq!(of_unit(&mut tx, &unit(3)).await.unwrap().len(), 2);
            assert_eq!(uses(&mut tx, &unit(3)).await.unwrap().len(), 4);
            let found = counts(&mut tx, &units[2..], 2016).await.unwrap();
            assert_eq!(found, [(unit(3), 2)]);
            assert_eq!(counts(&mut tx, &[], 2016).await.unwrap(), []);
        }
    }
}
