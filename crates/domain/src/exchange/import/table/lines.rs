//! The lines below the headings: rows, and what offices write between and below them.

mod shapes;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jianjia_standard::{Text, programme::TableWords};

use super::{
    Fault, TableRow,
    headings::{Headings, Words},
    own::{self, OwnColumn},
    plain,
};
use crate::exchange::import::{EXAMPLE_MARK, ImportRow, aside::AsideWhy};

/// So many characters at most has a cell that only says that a row is a sum: 天宁区各单位合计.
const TOTAL_AT_MOST: usize = 16;

pub(super) enum Line {
    /// Nothing that anybody would miss.
    Nothing,
    Aside(AsideWhy),
    /// Headings again, over other columns than those above.
    OtherHeadings,
    Row(ImportRow),
}

pub(super) struct Lines<'a> {
    pub(super) headings: &'a Headings<'a>,
    known: &'a Words<'a>,
    totals: Vec<String>,
    footers: Vec<String>,
    notes: Vec<String>,
    titles: Vec<String>,
    office_columns: HashSet<String>,
    nothing: HashSet<String>,
    same_above: HashSet<String>,
    /// The place of the one column that must be filled, where there are others that may be: what stands there alone may be a title.
    alone: Option<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(
        words: &TableWords,
        known: &'a Words<'a>,
        headings: &'a Headings<'a>,
    ) -> Lines<'a> {
        let plain = |words: &[String]| words.iter().map(|word| plain(word)).collect::<Vec<_>>();
        let required: Vec<usize> = headings
            .known
            .iter()
            .filter(|(_, column)| column.is_required)
            .map(|(place, _)| *place)
            .collect();
        let is_returned = headings.own.iter().any(|(_, own)| *own == OwnColumn::Place);
        let may_stand_alone = headings.known.len() < 2 || required.len() != 1 || is_returned;
        Lines {
            headings,
            known,
            totals: plain(&words.totals),
            footers: plain(&words.footers),
            notes: plain(&words.notes),
            titles: plain(&words.titles),
            office_columns: plain(&words.office_columns).into_iter().collect(),
            nothing: plain(&words.nothing).into_iter().collect(),
            same_above: plain(&words.same_above).into_iter().collect(),
            alone: required.first().copied().filter(|_| !may_stand_alone),
        }
    }

    pub(super) fn is_office_column(&self, heading: &str) -> bool {
        self.office_columns.contains(&plain(heading))
    }

    pub(super) fn line_of(&self, row: &TableRow) -> Line {
        let said: Vec<(usize, &str)> = self.said(row).take(3).collect();
        let (place, first) = said.first().copied().unwrap_or_default();
        if plain(first)
            .trim_start_matches('(')
            .starts_with(EXAMPLE_MARK)
        {
            return Line::Nothing;
        }
        if !row.is_typed {
            return Line::Aside(AsideWhy::Blank);
        }
        if said.iter().take(2).any(|(_, cell)| self.is_total(cell)) {
            return Line::Aside(AsideWhy::Total);
        }
        if self.is_footer(first) || self.are_notes(row, first) {
            return Line::Aside(AsideWhy::Footer);
        }
        let is_faulty = !row.faults.is_empty() || own::fault_of(first).is_some();
        let is_alone = said.len() == 1 && !is_faulty;
        if let Some(why) = is_alone.then(|| self.plainly(first)).flatten() {
            return Line::Aside(why);
        }
        let mut found = self.row_of(row);
        if found.cells.is_empty() && found.faults.is_empty() {
            return Line::Aside(AsideWhy::Blank);
        }
        match self.headings_again(row, first) {
            Some(true) => return Line::Aside(AsideWhy::Headings),
            Some(false) => return Line::OtherHeadings,
            None => {}
        }
        if self.are_column_numbers(row) {
            return Line::Aside(AsideWhy::Numbers);
        }
        let fault = match self.fault_to_check(row) {
            None if is_alone && self.alone == Some(place) => Some((Fault::Alone, first.to_owned())),
            // What is alone in a table of refused rows stands there itself.
            Some((Fault::Alone, _)) => Some((Fault::Alone, first.to_owned())),
            found => found,
        };
        if let Some((fault, typed)) = fault {
            // There is nothing more to say of its cells.
            found.faults.insert(0, (Arc::from(""), fault, typed));
        }
        Line::Row(found)
    }

    /// The cells that say something, but for those that the table of refused rows adds.
    fn said<'r>(&'r self, row: &'r TableRow) -> impl Iterator<Item = (usize, &'r str)> {
        let cells = row.cells.iter().enumerate();
        let said = cells.filter(|(place, cell)| {
            !cell.is_empty() && self.headings.own.iter().all(|(own, _)| own != place)
        });
        said.map(|(place, cell)| (place, cell.as_str()))
    }

    /// What is wrong with the row as a whole: more cells than headings, or what a table of refused rows says of it.
    fn fault_to_check(&self, row: &TableRow) -> Option<(Fault, String)> {
        let mut columns = self.headings.own.iter();
        let check = columns.find(|(_, column)| *column == OwnColumn::Check);
        let said = check.and_then(|(place, _)| row.cells.get(*place));
        let said = said.and_then(|said| own::fault_of_row(said));
        said.or_else(|| {
            let cells = shapes::more_cells(row, self.headings.width)?;
            Some((Fault::MoreCells, cells))
        })
    }

    /// Why a line is none that is alone in its row and plainly no name.
    fn plainly(&self, cell: &str) -> Option<AsideWhy> {
        let cell = plain(cell);
        let is_note = || {
            let mut notes = self.notes.iter();
            notes.any(|note| cell.starts_with(note.as_str()))
        };
        if shapes::is_title(&cell, &self.titles) {
            Some(AsideWhy::Title)
        } else if is_note()
            || shapes::is_sentence(&cell)
            || shapes::is_day(&cell)
            || shapes::is_page(&cell)
        {
            Some(AsideWhy::Footer)
        } else {
            None
        }
    }

    /// A day, a page, a label or a signature in every cell: 2016年10月20日 … 第 1 页. No name has a colon.
    fn are_notes(&self, row: &TableRow, first: &str) -> bool {
        let may_begin =
            |sign: char| sign.is_numeric() || "第-－—Pp年〇一二三四五六七八九十（(".contains(sign);
        let is_label = |cell: &str| cell.contains(['：', ':']);
        // Nearly every row ends here.
        if !first.starts_with(may_begin) && !is_label(first) {
            return false;
        }
        let is_note = |cell: &str| {
            let made = plain(cell);
            is_label(cell) || shapes::is_page(&made) || shapes::is_day(&made)
        };
        is_note(first)
            && row.faults.is_empty()
            && self.said(row).count() > 1
            && self
                .said(row)
                .all(|(_, cell)| is_note(cell) || self.is_footer(cell))
    }

    /// 甲 1 2 3, 栏次 1 2 3: the numbers of the columns, in every cell, the one that must be filled among them.
    fn are_column_numbers(&self, row: &TableRow) -> bool {
        let mut required = self.headings.known.iter();
        let is_filled = |place: &usize| row.cells.get(*place).is_some_and(|cell| !cell.is_empty());
        required.all(|(place, column)| !column.is_required || is_filled(place))
            && shapes::are_numbers(self.said(row).map(|(_, cell)| cell))
    }

    fn row_of(&self, row: &TableRow) -> ImportRow {
        let mut found = ImportRow {
            number: row.number,
            cells: HashMap::with_capacity(self.headings.known.len()),
            ..ImportRow::default()
        };
        for (place, column) in &self.headings.known {
            let text = row.cells.get(*place).map_or("", |text| text.trim());
            let fault = row.faults.iter().find(|(at, _)| at == place);
            let fault = fault.map(|(_, fault)| *fault);
            let fault = fault.or_else(|| own::fault_of(text));
            let fault = fault.or_else(|| {
                self.says_same(text).then_some(if column.is_own {
                    Fault::SameOwn
                } else {
                    Fault::SameAbove
                })
            });
            if let Some(fault) = fault.or_else(|| merged_away(row, *place)) {
                let key = Arc::clone(&column.key);
                found.faults.push((key, fault, text.to_owned()));
            } else if !text.is_empty() && !self.is_nothing(text, column.is_truth) {
                found.cells.insert(Arc::clone(&column.key), text.to_owned());
            }
        }
        found
    }

    fn is_nothing(&self, text: &str, is_truth: bool) -> bool {
        // No word for nothing is longer. Where there is something or not, both are answers.
        let is_answer = is_truth && matches!(text, "无" | "没有");
        text.len() <= 12 && !is_answer && self.nothing.contains(&plain(text))
    }

    /// 同上, 〃.
    pub(super) fn says_same(&self, text: &str) -> bool {
        // No word for it is longer.
        !text.is_empty() && text.len() <= 18 && self.same_above.contains(&plain(text))
    }

    pub(super) fn name_of(&self, key: &str) -> Option<Text> {
        let mut known = self.headings.known.iter();
        let (_, column) = known.find(|(_, column)| *column.key == *key)?;
        Some(column.name.clone())
    }

    /// 合计, 合 计：, 天宁区小计, 合计（12 家）.
    fn is_total(&self, cell: &str) -> bool {
        if cell.chars().count() > TOTAL_AT_MOST {
            return false;
        }
        let cell = plain(cell);
        let cell = cell.trim_end_matches([':', '：', '。']);
        self.totals.iter().any(|total| {
            let rest = cell.strip_prefix(total.as_str());
            // 共 12 家: a word of one character is one only with a number and hardly anything behind it.
            if total.chars().count() == 1 {
                return rest.is_some_and(|rest| {
                    let unit = rest.trim_start_matches(|next: char| next.is_ascii_digit());
                    unit.len() < rest.len() && unit.chars().count() <= 2
                });
            }
            cell.ends_with(total.as_str())
                || rest.is_some_and(|rest| {
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

    /// Whether the row is headings again, as they stand at the top of every printed page, and over the same columns.
    fn headings_again(&self, row: &TableRow, first: &str) -> Option<bool> {
        let is_heading = |cell: &str| self.known.get(cell).is_some() || self.is_office_column(cell);
        // Nearly every row ends here.
        if !is_heading(first) {
            return None;
        }
        let named: Vec<(usize, &str)> = self
            .said(row)
            .filter(|(place, _)| {
                self.headings
                    .again
                    .iter()
                    .all(|again| again.place != *place)
            })
            .filter_map(|(place, cell)| Some((place, &*self.known.get(cell)?.key)))
            .collect();
        let headings = || self.headings.known.iter();
        let is_named = |key: &str| named.iter().any(|(_, named)| *named == key);
        let is_one = named.len() >= headings().count().min(2)
            && headings().all(|(_, column)| !column.is_required || is_named(&column.key));
        is_one.then(|| {
            let mut named = named.iter();
            named.all(|(at, key)| {
                headings().all(|(place, column)| *column.key != **key || place == at)
                    && headings().all(|(place, column)| place != at || *column.key == **key)
            })
        })
    }
}

/// The fault of a cell that is one with the cell before it: what it would say itself can't be told.
fn merged_away(row: &TableRow, place: usize) -> Option<Fault> {
    let mut merged = row.merged.iter();
    let is_within = merged.any(|(first, last)| {
        (first + 1..=*last).contains(&place)
            && row.cells.get(*first).is_some_and(|cell| !cell.is_empty())
    });
    is_within.then_some(Fault::Merged)
}
