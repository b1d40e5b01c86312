//! The sentences in English.

use jianjia_standard::Lang;

use super::{
    ImportRefusal,
    told::{cells_told, content, same_en, told_en},
};

impl ImportRefusal {
    pub(super) fn english(&self) -> String {
        match self {
            ImportRefusal::TooLarge { megabytes } => format!(
                "The file is too big: more than {megabytes} MB. Nothing was imported. Delete pictures and what is not used, or split it into several files."
            ),
            ImportRefusal::UnpackedTooLarge { megabytes } => format!(
                "The file is too big: more than {megabytes} MB when unpacked. Nothing was imported. Delete pictures and what is not used, or split it into several files."
            ),
            ImportRefusal::TooManyRows { limit } => {
                format!("The table has more than {limit} rows. Nothing was imported. Split it into several files.")
            }
            ImportRefusal::TooManyCells { limit, row } => format!(
                "There are more than {limit} cells (empty ones with a format count){}. Nothing was imported. Delete unused rows and columns below and beside the table, or split it into several files.",
                row.map_or_else(String::new, |row| format!(", counted up to row {row}"))
            ),
            ImportRefusal::TooManyColumns { limit, row } => format!(
                "Row {row} has more than {limit} columns. Nothing was imported. Check what separates its cells, and delete unused columns beside the table."
            ),
            ImportRefusal::TooMuchText { megabytes, row } => format!(
                "The table has more than {megabytes} MB of text{}. Nothing was imported. Delete unused columns, or split it into several files.",
                row.map_or_else(String::new, |row| format!(", counted up to row {row}"))
            ),
            ImportRefusal::CellTooLong { limit, cell } => format!(
                "Cell {cell} has more than {limit} characters. Nothing was imported. Shorten it and import again."
            ),
            ImportRefusal::TooManyParts { limit } => format!(
                "The file has more than {limit} parts. Nothing was imported. Copy the sheet to import into a new workbook, save that and upload it."
            ),
            ImportRefusal::TooIntricate => {
                "The file is not built as a spreadsheet program saves it. Nothing was imported. Open it in one, save it as a new .xlsx and upload that.".to_owned()
            }
            ImportRefusal::TookTooLong { seconds } => format!(
                "Reading the table took longer than {seconds} seconds. Nothing was imported. Delete unused rows, columns and sheets, or split it into several files."
            ),
            ImportRefusal::Busy => {
                "Other tables are being read, and this one's turn did not come in time. Nothing was imported. Upload it again in a minute.".to_owned()
            }
            ImportRefusal::NotATable { found } => format!(
                "This file is not a table (its content is {}). Nothing was imported. Upload .xlsx or .csv, ideally made from the empty template.",
                content(found, Lang::En)
            ),
            ImportRefusal::FalseName { found } => format!(
                "The file is named as a table, but its content is {}. Nothing was imported. Open the original table, save it as .xlsx and upload that; renaming a file is not enough.",
                content(found, Lang::En)
            ),
            ImportRefusal::OldOrLocked => {
                "This is an old Excel file (.xls) or one with a password. Nothing was imported. Open it, remove the password, save it as .xlsx and upload that.".to_owned()
            }
            ImportRefusal::Damaged => {
                "The file is damaged and can't be read. Nothing was imported. Open it to check, save a copy and upload that.".to_owned()
            }
            ImportRefusal::Encoding => {
                "The encoding of this CSV is not known. Nothing was imported. Save it as .xlsx or as “CSV UTF-8” and upload that.".to_owned()
            }
            ImportRefusal::Empty => "The file is empty. Make sure that it is the right one and was saved.".to_owned(),
            ImportRefusal::NoFile => "Choose the file to import first (.xlsx or .csv).".to_owned(),
            ImportRefusal::NoRows => {
                "There is nothing below the headings. Fill in the table from the row below the headings (the example row, sums and notes don't count).".to_owned()
            }
            ImportRefusal::NoHeadings {
                expected,
                sheets,
                hidden,
            } => format!(
                "The first 10 rows of {} hold no headings. Nothing was imported. At least these are needed: {}. Write the headings of the blank template.{}",
                if sheets.iter().any(|sheet| !sheet.is_empty()) {
                    format!("the sheets “{}”", sheets.join("”, “"))
                } else {
                    "the table".to_owned()
                },
                expected.join(", "),
                if hidden.is_empty() {
                    String::new()
                } else {
                    format!(
                        " The hidden sheets “{}” were not read: if the table is there, show them and upload it again.",
                        hidden.join("”, “")
                    )
                }
            ),
            ImportRefusal::NothingVisible { hidden } => format!(
                "There is nothing on the sheets that are not hidden. Nothing was imported. The hidden sheets “{}” were not read: if the table is there, show them and upload it again.",
                hidden.join("”, “")
            ),
            ImportRefusal::HeadingSplit { heading, below } => format!(
                "Below the heading “{heading}” there are {} columns ({}) and no sum, so it can't be told which one counts. Nothing was imported. Add a column with the sum, or keep only one.",
                below.len(),
                below.join(", ")
            ),
            ImportRefusal::HeadingSpread { heading, columns } => format!(
                "The heading “{heading}” is merged over the columns {} to {}, and more than one of them is filled in, so it can't be told which one counts. Nothing was imported. Unmerge it and give every column its own heading.",
                columns.0, columns.1
            ),
            ImportRefusal::HeadingsAgain { row } => format!(
                "In {} there are headings again, over other columns than above. Nothing was imported. Put what is below in the order of the headings above, or on a sheet of its own.",
                row.en()
            ),
            ImportRefusal::Merged => {
                "The cell is merged with one beside it, so it can't be told what it says itself. Unmerge it and fill it in, or leave it empty.".to_owned()
            }
            ImportRefusal::Alone { typed } => format!(
                "“{typed}” is all that this row says: it looks like a title or a note, or the other columns are missing. Delete the row if it is a title or a note; else fill in the other columns, such as the upper union or the kind."
            ),
            ImportRefusal::MoreCells { typed } => format!(
                "The row has more cells than there are headings, or a comma divided a number (“{typed}”), so it can't be told which cell belongs where. Put every cell back into its column; leave commas out of numbers, or put the number in quotation marks."
            ),
            ImportRefusal::SameAbove => {
                "It can't be told which cell this is the same as: the row right above says nothing here, or a sum, a title, an empty or a hidden row stands between. Write out what is meant.".to_owned()
            }
            ImportRefusal::SameOwn { typed } => format!(
                "The cell says “{typed}”, but every row has its own here, which can't be as above. Write out this row's own, or leave the cell empty where the column may be."
            ),
            ImportRefusal::UpperEmpty => {
                "The upper union is empty, while other rows name one: it can't be told whether the one above is meant. Enter the upper union in every row; for one that stands directly below yours, enter your union's name.".to_owned()
            }
            ImportRefusal::HeadingTwice { heading } => {
                format!("The heading “{heading}” is there twice. Nothing was imported. Delete one of the columns.")
            }
            ImportRefusal::HeadingsMissing { headings, unknown } => format!(
                "Required columns are missing: {}. Nothing was imported. Add them{}.",
                headings.join(", "),
                if unknown.is_empty() {
                    String::new()
                } else {
                    format!("; if the headings “{}” mean them, write those of the template", unknown.join("”, “"))
                }
            ),
            ImportRefusal::OpenQuote { row } => format!(
                "A double quotation mark in line {row} has no partner, so it can't be told to which cell the text behind it belongs. Nothing was imported. Delete or close it, or open the table in a spreadsheet program, check it and save it as .xlsx."
            ),
            ImportRefusal::NoValue => {
                "The cell is a formula, and the file doesn't hold its result. Open the table in a spreadsheet program, let it calculate and save it; or paste the cell as its value.".to_owned()
            }
            ImportRefusal::FormulaFailed { typed } => {
                format!("The formula of this cell failed ({typed}). Mend it, or type what it should say.")
            }
            ImportRefusal::LostDigits { typed } => format!(
                "The cell is a number ({typed}), of which a spreadsheet program keeps 15 digits: it has lost its last digits. Format the cell as text and type it again from the certificate."
            ),
            ImportRefusal::IdentityNumber => {
                "The cell holds a person's identity number. Identity numbers don't belong in tables and are never kept: delete it. For a body's code, enter the credit code of its licence or certificate, or leave the cell empty.".to_owned()
            }
            ImportRefusal::IdentityNumbers { places } => format!(
                "The table holds people's identity numbers: {}. To protect them, the file was not kept and nothing was imported. Delete the cells or the whole column (on hidden sheets, too), save the table and upload it again.",
                cells_told(places, Lang::En)
            ),
            ImportRefusal::DiffersFromRow { row } => format!(
                "It is the same as {} but says something else. Check and keep only one of them.",
                row.en()
            ),
            ImportRefusal::UpperRowRefused { row } => {
                let row = row.en();
                format!("Its upper union is in {row}, which can't be imported, so this one can't either. Correct {row} first.")
            }
            ImportRefusal::UpperCircle => {
                "The upper unions of these rows form a circle. Check the upper unions of these rows.".to_owned()
            }
            ImportRefusal::UpperDiffers { registered } => format!(
                "The registered upper union is “{registered}”, not the one in the table. An import moves nothing: move the unit on its page, or enter the registered upper union."
            ),
            ImportRefusal::KindUnknown { typed } => format!(
                "“{typed}” is not a kind of union. Choose one of: {}.",
                crate::core::place::UnitKind::ALL.map(crate::core::place::UnitKind::key).join(", ")
            ),
            ImportRefusal::ChairDiffers { chair } => format!(
                "The registered chair is “{chair}”, not the one in the table. Change the chair among the unit's people; the cell may stay empty."
            ),
            ImportRefusal::UnitUnknown { typed } => format!(
                "There is no union “{typed}” within your area, nor one of a similar name. Check the name, or enter its number or credit code; register it first if it is not registered."
            ),
            ImportRefusal::UnitNear { typed, candidates } => format!(
                "No union is called “{typed}”. Did you mean {}? Enter the name as registered, or the number.",
                told_en(candidates, " or ")
            ),
            ImportRefusal::UnitSeveral { typed, candidates } => format!(
                "“{typed}” may be several unions: {}. Enter the number or credit code of one of them.",
                told_en(candidates, "; ")
            ),
            ImportRefusal::NewIsNear { candidates, .. } => format!(
                "The register has a similar name: did you mean {}? If so, enter the name as registered; if it is another union, enter “yes” in the column “Is a new union”.",
                told_en(candidates, " or ")
            ),
            ImportRefusal::SameNameElsewhere { candidates, uppers, upper, .. } => format!(
                "The register has a union of the same name: {}; the row {}. If it is the same, enter the registered upper union; if it is another union, enter “yes” in the column “Is a new union”.",
                same_en(candidates, uppers),
                if upper.is_empty() {
                    "names no upper union".to_owned()
                } else {
                    format!("names “{upper}” as its upper union")
                }
            ),
            ImportRefusal::NearRow { row, name } => format!(
                "It is called as “{name}” of {}, or nearly so, and looks like the same union. If it is the same, keep only one of the rows; if it is another union, enter “yes” in the column “Is a new union”.",
                row.en()
            ),
            ImportRefusal::CodeOfAnotherName { typed, registered: (name, number) } => format!(
                "The code is registered for “{name}” (number {number}), while the table says “{typed}”, which does not look like the same union. If the code is wrong, correct it; if the union was renamed, enter “yes” in the column “Was renamed”, or ask the union above to rename it on its page."
            ),
            ImportRefusal::UpperNotFound { typed } => format!(
                "There is no upper union “{typed}” within your area or in this table, nor one of a similar name. Check the name, or enter its number or credit code; if it is not registered, add it to the table in a row of its own."
            ),
            ImportRefusal::UpperNearRow { typed, row, name } => format!(
                "There is no upper union called “{typed}”. Is it “{name}” in {}? If so, write both alike; if not, register it first, or give it a row of its own in the table.",
                row.en()
            ),
            ImportRefusal::UpperRowsSeveral { typed, rows } => format!(
                "Several rows are called “{typed}” ({}, {}), and which of them is the upper union can't be told. Keep only one of them, or register it first and enter its number.",
                rows[0].en(),
                rows[1].en()
            ),
            ImportRefusal::NameAndCode { typed, code, registered, named } => format!(
                "The name and the code mean two units: the code {code} is registered for “{registered}”, the name is “{typed}”{}. Check the document and correct the one that is wrong.",
                named.as_ref().map_or_else(String::new, |named| format!(" (“{named}” of the register)"))
            ),
            ImportRefusal::NamesDiffer { typed, other, registered, named } => format!(
                "The union's name and its employer's mean two units: “{typed}” is “{registered}” of the register, the other name is “{other}”{}. Check the document and correct the one that is wrong; if the register is wrong, correct it on the unit's page first.",
                named.as_ref().map_or_else(String::new, |named| format!(" (“{named}” of the register)"))
            ),
            ImportRefusal::CodeNotItsOwn { code, registered, known } => format!(
                "The code {code} is not that of “{registered}”, which is registered with {known}. Check the document and correct the name or the code; if the register is wrong, correct the code on the unit's page first."
            ),
            ImportRefusal::NotYesOrNo { typed } => {
                format!("“{typed}” is neither yes nor no. Enter “yes” or “no”, or leave it empty.")
            }
            ImportRefusal::UnitMissing => "Enter the union: its name, number or credit code.".to_owned(),
            ImportRefusal::RowsRefused { count } => format!(
                "{count} rows can't be imported, so nothing has been imported. Correct the table as described below and upload it again, or import only the other rows and take these back with the reasons."
            ),
            ImportRefusal::NoGoodRows => {
                "Besides the rows that can't be imported the register has all of them already, so there is nothing to import. Correct those rows and upload the table again.".to_owned()
            }
            ImportRefusal::NewlyChecked => {
                "The register changed after the check, so nothing was imported; the table was checked again. Look at the result once more, then confirm.".to_owned()
            }
        }
    }
}
