//! Full-width characters, as Chinese keyboards and sheets produce them, in their plain form.

use crate::core::text::alike;

/// The text with full-width letters, digits and signs made plain, what takes no room dropped, and the blanks around it dropped: for codes, numbers
/// and words of a list. Dashes of any shape are hyphens.
pub fn narrow(text: &str) -> String {
    let made = alike(text);
    // Nearly every text is narrow: the many cells of a long table are not made anew for nothing.
    if made
        .chars()
        .all(|character| narrowed(character) == character)
    {
        return match made.trim() {
            trimmed if trimmed.len() == made.len() => made,
            trimmed => trimmed.to_owned(),
        };
    }
    let narrow: String = made.chars().map(narrowed).collect();
    narrow.trim().to_owned()
}

fn narrowed(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }
}

/// Whether the text has characters that no form should carry: control characters other than line breaks.
pub fn has_control(text: &str) -> bool {
    text.chars()
        .any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
}
