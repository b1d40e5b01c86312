//! 会员（代表）大会记录: to be filled in at the meeting that speaks on the application.

use jianjia_domain::core::policy::Actor;
use jianjia_store::{rating::poll as polls, register::person};
use jiff::civil::Date;
use serde::Serialize;

use super::is_own;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
    round::application::ApplicationView,
};

#[derive(Serialize)]
struct Minutes {
    union: String,
    made_on: Date,
    held_on: Option<Date>,
    place: Option<String>,
    chair: Option<String>,
    /// None where no poll says who is due.
    due: Option<i64>,
    came: Option<i64>,
    year: i16,
    title: String,
    /// Whose title it is, where it is a person's.
    person: Option<String>,
    /// Whether the members rate the union in a poll of this year.
    is_rated: bool,
}

/// The minutes of the meeting on an application, for the union's own people.
///
/// # Errors
/// Not found when the actor is not of the union.
pub async fn sheet(app: &App, actor: &Actor, view: &ApplicationView) -> Result<Sheet> {
    if !is_own(actor, view) {
        return Err(Error::NotFound);
    }
    let application = &view.application;
    let (unit, year) = (&application.unit.id, application.year);
    let mut tx = app.db.read().await?;
    let chair = person::chair_of(&mut tx, unit).await?;
    let held = polls::of_unit(&mut tx, unit, year).await?;
    tx.commit().await?;
    let poll = held
        .iter()
        .find(|poll| poll.stage.ended_because().is_empty());
    let minutes = Minutes {
        union: application.unit.name.clone(),
        made_on: app.clock.today(),
        held_on: None,
        place: None,
        chair: chair.map(|chair| chair.details.name),
        due: poll.map(|poll| poll.plan.roll).filter(|roll| *roll > 0),
        came: None,
        year,
        title: view.title.zh.clone(),
        person: application
            .person
            .as_ref()
            .map(|person| person.name.clone()),
        is_rated: poll.is_some(),
    };
    Sheet::of("minutes", application.applicant_name(), &minutes)
}
