//! Importing tables: upload, every row's fate, confirmation; templates and exports to download.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::{app::App, error::Error},
    exchange::import::{self as imports, reading as readings},
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        policy::{Act, Actor},
        refusal::Refusal,
    },
    exchange::import::{ImportKind, ImportLine, refusal::ImportRefusal},
};

use crate::{
    form::{Problems, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult, page, unprocessable},
    pages::{core::export, year::evidence::files_of},
    path,
    routes::{Access, Route},
    session::SignedIn,
};

pub(super) mod download;
mod importing;
pub(super) mod lines;
mod reading;
mod report;
mod sheet;

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::ImportUnits);
    let mut routes = vec![
        Route::get("/imports", act, index),
        Route::post("/imports", act, upload),
        Route::get("/imports/export", act, export::download::<lines::Imports>),
        Route::get("/imports/templates/{kind}", act, download::template),
        Route::get("/imports/{import}", act, report::show),
        Route::post("/imports/{import}/confirmation", act, report::confirm),
        Route::post("/imports/{import}/hidden-rows", act, report::choose_hidden),
        Route::post("/imports/{import}/pairs", act, report::pair),
        Route::get("/imports/readings/{reading}", act, reading::show),
        Route::get("/imports/{import}/returned", act, download::returned),
        Route::get("/units/{id}/exports/{kind}", act, download::export),
    ];
    routes.extend(sheet::routes());
    routes
}

#[derive(Template)]
#[template(path = "exchange/import/index.html")]
struct Index {
    frame: Frame,
    lines: Vec<ImportLine>,
    /// Those that the person may import: key and word.
    kinds: Vec<(String, String)>,
    /// Address and word of each empty table.
    templates: Vec<(String, String)>,
    units: Vec<(String, String)>,
    /// The unit's name, and the address and the word of each table to download.
    exports: Vec<(String, Vec<(String, String)>)>,
    kind: String,
    unit: String,
    problems: Problems,
}

async fn index(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    page(
        &index_page(
            &app,
            &actor,
            frame,
            ImportKind::Unions.key().to_owned(),
            String::new(),
            Problems::none(),
        )
        .await?,
    )
}

async fn upload(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    upload: Upload,
) -> PageResult {
    let kind = ImportKind::from_key(upload.field("kind")).unwrap_or(ImportKind::Unions);
    let unit: UnitId = path::read(upload.field("unit"))?;
    let begun = files_of(&upload).and_then(|files| match files.into_iter().next() {
        Some(file) => readings::begin(&app, &actor, (kind, unit), (file.bytes, file.name)),
        None => Err(Error::Refused(ImportRefusal::NoFile.into())),
    });
    match told(begun.map_err(at_its_field), &frame)? {
        // Most tables are read before anybody has to wait.
        Ok(begun) => reading::answer(&app, &actor, frame, &begun, reading::FIRST_WAIT).await,
        Err(problems) => {
            let kind = kind.key().to_owned();
            unprocessable(&index_page(&app, &actor, frame, kind, unit.to_string(), problems).await?)
        }
    }
}

/// A table that can't be taken is told at its field.
fn at_its_field(error: Error) -> Error {
    match error {
        Error::Refused(refusal) if refusal.of::<ImportRefusal>().is_some() => {
            Refusal::at("file", refusal).into()
        }
        other => other,
    }
}

async fn index_page(
    app: &App,
    actor: &Actor,
    frame: Frame,
    kind: String,
    unit: String,
    problems: Problems,
) -> Result<Index, PageError> {
    let (lines, units) = imports::list(app, actor).await?;
    let may_import = imports::kinds(actor, &units);
    Ok(Index {
        templates: download::templates_of(app, &frame, &may_import),
        kinds: may_import
            .into_iter()
            .map(|kind| (kind.key().to_owned(), frame.t_fixed(kind.word()).to_owned()))
            .collect(),
        exports: units
            .iter()
            .map(|unit| {
                (
                    unit.name.clone(),
                    download::exports_of(app, actor, &frame, unit),
                )
            })
            .collect(),
        units: units
            .into_iter()
            .map(|unit| (unit.id.to_string(), unit.name))
            .collect(),
        frame,
        lines,
        kind,
        unit,
        problems,
    })
}
