//! Addresses: how a text stands in one, which lead to a page of ours, and which are for machines.

use axum::http::{HeaderMap, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but letters, digits and `-._~/`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// A text as it stands in a path, a query, a cookie or a file's name: everything but letters, digits and `-._~/` as `%XX`.
pub fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// The path of the page of ours that a request came from, for coming back to it.
pub fn came_from(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let (_, rest) = referer.split_once("://")?;
    let path = rest.strip_prefix(host)?;
    is_ours(path).then(|| path.to_owned())
}

/// Whether a path with its query leads to a page of ours; two slashes begin the address of another host.
pub fn is_ours(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether an address is for the machines that watch the program: they are told in other words that the database is away.
pub fn is_of_machines(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_digits_and_a_few_signs_stand_as_they_are() {
        let kept = "azAZ09-._~/";
        assert_eq!(percent_encoded(kept), kept);
        let visible: String = (b' '..=b'~').map(char::from).collect();
        assert_eq!(
            percent_encoded(&visible),
            "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C-./0123456789%3A%3B%3C%3D%3E%3F%40ABCDEFGHIJKLMNOPQRSTUVWXYZ%5B%5C%5D%5E_%60abcdefghijklmnopqrstuvwxyz%7B%7C%7D~"
        );
        assert_eq!(percent_encoded("工\r\n\u{7f}"), "%E5%B7%A5%0D%0A%7F");
    }
}
