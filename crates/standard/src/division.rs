//! What is known of administrative divisions beside the register's own: what stands before their names, and what became of those of the past.

use crate::text::Text;

/// An empty list says that nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DivisionWords {
    /// What every code of the city begins with: 3204.
    pub city: String,
    /// What else a level of divisions is called, by its key: 街道 for a township.
    pub levels: Vec<(String, String)>,
    /// What may stand before the name of a district, the largest first: 江苏省, 常州市.
    pub above: Vec<String>,
    pub former: Vec<FormerDivision>,
}

/// A division that is no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerDivision {
    /// A code stands for those within it, too.
    pub codes: Vec<String>,
    pub names: Vec<String>,
    /// What became of it, and what to enter.
    pub text: Text,
}

impl DivisionWords {
    /// The former division that a code lies in.
    pub fn of_code(&self, code: &str) -> Option<&FormerDivision> {
        let lies_in = |former: &&FormerDivision| {
            let mut codes = former.codes.iter();
            codes.any(|known| code.starts_with(known.as_str()))
        };
        self.former.iter().find(lies_in)
    }

    pub fn of_name(&self, name: &str) -> Option<&FormerDivision> {
        let is_called = |former: &&FormerDivision| former.names.iter().any(|known| known == name);
        self.former.iter().find(is_called)
    }

    /// The former division that a name of a smaller one begins with: 戚墅堰区潞城街道.
    pub fn of_path(&self, name: &str) -> Option<&FormerDivision> {
        let begins_with = |former: &&FormerDivision| {
            let mut names = former.names.iter();
            names.any(|known| name.starts_with(known.as_str()))
        };
        self.former.iter().find(begins_with)
    }
}
