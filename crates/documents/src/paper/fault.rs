//! What can be wrong with a template, its data, the layouts or the fonts, said so that whoever wrote it finds the place.

use std::fmt;

/// A place in a text file, both numbers from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's name in the folder of papers.
    pub file: String,
    pub line: usize,
    /// In characters.
    pub column: usize,
}

impl Place {
    /// The place of a byte of a file.
    pub fn of_byte(file: &str, text: &str, byte: usize) -> Place {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &text[..byte];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Why there is no paper.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("there is no paper {kind:?}; there are {}", known.join(", "))]
    UnknownKind { kind: String, known: Vec<String> },
    /// The template's own language: syntax, or a name that the data does not have.
    #[error("{place}: {what}")]
    Template { place: Place, what: String },
    /// What the template gave is not XML.
    #[error("{place}: the paper is not well-formed: {what}")]
    Xml { place: Place, what: String },
    /// An element or attribute that there is not, or that does not belong there.
    #[error("{place}: {what}")]
    Block { place: Place, what: String },
    /// The sample beside a template.
    #[error("{place}: {what}")]
    Sample { place: Place, what: String },
    #[error("{place}: {what}")]
    Layouts { place: Place, what: String },
    /// No family of a role is installed.
    #[error(
        "no font for {role}: none of {} is in {}. Install the Debian package fonts-noto-cjk, or put one of these fonts into a folder of fonts and name it",
        families.join(", "), folders.join(", ")
    )]
    NoFont {
        role: String,
        families: Vec<String>,
        folders: Vec<String>,
    },
    /// Characters that would be boxes in print.
    #[error(
        "{place}: no font of {} has {}. Install a font that has them (fonts-noto-cjk-extra, or the city's own) and name its family in layouts.toml",
        families.join(", "), named(characters)
    )]
    MissingCharacters {
        place: Place,
        characters: Vec<char>,
        families: Vec<String>,
    },
    /// A picture that the template names and nobody handed in.
    #[error("{place}: there is no picture {name:?}")]
    NoPicture { place: Place, name: String },
    #[error("the picture {name:?} can't be read: {what}")]
    BadPicture { name: String, what: String },
    /// A text too long for a QR code.
    #[error("{place}: a text of {length} bytes is too long for a QR code")]
    TooLongForCode { place: Place, length: usize },
    #[error("{path}: {what}")]
    Reading { path: String, what: String },
    /// A mistake of the layout program itself.
    #[error("the paper can't be set: {what}")]
    Typesetting { what: String },
}

/// `𬭚 (U+2CB5A), 喆 (U+5586)`.
fn named(characters: &[char]) -> String {
    let names: Vec<String> = characters
        .iter()
        .map(|character| format!("{character} (U+{:04X})", u32::from(*character)))
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        for (byte, line, column) in [(0, 1, 1), (3, 1, 2), (7, 2, 1), (8, 2, 2), (99, 2, 3)] {
            let place = Place::of_byte("letter.xml", "工会\nab", byte);
            assert_eq!((place.line, place.column), (line, column), "{byte}");
        }
    }

    #[test]
    fn missing_characters_are_named() {
        let fault = Fault::MissingCharacters {
            place: Place::of_byte("letter.xml", "", 0),
            characters: vec!['𬭚', '喆'],
            families: vec!["FangSong".to_owned()],
        };
        assert_eq!(
            fault.to_string(),
            "letter.xml:1:1: no font of FangSong has 𬭚 (U+2CB5A), 喆 (U+5586). Install a font that has them (fonts-noto-cjk-extra, \
             or the city's own) and name its family in layouts.toml"
        );
    }
}
