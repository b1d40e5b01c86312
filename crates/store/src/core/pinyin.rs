//! Searching names, and their sort keys for what was typed in letters.

use jianjia_domain::core::text::{
    form::of_union,
    pinyin::{self, INITIALS},
};

use crate::core::condition::{Conditions, anywhere};

/// The condition that something is called so: by part of its name as it is typed or as names are compared, or by its pinyin. `key` is the column of
/// the sort key, which holds the last two.
pub(crate) fn called(conditions: &mut Conditions, name: &str, key: &str, typed: &str) -> String {
    let form = of_union(typed);
    if let Some(by_pinyin) = matches(conditions, key, &form) {
        return by_pinyin;
    }
    let part = conditions.value(anywhere(typed));
    let by_name = format!("{name} LIKE {part} ESCAPE '!'");
    if form.is_empty() {
        // Signs alone have no form, and an empty one is part of every key.
        return by_name;
    }
    let form = conditions.value(anywhere(&form));
    format!("({by_name} OR {key} LIKE {form} ESCAPE '!')")
}

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
