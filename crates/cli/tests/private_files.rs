//! The files of an instance are its owner's alone, made so and narrowed where they were not.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

/// Runs the program from a shell that would let everybody read and write; gives what it tells.
fn jianjia(folder: &Path, words: &str) -> String {
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("umask 000; exec \"$0\" {words}"))
        .arg(env!("CARGO_BIN_EXE_jianjia"))
        .current_dir(folder)
        .env_remove("JIANJIA_DATABASE")
        .env_remove("JIANJIA_DIR")
        .env_remove("JIANJIA_STANDARD")
        .output()
        .expect("the program starts");
    let told = String::from_utf8([output.stdout, output.stderr].concat()).expect("words");
    assert!(output.status.success(), "{words}: {told}");
    told
}

/// What below a folder group or others may do anything with.
fn wide(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        let metadata = fs::metadata(&path).expect("what is there");
        if metadata.permissions().mode() & 0o077 != 0 {
            found.push(path.clone());
        }
        if metadata.is_dir() {
            left.extend(
                fs::read_dir(&path)
                    .expect("a folder")
                    .map(|entry| entry.expect("an entry").path()),
            );
        }
    }
    found
}

fn widen(path: &Path) {
    let mode = if path.is_dir() { 0o777 } else { 0o666 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("widened");
}

#[test]
fn what_the_program_makes_is_its_owners_alone_and_what_was_wider_is_narrowed() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    jianjia(folder.path(), "account wangfang --dir city");
    jianjia(folder.path(), "backup city.zip --dir city");
    // One that is there already is narrowed, too.
    fs::write(at("out.csv"), "old").expect("a file");
    widen(&at("out.csv"));
    jianjia(folder.path(), "export unions out.csv --dir city");
    for name in ["city", "city.zip", "out.csv"] {
        assert_eq!(wide(&at(name)), Vec::<PathBuf>::new(), "{name}");
    }
    jianjia(folder.path(), "restore city.zip --dir again");
    assert_eq!(wide(&at("again")), Vec::<PathBuf>::new());

    // An instance of an earlier version, open to everybody.
    fs::create_dir_all(at("city/files/ab")).expect("a folder");
    fs::write(at("city/files/ab/abcd"), "evidence").expect("a file");
    fs::write(
        at("city/jianjia.toml"),
        "# database = \"postgres://city:secret@127.0.0.1/city\"\nlisten = \"127.0.0.1:0\"\n",
    )
    .expect("a file");
    for name in [
        "city",
        "city/jianjia.db",
        "city/slip.key",
        "city/jianjia.toml",
        "city/files",
        "city/files/ab",
        "city/files/ab/abcd",
    ] {
        widen(&at(name));
    }
    let told = jianjia(folder.path(), "account lihua --dir city");
    for words in [
        "jianjia: city could be read by others",
        "jianjia: city/jianjia.db could be read by others",
        "jianjia: city/slip.key could be read by others",
        "jianjia: 3 files and folders in city/files could be read by others",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("jianjia.toml"), "it holds no secret: {told}");
    assert_eq!(
        wide(&at("city")),
        [at("city/jianjia.toml")],
        "somebody's own file is left"
    );
    let told = jianjia(folder.path(), "account zhaomin --dir city");
    assert!(!told.contains("could be read"), "told once: {told}");
    // A folder that is not the instance's own keeps its rights.
    fs::create_dir(at("shared")).expect("a folder");
    fs::write(at("shared/other"), "another's").expect("a file");
    widen(&at("shared"));
    let told = jianjia(folder.path(), "account wangfang --dir shared");
    assert!(
        told.contains("give the instance a folder of its own"),
        "{told}"
    );
    assert_eq!(
        wide(&at("shared")).len(),
        2,
        "the folder and what was in it"
    );
}
