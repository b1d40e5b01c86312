//! Addresses of what everybody may read and of the trail.

/// What a title asks, clause by clause.
pub fn title(key: &str) -> String {
    format!("/standard/{key}")
}
