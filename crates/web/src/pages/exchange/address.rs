//! Addresses of imports and exports.

use jianjia_domain::{
    core::{
        ids::{ImportId, UnitId},
        policy::Actor,
    },
    exchange::import::ImportKind,
};
use uuid::Uuid;

use crate::{frame::Frame, pages::round::address::OWN_DEPARTMENT};

/// The archives of the city's rounds.
pub const ARCHIVES: &str = "/archives";

/// Where somebody sends tables: an office among its imports, a department beside its list.
pub fn imports(frame: &Frame) -> &'static str {
    match is_department(frame) {
        true => DEPARTMENT_SHEETS,
        false => "/imports",
    }
}

/// Where a department sends the sheet that it filled in.
pub const DEPARTMENT_SHEETS: &str = "/department/sheets";

/// The page from which tables are sent, and how it is called.
pub fn upper(frame: &Frame) -> (&'static str, &'static str) {
    match is_department(frame) {
        true => (OWN_DEPARTMENT, frame.t("答复清单")),
        false => ("/imports", frame.t("导入")),
    }
}

fn is_department(frame: &Frame) -> bool {
    frame.actor.as_ref().is_some_and(Actor::is_department)
}

/// An uploaded table and the fate of each of its rows.
pub fn import(frame: &Frame, import: &ImportId) -> String {
    format!("{}/{import}", imports(frame))
}

/// A table that is being read.
pub fn reading(frame: &Frame, reading: &Uuid) -> String {
    format!("{}/readings/{reading}", imports(frame))
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
pub fn list(frame: &Frame, kind: ImportKind, under: &UnitId) -> (String, &'static str) {
    match kind {
        ImportKind::Answers if is_department(frame) => (OWN_DEPARTMENT.to_owned(), "打开答复清单"),
        ImportKind::Divisions => (export(under, kind), "下载行政区划表"),
        ImportKind::Unions | ImportKind::People | ImportKind::Sheets => {
            (format!("/units?under={under}"), "打开工会名册")
        }
        ImportKind::Titles => (format!("/honours?under={under}"), "打开光荣册"),
        ImportKind::Vetoes => ("/vetoes".to_owned(), "打开否决登记"),
        ImportKind::Answers => ("/departments".to_owned(), "打开部门答复"),
        ImportKind::SubsidyBases => ("/subsidies".to_owned(), "打开活动经费补贴"),
        ImportKind::Accounts => (
            format!("/invitations?under={under}"),
            "打开邀请，打印邀请单",
        ),
    }
}
