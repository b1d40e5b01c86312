//! The locales: files of words, one an area, compiled into the program.

use std::{collections::HashMap, sync::LazyLock};

/// The files of English words, in the order of the areas: name and text.
pub const ENGLISH_FILES: [(&str, &str); 17] = [
    ("core", include_str!("../locales/en/core.toml")),
    ("register", include_str!("../locales/en/register.toml")),
    ("year", include_str!("../locales/en/year.toml")),
    ("rating", include_str!("../locales/en/rating.toml")),
    ("honour", include_str!("../locales/en/honour.toml")),
    (
        "certificate",
        include_str!("../locales/en/certificate.toml"),
    ),
    ("round", include_str!("../locales/en/round.toml")),
    ("check", include_str!("../locales/en/check.toml")),
    ("visit", include_str!("../locales/en/visit.toml")),
    ("money", include_str!("../locales/en/money.toml")),
    ("subsidy", include_str!("../locales/en/subsidy.toml")),
    ("sharing", include_str!("../locales/en/sharing.toml")),
    ("insight", include_str!("../locales/en/insight.toml")),
    ("amending", include_str!("../locales/en/amending.toml")),
    ("office", include_str!("../locales/en/office.toml")),
    ("factor", include_str!("../locales/en/factor.toml")),
    ("paper", include_str!("../locales/en/paper.toml")),
];

/// English words by their Chinese source text.
static ENGLISH: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (file, text) in ENGLISH_FILES {
        match toml::from_str::<HashMap<String, String>>(text) {
            Ok(of_file) => words.extend(of_file),
            // A test parses every file; a malformed one costs its English, not the service.
            Err(error) => tracing::error!(file, %error, "a locale file can't be parsed"),
        }
    }
    words
});

/// The English of a source text, read once and kept for ever: pages borrow their words.
pub fn english(source: &str) -> Option<&'static str> {
    ENGLISH.get(source).map(String::as_str)
}
