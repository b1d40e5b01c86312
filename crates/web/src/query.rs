//! Addresses that ask something: a list with its filters.

use crate::visit::percent_encoded;

/// The address of a list with what is asked of it, ready for one more: `/units?kind=branch&`. What is empty is left out.
pub fn asked(path: &str, parts: &[(&str, &str)]) -> String {
    let mut address = format!("{path}?");
    for (name, value) in parts {
        if !value.is_empty() {
            address.push_str(&format!("{name}={}&", percent_encoded(value)));
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_stands_encoded_and_what_is_empty_not_at_all() {
        let parts = [("q", "天宁 区"), ("kind", ""), ("page", "2")];
        assert_eq!(
            asked("/units", &parts),
            "/units?q=%E5%A4%A9%E5%AE%81%20%E5%8C%BA&page=2&"
        );
        assert_eq!(asked("/units", &[("q", "")]), "/units?");
    }
}
