//! Why a table, or a row of it, can't be taken, in words.

use crate::{core::refusal::Refuse, exchange::import::aside::RowPlace};
use jianjia_standard::Lang;

/// Why a table can't be taken, or a row of it.
#[derive(Clone, Debug, PartialEq)]
pub enum ImportRefusal {
    /// The file as it was sent.
    TooLarge {
        megabytes: usize,
    },
    /// What a workbook unpacks to.
    UnpackedTooLarge {
        megabytes: usize,
    },
    TooManyRows {
        limit: usize,
    },
    /// Rows count from 1; none where the limit is that of the whole workbook.
    TooManyCells {
        limit: usize,
        row: Option<usize>,
    },
    TooManyColumns {
        limit: usize,
        row: usize,
    },
    TooMuchText {
        megabytes: usize,
        row: Option<usize>,
    },
    CellTooLong {
        limit: usize,
        /// As the spreadsheet program names it: `B12`.
        cell: String,
    },
    TooManyParts {
        limit: usize,
    },
    TooIntricate,
    TookTooLong {
        seconds: u64,
    },
    /// Other tables are being read, and this one waited as long as one waits.
    Busy,
    NotATable {
        found: &'static str,
    },
    FalseName {
        found: &'static str,
    },
    OldOrLocked,
    Damaged,
    Encoding,
    Empty,
    NoFile,
    NoRows,
    NoHeadings {
        expected: Vec<String>,
        /// The sheets that were looked at; one without a name for a text.
        sheets: Vec<String>,
    },
    HeadingTwice {
        heading: String,
    },
    HeadingsMissing {
        headings: Vec<String>,
        /// Headings that are there and not known: one of them may be meant.
        unknown: Vec<String>,
    },
    /// A quotation mark of a text that is not closed, by its line.
    OpenQuote {
        row: usize,
    },
    /// A formula without a kept result.
    NoValue,
    /// A formula that failed.
    FormulaFailed {
        typed: String,
    },
    /// A number that is longer than spreadsheet programs keep numbers.
    LostDigits {
        typed: String,
    },
    /// The row names the same as an earlier one and says something else.
    DiffersFromRow {
        row: RowPlace,
    },
    /// The upper union is a row that is refused itself.
    UpperRowRefused {
        row: RowPlace,
    },
    /// The upper unions of some rows lead back to the row itself.
    UpperCircle,
    /// The register has the unit under another upper union.
    UpperDiffers {
        registered: String,
    },
    /// The register has the unit with another kind.
    KindUnknown {
        typed: String,
    },
    ChairDiffers {
        chair: String,
    },
    UnitUnknown {
        typed: String,
    },
    /// Nobody is called so, but these nearly are: names and numbers.
    UnitNear {
        typed: String,
        candidates: Vec<(String, i64)>,
    },
    UnitSeveral {
        typed: String,
        candidates: Vec<(String, i64)>,
    },
    /// A new union is called nearly as these.
    NewIsNear {
        candidates: Vec<(String, i64)>,
    },
    SeveralPeople {
        names: Vec<String>,
    },
    NotYesOrNo {
        typed: String,
    },
    UnitMissing,
    RowsRefused {
        count: usize,
    },
    /// Only the good rows are wanted, and there are none, or none that changes anything.
    NoGoodRows,
    /// The register changed since the table was checked.
    NewlyChecked,
}

