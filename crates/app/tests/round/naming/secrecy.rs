//! Who objected is not to be found by whoever holds everything: database, files, backup and logs.

use std::{
    fs,
    io::Write,
    path::Path,
    sync::{Arc, Mutex, atomic::Ordering},
};

use jianjia_app::{core::clock::Clock, round::objection as objections};
use jianjia_store::{core::schema, exchange::backup, testing as store_testing};
use tracing_subscriber::{fmt::MakeWriter, util::SubscriberInitExt};

use super::*;
use crate::naming::{
    objecting::{FILE, KEEP_FROM, NAME, TELEPHONE, TEXT, form, id_of, object, photo},
    publishing::published,
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

/// Everything that lies in a folder.
fn all_bytes(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_bytes(&path, bytes);
        } else {
            bytes.extend(fs::read(path).unwrap());
        }
    }
}

/// The texts of a backup, unpacked.
fn unpacked(file: &Path) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    let mut bytes = Vec::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).unwrap();
        std::io::copy(&mut entry, &mut bytes).unwrap();
    }
    bytes
}

/// What the entries of a backup are called.
fn names(file: &Path) -> Vec<String> {
    let archive = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    let names = archive.file_names();
    names.map(|name| name.unwrap().into_owned()).collect()
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[tokio::test]
async fn who_objected_and_what_they_wrote_is_in_no_file_row_backup_or_log() {
    for city in testing::both(date(2017, 3, 1)).await {
        let log = Log::default();
        let listening = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log.clone())
            .set_default();
        tracing::info!("the log listens");
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let notice = published(&city, &cast.approver).await;
        // Not at midnight, to which the day's counters are cut.
        let Clock::Set(clock) = &app.clock else {
            panic!("the clock of tests is set");
        };
        clock.fetch_add((7 * 60 + 13) * 60_000_000, Ordering::Relaxed);
        let file = photo();
        let receipt = object(&city, &notice, &form(&id), vec![file.clone()]).await;
        let objection = id_of(&city, &receipt).await;
        let followed = objections::follow(app, "203.0.113.9", receipt.number, &receipt.code);
        let received_at = followed.await.unwrap().objection.received_at.to_string();
        let own = (&cast.reviewer.account, &cast.top.id);
        objections::assign(app, &cast.approver, &objection, own)
            .await
            .unwrap();
        let note = "档案室的人说石榴花来看过名册。";
        objections::note(app, &cast.reviewer, &objection, note, "form-1")
            .await
            .unwrap();
        let answer = ("founded", "您反映的三十人情况属实。");
        objections::answer(app, &cast.approver, &objection, answer)
            .await
            .unwrap();
        let (_, cleaned) = objections::evidence(app, &cast.approver, &objection, 1)
            .await
            .unwrap();
        let out = tempfile::tempdir().unwrap();
        let target = out.path().join("city.zip");
        backup::write(&app.db, &app.files, &target, None)
            .await
            .unwrap();
        drop(listening);

        let mut bytes = Vec::new();
        all_bytes(city.database.folder.path(), &mut bytes);
        let mut tx = app.db.read().await.unwrap();
        for table in schema::tables() {
            for column in &table.columns {
                let sql = format!(
                    "SELECT COALESCE(CAST({} AS TEXT), '') FROM {}",
                    column.name, table.name
                );
                for value in store_testing::texts(&mut tx, &sql).await {
                    bytes.extend(value.into_bytes());
                    bytes.push(b'\n');
                }
            }
        }
        // Nothing that is counted by a network has the instant, or the minute, of the objection; and no backup has the counters at all.
        let counted = "SELECT last_at FROM sign_in_failure";
        let counted = store_testing::texts(&mut tx, counted).await;
        assert!(!counted.is_empty(), "what came from a network is counted");
        for at in counted {
            assert_ne!(at[..16], received_at[..16]);
        }
        let copy = unpacked(&target);
        assert!(holds(&copy, received_at.as_bytes()));
        assert!(!names(&target).contains(&"tables/sign_in_failure.jsonl".to_owned()));
        bytes.extend(copy);
        bytes.extend(log.0.lock().unwrap().iter());
        // It was looked for in the right places.
        for there in ["the log listens", "甲厂工会", "receive-objection"] {
            assert!(holds(&bytes, there.as_bytes()), "{there}");
        }
        let code = receipt.code.as_str();
        let secrets = [NAME, TELEPHONE, TEXT, KEEP_FROM, FILE, note, answer.1, code];
        for secret in secrets {
            assert!(!holds(&bytes, secret.as_bytes()), "{secret}");
            let escaped = serde_json::to_string(secret).unwrap();
            assert!(!holds(&bytes, escaped.as_bytes()), "{secret}");
        }
        // Nor its evidence, as it was sent or as it was kept.
        for picture in [&file.bytes, &cleaned] {
            assert!(!holds(&bytes, picture));
        }
    }
}
