//! Who objected is not to be found: by a search through everything that an instance keeps and says, in a backup and in a log that leaves nothing out.

use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
    sync::{Arc, Mutex, atomic::Ordering},
};

use jianjia_app::{
    core::{
        clock::Clock,
        paper::{self as papers, Format},
    },
    round::{objection as objections, paper::reply},
    year::evidence::File,
};
use jianjia_demo::testing;
use jianjia_store::{core::schema, exchange::backup, testing as store_testing};
use jiff::civil::date;
use tracing_subscriber::{fmt::MakeWriter, util::SubscriberInitExt};

use super::{
    candidate::{candidate, cast},
    objecting::{FILE, KEEP_FROM, NAME, TELEPHONE, TEXT, form, id_of, object, photo},
    publishing::{armed, done, published},
};

/// From where they wrote, and followed it later.
const NETWORK: &str = "198.51.100.7";
const LATER_FROM: &str = "203.0.113.219";
/// How a telephone names a photo, and what it writes into it.
const CAMERA_FILE: &str = "IMG_20170301_石榴的手机.jpg";
const CAMERA: &str = "Owner: Shiliuhua, 31.7728N 119.9539E";

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

/// Everything that lies in a folder, with its names; on SQLite the write-ahead log is among it.
fn all_bytes(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        bytes.extend(path.to_string_lossy().bytes());
        bytes.push(b'\n');
        if path.is_dir() {
            all_bytes(&path, bytes);
        } else {
            bytes.extend(fs::read(path).unwrap());
        }
    }
}

/// A photo as a telephone makes it: with whose it is and where it was taken, as a comment and as XMP.
fn from_a_camera() -> File {
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([90, 17, 40]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    let bytes = bytes.into_inner();
    let mut tagged = bytes[..2].to_vec();
    let xmp = format!("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>{CAMERA}</x:xmpmeta>");
    for (marker, text) in [(0xe1, xmp.as_str()), (0xfe, CAMERA)] {
        let length = u16::try_from(text.len() + 2).unwrap();
        tagged.extend([0xff, marker]);
        tagged.extend(length.to_be_bytes());
        tagged.extend(text.bytes());
    }
    tagged.extend(&bytes[2..]);
    File {
        name: CAMERA_FILE.to_owned(),
        bytes: tagged.into(),
    }
}

/// The texts of a backup, unpacked, with the names of its files.
fn unpacked(file: &Path) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    let mut bytes = Vec::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).unwrap();
        bytes.extend(entry.name().unwrap().bytes());
        bytes.push(b'\n');
        std::io::copy(&mut entry, &mut bytes).unwrap();
    }
    bytes
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
        let node = armed(&city).await;
        let notice = published(&city, &cast.approver).await;
        // Not at midnight, to which the day's counters are cut.
        let Clock::Set(clock) = &app.clock else {
            panic!("the clock of tests is set");
        };
        clock.fetch_add((7 * 60 + 13) * 60_000_000, Ordering::Relaxed);
        let (file, tagged) = (photo(), from_a_camera());
        assert!(holds(&tagged.bytes, CAMERA.as_bytes()));
        let files = vec![file.clone(), tagged.clone()];
        let receipt = object(&city, &notice, &form(&id), files).await;
        // A wrong code first, which is counted, then the right one.
        let number = receipt.number;
        let wrong = objections::follow(app, LATER_FROM, number, "AAAA-AAAA-AAAA").await;
        assert!(wrong.is_err());
        let followed = objections::follow(app, LATER_FROM, number, &receipt.code).await;
        let received_at = followed.unwrap().objection.received_at.to_string();
        let objection = id_of(&city, &receipt).await;
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
        // The answer on paper leaves no trace either, and says nothing of who objected.
        let followed = objections::follow(app, LATER_FROM, number, &receipt.code).await;
        let reply = reply::followed(app, &followed.unwrap()).await.unwrap();
        assert!(holds(
            reply.data.to_string().as_bytes(),
            answer.1.as_bytes()
        ));
        for secret in [NAME, TELEPHONE, TEXT, KEEP_FROM] {
            assert!(!holds(reply.data.to_string().as_bytes(), secret.as_bytes()));
        }
        let word = papers::one(app, reply, Format::Docx).await.unwrap();
        assert!(holds(&word, b"word/document.xml"));
        let mut cleaned = Vec::new();
        for place in [1, 2] {
            let kept = objections::evidence(app, &cast.approver, &objection, place).await;
            let (name, bytes) = kept.unwrap();
            assert_eq!(name.name, [FILE, CAMERA_FILE][cleaned.len()]);
            assert!(
                !holds(&bytes, CAMERA.as_bytes()),
                "what the camera wrote is kept"
            );
            cleaned.push(bytes);
        }
        // Nothing that is counted by a network has the instant, or the minute, of the objection.
        let mut tx = app.db.read().await.unwrap();
        let counted = "SELECT last_at FROM sign_in_failure";
        let counted = store_testing::texts(&mut tx, counted).await;
        tx.commit().await.unwrap();
        assert!(!counted.is_empty(), "what came from a network is counted");
        for at in counted {
            assert_ne!(at[..16], received_at[..16]);
        }
        // The notice comes down, and whatever else is due is done: jobs and messages say nothing of it either.
        app.clock.set(date(2017, 3, 9));
        done(&city, &node).await;
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
        let copy = unpacked(&target);
        assert!(holds(&copy, received_at.as_bytes()));
        assert!(
            !holds(&copy, b"tables/sign_in_failure.jsonl"),
            "no backup has the counters"
        );
        bytes.extend(copy);
        bytes.extend(log.0.lock().unwrap().iter());
        // It was looked for in the right places.
        let everywhere = [
            "the log listens",
            "甲厂工会",
            "receive-objection",
            "take-down-publication",
        ];
        for there in everywhere {
            assert!(holds(&bytes, there.as_bytes()), "{there}");
        }
        let code = receipt.code.as_str();
        let secrets = [
            NAME,
            TELEPHONE,
            TEXT,
            KEEP_FROM,
            FILE,
            CAMERA_FILE,
            CAMERA,
            NETWORK,
            LATER_FROM,
            note,
            answer.1,
            code,
        ];
        for secret in secrets {
            assert!(!holds(&bytes, secret.as_bytes()), "{secret}");
            let escaped = serde_json::to_string(secret).unwrap();
            assert!(!holds(&bytes, escaped.as_bytes()), "{secret}");
        }
        // Nor its evidence, as it was sent or as it was kept.
        let sent = [file.bytes, tagged.bytes];
        for picture in sent.iter().chain(&cleaned) {
            assert!(!holds(&bytes, picture));
        }
    }
}
