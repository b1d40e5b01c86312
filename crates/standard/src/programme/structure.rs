//! What a list of candidates is made up of: the properties that are counted, the rules over them, and how places are proposed.

use crate::figure::Rate;
use crate::keyed;
use crate::kinds::Kind;
use crate::text::Text;

/// A property of candidates by which lists are composed: whose firm it is, what work somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    pub key: String,
    pub name: Text,
    /// Asked with the application; none where the register alone says it.
    pub question: Option<Text>,
    /// The titles whose candidates have it.
    pub titles: Vec<String>,
    /// What of the register says it where nobody answered.
    pub from: Option<RegisterField>,
    pub choices: Vec<PropertyChoice>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyChoice {
    pub key: String,
    pub name: Text,
    /// Values of the register's field that say this choice; a value that no choice names leaves it unknown.
    pub known_by: Vec<String>,
}

impl Property {
    pub fn choice(&self, key: &str) -> Option<&PropertyChoice> {
        self.choices.iter().find(|choice| choice.key == key)
    }

    /// What holds: what was answered, else what the register's value says, else nothing is known.
    pub fn holds(&self, said: Option<&str>, registered: Option<&str>) -> Option<&PropertyChoice> {
        let said = said.and_then(|key| self.choice(key));
        said.or_else(|| {
            let value = registered?;
            let mut choices = self.choices.iter();
            choices.find(|choice| choice.known_by.iter().any(|known| known == value))
        })
    }
}

keyed! {
    /// A field of the register that says a property.
    pub enum RegisterField {
        /// The nature of the employer, as the standard sorts it.
        Employer = "employer",
        EconomicType = "economic-type",
        /// The kind of the unit.
        Kind = "kind",
        /// The post of the person.
        Post = "post",
    }
}

/// What `employer` and `economic-type` say of a unit that has no employer of its own: a village federation, a township's.
pub const NO_EMPLOYER: &str = "none";

/// The economic types of the register; `jianjia-domain` has their words.
pub const ECONOMIC_TYPES: [&str; 9] = [
    "state-owned",
    "collective",
    "share-cooperative",
    "joint-operation",
    "limited",
    "share-limited",
    "private",
    "hmt-invested",
    "foreign-invested",
];

/// A rule over the candidates that a federation recommends for a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructureRule {
    pub key: String,
    pub clause: String,
    pub name: Text,
    /// The rule in words.
    pub text: Text,
    pub titles: Vec<String>,
    pub property: String,
    /// The choices that count.
    pub choices: Vec<String>,
    pub bound: Bound,
    /// Lists with fewer candidates are not asked for it.
    pub counted_from: u64,
    pub holds: Holds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    AtLeast(Portion),
    AtMost(Portion),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portion {
    /// Of all candidates.
    Share(Rate),
    Count(u64),
}

keyed! {
    /// What a broken rule does.
    pub enum Holds {
        /// The list can't be closed, and no reserve taken up and nobody named by which it would be broken.
        Bar = "bar",
        /// The page says so; the list can be closed.
        Warn = "warn",
    }
}

/// How the places of a title are proposed to the federations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apportionment {
    pub clause: String,
    pub titles: Vec<String>,
    pub by: ApportionedBy,
    /// The kinds of units that are counted; those of the title where the standard names none.
    pub kinds: Vec<Kind>,
    /// The fewest places of a federation that has any of what is counted.
    pub least: u64,
}

keyed! {
    /// By which figure of the register.
    pub enum ApportionedBy {
        Units = "units",
        Members = "members",
        Workers = "workers",
    }
}
