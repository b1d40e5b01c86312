//! The order of Chinese names: by pinyin, syllable by syllable, stored beside the name so that both databases sort alike.

mod reading;
pub mod renewal;

use jianjia_domain::core::text::{form::of_union, pinyin::INITIALS};
use pinyin::ToPinyin;

use crate::core::sort_key::reading::{others_of, reading_at};

/// No more ways to read a name are kept: one that has more is found by its characters.
const READINGS_AT_MOST: usize = 16;

/// `常州` becomes `chang zhou 常州 changzhou =cz`: syllables separated, so that a shorter syllable sorts first; other letters in lower case; then the
/// name itself and its pinyin without spaces, so that a search finds a name typed in either script; then, where these differ, the form in which names
/// are compared and the other ways to read it, each behind `/`; last the first letters of its syllables. A search in pinyin begins at a blank: 诚源 is
/// `cheng yuan`, which has none before `heng yuan`.
pub fn sort_key(name: &str) -> String {
    let name = name.trim();
    let characters: Vec<char> = name.chars().collect();
    let syllables: Vec<Option<&str>> = (0..characters.len())
        .map(|place| syllable(&characters, place))
        .collect();
    let spelled = spelled(&characters, &syllables);
    let lower = name.to_lowercase();
    let form = of_union(name);
    let mut key = String::with_capacity(name.len() * 3);
    key.push_str(&spelled);
    let mut add = |sign: &str, part: &str| {
        key.push_str(sign);
        key.push_str(part);
    };
    add(" ", &lower);
    add(" ", &spelled.replace(' ', ""));
    if form != lower {
        add(" ", &form);
    }
    let mut readings = vec![syllables];
    for other in other_readings(&characters) {
        if !readings.contains(&other) {
            add(" / ", &self::spelled(&characters, &other));
            readings.push(other);
        }
    }
    let mut known: Vec<String> = Vec::new();
    for reading in &readings {
        let initials = initials(&characters, reading);
        if reading.iter().any(Option::is_some) && !known.contains(&initials) {
            known.push(initials);
        }
    }
    if !known.is_empty() {
        add(&format!(" {INITIALS}"), &known.join(" "));
    }
    key
}

/// The name in pinyin, with a blank around each syllable.
fn spelled(characters: &[char], syllables: &[Option<&str>]) -> String {
    let mut spelled = String::with_capacity(characters.len() * 5);
    let mut is_after_syllable = false;
    for (character, syllable) in characters.iter().zip(syllables) {
        if is_after_syllable || syllable.is_some() && !spelled.is_empty() {
            spelled.push(' ');
        }
        match syllable {
            Some(syllable) => spelled.push_str(syllable),
            None => spelled.extend(character.to_lowercase()),
        }
        is_after_syllable = syllable.is_some();
    }
    spelled
}

/// The first letters of the syllables, with the letters and digits between them.
fn initials(characters: &[char], syllables: &[Option<&str>]) -> String {
    let mut initials = String::with_capacity(characters.len());
    for (character, syllable) in characters.iter().zip(syllables) {
        match syllable.and_then(|syllable| syllable.chars().next()) {
            Some(first) => initials.push(first),
            None => initials.extend(
                character
                    .to_lowercase()
                    .filter(|lower| lower.is_alphanumeric()),
            ),
        }
    }
    initials
}

/// How a character is read where it stands.
fn syllable(characters: &[char], place: usize) -> Option<&'static str> {
    let read =
        reading_at(characters, place).or_else(|| Some(characters[place].to_pinyin()?.plain()));
    // As it is typed.
    read.map(|syllable| match syllable {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        syllable => syllable,
    })
}

/// Every way to read the name: none for a name without a character of several readings.
fn other_readings(characters: &[char]) -> Vec<Vec<Option<&'static str>>> {
    if characters
        .iter()
        .all(|character| others_of(*character).is_empty())
    {
        return Vec::new();
    }
    let mut readings = vec![Vec::with_capacity(characters.len())];
    for (place, character) in characters.iter().enumerate() {
        let first = syllable(characters, place);
        let mut ways = vec![first];
        if first.is_some() && readings.len() * 2 <= READINGS_AT_MOST {
            let others = others_of(*character).iter().copied().map(Some);
            ways.extend(others.filter(|other| *other != first));
        }
        readings = readings
            .iter()
            .flat_map(|begun| {
                ways.iter().map(move |way| {
                    let mut longer = begun.clone();
                    longer.push(*way);
                    longer
                })
            })
            .take(READINGS_AT_MOST)
            .collect();
    }
    readings
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::text::pinyin::is_syllable;

    use super::*;

    #[test]
    fn names_sort_by_their_syllables_and_hold_both_scripts() {
        assert_eq!(
            sort_key("武进区体育工会"),
            "wu jin qu ti yu gong hui 武进区体育工会 wujinqutiyugonghui =wjqtygh"
        );
        assert_eq!(
            sort_key("ABB（常州）"),
            "abb（ chang zhou ） abb（常州） abb（changzhou） abb(常州) =abbcz"
        );
        // The letters are the same, but xi'an sorts before xian.
        assert!(sort_key("西安") < sort_key("先"));
        let mut names = ["武进区总工会", "ABB常州工会", "金坛区总工会", "第2中学工会"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(
            names,
            ["ABB常州工会", "第2中学工会", "金坛区总工会", "武进区总工会"]
        );
    }

    #[test]
    fn a_character_is_read_as_it_is_where_it_stands_and_found_by_each_reading() {
        for (name, sorted, found) in [
            (
                "常州某某银行工会",
                "yin hang gong",
                &[" yin hang", " yin xing"][..],
            ),
            (
                "常州单氏重工工会",
                "chang zhou shan shi zhong",
                &[" shan shi", " dan shi"],
            ),
            (
                "常州长盛音乐行工会",
                "chang sheng yin yue hang",
                &[" chang sheng", " yin yue"],
            ),
            (
                "常州曾氏食品工会",
                "zeng shi shi pin",
                &[" zeng shi", " ceng shi"],
            ),
            ("单小曾", "shan xiao zeng", &[" shan xiao"]),
            ("曾经工会", "ceng jing", &[" ceng jing", " zeng jing"]),
            ("重庆路小学工会", "chong qing lu", &[" chong qing"]),
            ("校长联合会", "xiao zhang", &[" xiao zhang"]),
        ] {
            let key = sort_key(name);
            assert!(key.contains(sorted), "{key}");
            let spaced = format!(" {key}");
            for part in found {
                assert!(spaced.contains(part), "{part} in {key}");
            }
        }
    }
    #[test]
    fn every_syllable_of_a_key_is_one_that_can_be_typed() {
        for character in '\u{4e00}'..='\u{9fff}' {
            let Some(syllable) = syllable(&[character], 0) else {
                continue;
            };
            // Interjections alone have none.
            let is_odd = ["m", "n", "hm", "fiao"].contains(&syllable);
            assert!(is_odd || is_syllable(syllable), "{character} {syllable}");
        }
    }
}
