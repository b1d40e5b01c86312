//! Searching the sort keys of names for what was typed in letters.

use jianjia_domain::core::text::pinyin::{self, INITIALS};

use crate::core::condition::Conditions;

/// The condition that the sort key in a column has what was typed in letters: from the beginning of a syllable or of a word, or as the first letters
/// of its syllables, which stand at its end behind a sign. None where it was not typed in letters alone.
pub(crate) fn matches(conditions: &mut Conditions, column: &str, typed: &str) -> Option<String> {
    let pinyin::Typed {
        mut readings,
        may_be_initials,
    } = pinyin::typed(typed)?;
    // A name's own letters, too: TCL, Haier.
    if !readings.iter().any(|reading| reading == typed) {
        readings.push(typed.to_owned());
    }
    let mut patterns = vec![format!("%({typed}%")];
    for reading in readings {
        patterns.push(format!("% {reading}%"));
        patterns.push(format!("{reading}%"));
    }
    if may_be_initials {
        patterns.push(format!("%{INITIALS}%{typed}%"));
    }
    let pieces: Vec<String> = patterns
        .into_iter()
        .map(|pattern| format!("{column} LIKE {}", conditions.value(pattern)))
        .collect();
    Some(format!("({})", pieces.join(" OR ")))
}
