//! The same areas on every floor (`docs/architecture.md`): a file imports from its own area and from those before it in the list, in its own
//! crate and in those below. So no two areas stand in a circle, and whoever reads the list from the top never needs what comes later.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// In reading order.
const AREAS: &[&str] = &[
    "core", "register", "year", "rating", "honour", "round", "check", "money", "sharing",
    "insight", "amending", "office", "exchange",
];

/// The floors that are parted into areas: the crate's name in a path, and the folder whose folders are the areas.
const FLOORS: &[(&str, &str)] = &[
    ("jianjia_domain", "domain/src"),
    ("jianjia_store", "store/src"),
    ("jianjia_app", "app/src"),
    ("jianjia_web", "web/src/pages"),
];

#[test]
fn a_file_imports_only_from_its_own_area_and_those_before_it() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut downwards = Vec::new();
    let mut looked_at = 0;
    for (name, folder) in FLOORS {
        let folder = crates.join(folder);
        for file in sources(&folder) {
            let inside = file.strip_prefix(&folder).expect("a file of the folder");
            let Some(own) = area_of(inside) else { continue };
            let text = fs::read_to_string(&file).expect("a source");
            looked_at += 1;
            for path in imports(&text, name) {
                if path.iter().skip(1).any(|step| rank(step) > Some(own)) && is_downward(&path, own)
                {
                    downwards.push(format!("{}: {}", file.display(), path.join("::")));
                }
            }
        }
    }
    assert!(looked_at > 200, "only {looked_at} files were looked at");
    assert!(
        downwards.is_empty(),
        "{} imports go to an area further down the list:\n{}",
        downwards.len(),
        downwards.join("\n")
    );
}

#[test]
fn every_folder_of_a_floor_is_an_area() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = BTreeSet::new();
    for (_, folder) in FLOORS {
        for entry in fs::read_dir(crates.join(folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            if entry.path().is_dir() {
                folders.insert(entry.file_name().to_string_lossy().into_owned());
            }
        }
    }
    folders.retain(|folder| rank(folder).is_none());
    // What serves the tests of several areas.
    folders.remove("testing");
    assert_eq!(folders, BTreeSet::new());
}

#[test]
fn imports_are_found_wherever_they_stand() {
    let text = r"
        use jianjia_app::{core::app::App, round::{naming::{self, Naming}, quota as quotas}};
        pub(crate) use crate::year::sheet::Sheet;
        // use crate::office::account;
        fn f() { crate::pages::office::desk::show(); jianjia_store::rating::poll::find() }
        #[cfg(test)]
        mod tests { use crate::exchange::import; }
    ";
    let found: BTreeSet<String> = imports(text, "jianjia_web")
        .into_iter()
        .map(|path| path.join("::"))
        .collect();
    let expected = [
        "jianjia_app::core::app::App",
        "jianjia_app::round::naming::self",
        "jianjia_app::round::naming::Naming",
        "jianjia_app::round::quota",
        "jianjia_store::rating::poll::find",
        "jianjia_web::year::sheet::Sheet",
        "jianjia_web::office::desk::show",
    ];
    assert_eq!(found, expected.into_iter().map(str::to_owned).collect());
}

fn rank(area: &str) -> Option<usize> {
    AREAS.iter().position(|known| *known == area)
}

fn area_of(inside: &Path) -> Option<usize> {
    let first = inside.components().next()?.as_os_str().to_str()?;
    rank(first.strip_suffix(".rs").unwrap_or(first))
}

/// Whether the path's area (its first step after the crate) comes after `own`.
fn is_downward(path: &[String], own: usize) -> bool {
    path.get(1).and_then(|area| rank(area)) > Some(own)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every path that a source names from one of the floors, in `use` lines and elsewhere, without comments and its tests. `own` stands for `crate`.
fn imports(text: &str, own: &str) -> Vec<Vec<String>> {
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code = match code.find("#[cfg(test)]") {
        Some(at)
            if code[at..]
                .trim_start_matches("#[cfg(test)]")
                .trim_start()
                .starts_with("mod ") =>
        {
            &code[..at]
        }
        _ => code,
    };
    let mut found = Vec::new();
    for start in [
        "crate",
        "jianjia_domain",
        "jianjia_store",
        "jianjia_app",
        "jianjia_web",
    ] {
        let head = format!("{start}::");
        for (at, _) in code.match_indices(&head) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|letter| letter.is_alphanumeric() || "_$:".contains(letter)) {
                continue;
            }
            let floor = if start == "crate" { own } else { start };
            let mut rest = &code[at + head.len()..];
            tree(&mut rest, &mut vec![floor.to_owned()], &mut found);
        }
    }
    // Pages stand in a folder of their own.
    for path in &mut found {
        if path.get(1).is_some_and(|step| step == "pages") {
            path.remove(1);
        }
    }
    found
}

/// Reads `a::{b, c::d as e}` from where `rest` begins, adding every full path.
fn tree(rest: &mut &str, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    *rest = rest.trim_start();
    if let Some(inner) = rest.strip_prefix('{') {
        *rest = inner;
        loop {
            *rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('}') {
                *rest = after;
                return;
            }
            if rest.is_empty() {
                return;
            }
            tree(rest, &mut path.clone(), found);
            *rest = rest.trim_start();
            if let Some(alias) = rest.strip_prefix("as ") {
                let end = alias.find([',', '}', ';']).unwrap_or(alias.len());
                *rest = &alias[end..];
            }
            *rest = rest.strip_prefix(',').unwrap_or(rest);
        }
    }
    let end = rest
        .find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '*')
        .unwrap_or(rest.len());
    let name = &rest[..end];
    *rest = &rest[end..];
    if name.is_empty() {
        // Nothing that a path can go on with: over it, so that reading comes to an end.
        let mut letters = rest.chars();
        letters.next();
        *rest = letters.as_str();
        return;
    }
    path.push(name.to_owned());
    match rest.strip_prefix("::") {
        Some(after) if !after.starts_with('<') => {
            *rest = after;
            tree(rest, path, found);
        }
        _ => found.push(path.clone()),
    }
}
