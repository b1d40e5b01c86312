//! What the table of refused rows adds to a table, so that it can be uploaded again as it is: columns that are no table's own, and what stands in a
//! cell whose value was lost. Read again unchanged, it is refused for the same reasons.

use jianjia_standard::Lang;

use super::{Fault, plain};
use crate::core::identity;

/// A column that the table of refused rows adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnColumn {
    /// Where the row stood.
    Place,
    /// Why a cell, or the row, is refused.
    Problems,
    /// What is wrong with the row as a whole, until somebody deletes it.
    Check,
}

/// What the added columns are called.
pub fn heading(column: OwnColumn, lang: Lang) -> &'static str {
    match (column, lang) {
        (OwnColumn::Place, Lang::Zh) => "原表行号",
        (OwnColumn::Place, Lang::En) => "Row in the table",
        (OwnColumn::Problems, Lang::Zh) => "这一行的问题",
        (OwnColumn::Problems, Lang::En) => "Problems of the row",
        (OwnColumn::Check, Lang::Zh) => "核对后删去这一格",
        (OwnColumn::Check, Lang::En) => "Delete once checked",
    }
}

/// What the column of a column's reasons is called.
pub fn heading_of_reasons(column: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{column}：问题"),
        Lang::En => format!("{column}: problem"),
    }
}

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

/// The added column that a heading names.
pub(super) fn named(heading_there: &str) -> Option<OwnColumn> {
    let there = plain(heading_there);
    let columns = [OwnColumn::Place, OwnColumn::Problems, OwnColumn::Check];
    let is = |column: &OwnColumn| {
        LANGS
            .iter()
            .any(|lang| plain(heading(*column, *lang)) == there)
    };
    let reasons = || {
        LANGS
            .iter()
            .any(|lang| there.ends_with(&plain(&heading_of_reasons("", *lang))))
    };
    let found = columns.into_iter().find(is);
    found.or_else(|| reasons().then_some(OwnColumn::Problems))
}

/// The faults that a cell, or a row, of a table of refused rows says in words.
const SAID: [Fault; 7] = [
    Fault::NoValue,
    Fault::IdentityNumber,
    Fault::Merged,
    Fault::SameAbove,
    Fault::UpperEmpty,
    Fault::Alone,
    Fault::MoreCells,
];

/// What stands in the place of what a cell does not say; of a fault of the row, what the column to delete begins with.
pub fn placeholder(fault: Fault, lang: Lang) -> Option<&'static str> {
    let (zh, en) = match fault {
        Fault::NoValue => ("（公式没有结果）", "(formula without a result)"),
        Fault::IdentityNumber => (identity::LEFT_OUT, "(identity number, not kept)"),
        Fault::Merged | Fault::Covered => {
            ("（与旁边的格合并了）", "(merged with the cell beside it)")
        }
        Fault::SameAbove => ("（同上，看不出同哪一格）", "(as above, not told which)"),
        Fault::UpperEmpty => ("（没有填上级工会）", "(no upper union)"),
        Fault::Alone => ("只有一格有内容", "only one cell is filled in"),
        Fault::MoreCells => ("多出来的格：", "cells without a heading: "),
        Fault::Error | Fault::LostDigits | Fault::SameOwn => return None,
    };
    Some(match lang {
        Lang::Zh => zh,
        Lang::En => en,
    })
}

/// The fault that a cell says in words.
pub(super) fn fault_of(text: &str) -> Option<Fault> {
    if !text.starts_with(['（', '(']) {
        return None;
    }
    let said = |fault: &Fault| {
        LANGS
            .iter()
            .any(|lang| placeholder(*fault, *lang) == Some(text))
    };
    SAID.into_iter().find(said)
}

/// The fault of a row that stands in the column to delete, and what it is about.
pub(super) fn fault_of_row(text: &str) -> Option<(Fault, String)> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let more = LANGS.iter().find_map(|lang| {
        let beginning = placeholder(Fault::MoreCells, *lang)?;
        text.strip_prefix(beginning.trim_end())
    });
    Some(match more {
        Some(cells) => (Fault::MoreCells, cells.trim().to_owned()),
        None => (Fault::Alone, String::new()),
    })
}
