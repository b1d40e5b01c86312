//! Returning an application for correction.

use jianjia_domain::{
    core::{
        ids::ApplicationId,
        policy::{Actor, act},
    },
    round::application::{
        self, Application, ApplicationRefusal, CriterionReason, EventAct, ReturnTo,
    },
};

use super::{Opening, open, reasons_of, short_enough};
use crate::{
    core::{app::App, error::Result},
    round::{
        application::{Expected, Happened, field, keep, record},
        scope as scopes,
    },
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnInput {
    pub to: ReturnTo,
    pub opinion: String,
    /// At least one: which criterion to correct, and how.
    pub reasons: Vec<CriterionReason>,
    pub expected: Expected,
}

/// Back to the applicant or an earlier step for correction, with reasons per criterion.
///
/// # Errors
/// As `open`; `reasons`: `CriterionReasonMissing`; `return_opinion`, and at the reason of a criterion: `TooLong`; `NotAnEarlierStep`.
pub async fn send_back(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &ReturnInput,
) -> Result<Application> {
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let act = act::ReturnApplication;
    let opened = match open(&mut tx, app, actor, id, act, &input.expected).await? {
        Opening::Open(opened) => *opened,
        Opening::Done(application) => return Ok(*application),
    };
    let reasons = reasons_of(&input.reasons)?;
    if reasons.is_empty() {
        return Err(field("reasons", ApplicationRefusal::CriterionReasonMissing));
    }
    let opinion = input.opinion.trim();
    short_enough("return_opinion", opinion)?;
    let returned = application::send_back(opened.application, &opened.permit, input.to, app.now())?;
    keep(&mut tx, &returned).await?;
    let happened = Happened {
        act: EventAct::Returned,
        opinion,
        reasons: &reasons,
        judgement: None,
        request_key: &input.expected.request_key,
    };
    let step = Some(opened.step);
    record(
        &mut tx,
        app,
        actor,
        &opened.permit,
        &returned,
        step,
        happened,
    )
    .await?;
    tx.commit().await?;
    Ok(returned)
}