impl Refuse for ImportRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn key(&self) -> &'static str {
        match self {
            ImportRefusal::TooLarge { .. } => "import/too-large",
            ImportRefusal::UnpackedTooLarge { .. } => "import/unpacked-too-large",
            ImportRefusal::TooManyRows { .. } => "import/too-many-rows",
            ImportRefusal::TooManyCells { .. } => "import/too-many-cells",
            ImportRefusal::TooManyColumns { .. } => "import/too-many-columns",
            ImportRefusal::TooMuchText { .. } => "import/too-much-text",
            ImportRefusal::CellTooLong { .. } => "import/cell-too-long",
            ImportRefusal::TooManyParts { .. } => "import/too-many-parts",
            ImportRefusal::TooIntricate => "import/too-intricate",
            ImportRefusal::TookTooLong { .. } => "import/took-too-long",
            ImportRefusal::Busy => "import/busy",
            ImportRefusal::NotATable { .. } => "import/not-a-table",
            ImportRefusal::FalseName { .. } => "import/false-name",
            ImportRefusal::OldOrLocked => "import/old-or-locked",
            ImportRefusal::Damaged => "import/damaged",
            ImportRefusal::Encoding => "import/encoding",
            ImportRefusal::Empty => "import/empty",
            ImportRefusal::NoFile => "import/no-file",
            ImportRefusal::NoRows => "import/no-rows",
            ImportRefusal::NoHeadings { .. } => "import/no-headings",
            ImportRefusal::HeadingTwice { .. } => "import/heading-twice",
            ImportRefusal::OpenQuote { .. } => "import/open-quote",
            ImportRefusal::NoValue => "import/no-value",
            ImportRefusal::FormulaFailed { .. } => "import/formula-failed",
            ImportRefusal::LostDigits { .. } => "import/lost-digits",
            ImportRefusal::HeadingsMissing { .. } => "import/headings-missing",
            ImportRefusal::DiffersFromRow { .. } => "import/differs-from-row",
            ImportRefusal::UpperRowRefused { .. } => "import/upper-row-refused",
            ImportRefusal::UpperCircle => "import/upper-circle",
            ImportRefusal::UpperDiffers { .. } => "import/upper-differs",
            ImportRefusal::KindUnknown { .. } => "import/kind-unknown",
            ImportRefusal::ChairDiffers { .. } => "import/chair-differs",
            ImportRefusal::UnitUnknown { .. } => "import/unit-unknown",
            ImportRefusal::UnitNear { .. } => "import/unit-near",
            ImportRefusal::UnitSeveral { .. } => "import/unit-several",
            ImportRefusal::NewIsNear { .. } => "import/new-is-near",
            ImportRefusal::SeveralPeople { .. } => "import/several-people",
            ImportRefusal::NotYesOrNo { .. } => "import/not-yes-or-no",
            ImportRefusal::UnitMissing => "import/unit-missing",
            ImportRefusal::RowsRefused { .. } => "import/rows-refused",
            ImportRefusal::NoGoodRows => "import/no-good-rows",
            ImportRefusal::NewlyChecked => "import/newly-checked",
        }
    }
}

