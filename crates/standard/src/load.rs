//! Loading a standard's folder: every mistake is reported at once, with file, line and column.

mod calendar;
mod checks;
mod departments;
mod divisions;
mod facts;
mod higher_honour;
mod insight;
mod mending;
mod money;
mod names;
mod procedure;
mod programme;
mod publication;
mod rating;
pub(crate) mod reader;
mod sharing;
mod soundness;
mod spot_check;
mod structure;
pub(crate) mod subsidy;
mod tables;
mod titles;
mod visit;
mod working_days;
mod xray;

use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use toml::de::DeTable;

use crate::load::mending::{Mended, mend};
use crate::load::names::Names;
use crate::load::reader::{Ledger, Section};
use crate::programme::Standard;

/// A mistake in a standard's files. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{}:{}:{}: {}",
            self.file, self.line, self.column, self.message
        )
    }
}

/// Why a standard could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("{}: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}", sentence(.0))]
    Mistakes(Vec<Mistake>),
}

/// The size limit of a file of a standard, in bytes: thirty times our own.
const FILE_LIMIT: u64 = 2 * 1024 * 1024;

/// Loads the standard in a folder.
pub fn folder(path: &Path) -> Result<Standard, LoadError> {
    let read = |name: &str| {
        let path = path.join(name);
        let bytes = file(&path, name, FILE_LIMIT)?;
        String::from_utf8(bytes).map_err(|error| {
            let source = std::io::Error::new(std::io::ErrorKind::InvalidData, error.utf8_error());
            LoadError::Unreadable { path, source }
        })
    };
    let (standard, facts) = (read("standard.toml")?, read("facts.toml")?);
    texts(&standard, &facts).map_err(LoadError::Mistakes)
}

/// A file's content, unless it is over the size limit.
pub(crate) fn file(path: &Path, name: &str, limit: u64) -> Result<Vec<u8>, LoadError> {
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(path);
    opened
        .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|source| LoadError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
    if bytes.len() as u64 > limit {
        return Err(LoadError::Mistakes(vec![Mistake {
            file: name.to_owned(),
            line: 1,
            column: 1,
            message: format!(
                "has more than {} MB; a standard's file is far shorter",
                limit / (1024 * 1024)
            ),
        }]));
    }
    Ok(bytes)
}

/// Loads a standard from the texts of its two files; the mistakes are in the order of the files.
pub fn texts(standard_toml: &str, facts_toml: &str) -> Result<Standard, Vec<Mistake>> {
    let (mended_standard, mended_facts) = (mend(standard_toml), mend(facts_toml));
    let standard_ledger = ledger("standard.toml", standard_toml, &mended_standard);
    let facts_ledger = ledger("facts.toml", facts_toml, &mended_facts);
    let (standard_table, facts_table) = (parse(&mended_standard.text), parse(&mended_facts.text));

    let root = Section::root(&standard_ledger, &standard_table);
    let facts_root = Section::root(&facts_ledger, &facts_table);
    let lost = [&mended_standard.losses, &mended_facts.losses];
    let lost = lost.into_iter().flat_map(|losses| losses.words.clone());
    let names = Names::gather(&root, &facts_root, lost.collect());
    let (groups, facts) = facts::read(&facts_root, &names);
    let mut standard = programme::read(&root, &names, groups, facts);
    root.finish();
    facts_root.finish();
    standard.version = version(standard_toml, facts_toml);
    soundness::examine(&standard, &names, &standard_ledger, &facts_ledger);

    let mut mistakes = facts_ledger.into_mistakes();
    mistakes.extend(standard_ledger.into_mistakes());
    mistakes.sort();
    mistakes.dedup();
    if mistakes.is_empty() {
        Ok(standard)
    } else {
        Err(mistakes)
    }
}

fn ledger<'a>(file: &'static str, text: &'a str, mended: &Mended) -> Ledger<'a> {
    let ledger = Ledger::new(file, text);
    for (at, message) in &mended.errors {
        ledger.add(*at, format!("not valid TOML: {message}"));
    }
    ledger.suppressing(mended.losses.clone())
}

/// Parses a mended text, which has no errors left.
fn parse(text: &str) -> DeTable<'_> {
    DeTable::parse_recoverable(text).0.into_inner()
}

/// SHA-256 over both files, each preceded by its name and length, so that no text can move from one to the other.
/// Line ends of Windows are those of the rest: an editor that changes them changes nothing of the standard.
fn version(standard_toml: &str, facts_toml: &str) -> String {
    let mut hash = Sha256::new();
    for (name, text) in [("standard.toml", standard_toml), ("facts.toml", facts_toml)] {
        let text = text.replace("\r\n", "\n");
        hash.update(format!("{name} {}\n", text.len()));
        hash.update(&text);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn sentence(mistakes: &[Mistake]) -> String {
    let lines: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
    lines.join("\n")
}
