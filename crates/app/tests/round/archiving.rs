//! The archive of a round: the same bytes every time, which agree with the database, and in which whatever is changed is found.

#[path = "archiving/office.rs"]
mod office;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::Command,
};

use jianjia_app::{
    core::{head::Heads, seal as seals, standard as standards},
    exchange::archive::{
        self, Evidence, Papers, Wanted,
        checking::{self, Checked},
    },
    honour::target,
};
use jianjia_demo::testing::{self, polling};
use jianjia_domain::core::{place::UnitKind, policy::Role};
use jianjia_store::core::{file::content_hash, standard::StandardTexts};
use jiff::civil::date;
use serde_json::Value;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::city::{RoundCity, cities};

type Files = BTreeMap<String, Vec<u8>>;

/// A round with an application that was examined, a poll that was counted, places, a veto and evidence, all of it sealed.
async fn with_a_round(city: &mut RoundCity) {
    let heads = city.city.database.folder.path().join("heads");
    city.city.app.heads = Some(Heads::new(&[7; 32], &heads));
    let app = &city.city.app;
    let read = |name: &str| {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../standards/changzhou-2016/"
        );
        std::fs::read_to_string(format!("{folder}{name}")).unwrap()
    };
    let texts = StandardTexts {
        standard_toml: read("standard.toml"),
        facts_toml: read("facts.toml"),
    };
    standards::adopt(&app.db, &[texts], &app.entropy, app.now())
        .await
        .unwrap();
    let applied = city.applied(&city.chair, &city.union, "model-home").await;
    city.endorsed(&applied.id).await;
    city.looked_through(&applied.id).await;
    city.attaches_a_file(&city.union, "workers").await;
    city.gives_places(0, 3).await;
    let voting = city
        .city
        .unit(Some(&city.township), UnitKind::Grassroots, "第二纺织厂工会")
        .await;
    let chair = city
        .city
        .actor("投票的主席", &[(Role::Chair, &voting)])
        .await;
    city.vetoed(&voting, "V1").await;
    let poll = polling::open(app, &chair, &voting, 2016, 12).await;
    poll.cast(app, 0, [7, 2, 1, 1]).await;
    poll.finish(app, &chair, [0; 4]).await;
    seals::seal(app).await.unwrap();
}

/// One on SQLite, where the engine makes no difference.
async fn a_city() -> RoundCity {
    let database = jianjia_store::testing::sqlite().await;
    RoundCity::of(testing::city(database, date(2016, 10, 20))).await
}

fn files(path: &Path) -> Files {
    let mut zip = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let names: Vec<String> = zip
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    let mut files = Files::new();
    for name in names {
        let mut content = Vec::new();
        zip.by_name(&name)
            .unwrap()
            .read_to_end(&mut content)
            .unwrap();
        files.insert(name, content);
    }
    files
}

