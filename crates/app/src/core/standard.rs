//! The standards used here: the one in force, and every earlier one, so that what they decided can be recomputed.

use anyhow::{Context, anyhow};
use jianjia_domain::core::{
    audit::{AuditLine, deed::Deed, object::Object},
    ids::AuditId,
};
use jianjia_standard::{Standard, load};
use jianjia_store::core::{
    audit,
    db::{Db, Tx},
    scope::Scope,
    standard::{self, StandardTexts},
};
use jiff::Timestamp;
use serde_json::json;

use crate::core::{entropy::Entropy, error::Result};

/// Loads a standard and keeps its texts with the database that it will judge for.
///
/// # Errors
/// When it has mistakes: the first is told, `jianjia standard check` tells all.
pub async fn adopt(
    db: &Db,
    texts: &StandardTexts,
    entropy: &Entropy,
    now: Timestamp,
) -> Result<Standard> {
    let loaded = load(texts)?;
    let mut tx = db.write(Scope::Standards).await?;
    if standard::find(&mut tx, &loaded.version).await?.is_none() {
        standard::keep(&mut tx, &loaded, texts, &now.to_string()).await?;
        let adopted = Object::Standard(loaded.version.clone());
        let line = AuditLine {
            id: AuditId(entropy.id(now)),
            at: now,
            account_id: String::new(),
            account_name: String::new(),
            act: Deed::AdoptStandard.into(),
            noun: adopted.noun().into(),
            noun_id: adopted.id(),
            unit_id: None,
            unit_path: String::new(),
            detail: json!({ "key": loaded.key }),
        };
        audit::append(&mut tx, &line).await?;
        tx.commit().await?;
    }
    Ok(loaded)
}

/// The standard of a version that was used here.
pub async fn of_version(tx: &mut Tx, version: &str) -> Result<Option<Standard>> {
    let texts = standard::find(tx, version).await?;
    Ok(texts.map(|texts| load(&texts)).transpose()?)
}

/// Loads a standard from its texts.
///
/// # Errors
/// When it has mistakes: the first is told, `jianjia standard check` tells all.
pub fn load(texts: &StandardTexts) -> anyhow::Result<Standard> {
    load::texts(&texts.standard_toml, &texts.facts_toml)
        .map_err(|mistakes| match mistakes.first() {
            Some(first) => anyhow!(
                "{}:{}:{}: {}",
                first.file,
                first.line,
                first.column,
                first.message
            ),
            None => anyhow!("no mistake is told"),
        })
        .context("the standard has mistakes (`jianjia standard check` tells all)")
}
