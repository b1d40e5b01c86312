//! Papers, from what they say to files: the press is opened with the first and kept, and sets in turns, off the threads that answer requests. What
//! each kind says stands in its area; all kinds together in `crate::paper`; those that a job makes in `exchange::paper`.

use std::{
    path::PathBuf,
    str::FromStr,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use anyhow::Context;
use bytes::Bytes;
use jianjia_documents::paper::{
    self as documents, Pictures, Press, block::Paper, fault::Fault, kind,
};
use jianjia_domain::core::{ids::UnitId, paper::PaperRefusal};
use serde::Serialize;

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
    turn::{Turns, each_of},
};

refuses!(PaperRefusal);

/// Papers that are set at a time: each takes a core, and a package some ten megabytes.
static SETTING: Turns = Turns::new(2);

/// The long ones, which jobs set: one at a time, and beside those that somebody waits for.
static SETTING_LONG: Turns = Turns::of_jobs(1);

/// Where templates and fonts are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The city's own templates and layouts, which stand for the built-in ones file by file.
    pub papers: Option<PathBuf>,
    /// Folders of fonts; without any those of the system.
    pub fonts: Vec<PathBuf>,
}

/// The press, kept in the memory of the application.
#[derive(Default)]
struct Kept {
    settings: OnceLock<Settings>,
    press: Mutex<Option<Arc<Press>>>,
}

/// Says where templates and fonts are, before the first paper; without it the built-in templates and the system's fonts are used.
pub fn set_up(app: &App, settings: Settings) {
    // The first word counts: the press may be open.
    let _ = app.memory.of::<Kept>().settings.set(settings);
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// To be printed.
    Pdf,
    /// To be edited.
    Docx,
}

impl Format {
    pub const ALL: [Format; 2] = [Format::Pdf, Format::Docx];

    /// How its files' names end.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Pdf => "pdf",
            Format::Docx => "docx",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Format::Pdf => "application/pdf",
            Format::Docx => {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            }
        }
    }

    /// The format of a file by its name's ending, whose stem is given too.
    pub fn of_name(name: &str) -> Option<(&str, Format)> {
        let (stem, ending) = name.rsplit_once('.')?;
        Some((stem, Format::of_ending(ending)?))
    }

    /// The format of files whose names end so.
    pub fn of_ending(ending: &str) -> Option<Format> {
        let mut all = Format::ALL.into_iter();
        all.find(|format| format.ending() == ending)
    }
}

/// What a paper says, before it is set.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its template.
    pub kind: &'static str,
    /// Whose it is, for the name of its file.
    pub whose: String,
    /// What the template asks for: the fields of its sample.
    pub data: serde_json::Value,
    /// Pictures by the names that the data calls them.
    pub pictures: Vec<(String, Bytes)>,
}

impl Sheet {
    /// A paper without pictures.
    ///
    /// # Errors
    /// If the data can't be written as JSON: a failure of ours.
    pub fn of(
        kind: &'static str,
        whose: impl Into<String>,
        data: &impl Serialize,
    ) -> Result<Sheet> {
        let data = serde_json::to_value(data).with_context(|| format!("what a {kind} says"))?;
        Ok(Sheet {
            kind,
            whose: whose.into(),
            data,
            pictures: Vec::new(),
        })
    }

    /// What it is called in Chinese.
    pub fn title(&self) -> &'static str {
        title(self.kind)
    }

    /// The rows of its longest list.
    pub fn rows(&self) -> usize {
        longest(&self.data)
    }

    /// The name of its file: `申报审批表（青枫公司工会）.pdf`.
    pub fn file_name(&self, format: Format) -> String {
        format!("{}（{}）.{}", self.title(), self.whose, format.ending())
    }
}

/// What a kind of paper is called in Chinese.
pub fn title(kind: &str) -> &'static str {
    let mut kinds = kind::KINDS.iter();
    let found = kinds.find(|known| known.name == kind);
    found.map_or("", |known| known.title)
}

/// The values of the longest paper that is set as PDF: 5,000 rows of nine take some 700 MB, since typst keeps what came of every cell until all are set.
/// A DOCX is written as it goes.
const PDF_VALUES: usize = 45_000;

/// From so many values on papers are made in the background: 500 rows of nine take about a second.
const LONG_VALUES: usize = 4_500;

/// As `LONG_VALUES`, of their pictures.
const LONG_PICTURES_BYTES: usize = 24 * 1024 * 1024;

