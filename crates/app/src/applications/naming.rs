//! What the city's naming and a federation's decision need of applications: the candidates, and the mark that one is named.

use jianjia_domain::{
    application::{self, Application, EventAct},
    ids::JudgementId,
    policy::{Actor, Permit},
    refusal::Refusal,
    unit::UnitPlace,
};
use jianjia_store::{db::Tx, recommendation, unit};

use super::{Happened, keep, record};
use crate::{app::App, error::Result};

/// What a naming brings along: the permission it was done with, the judgement it stands on, and its request.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    pub permit: &'a Permit,
    pub judgement: Option<JudgementId>,
    pub opinion: &'a str,
    /// One for each application: `{form's key}:{application}`.
    pub request_key: &'a str,
}

/// Marks an application named within the naming's own transaction, which keeps the title.
///
/// # Errors
/// When it isn't at a step that decides, or somebody acted in between.
pub async fn mark_named(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: Application,
    naming: Naming<'_>,
) -> Result<Application> {
    let step = application.state.step();
    let named =
        application::name(application, naming.judgement, app.now()).map_err(Refusal::from)?;
    keep(tx, &named).await?;
    let happened = Happened {
        act: EventAct::Named,
        opinion: naming.opinion,
        reasons: &[],
        judgement: naming.judgement,
        request_key: naming.request_key,
    };
    record(tx, app, actor, naming.permit, &named, step, happened).await?;
    Ok(named)
}

/// A candidate for naming: the application and the federation that recommends it.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub application: Application,
    pub federation: Option<UnitPlace>,
}

/// The candidates that wait for the city's naming, by recommending federation and rank.
pub async fn candidates(tx: &mut Tx, year: i16, title: &str) -> Result<Vec<Candidate>> {
    let mut found: Vec<Candidate> = Vec::new();
    for application in recommendation::for_naming(tx, year, title).await? {
        let federation = match found.last() {
            Some(last) if last.application.recommended_by == application.recommended_by => {
                last.federation.clone()
            }
            _ => match &application.recommended_by {
                Some(id) => unit::place(tx, id).await?,
                None => None,
            },
        };
        found.push(Candidate {
            application,
            federation,
        });
    }
    found.sort_by(|one, other| {
        let path = |candidate: &Candidate| {
            candidate
                .federation
                .as_ref()
                .map_or_else(String::new, |unit| unit.path.clone())
        };
        path(one).cmp(&path(other))
    });
    Ok(found)
}
