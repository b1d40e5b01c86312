//! The fields of an urlencoded form, up to a number.

use serde::de::DeserializeOwned;

/// The most fields: the longest page has some hundreds.
pub const FIELDS_LIMIT: usize = 5_000;

/// The form is not urlencoded text, lacks a field, or has more fields than any page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// Parses a form that is wholly in memory.
///
/// # Errors
/// When it is not urlencoded, has too many fields, or not those that are asked for.
pub fn read<T: DeserializeOwned>(form: &[u8]) -> Result<T, Unreadable> {
    let fields = form.iter().filter(|byte| **byte == b'&').count() + 1;
    if fields > FIELDS_LIMIT {
        return Err(Unreadable);
    }
    serde_html_form::from_bytes(form).map_err(|error| {
        tracing::info!(%error, "a form could not be read");
        Unreadable
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_up_to_a_number() {
        let fields: Vec<(String, String)> = read("a=1&b=%E5%B7%A5&a=2".as_bytes()).unwrap();
        let expect = [("a", "1"), ("b", "工"), ("a", "2")];
        assert_eq!(
            fields,
            expect.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        for (count, expect) in [
            (FIELDS_LIMIT, Ok(FIELDS_LIMIT)),
            (FIELDS_LIMIT + 1, Err(Unreadable)),
        ] {
            let form = vec!["a=1"; count].join("&");
            let fields = read::<Vec<(String, String)>>(form.as_bytes());
            assert_eq!(fields.map(|fields| fields.len()), expect);
        }
    }
}