/// How much is to be set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    values: usize,
    /// Bytes of pictures.
    bytes: usize,
}

impl Load {
    /// Adds papers that are set together with what is there.
    pub fn add(&mut self, sheets: &[Sheet]) {
        let count = sheets.iter().map(|sheet| values(&sheet.data));
        self.values += count.sum::<usize>();
        let pictures = sheets.iter().flat_map(|sheet| &sheet.pictures);
        self.bytes += pictures.map(|(_, bytes)| bytes.len()).sum::<usize>();
    }

    /// Whether it takes longer than somebody waits for a page.
    pub fn is_long(self) -> bool {
        self.values >= LONG_VALUES || self.bytes >= LONG_PICTURES_BYTES
    }
}

/// Whether papers that are set together take longer than somebody waits for a page.
pub fn are_long(sheets: &[Sheet]) -> bool {
    let mut load = Load::default();
    load.add(sheets);
    load.is_long()
}

/// Whether a paper can be set in a format.
///
/// # Errors
/// `TooLong` for a PDF.
pub fn fits(sheet: &Sheet, format: Format) -> Result<()> {
    fits_in(sheet, format, PDF_VALUES)
}

/// The values of the longest PDF that is set while somebody waits, for whom nothing can be made in the background: two at once stay within half a gigabyte.
const PDF_VALUES_AT_ONCE: usize = 9_000;

/// As `fits`, for whoever nothing can be made in the background for: anybody may ask for what is public, as often as they like.
///
/// # Errors
/// `TooLong` for a PDF.
pub fn fits_at_once(sheet: &Sheet, format: Format) -> Result<()> {
    fits_in(sheet, format, PDF_VALUES_AT_ONCE)
}

fn fits_in(sheet: &Sheet, format: Format, most: usize) -> Result<()> {
    let values = values(&sheet.data);
    if format == Format::Pdf && values > most {
        return Err(PaperRefusal::TooLong { values, most }.into());
    }
    Ok(())
}

/// A paper as a file.
///
/// # Errors
/// As `with_press`; as `fits`.
pub async fn one(app: &App, sheet: Sheet, format: Format) -> Result<Vec<u8>> {
    fits(&sheet, format)?;
    with_press(app, move |press| set(press, &sheet, format)).await
}

/// A paper that a job makes, as a file.
///
/// # Errors
/// As `one`, but for `Busy`: what gets no turn for ten minutes fails, and is tried again.
pub async fn one_long(app: &App, sheet: Sheet, format: Format) -> Result<Vec<u8>> {
    fits(&sheet, format)?;
    with_press_for_long(app, move |press| set(press, &sheet, format)).await
}

fn set(press: &Press, sheet: &Sheet, format: Format) -> std::result::Result<Vec<u8>, Fault> {
    let paper = composed(press, sheet)?;
    match format {
        Format::Pdf => documents::pdf(press, &[paper]),
        Format::Docx => documents::docx(press, &paper),
    }
}

/// Papers that become one file.
#[derive(Clone, Debug)]
pub enum Bound {
    /// In their order, each beginning on a page of its own.
    Pdf(Vec<Sheet>),
    Docx(Sheet),
}

/// Files that are set at a time, at most: each takes some ten megabytes.
const FILES_AT_A_TIME: usize = 4;

/// Files of papers that a job makes, several at a time, in their order. All of them are in memory together: hand in no more than becomes a `Load` that is long.
///
/// # Errors
/// As `with_press_for_long`.
pub async fn files_long(app: &App, files: Vec<Bound>) -> Result<Vec<Vec<u8>>> {
    with_press_for_long(app, move |press| {
        let at_a_time = rayon::current_num_threads().min(FILES_AT_A_TIME);
        each_of(&files, at_a_time, |file| match file {
            Bound::Pdf(sheets) => {
                let papers = sheets
                    .iter()
                    .map(|sheet| composed(press, sheet))
                    .collect::<std::result::Result<Vec<Paper>, Fault>>()?;
                documents::pdf(press, &papers)
            }
            Bound::Docx(sheet) => set(press, sheet, Format::Docx),
        })
    })
    .await
}

/// Does something with the press in its turn, on a thread where it may take its time.
///
/// # Errors
/// `NoFonts`, `Faulty`, `NoCharacters`; `Busy` when too many are being set.
pub async fn with_press<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Press) -> std::result::Result<T, Fault> + Send + 'static,
) -> Result<T> {
    let kept = app.memory.of::<Kept>();
    let done = SETTING.take(move || work(&*opened(&kept)?)).await?;
    done.map_err(|_| PaperRefusal::Busy)?.map_err(told)
}

