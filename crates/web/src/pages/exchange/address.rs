//! Addresses of imports and exports.

use jianjia_domain::{
    core::ids::{ImportId, UnitId},
    exchange::import::ImportKind,
};
use uuid::Uuid;

/// An uploaded table and the fate of each of its rows.
pub fn import(import: &ImportId) -> String {
    format!("/imports/{import}")
}

/// A table that is being read.
pub fn reading(reading: &Uuid) -> String {
    format!("/imports/readings/{reading}")
}

/// An empty table to fill in.
pub fn template(kind: ImportKind) -> String {
    format!("/imports/templates/{}", kind.key())
}

/// A table of what is recorded below a unit, to download.
pub fn export(unit: &UnitId, kind: ImportKind) -> String {
    format!("/units/{unit}/exports/{}", kind.key())
}
