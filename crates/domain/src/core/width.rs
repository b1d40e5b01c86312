//! Full-width characters, as Chinese keyboards and sheets produce them, in their plain form.

/// The text with full-width letters, digits and signs made plain, and the blanks around it dropped.
pub fn narrow(text: &str) -> String {
    let narrow: String = text
        .chars()
        .map(|character| match character {
            '\u{ff01}'..='\u{ff5e}' => {
                char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
            }
            '\u{3000}' | '\u{a0}' => ' ',
            other => other,
        })
        .collect();
    narrow.trim().to_owned()
}

/// Whether the text has characters that no form should carry: control characters other than line breaks.
pub fn has_control(text: &str) -> bool {
    text.chars()
        .any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
}
