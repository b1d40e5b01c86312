//! Importing tables: which columns a table has, what would become of each row, and why a table or a row can't be taken.
//! Nothing is half-imported: a table with a refused row changes nothing.

pub mod fate;
pub mod people;
pub mod refusal;
pub mod titles;
pub mod unions;
pub mod vetoes;

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{ImportId, UnitId},
    import::{fate::ImportReport, refusal::ImportRefusal},
    width::narrow,
};

/// What a table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportKind {
    Unions,
    People,
    /// Titles already held.
    Titles,
    Vetoes,
}

impl ImportKind {
    pub const ALL: [ImportKind; 4] = [
        ImportKind::Unions,
        ImportKind::People,
        ImportKind::Titles,
        ImportKind::Vetoes,
    ];

    pub fn key(self) -> &'static str {
        match self {
            ImportKind::Unions => "unions",
            ImportKind::People => "people",
            ImportKind::Titles => "titles",
            ImportKind::Vetoes => "vetoes",
        }
    }

    pub fn from_key(key: &str) -> Option<ImportKind> {
        ImportKind::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// The Chinese word shown to people; the locales hold the English one.
    pub fn word(self) -> &'static str {
        match self {
            ImportKind::Unions => "工会",
            ImportKind::People => "工会干部",
            ImportKind::Titles => "已有称号",
            ImportKind::Vetoes => "否决情形",
        }
    }

    pub fn columns(self) -> Vec<ImportColumn> {
        match self {
            ImportKind::Unions => unions::columns(),
            ImportKind::People => people::columns(),
            ImportKind::Titles => titles::columns(),
            ImportKind::Vetoes => vetoes::columns(),
        }
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportColumn {
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub is_required: bool,
}

/// One row of the table as typed: the number that the spreadsheet program shows, and the text of its columns by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportRow {
    pub number: usize,
    pub cells: HashMap<&'static str, String>,
}

impl ImportRow {
    /// The text of a column; empty when there is none.
    pub fn get(&self, key: &str) -> &str {
        self.cells.get(key).map_or("", String::as_str)
    }
}

/// What the first cell of the template's example row begins with: such a row is passed over.
pub const EXAMPLE_MARK: &str = "示例";

/// Rows before the headings that are passed over: a title, a unit's name.
const ROWS_BEFORE_HEADINGS: usize = 10;

/// The rows below the headings, wherever these stand among the first rows; `rows` are cells with their row numbers.
pub fn rows_of(
    kind: ImportKind,
    rows: &[(usize, Vec<String>)],
) -> Result<Vec<ImportRow>, ImportRefusal> {
    let columns = kind.columns();
    let (place, headings) = rows
        .iter()
        .take(ROWS_BEFORE_HEADINGS)
        .map(|(_, cells)| headings_of(&columns, cells))
        .enumerate()
        .max_by_key(|(place, headings)| (headings.known.len(), usize::MAX - place))
        .ok_or(ImportRefusal::NoRows)?;
    // One heading alone may be a word in a title, unless it is all that is required.
    let has_required = columns
        .iter()
        .filter(|column| column.is_required)
        .all(|column| headings.known.iter().any(|(_, key)| *key == column.key));
    if headings.known.len() < 2 && headings.twice.is_none() && !has_required {
        return Err(ImportRefusal::NoHeadings {
            expected: columns.iter().map(|column| column.zh).collect(),
        });
    }
    if let Some(twice) = headings.twice {
        return Err(ImportRefusal::HeadingTwice { heading: twice });
    }
    if !headings.unknown.is_empty() {
        return Err(ImportRefusal::UnknownHeadings {
            headings: headings.unknown,
        });
    }
    let missing: Vec<&str> = columns
        .iter()
        .filter(|column| {
            column.is_required && headings.known.iter().all(|(_, key)| *key != column.key)
        })
        .map(|column| column.zh)
        .collect();
    if !missing.is_empty() {
        return Err(ImportRefusal::HeadingsMissing { headings: missing });
    }
    let mut found = Vec::new();
    for (number, cells) in &rows[place + 1..] {
        let row = ImportRow {
            number: *number,
            cells: headings
                .known
                .iter()
                .filter_map(|(column, key)| {
                    let text = cells.get(*column)?.trim();
                    (!text.is_empty()).then(|| (*key, text.to_owned()))
                })
                .collect(),
        };
        let is_example = cells.first().is_some_and(|cell| {
            narrow(cell)
                .trim_start_matches('(')
                .starts_with(EXAMPLE_MARK)
        });
        if !row.cells.is_empty() && !is_example {
            found.push(row);
        }
    }
    if found.is_empty() {
        return Err(ImportRefusal::NoRows);
    }
    Ok(found)
}

struct Headings {
    /// Place among the cells, and the column's key.
    known: Vec<(usize, &'static str)>,
    unknown: Vec<String>,
    twice: Option<String>,
}

fn headings_of(columns: &[ImportColumn], cells: &[String]) -> Headings {
    let plain = |text: &str| -> String {
        narrow(text)
            .chars()
            .filter(|character| !character.is_whitespace() && *character != '*')
            .flat_map(char::to_lowercase)
            .collect()
    };
    let mut headings = Headings {
        known: Vec::new(),
        unknown: Vec::new(),
        twice: None,
    };
    for (place, cell) in cells.iter().enumerate() {
        let heading = plain(cell);
        if heading.is_empty() {
            continue;
        }
        let column = columns.iter().find(|column| {
            [column.zh, column.en, column.key]
                .iter()
                .any(|known| plain(known) == heading)
        });
        match column {
            None => headings
                .unknown
                .push(cell.trim().chars().take(30).collect()),
            Some(column) if headings.known.iter().any(|(_, key)| *key == column.key) => {
                headings.twice = Some(column.zh.to_owned());
            }
            Some(column) => headings.known.push((place, column.key)),
        }
    }
    headings
}

/// A table that was checked, and then imported or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub id: ImportId,
    pub kind: ImportKind,
    pub unit_id: UnitId,
    pub unit_path: String,
    pub file_hash: String,
    pub file_name: String,
    pub state: ImportState,
    pub report: ImportReport,
    pub created_by: String,
    pub created_at: Timestamp,
    pub done_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportState {
    Checked,
    Done,
}

impl ImportState {
    pub fn key(self) -> &'static str {
        match self {
            ImportState::Checked => "checked",
            ImportState::Done => "done",
        }
    }
}

/// One line of the list of imports: all but the rows' fates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportLine {
    pub id: ImportId,
    pub kind: ImportKind,
    pub file_name: String,
    pub is_done: bool,
    pub by: String,
    pub created_at: Timestamp,
}
