//! 同上: a cell that says no more than that it is as the one above. It takes that one's value, which is told; where it can't be told what stands
//! above, the cell is refused.

use jianjia_standard::Text;

use super::{
    Fault, Taken,
    lines::{Line, Lines},
};
use crate::exchange::import::{ImportRow, aside::AsideWhy};

/// What stands above a line of a sheet.
#[derive(Default)]
pub(super) struct Above {
    /// The place of the row among those taken, if it is right above.
    taken: Option<usize>,
    /// A hidden row that was left out, and stands between: who sees the table does not see it.
    left: Option<ImportRow>,
    /// The number of the line above.
    number: usize,
}

impl Above {
    /// Goes on to a line. A sum, a title or an empty line between two rows parts them; headings at the top of a page don't.
    pub(super) fn reach(&mut self, number: usize, line: &Line) {
        let is_next = self.number + 1 == number;
        let parts = match line {
            Line::Row(_) | Line::Aside(AsideWhy::Headings | AsideWhy::Numbers) => false,
            Line::Nothing | Line::Aside(_) | Line::OtherHeadings => true,
        };
        if parts || !is_next {
            (self.taken, self.left) = (None, None);
        }
        self.number = number;
    }

    /// Gives cells that say 同上 the value above; returns the names of their columns.
    pub(super) fn fill(&self, lines: &Lines<'_>, row: &mut ImportRow, taken: &Taken) -> Vec<Text> {
        let mut filled = Vec::new();
        if row.faults.is_empty() {
            return filled;
        }
        let above = self.taken.and_then(|place| taken.rows.get(place));
        let cells = &mut row.cells;
        row.faults.retain(|(key, fault, text)| {
            if *fault != Fault::SameAbove || !lines.says_same(text) {
                return true;
            }
            let seen = above.map_or("", |above| above.get(key));
            let is_told = self.left.as_ref().is_none_or(|left| left.get(key) == seen);
            if seen.is_empty() || !is_told {
                return true;
            }
            cells.insert(key.clone(), seen.to_owned());
            filled.extend(lines.name_of(key));
            false
        });
        filled
    }

    pub(super) fn leave(&mut self, row: ImportRow) {
        self.left = Some(row);
    }

    pub(super) fn take(&mut self, place: usize) {
        (self.taken, self.left) = (Some(place), None);
    }
}

#[cfg(test)]
mod tests {
    use crate::exchange::import::table::{
        HiddenRows, Taken,
        tests::{aside, read, sheet},
    };

    const HEADINGS: &[&str] = &["工会名称", "上级工会", "职工人数", "单位性质"];

    /// The upper union of every row, or the fault of a cell.
    fn uppers(taken: &Taken) -> Vec<String> {
        let rows = taken.rows.iter();
        rows.map(|row| match row.faults.first() {
            Some((key, fault, _)) => format!("{key} {fault:?}"),
            None => row.get("upper").to_owned(),
        })
        .collect()
    }

    fn check(rows: &[&[&str]], expect: &[&str], told: &[&str]) -> Taken {
        let mut all = vec![HEADINGS];
        all.extend(rows);
        let taken = read(vec![sheet("", &all)], HiddenRows::Take).unwrap();
        assert_eq!(uppers(&taken), expect, "{rows:?}");
        let mut found = aside(&taken);
        found.pop();
        assert_eq!(found, told, "{rows:?}");
        taken
    }

    #[test]
    fn a_cell_that_says_as_above_takes_the_value_above_aloud() {
        let street = "天宁街道总工会";
        let taken = check(
            &[
                &["甲厂工会", street, "5", "国有"],
                &["乙厂工会", "同上", "6", "〃"],
                &["丙厂工会", " 同 上 ", "7", "〃"],
                HEADINGS,
                &["丁厂工会", "〃", "8", "私营"],
            ],
            &[street; 4],
            &[
                "“上级工会”一栏有 3 格写的是“同上”，从上一行取得：第 3—4 行、第 6 行。",
                "“单位性质”一栏有 2 格写的是“同上”，从上一行取得：第 3—4 行。",
                "重复的表头，共 1 行，没有导入：第 5 行。",
            ],
        );
        assert_eq!(taken.rows[2].get("employer_nature"), "国有");
    }

    #[test]
    fn as_above_is_refused_where_nothing_or_another_thing_stands_above() {
        let total = "合计、小计，共 1 行，没有导入：第 3 行。";
        check(
            &[&["甲厂工会", "同上", "5"], &["乙厂工会", "同上", "5"]],
            &["upper SameAbove", "upper SameAbove"],
            &[],
        );
        check(
            &[
                &["甲厂工会", "天宁街道总工会", "5"],
                &["小计", "", "5"],
                &["乙厂工会", "同上", "5"],
            ],
            &["天宁街道总工会", "upper SameAbove"],
            &[total],
        );
        check(
            &[
                &["甲厂工会", "天宁街道总工会", "5"],
                &["〃", "天宁街道总工会", "6"],
                &["丙厂工会", "天宁街道总工会", "同上"],
            ],
            &["天宁街道总工会", "name SameOwn", "workers SameOwn"],
            &[],
        );
    }

    #[test]
    fn a_hidden_row_between_that_is_left_out_makes_it_doubtful() {
        for (hidden, choice, expect) in [
            ("钟楼区总工会", HiddenRows::Take, "钟楼区总工会"),
            ("钟楼区总工会", HiddenRows::Leave, "upper SameAbove"),
            ("天宁街道总工会", HiddenRows::Leave, "天宁街道总工会"),
        ] {
            let rows: &[&[&str]] = &[
                HEADINGS,
                &["甲厂工会", "天宁街道总工会", "5"],
                &["乙厂工会", hidden, "5"],
                &["丙厂工会", "同上", "5"],
            ];
            let mut sheet = sheet("", rows);
            sheet.rows[2].is_hidden = true;
            let taken = read(vec![sheet], choice).unwrap();
            assert_eq!(uppers(&taken).pop().as_deref(), Some(expect), "{hidden}");
        }
    }
}
