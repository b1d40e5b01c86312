//! The package of an application: all its papers in order with a list of them, as one PDF to be printed, or a ZIP of files.

use std::{
    io::{Cursor, Write},
    sync::atomic::Ordering,
};

use jianjia_documents::paper::{self as documents, Press, fault::Fault};
use jianjia_domain::core::{ids::ApplicationId, policy::Actor};
use jiff::civil::Date;
use serde::Serialize;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        job::running::Running,
        paper::{self as papers, Format, Sheet},
    },
    paper::{kind, sheet, sheet_of_application},
    round::{application as applications, application::ApplicationView, paper as round},
};

/// How it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// One PDF.
    Pdf,
    /// A ZIP with a PDF and a DOCX of each paper.
    Zip,
}

impl Binding {
    pub fn ending(self) -> &'static str {
        match self {
            Binding::Pdf => "pdf",
            Binding::Zip => "zip",
        }
    }

    /// The binding whose files' names end so.
    pub fn of_ending(ending: &str) -> Option<Binding> {
        let mut all = [Binding::Pdf, Binding::Zip].into_iter();
        all.find(|binding| binding.ending() == ending)
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Binding::Pdf => Format::Pdf.media_type(),
            Binding::Zip => "application/zip",
        }
    }
}

/// What is in a package, before it is set.
pub struct Papers {
    /// Of its file, without the ending.
    name: String,
    pub sheets: Vec<Sheet>,
}

/// A package as a file.
pub struct Package {
    /// Under which it is saved.
    pub name: String,
    pub bytes: Vec<u8>,
}

#[derive(Serialize)]
struct Cover {
    title: String,
    union: String,
    person: Option<String>,
    year: i16,
    number: Option<String>,
    made_on: Date,
    papers: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    kind: &'static str,
    title: &'static str,
}

/// The package of an application, with the papers that the actor may have.
///
/// # Errors
/// As `gathered`; as `papers::with_press`.
pub async fn of_application(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    binding: Binding,
) -> Result<Package> {
    let papers = gathered(app, actor, id).await?;
    at_once(app, papers, binding).await
}

/// The papers of an application that the actor may have, in their order.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it.
pub async fn gathered(app: &App, actor: &Actor, id: &ApplicationId) -> Result<Papers> {
    let view = applications::view(app, actor, id).await?;
    let mut sheets = Vec::new();
    for kind in round::of_application(actor, &view)
        .iter()
        .filter_map(|name| kind(name))
    {
        sheets.push(sheet_of_application(app, actor, kind, &view).await?);
    }
    if let Some(rating) = rating(app, actor, &view).await? {
        // Before what the offices wrote.
        let place = sheets
            .iter()
            .position(|sheet| ["review", "reasons"].contains(&sheet.kind));
        sheets.insert(place.unwrap_or(sheets.len()), rating);
    }
    sheets.insert(0, cover(app, &view, &sheets)?);
    let (title, whose) = (&view.title.zh, view.application.applicant_name());
    Ok(Papers {
        name: format!("{title}申报材料（{whose}）"),
        sheets,
    })
}

/// The package of papers for somebody who waits for it.
///
/// # Errors
/// As `papers::with_press`.
pub async fn at_once(app: &App, papers: Papers, binding: Binding) -> Result<Package> {
    papers::with_press(app, move |press| set(press, &papers, binding, |_| ())).await
}

/// The package of papers, by a job that counts them.
///
/// # Errors
/// As `papers::one_long`.
pub(super) async fn by_job(
    app: &App,
    papers: Papers,
    binding: Binding,
    running: &Running,
) -> Result<Package> {
    running.expect(i64::try_from(papers.sheets.len()).unwrap_or(i64::MAX));
    let counter = running.counter();
    let count = move |done: usize| {
        let done = i64::try_from(done).unwrap_or(i64::MAX);
        counter.store(done, Ordering::Relaxed);
    };
    papers::with_press_for_long(app, move |press| set(press, &papers, binding, count)).await
}

/// The result of the members' rating behind a union's application; none where there is none that is shown.
async fn rating(app: &App, actor: &Actor, view: &ApplicationView) -> Result<Option<Sheet>> {
    let application = &view.application;
    let Some(kind) = kind("rating").filter(|_| application.person.is_none()) else {
        return Ok(None);
    };
    let of = format!("{}/{}", application.unit.id, application.year);
    match sheet(app, actor, kind, &of).await {
        Ok(sheet) => Ok(Some(sheet)),
        Err(Error::NotFound | Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn cover(app: &App, view: &ApplicationView, sheets: &[Sheet]) -> Result<Sheet> {
    let application = &view.application;
    let papers = sheets.iter().map(|sheet| Listed {
        kind: sheet.kind,
        title: sheet.title(),
    });
    let person = application.person.as_ref();
    let cover = Cover {
        title: view.title.zh.clone(),
        union: application.unit.name.clone(),
        person: person.map(|person| person.name.clone()),
        year: application.year,
        number: view.number.clone(),
        made_on: app.clock.today(),
        papers: papers.collect(),
    };
    Sheet::of("cover", application.applicant_name(), &cover)
}

/// Sets the papers, and tells after each how many are done.
fn set(
    press: &Press,
    papers: &Papers,
    binding: Binding,
    tell: impl Fn(usize),
) -> std::result::Result<Package, Fault> {
    let (mut composed, mut files) = (Vec::new(), Vec::new());
    for (place, sheet) in papers.sheets.iter().enumerate() {
        let paper = papers::composed(press, sheet)?;
        match binding {
            Binding::Pdf => composed.push(paper),
            Binding::Zip => {
                let word = documents::docx(press, &paper)?;
                let pdf = documents::pdf(press, &[paper])?;
                for (format, bytes) in [(Format::Pdf, pdf), (Format::Docx, word)] {
                    let name = format!("{place:02} {}.{}", sheet.title(), format.ending());
                    files.push((name, bytes));
                }
            }
        }
        tell(place + 1);
    }
    let bytes = match binding {
        Binding::Pdf => documents::pdf(press, &composed)?,
        Binding::Zip => packed(files).map_err(|error| Fault::Typesetting {
            what: format!("a package is zipped: {error:#}"),
        })?,
    };
    Ok(Package {
        name: format!("{}.{}", papers.name, binding.ending()),
        bytes,
    })
}

/// The same bytes for the same files: without the time of the machine.
fn packed(files: Vec<(String, Vec<u8>)>) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, bytes) in files {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
