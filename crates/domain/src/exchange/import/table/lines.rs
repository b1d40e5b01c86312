//! The lines below the headings: rows, and what offices write between and below them.

use std::{collections::HashSet, sync::Arc};

use jianjia_standard::programme::TableWords;

use super::{TableRow, headings::Headings, plain};
use crate::exchange::import::{EXAMPLE_MARK, ImportRow, aside::AsideWhy};

/// So many characters at most has a cell that only says that a row is a sum: 天宁区各单位合计.
const TOTAL_AT_MOST: usize = 16;

pub(super) enum Line {
    /// Nothing that anybody would miss.
    Nothing,
    Aside(AsideWhy),
    Row(ImportRow),
}

pub(super) struct Lines<'a> {
    pub(super) headings: &'a Headings<'a>,
    totals: Vec<String>,
    footers: Vec<String>,
    office_columns: HashSet<String>,
    nothing: HashSet<String>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(words: &TableWords, headings: &'a Headings<'a>) -> Lines<'a> {
        let plain = |words: &[String]| words.iter().map(|word| plain(word)).collect::<Vec<_>>();
        Lines {
            headings,
            totals: plain(&words.totals),
            footers: plain(&words.footers),
            office_columns: plain(&words.office_columns).into_iter().collect(),
            nothing: plain(&words.nothing).into_iter().collect(),
        }
    }

    pub(super) fn is_office_column(&self, heading: &str) -> bool {
        self.office_columns.contains(&plain(heading))
    }

    pub(super) fn line_of(&self, row: &TableRow) -> Line {
        let mut said = row.cells.iter().filter(|cell| !cell.is_empty());
        let first = said.next().map_or("", String::as_str);
        if plain(first)
            .trim_start_matches('(')
            .starts_with(EXAMPLE_MARK)
        {
            return Line::Nothing;
        }
        if !row.is_typed {
            return Line::Aside(AsideWhy::Blank);
        }
        let mut beginning = row.cells.iter().filter(|cell| !cell.is_empty()).take(2);
        if beginning.any(|cell| self.is_total(cell)) {
            return Line::Aside(AsideWhy::Total);
        }
        if self.is_footer(first) {
            return Line::Aside(AsideWhy::Footer);
        }
        let found = self.row_of(row);
        if found.cells.is_empty() && found.faults.is_empty() {
            return Line::Aside(AsideWhy::Blank);
        }
        if self.is_headings(row) {
            return Line::Aside(AsideWhy::Headings);
        }
        Line::Row(found)
    }

    fn row_of(&self, row: &TableRow) -> ImportRow {
        let mut found = ImportRow {
            number: row.number,
            ..ImportRow::default()
        };
        for (place, column) in &self.headings.known {
            let text = row.cells.get(*place).map_or("", |text| text.trim());
            let fault = row.faults.iter().find(|(at, _)| at == place);
            if let Some((_, fault)) = fault {
                let key = Arc::clone(&column.key);
                found.faults.push((key, *fault, text.to_owned()));
            } else if !text.is_empty() && !self.is_nothing(text, column.is_truth) {
                found.cells.insert(Arc::clone(&column.key), text.to_owned());
            }
        }
        found
    }

    fn is_nothing(&self, text: &str, is_truth: bool) -> bool {
        // No word for nothing is longer.
        text.len() <= 12 && !(is_truth && text == "无") && self.nothing.contains(&plain(text))
    }

    /// 合计, 合 计：, 天宁区小计, 合计（12 家）.
    fn is_total(&self, cell: &str) -> bool {
        if cell.chars().count() > TOTAL_AT_MOST {
            return false;
        }
        let cell = plain(cell);
        let cell = cell.trim_end_matches([':', '：', '。']);
        self.totals.iter().any(|total| {
            cell.ends_with(total.as_str())
                || cell.strip_prefix(total.as_str()).is_some_and(|rest| {
                    rest.starts_with(|next: char| next.is_ascii_digit() || "(:共".contains(next))
                })
        })
    }

    /// 填表人：某某, （单位盖章）, 注1：以上为……
    fn is_footer(&self, cell: &str) -> bool {
        // Nearly every cell begins with none of them.
        let beginning: String = plain(&cell.chars().take(24).collect::<String>());
        let beginning = beginning.trim_start_matches(['(', '[', '【']);
        self.footers.iter().any(|footer| {
            beginning.strip_prefix(footer.as_str()).is_some_and(|rest| {
                let rest = rest.trim_start_matches(|next: char| next.is_ascii_digit());
                rest.is_empty()
                    || rest.starts_with([':', '(', ')', ']', '】', '、', '.', '盖', '签', '_'])
            })
        })
    }

    /// The headings again, as they stand at the top of every printed page.
    fn is_headings(&self, row: &TableRow) -> bool {
        self.headings.known.iter().all(|(place, column)| {
            let cell = row
                .cells
                .get(*place)
                .map_or_else(String::new, |cell| plain(cell));
            let mut also = column.also.iter();
            cell == plain(&column.name.zh)
                || cell == plain(&column.name.en)
                || also.any(|word| cell == plain(word))
        })
    }
}