impl ImportRefusal {
    fn chinese(&self) -> String {
        match self {
            ImportRefusal::TooLarge { megabytes } => format!(
                "文件太大：超过 {megabytes} MB，没有导入。请删掉图片和用不到的内容，或分成几个文件导入。"
            ),
            ImportRefusal::UnpackedTooLarge { megabytes } => format!(
                "文件太大：展开后超过 {megabytes} MB，没有导入。请删掉图片和用不到的内容，或分成几个文件导入。"
            ),
            ImportRefusal::TooManyRows { limit } => {
                format!("表格超过 {limit} 行，没有导入。请分成几个文件导入。")
            }
            ImportRefusal::TooManyCells { limit, row } => format!(
                "单元格超过 {limit} 个（只设了格式的空格也算）{}，没有导入。请删掉表格下方和右侧用不到的行、列，或分成几个文件导入。",
                row.map_or_else(String::new, |row| format!("，读到第 {row} 行为止"))
            ),
            ImportRefusal::TooManyColumns { limit, row } => format!(
                "第 {row} 行超过 {limit} 列，没有导入。请核对这一行的分隔符，删掉右侧用不到的列。"
            ),
            ImportRefusal::TooMuchText { megabytes, row } => format!(
                "表里的文字一共超过 {megabytes} MB{}，没有导入。请删掉用不到的列，或分成几个文件导入。",
                row.map_or_else(String::new, |row| format!("，读到第 {row} 行为止"))
            ),
            ImportRefusal::CellTooLong { limit, cell } => format!(
                "单元格 {cell} 的内容超过 {limit} 个字，没有导入。请把它改短，再导入。"
            ),
            ImportRefusal::TooManyParts { limit } => format!(
                "文件里的部件超过 {limit} 个，没有导入。请新建一个空白表格，只把要导入的那张表复制过去，另存后再上传。"
            ),
            ImportRefusal::TooIntricate => {
                "文件的结构不像表格软件保存的，没有导入。请用表格软件打开，另存为新的 .xlsx 后再上传。".to_owned()
            }
            ImportRefusal::TookTooLong { seconds } => format!(
                "这张表读了 {seconds} 秒还没有读完，没有导入。请删掉用不到的行、列和工作表，或分成几个文件导入。"
            ),
            ImportRefusal::Busy => {
                "正在读别人的表格，等了一会儿还没有轮到，没有导入。请过一分钟再上传一次。".to_owned()
            }
            ImportRefusal::NotATable { found } => format!(
                "这个文件不是表格（内容是{}），没有导入。请上传 .xlsx 或 .csv 文件，最好用下载的空白模板填写。",
                content(found, Lang::Zh)
            ),
            ImportRefusal::FalseName { found } => format!(
                "文件名说是表格，内容却是{}，没有导入。请用表格软件打开原来的表，另存为 .xlsx 后再上传，不要只改后缀。",
                content(found, Lang::Zh)
            ),
            ImportRefusal::OldOrLocked => {
                "这是旧版 Excel（.xls）或加了密码的文件，没有导入。请用表格软件打开，去掉密码，另存为 .xlsx 后再上传。".to_owned()
            }
            ImportRefusal::Damaged => {
                "文件已经损坏，读不出来，没有导入。请用表格软件打开确认，另存一份后再上传；从聊天软件转来的，请重新传一次。".to_owned()
            }
            ImportRefusal::Encoding => {
                "看不懂这个 CSV 的文字编码，没有导入。请用表格软件另存为 .xlsx 或“CSV UTF-8”后再上传。".to_owned()
            }
            ImportRefusal::Empty => "文件是空的，没有可导入的内容。请确认选对了文件，并已经保存。".to_owned(),
            ImportRefusal::NoFile => "请先选择要导入的文件（.xlsx 或 .csv）。".to_owned(),
            ImportRefusal::NoRows => {
                "表头下面没有内容，没有可导入的行。请从表头下一行填起（示例行、合计行、表下的说明不算）。".to_owned()
            }
            ImportRefusal::NoHeadings { expected, sheets } => format!(
                "在{}的前 10 行没有找到表头，没有导入。表头至少要有：{}。请照下载的空白模板写表头。",
                if sheets.iter().any(|sheet| !sheet.is_empty()) {
                    format!("工作表“{}”", sheets.join("”“"))
                } else {
                    "表格".to_owned()
                },
                expected.join("、")
            ),
            ImportRefusal::HeadingTwice { heading } => {
                format!("表头“{heading}”出现了两次，不知道以哪一列为准，没有导入。请删掉多余的一列。")
            }
            ImportRefusal::HeadingsMissing { headings, unknown } => format!(
                "缺少必需的列：{}，没有导入。请补上这些列{}。",
                headings.join("、"),
                if unknown.is_empty() {
                    String::new()
                } else {
                    format!("；表头“{}”看不懂，是它们的，请改成模板里的表头", unknown.join("”“"))
                }
            ),
            ImportRefusal::OpenQuote { row } => format!(
                "第 {row} 行有一个英文双引号没有成对，后面的内容分不清是哪一格的，没有导入。请删掉或补上这个引号，或用表格软件打开核对，另存为 .xlsx 后再上传。"
            ),
            ImportRefusal::NoValue => {
                "这一格是公式，文件里没有它的结果。请用表格软件打开这张表，让它算出来再保存；或把这一格改成数值（复制，选择性粘贴为数值）。".to_owned()
            }
            ImportRefusal::FormulaFailed { typed } => format!(
                "这一格的公式出错了（{typed}）。请改好公式，或直接填写内容。"
            ),
            ImportRefusal::LostDigits { typed } => format!(
                "这一格是数字（{typed}），表格软件只保留前 15 位，末尾几位已经丢了。请把这一格设成文本格式，再照证书重新输入一遍。"
            ),
            ImportRefusal::DiffersFromRow { row } => format!(
                "与{}说的是同一个，但内容不一样。请核对后只留一行。",
                row.zh()
            ),
            ImportRefusal::UpperRowRefused { row } => {
                let row = row.zh();
                format!("上级工会在{row}，那一行不能导入，所以这一行也不能。请先改好{row}。")
            }
            ImportRefusal::UpperCircle => {
                "上级工会绕了一圈又回到自己。请核对这几行的上级工会。".to_owned()
            }
            ImportRefusal::UpperDiffers { registered } => format!(
                "登记的上级工会是“{registered}”，与表里的不同。导入不改隶属关系：确实要转移的，请在单位页面办理转移；否则请把上级改成登记的。"
            ),
            ImportRefusal::KindUnknown { typed } => format!(
                "“{typed}”不是工会类型。请从这些当中选一个：{}。",
                crate::core::place::UnitKind::ALL.map(crate::core::place::UnitKind::word).join("、")
            ),
            ImportRefusal::ChairDiffers { chair } => format!(
                "现任工会主席登记的是“{chair}”，与表里的不同。主席换人请在单位的人员里办理，表里这一格可以空着。"
            ),
            ImportRefusal::UnitUnknown { typed } => format!(
                "在您管辖的范围内没有找到工会“{typed}”，也没有相近的名称。请核对名称，或填它的登记编号、统一社会信用代码；还没有登记的，请先登记。"
            ),
            ImportRefusal::UnitNear { typed, candidates } => format!(
                "没有叫“{typed}”的工会。是不是{}？请改成名册里的名称，或填登记编号。",
                told_zh(candidates, "或")
            ),
            ImportRefusal::UnitSeveral { typed, candidates } => format!(
                "“{typed}”对得上几个工会：{}。请填其中一个的登记编号或统一社会信用代码。",
                told_zh(candidates, "、")
            ),
            ImportRefusal::NewIsNear { candidates } => format!(
                "名册里有名称相近的：是不是{}？是的，请改成名册里的名称；确是另一个工会的，在“确为新工会”一栏填“是”。",
                told_zh(candidates, "或")
            ),
            ImportRefusal::SeveralPeople { names } => format!(
                "一格里填了 {} 个人（{}）。请一人一行，每行填一个姓名。",
                names.len(),
                names.join("、")
            ),
            ImportRefusal::NotYesOrNo { typed } => {
                format!("“{typed}”不是“是”或“否”。请填“是”或“否”，不知道的空着。")
            }
            ImportRefusal::UnitMissing => "请填写所在工会：名称、登记编号或统一社会信用代码都可以。".to_owned(),
            ImportRefusal::RowsRefused { count } => format!(
                "有 {count} 行不能导入，所以整张表都没有导入。请按下面的说明改好表格，再上传一次；也可以只导入其余的行，把这几行带说明退回来。"
            ),
            ImportRefusal::NoGoodRows => {
                "除了不能导入的行，其余的行名册里都已经有了，没有要导入的。请改好不能导入的行，再上传一次。".to_owned()
            }
            ImportRefusal::NewlyChecked => {
                "核对以后名册有了变化，所以没有导入，已经按最新的名册重新核对。请再看一遍结果，然后确认。".to_owned()
            }
        }
    }

