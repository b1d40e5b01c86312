//! `jianjia bench papers`: a round's certificates with codes and signed links, as PDFs of a hundred each, the papers of applications as an archive has them, or one
//! long table.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, Result};
use clap::Args;
use jianjia_documents::paper::{
    self, Press,
    check::{self, Case},
    fault::Fault,
};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use crate::{
    memory,
    output::{say, tell},
};

/// Makes certificates from the built-in sample, each with a number and link of its own, by the portion as the job of a round does; or one summary
/// table of many rows, or the papers of many applications
///
/// Templates and fonts are read before, and told apart. The last line is JSON.
#[derive(Args)]
pub struct BenchPapers {
    /// How many certificates
    #[arg(long, default_value_t = 1_000)]
    count: usize,
    /// How many in one file
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..))]
    at_once: u16,
    /// Instead of certificates, one summary table of so many rows of nine
    #[arg(long, conflicts_with_all = ["count", "at_once"])]
    rows: Option<usize>,
    /// Instead of certificates, the papers of so many applications, a file for each, as an archive has them
    #[arg(long, conflicts_with_all = ["count", "at_once", "rows"])]
    applications: Option<usize>,
    /// Folder that keeps the files; a temporary one when absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    papers: usize,
    files: usize,
    bytes: usize,
    /// Reading templates and finding fonts, once in the life of a server.
    open_s: f64,
    /// From data to files on disk.
    seconds: f64,
    peak_mb: u64,
    cores: usize,
}

impl Report {
    fn keep(&mut self, folder: &Path, papers: usize, pdf: &[u8]) -> Result<()> {
        self.files += 1;
        self.papers += papers;
        self.bytes += pdf.len();
        let path = folder.join(format!("{:04}.pdf", self.files));
        fs::write(&path, pdf).with_context(|| format!("{}", path.display()))
    }
}

pub fn run(command: &BenchPapers) -> Result<ExitCode> {
    let temporary = tempfile::tempdir().context("no folder for the files")?;
    let folder = command.out.as_deref().unwrap_or(temporary.path());
    fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    let began = Instant::now();
    let press = paper::open(None, &[])?;
    let open_s = began.elapsed().as_secs_f64();
    let mut report = Report {
        papers: 0,
        files: 0,
        bytes: 0,
        open_s,
        seconds: 0.0,
        peak_mb: 0,
        cores: rayon::current_num_threads(),
    };
    let began = Instant::now();
    let what = if let Some(rows) = command.rows {
        table(&press, rows, folder, &mut report)?;
        format!("summary table of {rows} rows")
    } else if let Some(count) = command.applications {
        applications(&press, count, folder, &mut report)?;
        format!("{} papers of {count} applications", report.papers)
    } else {
        certificates(&press, command, folder, &mut report)?;
        format!("{} certificates", report.papers)
    };
    report.seconds = began.elapsed().as_secs_f64();
    report.peak_mb = memory::peak_mb();
    tell!(
        "{what} in {} files, {} bytes: {:.2} s (and {:.2} s for templates and fonts), {} MB at most",
        report.files,
        report.bytes,
        report.seconds,
        report.open_s,
        report.peak_mb
    );
    say!("{}", serde_json::to_string(&report)?)?;
    Ok(ExitCode::SUCCESS)
}

fn certificates(
    press: &Press,
    command: &BenchPapers,
    folder: &Path,
    report: &mut Report,
) -> Result<()> {
    let (sample, pictures) = check::trial(press, "certificate", Case::Sample)?;
    let link = sample["link"].as_str().unwrap_or_default().to_owned();
    let certificates = (1..=command.count).map(|number| {
        let mut data = sample.clone();
        data["number"] = format!("CZ2016-XL-{number:05}").into();
        // As long as a signed link is, and another for each.
        data["link"] = format!("{link}{number:05}").into();
        data
    });
    let at_once = usize::from(command.at_once);
    paper::pdf_in_parts(
        press,
        "certificate",
        certificates,
        &pictures,
        at_once,
        |part| -> Result<()> { report.keep(folder, part.papers, &part.pdf) },
    )
}

fn table(press: &Press, rows: usize, folder: &Path, report: &mut Report) -> Result<()> {
    let (mut data, pictures) = check::trial(press, "summary", Case::Sample)?;
    let sample = data["rows"].as_array().cloned().unwrap_or_default();
    let numbered = (1..).zip(sample.iter().cycle()).take(rows);
    data["rows"] = numbered
        .map(|(number, row): (usize, _)| {
            let mut row = row.clone();
            row["name"] = format!("{}{number}", row["name"].as_str().unwrap_or_default()).into();
            row
        })
        .collect();
    let summary = paper::compose(press, "summary", &data, &pictures)?;
    report.keep(folder, 1, &paper::pdf(press, &[summary])?)
}

/// Files that are in memory together.
const FILES: usize = 16;

fn applications(press: &Press, count: usize, folder: &Path, report: &mut Report) -> Result<()> {
    // The kinds, each with where its sample names the union.
    let kinds = [
        ("application", "/union/name"),
        ("story", "/unit"),
        ("posting", "/union"),
        ("review", "/union"),
    ];
    let samples = kinds
        .into_iter()
        .map(|(kind, at)| Ok((kind, at, check::trial(press, kind, Case::Sample)?)))
        .collect::<Result<Vec<_>, Fault>>()?;
    let numbers: Vec<usize> = (1..=count).collect();
    for some in numbers.chunks(FILES) {
        let made = some.par_iter().map(|number| {
            let mut papers = Vec::new();
            for (kind, at, (data, pictures)) in &samples {
                let mut data = data.clone();
                if let Some(name) = data.pointer_mut(at) {
                    *name = format!("第{number}机械厂工会").into();
                }
                papers.push(paper::compose(press, kind, &data, pictures)?);
            }
            paper::pdf(press, &papers)
        });
        for pdf in made.collect::<Result<Vec<_>, Fault>>()? {
            report.keep(folder, samples.len(), &pdf)?;
        }
    }
    Ok(())
}
