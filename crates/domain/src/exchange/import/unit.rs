//! The unit that a row names in one cell.

use std::collections::HashMap;

use crate::{
    core::text::line,
    exchange::import::{ImportColumn, ImportRow, fate::Reasons, refusal::ImportRefusal},
    register::{credit_code, unit::Unit},
};

/// The places of units by name, number and credit code; None where two have the same.
pub(crate) fn by_word(units: &[Unit]) -> HashMap<String, Option<usize>> {
    let mut words: HashMap<String, Option<usize>> = HashMap::new();
    for (place, unit) in units.iter().enumerate() {
        let known = [
            Some(unit.details.name.clone()),
            unit.details.credit_code.clone(),
            Some(unit.number.to_string()),
        ];
        for word in known.into_iter().flatten() {
            words
                .entry(word)
                .and_modify(|known| *known = None)
                .or_insert(Some(place));
        }
    }
    words
}

/// The unit that a row names, or a reason why none.
pub(crate) fn unit_of(
    columns: &[ImportColumn],
    key: &str,
    row: &ImportRow,
    words: &HashMap<String, Option<usize>>,
    reasons: &mut Reasons,
) -> Option<usize> {
    let typed = line(row.get(key));
    let found = words
        .get(&typed)
        .or_else(|| words.get(&credit_code::normalise(&typed)))
        .copied()
        .flatten();
    if typed.is_empty() {
        reasons.add(columns, key, &ImportRefusal::UnitMissing.into());
    } else if found.is_none() {
        reasons.add(columns, key, &ImportRefusal::UnitUnknown { typed }.into());
    }
    found
}
