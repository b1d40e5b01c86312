//! Why a table, or a row of it, can't be taken, in words.

mod chinese;
mod english;
mod told;

use crate::{
    core::refusal::Refuse,
    exchange::import::{aside::RowPlace, pair::Ask},
};
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
        /// The hidden ones, which were not.
        hidden: Vec<String>,
    },
    /// All sheets that hold something are hidden.
    NothingVisible {
        hidden: Vec<String>,
    },
    /// Several columns stand below a heading, and none of them is the sum.
    HeadingSplit {
        heading: String,
        below: Vec<String>,
    },
    /// A heading is merged over several columns with values: the letters of the first and the last.
    HeadingSpread {
        heading: String,
        columns: (String, String),
    },
    /// A row holds headings again, over other columns.
    HeadingsAgain {
        row: RowPlace,
    },
    /// A cell is merged with the one before it.
    Merged,
    /// The only cell of its row.
    Alone {
        typed: String,
    },
    /// The line has more cells than there are headings: those beyond, or a number with a comma.
    MoreCells {
        typed: String,
    },
    /// 同上, where it can't be told what stands above.
    SameAbove,
    /// 同上 in a column in which no two rows are alike.
    SameOwn {
        typed: String,
    },
    /// No upper union, where other rows have one.
    UpperEmpty,
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
    /// A cell holds a person's identity number.
    IdentityNumber,
    /// The file holds people's identity numbers, by place and column; nothing of it is kept.
    IdentityNumbers {
        places: Vec<(RowPlace, String)>,
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
        typed: String,
        candidates: Vec<(String, i64)>,
    },
    /// A new union is called as registered ones that stand elsewhere; `upper` is what the row says of its own.
    SameNameElsewhere {
        typed: String,
        candidates: Vec<(String, i64)>,
        uppers: Vec<String>,
        upper: String,
    },
    /// A new union is called as that of an earlier row, or nearly so.
    NearRow {
        row: RowPlace,
        name: String,
    },
    /// The code is registered for a union of quite another name: name and number.
    CodeOfAnotherName {
        typed: String,
        registered: (String, i64),
    },
    UpperNotFound {
        typed: String,
    },
    /// Nobody is called as the upper union, but that of a row of the table nearly is.
    UpperNearRow {
        typed: String,
        row: RowPlace,
        name: String,
    },
    /// The upper union is named by two rows.
    UpperRowsSeveral {
        typed: String,
        rows: [RowPlace; 2],
    },
    /// A name and a code that mean two units; `named` is whom the name means, if anybody.
    NameAndCode {
        typed: String,
        code: String,
        registered: String,
        named: Option<String>,
    },
    /// Two names that mean two units, the union's and its employer's; `named` is whom the other one means, if anybody.
    NamesDiffer {
        typed: String,
        other: String,
        registered: String,
        named: Option<String>,
    },
    /// The unit of the name is registered with another code.
    CodeNotItsOwn {
        code: String,
        registered: String,
        known: String,
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
            ImportRefusal::NothingVisible { .. } => "import/nothing-visible",
            ImportRefusal::HeadingSplit { .. } => "import/heading-split",
            ImportRefusal::HeadingSpread { .. } => "import/heading-spread",
            ImportRefusal::HeadingsAgain { .. } => "import/headings-again",
            ImportRefusal::Merged => "import/merged",
            ImportRefusal::Alone { .. } => "import/alone",
            ImportRefusal::MoreCells { .. } => "import/more-cells",
            ImportRefusal::SameAbove => "import/same-above",
            ImportRefusal::SameOwn { .. } => "import/same-own",
            ImportRefusal::UpperEmpty => "import/upper-empty",
            ImportRefusal::OpenQuote { .. } => "import/open-quote",
            ImportRefusal::NoValue => "import/no-value",
            ImportRefusal::FormulaFailed { .. } => "import/formula-failed",
            ImportRefusal::LostDigits { .. } => "import/lost-digits",
            ImportRefusal::HeadingsMissing { .. } => "import/headings-missing",
            ImportRefusal::IdentityNumber => "import/identity-number",
            ImportRefusal::IdentityNumbers { .. } => "import/identity-numbers",
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
            ImportRefusal::SameNameElsewhere { .. } => "import/same-name-elsewhere",
            ImportRefusal::NearRow { .. } => "import/near-row",
            ImportRefusal::CodeOfAnotherName { .. } => "import/code-of-another-name",
            ImportRefusal::UpperNotFound { .. } => "import/upper-not-found",
            ImportRefusal::UpperNearRow { .. } => "import/upper-near-row",
            ImportRefusal::UpperRowsSeveral { .. } => "import/upper-rows-several",
            ImportRefusal::NameAndCode { .. } => "import/name-and-code",
            ImportRefusal::NamesDiffer { .. } => "import/names-differ",
            ImportRefusal::CodeNotItsOwn { .. } => "import/code-not-its-own",
            ImportRefusal::NotYesOrNo { .. } => "import/not-yes-or-no",
            ImportRefusal::UnitMissing => "import/unit-missing",
            ImportRefusal::RowsRefused { .. } => "import/rows-refused",
            ImportRefusal::NoGoodRows => "import/no-good-rows",
            ImportRefusal::NewlyChecked => "import/newly-checked",
        }
    }
}

impl ImportRefusal {
    /// What a person may answer once for the whole table, about the cell of a column.
    pub(super) fn asks(&self, key: &str) -> Option<Ask> {
        let (typed, candidates, may_be_new) = match self {
            ImportRefusal::UnitNear { typed, candidates }
            | ImportRefusal::UnitSeveral { typed, candidates } => (typed, candidates, false),
            ImportRefusal::NewIsNear { typed, candidates }
            | ImportRefusal::SameNameElsewhere {
                typed, candidates, ..
            } => (typed, candidates, true),
            _ => return None,
        };
        Some(Ask {
            key: key.to_owned(),
            typed: typed.clone(),
            candidates: candidates.clone(),
            may_be_new,
        })
    }
}

#[cfg(test)]
mod tests;
