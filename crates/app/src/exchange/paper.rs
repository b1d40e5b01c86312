//! Papers that take longer than somebody waits for a page: a job makes them as it makes a long table, for whoever asked alone.

use std::collections::BTreeMap;

use jianjia_domain::core::{
    export::{Export, ExportFile, ExportKind},
    ids::{ApplicationId, JobId},
    job::JobStage,
    policy::Actor,
};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        export::{self as exports, Content, Made},
        job::running::Running,
        paper::{self as papers, Format, subject},
    },
    exchange::package::{self as packages, Binding},
    paper::{self, Kind},
    round::application as applications,
};

/// A paper, or all papers of an application, and in which form.
pub enum Wanted {
    Paper(&'static Kind, Format),
    Package(Binding),
}

/// Stands in the place of a kind for all papers of an application.
const PACKAGE: &str = "package";

impl Wanted {
    /// As the fields of an export: what is wanted, of what, in which form.
    pub fn fields<'a>(&self, of: &'a str) -> [(&'static str, &'a str); 3] {
        let (name, ending) = match self {
            Wanted::Paper(kind, format) => (kind.name, format.ending()),
            Wanted::Package(binding) => (PACKAGE, binding.ending()),
        };
        [("paper", name), ("of", of), ("format", ending)]
    }

    /// From the fields, with what it is of; none where there is no such paper.
    pub fn read(fields: &BTreeMap<String, String>) -> Option<(Wanted, &str)> {
        let field = |name: &str| fields.get(name).map(String::as_str);
        let (name, ending) = (field("paper")?, field("format")?);
        let wanted = match name {
            PACKAGE => Wanted::Package(Binding::of_ending(ending)?),
            name => Wanted::Paper(paper::kind(name)?, Format::of_ending(ending)?),
        };
        Some((wanted, field("of")?))
    }

    /// What it is called in Chinese.
    pub fn title(&self) -> &'static str {
        match self {
            Wanted::Paper(kind, _) => papers::title(kind.name),
            Wanted::Package(_) => "申报材料",
        }
    }
}

/// The file of an export of a paper, as the actor may have it now.
///
/// # Errors
/// Not found where there is no such paper, or the actor may not have it; as `papers::one_long`.
pub async fn made(app: &App, actor: &Actor, export: &Export, running: &Running) -> Result<Made> {
    let (wanted, of) = Wanted::read(&export.asked).ok_or(Error::NotFound)?;
    match wanted {
        Wanted::Paper(kind, format) => {
            let sheet = paper::sheet(app, actor, kind, of).await?;
            let rows = i64::try_from(sheet.rows()).unwrap_or(i64::MAX);
            running.begin(JobStage::Saving, rows);
            let called = (sheet.file_name(format), format.media_type());
            let bytes = papers::one_long(app, sheet, format).await?;
            Ok(Made::of(called, rows, &bytes)?)
        }
        Wanted::Package(binding) => {
            let id: ApplicationId = subject(of)?;
            let papers = packages::gathered(app, actor, &id).await?;
            let rows = i64::try_from(papers.sheets.len()).unwrap_or(i64::MAX);
            let package = packages::by_job(app, papers, binding, running).await?;
            let called = (package.name, binding.media_type());
            Ok(Made::of(called, rows, &package.bytes)?)
        }
    }
}

/// The file of a job, as `exports::open`. That of a paper is for whoever may still have the paper: its own reading is asked, as at its address.
///
/// # Errors
/// As `exports::open`; as the paper.
pub async fn open(app: &App, actor: &Actor, id: &JobId) -> Result<(ExportFile, Content)> {
    let export = exports::asked(app, actor, id).await?;
    if export.kind == ExportKind::Paper {
        let (wanted, of) = Wanted::read(&export.asked).ok_or(Error::NotFound)?;
        match wanted {
            Wanted::Paper(kind, _) => {
                paper::sheet(app, actor, kind, of).await?;
            }
            Wanted::Package(_) => {
                let id: ApplicationId = subject(of)?;
                applications::view(app, actor, &id).await?;
            }
        }
    }
    exports::open(app, actor, id).await
}
