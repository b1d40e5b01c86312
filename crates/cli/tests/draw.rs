//! `jianjia draw` as everybody can call it, and the script in another language that prints the same.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use jianjia_domain::check::draw::{self, Frame, Size};

fn jianjia(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(arguments)
        .output()
        .unwrap()
}

fn script(arguments: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/draw.py");
    Command::new("python3")
        .arg(script)
        .args(arguments)
        .output()
        .expect("python3 draws as well")
}

/// Five hundred units in four strata, of one of which all are drawn, of another none.
fn frame(folder: &Path) -> PathBuf {
    let mut frame = Frame {
        year: 2016,
        lottery: "2016-12-20 2016149 双色球".to_owned(),
        ..Frame::default()
    };
    for (stratum, units, sample) in [
        ("12-high", 40, 8),
        ("12-low", 300, 10),
        ("7-high", 3, 3),
        ("7-low", 157, 0),
    ] {
        frame
            .strata
            .insert(stratum.to_owned(), Size { units, sample });
        for unit in 0..units {
            let name = draw::hash(format!("{stratum} {unit}").as_bytes());
            frame
                .units
                .insert(name[..32].to_owned(), stratum.to_owned());
        }
    }
    let file = folder.join("frame-2016.txt");
    fs::write(&file, draw::frame_text(&frame)).unwrap();
    file
}

#[test]
fn the_command_and_the_script_draw_the_same_sample_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let file = frame(folder.path());
    let path = file.to_str().unwrap();
    let mut samples = Vec::new();
    for seed in ["03071519223108", "00000", "98765432109876543210"] {
        let drawn = jianjia(&["draw", path, "--seed", seed]);
        assert!(drawn.status.success(), "{drawn:?}");
        let other = script(&[path, seed]);
        assert!(other.status.success(), "{other:?}");
        assert_eq!(
            String::from_utf8(drawn.stdout.clone()).unwrap(),
            String::from_utf8(other.stdout).unwrap()
        );
        let lines = String::from_utf8(drawn.stdout).unwrap();
        assert_eq!(lines.lines().count(), 3 + 8 + 10 + 3);
        let told = String::from_utf8(drawn.stderr).unwrap();
        assert!(told.contains("21 of 500 units in 4 strata"), "{told}");
        samples.push(lines);
    }
    samples.dedup();
    assert_eq!(samples.len(), 3);
    // As the numbers stand in a newspaper.
    let spaced = jianjia(&["draw", path, "--seed", "03 07 15 19 22 31 + 08"]);
    assert_eq!(String::from_utf8(spaced.stdout).unwrap(), samples[0]);
}

#[test]
fn a_frame_that_was_changed_or_a_seed_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = frame(folder.path());
    let path = file.to_str().unwrap();
    let refused = |arguments: &[&str], told: &str| {
        let output = jianjia(arguments);
        assert!(!output.status.success() && output.stdout.is_empty());
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(words.contains(told), "{words}");
    };
    refused(&["draw", path, "--seed", "123"], "5 to 64");
    refused(&["draw", path, "--seed", "1234x"], "“x”");
    refused(&["draw", path], "--seed");
    refused(&["draw"], "FRAMEFILE");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("12-high 40 8", "12-high 40 41")).unwrap();
    refused(&["draw", path, "--seed", "12345"], "sizes of the strata");
}
