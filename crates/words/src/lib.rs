//! Words for people in their language: what pages say, and what papers, mail and the command line will. Source texts are Chinese and stand
//! where they are used, `t(lang, "推荐")`; the English stands in `locales/en/`, one file an area. A source text with two meanings carries its
//! context before a bar (`状态|已提交`), which is never shown.

#![deny(clippy::unwrap_used)]

pub mod format;
pub mod help;
pub mod locale;
pub mod message;
pub mod title;

use std::fmt::Display;

use jianjia_standard::Lang;

/// The word in the person's language; a word without English is shown in Chinese.
pub fn t(lang: Lang, source: &str) -> &str {
    match lang {
        Lang::Zh => plain(source),
        Lang::En => locale::english(source).unwrap_or(plain(source)),
    }
}

/// The sentence in the person's language, with the values in its places `{}`, in order. English words that go with a number have both
/// forms: `{} {day|days}` takes the first after 1.
pub fn sentence(lang: Lang, source: &str, values: &[&dyn Display]) -> String {
    filled(t(lang, source), values)
}

fn plain(source: &str) -> &str {
    source.split_once('|').map_or(source, |(_, word)| word)
}

fn filled(sentence: &str, values: &[&dyn Display]) -> String {
    let mut parts = sentence.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    let mut values = values.iter();
    let mut number = String::new();
    for part in parts {
        let (place, rest) = part.split_once('}').unwrap_or(("", part));
        match place.split_once('|') {
            Some((one, more)) => filled.push_str(if number == "1" { one } else { more }),
            None => {
                number = values.next().map(ToString::to_string).unwrap_or_default();
                filled.push_str(&number);
            }
        }
        filled.push_str(rest);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_never_shown_and_a_word_without_english_is_chinese() {
        assert_eq!(t(Lang::Zh, "状态|已提交"), "已提交");
        for lang in [Lang::Zh, Lang::En] {
            assert_eq!(t(lang, "语境|没有英文的词"), "没有英文的词");
        }
        assert_eq!(t(Lang::En, "推荐"), "Recommend");
    }

    #[test]
    fn a_sentence_takes_its_values_in_order() {
        let page = sentence(Lang::Zh, "第 {} 页，共 {} 页", &[&2, &9]);
        assert_eq!(page, "第 2 页，共 9 页");
    }

    #[test]
    fn a_word_after_1_is_singular() {
        let left = |days: i64| filled("{}: {} {day|days} left", &[&1, &days]);
        assert_eq!(
            [left(0), left(1), left(21)],
            ["1: 0 days left", "1: 1 day left", "1: 21 days left"]
        );
    }
}
