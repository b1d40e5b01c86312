//! `jianjia import KIND FILE`: imports a table into the register, all or nothing.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use jianjia_app::{
    core::{clock::Clock, error::Error},
    exchange::import::{
        self as imports, Wanted,
        machine::{self, AtTheMachine},
        returned,
    },
};
use jianjia_domain::exchange::import::{
    ImportKind,
    fate::{ImportReport, Outcome, RowFate, joined},
    table::HiddenRows,
};
use jianjia_standard::Lang;

use crate::{
    instance::{self, Instance},
    output::{say, tell},
};

/// Imports a table (.xlsx or .csv), all or nothing, and prints the result of every row
///
/// A table can have at most 20 MB, 110,000 rows, 2,000,000 cells and 32,767 characters per cell.
#[derive(Args)]
pub struct Import {
    /// What the table contains
    kind: Kind,
    /// The table; `jianjia import KIND --template FILE` writes an empty one
    file: PathBuf,
    /// Only print what would happen to every row
    #[arg(long)]
    dry_run: bool,
    /// Import the rows that can be imported, even if others can't
    #[arg(long)]
    good_rows: bool,
    /// Write the rows that can't be imported to this workbook, with the reasons beside the bad cells
    #[arg(long, value_name = "FILE")]
    returned: Option<PathBuf>,
    /// Leave out rows that the spreadsheet program hides
    #[arg(long)]
    leave_hidden: bool,
    /// Write the empty template to FILE instead of importing it
    #[arg(long)]
    template: bool,
    /// With --template, the year of the year sheets [default: this year]
    #[arg(long, requires = "template")]
    year: Option<i16>,
    /// Print in English
    #[arg(long)]
    english: bool,
    #[command(flatten)]
    instance: Instance,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Kind {
    /// Administrative divisions
    Divisions,
    /// Unions, federations and branches
    Unions,
    /// People of unions
    People,
    /// Year sheets: one row per union and year, one column per fact
    Sheets,
    /// Titles already held
    Titles,
    /// Vetoes of units by year
    Vetoes,
    /// What departments answer of the units that they were asked about
    Answers,
    /// What the yearly subsidies of units start from
    SubsidyBases,
    /// Accounts without passwords: one row per person and role
    Accounts,
}

impl Kind {
    pub fn domain(self) -> ImportKind {
        match self {
            Kind::Divisions => ImportKind::Divisions,
            Kind::Unions => ImportKind::Unions,
            Kind::People => ImportKind::People,
            Kind::Sheets => ImportKind::Sheets,
            Kind::Titles => ImportKind::Titles,
            Kind::Vetoes => ImportKind::Vetoes,
            Kind::Answers => ImportKind::Answers,
            Kind::SubsidyBases => ImportKind::SubsidyBases,
            Kind::Accounts => ImportKind::Accounts,
        }
    }
}

pub fn run(command: &Import) -> Result<ExitCode> {
    let lang = if command.english { Lang::En } else { Lang::Zh };
    let kind = command.kind.domain();
    if command.template {
        let standards = command.instance.standards()?;
        let year = command.year;
        let year = year.unwrap_or_else(|| Clock::Real.today().year());
        let template = imports::templates::template(standards.of(year), year, kind)?;
        std::fs::write(&command.file, template.bytes).with_context(|| {
            format!(
                "{} can't be written; name a file in a folder that exists",
                command.file.display()
            )
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let bytes = read(&command.file).with_context(|| {
        format!(
            "{} can't be read; name the table to import",
            command.file.display()
        )
    })?;
    let name = command
        .file
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    instance::run(async {
        let app = if command.dry_run {
            command.instance.open_existing().await?
        } else {
            command.instance.open().await?
        };
        let asked = asked(command);
        let taken = machine::read_for_the_machine(&app, kind, &name, &bytes, &asked);
        let done = match taken {
            Ok(taken) => machine::write_at_the_machine(&app, kind, &taken, &asked)
                .await
                .map(|report| (report, taken)),
            Err(error) => Err(error),
        };
        let (report, taken) = match done {
            Ok(done) => done,
            Err(Error::Refused(refusal)) => {
                tell!("jianjia: {}", refusal.sentence(lang));
                return Ok(ExitCode::FAILURE);
            }
            Err(error) => return Err(error.into()),
        };
        app.db.close().await;
        say_fates(&report, lang)?;
        if let Some(file) = &command.returned {
            let bytes = returned::workbook_of(kind, &report.rows, &taken, lang)?;
            std::fs::write(file, bytes)
                .with_context(|| format!("{} can't be written", file.display()))?;
        }
        Ok(tell_outcome(command, &report, lang))
    })
}

fn asked(command: &Import) -> AtTheMachine {
    AtTheMachine {
        only_look: command.dry_run,
        wanted: if command.good_rows {
            Wanted::Good
        } else {
            Wanted::All
        },
        hidden_rows: if command.leave_hidden {
            HiddenRows::Leave
        } else {
            HiddenRows::Take
        },
    }
}

/// What was left aside, the numbers, and what to do.
fn tell_outcome(command: &Import, report: &ImportReport, lang: Lang) -> ExitCode {
    for sentence in report.aside.sentences() {
        tell!("{}", sentence.get(lang));
    }
    let [new, changed, unchanged, duplicate, refused] = report.counts();
    tell!(
        "{new} new, {changed} changed, {unchanged} unchanged, {duplicate} duplicate, {refused} refused"
    );
    if refused > 0 && report.only_good {
        tell!(
            "the other rows were imported; mend the refused rows and import them again (--returned FILE writes them)"
        );
        return ExitCode::SUCCESS;
    }
    if refused > 0 {
        tell!("jianjia: nothing was imported; mend the refused rows and import the table again");
        return ExitCode::FAILURE;
    }
    if command.dry_run {
        tell!("nothing was imported: this was a dry run");
    }
    ExitCode::SUCCESS
}

/// The file; of one that is too large, only enough to show that.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = imports::BYTES_LIMIT as u64 + 1;
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// One line per row: number (behind its sheet's name, where several are read), result, name, why, and what is written of it.
fn say_fates(report: &ImportReport, lang: Lang) -> Result<()> {
    for fate in &report.rows {
        let (word, why) = match &fate.outcome {
            Outcome::New => ("new", String::new()),
            Outcome::Changed { fields } => (
                "changed",
                fields
                    .iter()
                    .map(|field| field.get(lang))
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            Outcome::Unchanged => ("unchanged", String::new()),
            Outcome::Duplicate { of_row, of_sheet } => ("duplicate", numbered(of_sheet, *of_row)),
            Outcome::Refused { reasons } => {
                let reasons: Vec<String> = reasons
                    .iter()
                    .map(|reason| match reason.column.get(lang) {
                        "" => reason.sentence.get(lang).to_owned(),
                        column => format!("{column}: {}", reason.sentence.get(lang)),
                    })
                    .collect();
                ("refused", joined(reasons.iter().map(String::as_str), lang))
            }
        };
        let row = numbered(&fate.place.sheet, fate.place.row);
        let said = match fate.outcome {
            Outcome::New | Outcome::Changed { .. } => said(report, fate, lang),
            _ => String::new(),
        };
        say!("{row}\t{word}\t{}\t{why}\t{said}", fate.name)?;
    }
    Ok(())
}

fn numbered(sheet: &str, row: usize) -> String {
    if sheet.is_empty() {
        row.to_string()
    } else {
        format!("{sheet}!{row}")
    }
}

/// The columns of a row that hold something, with their headings.
fn said(report: &ImportReport, fate: &RowFate, lang: Lang) -> String {
    let said = report.columns.iter().zip(&fate.says);
    said.map(|(column, said)| (column, said.get(lang)))
        .filter(|(_, said)| !said.is_empty())
        .map(|(column, said)| format!("{}: {said}", column.get(lang)))
        .collect::<Vec<_>>()
        .join("; ")
}
