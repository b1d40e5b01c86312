//! One file for many questions at once.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    year::evidence::{self, Questions},
};
use jianjia_domain::core::ids::{EvidenceId, UnitId};
use serde::Deserialize;

use crate::{
    form::{Form, named::Fields},
    frame::Frame,
    page::{PageResult, page, see_other_with},
    pages::year::address,
    path::{self, Path},
    session::SignedIn,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    year: String,
}

#[derive(Template)]
#[template(path = "year/evidence/uses.html")]
struct Uses {
    frame: Frame,
    questions: Questions,
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, id)): Path<(UnitId, EvidenceId)>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let year = match asked.year.as_str() {
        "" => app.clock.today().year(),
        typed => path::read(typed)?,
    };
    let questions = evidence::questions(&app, &actor, &unit, &id, year).await?;
    page(&Uses { frame, questions })
}

pub(super) async fn set(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, id)): Path<(UnitId, EvidenceId)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let keys: Vec<String> = fields.all("fact").map(str::to_owned).collect();
    let year = path::read(fields.first("year"))?;
    let number = evidence::use_for_facts(&app, &actor, &unit, &id, year, &keys).await?;
    let notice = frame.t1("这份材料现在用于 {} 道题。", number);
    see_other_with(&address::evidence(&unit), &notice)
}
