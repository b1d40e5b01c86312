//! The program's output: data on standard output, messages on standard error. A reader may close its end early (`jianjia judge … | head -1`), which
//! is no failure: the rest is dropped, and the exit status is that of the work.

use std::{
    fmt::Arguments,
    io::{self, Write},
};

use anyhow::{Context, Result};

/// Writes a line of data.
///
/// # Errors
/// If standard output can't be written, as on a full disk.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::output::data(format_args!($($words)*))
    };
}

/// Writes a line of messages, if anybody reads them.
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
    // If standard error can't be written, there is nowhere to report that.
    let _ = writeln!(io::stderr(), "{line}");
}

fn unless_closed(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if is_closed(&error) => Ok(()),
        other => other.context("standard output can't be written"),
    }
}

/// Whether the reader has closed its end.
pub fn is_closed(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}
