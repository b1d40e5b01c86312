use std::{
    io::Write,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use zip::ZipWriter;

use super::*;
use crate::{
    core::{
        bulk::{self, Value},
        db::Db,
        file::Files,
    },
    rating::ballot::digest,
    testing,
};

#[tokio::test]
async fn a_backup_of_one_engine_restores_into_the_other() {
    let [from, to]: [testing::TestDatabase; 2] = testing::both().await.try_into().ok().unwrap();
    for (from, to) in [(&from, &to), (&to, &testing::sqlite().await)] {
        let files = Files::in_folder(&from.folder.path().join("files")).unwrap();
        let hash = files.put(Bytes::from_static(b"paper")).await.unwrap();
        if from.db.engine == crate::core::db::Engine::Sqlite {
            let mut tx = from.db.write("test").await.unwrap();
            let rows = vec![vec!["甲".into(), 3.into()]];
            bulk::insert(&mut tx, "counter", &["name", "value"], rows)
                .await
                .unwrap();
            let columns = [
                "id",
                "unit_id",
                "unit_path",
                "hash",
                "name",
                "media_type",
                "bytes",
                "uploaded_at",
                "removed_at",
            ];
            let row = vec![
                "1".into(),
                "2".into(),
                "/1/".into(),
                hash.into(),
                "证书.pdf".into(),
                "application/pdf".into(),
                5.into(),
                "2016".into(),
                Value::NoText,
            ];
            bulk::insert(&mut tx, "evidence", &columns, vec![row])
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
        let archive = from.folder.path().join("backup.zip");
        let written = write(&from.db, &files, &archive, None).await.unwrap();
        let restored = restore(
            &to.db,
            &Files::in_folder(&to.folder.path().join("files")).unwrap(),
            &archive,
            None,
        )
        .await
        .unwrap();
        assert_eq!(written, restored);
        assert_eq!((restored.rows, restored.files), (2, 1));
        assert_eq!(dump(&from.db).await, dump(&to.db).await);
        assert!(
            restore(&to.db, &files, &archive, None)
                .await
                .unwrap_err()
                .to_string()
                .contains("not empty")
        );
    }
}

async fn dump(db: &Db) -> Vec<String> {
    let mut lines = Vec::new();
    let mut tx = db.read().await.unwrap();
    for table in tables() {
        each_row(&mut tx, &table, |row| {
            lines.push(format!("{} {row}", table.name));
            Ok(())
        })
        .await
        .unwrap();
    }
    lines
}

#[tokio::test]
async fn votes_of_closed_boxes_are_not_in_a_backup() {
    for database in testing::both().await {
        let files = Files::in_folder(&database.folder.path().join("files")).unwrap();
        let mut tx = database.db.write("test").await.unwrap();
        let poll = |digit: char, state: &str| -> Vec<Value> {
            vec![
                digit.to_string().repeat(32).into(),
                "1".into(),
                "/1/".into(),
                2016.into(),
                state.into(),
                "{}".into(),
                "2016".into(),
                "2016".into(),
            ]
        };
        let columns = [
            "id",
            "unit_id",
            "unit_path",
            "year",
            "state",
            "plan",
            "prepared_at",
            "changed_at",
        ];
        let polls = [('a', "open"), ('b', "closed"), ('c', "counted")];
        let rows = polls.map(|(digit, state)| poll(digit, state));
        bulk::insert(&mut tx, "poll", &columns, rows.into())
            .await
            .unwrap();
        let digest = |digit: &str, states: &str| digest::of_states(&digit.repeat(32), 0, states);
        let states = |digit: char| -> Vec<Value> {
            vec![
                digit.to_string().repeat(32).into(),
                0.into(),
                "UPKSPU".into(),
                digest(&digit.to_string(), "UPKSPU").into(),
            ]
        };
        let columns = ["poll_id", "part", "states", "digest"];
        let rows = ['a', 'b', 'c'].map(states);
        bulk::insert(&mut tx, "slip_state", &columns, rows.into())
            .await
            .unwrap();
        let row = vec![7.into(), format!("{} sealed", "a".repeat(32)).into()];
        bulk::insert(&mut tx, "tray", &["id", "ballots"], vec![row])
            .await
            .unwrap();
        let pace = |digit: char| -> Vec<Value> {
            vec![
                digit.to_string().repeat(32).into(),
                1.into(),
                2.into(),
                3.into(),
            ]
        };
        let columns = ["poll_id", "span", "network", "slips"];
        let rows = ['a', 'c'].map(pace);
        bulk::insert(&mut tx, "pace", &columns, rows.into())
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let archive = database.folder.path().join("backup.zip");
        let written = write(&database.db, &files, &archive, None).await.unwrap();
        assert_eq!(written.left_out, 2);
        let to = testing::sqlite().await;
        let restored = restore(&to.db, &files, &archive, None).await.unwrap();
        assert_eq!(written, restored);
        let kept: Vec<String> = dump(&to.db)
            .await
            .into_iter()
            .filter(|line| !line.starts_with("poll ") && !line.starts_with("_"))
            .collect();
        let line = |table: &str, digit: &str, rest: &str| {
            format!("{table} [\"{}\"{rest}]", digit.repeat(32))
        };
        let states_of = |digit: &str, states: &str| {
            let rest = format!(",0,\"{states}\",\"{}\"", digest(digit, states));
            line("slip_state", digit, &rest)
        };
        assert_eq!(
            kept,
            [
                line("pace", "c", ",1,2,3"),
                states_of("a", "UUUSUU"),
                states_of("b", "UUUSUU"),
                states_of("c", "UPKSPU"),
                line("poll_left_out", "a", ""),
                line("poll_left_out", "b", ""),
            ]
        );
    }
}

/// An archive with the entries of an empty city, changed by the test.
fn archive_of(folder: &Path, change: impl FnOnce(&mut Vec<(String, String)>)) -> PathBuf {
    let mut entries: Vec<(String, String)> = carried_tables()
        .iter()
        .map(|table| {
            let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            let text = format!("{}\n", serde_json::json!(names));
            (format!("tables/{}.jsonl", table.name), text)
        })
        .collect();
    change(&mut entries);
    let path = folder.join("made.zip");
    // Two entries with one name: the zip writer refuses to make them, so the second is renamed in the bytes.
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut renamed = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for (name, text) in entries {
        let written = if seen.insert(name.clone()) {
            name
        } else {
            let other = format!("{}~", &name[..name.len() - 1]);
            renamed.push((other.clone(), name));
            other
        };
        archive
            .start_file(written, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    let mut bytes = archive.finish().unwrap().into_inner();
    for (from, to) in renamed {
        let places: Vec<usize> = bytes
            .windows(from.len())
            .enumerate()
            .filter(|(_, window)| *window == from.as_bytes())
            .map(|(place, _)| place)
            .collect();
        for place in places {
            bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    std::fs::write(&path, bytes).unwrap();
    path
}

type Change = fn(&mut Vec<(String, String)>);

#[tokio::test]
async fn an_archive_that_no_backup_makes_is_refused_whole() {
    fn entry<'a>(entries: &'a mut [(String, String)], table: &str) -> &'a mut String {
        let name = format!("tables/{table}.jsonl");
        let found = entries.iter_mut().find(|(found, _)| *found == name);
        &mut found.unwrap().1
    }
    let refused: &[(&str, Change)] = &[
        ("no table", |entries| {
            entries.push(("tables/nothing.jsonl".to_owned(), "[]\n".to_owned()));
        }),
        ("twice", |entries| {
            let again = entries[3].clone();
            entries.push(again);
        }),
        ("twice", |entries| {
            entries.push(("files/".to_owned() + &"a".repeat(64), String::new()));
            entries.push(("files/".to_owned() + &"a".repeat(64), String::new()));
        }),
        ("none of a backup", |entries| {
            entries.push(("../../etc/passwd".to_owned(), String::new()));
        }),
        ("none of a backup", |entries| {
            entries.push(("files/../jianjia.toml".to_owned(), String::new()));
        }),
        ("none of a backup", |entries| {
            entries.push(("files/".to_owned() + &"A".repeat(64), String::new()));
        }),
        ("belongs to nothing", |entries| {
            entries.push(("files/".to_owned() + &"a".repeat(64), "x".to_owned()));
        }),
        ("has no tables/", |entries| {
            entries.remove(2);
        }),
        ("name is there twice", |entries| {
            *entry(entries, "counter") = "[\"name\",\"name\"]\n".to_owned();
        }),
        ("has no column value", |entries| {
            *entry(entries, "counter") = "[\"name\"]\n".to_owned();
        }),
        ("unknown", |entries| {
            *entry(entries, "counter") = "[\"name\",\"value\",\"other\"]\n".to_owned();
        }),
        ("1 values in 2 columns", |entries| {
            entry(entries, "counter").push_str("[\"unit\"]\n");
        }),
        ("value is no number", |entries| {
            entry(entries, "counter").push_str("[\"unit\",1]\n[\"x\",\"1\"]\n");
        }),
        ("name is no text", |entries| {
            entry(entries, "counter").push_str("[{},1]\n");
        }),
        ("row 1", |entries| entry(entries, "counter").push_str("[\n")),
        ("is empty", |entries| entry(entries, "counter").clear()),
        ("longer than", |entries| {
            let long = "x".repeat(65 * 1024 * 1024);
            entry(entries, "counter").push_str(&long);
        }),
    ];
    let to = testing::sqlite().await;
    let files = Files::in_folder(&to.folder.path().join("files")).unwrap();
    for (why, change) in refused {
        let path = archive_of(to.folder.path(), change);
        let told = restore(&to.db, &files, &path, None).await.unwrap_err();
        let told = format!("{told:#}");
        assert!(told.contains(why), "{why}: {told}");
        assert_eq!(dump(&to.db).await, [""; 0], "{why}");
    }
    let path = archive_of(to.folder.path(), |_| {});
    restore(&to.db, &files, &path, None).await.unwrap();
}

#[tokio::test]
async fn a_sealed_backup_opens_with_its_key_alone() {
    let from = testing::sqlite().await;
    let files = Files::in_folder(&from.folder.path().join("files")).unwrap();
    let mut tx = from.db.write("test").await.unwrap();
    let rows = (0..5_000_i64)
        .map(|number| vec![format!("counter {number}").into(), number.into()])
        .collect();
    bulk::insert(&mut tx, "counter", &["name", "value"], rows)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let archive = from.folder.path().join("backup.age");
    let mut random = |bytes: &mut [u8]| bytes.fill(7);
    let recipient = sealed::tests::PUBLIC.parse().unwrap();
    let seal: writing::Seal<'_> = (recipient, &mut random);
    write(&from.db, &files, &archive, Some(seal)).await.unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(&archive).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let to = testing::sqlite().await;
    let told = restore(&to.db, &files, &archive, None).await.unwrap_err();
    assert!(told.to_string().contains("--identity"), "{told:#}");
    let identity = sealed::tests::identity();
    restore(&to.db, &files, &archive, Some(&identity))
        .await
        .unwrap();
    assert_eq!(dump(&from.db).await, dump(&to.db).await);
    // A plain archive is refused where a sealed one is expected.
    let plain = from.folder.path().join("plain.zip");
    write(&from.db, &files, &plain, None).await.unwrap();
    let told = restore(&to.db, &files, &plain, Some(&identity))
        .await
        .unwrap_err();
    assert!(told.to_string().contains("not sealed"), "{told:#}");
}
