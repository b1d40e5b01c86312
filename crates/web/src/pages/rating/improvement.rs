//! What a union will improve after its rating, and its report the year after.

use axum::extract::State;
use jianjia_app::{core::app::App, rating::improvement as improvements};
use jianjia_domain::core::{
    ids::{ImprovementId, UnitId},
    policy::Act,
};
use serde::Deserialize;

use crate::{
    form::{Form, told},
    frame::Frame,
    page::{PageResult, see_other_with},
    pages::rating::{address, result::again},
    path::{self, Path},
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    const HOLD: Access = Access::Act(Act::HoldPoll);
    vec![
        Route::post("/units/{id}/rating/{year}/improvements", HOLD, say),
        Route::post("/improvements/{id}/report", HOLD, report),
    ]
}

/// `unit` and `year` name the page that a report was written on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    text: String,
    report: String,
    unit: String,
    year: String,
}

async fn say(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, year)): Path<(UnitId, i16)>,
    Form(said): Form<Said>,
) -> PageResult {
    let done = improvements::say(&app, &actor, &unit, year, &said.text).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            &address::improvements(&unit, year),
            "改进事项已记下，会员在结果页上看得到。",
        ),
        Err(problems) => again(&app, &actor, frame, (&unit, year), problems, &said.text).await,
    }
}

async fn report(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ImprovementId>,
    Form(said): Form<Said>,
) -> PageResult {
    let done = improvements::report(&app, &actor, &id, &said.report).await;
    match told(done, &frame)? {
        Ok((unit, year)) => see_other_with(
            &back(&said).unwrap_or_else(|| address::improvements(&unit, year)),
            "改进情况已报告。",
        ),
        Err(problems) => {
            let (unit, year): (UnitId, i16) = (path::read(&said.unit)?, path::read(&said.year)?);
            // Several reports stand on one page: each field has its improvement's name.
            let problems = problems.renamed("report", &format!("report-{id}"));
            again(&app, &actor, frame, (&unit, year), problems, &said.report).await
        }
    }
}

/// The page that the report was written on.
fn back(said: &Said) -> Option<String> {
    let (unit, year) = (said.unit.parse().ok()?, said.year.parse().ok()?);
    Some(address::improvements(&unit, year))
}