/// What the script says that knows nothing of the program.
fn script(path: &Path) -> (Option<i32>, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/archive.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(path)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

/// What is found in an archive of these files.
fn found(folder: &Path, files: &Files) -> anyhow::Result<Checked> {
    let path = folder.join("changed.zip");
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    for (name, content) in files {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap();
    checking::check(&path)
}

/// What is found where somebody changed a file, and its checksum as well.
fn forged(
    folder: &Path,
    files: &Files,
    name: &str,
    change: impl Fn(String) -> String,
) -> Vec<String> {
    let mut files = files.clone();
    let before = String::from_utf8(files[name].clone()).unwrap();
    let after = change(before.clone());
    assert_ne!(before, after, "{name}");
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    let (old, new) = (
        content_hash(before.as_bytes()),
        content_hash(after.as_bytes()),
    );
    files.insert(name.to_owned(), after.into_bytes());
    files.insert(
        "SHA256SUMS".to_owned(),
        sums.replace(&old, &new).into_bytes(),
    );
    files.remove("SHA256SUMS.signature.json");
    let found = found(folder, &files).unwrap();
    assert_eq!(found.key, "");
    if ["trail/lines.jsonl", "trail/seals.jsonl"].contains(&name) || name.starts_with("recount/") {
        assert_eq!(script(&folder.join("changed.zip")).0, Some(1), "{name}");
    }
    found.faults
}

async fn archived(city: &RoundCity, name: &str) -> PathBuf {
    let path = city.city.database.folder.path().join(name);
    archive::write(&city.city.app, &path, &of(2016))
        .await
        .unwrap();
    path
}

fn of(year: i16) -> Wanted<'static> {
    Wanted {
        year,
        evidence: Evidence::Hashes,
        papers: Papers::LeftOut,
        texts: &[],
    }
}

#[tokio::test]
async fn an_archive_is_the_same_bytes_and_agrees_with_the_database_on_both_engines() {
    for mut city in cities().await {
        with_a_round(&mut city).await;
        let app = &city.city.app;
        let path = archived(&city, "one.zip").await;
        let again = archived(&city, "two.zip").await;
        assert!(std::fs::read(&path).unwrap() == std::fs::read(&again).unwrap());

        let found = checking::check(&path).unwrap();
        assert_eq!(found.faults, [""; 0]);
        assert_eq!((found.year, found.city.as_str()), (2016, "常州市总工会"));
        assert!(found.judgements >= 1 && found.polls == 1, "{found:?}");
        assert!(found.trail > 10 && found.seals == 1, "{found:?}");
        assert_eq!((found.head.len(), found.key.len()), (64, 64));

        assert_eq!(script(&path), (Some(0), "all is well\n".to_owned()));

        let files = files(&path);
        let figures: Value = serde_json::from_slice(&files["figures.json"]).unwrap();
        assert_eq!(figures["lines"]["application"], 1);
        assert_eq!(
            figures["by"]["application"]["counts"],
            serde_json::json!({ "model-home under-review": 1 })
        );
        assert_eq!(
            figures["by"]["veto"]["counts"],
            serde_json::json!({ "V1": 1 })
        );
        for progress in target::targets(app).await.unwrap() {
            let kept = &figures["targets"][format!("{} {}", progress.clause, progress.title)];
            let told = (&kept["held"], &kept["of"], &kept["required"]);
            assert_eq!(told.0, progress.held, "{progress:?}");
            assert_eq!(*told.1, serde_json::json!(progress.of), "{progress:?}");
            assert_eq!(told.2, progress.required, "{progress:?}");
        }
        // As `sha256sum -c` reads it.
        let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
        assert_eq!(sums.lines().count(), files.len() - 2);
        for line in sums.lines() {
            let (sum, name) = line.split_once("  ").unwrap();
            assert_eq!(sum, content_hash(&files[name]), "{name}");
        }
        let none = archive::write(app, &path.with_extension("none"), &of(2019)).await;
        assert!(
            none.unwrap_err()
                .to_string()
                .contains("there is no round of 2019")
        );
        assert!(!path.with_extension("none").exists());
    }
}

#[tokio::test]
async fn an_altered_byte_in_any_file_is_found() {
    let mut city = a_city().await;
    with_a_round(&mut city).await;
    let path = archived(&city, "city.zip").await;
    let (folder, files) = (path.parent().unwrap(), files(&path));
    let names: Vec<&String> = files.keys().collect();
    for names in names.chunks(20) {
        let mut changed = files.clone();
        let mut expected = Vec::new();
        for name in names {
            let content = changed.get_mut(*name).unwrap();
            let middle = content.len() / 2;
            match content.get_mut(middle) {
                // The first file can't be read any more, and the two last ones tell of all others.
                Some(_)
                    if ["archive.json", "SHA256SUMS", "SHA256SUMS.signature.json"]
                        .contains(&name.as_str()) =>
                {
                    continue;
                }
                Some(byte) => *byte ^= 1,
                None => content.push(b'\n'),
            }
            expected.push(format!("文件 {name} 被改动：与它的校验值不符。"));
        }
        let found = found(folder, &changed).unwrap();
        for fault in expected {
            assert!(found.faults.contains(&fault), "{fault}: {:?}", found.faults);
        }
    }
    for name in ["archive.json", "SHA256SUMS", "SHA256SUMS.signature.json"] {
        for place in 0..4 {
            let mut changed = files.clone();
            let content = changed.get_mut(name).unwrap();
            let at = content.len() * place / 4;
            content[at] ^= 1;
            let is_found = found(folder, &changed).map_or(true, |found| !found.faults.is_empty());
            assert!(is_found, "{name} at {at}");
        }
    }
    let mut changed = files.clone();
    changed.remove("data/honour.jsonl");
    changed.insert("data/extra.txt".to_owned(), b"extra".to_vec());
    let faults = found(folder, &changed).unwrap().faults;
    assert_eq!(
        faults[..2],
        [
            "文件 data/extra.txt 不在 SHA256SUMS 里：它是后来添加的。".to_owned(),
            "文件 data/honour.jsonl 不见了。".to_owned()
        ]
    );
}

#[tokio::test]
async fn what_is_changed_together_with_its_checksum_is_found_by_what_follows_from_it() {
    let mut city = a_city().await;
    with_a_round(&mut city).await;
    let path = archived(&city, "city.zip").await;
    let (folder, files) = (path.parent().unwrap(), files(&path));
    let told = |name: &str, change: &dyn Fn(String) -> String, sentence: &str| {
        let faults = forged(folder, &files, name, change);
        assert!(
            faults.iter().any(|fault| fault.contains(sentence)),
            "{name}, {sentence}: {faults:?}"
        );
    };
    let replaced =
        |from: &'static str, to: &'static str| move |text: String| text.replacen(from, to, 1);
    told(
        "data/judgement.jsonl",
        &replaced("\"met\"", "\"unmet\""),
        "重新计算，结果与留存的不同",
    );
    told(
        "data/judgement.jsonl",
        &replaced("\"subject\":{", "\"subject\":{\"odd\":1,"),
        "有留存，但判定留存的事实按它读不出来",
    );
    told(
        "data/judgement.jsonl",
        &replaced("\"standard_hash\":\"", "\"standard_hash\":\"0"),
        "不在档案里，或者读不出来，无法重算",
    );
    told(
        "data/application.jsonl",
        &replaced("under-review", "named"),
        "/by/application/counts/model-home named",
    );
    told("data/veto.jsonl", &|_| String::new(), "/lines/veto");
    told(
        "data/honour.jsonl",
        &replaced("in-force", "revoked"),
        "figures.json",
    );
    told(
        "data/veto.jsonl",
        &replaced("\"year\":2016", "\"year\":\"2016\""),
        "data/veto.jsonl 第 1 行：year 应当是 integer。",
    );
    told(
        "trail/lines.jsonl",
        &replaced("投票的主席", "别的主席"),
        "与封存时不一致",
    );
    let without_a_line = |text: String| -> String {
        text.lines()
            .skip(1)
            .map(|line| format!("{line}\n"))
            .collect()
    };
    told("trail/lines.jsonl", &without_a_line, "审计链第 1 行缺失");
    let the_first = |text: String| -> String {
        text.lines()
            .take(1)
            .map(|line| format!("{line}\n"))
            .collect()
    };
    told("trail/seals.jsonl", &the_first, "不在审计链里");
    let recount = files
        .keys()
        .find(|name| name.starts_with("recount/"))
        .unwrap();
    told(
        recount,
        &replaced(",dissatisfied,", ",satisfied,"),
        "重新计票的结果",
    );
    let facts = files
        .keys()
        .find(|name| name.ends_with("/facts.toml"))
        .unwrap();
    told(facts, &|text| text + "\n# more\n", "的原文与它的版本号不符");
}

#[tokio::test]
async fn the_papers_of_applications_and_ratings_are_in_it_as_pdf() {
    let mut city = a_city().await;
    with_a_round(&mut city).await;
    let path = city.city.database.folder.path().join("papers.zip");
    let wanted = Wanted {
        papers: Papers::Made,
        ..of(2016)
    };
    let written = archive::write(&city.city.app, &path, &wanted)
        .await
        .unwrap();
    assert_eq!(written.papers, 5);
    assert_eq!(checking::check(&path).unwrap().faults, [""; 0]);
    let files = files(&path);
    let papers: Vec<(&str, &[u8])> = files
        .iter()
        .filter(|(name, _)| name.starts_with("papers/"))
        .map(|(name, content)| (name.rsplit_once('/').unwrap().0, content.as_slice()))
        .collect();
    let folders: Vec<&str> = papers.iter().map(|(folder, _)| *folder).collect();
    assert_eq!(
        folders,
        [
            "papers/application",
            "papers/list",
            "papers/rating",
            "papers/round",
            "papers/year",
        ]
    );
    for (folder, content) in papers {
        assert!(content.starts_with(b"%PDF-"), "{folder}");
    }
}
