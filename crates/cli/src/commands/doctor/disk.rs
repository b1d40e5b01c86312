//! What lies in folders: their rights, the room that is left, and the backups.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use jianjia_app::{core::clock::Clock, exchange::backup as nightly};
use jianjia_store::core::file::Storage;
use rustix::{
    fs::{Access, access, statvfs},
    process::geteuid,
};

use crate::{
    commands::{
        doctor::{Finding, fault, ok, warning},
        serve::Settings,
    },
    instance::Instance,
    private,
};

pub fn examine(instance: &Instance, settings: &Settings, found: &mut Vec<Finding>) {
    found.push(rights(&instance.dir));
    let mut folders = vec![instance.dir.clone()];
    match instance.storage() {
        Ok(Storage::Folder(files)) => folders.push(files),
        Ok(Storage::Bucket(_)) => {}
        Err(error) => found.push(fault(
            "files",
            format!("{error:#}"),
            "see `files` and [bucket] in `jianjia serve --help`",
        )),
    }
    if let Ok(database) = instance.database()
        && let Some(file) = database.strip_prefix("sqlite://")
        && let Some(folder) = Path::new(file).parent()
    {
        folders.push(folder.to_owned());
    }
    if let Some(backups) = &settings.backups {
        folders.push(backups.folder.clone());
    }
    let mut disks = Vec::new();
    for folder in folders {
        let Some(there) = nearest(&folder) else {
            continue;
        };
        let Ok(seen) = fs::metadata(&there) else {
            continue;
        };
        if !disks.contains(&seen.dev()) {
            disks.push(seen.dev());
            found.push(room(&there));
        }
    }
}

/// The folder, or the first above it that is there.
fn nearest(folder: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(folder).ok()?;
    folder
        .ancestors()
        .find(|folder| folder.exists())
        .map(Path::to_owned)
}

fn rights(dir: &Path) -> Finding {
    let shown = dir.display();
    let Ok(seen) = fs::metadata(dir) else {
        return warning(
            "folder",
            format!("{shown} is not there"),
            "the first command that opens an instance makes it, as the user that runs it",
        );
    };
    let us = geteuid().as_raw();
    if seen.uid() != us {
        return warning(
            "folder",
            format!("{shown} belongs to user {}, and you are {us}", seen.uid()),
            "run every command as the user that serves: sudo -u jianjia jianjia …",
        );
    }
    for name in ["jianjia.db", "slip.key", "head.key", "files", "heads"] {
        let path = dir.join(name);
        if let Ok(seen) = fs::metadata(&path)
            && seen.uid() != us
        {
            return fault(
                "folder",
                format!(
                    "{} belongs to user {}, and you are {us}",
                    path.display(),
                    seen.uid()
                ),
                format!("chown -R --reference={shown} {shown}"),
            );
        }
    }
    if access(dir, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        return fault(
            "folder",
            format!("{shown} can't be written"),
            "check the mount and the folder's rights",
        );
    }
    if private::is_wide(dir) {
        return warning(
            "folder",
            format!("others of this machine can look into {shown}"),
            format!("chmod go= {shown}"),
        );
    }
    ok("folder", format!("{shown} is ours alone"))
}

/// Below this nothing may be written soon.
const LITTLE: u64 = 200 << 20;

/// Below this it is time to act.
const SOME: u64 = 2 << 30;

fn room(folder: &Path) -> Finding {
    let shown = folder.display();
    let seen = match statvfs(folder) {
        Ok(seen) => seen,
        Err(error) => {
            return fault(
                "disk",
                format!("{shown}: {error}"),
                "look at the machine's log",
            );
        }
    };
    let free = seen.f_bavail.saturating_mul(seen.f_frsize);
    let free_in_words = format!("{} MB are free on the disk of {shown}", free >> 20);
    if free < LITTLE {
        return fault(
            "disk",
            free_in_words,
            "free some space: the program refuses what it can't keep and goes on by itself then",
        );
    }
    if seen.f_files > 0 && seen.f_favail < seen.f_files / 50 {
        return warning(
            "disk",
            format!("few inodes are left on the disk of {shown}"),
            "every file and photo takes one: remove small files or enlarge the file system",
        );
    }
    if free < SOME {
        return warning(
            "disk",
            free_in_words,
            "enlarge it, or move backups elsewhere",
        );
    }
    ok("disk", free_in_words)
}

/// A night's backup is there in the morning; after this many days somebody has to look.
const DAYS_LATE: i32 = 2;

pub fn backups(settings: &Settings) -> Finding {
    let Some(backups) = &settings.backups else {
        return warning(
            "backups",
            "this node writes none",
            "set backup_dir, or run `jianjia backup` by a timer; then restore one as a drill",
        );
    };
    let folder = backups.folder.display();
    let today = Clock::Real.today();
    match nightly::newest(&backups.folder) {
        Err(error) => fault(
            "backups",
            format!("{error:#}"),
            "check the folder's rights and its mount",
        ),
        Ok(None) => warning(
            "backups",
            format!("there is none in {folder} yet"),
            "one is written at two o'clock; `jianjia backup` writes one now",
        ),
        Ok(Some((path, day))) => {
            let size = fs::metadata(&path).map_or(0, |seen| seen.len());
            let age = (today - day).get_days();
            let last = format!(
                "the last is {} ({} KB)",
                path.display(),
                size.div_ceil(1024)
            );
            if age >= DAYS_LATE {
                fault(
                    "backups",
                    format!("{last}, {age} days old"),
                    "see the job `backup` on the page of jobs, and whether a node with backup_dir runs",
                )
            } else if backups.seal_for.is_empty() {
                warning(
                    "backups",
                    format!("{last}, not encrypted"),
                    "set backup_seal_for to the public key of somebody who keeps the private one elsewhere",
                )
            } else {
                ok("backups", format!("{last}, encrypted"))
            }
        }
    }
}
