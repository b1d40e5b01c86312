//! The members' rating of a year: shown to all who see the unit, recorded by the union above.

use askama::Template;
use axum::extract::{Path, State};
use jianjia_app::{app::App, ratings};
use jianjia_domain::{
    ids::UnitId,
    policy::Act,
    rating::{Rating, RatingInput},
    unit::UnitPlace,
};
use jianjia_standard::explain;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::sheets::read_id,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    const PATH: &str = "/units/{id}/rating/{year}";
    vec![
        Route::get(PATH, Access::Seen, show),
        Route::post(PATH, Access::Act(Act::RecordRating), record),
    ]
}

#[derive(Template)]
#[template(path = "ratings/show.html")]
struct Show {
    frame: Frame,
    unit: UnitPlace,
    year: i16,
    rating: Option<Rating>,
    /// `(120 + 30) ÷ 160 = 93.75 %`
    sum: Option<String>,
    note: String,
    may_record: bool,
    input: RatingInput,
    problems: Problems,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Totals {
    roll: String,
    satisfied: String,
    basically_satisfied: String,
    dissatisfied: String,
    void: String,
    note: String,
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, year)): Path<(String, String)>,
) -> PageResult {
    let (unit, year): (UnitId, i16) = (read_id(&id)?, read_id(&year)?);
    let (place, rating, may_record) = ratings::of_year(&app, &actor, &unit, year).await?;
    let input = rating
        .as_ref()
        .map_or_else(RatingInput::default, |rating| RatingInput {
            roll: rating.counts.roll.to_string(),
            satisfied: rating.counts.satisfied.to_string(),
            basically_satisfied: rating.counts.basically_satisfied.to_string(),
            dissatisfied: rating.counts.dissatisfied.to_string(),
            void: rating.counts.void.to_string(),
            note: rating.note.clone(),
        });
    page(&of_year(
        &app,
        frame,
        (place, rating, may_record),
        year,
        input,
        Problems::none(),
    ))
}

async fn record(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, year)): Path<(String, String)>,
    Form(totals): Form<Totals>,
) -> PageResult {
    let (unit, year): (UnitId, i16) = (read_id(&id)?, read_id(&year)?);
    let input = RatingInput {
        roll: totals.roll,
        satisfied: totals.satisfied,
        basically_satisfied: totals.basically_satisfied,
        dissatisfied: totals.dissatisfied,
        void: totals.void,
        note: totals.note,
    };
    match told(
        ratings::record(&app, &actor, &unit, year, &input).await,
        &frame,
    )? {
        Ok(()) => see_other_with(&format!("/units/{unit}/rating/{year}"), "测评结果已登记。"),
        Err(problems) => {
            let found = ratings::of_year(&app, &actor, &unit, year).await?;
            unprocessable(&of_year(&app, frame, found, year, input, problems))
        }
    }
}

fn of_year(
    app: &App,
    frame: Frame,
    (unit, rating, may_record): (UnitPlace, Option<Rating>, bool),
    year: i16,
    input: RatingInput,
    problems: Problems,
) -> Show {
    let counts = rating.as_ref().map(|rating| rating.counts.counts());
    let note = app
        .standard
        .rating
        .as_ref()
        .and_then(|rating| rating.note.as_ref());
    Show {
        sum: counts.and_then(|counts| explain::worked_sum(&app.standard, &counts)),
        note: note.map_or_else(String::new, |note| frame.text(note).to_owned()),
        unit,
        year,
        rating,
        may_record,
        input,
        problems,
        frame,
    }
}
