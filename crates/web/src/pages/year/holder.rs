//! Whose year it is: a union's, or that of a person of it.

use jianjia_app::year::sheet::Sheet;
use jianjia_domain::core::ids::PersonId;
use serde::Deserialize;

use crate::{page::PageError, path};

/// `?person=`: the sheet or the home of a person of the unit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfPerson {
    pub person: String,
}

impl OfPerson {
    /// The person; none for the union itself.
    ///
    /// # Errors
    /// Not found, when it is no id.
    pub fn id(&self) -> Result<Option<PersonId>, PageError> {
        match self.person.as_str() {
            "" => Ok(None),
            id => path::read(id).map(Some),
        }
    }
}

/// Whose sheet it is, as a heading says it.
pub fn name(sheet: &Sheet) -> String {
    sheet
        .person
        .as_ref()
        .map_or_else(|| sheet.unit.name.clone(), |person| person.name.clone())
}
