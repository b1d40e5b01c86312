//! The mark that an application is named, which the city's naming and a federation's decision set.

use jianjia_domain::{
    core::{
        ids::JudgementId,
        policy::{Actor, Permit},
    },
    round::application::{self, Application, EventAct},
};
use jianjia_store::core::db::Tx;

use super::{Happened, keep, record};
use crate::{
    core::{app::App, error::Result},
    round::telling,
};

/// What a naming brings along: the permission it was done with, the judgement it stands on, and its request.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a, A> {
    pub permit: &'a Permit<A>,
    pub judgement: Option<JudgementId>,
    pub opinion: &'a str,
    /// The title's.
    pub number: &'a str,
    /// One for each application: `{form's key}:{application}`.
    pub request_key: &'a str,
}

/// Marks an application named within the naming's own transaction, which keeps the title.
///
/// # Errors
/// When it isn't at a step that decides, or somebody acted in between.
pub async fn mark_named<A: application::Naming>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: Application,
    naming: Naming<'_, A>,
) -> Result<Application> {
    let step = application.state.step();
    let named = application::name(application, naming.permit, naming.judgement, app.now())?;
    keep(tx, &named).await?;
    let happened = Happened {
        act: EventAct::Named,
        opinion: naming.opinion,
        reasons: &[],
        judgement: naming.judgement,
        request_key: naming.request_key,
    };
    record(tx, app, actor, naming.permit, &named, step, happened).await?;
    telling::named(tx, app, actor, &naming.permit.unit, &named, naming.number);
    Ok(named)
}
