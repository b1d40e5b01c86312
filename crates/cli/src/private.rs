//! Files of an instance are readable by their owner only: folders 700, files 600. New files are created so; existing ones with wider permissions
//! are restricted when the instance is opened, and that is reported.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use anyhow::{Context, Result};
use rustix::{fs::Mode, process::umask};

use crate::output::tell;

/// The permissions of group and others.
const OTHERS: u32 = 0o077;

/// Sets the umask so that everything the program creates is its owner's only, including the files that SQLite creates.
pub fn by_default() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Writes a file that only its owner can read, even if it existed before.
///
/// # Errors
/// If it can't be written.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    let found = file.metadata()?;
    // Not a terminal, a pipe or /dev/null.
    if found.is_file() && found.permissions().mode() & OTHERS != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    file.write_all(bytes)
}

/// Writes a new file that only its owner can read.
///
/// # Errors
/// If it exists or can't be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?
        .write_all(bytes)
}

/// Creates the instance's folder if missing, and restricts what is in it. `database` is the database's address.
///
/// # Errors
/// If the folder can't be created.
pub fn keep(dir: &Path, database: &str) -> Result<()> {
    fs::create_dir_all(dir)
        .with_context(|| format!("the folder {} can't be made", dir.display()))?;
    if is_an_instance(dir) {
        narrow(dir);
    } else if mode(dir).is_some_and(|mode| mode & OTHERS != 0) {
        tell!(
            "jianjia: others of this machine can look into {}, which holds other things too; give the instance a folder of its own",
            dir.display()
        );
    }
    for name in ["jianjia.db", "making.db"] {
        narrow_database(&dir.join(name));
    }
    if let Some(file) = database.strip_prefix("sqlite:") {
        let file = file.strip_prefix("//").unwrap_or(file);
        narrow_database(Path::new(file.split('?').next().unwrap_or(file)));
    }
    for name in ["slip.key", "head.key", "demo-day"] {
        narrow(&dir.join(name));
    }
    let count = narrow_below(&dir.join("files"));
    if count > 0 {
        tell!(
            "jianjia: {count} files and folders in {} could be read by others of this machine; now by their owner alone",
            dir.join("files").display()
        );
    }
    warn_of_configuration(&dir.join("jianjia.toml"));
    Ok(())
}

/// Whether the folder belongs to an instance: other folders' permissions are not ours to change, least of all those of a shared place.
fn is_an_instance(dir: &Path) -> bool {
    let is_everybodys = mode(dir).is_none_or(|mode| mode & STICKY != 0);
    !is_everybodys
        && fs::read_dir(dir).is_ok_and(|mut entries| {
            entries
                .all(|entry| entry.is_ok_and(|entry| is_ours(&entry.file_name().to_string_lossy())))
        })
}

/// As on `/tmp`, where everybody may create files.
const STICKY: u32 = 0o1000;

/// Whether a file or folder of this name belongs to an instance, or is a backup beside it.
fn is_ours(name: &str) -> bool {
    [
        "files",
        "heads",
        "slip.key",
        "head.key",
        "jianjia.toml",
        "demo-day",
    ]
    .contains(&name)
        || name.starts_with("jianjia.db")
        || name.starts_with("making.db")
        || name.ends_with(".zip")
        || name.ends_with(".age")
}

/// An SQLite database with its WAL.
fn narrow_database(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        narrow(Path::new(&name));
    }
}

/// Restricts one file or folder and reports it.
fn narrow(path: &Path) {
    match narrowed(path) {
        Ok(false) => {}
        Ok(true) => tell!(
            "jianjia: {} could be read by others of this machine; now by its owner alone",
            path.display()
        ),
        Err(error) => tell!(
            "jianjia: {} can be read by others of this machine and could not be narrowed ({error}); do it: chmod go= {}",
            path.display(),
            path.display()
        ),
    }
}

/// Restricts a folder and everything below it; returns how many were wider.
fn narrow_below(folder: &Path) -> usize {
    let mut count = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        count += usize::from(narrowed(&folder).unwrap_or(false));
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => {
                    count += usize::from(narrowed(&entry.path()).unwrap_or(false));
                }
                _ => {}
            }
        }
    }
    count
}

/// Returns whether it was wider. Missing files and symbolic links are left alone.
fn narrowed(path: &Path) -> io::Result<bool> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() || found.is_dir() => found,
        Ok(_) => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mode = found.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(false);
    }
    fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS))?;
    Ok(true)
}

fn mode(path: &Path) -> Option<u32> {
    fs::metadata(path)
        .ok()
        .map(|found| found.permissions().mode())
}

/// Whether others of this machine may read a file.
pub fn is_open_to_others(path: &Path) -> bool {
    mode(path).is_some_and(|mode| mode & OTHERS != 0)
}

/// The configuration is the user's own file: it is not changed, but a warning is printed if it contains a password that others can read.
fn warn_of_configuration(path: &Path) {
    if tells_others(path) {
        tell!(
            "jianjia: {} holds a password or key and can be read by others of this machine; narrow it: chmod 600 {}",
            path.display(),
            path.display()
        );
    }
}

/// Whether a configuration file contains a password that others can read.
pub fn tells_others(path: &Path) -> bool {
    is_wide(path) && fs::read_to_string(path).is_ok_and(|text| holds_a_secret(&text))
}

/// Whether others than its owner have any right to a file or folder.
pub fn is_wide(path: &Path) -> bool {
    mode(path).is_some_and(|mode| mode & OTHERS != 0)
}

/// Whether a line sets a database address with a password, or something called a key, password, secret or token.
fn holds_a_secret(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim();
        if line.starts_with('#') {
            return false;
        }
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        let name = name.to_lowercase();
        let has_password = value
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('@'))
            .is_some_and(|(user, _)| user.contains(':'));
        has_password
            || value.to_lowercase().contains("password=")
            || (!name.trim().ends_with("_file") && name.trim() != "passwords")
                && ["key", "password", "secret", "token"]
                    .iter()
                    .any(|word| name.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_with_a_password_is_told_from_one_without() {
        for text in [
            "database = \"postgres://city:secret@127.0.0.1/city\"",
            "database = \"postgres://127.0.0.1/city?password=x\"",
            "slip_key = \"00\"",
        ] {
            assert!(holds_a_secret(text), "{text}");
        }
        for text in [
            "",
            "listen = \"127.0.0.1:8016\"",
            "database = \"postgres:///city\"",
            "# database = \"postgres://city:secret@127.0.0.1/city\"",
        ] {
            assert!(!holds_a_secret(text), "{text}");
        }
    }
}
