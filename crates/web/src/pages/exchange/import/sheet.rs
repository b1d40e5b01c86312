//! A department's own sheet: downloaded with its units, sent back filled in, every row's fate told before it confirms. The same pages as an office's
//! imports, for an account of a department alone, which finds its own tables and no others.

use std::collections::HashMap;

use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, error::Error},
    exchange::import::{self as imports, exports, reading as readings},
    round::department as departments,
};
use jianjia_domain::{
    core::{
        ids::ImportId,
        policy::{Act, Actor},
    },
    exchange::import::{ImportKind, refusal::ImportRefusal},
};
use serde::Deserialize;

use super::{at_its_field, download, reading, report};
use crate::{
    form::{Form, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult},
    pages::{round::department, year::evidence::files_of},
    path::{self, Path},
    routes::{Access, Route},
    session::SignedIn,
    table_file,
};

pub(super) fn routes() -> Vec<Route> {
    let answer = Access::Act(Act::AnswerList);
    vec![
        Route::get("/department/sheet", answer, sheet),
        Route::post("/department/sheets", answer, upload),
        Route::get("/department/sheets/{import}", answer, show),
        Route::post("/department/sheets/{import}/confirmation", answer, confirm),
        Route::post("/department/sheets/{import}/hidden-rows", answer, hidden),
        Route::post("/department/sheets/{import}/pairs", answer, pair),
        Route::get("/department/sheets/readings/{reading}", answer, reads),
        Route::get("/department/sheets/{import}/returned", answer, returned),
    ]
}

/// Who is nobody of a department has imports of their own.
fn of_department(actor: &Actor) -> Result<(), PageError> {
    match actor.is_department() {
        true => Ok(()),
        false => Err(PageError::NotFound),
    }
}

/// The round whose sheet is asked for; empty for the newest.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct AskedYear {
    year: String,
}

/// The department's sheet with its units and what it answered already, to be filled in.
async fn sheet(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<AskedYear>,
) -> PageResult {
    of_department(&actor)?;
    let year = match asked.year.as_str() {
        "" => departments::newest_year(&app, &actor).await?,
        year => path::read(year)?,
    };
    let sheet = exports::of_department(&app, &actor, year, "").await?;
    Ok(table_file::named(
        &sheet.name,
        sheet.media_type,
        sheet.bytes,
    ))
}

async fn upload(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    upload: Upload,
) -> PageResult {
    of_department(&actor)?;
    let city = imports::city_of_department(&app, &actor).await?;
    let begun = files_of(&upload).and_then(|files| match files.into_iter().next() {
        Some(file) => {
            let file = (file.bytes, file.name);
            readings::begin(&app, &actor, (ImportKind::Answers, city), file)
        }
        None => Err(Error::Refused(ImportRefusal::NoFile.into())),
    });
    match told(begun.map_err(at_its_field), &frame)? {
        Ok(begun) => reading::answer(&app, &actor, frame, &begun, reading::FIRST_WAIT).await,
        Err(problems) => department::own_again(&app, &actor, frame, problems).await,
    }
}

async fn show(
    app: State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    import: Path<ImportId>,
    asked: Query<report::Asked>,
) -> PageResult {
    of_department(&actor)?;
    report::show(app, SignedIn(actor), frame, import, asked).await
}

async fn confirm(
    app: State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    import: Path<ImportId>,
    rows: Form<report::ChosenRows>,
) -> PageResult {
    of_department(&actor)?;
    report::confirm(app, SignedIn(actor), frame, import, rows).await
}

async fn hidden(
    app: State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    import: Path<ImportId>,
    chosen: Form<report::Chosen>,
) -> PageResult {
    of_department(&actor)?;
    report::choose_hidden(app, SignedIn(actor), frame, import, chosen).await
}

async fn pair(
    app: State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    import: Path<ImportId>,
    sent: Form<HashMap<String, String>>,
) -> PageResult {
    of_department(&actor)?;
    report::pair(app, SignedIn(actor), frame, import, sent).await
}

async fn reads(
    app: State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    id: Path<String>,
) -> PageResult {
    of_department(&actor)?;
    reading::show(app, SignedIn(actor), frame, id).await
}

async fn returned(
    app: State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    import: Path<ImportId>,
) -> PageResult {
    of_department(&actor)?;
    download::returned(app, SignedIn(actor), frame, import).await
}
