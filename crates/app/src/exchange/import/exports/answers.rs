//! What departments were asked and answered: a department's sheet, and the rows of all of them.

use jianjia_documents::workbook::{Cell, Table};
use jianjia_domain::{
    core::{place::is_within, policy::Actor},
    exchange::import::ImportKind,
    round::{
        department::{AnswerKind, Asked},
        entry::Entry,
    },
};
use jianjia_standard::Standard;
use jianjia_store::{
    core::db::Tx,
    round::{
        department::{self, AskedFilter},
        entry::{self, EntryFilter},
    },
};

use super::{PORTION, file};
use crate::{
    core::{app::App, error::Result, export::long::LongFile},
    exchange::import::templates::{Download, described},
    round::department as departments,
};

/// The sheet that is sent to a department: the units that it was asked about, with what it answered already.
///
/// # Errors
/// As `departments::sheet`.
pub async fn of_department(app: &App, actor: &Actor, year: i16, key: &str) -> Result<Download> {
    let (department, asked, entries) = departments::sheet(app, actor, year, key).await?;
    let standard = app.standards.of(year);
    let kind = ImportKind::Answers;
    // Who answers for the department signs their own sheet; the city's goes out to somebody else.
    let signer = match actor.is_department() {
        true => actor.name.as_str(),
        false => "",
    };
    let columns = kind.columns(standard);
    let columns = columns.iter().map(|column| {
        let mut column_of = described(standard, kind, column);
        if &*column.key == "clause" {
            let clauses = standard.clauses_of(&department);
            column_of.choices = clauses
                .map(|veto| format!("{} {}", veto.clause, veto.name.zh))
                .collect();
        }
        column_of
    });
    let table = Table {
        name: kind.word().to_owned(),
        columns: columns.collect(),
        rows: answer_rows(standard, &asked, &entries, signer),
    };
    file(format!("{}-{year}.xlsx", department.name.zh), table).await
}

/// What all departments were asked of units in a subtree in a year, and answered, written as it is read.
pub(super) async fn written(
    tx: &mut Tx,
    standard: &Standard,
    (path, year): (&str, i16),
    mut file: LongFile,
    count: &(dyn Fn(i64) + Send + Sync),
) -> Result<LongFile> {
    let filter = AskedFilter {
        year,
        ..AskedFilter::default()
    };
    let mut offset = 0;
    loop {
        let (mut asked, total) = department::page(tx, &filter, PORTION, offset).await?;
        asked.retain(|asked| is_within(&asked.unit_path, path));
        let of_these = EntryFilter {
            years: vec![year],
            units: asked.iter().map(|asked| asked.unit).collect(),
            ..EntryFilter::default()
        };
        // Without units it would be those of all.
        let entries = match asked.is_empty() {
            true => Vec::new(),
            false => entry::list(tx, &of_these).await?,
        };
        file = file
            .push(answer_rows(standard, &asked, &entries, ""))
            .await?;
        count(file.rows());
        offset += PORTION;
        if offset >= total {
            return Ok(file);
        }
    }
}

/// A row for each unit; one for each state where it is in several. What nobody answered yet is for the signer to sign.
fn answer_rows(
    standard: &Standard,
    asked: &[Asked],
    entries: &[Entry],
    signer: &str,
) -> Vec<Vec<Cell>> {
    let row = |asked: &Asked, entry: Option<&Entry>| {
        let department = standard.department(&asked.department);
        let name = department.map_or(asked.department.as_str(), |found| found.name.zh.as_str());
        let answer = asked.answer.as_ref();
        let kind = answer.map(|answer| answer.kind);
        let word = match (entry, kind) {
            (Some(_), _) => "有情形",
            (None, Some(AnswerKind::Clear)) => "无情形",
            (None, Some(AnswerKind::Unknown)) => "不清楚",
            // What was lifted is answered anew or not at all.
            (None, None | Some(AnswerKind::InState)) => "",
        };
        let of_entry = |text: &dyn Fn(&Entry) -> String| {
            entry.map_or(Cell::Nothing, |entry| Cell::Text(text(entry)))
        };
        vec![
            Cell::from(name),
            Cell::Number(asked.year.into()),
            Cell::from(asked.name.as_str()),
            Cell::from(asked.credit_code.as_str()),
            Cell::from(asked.employer_name.as_str()),
            Cell::from(asked.employer_code.as_str()),
            Cell::from(word),
            of_entry(&|entry| entry.clause.clone()),
            of_entry(&|entry| entry.on.to_string()),
            of_entry(&|entry| entry.document.clone()),
            match entry {
                Some(entry) => Cell::from(entry.note.as_str()),
                None => Cell::from(answer.map_or("", |answer| answer.note.as_str())),
            },
            Cell::from(answer.map_or(signer, |answer| answer.by_name.as_str())),
        ]
    };
    let mut rows = Vec::new();
    for asked in asked {
        let own: Vec<&Entry> = entries
            .iter()
            .filter(|entry| {
                (entry.year, &entry.department, entry.unit)
                    == (asked.year, &asked.department, asked.unit)
                    && !entry.is_lifted()
            })
            .collect();
        if own.is_empty() {
            rows.push(row(asked, None));
        }
        rows.extend(own.into_iter().map(|entry| row(asked, Some(entry))));
    }
    rows
}
