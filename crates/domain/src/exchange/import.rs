//! Importing tables: which columns a table has, what would become of each row, and why a table or a row can't be taken.
//! Nothing is half-imported: a table with a refused row changes nothing.

pub mod accounts;
pub mod answers;
pub mod aside;
pub mod bases;
pub mod divisions;
pub mod fate;
pub mod pair;
pub mod people;
pub mod refusal;
pub mod sheets;
pub mod table;
pub mod titles;
pub mod unions;
pub mod vetoes;

mod unit;

use std::{collections::HashMap, sync::Arc};

use jianjia_standard::{Standard, Text};
use jiff::Timestamp;

use crate::{
    core::ids::{ImportId, UnitId},
    exchange::import::{
        aside::RowPlace,
        fate::ImportReport,
        refusal::ImportRefusal,
        table::{Fault, Table, Taken},
    },
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
        /// What departments answer of the units that they were asked about.
        Answers = "answers" / "部门答复",
        /// What the yearly subsidies of units start from.
        SubsidyBases = "subsidy-bases" / "补贴基数",
        Accounts = "accounts" / "账号",
    }
}

impl ImportKind {
    /// The columns; those of year sheets are the standard's facts.
    pub fn columns(self, standard: &Standard) -> Vec<ImportColumn> {
        let mut columns = match self {
            ImportKind::Divisions => divisions::columns(),
            ImportKind::Unions => unions::columns(),
            ImportKind::People => people::columns(),
            ImportKind::Sheets => sheets::columns(standard),
            ImportKind::Titles => titles::columns(),
            ImportKind::Vetoes => vetoes::columns(),
            ImportKind::Answers => answers::columns(),
            ImportKind::SubsidyBases => bases::columns(),
            ImportKind::Accounts => accounts::columns(),
        };
        for words in &standard.tables.headings {
            let column = columns
                .iter_mut()
                .find(|column| words.kind == self.key() && *column.key == *words.column);
            if let Some(column) = column {
                column.also.extend(words.words.iter().cloned());
            }
        }
        columns
    }
}

/// The rows of a table, each read by the columns of the standard of its own year: a heading that two plans have means what the row's plan means
/// by it. A row whose year can't be read is read as one of `this_year`.
///
/// # Errors
/// As [`table::rows_of`].
pub fn rows_by_year<'a>(
    kind: ImportKind,
    standards: &[&'a Standard],
    standard_of: &dyn Fn(i16) -> &'a Standard,
    this_year: i16,
    table: &Table,
) -> Result<Taken, ImportRefusal> {
    let plan_of = |year: i16| standard_of(year).version.as_str();
    let words = &standard_of(this_year).tables;
    if kind != ImportKind::Sheets || standards.len() < 2 {
        return table::rows_of(&kind.columns(standard_of(this_year)), words, table);
    }
    let mut found = Taken::default();
    for standard in standards {
        let own = kind.columns(standard);
        let others = standards.iter().flat_map(|other| kind.columns(other));
        // The last of two columns with one heading is the one that is meant.
        let mut columns: Vec<ImportColumn> = others.filter(|other| !own.contains(other)).collect();
        columns.extend(own);
        let taken = table::rows_of(&columns, words, table)?;
        found.rows.extend(taken.rows.into_iter().filter(|row| {
            let year = titles::year_of(row.get("year"), 0, i16::MAX);
            plan_of(year.unwrap_or(this_year)) == standard.version
        }));
        // The headings are the same for every plan, and so is what is left aside.
        found.aside = taken.aside;
        found.columns = taken.columns;
    }
    found.rows.sort_by_key(|row| (row.order, row.number));
    Ok(found)
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportColumn {
    pub key: Arc<str>,
    pub name: Text,
    /// The question that the column answers: understood as a heading, too.
    pub question: Option<Text>,
    /// What else offices call it.
    pub also: Vec<String>,
    pub is_required: bool,
    /// A question of yes or no: 无 is an answer to it.
    pub is_truth: bool,
    /// What no two rows have alike, such as a name or a count: 同上 says nothing there.
    pub is_own: bool,
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
            also: Vec::new(),
            is_required,
            is_truth: false,
            is_own: false,
        }
    }

    /// The columns, those of the keys marked as what every row has of its own.
    pub(crate) fn with_own(mut columns: Vec<ImportColumn>, own: &[&str]) -> Vec<ImportColumn> {
        for column in &mut columns {
            column.is_own = own.contains(&&*column.key);
        }
        columns
    }
}

/// One row of the table as typed: the number that the spreadsheet program shows, and the text of its columns by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportRow {
    pub number: usize,
    /// The name of its sheet, where several are read; else empty.
    pub sheet: Arc<str>,
    /// The place of its sheet among those that are read.
    pub order: usize,
    pub cells: HashMap<Arc<str>, String>,
    /// The cells that don't say what was meant, which are not among `cells`: column, fault and what is there.
    pub faults: Vec<(Arc<str>, Fault, String)>,
}

impl ImportRow {
    /// The text of a column; empty when there is none.
    pub fn get(&self, key: &str) -> &str {
        self.cells.get(key).map_or("", String::as_str)
    }

    /// The text of a column as it stands in the table, whether it can be taken or not.
    pub fn typed(&self, key: &str) -> &str {
        let fault = self.faults.iter().find(|(known, ..)| &**known == key);
        fault.map_or_else(|| self.get(key), |(_, _, text)| text)
    }

    pub fn place(&self) -> RowPlace {
        RowPlace {
            sheet: self.sheet.to_string(),
            row: self.number,
        }
    }
}

/// What the first cell of the template's example row begins with: such a row is passed over.
pub const EXAMPLE_MARK: &str = "示例";

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
