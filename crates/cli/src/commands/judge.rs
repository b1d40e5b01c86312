//! `jianjia judge`: judges JSON lines without a database; JSON lines out, in input order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use jianjia_standard::{Lang, Standard, judge, subject_line};
use jiff::civil::Date;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::commands::standard;
use crate::output::{is_closed, tell};

/// Judges JSON lines, one subject per line, without a database; JSON lines out, in input order.
///
/// A line that can't be read is reported on standard error with its number and key; the others are still judged, and the exit status is 1. A line
/// can have at most 256 KB.
#[derive(Args)]
pub struct Judge {
    /// Folder of the standard
    #[arg(long, value_name = "DIR")]
    standard: PathBuf,
    /// As-of day of the judgement, such as 2016-10-15
    #[arg(long, value_name = "DATE")]
    as_of: Date,
    /// JSON lines to judge; standard input if absent or `-`
    #[arg(value_name = "FILE", default_value = "-")]
    input: PathBuf,
}

/// Lines per batch: enough to occupy all cores, few enough to answer while input still arrives.
const LINES_AT_A_TIME: usize = 4096;
/// Bytes per batch.
const BYTES_AT_A_TIME: usize = 16 * 1024 * 1024;
/// The size limit of a line in bytes. The longest line of a real subject has some tens of thousands.
const LINE_LIMIT: usize = 256 * 1024;
/// The byte-order mark that editors of Windows put in front of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

pub fn run(command: &Judge) -> Result<ExitCode> {
    let standard = standard::in_folder(&command.standard)?;
    let mut output = BufWriter::new(io::stdout().lock());
    let programme = &standard.programme;
    if let Some((first, last)) = programme.outside(command.as_of.year()) {
        tell!(
            "jianjia: {} is outside the programme's years, {first} to {last}; the answers say what its criteria would be met by on that day",
            command.as_of
        );
    }
    let mut input = open(&command.input)?;
    let mut number = 0;
    let mut failed = 0;
    loop {
        let lines = next_lines(&mut input, &mut number)?;
        if lines.is_empty() {
            break;
        }
        match judge_lines(&standard, command.as_of, &lines, &mut output) {
            Ok(unread) => failed += unread,
            // The reader has read enough and closed the pipe.
            Err(error) if is_closed(&error) => return Ok(ExitCode::SUCCESS),
            Err(error) => return Err(error).context("standard output can't be written"),
        }
    }
    if failed > 0 {
        let (lines, them) = match failed {
            1 => ("line", "it"),
            _ => ("lines", "them"),
        };
        tell!("jianjia: {failed} {lines} could not be judged; mend {them} and judge again");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

type Input = BufReader<Box<dyn Read>>;

fn open(input: &Path) -> Result<Input> {
    let source: Box<dyn Read> = if input == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(input).with_context(|| {
            format!(
                "{} can't be opened; name a file of JSON lines, or - for standard input",
                input.display()
            )
        })?)
    };
    let mut input = BufReader::with_capacity(1 << 20, source);
    let beginning = input.fill_buf().context("the input can't be read")?;
    // Without a mark it has a zero in each pair of bytes that is a sign of ASCII.
    let is_utf16 = beginning.starts_with(&[0xff, 0xfe])
        || beginning.starts_with(&[0xfe, 0xff])
        || beginning.iter().take(2).any(|byte| *byte == 0);
    if is_utf16 {
        bail!("the input is UTF-16; save it as UTF-8 and judge it again");
    }
    Ok(input)
}

/// Judges lines and writes the results in order; returns the number of lines that could not be judged.
fn judge_lines(
    standard: &Standard,
    as_of: Date,
    lines: &[(usize, Line)],
    output: &mut impl Write,
) -> io::Result<usize> {
    let answers: Vec<Result<Vec<u8>, String>> = lines
        .par_iter()
        .map(|(number, line)| answer(standard, as_of, *number, line))
        .collect();
    let mut failed = 0;
    for answer in answers {
        match answer {
            Ok(line) => output.write_all(&line)?,
            Err(message) => {
                failed += 1;
                tell!("{message}");
            }
        }
    }
    // Flush after each batch, so that an interactive caller sees results before sending more.
    output.flush()?;
    Ok(failed)
}

/// A line of the input.
enum Line {
    Whole(Vec<u8>),
    /// Over the size limit.
    TooLong,
}

/// The next lines with their numbers, without empty ones: as many as have arrived, at most a batch.
fn next_lines(input: &mut Input, number: &mut usize) -> Result<Vec<(usize, Line)>> {
    let mut lines = Vec::new();
    let mut bytes = 0;
    while lines.len() < LINES_AT_A_TIME && bytes < BYTES_AT_A_TIME {
        let mut line = Vec::new();
        let mut within = input.by_ref().take(LINE_LIMIT as u64 + 1);
        let length = within.read_until(b'\n', &mut line);
        let length = length.context("the input can't be read")?;
        if length == 0 {
            break;
        }
        *number += 1;
        bytes += length;
        if *number == 1 && line.starts_with(MARK) {
            line.drain(..MARK.len());
        }
        if length > LINE_LIMIT && !line.ends_with(b"\n") {
            input.skip_until(b'\n').context("the input can't be read")?;
            lines.push((*number, Line::TooLong));
        } else if !line.trim_ascii().is_empty() {
            lines.push((*number, Line::Whole(line)));
        }
        if !lines.is_empty() && input.buffer().is_empty() {
            break;
        }
    }
    Ok(lines)
}

/// The judgement of a line as JSON, or its mistakes, a sentence for each key.
fn answer(standard: &Standard, as_of: Date, number: usize, line: &Line) -> Result<Vec<u8>, String> {
    let told = |sentence: String| format!("line {number}: {sentence}");
    let line = match line {
        Line::Whole(line) => line.as_slice(),
        Line::TooLong => {
            return Err(told(format!(
                "it has more than {} KB: write one object, {{ … }}, a line",
                LINE_LIMIT / 1024
            )));
        }
    };
    let subject = subject_line::read_bytes(standard, as_of, line).map_err(|errors| {
        let sentences: Vec<String> = errors
            .iter()
            .map(|error| told(error.sentence(Lang::En)))
            .collect();
        sentences.join("\n")
    })?;
    let judgement = judge::judge(standard, &subject, as_of);
    let mut answer = serde_json::to_vec(&judgement)
        .map_err(|error| told(format!("can't be written: {error}")))?;
    answer.push(b'\n');
    Ok(answer)
}
