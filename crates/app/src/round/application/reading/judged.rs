//! The judgement that an application is shown with, and that of the year before.

use std::sync::Arc;

use anyhow::Context;
use jianjia_domain::{
    core::ids::JudgementId,
    round::{application::Application, review::Finding},
};
use jianjia_standard::{Standard, judgement::Judgement, subject::Subject};
use jianjia_store::{core::db::Tx, year::judgement as judgements};
use jiff::civil::Date;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{application::as_of, assessment as confirmed},
};

/// A judgement with what it was made from, as far as that can still be read.
pub(crate) struct Judged {
    /// By which it was judged.
    pub standard: Arc<Standard>,
    pub subject: Option<Subject>,
    pub judgement: Judgement,
    pub as_of: Date,
}

/// The judgement that an application stands on: while it is with the applicant or under review one by what is known today, on what is
/// confirmed; once it has ended the kept one.
pub(crate) async fn judged(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    findings: &[Finding],
) -> Result<Option<Judged>> {
    if application.state.closed_at().is_some() {
        return match &application.judgement {
            Some(id) => kept(tx, app, id).await,
            None => Ok(None),
        };
    }
    let as_of = as_of(tx, app, application).await?;
    let assessed = confirmed::of_one(tx, app, application, findings, as_of).await;
    match assessed {
        Ok(assessment) => Ok(Some(Judged {
            standard: app.standards.of(application.year).clone(),
            subject: Some(assessment.subject),
            judgement: assessment.judgement,
            as_of,
        })),
        // Somebody who has left the union isn't judged any more.
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn kept(tx: &mut Tx, app: &App, id: &JudgementId) -> Result<Option<Judged>> {
    let Some(kept) = judgements::find(tx, id).await? else {
        return Ok(None);
    };
    let used = app.standards.of_version(tx, &kept.standard_hash).await?;
    let standard = used.unwrap_or_else(|| app.standards.of(kept.year).clone());
    Ok(Some(Judged {
        subject: kept.subject(&standard),
        standard,
        judgement: serde_json::from_str(&kept.judgement).context("a kept judgement")?,
        as_of: kept.as_of,
    }))
}

/// The newest judgement of the year before of the same applicant, if it was ever judged then by the same programme: another's clauses are others.
pub(crate) async fn last_year(
    tx: &mut Tx,
    app: &App,
    application: &Application,
) -> Result<Option<Judgement>> {
    let programme = &app.standards.of(application.year).key;
    let person = application.person.as_ref().map(|person| person.id);
    let kept = judgements::of_unit(tx, &application.unit.id, application.year - 1).await?;
    kept.into_iter()
        .find(|kept| kept.person == person && kept.standard_key == *programme)
        .map(|kept| Ok(serde_json::from_str(&kept.judgement).context("last year's judgement")?))
        .transpose()
}
