//! Text as people type it and as tables carry it, made alike before it is kept or compared.

pub mod address;
pub mod form;
mod glyph;
pub mod pinyin;
pub mod strokes;

use unicode_normalization::UnicodeNormalization;

use crate::core::text::glyph::{is_blank, is_invisible, plain};

/// One line of text: the characters made alike, blanks around it dropped, blanks and line breaks within it made one blank.
pub fn line(text: &str) -> String {
    alike(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text with what only looks different made the same: characters that take no room dropped, every blank a plain one, the radical and
/// compatibility forms that copies from PDF carry as the characters they stand for, full-width letters and digits plain. Brackets and
/// punctuation stay as they are typed. A leading apostrophe, by which a spreadsheet marks text, is dropped.
pub fn alike(text: &str) -> String {
    let made = glyphs_alike(text);
    match made.trim_start().strip_prefix(['\'', '＇']) {
        Some(rest) if !rest.contains(['\'', '＇']) => rest.to_owned(),
        _ => made,
    }
}

fn glyphs_alike(text: &str) -> String {
    // Nearly every text is made of these alone: the many names of a long table are not decomposed for nothing.
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    text.chars()
        .filter(|character| !is_invisible(*character))
        .map(|character| {
            if is_blank(character) {
                ' '
            } else {
                plain(character)
            }
        })
        .nfc()
        .collect()
}

/// A character that stands for itself, and joins no other: ASCII, the common Han characters, the signs of Chinese.
fn is_plain(character: char) -> bool {
    matches!(character,
        '\0'..='\u{7f}' | '\u{4e00}'..='\u{9fff}' | '（' | '）' | '，' | '。' | '、' | '：' | '；' | '《' | '》' | '“' | '”' | '·' | '—')
}

/// The first character that only the computer which made it can show; those of GB 18030 were made their proper ones by [`line`].
pub fn private_character(text: &str) -> Option<char> {
    if text.chars().all(is_plain) {
        return None;
    }
    glyphs_alike(text).chars().find(|character| {
        matches!(u32::from(*character), 0xe000..=0xf8ff | 0xf_0000..=0x10_ffff)
            || *character == '\u{fffd}'
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_looks_different_is_kept_the_same() {
        for typed in [
            "常州某厂工会",
            " 常州某厂工会\u{a0}",
            "\u{3000}常州某厂工会",
            "常州某厂⼯会",
            "常州某\u{200b}厂工会",
            "\u{feff}常州某厂\u{ad}工会",
            "\u{202a}常州某厂工会\u{202c}",
            "'常州某厂工会",
            "＇常州某厂工会",
            "常州某厂工会\u{fe00}",
        ] {
            assert_eq!(line(typed), "常州某厂工会", "{typed:?}");
        }
        assert_eq!(line("⻓⻋⻢⻰\u{f951}ＡＢ１２"), "长车马龙陋AB12");
        assert_eq!(
            line("某某（常州）“甲”公司：一—二"),
            "某某（常州）“甲”公司：一—二"
        );
        assert_eq!(line("甲\u{2003}\n 乙"), "甲 乙");
        assert_eq!(line("'甲'是乙"), "'甲'是乙");
        assert_eq!(line("O'Neill"), "O'Neill");
    }

    #[test]
    fn plain_characters_stay_themselves() {
        for character in ('\0'..='\u{9fff}').chain(['（', '）', '，', '：', '；']) {
            if is_plain(character) {
                let text = character.to_string();
                assert_eq!(plain(character), character);
                assert!(!is_invisible(character));
                assert!(!is_blank(character) || character == ' ');
                assert_eq!(text.chars().nfc().collect::<String>(), text);
            }
        }
    }

    #[test]
    fn private_forms_of_known_characters_are_read_and_others_told() {
        assert_eq!(line("李\u{e863}"), "李䶮");
        assert_eq!(line("\u{e81e}\u{e864}\u{e815}"), "龴龻厂");
        assert_eq!(private_character("李\u{e863}"), None);
        assert_eq!(private_character("㛃䶮𬭚㙟"), None);
        assert_eq!(private_character("李\u{e001}"), Some('\u{e001}'));
        assert_eq!(private_character("李\u{f0001}"), Some('\u{f0001}'));
        assert_eq!(private_character("李\u{fffd}"), Some('\u{fffd}'));
    }
}
