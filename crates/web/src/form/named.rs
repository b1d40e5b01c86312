//! A form whose fields are read by their names, since these are made of what they are about.

use std::str::FromStr;

use serde::Deserialize;

use crate::{page::PageError, path};

/// A form's fields by name, in their order and as often as they came: for forms whose names are made of what they are about.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a field, when it came.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The first value of a field; empty when it did not come.
    pub fn first(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// The fields whose names begin so, with the rest of their names: `reason_M1b` is `M1b`.
    pub fn beginning<'a>(&'a self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(field, value)| Some((field.strip_prefix(prefix)?, value.as_str())))
    }

    /// The id or number of a hidden field.
    ///
    /// # Errors
    /// Not found, when it is none.
    pub fn read<T: FromStr>(&self, name: &str) -> Result<T, PageError> {
        path::read(self.first(name))
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;
    use crate::{form::fields::read, page::PageError};

    #[test]
    fn fields_are_found_by_name_in_their_order() {
        let fields: Fields = read(b"a=1&reason_M1=x&a=2&reason_M2=y").unwrap();
        assert_eq!((fields.first("a"), fields.first("b")), ("1", ""));
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(
            fields.beginning("reason_").collect::<Vec<_>>(),
            [("M1", "x"), ("M2", "y")]
        );
        assert_eq!(fields.read::<i64>("a").unwrap(), 1);
        assert!(matches!(
            fields.read::<i64>("reason_M1"),
            Err(PageError::NotFound)
        ));
    }
}
