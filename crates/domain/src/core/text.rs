//! Text as people type it.

/// One line of text: blanks around it dropped, blanks and line breaks within it made one blank.
pub fn line(text: &str) -> String {
    text.replace('\u{3000}', " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
