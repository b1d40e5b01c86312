//! Keys that an earlier release stored are made anew, once, when this one makes them otherwise: else names would be sorted and found by two rules.

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_store::core::sort_key;
use serde_json::json;

use crate::core::{app::App, error::Result, sort_key::sort_key as key_of};

/// Goes up with every change of what `sort_key` makes of a name, and with every further table that keeps such keys.
pub const FORM: i64 = 4;

/// Makes the stored keys anew that are not as this release makes them; a line of the trail states their number. Returns it.
///
/// # Errors
/// If the database fails.
pub async fn renew(app: &App) -> Result<u64> {
    let mut tx = app.db.read().await?;
    let known = sort_key::form(&mut tx).await?;
    tx.commit().await?;
    if known == FORM {
        return Ok(0);
    }
    let mut tx = app.db.write_alone().await?;
    let rows = sort_key::renew(&mut tx, FORM, &key_of).await?;
    if rows > 0 {
        let (deed, detail) = (Deed::RenewSortKeys, json!({ "rows": rows }));
        app.trail_by(&mut tx, ("", ""), deed, Object::Trail, None, detail)
            .await?;
    }
    tx.commit().await?;
    Ok(rows)
}
