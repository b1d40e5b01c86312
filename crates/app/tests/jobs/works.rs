//! Works for tests: what one does stands in its payload.

use std::{
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::anyhow;
use jianjia_app::core::{
    app::App,
    error::Result,
    job::{
        Doing, Lane, Work,
        running::{Outcome, Running},
    },
};
use jianjia_domain::core::job::{JobKind, JobRefusal};
use jianjia_store::core::{counter::next_numbers, scope::Scope};
use serde_json::json;
use tokio::sync::Semaphore;

pub const WORKS: &[Work] = &[Work {
    kind: JobKind::Import,
    doing: Doing::Once {
        lane: Lane::Long,
        is_here: |_| true,
        run: work,
    },
}];

/// What waits tells that it has begun, and goes on when it is let through.
pub static STARTED: Semaphore = Semaphore::const_new(0);
pub static GATE: Semaphore = Semaphore::const_new(0);

/// Whether portions break off after the second.
pub static BROKEN: AtomicBool = AtomicBool::new(false);

const PORTIONS: i64 = 5;

fn work<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(async move {
        match running.job.payload.as_str().unwrap() {
            "fail" => Err(anyhow!("the printer burns").into()),
            "refuse" => Err(JobRefusal::Over.into()),
            "panic" => panic!("as over a broken table"),
            "portions" => portions(app, running).await,
            "wait" => {
                STARTED.add_permits(1);
                GATE.acquire().await.unwrap().forget();
                count(app, running).await
            }
            _ => count(app, running).await,
        }
    })
}

async fn count(app: &App, running: &Running) -> Result<Outcome> {
    let mut tx = app.db.write(Scope::Test("effect")).await?;
    next_numbers(&mut tx, "effect", 1).await?;
    running.commit(app, tx, &json!({"written": 1})).await
}

async fn portions(app: &App, running: &Running) -> Result<Outcome> {
    let reached: i64 = running.job.reached.parse().unwrap_or(0);
    for portion in reached + 1..=PORTIONS {
        if portion > 2 && BROKEN.load(Ordering::SeqCst) {
            return Err(anyhow!("broken off").into());
        }
        let mut tx = app.db.write(Scope::Test("effect")).await?;
        next_numbers(&mut tx, "effect", 1).await?;
        running
            .commit_portion(tx, &portion.to_string(), (portion, PORTIONS))
            .await?;
    }
    Ok(Outcome::Told(json!(null)))
}
