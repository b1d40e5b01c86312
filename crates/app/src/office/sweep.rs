//! Sweeping what is over: expired sessions and known browsers, old counts of wrong guesses, jobs that ended, exported files and
//! messages that came long ago. Nothing decides by it any more.

use std::pin::Pin;

use jianjia_domain::core::{guess, job, message, post};
use jianjia_store::{
    core::{
        guess as failures, job as jobs, message::inbox as messages, post as posts, scope::Scope,
    },
    office::{browser as known_browser, passkey, provider, session},
};
use serde_json::json;

use crate::core::{
    app::App,
    error::Result,
    export as exports,
    job::running::{Outcome, Running},
};

pub fn work<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(sweep(app, running))
}

async fn sweep(app: &App, running: &Running) -> Result<Outcome> {
    let now = app.now();
    // A disk that fails must not keep what is in the database.
    let files = match exports::sweep(app).await {
        Ok(removed) => removed,
        Err(error) => {
            let error = anyhow::Error::from(error);
            tracing::warn!(
                error = format!("{error:#}"),
                "exported files that are over were not removed"
            );
            0
        }
    };
    let mut tx = app.db.write(Scope::Jobs).await?;
    let swept = json!({
        "sessions": session::remove_ended(&mut tx, now).await?,
        "browsers": known_browser::remove_ended(&mut tx, now).await?,
        "attempts": provider::remove_ended(&mut tx, now).await?,
        "challenges": passkey::remove_ended(&mut tx, now).await?,
        "guesses": failures::sweep(&mut tx, now - guess::KEPT).await?,
        "jobs": jobs::sweep(&mut tx, now - job::KEPT).await?,
        "messages": messages::remove_before(&mut tx, now - message::KEPT).await?,
        "files": files,
        "post": posts::sweep(&mut tx, now - post::KEPT).await?,
    });
    running.commit(app, tx, &swept).await
}
