//! Rows of a table as they are named: each run of rows that follow one another by its first and last.

use serde::{Deserialize, Serialize};

/// So many runs are named; of all rows there is the number.
const NAMED_AT_MOST: usize = 20;

/// A row by its number, and by its sheet where several are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPlace {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sheet: String,
    pub row: usize,
}

/// Rows of a table, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    pub count: usize,
    /// The first of them.
    places: Vec<Run>,
}

/// Rows that follow one another: the first, and the number of those after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    #[serde(flatten)]
    first: RowPlace,
    #[serde(default, skip_serializing_if = "is_none")]
    more: usize,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde calls"
)]
fn is_none(more: &usize) -> bool {
    *more == 0
}

impl RowPlace {
    /// 第 3 行, “乙表”第 3 行.
    pub fn zh(&self) -> String {
        self.up_to_zh(0)
    }

    pub fn en(&self) -> String {
        self.up_to_en(0)
    }

    fn up_to_zh(&self, more: usize) -> String {
        let numbers = match more {
            0 => self.row.to_string(),
            _ => format!("{}—{}", self.row, self.row + more),
        };
        match self.sheet.as_str() {
            "" => format!("第 {numbers} 行"),
            sheet => format!("“{sheet}”第 {numbers} 行"),
        }
    }

    fn up_to_en(&self, more: usize) -> String {
        let numbers = match more {
            0 => format!("row {}", self.row),
            _ => format!("rows {} to {}", self.row, self.row + more),
        };
        match self.sheet.as_str() {
            "" => numbers,
            sheet => format!("{numbers} of “{sheet}”"),
        }
    }
}

impl Rows {
    pub(crate) fn of(place: RowPlace) -> Rows {
        let mut rows = Rows::default();
        rows.add(place);
        rows
    }

    /// Adds a row that stands after all that were added before.
    pub(crate) fn add(&mut self, place: RowPlace) {
        self.count += 1;
        let follows =
            |run: &Run| run.first.sheet == place.sheet && run.first.row + run.more + 1 == place.row;
        let has_room = self.places.len() < NAMED_AT_MOST;
        match self.places.last_mut() {
            Some(last) if follows(last) => last.more += 1,
            _ if has_room => self.places.push(Run {
                first: place,
                more: 0,
            }),
            _ => {}
        }
    }

    pub(crate) fn zh(&self) -> String {
        let named = self.places.iter().map(|run| run.first.up_to_zh(run.more));
        let named: Vec<String> = named.collect();
        format!("{}{}", named.join("、"), self.rest("等"))
    }

    pub(crate) fn en(&self) -> String {
        let named = self.places.iter().map(|run| run.first.up_to_en(run.more));
        let named: Vec<String> = named.collect();
        format!("{}{}", named.join(", "), self.rest(" and more"))
    }

    /// The words for rows that are not named, if there are some.
    fn rest(&self, words: &'static str) -> &'static str {
        let named: usize = self.places.iter().map(|run| 1 + run.more).sum();
        if self.count > named { words } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(places: &[(&str, usize)]) -> Rows {
        let mut rows = Rows::default();
        for (sheet, row) in places {
            rows.add(RowPlace {
                sheet: (*sheet).to_owned(),
                row: *row,
            });
        }
        rows
    }

    #[test]
    fn rows_that_follow_one_another_are_named_once() {
        let found = rows(&[("", 3), ("", 5), ("", 6), ("", 7), ("乙", 8), ("乙", 9)]);
        assert_eq!(found.zh(), "第 3 行、第 5—7 行、“乙”第 8—9 行");
        assert_eq!(found.en(), "row 3, rows 5 to 7, rows 8 to 9 of “乙”");
        assert_eq!(found.count, 6);
    }

    #[test]
    fn more_than_are_named_are_told_as_more() {
        let scattered: Vec<(&str, usize)> = (0..21).map(|at| ("", 2 * at + 1)).collect();
        assert!(!rows(&scattered[..20]).zh().ends_with('等'));
        let all = rows(&scattered);
        assert!(all.zh().ends_with("第 39 行等"), "{}", all.zh());
        assert_eq!(all.count, 21);
    }

    #[test]
    fn what_was_kept_before_runs_were_named_is_read() {
        let kept = r#"{"count":2,"places":[{"row":4},{"row":5}]}"#;
        let read: Rows = serde_json::from_str(kept).unwrap();
        assert_eq!(read.zh(), "第 4 行、第 5 行");
        let told = serde_json::to_string(&rows(&[("", 4), ("", 5)])).unwrap();
        assert_eq!(told, r#"{"count":2,"places":[{"row":4,"more":1}]}"#);
    }
}
