//! A list of grants from a workbook or a text: the row of headings, then a row a grant.

use bytes::Bytes;
use jianjia_documents::sheet::{self, Sheet, SheetProblem};
use jianjia_domain::{
    core::{refusal::Refusal, text::line},
    money::grant::{DraftRow, GrantRefusal},
};

use crate::core::{
    error::Result,
    turn::{Busy, Turns},
};

/// The headings of a list, in the order of the empty table.
pub const COLUMNS: [&str; 4] = ["单位", "金额", "种类", "依据"];

/// What else offices write for them.
const WORDS: [&[&str]; 4] = [
    &[
        "单位",
        "单位名称",
        "工会",
        "工会名称",
        "单位编号",
        "收款单位",
        "Unit",
    ],
    &[
        "金额",
        "金额（元）",
        "金额(元)",
        "拨款金额",
        "补贴金额",
        "Amount",
    ],
    &["种类", "类型", "类别", "Kind"],
    &["依据", "拨款依据", "说明", "计算依据", "Basis"],
];

/// Tables are read two at a time.
static READING: Turns = Turns::new(2);

/// The rows of a file.
///
/// # Errors
/// At `file`: `FileMissing`, `Unreadable`, `FileTooLarge`, `NoColumns`, `NoRows`, `Busy`.
pub async fn read(bytes: Bytes, file_name: &str) -> Result<Vec<DraftRow>> {
    let sheet = first_sheet(bytes, file_name).await?;
    Ok(rows_of(&sheet).map_err(|refusal| Refusal::at("file", refusal))?)
}

/// The first table of a file.
///
/// # Errors
/// As `read`.
pub(crate) async fn first_sheet(bytes: Bytes, file_name: &str) -> Result<Sheet> {
    let at = |refusal: GrantRefusal| Refusal::at("file", refusal);
    if bytes.is_empty() {
        return Err(at(GrantRefusal::FileMissing).into());
    }
    let name = file_name.to_owned();
    let read = READING.take(move || sheet::read(&bytes, &name)).await?;
    let read = read.map_err(|Busy| at(GrantRefusal::Busy))?;
    let read = read.map_err(|problem| at(refusal_of(&problem)));
    Ok(read?)
}

fn refusal_of(problem: &SheetProblem) -> GrantRefusal {
    match problem {
        SheetProblem::TooLarge { .. }
        | SheetProblem::UnpackedTooLarge { .. }
        | SheetProblem::TooManyRows { .. }
        | SheetProblem::TooManyCells { .. }
        | SheetProblem::TooMuchText { .. }
        | SheetProblem::TookTooLong { .. } => GrantRefusal::FileTooLarge,
        SheetProblem::Empty | SheetProblem::NothingVisible { .. } => GrantRefusal::NoRows,
        _ => GrantRefusal::Unreadable,
    }
}

/// Where the columns of these words stand, in the first row that has the first `needed` of them.
pub(crate) fn columns_of(
    sheet: &Sheet,
    words: &[&[&str]],
    needed: &[usize],
) -> Option<(usize, Vec<Option<usize>>)> {
    sheet
        .rows
        .iter()
        .take(20)
        .enumerate()
        .find_map(|(at, row)| {
            let places: Vec<Option<usize>> = words
                .iter()
                .map(|words| {
                    let mut cells = row.cells.iter();
                    cells.position(|cell| words.contains(&line(cell).as_str()))
                })
                .collect();
            needed
                .iter()
                .all(|place| places[*place].is_some())
                .then_some((at, places))
        })
}

fn rows_of(sheet: &Sheet) -> std::result::Result<Vec<DraftRow>, GrantRefusal> {
    let (at, places) = columns_of(sheet, &WORDS, &[0, 1, 3]).ok_or(GrantRefusal::NoColumns {
        missing: "单位、金额、依据",
    })?;
    let rows = sheet.rows.iter().skip(at + 1).filter(|row| !row.is_hidden);
    let rows = rows.map(|row| {
        let cell = |column: usize| {
            let cell = places[column].and_then(|place| row.cells.get(place));
            cell.cloned().unwrap_or_default()
        };
        DraftRow {
            number: i64::try_from(row.number).unwrap_or(0),
            unit: cell(0),
            amount: cell(1),
            kind: cell(2),
            basis: cell(3),
            source_key: String::new(),
        }
    });
    // A sum at the end names no unit that is granted anything.
    let is_sum =
        |row: &DraftRow| ["合计", "总计", "小计", "共计"].contains(&line(&row.unit).as_str());
    let rows: Vec<DraftRow> = rows.filter(|row| !row.is_empty() && !is_sum(row)).collect();
    if rows.is_empty() {
        return Err(GrantRefusal::NoRows);
    }
    Ok(rows)
}
