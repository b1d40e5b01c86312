//! Where units are paid: each saying is a row of its own, and the newest counts.

use std::collections::HashMap;

use anyhow::Result;
use jianjia_domain::{
    core::ids::{AccountId, UnitId},
    money::bank::BankDetails,
};
use sqlx::{Row, any::AnyRow};

use crate::core::{bulk, db::Tx};

/// Keeps what was said; false if somebody else said something at this revision.
pub async fn insert(tx: &mut Tx, details: &BankDetails, by: Option<AccountId>) -> Result<bool> {
    let columns = [
        "unit_id",
        "revision",
        "unit_path",
        "account_name",
        "bank",
        "sealed",
        "tail",
        "said_by",
        "said_by_name",
        "said_at",
    ];
    let row = vec![
        details.unit.to_string().into(),
        details.revision.into(),
        details.unit_path.as_str().into(),
        details.account_name.as_str().into(),
        details.bank.as_str().into(),
        details.sealed.as_str().into(),
        details.tail.as_str().into(),
        by.map(|id| id.to_string()).into(),
        details.said_by_name.as_str().into(),
        details.said_at.to_string().into(),
    ];
    bulk::insert_new(tx, "bank_detail", &columns, row).await
}

/// The newest of a unit.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Option<BankDetails>> {
    let mut found = of_units(tx, std::slice::from_ref(unit)).await?;
    Ok(found.remove(unit))
}

/// The newest of each of these units that said any.
pub async fn of_units(tx: &mut Tx, units: &[UnitId]) -> Result<HashMap<UnitId, BankDetails>> {
    let sql = "SELECT b.unit_id, b.revision, b.unit_path, b.account_name, b.bank, b.sealed, b.tail, b.said_by_name, b.said_at
               FROM bank_detail b
               WHERE b.unit_id IN ({words})
                 AND b.revision = (SELECT MAX(n.revision) FROM bank_detail n WHERE n.unit_id = b.unit_id)";
    let rows = bulk::select(tx, sql, &[], units.iter().map(UnitId::to_string)).await?;
    let mut found = HashMap::new();
    for row in &rows {
        let details = details_of(row)?;
        found.insert(details.unit, details);
    }
    Ok(found)
}

fn details_of(row: &AnyRow) -> Result<BankDetails> {
    let text = |column: &str| row.try_get::<String, _>(column);
    Ok(BankDetails {
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        account_name: text("account_name")?,
        bank: text("bank")?,
        sealed: text("sealed")?,
        tail: text("tail")?,
        said_by_name: text("said_by_name")?,
        said_at: text("said_at")?.parse()?,
        revision: row.try_get("revision")?,
    })
}
