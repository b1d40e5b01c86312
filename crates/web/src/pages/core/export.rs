//! The table of a list: what its page shows under the same question, all pages of it. A short one is the answer to its address; for one that is too long
//! to wait for the page says so and has it made in the background. Both read portion by portion what the page reads.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use askama::Template;
use axum::{
    body::Body,
    extract::{Query, RawPathParams, State, rejection::RawPathParamsRejection},
};
use jianjia_app::core::{
    app::App,
    export::{
        Made, content_of,
        long::{LongFile, format},
    },
    job::running::Running,
};
use jianjia_documents::workbook::{Cell, Column, Table};
use jianjia_domain::core::{
    export::{Export, ExportKind, KEPT, LONG_FROM},
    ids::UnitId,
    job::JobStage,
    policy::{Actor, may},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    query,
    session::SignedIn,
    table_file,
};

/// Rows read at a time.
const PORTION: i64 = 1_000;

/// How the table of a list without a question is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// `xlsx` or else `csv`.
    pub format: String,
}

/// What a table is called, and its columns.
pub struct Listed {
    /// Of the sheet, and of the file that a job makes.
    pub name: String,
    /// Of the file that comes at once, without its ending.
    pub file: String,
    pub headings: Vec<String>,
}

impl Listed {
    /// With its words in Chinese, as they are given to `t`.
    pub fn of(frame: &Frame, name: &str, file: &str, headings: &[&str]) -> Listed {
        let headings = headings.iter();
        Listed {
            name: frame.t(name).to_owned(),
            file: file.to_owned(),
            headings: headings.map(|word| frame.t(word).to_owned()).collect(),
        }
    }

    /// The columns of a workbook or of a text.
    pub fn columns(&self) -> Vec<Column> {
        let headings = self.headings.iter();
        headings.map(|heading| Column::plain(heading)).collect()
    }

    /// A sheet's name has at most 31 characters.
    pub fn sheet(&self) -> String {
        self.name.chars().take(31).collect()
    }

    /// The table with all its rows.
    pub fn table(self, rows: Vec<Vec<Cell>>) -> Table {
        Table {
            columns: self.columns(),
            name: self.sheet(),
            rows,
        }
    }

    /// The table of a list that is short wherever it stands, as a file.
    ///
    /// # Errors
    /// As `table_file::answer`.
    pub async fn answer(self, rows: Vec<Vec<Cell>>, format: &str) -> PageResult {
        let file = self.file.clone();
        table_file::answer(vec![self.table(rows)], format, &file).await
    }
}

/// A part of a list.
pub struct Rows {
    pub rows: Vec<Vec<Cell>>,
    /// How many things the whole list has. One may take more than one row.
    pub total: i64,
}

/// Who asks for a table, and in which words.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    pub app: &'a App,
    pub actor: &'a Actor,
    pub frame: &'a Frame,
}

/// A list whose table may be long: what is asked of it, as it stands in its address and as a job keeps it, by the names of the fields.
pub trait Listing: DeserializeOwned + Send + Sync {
    const KIND: ExportKind;

    fn listed(&self, frame: &Frame) -> Listed;

    /// A portion (limit, offset) of its rows.
    ///
    /// # Errors
    /// As the page of the list.
    fn rows(
        &self,
        asker: Asker<'_>,
        portion: (i64, i64),
    ) -> impl Future<Output = Result<Rows, PageError>> + Send;

    /// The unit that it is of, where a job asks for its permission; none where it is what somebody sees wherever they ask.
    ///
    /// # Errors
    /// Not found for what is no id.
    fn unit(&self) -> Result<Option<UnitId>, PageError> {
        Ok(None)
    }
}

/// Fields of a form or of a page that are no question.
const NO_QUESTION: [&str; 4] = ["csrf", "export", "at", "page"];

/// The unit at which somebody asks for a table that is of no unit: where they hold the role that its kind takes.
fn unit_of(actor: &Actor, kind: ExportKind) -> Option<UnitId> {
    let mut roles = actor.roles.iter();
    let at = roles.find(|at| kind.act().is_none_or(|act| may(actor, act, &at.unit)));
    at.map(|at| at.unit.id)
}

