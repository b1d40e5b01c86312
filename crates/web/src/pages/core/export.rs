//! A table that is too long to wait for: the page says so, and has it made in the background.

use askama::Template;
use jianjia_domain::core::{
    export::{ExportKind, KEPT},
    ids::UnitId,
};

use crate::{
    frame::Frame,
    page::{PageResult, page},
};

#[derive(Template)]
#[template(path = "core/export/ask.html")]
struct Ask {
    frame: Frame,
    name: String,
    rows: i64,
    days: i64,
    /// What is asked for, as hidden fields.
    fields: Vec<(String, String)>,
}

/// Asks whether a table of a unit shall be made in the background, with the question of its address.
pub fn ask(
    frame: Frame,
    kind: ExportKind,
    unit: &UnitId,
    (name, rows): (&str, i64),
    asked: &[(&str, &str)],
) -> PageResult {
    let own = [
        ("export".to_owned(), kind.key().to_owned()),
        ("at".to_owned(), unit.to_string()),
    ];
    let asked = asked.iter().filter(|(_, value)| !value.is_empty());
    let asked = asked.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    page(&Ask {
        name: name.to_owned(),
        rows,
        days: KEPT.as_hours() / 24,
        fields: own.into_iter().chain(asked).collect(),
        frame,
    })
}
