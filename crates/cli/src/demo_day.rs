//! Today's date in a demo city, stored in a file of its folder, so that every command there uses it. An instance has no such file and uses the
//! machine's clock.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use jiff::civil::Date;

/// Today's date in the demo city of a folder; `None` if there is no demo city.
///
/// # Errors
/// If the file can't be read or contains no date.
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

/// Stores today's date in the demo city of a folder.
///
/// # Errors
/// If the file can't be written.
pub fn keep(dir: &Path, day: Date) -> Result<()> {
    let path = file(dir);
    fs::write(&path, format!("{day}\n"))
        .with_context(|| format!("{} can't be written", path.display()))
}

fn file(dir: &Path) -> PathBuf {
    dir.join("demo-day")
}
