//! The order of Chinese names: by pinyin, syllable by syllable, stored beside the name so that both databases sort alike.

use pinyin::ToPinyin;

/// `常州` becomes `chang zhou 常州 changzhou`: syllables separated, so that a shorter syllable sorts first; other letters in lower case; then the name
/// itself and its pinyin without spaces, so that a substring search finds a name typed in either script.
pub fn sort_key(name: &str) -> String {
    let name = name.trim();
    let mut key = String::with_capacity(name.len() * 3);
    let mut is_after_syllable = false;
    for character in name.chars() {
        match character.to_pinyin() {
            Some(syllable) => {
                if !key.is_empty() {
                    key.push(' ');
                }
                key.push_str(syllable.plain());
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
    key.push(' ');
    key.push_str(&name.to_lowercase());
    key.push(' ');
    key.push_str(&together);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_their_syllables_and_hold_both_scripts() {
        assert_eq!(
            sort_key("常州市总工会"),
            "chang zhou shi zong gong hui 常州市总工会 changzhoushizonggonghui"
        );
        assert_eq!(
            sort_key("ABB（常州）"),
            "abb（ chang zhou ） abb（常州） abb（changzhou）"
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
}
