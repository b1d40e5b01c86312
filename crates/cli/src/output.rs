//! What the program says: data on standard output, words about it on standard error. Whoever reads may have read enough and close its end
//! (`jianjia judge … | head -1`); that is no failure. What is left to say is dropped, and the exit status stays that of the work.

use std::{
    fmt::Arguments,
    io::{self, Write},
};

use anyhow::{Context, Result};

/// Writes a line of data.
///
/// # Errors
/// When standard output can't be written, as on a full disk.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::output::data(format_args!($($words)*))
    };
}

/// Writes a line of words about it, if anybody reads them.
macro_rules! tell {
    ($($words:tt)*) => {
        $crate::output::words(format_args!($($words)*))
    };
}

pub(crate) use {say, tell};

pub fn data(line: Arguments) -> Result<()> {
    unless_closed(writeln!(io::stdout(), "{line}"))
}

pub fn words(line: Arguments) {
    // Where nobody can be told, nobody can be told that either.
    let _ = writeln!(io::stderr(), "{line}");
}

fn unless_closed(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if is_closed(&error) => Ok(()),
        other => other.context("standard output can't be written"),
    }
}

/// Whether the reader of what is written has closed its end.
pub fn is_closed(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}
