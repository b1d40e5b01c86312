//! Parsing `standard.toml`: the words of the tables that offices send.

use crate::load::reader::Section;
use crate::programme::{HeadingWords, TableWords};

/// The words of tables, each of them once and none blank.
pub(crate) fn table_words(section: Section<'_>) -> TableWords {
    let words = |key: &'static str| {
        let mut found: Vec<String> = Vec::new();
        for spelled in section.strings(key) {
            let word = spelled.word.trim().to_owned();
            if word.is_empty() || found.contains(&word) {
                let message = format!("`{key}` has \"{word}\" twice, or a word that is blank");
                section.ledger.add(spelled.at, message);
            }
            found.push(word);
        }
        found
    };
    let tables = TableWords {
        totals: words("totals"),
        footers: words("footers"),
        notes: words("notes"),
        titles: words("titles"),
        sums: words("sums"),
        remarks: words("remarks"),
        office_columns: words("office_columns"),
        nothing: words("nothing"),
        same_above: words("same_above"),
        headings: section
            .sections("headings")
            .into_iter()
            .map(heading_words)
            .collect(),
    };
    section.finish();
    tables
}

/// `{ kind = "vetoes", column = "unit", words = ["单位名称"] }`.
fn heading_words(section: Section<'_>) -> HeadingWords {
    for key in ["kind", "column", "words"] {
        section.required(key);
    }
    let spelled = section.strings("words");
    let words = HeadingWords {
        kind: section.string("kind"),
        column: section.string("column"),
        words: spelled.into_iter().map(|spelled| spelled.word).collect(),
    };
    section.finish();
    words
}
