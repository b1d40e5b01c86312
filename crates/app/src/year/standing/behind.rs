//! Judging those that were not judged yet in the running year, or by another version of the standard: every night, so that a new year and an amended text
//! are counted whole without anybody saying anything.

use std::pin::Pin;

use jianjia_domain::{
    core::{ids::UnitId, place::UnitKind},
    year::assessment,
};
use jianjia_store::{core::scope::Scope, year::shortfall};
use serde_json::json;

use super::refresh_many;
use crate::core::{
    app::App,
    error::Result,
    job::running::{Outcome, Running},
};

/// So many units in one transaction: others who write wait for no longer.
const PORTION: i64 = 250;

pub fn work<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(catch_up(app, running))
}

async fn catch_up(app: &App, running: &Running) -> Result<Outcome> {
    let year = app.year();
    let kinds = UnitKind::ALL.into_iter();
    let judged: Vec<&str> = kinds
        .filter(|kind| assessment::kind_of(*kind).is_ok())
        .map(UnitKind::key)
        .collect();
    let version = app.standards.of(year).version.clone();
    let mut done = 0;
    let mut last: Vec<UnitId> = Vec::new();
    loop {
        let mut tx = app.db.write(Scope::Jobs).await?;
        let behind = shortfall::behind(&mut tx, &judged, year, &version, PORTION).await?;
        // What can't be judged would come again and again.
        if behind.is_empty() || behind == last {
            return running.commit(app, tx, &json!({ "units": done })).await;
        }
        refresh_many(&mut tx, app, behind.iter().copied(), year).await?;
        done += i64::try_from(behind.len()).unwrap_or(PORTION);
        last = behind;
        running.commit_portion(tx, "", (done, 0)).await?;
    }
}