/// As `with_press`, for what a job makes.
///
/// # Errors
/// As `one_long`.
pub async fn with_press_for_long<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Press) -> std::result::Result<T, Fault> + Send + 'static,
) -> Result<T> {
    let kept = app.memory.of::<Kept>();
    let done = SETTING_LONG
        .take(move || work(&*opened(&kept)?))
        .await?
        .map_err(|_| anyhow::anyhow!("another long paper is still being set"))?;
    done.map_err(told)
}

/// The press. One that could not be opened is tried again with the next paper: fonts may have been installed.
fn opened(kept: &Kept) -> std::result::Result<Arc<Press>, Fault> {
    let mut press = kept.press.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(press) = &*press {
        return Ok(Arc::clone(press));
    }
    let settings = kept.settings.get().cloned().unwrap_or_default();
    let opened = documents::open(settings.papers.as_deref(), &settings.fonts)?;
    Ok(Arc::clone(press.insert(Arc::new(opened))))
}

/// How many values are in data, those within its lists and fields each.
fn values(data: &serde_json::Value) -> usize {
    match data {
        serde_json::Value::Array(list) => list.iter().map(values).sum(),
        serde_json::Value::Object(fields) => fields.values().map(values).sum(),
        _ => 1,
    }
}

/// The length of the longest list in data.
fn longest(data: &serde_json::Value) -> usize {
    match data {
        serde_json::Value::Array(list) => list.iter().map(longest).fold(list.len(), usize::max),
        serde_json::Value::Object(fields) => fields.values().map(longest).max().unwrap_or(0),
        _ => 0,
    }
}

/// A paper from what it says, checked.
pub(crate) fn composed(press: &Press, sheet: &Sheet) -> std::result::Result<Paper, Fault> {
    let mut pictures = Pictures::new();
    for (name, bytes) in &sheet.pictures {
        pictures.insert(name.clone(), documents::picture(name, bytes.to_vec())?);
    }
    documents::compose(press, sheet.kind, &sheet.data, &pictures)
}

/// Why a paper could not be made, for whoever wanted it.
fn told(fault: Fault) -> Error {
    tracing::error!(%fault, "a paper could not be made");
    match fault {
        Fault::NoFont { .. } => PaperRefusal::NoFonts.into(),
        Fault::MissingCharacters { characters, .. } => {
            PaperRefusal::NoCharacters(characters).into()
        }
        Fault::Typesetting { what } => anyhow::anyhow!("a paper can't be set: {what}").into(),
        fault => PaperRefusal::Faulty(fault.to_string()).into(),
    }
}

/// What a paper is of, as it stands in an address: an id, or several parts with slashes between.
pub trait Subject: Sized {
    /// None for what can't be read as one.
    fn read(text: &str) -> Option<Self>;
}

/// The ids and words of one part, each with a line of this.
macro_rules! of_one_part {
    ($($name:ty),* $(,)?) => {
        $(impl Subject for $name {
            fn read(text: &str) -> Option<$name> {
                <$name>::from_str(text).ok()
            }
        })*
    };
}

of_one_part!(
    jianjia_domain::core::ids::ApplicationId,
    jianjia_domain::core::ids::HonourId,
    jianjia_domain::core::ids::ObjectionId,
    jianjia_domain::core::ids::PollId,
    jianjia_domain::core::ids::PublicationId,
    jianjia_domain::core::ids::UnitId,
    i16,
    String,
);

/// A unit's year: `UNIT/2016`.
impl Subject for (UnitId, i16) {
    fn read(text: &str) -> Option<(UnitId, i16)> {
        let (unit, year) = text.split_once('/')?;
        Some((Subject::read(unit)?, Subject::read(year)?))
    }
}

/// What was applied for below a federation in a year: `UNIT/2016/trusted-home`.
impl Subject for (UnitId, i16, String) {
    fn read(text: &str) -> Option<(UnitId, i16, String)> {
        let (unit, rest) = text.split_once('/')?;
        let (year, title) = rest.split_once('/')?;
        Some((Subject::read(unit)?, Subject::read(year)?, title.to_owned()))
    }
}

/// What a paper is of.
///
/// # Errors
/// Not found for what is no address of anything.
pub fn subject<T: Subject>(text: &str) -> Result<T> {
    T::read(text).ok_or(Error::NotFound)
}
