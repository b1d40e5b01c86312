//! Small files that are made to fill the memory: the program refuses them with a sentence within an address space that they would burst.
#![cfg(target_os = "linux")]

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use zip::{ZipWriter, write::SimpleFileOptions};

/// Kilobytes of address space.
const ROOM: &str = "2000000";

/// Runs the program within the room, feeding it; gives its exit status and all that it told.
fn jianjia(words: &[&str], input: &[u8]) -> (Option<i32>, String) {
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -v \"$0\" && exec \"$@\"", ROOM])
        .arg(env!("CARGO_BIN_EXE_jianjia"))
        .args(words)
        .env_remove("JIANJIA_DATABASE")
        .env_remove("JIANJIA_STANDARD")
        .env("RAYON_NUM_THREADS", "4")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        // A command that refuses its arguments does not read.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("all was written");
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8(told).expect("what it tells is UTF-8");
    (output.status.code(), told)
}

/// A workbook whose only sheet has these rows and whose cells share one text.
fn workbook(path: &Path, rows: impl Iterator<Item = String>, text: &str) {
    let file = File::create(path).expect("a file");
    let mut archive = ZipWriter::new(file);
    let mut part = |name: &str, content: &str| {
        archive
            .start_file(name, SimpleFileOptions::default())
            .expect("a part begins");
        archive.write_all(content.as_bytes()).expect("a part");
    };
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    part(
        "_rels/.rels",
        &format!(
            r#"<Relationships><Relationship Id="r1" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        ),
    );
    part(
        "xl/workbook.xml",
        r#"<workbook xmlns:r="r"><sheets><sheet name="s" sheetId="1" r:id="s1"/></sheets></workbook>"#,
    );
    part(
        "xl/_rels/workbook.xml.rels",
        &format!(
            r#"<Relationships><Relationship Id="s1" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
        ),
    );
    part(
        "xl/sharedStrings.xml",
        &format!(r#"<sst uniqueCount="18446744073709551615"><si><t>{text}</t></si></sst>"#),
    );
    let rows: String = rows.collect();
    part(
        "xl/worksheets/sheet1.xml",
        &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
    );
    archive.finish().expect("an archive");
}

#[test]
fn workbooks_that_would_burst_the_memory_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance").display().to_string();
    let (code, told) = jianjia(&["account", "wangfang", "--dir", &instance], b"");
    assert_eq!(code, Some(0), "{told}");
    let file = |name: &str| -> PathBuf { folder.path().join(name) };
    let used = |count: usize| {
        (1..=count).map(|row| format!(r#"<row><c r="A{row}" t="s"><v>0</v></c></row>"#))
    };
    // One text of a megabyte in 12,000 cells; one that a cell can hold; one cell far out in every row.
    workbook(&file("long.xlsx"), used(12_000), &"x".repeat(1 << 20));
    workbook(&file("shared.xlsx"), used(12_000), &"x".repeat(32_767));
    let far = (1..=100_000).map(|row| format!(r#"<row><c r="GR{row}"><v>1</v></c></row>"#));
    workbook(&file("far.xlsx"), far, "");
    for (name, expect) in [
        (
            "long.xlsx",
            "Cell A1 has more than 32767 characters. Nothing was imported. Shorten it and import again.",
        ),
        (
            "shared.xlsx",
            "The table has more than 32 MB of text, counted up to row 1025. Nothing was imported. Delete unused columns, or split it into several files.",
        ),
        (
            "far.xlsx",
            "There are more than 2000000 cells (empty ones with a format count), counted up to row 10001. Nothing was imported. Delete unused rows and columns below and beside the table, or split it into several files.",
        ),
    ] {
        let path = file(name);
        assert!(path.metadata().unwrap().len() < 1_000_000);
        let path = path.display().to_string();
        let words = [
            "import",
            "unions",
            &path,
            "--dry-run",
            "--english",
            "--dir",
            &instance,
        ];
        let (code, told) = jianjia(&words, b"");
        assert_eq!(
            (code, told),
            (Some(1), format!("jianjia: {expect}\n")),
            "{name}"
        );
    }
    // A file without an end is read as far as a table may go.
    let words = [
        "import",
        "unions",
        "/dev/zero",
        "--english",
        "--dir",
        &instance,
    ];
    let (code, told) = jianjia(&words, b"");
    assert_eq!(code, Some(1));
    assert!(
        told.contains("The file is too big: more than 20 MB."),
        "{told}"
    );
}

#[test]
fn judge_lines_that_would_burst_the_memory_are_told_and_the_others_judged() {
    let standard = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../standards/changzhou-2016"
    );
    let key = "k".repeat(100_000);
    let twice = vec![r#""a":1"#; 20_000].join(",");
    let unknown: Vec<String> = (0..20_000).map(|key| format!("\"{key}\":1")).collect();
    let lines = [
        // Longer than a line may be; very deep; many keys twice below a long one; many unknown keys.
        "x".repeat(50_000_000),
        "[".repeat(200_000),
        format!(r#"{{"id":{}"#, "[".repeat(200_000)),
        format!(r#"{{"{key}":{{{twice}}}}}"#),
        format!(
            r#"{{"id":"b","kind":"person","facts":{{{}}}}}"#,
            unknown.join(",")
        ),
        format!(r#"{{"id":"c","kind":"{}"}}"#, "k".repeat(200_000)),
        r#"{"id": "a", "kind": "person"}"#.to_owned(),
    ];
    let words = ["judge", "--standard", standard, "--as-of", "2016-10-15"];
    let (code, told) = jianjia(&words, lines.join("\n").as_bytes());
    assert_eq!(code, Some(1));
    assert!(told.len() < 200_000, "{} bytes are told", told.len());
    for expect in [
        "line 1: it has more than 256 KB: write one object, { … }, a line\n",
        "line 2: at character 1, a list begins: ",
        "line 3: id[0][0][0][0][0][0][0]…: at character 133, brackets stand more than 127 deep: ",
        "line 4: kkkk",
        "line 5: there are more mistakes, which are not told: mend these first\n",
        "{\"id\":\"a\",",
    ] {
        assert!(told.contains(expect), "{expect}");
    }
}

#[test]
fn a_standard_without_an_end_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        std::fs::write(folder.path().join(name), content).unwrap();
    };
    file("facts.toml", b"");
    file("standard.toml", &vec![b'#'; 50_000_000]);
    let words = ["standard", "check", &folder.path().display().to_string()];
    let (code, told) = jianjia(&words, b"");
    assert_eq!(code, Some(1));
    let expect = "standard.toml:1:1: has more than 2 MB; a standard's file is far shorter";
    assert!(told.contains(expect), "{told}");
    // One that can't be mended is given up within seconds.
    file("standard.toml", "a = [\n[[b]]\n".repeat(50_000).as_bytes());
    let (code, told) = jianjia(&words, b"");
    assert_eq!(code, Some(1));
    assert!(told.contains("not valid TOML"), "{told}");
}
