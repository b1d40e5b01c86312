//! The SQL of `migrations/` and `src/` keeps to the common dialect of SQLite and PostgreSQL. What slips through here still fails in the
//! tests that run every store function on both; this test says so earlier, with the reason.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What only one engine understands, or understands differently, and what to write instead.
const FOREIGN: &[(&str, &str)] = &[
    ("AUTOINCREMENT", "ids are made by us"),
    (" SERIAL", "ids are made by us"),
    (" BOOLEAN", "truth is BIGINT 0 or 1"),
    (" INTEGER", "numbers are BIGINT"),
    (" REAL", "no floating point near a verdict"),
    (" TIMESTAMP", "instants are TEXT, RFC 3339 UTC"),
    (" JSONB", "structures are JSON in TEXT"),
    ("::", "write CAST(x AS BIGINT)"),
    ("ILIKE", "compare a normalised column"),
    (" GLOB ", "use LIKE or a path range"),
    ("NOW()", "the clock is handed in"),
    ("CURRENT_TIMESTAMP", "the clock is handed in"),
    ("STRFTIME(", "days are computed in Rust"),
    ("DATE(", "days are computed in Rust"),
    ("RANDOM()", "randomness is handed in"),
    ("INSERT OR ", "write ON CONFLICT"),
    ("IFNULL(", "write COALESCE"),
    ("GROUP_CONCAT", "write STRING_AGG(x, ','), which both know"),
    ("JSON_EXTRACT", "read JSON in Rust"),
    ("ROWID", "SQLite only"),
    ("CTID", "PostgreSQL only"),
];

#[test]
fn sql_keeps_to_the_common_ground() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut statements = Vec::new();
    for file in files_in(&root.join("migrations")) {
        let text = fs::read_to_string(&file).unwrap();
        let code: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("--"))
            .collect();
        statements.push((file.display().to_string(), code.join("\n")));
    }
    for file in files_in(&root.join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        // Code for one engine each: pragmas and locks in `core/db`, and the triggers of the trail.
        let name = file.display().to_string();
        if ["/core/db", "/core/cover/triggers.rs"]
            .iter()
            .any(|part| name.contains(part))
        {
            continue;
        }
        for literal in text
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|literal| is_sql(literal))
        {
            statements.push((name.clone(), literal.to_owned()));
        }
    }
    assert!(
        statements.len() > 200,
        "the search for statements finds too few: {}",
        statements.len()
    );
    let mut mistakes = Vec::new();
    for (file, sql) in &statements {
        let upper = sql.to_uppercase();
        for (foreign, instead) in FOREIGN {
            if upper.contains(foreign) {
                mistakes.push(format!(
                    "{file}: {foreign} is not common ground ({instead}): {sql}"
                ));
            }
        }
        for function in ["SUM(", "COUNT("] {
            for (at, _) in upper.match_indices(function) {
                if !upper[..at].ends_with("CAST(") && !upper[..at].ends_with("HAVING ") {
                    mistakes.push(format!("{file}: write CAST({function}…) AS BIGINT): {sql}"));
                }
            }
        }
        if upper.contains('?') {
            mistakes.push(format!("{file}: parameters are $1, $2 …: {sql}"));
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n\n"));
}

fn is_sql(literal: &str) -> bool {
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "]
        .iter()
        .any(|verb| literal.trim_start().starts_with(verb))
}

/// The files of a folder and of all folders in it.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
