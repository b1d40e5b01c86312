//! The demo city for tests. Making it takes longer than most looks at it, so that of a day is made once in a run of the tests, and each test has a copy.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::Duration,
};

use jianjia_store::testing::{self, TestDatabase};
use jiff::civil::Date;

use super::{TestCity, city};
use crate::{SLIP_KEY, Size, make_until};

/// The small demo city as of a day, on SQLite: a copy of the one that the first test of this run made.
///
/// # Panics
/// When it can't be made.
pub async fn demo_city(today: Date) -> TestCity {
    let made = made_once(today).await;
    of_demo(testing::copied_sqlite(&made).await, today)
}

/// The same, made for this test alone.
///
/// # Panics
/// When it can't be made.
pub async fn fresh_demo_city(today: Date) -> TestCity {
    let fresh = of_demo(testing::sqlite().await, today);
    make_until(&fresh.app, Size::SMALL, today)
        .await
        .unwrap_or_else(|error| panic!("{today}: {error:#}"));
    fresh
}

fn of_demo(database: TestDatabase, today: Date) -> TestCity {
    let mut made = city(database, today);
    made.app.is_demo = true;
    made.app.slip_key = SLIP_KEY;
    made
}

/// The folder with the city of a day. It is of this run alone: another run may be of another program.
async fn made_once(today: Date) -> PathBuf {
    // Each test of nextest is a process; those of `cargo test` are threads of one.
    let run = std::env::var("NEXTEST_RUN_ID");
    let run = run.unwrap_or_else(|_| std::process::id().to_string());
    let all = testing::made_by_tests().join("jianjia-demo-cities");
    let of_run = all.join(run);
    fs::create_dir_all(&of_run).expect("a folder for the cities of this run");
    let folder = of_run.join(today.to_string());
    // Whoever comes first makes it, and the others wait.
    let lock = File::create(of_run.join(format!("{today}.lock"))).expect("a file to lock");
    lock.lock().expect("the lock on making it");
    if !folder.exists() {
        forget_earlier_runs(&all, &of_run);
        let made = fresh_demo_city(today).await;
        made.app.db.close().await;
        let begun = of_run.join(format!("{today}.begun"));
        testing::copy_folder(made.database.folder.path(), &begun);
        fs::rename(&begun, &folder).expect("the city takes its place");
    }
    folder
}

/// Removes the cities of runs that began more than an hour before this one.
fn forget_earlier_runs(all: &Path, of_run: &Path) {
    let begun_at = |path: &Path| fs::metadata(path).and_then(|found| found.modified());
    let Ok(now) = begun_at(of_run) else { return };
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let age = begun_at(&entry.path()).ok();
        let age = age.and_then(|begun_at| now.duration_since(begun_at).ok());
        if age.is_some_and(|age| age > Duration::from_secs(3600)) {
            // Another test may do the same at the same time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
