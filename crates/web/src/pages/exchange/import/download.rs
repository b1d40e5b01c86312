//! Tables to download: empty ones to fill in, and what is recorded.

use axum::{
    extract::{Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use jianjia_app::{
    core::app::App,
    exchange::import::{
        self as imports, exports, returned,
        templates::{self, Download},
    },
};
use jianjia_domain::{
    core::{
        ids::{ImportId, UnitId},
        place::UnitPlace,
        policy::{self, Act, Actor},
    },
    exchange::import::ImportKind,
};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult},
    pages::exchange::address,
    path::Path,
    session::SignedIn,
    visit::percent_encoded,
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
    Path((id, kind)): Path<(UnitId, String)>,
    Query(asked): Query<AskedYear>,
) -> PageResult {
    let kind = ImportKind::from_key(&kind).ok_or(PageError::NotFound)?;
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

/// The file, to be saved under its Chinese name.
fn download(file: Download) -> Response {
    let disposition = format!(
        "attachment; filename=\"table.xlsx\"; filename*=UTF-8''{}",
        percent_encoded(&file.name)
    );
    let disposition =
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    (
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static(file.media_type),
            ),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        file.bytes,
    )
        .into_response()
}
