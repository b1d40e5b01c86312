//! Loading a standard's folder: every mistake is reported at once, with file, line and column.

mod checks;
mod facts;
mod names;
mod procedure;
mod programme;
mod rating;
pub(crate) mod reader;
mod soundness;

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use toml::de::DeTable;

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

/// Loads the standard in a folder.
pub fn folder(path: &Path) -> Result<Standard, LoadError> {
    let read = |name: &str| {
        let path = path.join(name);
        std::fs::read_to_string(&path).map_err(|source| LoadError::Unreadable { path, source })
    };
    let (standard, facts) = (read("standard.toml")?, read("facts.toml")?);
    texts(&standard, &facts).map_err(LoadError::Mistakes)
}

/// Loads a standard from the texts of its two files; the mistakes are in the order of the files.
pub fn texts(standard_toml: &str, facts_toml: &str) -> Result<Standard, Vec<Mistake>> {
    let standard_ledger = Ledger::new("standard.toml", standard_toml);
    let facts_ledger = Ledger::new("facts.toml", facts_toml);
    let standard_table = parse(&standard_ledger, standard_toml);
    let facts_table = parse(&facts_ledger, facts_toml);
    // After a syntax error parts of a file are missing: what refers to them is not a mistake of its own.
    let whole = standard_ledger.is_empty() && facts_ledger.is_empty();

    let root = Section::root(&standard_ledger, &standard_table);
    let facts_root = Section::root(&facts_ledger, &facts_table);
    let names = Names::gather(&root, &facts_root, whole);
    let (groups, facts) = facts::read(&facts_root, &names);
    let mut standard = programme::read(&root, &names, groups, facts);
    root.finish();
    facts_root.finish();
    standard.version = version(standard_toml, facts_toml);
    if whole {
        soundness::examine(&standard, &names, &standard_ledger, &facts_ledger);
    }

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

fn parse<'a>(ledger: &Ledger<'a>, text: &'a str) -> DeTable<'a> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        ledger.add_syntax_error(at, error.message());
    }
    table.into_inner()
}

/// SHA-256 over both files, each led by its name and length, so that no text can move from one to the other.
fn version(standard_toml: &str, facts_toml: &str) -> String {
    let mut hash = Sha256::new();
    for (name, text) in [("standard.toml", standard_toml), ("facts.toml", facts_toml)] {
        hash.update(format!("{name} {}\n", text.len()));
        hash.update(text);
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
