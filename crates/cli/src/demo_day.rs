//! The day that it is in a demo city. It stands in a file of the city's folder, so that every command there runs on it, and a real instance,
//! which has no such file, on the machine's clock.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use jiff::civil::Date;

/// The day of the demo city in a folder; none where there is no demo city.
///
/// # Errors
/// When the file can't be read or holds no day.
pub fn read(dir: &Path) -> Result<Option<Date>> {
    let path = file(dir);
    match fs::read_to_string(&path) {
        Ok(text) => text
            .trim()
            .parse()
            .map(Some)
            .with_context(|| format!("{} holds no day like 2016-10-20", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} can't be read", path.display())),
    }
}

/// Keeps the day of the demo city in a folder.
///
/// # Errors
/// When the file can't be written.
pub fn keep(dir: &Path, day: Date) -> Result<()> {
    let path = file(dir);
    fs::write(&path, format!("{day}\n"))
        .with_context(|| format!("{} can't be written", path.display()))
}

fn file(dir: &Path) -> PathBuf {
    dir.join("demo-day")
}
