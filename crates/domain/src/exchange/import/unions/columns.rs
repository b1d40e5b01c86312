//! The columns of a table of unions, and the words for kinds of union.

use crate::{
    core::{place::UnitKind, text::form::of_name},
    exchange::import::ImportColumn,
    register::unit::form::FIELDS,
};

/// What no two unions have alike.
const OWN: &[&str] = &[
    "name",
    "chair",
    "credit_code",
    "employer_name",
    "employer_credit_code",
    "code_reason",
    "workers",
    "members",
    "is_new",
    "is_renamed",
];

pub fn columns() -> Vec<ImportColumn> {
    let mut columns = vec![
        ImportColumn::new("kind", "工会类型", "Kind", false),
        ImportColumn::new("upper", "上级工会", "Upper union", false),
        ImportColumn::new("chair", "工会主席", "Chair", false),
    ];
    columns.splice(
        0..0,
        FIELDS
            .iter()
            .take(1)
            .map(|field| ImportColumn::new(field.key, field.zh, field.en, true)),
    );
    columns.extend(
        FIELDS
            .iter()
            .skip(1)
            .map(|field| ImportColumn::new(field.key, field.zh, field.en, false)),
    );
    for (key, zh, en) in [
        ("is_new", "确为新工会", "Is a new union"),
        ("is_renamed", "确为更名", "Was renamed"),
    ] {
        columns.push(ImportColumn::new(key, zh, en, false));
    }
    ImportColumn::with_own(columns, OWN)
}

/// The kind that a person or a sheet means, by word or key.
pub fn read_kind(text: &str) -> Option<UnitKind> {
    // Nearly every cell has the very word.
    let is_word = UnitKind::ALL.into_iter().find(|kind| kind.word() == text);
    is_word.or_else(|| {
        let form = of_name(text);
        UnitKind::ALL
            .into_iter()
            .find(|kind| kind.key() == form || of_name(kind.word()) == form)
    })
}
