//! Whether the program can do its work: the database is up to date and keeps what is written, and so does the folder of the files.

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
    /// It answers, later than whoever watches waits.
    Slow,
    /// The tables are another version's.
    NotMigrated,
    /// Something else than what the machine lacks; it stands in the log.
    Failed,
}

impl NotReady {
    /// A line for whoever watches.
    pub fn sentence(self) -> String {
        match self {
            NotReady::Database(Outage::Full) => format!("database: {}", Outage::Full.sentence()),
            NotReady::Database(outage) => outage.sentence().to_owned(),
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

/// Longest wait for a write: whoever watches wants to know soon.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long an answer holds, so that asking is no burden however often somebody asks.
const HOLDS: Duration = Duration::from_secs(1);

type Answer = Result<(), NotReady>;

/// What was found out last. Cheap to clone; those who ask at the same time wait for one try.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<Option<(Instant, Answer)>>>);

impl Readiness {
    /// # Errors
    /// When the program is not ready: why.
    pub async fn ask(&self, app: &App) -> Answer {
        let mut last = self.0.lock().await;
        if let Some((at, answer)) = *last
            && at.elapsed() < HOLDS
        {
            return answer;
        }
        // A server that refuses is tried again and again meanwhile.
        let answer = timeout(PATIENCE, check(app))
            .await
            .unwrap_or(Err(NotReady::Slow));
        *last = Some((Instant::now(), answer));
        answer
    }
}

/// Tries what all work needs.
///
/// # Errors
/// When the program is not ready: why.
pub async fn check(app: &App) -> Answer {
    // Where none are found it may not answer, which the try finds out.
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
