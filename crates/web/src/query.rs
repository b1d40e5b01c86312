//! Addresses that ask something: a list with its filters.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use crate::{page::PageError, visit::percent_encoded};

/// A question by the names of its fields, as a job keeps it.
///
/// # Errors
/// Not found, when it is none.
pub fn of_fields<T: DeserializeOwned>(fields: &BTreeMap<String, String>) -> Result<T, PageError> {
    let fields = serde_json::to_value(fields).map_err(anyhow::Error::from)?;
    serde_json::from_value(fields).map_err(|_| PageError::NotFound)
}

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
