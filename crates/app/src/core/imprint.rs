//! What an official paper prints of its imprint. The acts that say it, of all kinds, stand in `crate::imprint`.

use jianjia_domain::core::imprint::{Official, Said};
use jianjia_store::{core::db::Tx, core::imprint as imprints};

use crate::core::error::Result;

/// What the office said of a paper; empty where it said nothing, which is left to be written by hand.
///
/// # Errors
/// When it can't be read.
pub(crate) async fn said(tx: &mut Tx, kind: Official, subject: &str) -> Result<Said> {
    let found = imprints::find(tx, kind, subject).await?;
    Ok(found.map(|imprint| imprint.said).unwrap_or_default())
}
