//! The order of Chinese names: by pinyin, syllable by syllable, stored beside the name so that both databases sort alike.

mod reading;
pub mod renewal;

use jianjia_domain::core::text::form::of_union;
use pinyin::ToPinyin;

use crate::core::sort_key::reading::{others_of, reading_at};

/// No more ways to read a name are kept: one that has more is found by its characters.
const READINGS_AT_MOST: usize = 16;

/// `常州` becomes `chang zhou 常州 changzhou`: syllables separated, so that a shorter syllable sorts first; other letters in lower case; then the name
/// itself and its pinyin without spaces, so that a substring search finds a name typed in either script; then the form in which names are compared
/// and the other ways to read it, where these differ.
pub fn sort_key(name: &str) -> String {
    let name = name.trim();
    let characters: Vec<char> = name.chars().collect();
    let mut key = String::with_capacity(name.len() * 3);
    let mut is_after_syllable = false;
    for (place, character) in characters.iter().enumerate() {
        match syllable(&characters, place) {
            Some(syllable) => {
                if !key.is_empty() {
                    key.push(' ');
                }
                key.push_str(syllable);
                is_after_syllable = true;
            }
            None => {
                if is_after_syllable {
                    key.push(' ');
                }
                key.extend(character.to_lowercase());
                is_after_syllable = false;
            }
        }
    }
    let together: String = key.chars().filter(|character| *character != ' ').collect();
    let lower = name.to_lowercase();
    key.push(' ');
    key.push_str(&lower);
    key.push(' ');
    key.push_str(&together);
    let form = of_union(name);
    if form != lower {
        key.push(' ');
        key.push_str(&form);
    }
    for reading in other_readings(&characters) {
        if reading != together {
            key.push(' ');
            key.push_str(&reading);
        }
    }
    key
}

/// How a character is read where it stands.
fn syllable(characters: &[char], place: usize) -> Option<&'static str> {
    reading_at(characters, place).or_else(|| Some(characters[place].to_pinyin()?.plain()))
}

/// Every way to read the name, together: none for a name without a character of several readings.
fn other_readings(characters: &[char]) -> Vec<String> {
    if characters
        .iter()
        .all(|character| others_of(*character).is_empty())
    {
        return Vec::new();
    }
    let mut readings = vec![String::new()];
    for (place, character) in characters.iter().enumerate() {
        let Some(first) = syllable(characters, place) else {
            for reading in &mut readings {
                reading.extend(character.to_lowercase().filter(|lower| *lower != ' '));
            }
            continue;
        };
        let mut ways = vec![first];
        if readings.len() * 2 <= READINGS_AT_MOST {
            let others = others_of(*character).iter().copied();
            ways.extend(others.filter(|other| *other != first));
        }
        readings = readings
            .iter()
            .flat_map(|begun| ways.iter().map(move |way| format!("{begun}{way}")))
            .take(READINGS_AT_MOST)
            .collect();
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_their_syllables_and_hold_both_scripts() {
        assert_eq!(
            sort_key("武进区体育工会"),
            "wu jin qu ti yu gong hui 武进区体育工会 wujinqutiyugonghui"
        );
        assert_eq!(
            sort_key("ABB（常州）"),
            "abb（ chang zhou ） abb（常州） abb（changzhou） abb(常州)"
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
                &["yinhang", "yinxing"][..],
            ),
            (
                "常州单氏重工工会",
                "chang zhou shan shi zhong",
                &["shanshi", "danshi"],
            ),
            (
                "常州长盛音乐行工会",
                "chang sheng yin yue hang",
                &["changsheng", "yinyue"],
            ),
            (
                "常州曾氏食品工会",
                "zeng shi shi pin",
                &["zengshi", "cengshi"],
            ),
            ("单小曾", "shan xiao zeng", &["shanxiao"]),
            ("曾经工会", "ceng jing", &["cengjing", "zengjing"]),
            ("重庆路小学工会", "chong qing lu", &["chongqing"]),
            ("校长联合会", "xiao zhang", &["xiaozhang"]),
        ] {
            let key = sort_key(name);
            assert!(key.contains(sorted), "{key}");
            for part in found {
                assert!(key.contains(part), "{part} in {key}");
            }
        }
    }
}
