//! What of a table was left aside, in sentences: nothing is passed over in silence.

use jianjia_standard::Text;
use serde::{Deserialize, Serialize};

mod rows;
pub use rows::{RowPlace, Rows};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    pub columns: Vec<AsideColumn>,
    pub rows: Vec<AsideRows>,
    pub sheets: Vec<AsideSheet>,
    /// The rows that the spreadsheet program hides, and whether they are taken.
    pub hidden: Option<HiddenFound>,
    /// The columns that are read though they are hidden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden_columns: Vec<AsideColumn>,
    /// The cells that took the value above them, by their column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_above: Vec<SameAbove>,
    /// Years that are none of their programme's, with its first and last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<(i16, i16, i16)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsideColumn {
    /// Empty for a column with values and without a heading.
    pub heading: String,
    pub letters: String,
    /// Empty where only one sheet is read.
    pub sheet: String,
    /// A column of which the standard knows that offices have it.
    pub is_expected: bool,
    /// The letters of the column that is read in its place; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub read: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AsideWhy {
    Total,
    Footer,
    /// Nothing that was typed in any column that is read.
    Blank,
    /// The headings once more.
    Headings,
    /// The numbers of the columns.
    Numbers,
    /// The title of a part of the table.
    Title,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsideRows {
    pub why: AsideWhy,
    #[serde(flatten)]
    pub rows: Rows,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsideSheet {
    pub name: String,
    /// Else it has no headings.
    pub is_hidden: bool,
}

/// Cells of a column that say 同上.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameAbove {
    pub column: Text,
    #[serde(flatten)]
    pub rows: Rows,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenFound {
    pub is_taken: bool,
    #[serde(flatten)]
    pub rows: Rows,
}

impl Aside {
    pub(crate) fn add_row(&mut self, why: AsideWhy, place: RowPlace) {
        if let Some(found) = self.rows.iter_mut().find(|found| found.why == why) {
            found.rows.add(place);
        } else {
            let rows = Rows::of(place);
            self.rows.push(AsideRows { why, rows });
        }
    }

    pub(crate) fn add_hidden(&mut self, is_taken: bool, place: RowPlace) {
        if let Some(found) = &mut self.hidden {
            found.rows.add(place);
        } else {
            let rows = Rows::of(place);
            self.hidden = Some(HiddenFound { is_taken, rows });
        }
    }

    pub(crate) fn add_same_above(&mut self, column: Text, place: RowPlace) {
        let found = self
            .same_above
            .iter_mut()
            .find(|same| same.column == column);
        if let Some(found) = found {
            found.rows.add(place);
        } else {
            let rows = Rows::of(place);
            self.same_above.push(SameAbove { column, rows });
        }
    }

    /// A sentence for everything that was left aside, or read from elsewhere than its cell.
    pub fn sentences(&self) -> Vec<Text> {
        let mut sentences: Vec<Text> = self.same_above.iter().map(same_sentence).collect();
        sentences.extend(self.rows.iter().map(rows_sentence));
        let unknown = |column: &&AsideColumn| !column.is_expected && column.read.is_empty();
        let expected: Vec<&AsideColumn> =
            self.columns.iter().filter(|one| one.is_expected).collect();
        if !expected.is_empty() {
            sentences.push(Text {
                zh: format!("没有读的列：{}。", columns_zh(&expected)),
                en: format!("Columns that were left aside: {}.", columns_en(&expected)),
            });
        }
        let unknown: Vec<&AsideColumn> = self.columns.iter().filter(unknown).collect();
        if !unknown.is_empty() {
            sentences.push(Text {
                zh: format!(
                    "看不懂表头、没有读的列：{}。要导入的，请改成模板里的表头再上传；用不到的不用管。",
                    columns_zh(&unknown)
                ),
                en: format!(
                    "Columns whose headings are not known, and which were left aside: {}. To import one, give it the template's heading and upload the table again.",
                    columns_en(&unknown)
                ),
            });
        }
        let again = self.columns.iter().filter(|one| !one.read.is_empty());
        sentences.extend(again.map(again_sentence));
        if !self.hidden_columns.is_empty() {
            let hidden: Vec<&AsideColumn> = self.hidden_columns.iter().collect();
            sentences.push(Text {
                zh: format!(
                    "隐藏的列也读了：{}。不要导入的，请删掉这几列再上传。",
                    columns_zh(&hidden)
                ),
                en: format!(
                    "Hidden columns were read as well: {}. Delete those that should not be imported, and upload the table again.",
                    columns_en(&hidden)
                ),
            });
        }
        sentences.extend(self.hidden.as_ref().map(hidden_sentence));
        sentences.extend(self.outside.iter().map(outside_sentence));
        sentences.extend(sheets_sentence(&self.sheets, true));
        sentences.extend(sheets_sentence(&self.sheets, false));
        sentences
    }
}

fn same_sentence(same: &SameAbove) -> Text {
    let (count, column) = (same.rows.count, &same.column);
    let en_cells = if count == 1 { "cell" } else { "cells" };
    Text {
        zh: format!(
            "“{}”一栏有 {count} 格写的是“同上”，从上一行取得：{}。",
            column.zh,
            same.rows.zh()
        ),
        en: format!(
            "{count} {en_cells} of “{}” took the value of the row above, as written: {}.",
            column.en,
            same.rows.en()
        ),
    }
}

fn rows_sentence(rows: &AsideRows) -> Text {
    let (zh, en) = match rows.why {
        AsideWhy::Total => ("合计、小计", "sums"),
        AsideWhy::Footer => ("表下的说明、签名", "notes and signatures"),
        AsideWhy::Blank => ("没有填写内容的空行", "blank rows"),
        AsideWhy::Headings => ("重复的表头", "repeated headings"),
        AsideWhy::Numbers => ("各列的编号（栏次）", "numbers of the columns"),
        AsideWhy::Title => ("分段的标题", "titles of parts"),
    };
    let rows = &rows.rows;
    let (count, en_rows) = (rows.count, plural(rows.count));
    Text {
        zh: format!("{zh}，共 {count} 行，没有导入：{}。", rows.zh()),
        en: format!("{count} {en_rows} left aside ({en}): {}.", rows.en()),
    }
}

fn again_sentence(column: &AsideColumn) -> Text {
    let read = &column.read;
    Text {
        zh: format!(
            "{}和 {read} 列是同一栏，出现了两次：只读了 {read} 列。要读的是另一列的，请删掉多余的一列再上传。",
            columns_zh(&[column])
        ),
        en: format!(
            "{} and column {read} are the same, twice: only column {read} was read. If the other one is meant, delete this one and upload the table again.",
            columns_en(&[column])
        ),
    }
}

fn hidden_sentence(hidden: &HiddenFound) -> Text {
    let count = hidden.rows.count;
    let (zh, en) = (hidden.rows.zh(), hidden.rows.en());
    let rows = if count == 1 { "row" } else { "rows" };
    if hidden.is_taken {
        Text {
            zh: format!(
                "表里有 {count} 行是隐藏的（手工隐藏或被筛选掉），也在要导入的里面：{zh}。"
            ),
            en: format!(
                "{count} hidden {rows} (by hand or by a filter) will be imported too: {en}."
            ),
        }
    } else {
        Text {
            zh: format!(
                "表里有 {count} 行是隐藏的（手工隐藏或被筛选掉），按您的选择没有导入：{zh}。"
            ),
            en: format!(
                "{count} hidden {rows} (by hand or by a filter) stay out of the import, as you chose: {en}."
            ),
        }
    }
}

fn outside_sentence((year, first, last): &(i16, i16, i16)) -> Text {
    Text {
        zh: format!(
            "{year} 年不在建家标准的年度（{first}—{last}）里：年度表可以导入，留作对照，不能凭它申报。"
        ),
        en: format!(
            "{year} is not one of the standard’s years ({first} to {last}): its sheets can be imported and kept for comparison, but nothing can be applied for by them."
        ),
    }
}

fn sheets_sentence(sheets: &[AsideSheet], is_hidden: bool) -> Option<Text> {
    let names: Vec<&str> = sheets
        .iter()
        .filter(|sheet| sheet.is_hidden == is_hidden)
        .map(|sheet| sheet.name.as_str())
        .collect();
    let (zh, en) = (names.join("”“"), names.join("”, “"));
    let sentence = if is_hidden {
        Text {
            zh: format!("隐藏的工作表没有读：“{zh}”。"),
            en: format!("Hidden sheets were not read: “{en}”."),
        }
    } else {
        Text {
            zh: format!("没有这种表的表头、没有读的工作表：“{zh}”。"),
            en: format!("Sheets without these headings were not read: “{en}”."),
        }
    };
    (!names.is_empty()).then_some(sentence)
}

fn columns_zh(columns: &[&AsideColumn]) -> String {
    let named = columns.iter().map(|column| {
        let heading = match column.heading.as_str() {
            "" => "没有表头".to_owned(),
            heading => format!("“{heading}”"),
        };
        match column.sheet.as_str() {
            "" => format!("{heading}（{} 列）", column.letters),
            sheet => format!("{heading}（“{sheet}”{} 列）", column.letters),
        }
    });
    named.collect::<Vec<_>>().join("、")
}

fn columns_en(columns: &[&AsideColumn]) -> String {
    let named = columns.iter().map(|column| {
        let heading = match column.heading.as_str() {
            "" => "without heading".to_owned(),
            heading => format!("“{heading}”"),
        };
        match column.sheet.as_str() {
            "" => format!("{heading} (column {})", column.letters),
            sheet => format!("{heading} (column {} of “{sheet}”)", column.letters),
        }
    });
    named.collect::<Vec<_>>().join(", ")
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "row was" } else { "rows were" }
}

/// The letters of a column, counted from 0: `A`, `AB`.
pub(crate) fn letters_of(column: usize) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.insert(0, char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters
}
