//! What is asked under “what if”, as it stands in the address: the unit and the year, what is changed, and which of those who move are listed. Only what is
//! changed stands there, so that a link says no more than it means.

use std::collections::BTreeMap;

use jianjia_app::amending::what_if::{MoveFilter, Where};
use jianjia_domain::core::ids::UnitId;
use jianjia_standard::{
    kinds::Kind,
    what_if::{change::Change, effect::Move},
};
use serde::Deserialize;

use crate::{page::PageError, path, query};

/// The fields that are no changes.
const FIELDS: [&str; 8] = [
    "year", "place", "proposal", "title", "what", "under", "kind", "page",
];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "BTreeMap<String, String>")]
pub(crate) struct Asked {
    fields: BTreeMap<String, String>,
    /// The fields of the form as they were typed, those left empty too.
    pub(super) typed: Vec<(String, String)>,
}

impl From<BTreeMap<String, String>> for Asked {
    fn from(pairs: BTreeMap<String, String>) -> Asked {
        Asked::of(pairs)
    }
}

impl Asked {
    /// What a form or an address says; of a field that stands there twice the last.
    pub(super) fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Asked {
        let mut asked = Asked::default();
        for (name, value) in pairs {
            if FIELDS.contains(&name.as_str()) {
                asked.fields.insert(name, value);
            } else if name.contains('.') {
                asked.typed.retain(|(known, _)| *known != name);
                asked.typed.push((name, value));
            }
        }
        asked
    }

    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    pub(super) fn at(&self) -> Result<Where, PageError> {
        Ok(Where {
            year: read(self.field("year"))?,
            place: read(self.field("place"))?,
        })
    }

    /// What was typed as changes; an empty field leaves the standard as it is.
    pub(super) fn changes(&self) -> Vec<Change> {
        let typed = self
            .typed
            .iter()
            .filter(|(_, value)| !value.trim().is_empty());
        typed
            .filter_map(|(name, value)| Change::read(name, value))
            .collect()
    }

    /// What was typed into a field of the form.
    pub(super) fn typed(&self, name: &str) -> Option<&str> {
        let found = self.typed.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn filter(&self) -> Result<MoveFilter, PageError> {
        let under: Option<UnitId> = read(self.field("under"))?;
        Ok(MoveFilter {
            title: self.field("title").to_owned(),
            what: Move::from_key(self.field("what")),
            under,
            kind: Kind::from_key(self.field("kind")),
        })
    }

    pub(super) fn page(&self) -> i64 {
        self.field("page").parse().unwrap_or(1).max(1)
    }

    /// Whether the address says what is changed and nothing else.
    pub(super) fn is_as_written(&self, kept: &[Change]) -> bool {
        let mut typed = self.typed.clone();
        typed.sort();
        let mut written: Vec<(String, String)> = kept.iter().map(pair).collect();
        written.sort();
        typed == written && self.fields.values().all(|value| !value.is_empty())
    }

    /// The address of the same unit and year with these changes, ready for one more field.
    pub(super) fn base(&self, path: &str, kept: &[Change]) -> String {
        self.with(path, kept, &["year", "place", "proposal"], &[])
    }

    /// The same with the list's filter, ready for `page=`.
    pub(super) fn listed(&self, path: &str, kept: &[Change]) -> String {
        let names = [
            "year", "place", "proposal", "title", "what", "under", "kind",
        ];
        self.with(path, kept, &names, &[])
    }

    /// The whole of it.
    pub(super) fn address(&self, path: &str, kept: &[Change]) -> String {
        let address = self.with(path, kept, &FIELDS, &[]);
        address.trim_end_matches(['?', '&']).to_owned()
    }

    /// The address with some of its fields, and others in their place.
    pub(super) fn with(
        &self,
        path: &str,
        kept: &[Change],
        names: &[&str],
        others: &[(&str, &str)],
    ) -> String {
        let pairs: Vec<(String, String)> = kept.iter().map(pair).collect();
        let own = names.iter().map(|name| (*name, self.field(name)));
        let changes = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let parts: Vec<(&str, &str)> = own.chain(changes).chain(others.iter().copied()).collect();
        query::asked(path, &parts)
    }
}

/// A change as a pair of an address.
pub(super) fn pair(change: &Change) -> (String, String) {
    (change.name(), change.value.clone())
}

/// None where nothing is said.
fn read<T: std::str::FromStr>(text: &str) -> Result<Option<T>, PageError> {
    match text {
        "" => Ok(None),
        text => path::read(text).map(Some),
    }
}
