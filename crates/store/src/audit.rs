//! The trail: appended in the act's transaction.

use anyhow::Result;
use jianjia_domain::audit::AuditLine;

use crate::db::Tx;

pub async fn append(tx: &mut Tx, line: &AuditLine) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit (id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(line.id.to_string())
    .bind(line.at.to_string())
    .bind(&line.account_id)
    .bind(&line.account_name)
    .bind(&line.act)
    .bind(&line.noun)
    .bind(&line.noun_id)
    .bind(line.unit_id.map_or_else(String::new, |id| id.to_string()))
    .bind(&line.unit_path)
    .bind(line.detail.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
