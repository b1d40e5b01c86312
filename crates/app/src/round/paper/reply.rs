//! 异议答复: what was found of an objection. Neither who objected nor what they wrote stands in it, or in its file's name.

use jianjia_domain::{
    core::{day, ids::ObjectionId, policy::Actor},
    round::objection::Objection,
};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    round::{application as applications, publication as publications},
};
use jiff::civil::Date;
use serde::Serialize;

use super::plain;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
    round::{
        application::title_of,
        objection::{self as objections, Followed},
        publication::shown_of,
    },
};

#[derive(Serialize)]
struct Reply {
    office: String,
    number: i64,
    year: i16,
    title: String,
    candidate: String,
    received_on: Date,
    answered_on: Date,
    answer: String,
    outcome: String,
    /// Who took objections by the notice, and their telephone.
    desk: Option<String>,
    telephone: Option<String>,
}

/// The answer to an objection, for those who may read it.
///
/// # Errors
/// Not found when it isn't answered; as `objections::show`.
pub async fn sheet(app: &App, actor: &Actor, id: &ObjectionId) -> Result<Sheet> {
    let view = objections::show(app, actor, id).await?;
    let mut tx = app.db.read().await?;
    reply(&mut tx, app, &view.objection, view.answer).await
}

/// The answer to an objection that was followed by its number and code.
///
/// # Errors
/// Not found when it isn't answered.
pub async fn followed(app: &App, found: &Followed) -> Result<Sheet> {
    let mut tx = app.db.read().await?;
    reply(&mut tx, app, &found.objection, found.answer.clone()).await
}

async fn reply(tx: &mut Tx, app: &App, objection: &Objection, text: String) -> Result<Sheet> {
    let answer = objection.answer.as_ref().ok_or(Error::NotFound)?;
    let application = applications::find(tx, &objection.application).await?;
    let application = application.ok_or(Error::NotFound)?;
    let office = unit::root(tx).await?.ok_or(Error::NotFound)?;
    let shown = match publications::find(tx, &objection.publication).await? {
        Some(notice) => Some(shown_of(&notice)?),
        None => None,
    };
    let title = title_of(app, application.year, &application.title)?;
    let reply = Reply {
        office: office.name,
        number: objection.number,
        year: application.year,
        title: title.name.zh.clone(),
        candidate: application.applicant_name(),
        received_on: day::day_of(objection.received_at),
        answered_on: day::day_of(answer.at),
        answer: text,
        outcome: plain(answer.outcome.word()),
        desk: shown.as_ref().map(|shown| shown.office.clone()),
        telephone: shown.map(|shown| shown.telephone),
    };
    Sheet::of("reply", format!("第{}号", objection.number), &reply)
}
