//! Addresses of cases, topics and meetings.

use jianjia_domain::core::ids::{CaseId, MeetingId, TopicId, UnitId};

/// The library of cases.
pub const CASES: &str = "/cases";
/// What waits at one's offices.
pub const QUEUE: &str = "/cases/queue";
pub const TOPICS: &str = "/topics";
pub const MEETINGS: &str = "/meetings";

pub fn case(id: &CaseId) -> String {
    format!("/cases/{id}")
}

pub fn photo(id: &CaseId, place: i64) -> String {
    format!("/cases/{id}/photos/{place}")
}

/// A union's own cases.
pub fn own(unit: &UnitId) -> String {
    format!("/units/{unit}/cases")
}

pub fn topic(id: &TopicId) -> String {
    format!("/topics/{id}")
}

pub fn meeting(id: &MeetingId) -> String {
    format!("/meetings/{id}")
}