/// Answers the address of a list's table: with the file, or where it is long with the page that has it made in the background. What the address names in its
/// path is asked as what stands behind it.
///
/// # Errors
/// As `Listing::rows`; not found for what is no question, and for somebody without a role, where it is long.
pub async fn download<L: Listing>(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    path: Result<RawPathParams, RawPathParamsRejection>,
    Query(mut fields): Query<BTreeMap<String, String>>,
) -> PageResult {
    let path = path.map_err(|_| PageError::NotFound)?;
    fields.retain(|name, _| !NO_QUESTION.contains(&name.as_str()));
    for (name, value) in &path {
        fields.insert(name.to_owned(), value.to_owned());
    }
    let list: L = query::of_fields(&fields)?;
    let listed = list.listed(&frame);
    let asker = Asker {
        app: &app,
        actor: &actor,
        frame: &frame,
    };
    let (mut rows, mut offset) = (Vec::new(), 0);
    loop {
        let portion = list.rows(asker, (PORTION, offset)).await?;
        if portion.total >= LONG_FROM {
            let at = list.unit()?.or_else(|| unit_of(&actor, L::KIND));
            let at = at.ok_or(PageError::NotFound)?;
            let fields = fields.iter();
            let fields: Vec<(&str, &str)> = fields
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let called = (listed.name.as_str(), portion.total);
            return ask(frame.clone(), L::KIND, &at, called, &fields);
        }
        rows.extend(portion.rows);
        offset += PORTION;
        if offset >= portion.total {
            return listed.answer(rows, format_of(&fields)).await;
        }
    }
}

fn format_of(fields: &BTreeMap<String, String>) -> &str {
    fields.get("format").map_or("", String::as_str)
}

/// The table of a list as the file of a job, written as it is read. What comes or goes meanwhile may be missing or stand twice, as for somebody who turns
/// the pages.
///
/// # Errors
/// As `Listing::rows`; not found where the job is kept at another unit than the list is of; when the file can't be written.
pub async fn made<L: Listing>(
    asker: Asker<'_>,
    export: &Export,
    running: &Running,
) -> Result<Made, PageError> {
    let list: L = query::of_fields(&export.asked)?;
    if list
        .unit()?
        .is_some_and(|unit| running.job.unit != Some(unit))
    {
        return Err(PageError::NotFound);
    }
    running.begin(JobStage::Reading, 0);
    let counter = running.counter();
    let count = |rows| counter.store(rows, Ordering::Relaxed);
    let listed = list.listed(asker.frame);
    let read = |portion| list.rows(asker, portion);
    let file = written(&listed, format_of(&export.asked), count, read).await?;
    running.begin(JobStage::Saving, file.rows());
    Ok(file.end(&listed.name).await?)
}

/// The table of a list that is for everybody, and comes at once however long it is: a visitor has nobody to whom a file could be kept.
///
/// # Errors
/// As `read`; when the file can't be written.
pub async fn streamed<R>(listed: Listed, asked: &str, read: impl Fn((i64, i64)) -> R) -> PageResult
where
    R: Future<Output = Result<Rows, PageError>>,
{
    let file = written(&listed, asked, |_| (), read).await?;
    let made = file.end(&listed.file).await?;
    Ok(table_file::attached(
        &made.name,
        made.media_type,
        Body::from_stream(content_of(made.file)),
    ))
}

async fn written<R>(
    listed: &Listed,
    asked: &str,
    count: impl Fn(i64),
    read: impl Fn((i64, i64)) -> R,
) -> Result<LongFile, PageError>
where
    R: Future<Output = Result<Rows, PageError>>,
{
    let mut file = LongFile::begin(&listed.sheet(), &listed.columns(), format(asked))?;
    let mut offset = 0;
    loop {
        let portion = read((PORTION, offset)).await?;
        file = file.push(portion.rows).await?;
        count(file.rows());
        offset += PORTION;
        if offset >= portion.total {
            return Ok(file);
        }
    }
}

#[derive(Template)]
#[template(path = "core/export/ask.html")]
struct Ask {
    frame: Frame,
    title: String,
    /// Why it is made in the background.
    lead: String,
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
    let title = frame.t1("导出{}", name);
    let lead = frame.t1(
        "这张表有 {} 行以上，在后台生成，不用等在这里。",
        frame.count(rows),
    );
    asking(frame, (title, lead), (kind, unit), asked)
}

/// Asks whether a paper shall be made in the background, for somebody who works at a unit. It is called by its Chinese name.
///
/// # Errors
/// Only failures of ours.
pub fn ask_for_paper(
    frame: Frame,
    unit: &UnitId,
    name: &'static str,
    asked: &[(&str, &str)],
) -> PageResult {
    let title = frame.t1("制作{}", frame.t_fixed(name));
    let lead = frame
        .t("这份文书很长，在后台排版，不用等在这里。")
        .to_owned();
    asking(frame, (title, lead), (ExportKind::Paper, unit), asked)
}

fn asking(
    frame: Frame,
    (title, lead): (String, String),
    (kind, unit): (ExportKind, &UnitId),
    asked: &[(&str, &str)],
) -> PageResult {
    let own = [
        ("export".to_owned(), kind.key().to_owned()),
        ("at".to_owned(), unit.to_string()),
    ];
    let asked = asked.iter().filter(|(_, value)| !value.is_empty());
    let asked = asked.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    page(&Ask {
        title,
        lead,
        days: KEPT.as_hours() / 24,
        fields: own.into_iter().chain(asked).collect(),
        frame,
    })
}
