//! The nightly backup: one file a day in a folder, the newest of which are kept.

use std::{
    fs,
    path::{Path, PathBuf},
    pin::Pin,
};

use anyhow::{Context, Result as Done};
use jianjia_store::exchange::backup::{self, sealed::Recipient};
use jiff::civil::Date;
use serde_json::json;

use crate::core::{
    app::{App, Backups},
    error::Result,
    job::running::{Outcome, Running},
};

/// Backups that are kept; older ones of the same folder are removed.
pub const KEPT: usize = 14;

/// Whether a backup is wanted of this node.
pub fn is_here(app: &App) -> bool {
    app.backups.is_some()
}

pub fn work<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(write(app, running))
}

/// Writes the backup of today, in place of one that was written today already.
async fn write(app: &App, running: &Running) -> Result<Outcome> {
    let Some(backups) = &app.backups else {
        return Ok(Outcome::Told(json!(null)));
    };
    let folder = &backups.folder;
    let name = format!("{PREFIX}{}{END}", app.clock.today());
    let unfinished = folder.join(format!(".{name}.{}", running.job.id));
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder of backups {} can't be made", folder.display()))?;
    remove_unfinished(folder)?;
    let recipient = recipient(backups)?;
    let mut random = |bytes: &mut [u8]| app.entropy.fill(bytes);
    let seal = recipient.map(|recipient| {
        let random: &mut (dyn FnMut(&mut [u8]) + Send) = &mut random;
        (recipient, random)
    });
    let carried = backup::write(&app.db, &app.files, &unfinished, seal).await?;
    fs::rename(&unfinished, folder.join(&name))
        .with_context(|| format!("the backup {name} can't be moved to its place"))?;
    let removed = remove_old(folder)?;
    Ok(Outcome::Told(json!({
        "file": name,
        "rows": carried.rows,
        "files": carried.files,
        "left_out": carried.left_out,
        "removed": removed,
    })))
}

const PREFIX: &str = "jianjia-";
const END: &str = ".zip";

/// The public key that backups are sealed for.
///
/// # Errors
/// When it is none.
pub fn recipient(backups: &Backups) -> Done<Option<Recipient>> {
    if backups.seal_for.is_empty() {
        return Ok(None);
    }
    let recipient = backups.seal_for.parse();
    recipient
        .map(Some)
        .context("backup_seal_for is no public key (age1…)")
}

/// The newest backup in a folder, and its day; none if there is none, or no folder yet.
///
/// # Errors
/// If the folder can't be read.
pub fn newest(folder: &Path) -> Done<Option<(PathBuf, Date)>> {
    if !folder.exists() {
        return Ok(None);
    }
    let found = files(folder)?.into_iter();
    Ok(found
        .filter_map(|(name, path)| Some((path, day_of(&name)?)))
        .max_by_key(|(_, day)| *day))
}

/// What an earlier run left that was broken off.
fn remove_unfinished(folder: &Path) -> Done<()> {
    for (name, path) in files(folder)? {
        if name.starts_with(&format!(".{PREFIX}")) && name.contains(&format!("{END}.")) {
            fs::remove_file(&path)
                .with_context(|| format!("{} can't be removed", path.display()))?;
        }
    }
    Ok(())
}

/// Removes all but the newest backups; how many. Anything with another name is left alone.
fn remove_old(folder: &Path) -> Done<usize> {
    let mut backups: Vec<(String, PathBuf)> = files(folder)?
        .into_iter()
        .filter(|(name, _)| day_of(name).is_some())
        .collect();
    backups.sort();
    let old = backups.len().saturating_sub(KEPT);
    for (_, path) in &backups[..old] {
        fs::remove_file(path).with_context(|| format!("{} can't be removed", path.display()))?;
    }
    Ok(old)
}

/// The day of a backup, by its name; `None` for any other file.
fn day_of(name: &str) -> Option<Date> {
    let day = name.strip_prefix(PREFIX)?.strip_suffix(END)?;
    (day.len() == 10).then(|| day.parse().ok())?
}

fn files(folder: &Path) -> Done<Vec<(String, PathBuf)>> {
    let is_unread = || format!("the folder of backups {} can't be read", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(is_unread)? {
        let entry = entry.with_context(is_unread)?;
        if let Ok(name) = entry.file_name().into_string() {
            files.push((name, entry.path()));
        }
    }
    Ok(files)
}
