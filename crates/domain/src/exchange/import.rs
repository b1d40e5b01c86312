//! Importing tables: which columns a table has, what would become of each row, and why a table or a row can't be taken.
//! Nothing is half-imported: a table with a refused row changes nothing.

pub mod divisions;
pub mod fate;
pub mod people;
pub mod refusal;
pub mod sheets;
pub mod titles;
pub mod unions;
pub mod vetoes;

mod unit;

use std::{collections::HashMap, sync::Arc};

use jianjia_standard::{Standard, Text};
use jiff::Timestamp;

use crate::{
    core::{
        ids::{ImportId, UnitId},
        width::narrow,
    },
    exchange::import::{fate::ImportReport, refusal::ImportRefusal},
};

jianjia_standard::keyed! {
    /// What a table is about, in the order in which a fresh instance needs them.
    pub enum ImportKind {
        Divisions = "divisions" / "行政区划",
        Unions = "unions" / "工会",
        People = "people" / "工会干部",
        /// Year sheets.
        Sheets = "sheets" / "年度表",
        /// Titles already held.
        Titles = "titles" / "已有称号",
        Vetoes = "vetoes" / "否决情形",
    }
}

impl ImportKind {
    /// The columns; those of year sheets are the standard's facts.
    pub fn columns(self, standard: &Standard) -> Vec<ImportColumn> {
        match self {
            ImportKind::Divisions => divisions::columns(),
            ImportKind::Unions => unions::columns(),
            ImportKind::People => people::columns(),
            ImportKind::Sheets => sheets::columns(standard),
            ImportKind::Titles => titles::columns(),
            ImportKind::Vetoes => vetoes::columns(),
        }
    }
}

