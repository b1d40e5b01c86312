//! Visitors without a name: voters, and group members with their codes. Nothing of a visit to their pages remains in the browser.

use axum::http::{HeaderMap, HeaderValue, header};

/// Whether an address is for people without a name. Whoever opens it is nobody in particular even when signed in elsewhere: no cookie is
/// set, and no account is read.
pub fn is_nameless(path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("v" | "kiosk"), _, _) => true,
        (Some("polls"), Some(_), Some(act)) => {
            matches!(act, "group" | "paper" | "box" | "signature")
        }
        _ => false,
    }
}

/// Whether an address is of those who object or look after their objection: they are nobody in particular even when signed in, for a session that is
/// prolonged would tell when they were there.
pub fn is_of_objectors(path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    matches!(
        (parts.next(), parts.next(), parts.next()),
        (Some("objections"), Some("follow"), _)
            | (Some("publications"), Some(_), Some("objection"))
    )
}

/// Sets the headers of an answer to a visitor without a name. A slip's code may stand in the address (older slips lead to `/v/<code>`): no
/// browser stores the page, and none sends its address on to another page.
pub fn keep_nameless(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
}
