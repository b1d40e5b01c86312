//! The life of a real instance from the command line: begun, filled by tables, backed up and restored.

use std::{path::Path, process::Command};

/// Runs the program on an instance and gives what it tells; a failure is told too.
fn jianjia(folder: &Path, words: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(words)
        .arg("--dir")
        .arg(folder)
        .env_remove("JIANJIA_DATABASE")
        .env_remove("JIANJIA_STANDARD")
        .output()
        .expect("the program starts");
    let told = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8(told).expect("what it tells is UTF-8"),
    )
}

#[test]
fn an_instance_is_begun_filled_backed_up_and_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    let file = |name: &str| folder.path().join(name).display().to_string();
    let tell = |words: &[&str]| {
        let (is_done, told) = jianjia(&here, words);
        assert!(is_done, "{words:?}: {told}");
        told
    };
    tell(&["account", "wangfang"]);
    let divisions = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../demo/changzhou-divisions.csv"
    );
    let told = tell(&["import", "divisions", divisions]);
    assert!(told.ends_with("1122 new, 0 changed, 0 unchanged, 0 duplicate, 0 refused\n"));
    let unions = file("unions.csv");
    std::fs::write(
        &unions,
        "工会名称,工会类型,所在区划\n天宁区总工会,辖市、区总工会,天宁区\n",
    )
    .unwrap();
    let told = tell(&["import", "unions", &unions]);
    assert_eq!(
        told,
        "2\tnew\t天宁区总工会\t\n1 new, 0 changed, 0 unchanged, 0 duplicate, 0 refused\n"
    );
    let (backup, before, after) = (file("city.zip"), file("before.csv"), file("after.csv"));
    tell(&["backup", &backup]);
    tell(&["export", "unions", &before]);

    let (is_done, told) = jianjia(&there, &["restore", &backup]);
    assert!(is_done, "{told}");
    let (is_done, told) = jianjia(&there, &["verify"]);
    assert!(is_done && told.ends_with("all is well\n"), "{told}");
    jianjia(&there, &["export", "unions", &after]);
    assert_eq!(
        std::fs::read_to_string(&before).unwrap(),
        std::fs::read_to_string(&after).unwrap()
    );
    // Over what is there nothing is restored.
    let (is_done, told) = jianjia(&there, &["restore", &backup]);
    assert!(!is_done && told.contains("not empty"), "{told}");
}