/// The rows of a table, each read by the columns of the standard of its own year: a heading that two plans have means what the row's plan means
/// by it. A row whose year can't be read is read as one of `this_year`.
///
/// # Errors
/// As [`rows_of`].
pub fn rows_by_year<'a>(
    kind: ImportKind,
    standards: &[&'a Standard],
    standard_of: &dyn Fn(i16) -> &'a Standard,
    this_year: i16,
    rows: &[(usize, Vec<String>)],
) -> Result<Vec<ImportRow>, ImportRefusal> {
    let plan_of = |year: i16| standard_of(year).version.as_str();
    if kind != ImportKind::Sheets || standards.len() < 2 {
        return rows_of(&kind.columns(standard_of(this_year)), rows);
    }
    let mut found = Vec::new();
    for standard in standards {
        let own = kind.columns(standard);
        let others = standards.iter().flat_map(|other| kind.columns(other));
        // The last of two columns with one heading is the one that is meant.
        let mut columns: Vec<ImportColumn> = others.filter(|other| !own.contains(other)).collect();
        columns.extend(own);
        found.extend(rows_of(&columns, rows)?.into_iter().filter(|row| {
            let year = titles::year_of(row.get("year"), 0, i16::MAX);
            plan_of(year.unwrap_or(this_year)) == standard.version
        }));
    }
    found.sort_by_key(|row| row.number);
    Ok(found)
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportColumn {
    pub key: Arc<str>,
    pub name: Text,
    /// The question that the column answers: understood as a heading, too.
    pub question: Option<Text>,
    pub is_required: bool,
}

impl ImportColumn {
    pub(crate) fn new(key: &str, zh: &str, en: &str, is_required: bool) -> ImportColumn {
        ImportColumn {
            key: key.into(),
            name: Text {
                zh: zh.to_owned(),
                en: en.to_owned(),
            },
            question: None,
            is_required,
        }
    }
}

/// One row of the table as typed: the number that the spreadsheet program shows, and the text of its columns by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportRow {
    pub number: usize,
    pub cells: HashMap<Arc<str>, String>,
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
/// Row numbers begin at 1, as a spreadsheet shows them.
///
/// # Errors
/// `NoRows` without a row below the headings; `NoHeadings`, `HeadingTwice`, `UnknownHeadings` or `HeadingsMissing` when no row can be read as
/// the headings.
pub fn rows_of(
    columns: &[ImportColumn],
    rows: &[(usize, Vec<String>)],
) -> Result<Vec<ImportRow>, ImportRefusal> {
    let words = words_of(columns);
    let (place, headings) = rows
        .iter()
        .take(ROWS_BEFORE_HEADINGS)
        .map(|(_, cells)| headings_of(&words, cells))
        .enumerate()
        .max_by_key(|(place, headings)| (headings.known.len(), usize::MAX - place))
        .ok_or(ImportRefusal::NoRows)?;
    let known = complete(columns, headings)?;
    let found: Vec<ImportRow> = rows[place + 1..]
        .iter()
        .filter(|(_, cells)| !is_example(cells))
        .map(|(number, cells)| row_of(*number, cells, &known))
        .filter(|row| !row.cells.is_empty())
        .collect();
    if found.is_empty() {
        return Err(ImportRefusal::NoRows);
    }
    Ok(found)
}

struct Headings<'a> {
    /// Place among the cells, and the column.
    known: Vec<(usize, &'a ImportColumn)>,
    unknown: Vec<String>,
    twice: Option<String>,
}

/// The columns of the headings, each of the required ones once and none unknown.
fn complete<'a>(
    columns: &[ImportColumn],
    headings: Headings<'a>,
) -> Result<Vec<(usize, &'a ImportColumn)>, ImportRefusal> {
    let required = || columns.iter().filter(|column| column.is_required);
    let is_known = |column: &ImportColumn| {
        let mut known = headings.known.iter();
        known.any(|(_, known)| known.key == column.key)
    };
    let missing: Vec<String> = required()
        .filter(|column| !is_known(column))
        .map(|column| column.name.zh.clone())
        .collect();
    // One heading alone may be a word in a title, unless it is all that is required.
    if headings.known.len() < 2 && headings.twice.is_none() && !missing.is_empty() {
        return Err(ImportRefusal::NoHeadings {
            expected: required().map(|column| column.name.zh.clone()).collect(),
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
    if !missing.is_empty() {
        return Err(ImportRefusal::HeadingsMissing { headings: missing });
    }
    Ok(headings.known)
}

fn row_of(number: usize, cells: &[String], known: &[(usize, &ImportColumn)]) -> ImportRow {
    let cells = known.iter().filter_map(|(place, column)| {
        let text = cells.get(*place)?.trim();
        (!text.is_empty()).then(|| (Arc::clone(&column.key), text.to_owned()))
    });
    ImportRow {
        number,
        cells: cells.collect(),
    }
}

fn is_example(cells: &[String]) -> bool {
    cells.first().is_some_and(|cell| {
        narrow(cell)
            .trim_start_matches('(')
            .starts_with(EXAMPLE_MARK)
    })
}

/// Every heading that is understood, made plain, with its column.
fn words_of(columns: &[ImportColumn]) -> HashMap<String, &ImportColumn> {
    let mut words = HashMap::new();
    for column in columns {
        words.insert(plain(&column.key), column);
        for text in std::iter::once(&column.name).chain(&column.question) {
            words.insert(plain(&text.zh), column);
            words.insert(plain(&text.en), column);
        }
    }
    words
}

/// A heading without blanks, required marks and full-width or capital letters.
fn plain(heading: &str) -> String {
    narrow(heading)
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '*')
        .flat_map(char::to_lowercase)
        .collect()
}

fn headings_of<'a>(words: &HashMap<String, &'a ImportColumn>, cells: &[String]) -> Headings<'a> {
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
        match words.get(&heading) {
            None => headings
                .unknown
                .push(cell.trim().chars().take(30).collect()),
            Some(column)
                if headings
                    .known
                    .iter()
                    .any(|(_, known)| known.key == column.key) =>
            {
                headings.twice = Some(column.name.zh.clone());
            }
            Some(column) => headings.known.push((place, column)),
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

jianjia_standard::keyed! {
    pub enum ImportState {
        Checked = "checked",
        Done = "done",
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
