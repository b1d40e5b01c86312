//! Readiness: whether the database is migrated and a write to it and to the folder of files succeeds.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jianjia_store::core::{
    db::Tables,
    outage::{self, Outage},
};
use tokio::{sync::Mutex, time::timeout};

use crate::core::app::App;

/// Why the program is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReady {
    Database(Outage),
    Files(Outage),
    /// It answers, but not within the time limit.
    Slow,
    /// The tables are of another version of the program.
    NotMigrated,
    /// Another error, which is in the log.
    Failed,
}

impl NotReady {
    /// A line for the operator or the load balancer.
    pub fn sentence(self) -> String {
        match self {
            NotReady::Database(Outage::Full) => format!("database: {}", Outage::Full.sentence()),
            NotReady::Database(outage) => outage.sentence().to_owned(),
            NotReady::Files(Outage::FilesAway) => Outage::FilesAway.sentence().to_owned(),
            NotReady::Files(Outage::Away | Outage::Disk) => {
                "the files' folder can't be written: look at the machine's log".to_owned()
            }
            NotReady::Files(outage) => format!("the files' folder: {}", outage.sentence()),
            NotReady::Slow => {
                "the database does not keep a row within three seconds: check that its server runs, its load and the disk"
                    .to_owned()
            }
            NotReady::NotMigrated => {
                "the database is another version's: start the program that fits it".to_owned()
            }
            NotReady::Failed => "writing fails: look at the program's log".to_owned(),
        }
    }
}

/// The time limit: a health check wants its answer soon.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long an answer is cached, so that frequent checks cost nothing.
const HOLDS: Duration = Duration::from_secs(1);

type Answer = Result<(), NotReady>;

/// The cached answer. Cheap to clone; concurrent checks share one probe.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<Option<(Instant, Answer)>>>);

impl Readiness {
    /// # Errors
    /// Why the program is not ready.
    pub async fn ask(&self, app: &App) -> Answer {
        let mut last = self.0.lock().await;
        if let Some((at, answer)) = *last
            && at.elapsed() < HOLDS
        {
            return answer;
        }
        // Meanwhile the pool goes on retrying a server that refuses.
        let answer = timeout(PATIENCE, check(app))
            .await
            .unwrap_or(Err(NotReady::Slow));
        *last = Some((Instant::now(), answer));
        answer
    }
}

/// Probes everything that requests need.
///
/// # Errors
/// Why the program is not ready.
pub async fn check(app: &App) -> Answer {
    // If no tables are found, the database may not be answering, which the write below tells apart.
    let tables = app.db.tables().await;
    if matches!(tables, Tables::Older | Tables::Newer) {
        return Err(NotReady::NotMigrated);
    }
    if let Err(error) = outage::try_database(&app.db).await {
        tracing::error!(error = format!("{error:#}"), "the database keeps nothing");
        return Err(match Outage::of(&error) {
            Some(outage) => NotReady::Database(outage),
            None if tables == Tables::Missing => NotReady::NotMigrated,
            None => NotReady::Failed,
        });
    }
    if let Err(error) = outage::try_files(&app.files).await {
        tracing::error!(error = format!("{error:#}"), "no file can be kept");
        return Err(NotReady::Files(Outage::of(&error).unwrap_or(Outage::Disk)));
    }
    Ok(())
}
