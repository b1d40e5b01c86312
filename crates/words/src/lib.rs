//! The words of the pages: Chinese source text, English from `locales/en/*.toml`. A word with two meanings carries its
//! context before a bar (`状态|已提交`), which is never shown.

use std::{collections::HashMap, sync::LazyLock};

use jianjia_standard::Lang;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "locales/en/"]
struct EnglishFiles;

static ENGLISH: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (file, text) in english_files() {
        match text.parse::<toml::Table>() {
            Ok(table) => {
                for (source, word) in table {
                    if let toml::Value::String(word) = word {
                        // Read once and kept for ever: pages then borrow words without copying.
                        words.insert(&*source.leak(), &*word.leak());
                    }
                }
            }
            // A test reads every file; a broken one costs its English, not the service.
            Err(error) => tracing::error!(file, %error, "a locale file can't be read"),
        }
    }
    words
});

/// The word in the person's language; a word without English is shown in Chinese.
pub fn t(lang: Lang, source: &str) -> &str {
    match lang {
        Lang::Zh => plain(source),
        Lang::En => ENGLISH.get(source).copied().unwrap_or(plain(source)),
    }
}

/// The files of English words: name and text.
pub fn english_files() -> Vec<(String, String)> {
    EnglishFiles::iter()
        .filter_map(|name| {
            let file = EnglishFiles::get(&name)?;
            let text = String::from_utf8_lossy(&file.data).into_owned();
            Some((name.into_owned(), text))
        })
        .collect()
}

fn plain(source: &str) -> &str {
    source.split_once('|').map_or(source, |(_, word)| word)
}
