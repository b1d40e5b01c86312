//! The unit that a row names in one cell.

pub(crate) mod near;

use std::collections::HashMap;

use crate::{
    core::{
        place::{UnitKind, paths_above},
        text::{
            form::{of_name, of_union},
            line,
        },
    },
    exchange::import::{
        ImportColumn, ImportRow,
        fate::Reasons,
        refusal::ImportRefusal,
        unit::near::{Near, are_near, federation::Federations},
    },
    register::{credit_code, unit::Unit},
};

/// How many candidates a sentence names.
const TOLD: usize = 5;

/// The units by what a row may name them by.
pub(crate) struct Names<'a> {
    units: &'a [Unit],
    by_name: HashMap<String, Vec<usize>>,
    by_number: HashMap<String, usize>,
    by_code: HashMap<&'a str, Vec<usize>>,
    by_employer: HashMap<String, Vec<usize>>,
    near: std::sync::OnceLock<Near>,
    federations: std::sync::OnceLock<Leading<'a>>,
}

/// The federations, and the units by their path.
struct Leading<'a> {
    federations: Federations,
    by_path: HashMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    pub(crate) fn of(units: &'a [Unit]) -> Names<'a> {
        let mut names = Names {
            units,
            by_name: HashMap::with_capacity(units.len()),
            by_number: HashMap::with_capacity(units.len()),
            by_code: HashMap::with_capacity(units.len()),
            by_employer: HashMap::with_capacity(units.len()),
            near: std::sync::OnceLock::new(),
            federations: std::sync::OnceLock::new(),
        };
        for (place, unit) in units.iter().enumerate() {
            let details = &unit.details;
            let form = of_union(&details.name);
            add(&mut names.by_name, form.clone(), place);
            names.by_number.insert(unit.number.to_string(), place);
            if let Some(code) = &details.credit_code {
                names.by_code.entry(code).or_default().push(place);
            }
            if unit.kind == UnitKind::Branch {
                // Its employer is that of the union above it, which is the one meant.
                continue;
            }
            if let Some(employer) = &details.employer_name {
                add(&mut names.by_employer, of_name(employer), place);
            } else if let Some(employer) = form.strip_suffix("工会") {
                // A union is called after its employer.
                add(&mut names.by_employer, employer.to_owned(), place);
            }
            if let Some(code) = &details.employer_credit_code
                && details.credit_code.as_ref() != Some(code)
            {
                names.by_code.entry(code).or_default().push(place);
            }
        }
        names
    }

    /// The only unit that is meant: by number, by its own or its employer's code, by name, by its employer's name.
    ///
    /// # Errors
    /// `UnitMissing` for an empty cell, `UnitSeveral`, `UnitNear` with the candidates, `UnitUnknown`.
    pub(crate) fn meant(&self, typed: &str) -> Result<usize, ImportRefusal> {
        let typed = line(typed);
        if typed.is_empty() {
            return Err(ImportRefusal::UnitMissing);
        }
        let code = credit_code::normalise(&typed);
        if let Some(place) = self.by_number.get(&typed) {
            return Ok(*place);
        }
        let found = self
            .by_code
            .get(code.as_str())
            .or_else(|| self.by_name.get(&of_union(&typed)))
            .or_else(|| self.by_employer.get(&of_name(&typed)));
        match found.map(Vec::as_slice) {
            Some([one]) => Ok(*one),
            Some(several) => Err(ImportRefusal::UnitSeveral {
                typed,
                candidates: self.told(several),
            }),
            None => match self.may_be(&typed).as_slice() {
                [] => Err(ImportRefusal::UnitUnknown { typed }),
                near => Err(ImportRefusal::UnitNear {
                    typed,
                    candidates: self.told(near),
                }),
            },
        }
    }

    /// The units that a name may mean which nobody has: a federation by a short or a long form of its name, then those called nearly so.
    fn may_be(&self, typed: &str) -> Vec<usize> {
        let mut found = self.federations(typed, false);
        let near = self.nearly(typed);
        found.extend(
            near.into_iter()
                .filter(|place| !found.contains(place))
                .collect::<Vec<_>>(),
        );
        found
    }

    /// The units whose name is nearly this one, such that a new one may be mistaken for it.
    pub(crate) fn near(&self, typed: &str) -> Vec<usize> {
        let mut found = self.nearly(typed);
        let federations = self.federations(typed, true).into_iter();
        found.extend(
            federations
                .filter(|place| !found.contains(place))
                .collect::<Vec<_>>(),
        );
        found
    }

    fn nearly(&self, typed: &str) -> Vec<usize> {
        let near = self
            .near
            .get_or_init(|| Near::of(self.units.iter().map(|unit| unit.details.name.as_str())));
        near.to(typed)
    }

    /// The federations that a name may be a short or a long form of, the likeliest first: where the places above are those of the name, then the
    /// larger.
    fn federations(&self, typed: &str, is_strict: bool) -> Vec<usize> {
        let leading = self.federations.get_or_init(|| {
            let units = || self.units.iter().enumerate();
            let leading = units().filter(|(_, unit)| unit.kind.is_federation());
            Leading {
                federations: Federations::of(
                    leading.map(|(place, unit)| (place, unit.details.name.as_str())),
                ),
                by_path: units()
                    .filter(|(_, unit)| unit.kind.is_federation())
                    .map(|(place, unit)| (unit.path.as_str(), place))
                    .collect(),
            }
        });
        let found = leading.federations.meant(typed, is_strict).into_iter();
        let mut found: Vec<_> = found
            .map(|(fit, place)| {
                let path = &self.units[place].path;
                let above = paths_above(path).into_iter();
                let above = above.filter_map(|path| leading.by_path.get(path).copied());
                let is_elsewhere = leading.federations.is_elsewhere(typed, above);
                (is_elsewhere, fit, path.matches('/').count(), place)
            })
            .filter(|(is_elsewhere, ..)| !(is_strict && *is_elsewhere))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(.., place)| place).collect()
    }

    /// The unit of a number.
    pub(crate) fn numbered(&self, number: &str) -> Option<usize> {
        self.by_number.get(number).copied()
    }

    /// Whether a unit, or its employer, is called so.
    pub(crate) fn is_called(&self, place: usize, typed: &str) -> bool {
        let holds = |places: Option<&Vec<usize>>| places.is_some_and(|all| all.contains(&place));
        holds(self.by_name.get(&of_union(typed))) || holds(self.by_employer.get(&of_name(typed)))
    }

    /// Whether a unit, or its employer, is called so or nearly so.
    pub(crate) fn is_nearly_called(&self, place: usize, typed: &str) -> bool {
        let details = &self.units[place].details;
        let names = [
            Some(details.name.as_str()),
            details.employer_name.as_deref(),
        ];
        self.is_called(place, typed)
            || names
                .into_iter()
                .flatten()
                .any(|name| are_near(name, typed))
    }

    /// The units of a name, as it is compared.
    pub(crate) fn named(&self, form: &str) -> &[usize] {
        self.by_name.get(form).map_or(&[], Vec::as_slice)
    }

    /// Units in a sentence: their names, with their numbers.
    pub(crate) fn told(&self, places: &[usize]) -> Vec<(String, i64)> {
        let units = places.iter().take(TOLD).map(|place| &self.units[*place]);
        units
            .map(|unit| (unit.details.name.clone(), unit.number))
            .collect()
    }
}

fn add(words: &mut HashMap<String, Vec<usize>>, word: String, place: usize) {
    if !word.is_empty() {
        words.entry(word).or_default().push(place);
    }
}

/// The unit that a row names, or a reason why none.
pub(crate) fn unit_of(
    columns: &[ImportColumn],
    key: &str,
    row: &ImportRow,
    names: &Names<'_>,
    reasons: &mut Reasons,
) -> Option<usize> {
    match names.meant(row.get(key)) {
        Ok(place) => Some(place),
        Err(refusal) => {
            reasons.add(columns, key, &refusal.into());
            None
        }
    }
}
