//! The addresses of this area's pages.

use jianjia_domain::core::ids::AmendmentId;

pub const AMENDMENTS: &str = "/amendments";
pub const VERSIONS: &str = "/standard/versions";

pub fn amendment(id: &AmendmentId) -> String {
    format!("{AMENDMENTS}/{id}")
}

pub fn version(version: &str) -> String {
    format!("{VERSIONS}/{version}")
}
