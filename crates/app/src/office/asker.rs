//! Who asked for a job, as they stand when it is done.

use anyhow::Context;
use jianjia_domain::{
    core::{job::Job, policy::Actor, proof::Proof},
    office::account::AccountState,
};
use jianjia_store::office::account;

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// Whoever asked for the job, with the roles of today. A code of the second factor was asked for then.
///
/// # Errors
/// Not found when the account is locked or gone by now.
pub async fn of_job(app: &App, job: &Job) -> Result<Actor> {
    let id = job.asked_by.context("somebody asked for the job")?;
    let mut tx = app.db.read().await?;
    let account = account::find(&mut tx, &id).await?;
    let account = account
        .filter(|account| account.state == AccountState::Active)
        .ok_or(Error::NotFound)?;
    Ok(Actor {
        account: account.id,
        person: account.person,
        name: account.name,
        roles: account.roles,
        proof: Proof::Password,
    })
}
