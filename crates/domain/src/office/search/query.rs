//! What somebody typed into the search, word by word.

use crate::core::text::{form::of_union, pinyin};

/// A word, with all that it may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// In the form in which names are compared.
    pub(super) written: String,
    /// As pinyin, syllables with blanks between them.
    pub(super) readings: Vec<String>,
    pub(super) may_be_initials: bool,
}

impl Word {
    pub(super) fn len(&self) -> usize {
        self.written.len()
    }
}

/// More words narrow nothing that the first ones leave.
const WORDS_AT_MOST: usize = 8;

/// Longer texts are no names.
const CHARACTERS_AT_MOST: usize = 100;

/// The words of a text: what stands between blanks. Letters between blanks that are pinyin only together (`chang zhou`) are as good apart.
pub(super) fn words(typed: &str) -> Vec<Word> {
    let typed: String = typed.chars().take(CHARACTERS_AT_MOST).collect();
    typed
        .split_whitespace()
        .map(of_union)
        .filter(|written| !written.is_empty())
        .take(WORDS_AT_MOST)
        .map(|written| {
            let read = pinyin::typed(&written);
            let may_be_initials = read.as_ref().is_some_and(|read| read.may_be_initials);
            Word {
                readings: read.map_or_else(Vec::new, |read| read.readings),
                may_be_initials,
                written,
            }
        })
        .collect()
}
