//! Where and how a text stops being JSON, in words: serde_json knows the place only, and tells it in its own.

mod reader;
mod words;

use crate::strict_json::slip::reader::Reader;
use crate::text::Text;

/// The first mistake of a text that is not JSON.
#[derive(Debug)]
pub(crate) struct Slip {
    /// The path to it, such as `facts.members`.
    pub(crate) path: String,
    /// Its place, in characters from 1.
    pub(crate) character: usize,
    pub(crate) reason: Text,
}

/// The mistake of a text that serde_json refuses.
pub(crate) fn find(text: &str, error: &serde_json::Error) -> Slip {
    let mut reader = Reader::new(text);
    let wrong = reader
        .line()
        .err()
        .unwrap_or_else(|| words::unlike_json(place_of(text, error)));
    slip(&reader, wrong.at, wrong.reason)
}

/// A mistake behind a text that has none, but may end anywhere.
pub(crate) fn at_end(text: &str, reason: Text) -> Slip {
    let mut reader = Reader::new(text);
    // Where it ends tells the path.
    let _ = reader.line();
    slip(&reader, text.len(), reason)
}

fn slip(reader: &Reader<'_>, at: usize, reason: Text) -> Slip {
    Slip {
        path: reader.path(),
        character: reader.text[..at].chars().count() + 1,
        reason,
    }
}

/// The byte at which an error was found.
fn place_of(text: &str, error: &serde_json::Error) -> usize {
    let before = error.line().saturating_sub(1);
    let line: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let at = line + error.column().saturating_sub(1);
    text.floor_char_boundary(at.min(text.len()))
}
