//! Addresses of a union's year. Its home and its rating are pages of later areas, which import from this one; the sheet links to them all the
//! same, so their addresses stand here.

use jianjia_app::year::sheet::Sheet;
use jianjia_domain::{
    core::ids::{EvidenceId, PersonId, UnitId},
    year::evidence::Target,
};
use jianjia_standard::fact::Fact;

use crate::visit::percent_encoded;

/// The home of a union, or of a person of it.
pub fn home(unit: &UnitId, person: Option<&PersonId>) -> String {
    format!("/units/{unit}/home{}", of(person))
}

/// The overview of a year's sheet.
pub fn sheet(unit: &UnitId, year: i16, person: Option<&PersonId>) -> String {
    format!("/units/{unit}/sheet/{year}{}", of(person))
}

/// One page of a sheet: the questions of a group.
pub fn group(unit: &UnitId, year: i16, group: &str, person: Option<&PersonId>) -> String {
    format!("/units/{unit}/sheet/{year}/{group}{}", of(person))
}

/// The question of a fact.
pub fn question(unit: &UnitId, year: i16, fact: &Fact, person: Option<&PersonId>) -> String {
    format!("{}#{}", group(unit, year, &fact.group, person), fact.key)
}

/// The question of a fact on this sheet.
pub fn question_on(sheet: &Sheet, fact: &Fact) -> String {
    let person = sheet.person.as_ref().map(|person| person.id);
    question(&sheet.unit.id, sheet.year, fact, person.as_ref())
}

/// The log of what a union did.
pub fn activities(unit: &UnitId) -> String {
    format!("/units/{unit}/activities")
}

/// What a union has uploaded.
pub fn evidence(unit: &UnitId) -> String {
    format!("/units/{unit}/evidence")
}

/// What a union has uploaded, to choose from for a fact or an activity.
pub fn evidence_for(unit: &UnitId, target: &Target, year: i16) -> String {
    // A colon may stand in a query as it is.
    let target = percent_encoded(&target.to_string()).replace("%3A", ":");
    format!("/units/{unit}/evidence?for={target}&year={year}")
}

/// The file itself.
pub fn file(evidence: &EvidenceId) -> String {
    format!("/evidence/{evidence}")
}

/// The members' rating of a year.
pub fn rating(unit: &UnitId, year: i16) -> String {
    format!("/units/{unit}/rating/{year}")
}

fn of(person: Option<&PersonId>) -> String {
    person.map_or_else(String::new, |person| format!("?person={person}"))
}
