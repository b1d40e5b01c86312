//! Addresses of the round: applications and what is decided on them.

use jianjia_domain::core::ids::{
    ApplicationId, EntryId, ObjectionId, PublicationId, UnitId, VetoId,
};

/// What a unit applied for, and can apply for.
pub fn applications(unit: &UnitId) -> String {
    format!("/units/{unit}/applications")
}

/// An application as its applicant sees it.
pub fn application(application: &ApplicationId) -> String {
    format!("/applications/{application}")
}

/// An application on the reviewer's desk.
pub fn application_check(id: &ApplicationId) -> String {
    format!("/applications/{id}/check")
}

pub fn review(application: &ApplicationId) -> String {
    format!("/applications/{application}/review")
}

/// A federation's ranked list of candidates: the actor's own, where none is named.
pub fn recommendations(year: i16, title: &str) -> String {
    format!("/recommendations/{year}/{title}")
}

/// The ranked list of this federation.
pub fn recommendations_of(year: i16, title: &str, federation: &UnitId) -> String {
    format!("/recommendations/{year}/{title}?of={federation}")
}

/// What was applied for below a federation in a year for a title: the subject of its table.
pub fn applications_below(federation: &UnitId, year: i16, title: &str) -> String {
    format!("/units/{federation}/applications/{year}/{title}")
}

/// What a federation gives on of its places.
pub fn shares_of(year: i16, title: &str, federation: &UnitId) -> String {
    format!("/recommendations/{year}/{title}/shares?of={federation}")
}

/// A year's days, for those who set them.
pub fn round(year: i16) -> String {
    format!("/rounds/{year}")
}

/// The places of the federations.
pub fn quotas(year: i16) -> String {
    format!("/quotas/{year}")
}

/// The candidates for a title, to be named.
pub fn namings(year: i16, title: &str) -> String {
    format!("/namings/{year}/{title}")
}

/// The public notices that hang.
pub const PUBLICATIONS: &str = "/publications";

/// A public notice.
pub fn publication(id: &PublicationId) -> String {
    format!("{PUBLICATIONS}/{id}")
}

/// What the city shows of a title, and has shown.
pub fn publications_of(year: i16, title: &str) -> String {
    format!("/namings/{year}/{title}/publication")
}

/// Objections, for those who handle them.
pub const OBJECTIONS: &str = "/objections";

pub fn objection(id: &ObjectionId) -> String {
    format!("{OBJECTIONS}/{id}")
}

/// Where an objection is followed by its code.
pub fn followed_objection(number: i64) -> String {
    format!("{OBJECTIONS}/follow/{number}")
}

/// How far the departments of a round are.
pub fn departments(year: i16) -> String {
    format!("/departments/{year}")
}

/// What a department was asked and answered, for the city.
pub fn department(year: i16, key: &str) -> String {
    format!("/departments/{year}/{key}")
}

/// The list of the department that somebody answers for.
pub const OWN_DEPARTMENT: &str = "/department";

/// The same of a round.
pub fn own_department(year: i16) -> String {
    format!("{OWN_DEPARTMENT}?year={year}")
}

/// A unit on that list, to be answered for.
pub fn asked(year: i16, unit: &UnitId) -> String {
    format!("{OWN_DEPARTMENT}/{year}/{unit}")
}

/// What a department says of a unit.
pub fn entry(entry: &EntryId) -> String {
    format!("/entries/{entry}")
}

/// A veto on record.
pub fn veto(veto: &VetoId) -> String {
    format!("/vetoes/{veto}")
}
