//! The archives of the demo's rounds: whole, in agreement with the city, and without what no archive may have.

use std::{fs::File, io::Read};

use jianjia_app::{
    core::seal as seals,
    exchange::archive::{
        self, Evidence, Papers, Wanted,
        checking::{self, Checked},
    },
    honour::target,
};
use jianjia_demo::testing::{TestCity, making::demo_city};
use jianjia_store::core::standard::StandardTexts;
use jiff::civil::date;
use serde_json::Value;
use zip::ZipArchive;

use crate::found;

/// The archive of a year, checked, and all its files as one text.
async fn archived(city: &TestCity, year: i16, texts: &StandardTexts) -> (Checked, Value, String) {
    let path = city.database.folder.path().join(format!("{year}.zip"));
    let wanted = Wanted {
        year,
        evidence: Evidence::Files,
        papers: Papers::LeftOut,
        texts: std::slice::from_ref(texts),
    };
    archive::write(&city.app, &path, &wanted).await.unwrap();
    let checked = checking::check(&path).unwrap();
    let mut zip = ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let (mut all, mut figures) = (String::new(), String::new());
    for place in 0..zip.len() {
        let mut entry = zip.by_index(place).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        if entry.name().unwrap() == "figures.json" {
            figures = String::from_utf8(content.clone()).unwrap();
        }
        all += &String::from_utf8_lossy(&content);
    }
    (checked, serde_json::from_str(&figures).unwrap(), all)
}

#[tokio::test]
async fn the_archives_of_two_rounds_are_whole_and_tell_no_secret() {
    let city = demo_city(date(2017, 12, 20)).await;
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../standards/changzhou-2016/"
    );
    let read = |name: &str| std::fs::read_to_string(format!("{folder}{name}")).unwrap();
    let texts = StandardTexts {
        standard_toml: read("standard.toml"),
        facts_toml: read("facts.toml"),
    };
    seals::seal(&city.app).await.unwrap();
    let secrets = "SELECT phone FROM person WHERE phone <> ''
                   UNION SELECT phone FROM unit WHERE phone <> ''
                   UNION SELECT telephone FROM account WHERE telephone <> ''
                   UNION SELECT password_hash FROM account WHERE password_hash <> ''
                   UNION SELECT hash FROM slip
                   UNION SELECT sealed FROM objection
                   UNION SELECT code_hash FROM objection";
    let secrets = found(&city, secrets).await;
    assert!(secrets.len() > 100, "{}", secrets.len());
    // Some of each kind.
    let secrets: Vec<&String> = secrets.iter().step_by(secrets.len() / 60 + 1).collect();
    for year in [2016, 2017] {
        let (checked, figures, all) = archived(&city, year, &texts).await;
        assert_eq!(checked.faults, [""; 0], "{year}");
        assert!(
            checked.judgements > 20 && checked.lines > 1_000,
            "{checked:?}"
        );
        let lines = |noun: &str| figures["lines"][noun].as_i64().unwrap();
        for (noun, counted) in [
            (
                "application",
                format!("application WHERE year = {year} AND state <> 'draft'"),
            ),
            ("honour", format!("honour WHERE year <= {year}")),
            ("poll", format!("poll WHERE year = {year}")),
            ("visit", format!("visit WHERE year = {year}")),
        ] {
            let sql = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {counted}");
            let rows = found(&city, &sql).await;
            assert_eq!(rows, [lines(noun).to_string()], "{year} {noun}");
        }
        for secret in &secrets {
            assert!(!all.contains(secret.as_str()), "{year}: {secret}");
        }
        if year == 2016 {
            assert!(lines("visit") > 0 && lines("remark") > 0);
        } else {
            assert!(checked.polls > 0, "{checked:?}");
            // The year's figures are those that the pages show today.
            for progress in target::targets(&city.app).await.unwrap() {
                let kept = &figures["targets"][format!("{} {}", progress.clause, progress.title)];
                let told = [&kept["held"], &kept["required"], &kept["reached_bp"]];
                let shown = [progress.held, progress.required, progress.reached_bp];
                assert_eq!(told.map(Value::as_i64), shown.map(Some), "{progress:?}");
            }
        }
    }
}
