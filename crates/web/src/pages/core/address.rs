//! Addresses of what everybody may read, of the trail and of jobs.

use jianjia_domain::core::ids::JobId;

/// What a title asks, clause by clause.
pub fn title(key: &str) -> String {
    format!("/standard/{key}")
}

/// A job and how far it is.
pub fn job(job: &JobId) -> String {
    format!("/jobs/{job}")
}

/// The file that came of a job.
pub fn file(job: &JobId) -> String {
    format!("/jobs/{job}/file")
}
