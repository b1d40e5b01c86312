//! The form that begins a new version: from files, from the standard in force, or from a proposal of what-if.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    amending::amendment::{self as amendments, Sent, Source},
    core::{app::App, error::Error},
};
use jianjia_domain::amending::amendment::DraftInput;
use serde::Deserialize;

use crate::{
    form::{Problems, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{amending::address, year::evidence::files_of},
    request_key,
    session::SignedIn,
};

/// What the form that begins one brings, besides its files.
#[derive(Clone, Debug, Default)]
struct NewForm {
    input: DraftInput,
    /// `in-force`, `upload` or `proposal`.
    source: String,
    /// The id of the proposal that it begins with; empty without one.
    proposal: String,
    year: String,
}

#[derive(Template)]
#[template(path = "amending/amendment/new.html")]
struct New {
    frame: Frame,
    problems: Problems,
    form: NewForm,
    years: Vec<(String, String)>,
}

impl New {
    fn of(app: &App, frame: Frame, problems: Problems, form: NewForm) -> New {
        let mut years = app.standards.years();
        years.reverse();
        let years = years.into_iter().map(|year| {
            let name = frame.text(&app.standards.of(year).programme.name);
            (year.to_string(), format!("{year} {name}"))
        });
        New {
            years: years.collect(),
            frame,
            problems,
            form,
        }
    }

    fn sources(&self) -> Vec<(String, String)> {
        let proposal = [("proposal", "用这个修改方案里的改动")];
        let proposal = proposal
            .into_iter()
            .filter(|_| !self.form.proposal.is_empty());
        let others = [
            (
                "upload",
                "上传改好的文件（整个文件夹的 ZIP，或者其中几个文件）",
            ),
            ("in-force", "先照搬现行标准，下载文件改好以后再上传"),
        ];
        proposal
            .chain(others)
            .map(|(key, word)| (key.to_owned(), self.frame.t_fixed(word).to_owned()))
            .collect()
    }
}

/// From what a new version is begun.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Begun {
    proposal: String,
}

pub(super) async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(begun): Query<Begun>,
) -> PageResult {
    amendments::may_begin(&app, &actor).await?;
    let mut form = NewForm {
        input: DraftInput {
            request_key: request_key::fresh(&app),
            ..DraftInput::default()
        },
        source: "upload".to_owned(),
        proposal: String::new(),
        year: app.year().to_string(),
    };
    if !begun.proposal.is_empty() {
        let id = begun.proposal.parse().map_err(|_| PageError::NotFound)?;
        let (proposal, _) = amendments::of_proposal(&app, &actor, &id).await?;
        form.input.name = proposal.name;
        form.input.reason = proposal.reason;
        form.source = "proposal".to_owned();
        form.proposal = id.to_string();
        form.year = proposal.year.to_string();
    }
    page(&New::of(&app, frame, Problems::none(), form))
}

pub(super) async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    upload: Upload,
) -> PageResult {
    let form = NewForm {
        input: DraftInput {
            name: upload.field("name").to_owned(),
            reason: upload.field("reason").to_owned(),
            request_key: upload.field("request_key").to_owned(),
        },
        source: upload.field("source").to_owned(),
        proposal: upload.field("proposal").to_owned(),
        year: upload.field("year").to_owned(),
    };
    let year: i16 = form.year.parse().unwrap_or_else(|_| app.year());
    let from = match form.source.as_str() {
        "in-force" => Ok(Source::InForce { year }),
        "proposal" => {
            let id = form.proposal.parse().map_err(|_| PageError::NotFound)?;
            let found = amendments::of_proposal(&app, &actor, &id).await;
            found.map(|(_, source)| source)
        }
        _ => sent(&upload).map(|sent| Source::Upload { year, sent }),
    };
    let made = match from {
        Ok(from) => amendments::draft(&app, &actor, &from, &form.input).await,
        Err(dropped) => Err(dropped),
    };
    match told(made, &frame)? {
        Ok(id) => see_other_with(
            &address::amendment(&id),
            "新版标准已起草，检查结果在下面。现行标准没有变。",
        ),
        Err(problems) => unprocessable(&New::of(&app, frame, problems, form)),
    }
}

/// The files of a form; a field that was left empty brings none.
pub(super) fn sent(upload: &Upload) -> Result<Vec<Sent>, Error> {
    let files = files_of(upload)?.into_iter();
    let files = files.filter(|file| !file.bytes.is_empty() || !file.name.is_empty());
    Ok(files
        .map(|file| Sent {
            name: file.name,
            bytes: file.bytes,
        })
        .collect())
}
