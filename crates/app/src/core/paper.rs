//! Papers, from what they say to files: the press is opened with the first and kept, and sets in turns, off the threads that answer requests. What
//! each kind says stands in its area; all kinds together in `crate::paper`.

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
    turn::Turns,
};

refuses!(PaperRefusal);

/// Papers that are set at a time: each takes a core, and a package some ten megabytes.
static SETTING: Turns = Turns::new(2);

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
        let format = Format::ALL
            .into_iter()
            .find(|format| format.ending() == ending)?;
        Some((stem, format))
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

/// The values of a paper that is set as PDF: typst took 1.1 GB and five seconds for a table of 1,000 rows of nine, 4.8 GB for one of 5,000. A DOCX is
/// written as it goes.
const PDF_VALUES: usize = 9_000;

/// A paper as a file.
///
/// # Errors
/// As `many`; `TooLong` for a PDF.
pub async fn one(app: &App, sheet: Sheet, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Pdf => {
            let values = values(&sheet.data);
            if values > PDF_VALUES {
                let most = PDF_VALUES;
                return Err(PaperRefusal::TooLong { values, most }.into());
            }
            many(app, vec![sheet]).await
        }
        Format::Docx => {
            with_press(app, move |press| {
                let paper = composed(press, &sheet)?;
                documents::docx(press, &paper)
            })
            .await
        }
    }
}

/// Papers of any kinds as one PDF, in their order, each beginning on a page of its own.
///
/// # Errors
/// `NoFonts`, `Faulty`, `NoCharacters`; `Busy` when too many are being set.
pub async fn many(app: &App, sheets: Vec<Sheet>) -> Result<Vec<u8>> {
    with_press(app, move |press| {
        let papers = sheets
            .iter()
            .map(|sheet| composed(press, sheet))
            .collect::<std::result::Result<Vec<Paper>, Fault>>()?;
        documents::pdf(press, &papers)
    })
    .await
}

/// Does something with the press in its turn, on a thread where it may take its time.
///
/// # Errors
/// As `many`.
pub async fn with_press<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Press) -> std::result::Result<T, Fault> + Send + 'static,
) -> Result<T> {
    let kept = app.memory.of::<Kept>();
    let done = SETTING.take(move || work(&*opened(&kept)?)).await?;
    done.map_err(|_| PaperRefusal::Busy)?.map_err(told)
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
