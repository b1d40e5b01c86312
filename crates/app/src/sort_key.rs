//! The order of Chinese names: by pinyin, syllable by syllable, kept beside the name so that both databases sort alike.

use pinyin::ToPinyin;

/// `常州` is `chang zhou`: syllables apart, so that a shorter syllable comes first; other letters small, as they are.
pub fn sort_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() * 2);
    let mut is_after_syllable = false;
    for character in name.trim().chars() {
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
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_their_syllables() {
        assert_eq!(sort_key("常州市总工会"), "chang zhou shi zong gong hui");
        assert_eq!(sort_key("ABB（常州）"), "abb（ chang zhou ）");
        // Same length of text, but xi'an comes before xian.
        assert!(sort_key("西安") < sort_key("先"));
    }
}
