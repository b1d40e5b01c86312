//! The words of the tables that offices send.

/// What offices write into tables besides what is asked: an empty list says that nothing is taken so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableWords {
    /// The words of a row that sums up the others: 合计.
    pub totals: Vec<String>,
    /// The words with which a line below the table begins: 填表人.
    pub footers: Vec<String>,
    /// The words with which a line that is alone in its row begins, whatever follows: 此表一式三份.
    pub notes: Vec<String>,
    /// The words with which a number makes the title of a part: 表 (表二).
    pub titles: Vec<String>,
    /// The headings of the sum among columns below one heading, besides the words of a row that sums up: 总数 beside 男 and 女.
    pub sums: Vec<String>,
    /// What may stand in brackets behind a heading without changing what it asks: 人.
    pub remarks: Vec<String>,
    /// The headings of columns that are for the office alone: 序号.
    pub office_columns: Vec<String>,
    /// What an optional cell holds in the place of nothing: 无.
    pub nothing: Vec<String>,
    /// What a cell holds that is the same as the one above it: 同上.
    pub same_above: Vec<String>,
    /// Other headings by which offices call a column.
    pub headings: Vec<HeadingWords>,
}

/// What else a column of a kind of table is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeadingWords {
    /// The keys of the kind and of the column; ones that nobody knows name no column.
    pub kind: String,
    pub column: String,
    pub words: Vec<String>,
}
