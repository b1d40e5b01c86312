//! In which year a title in force was last looked at: kept beside titles, renewals and visits, from which it follows, so that those that are due again are
//! counted by an index.

use std::collections::BTreeSet;

use anyhow::Result;
use jianjia_domain::core::ids::{HonourId, UnitId};

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

/// Works out anew when these titles were last looked at.
pub(crate) async fn note(tx: &mut Tx, honours: impl Iterator<Item = HonourId>) -> Result<()> {
    write(tx, "h.id", honours.map(|id| id.to_string())).await
}

/// Works it out anew for the units' own titles.
pub(crate) async fn note_units(tx: &mut Tx, units: impl Iterator<Item = UnitId>) -> Result<()> {
    write(tx, "h.unit_id", units.map(|id| id.to_string())).await
}

async fn write(tx: &mut Tx, column: &str, ids: impl Iterator<Item = String>) -> Result<()> {
    let sql = format!(
        "INSERT INTO honour_look (honour_id, title, unit_path, named_in, looked_in)
         SELECT h.id, h.title, h.unit_path, h.year, (
           SELECT MAX(looked.year)
           FROM (
             SELECT h.year AS year
             UNION ALL
             SELECT r.year FROM honour_renewal r WHERE r.honour_id = h.id
             UNION ALL
             SELECT v.year FROM visit v WHERE v.unit_id = h.unit_id AND h.person_id = '' AND v.colour IN ('green', 'amber')
           ) AS looked)
         FROM (VALUES {{rows}}) AS one
         JOIN honour h ON {column} = one.column1
         WHERE h.state = 'in-force'
         ON CONFLICT (honour_id) DO UPDATE SET looked_in = excluded.looked_in"
    );
    // One row of a statement is written once.
    let ids: BTreeSet<String> = ids.collect();
    let rows: Vec<Vec<Value>> = ids.into_iter().map(|id| vec![id.into()]).collect();
    bulk::update(tx, &sql, &[], rows).await?;
    Ok(())
}

/// A title that is not in force any more is due to nobody.
pub(crate) async fn forget(tx: &mut Tx, honour: &HonourId) -> Result<()> {
    sqlx::query("DELETE FROM honour_look WHERE honour_id = $1")
        .bind(honour.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
