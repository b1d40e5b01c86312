//! Tables to download: empty ones to fill in, and what is recorded.

use std::sync::atomic::Ordering;

use axum::{
    extract::{Query, State},
    response::Response,
};
use jianjia_app::{
    core::{app::App, error::Error, export::Made, job::running::Running},
    exchange::import::{
        self as imports, exports, returned,
        templates::{self, Download},
    },
};
use jianjia_domain::{
    core::{
        export::{Export, ExportKind, LONG_FROM},
        ids::{ImportId, UnitId},
        job::JobStage,
        place::UnitPlace,
        policy::{self, Act, Actor},
    },
    exchange::import::ImportKind,
};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult},
    pages::{core::export::ask, exchange::address},
    path::Path,
    session::SignedIn,
    table_file,
};

/// The empty tables of some kinds; one of sheets for last year too, if its plan was another.
pub(super) fn templates_of(
    app: &App,
    frame: &Frame,
    kinds: &[ImportKind],
) -> Vec<(String, String)> {
    let this_year = app.clock.today().year();
    let plan = |year| &app.standards.of(year).version;
    let mut templates = Vec::new();
    for kind in kinds {
        let word = frame.t1("{}模板", frame.t_fixed(kind.word()));
        let address = address::template(*kind);
        let last = this_year - 1;
        if *kind == ImportKind::Sheets && plan(last) != plan(this_year) {
            templates.push((format!("{address}?year={last}"), format!("{word} {last}")));
        }
        templates.push((address, word));
    }
    templates
}

/// The tables of a unit to download: what may be imported there; the sheets of this year and the last.
pub(super) fn exports_of(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    unit: &UnitPlace,
) -> Vec<(String, String)> {
    let this_year = app.clock.today().year();
    imports::kinds(actor, std::slice::from_ref(unit))
        .into_iter()
        .flat_map(|kind| {
            let address = address::export(&unit.id, kind);
            let word = frame.t_fixed(kind.word());
            match kind {
                ImportKind::Sheets => [this_year, this_year - 1]
                    .map(|year| (format!("{address}?year={year}"), format!("{word} {year}")))
                    .to_vec(),
                _ => vec![(address, word.to_owned())],
            }
        })
        .collect()
}

pub(super) async fn template(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(kind): Path<String>,
    Query(asked): Query<AskedYear>,
) -> PageResult {
    if actor
        .roles
        .iter()
        .all(|at| !policy::may(&actor, Act::ImportUnits, &at.unit))
    {
        return Err(PageError::NotFound);
    }
    let kind = ImportKind::from_key(&kind).ok_or(PageError::NotFound)?;
    let year = asked.year.parse();
    let year = year.unwrap_or_else(|_| app.clock.today().year());
    let standard = app.standards.of(year);
    Ok(download(templates::template(standard, year, kind)?))
}

/// The year of year sheets; empty for the running one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AskedYear {
    year: String,
}

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, kind)): Path<(UnitId, String)>,
    Query(asked): Query<AskedYear>,
) -> PageResult {
    let kind = ImportKind::from_key(&kind).ok_or(PageError::NotFound)?;
    let rows = exports::rows(&app, &actor, kind, &id).await?;
    if rows >= LONG_FROM {
        let asked = [("kind", kind.key()), ("year", asked.year.as_str())];
        let name = frame.t_fixed(kind.word());
        return ask(frame, wanted_as(kind), &id, (name, rows), &asked);
    }
    let year = asked.year.parse().ok();
    Ok(download(
        exports::export(&app, &actor, kind, &id, year).await?,
    ))
}

/// The rows that can't be imported, with the reasons beside their cells.
pub(super) async fn returned(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ImportId>,
) -> PageResult {
    let rows = returned::returned(&app, &actor, &id, frame.lang).await?;
    Ok(download(rows))
}

fn download(file: Download) -> Response {
    table_file::named(&file.name, file.media_type, file.bytes)
}

/// What a table below a unit is called, by the question of its address; none where the question has no answer.
pub(in crate::pages::exchange) fn called(frame: &Frame, export: &Export) -> Option<String> {
    let kind = kind_of(export)?;
    let word = frame.t_fixed(kind.word());
    Some(match year_of(export) {
        Some(year) if kind == ImportKind::Sheets => format!("{word} {year}"),
        _ => word.to_owned(),
    })
}

fn kind_of(export: &Export) -> Option<ImportKind> {
    let kind = ImportKind::from_key(export.asked.get("kind")?)?;
    (wanted_as(kind) == export.kind).then_some(kind)
}

fn wanted_as(kind: ImportKind) -> ExportKind {
    match kind {
        ImportKind::Accounts => ExportKind::Accounts,
        _ => ExportKind::Table,
    }
}

fn year_of(export: &Export) -> Option<i16> {
    export.asked.get("year")?.parse().ok()
}

/// The table of a job.
pub(in crate::pages::exchange) async fn made(
    app: &App,
    actor: &Actor,
    export: &Export,
    running: &Running,
) -> Result<Made, Error> {
    let kind = kind_of(export).ok_or(Error::NotFound)?;
    let under = running.job.unit.ok_or(Error::NotFound)?;
    running.begin(JobStage::Reading, 0);
    let counter = running.counter();
    let count = |rows| counter.store(rows, Ordering::Relaxed);
    let asked = (&under, year_of(export));
    let made = exports::made(app, actor, kind, asked, &count).await?;
    running.begin(JobStage::Saving, made.rows);
    Ok(made)
}