    fn english(&self) -> String {
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
            ImportRefusal::NoHeadings { expected, sheets } => format!(
                "The first 10 rows of {} hold no headings. Nothing was imported. At least these are needed: {}. Write the headings of the blank template.",
                if sheets.iter().any(|sheet| !sheet.is_empty()) {
                    format!("the sheets “{}”", sheets.join("”, “"))
                } else {
                    "the table".to_owned()
                },
                expected.join(", ")
            ),
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
                told_en(candidates, ", ")
            ),
            ImportRefusal::NewIsNear { candidates } => format!(
                "The register has a similar name: did you mean {}? If so, enter the name as registered; if it is another union, enter “yes” in the column “Is a new union”.",
                told_en(candidates, " or ")
            ),
            ImportRefusal::SeveralPeople { names } => format!(
                "The cell names {} people ({}). Enter one person a row, with one name each.",
                names.len(),
                names.join(", ")
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

/// What a file was found to hold, in words; a kind that is not listed is told by its name.
fn content(found: &'static str, lang: Lang) -> &'static str {
    let (zh, en) = match found {
        "text" => ("普通文字", "plain text"),
        "binary" => ("认不出的数据", "data of an unknown kind"),
        "program" => ("程序", "a program"),
        "PDF" => (" PDF 文档", "a PDF document"),
        "Word" => (" Word 文档", "a Word document"),
        "PNG" => (" PNG 图片", "a PNG picture"),
        "JPEG" => (" JPEG 图片", "a JPEG picture"),
        "GIF" => (" GIF 图片", "a GIF picture"),
        "ZIP" => (" ZIP 压缩包", "a ZIP archive"),
        "RAR" => (" RAR 压缩包", "a RAR archive"),
        "7z" => (" 7z 压缩包", "a 7z archive"),
        other => (other, other),
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn told_zh(candidates: &[(String, i64)], between: &str) -> String {
    let told = candidates
        .iter()
        .map(|(name, number)| format!("“{name}”（编号 {number}）"));
    told.collect::<Vec<_>>().join(between)
}

fn told_en(candidates: &[(String, i64)], between: &str) -> String {
    let told = candidates
        .iter()
        .map(|(name, number)| format!("“{name}” (number {number})"));
    told.collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests;
