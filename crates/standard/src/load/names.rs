//! The names that a standard defines, collected before anything that refers to them is parsed.

use std::cell::RefCell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::check::FactName;
use crate::fact::FactKind;
use crate::figure::Figure;
use crate::load::checks::figures::figure;
use crate::load::reader::{Ledger, Section, Spelled, spelled};
use crate::spelling::closest;

/// What is known of a fact before the facts are parsed in full.
#[derive(Clone, Debug)]
pub(crate) struct FactShape {
    pub(crate) index: usize,
    pub(crate) at: usize,
    pub(crate) kind: Option<FactKind>,
    pub(crate) max: Option<u64>,
    pub(crate) min: Option<u64>,
    pub(crate) at_most: Option<String>,
    pub(crate) choices: Vec<String>,
}

#[derive(Default)]
pub(crate) struct Names {
    pub(crate) facts: BTreeMap<String, FactShape>,
    pub(crate) groups: BTreeMap<String, usize>,
    pub(crate) titles: BTreeMap<String, usize>,
    pub(crate) tiers: BTreeMap<String, usize>,
    pub(crate) criteria: BTreeMap<String, usize>,
    pub(crate) activity_kinds: BTreeMap<String, usize>,
    pub(crate) parameters: BTreeMap<String, (usize, Option<Figure>)>,
    pub(crate) has_rating: bool,
    /// The offsets of the clauses of each table; the last one for each id.
    pub(crate) clauses: BTreeMap<(&'static str, String), usize>,
    /// The facts that a check, a bound or a condition names.
    pub(crate) used_facts: RefCell<BTreeSet<String>>,
    pub(crate) used_criteria: RefCell<BTreeSet<String>>,
    pub(crate) used_parameters: RefCell<BTreeSet<String>>,
    /// The words of lost text: what they define or use is unknown.
    lost: BTreeSet<String>,
}

impl Names {
    pub(crate) fn gather(
        root: &Section<'_>,
        facts_root: &Section<'_>,
        lost: BTreeSet<String>,
    ) -> Names {
        let mut names = Names {
            has_rating: root.value("rating").is_some() || lost.contains("rating"),
            lost,
            ..Names::default()
        };
        names.gather_facts(facts_root);
        names.groups = defined(facts_root, "group", "key");
        names.titles = defined(root, "title", "key");
        for section in root.sections("title") {
            if let Some(tier) = quiet(&section, "tier") {
                names.tiers.entry(tier.word).or_insert(tier.at);
            }
        }
        // Names that are given to tiers; that a tier is there is for a title to say.
        defined(root, "tier", "key");
        names.criteria = defined(root, "criterion", "clause");
        names.activity_kinds = defined(root, "activity_kind", "key");
        for table in ["veto", "target", "reward", "support", "clause"] {
            for section in root.sections(table) {
                if let Some(clause) = quiet(&section, "clause") {
                    names.clauses.insert((table, clause.word), clause.at);
                }
            }
        }
        names.gather_parameters(root);
        names
    }

    fn gather_facts(&mut self, facts_root: &Section<'_>) {
        for (index, section) in facts_root.sections("fact").into_iter().enumerate() {
            let Some(key) = quiet(&section, "key") else {
                continue;
            };
            let word = |name| quiet(&section, name).map(|spelled| spelled.word);
            let number = |name| section.value(name).and_then(crate::load::reader::number);
            let shape = FactShape {
                index,
                at: key.at,
                kind: word("kind").and_then(|kind| kind.parse().ok()),
                max: number("max"),
                min: number("min"),
                at_most: word("at_most"),
                choices: section
                    .strings("choices")
                    .into_iter()
                    .map(|choice| choice.word)
                    .collect(),
            };
            match self.facts.entry(key.word) {
                Entry::Occupied(first) => section
                    .ledger
                    .add(key.at, format!("fact `{}` is there twice", first.key())),
                Entry::Vacant(place) => {
                    place.insert(shape);
                }
            }
        }
    }

    /// With the first value of each.
    fn gather_parameters(&mut self, root: &Section<'_>) {
        for (key, at) in defined(root, "parameter", "key") {
            self.parameters.insert(key, (at, None));
        }
        for section in root.sections("parameter") {
            let Some(key) = quiet(&section, "key") else {
                continue;
            };
            let first = section
                .sections("values")
                .first()
                .and_then(|value| value.value("value"));
            let figure = first.and_then(|value| figure(value).ok());
            if let Some((_, known)) = self.parameters.get_mut(&key.word) {
                *known = figure;
            }
        }
    }

    /// The fact that a check names, marked as used; an unknown one is a mistake.
    pub(crate) fn fact(
        &self,
        ledger: &Ledger<'_>,
        name: &Spelled,
    ) -> Option<(FactName, &FactShape)> {
        self.used_facts.borrow_mut().insert(name.word.clone());
        let shape = self.facts.get(&name.word);
        if shape.is_none() {
            self.unknown(ledger, "fact", name, self.facts.keys());
        }
        shape.map(|shape| {
            (
                FactName {
                    key: name.word.clone(),
                    index: shape.index,
                },
                shape,
            )
        })
    }

    /// Whether a name may have been defined or used in lost text.
    pub(crate) fn is_lost(&self, name: &str) -> bool {
        self.lost.contains(name)
    }

    /// Reports a name that is not defined; returns whether it is.
    pub(crate) fn defined(
        &self,
        ledger: &Ledger<'_>,
        what: &str,
        name: &Spelled,
        known: &BTreeMap<String, usize>,
    ) -> bool {
        let found = known.contains_key(&name.word);
        if !found {
            self.unknown(ledger, what, name, known.keys());
        }
        found
    }

    pub(crate) fn unknown<'a>(
        &self,
        ledger: &Ledger<'_>,
        what: &str,
        name: &Spelled,
        known: impl Iterator<Item = &'a String>,
    ) {
        // A missing name has been reported as such.
        if self.is_lost(&name.word) || (name.word.is_empty() && name.at == 0) {
            return;
        }
        let meant = closest(&name.word, known.map(String::as_str));
        let question = meant.map_or_else(String::new, |word| format!(", did you mean `{word}`?"));
        ledger.add(name.at, format!("unknown {what} `{}`{question}", name.word));
        // The likely intended name counts as used, in spite of the misspelling.
        for used in [&self.used_facts, &self.used_criteria, &self.used_parameters] {
            used.borrow_mut().extend(meant.map(str::to_owned));
        }
    }
}

/// The keys of an array of tables with their offsets; a duplicate key is a mistake.
fn defined(root: &Section<'_>, array: &'static str, key: &'static str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for section in root.sections(array) {
        let Some(name) = quiet(&section, key) else {
            continue;
        };
        match found.entry(name.word) {
            Entry::Occupied(first) => section
                .ledger
                .add(name.at, format!("{array} `{}` is there twice", first.key())),
            Entry::Vacant(place) => {
                place.insert(name.at);
            }
        }
    }
    found
}

/// A text value, if it is there; its mistakes are reported when the table is parsed in full.
fn quiet(section: &Section<'_>, key: &'static str) -> Option<Spelled> {
    section.value(key).and_then(spelled)
}
