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

/// Where what was imported below a unit is listed, and how that list is called. People and year sheets stand at their unions; divisions have no page,
/// but a table.
pub fn list(kind: ImportKind, under: &UnitId) -> (String, &'static str) {
    match kind {
        ImportKind::Divisions => (export(under, kind), "下载行政区划表"),
        ImportKind::Unions | ImportKind::People | ImportKind::Sheets => {
            (format!("/units?under={under}"), "打开工会名册")
        }
        ImportKind::Titles => (format!("/honours?under={under}"), "打开光荣册"),
        ImportKind::Vetoes => ("/vetoes".to_owned(), "打开否决登记"),
        ImportKind::Answers => ("/departments".to_owned(), "打开部门答复"),
        ImportKind::Accounts => (
            format!("/invitations?under={under}"),
            "打开邀请，打印邀请单",
        ),
    }
}
