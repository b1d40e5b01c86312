//! Files in a bucket of a real S3-compatible server, from the command line.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use bytes::Bytes;
use jianjia_store::core::file::{Files, Kept, Storage, bucket::Bucket};
use tempfile::TempDir;

/// The server, which knows one key; it does not reckon signatures after us.
struct Server {
    process: Child,
    endpoint: String,
    folder: TempDir,
}

const KEY: &str = "S3RVER";

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn start() -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let program = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../target/s3rver/node_modules/s3rver/bin/s3rver.js"
        );
        let mut process = Command::new("node")
            .arg(program)
            .args(["--address", "127.0.0.1", "--port", &port.to_string()])
            .args(["--configure-bucket", "city", "--directory"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node: bin/setup installs it");
        let mut talk = BufReader::new(process.stdout.take().expect("its words"));
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            let read = talk.read_line(&mut line).expect("words");
            assert!(read > 0, "s3rver: bin/setup installs it");
        }
        std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
        Server {
            process,
            endpoint: format!("http://127.0.0.1:{port}"),
            folder,
        }
    }

    fn storage(&self, address: &str, key_id: &str) -> Storage {
        let given = |text: &str| Some(text.to_owned());
        let bucket = Bucket::read(
            address,
            given(&self.endpoint),
            None,
            given(key_id),
            given(KEY),
        );
        Storage::Bucket(bucket.expect("good settings"))
    }

    /// Runs the program on an instance whose files are in the bucket, and gives what it tells.
    fn jianjia(&self, dir: &Path, files: &str, words: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_jianjia"))
            .args(words)
            .args(["--files", files, "--dir"])
            .arg(dir)
            .env("JIANJIA_FILES_ENDPOINT", &self.endpoint)
            .env("JIANJIA_FILES_KEY_ID", KEY)
            .env("JIANJIA_FILES_SECRET", KEY)
            .env_remove("JIANJIA_DATABASE")
            .output()
            .expect("the program starts");
        let told = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8(told).expect("words"),
        )
    }
}

#[tokio::test]
async fn files_are_kept_in_a_bucket_and_never_handed_out_damaged() {
    let server = Server::start();
    let files = Files::open(&server.storage("s3://city/jianjia", KEY)).unwrap();
    let large = Bytes::from(vec![7; 3 << 20]);
    for bytes in [Bytes::from_static("建家".as_bytes()), large] {
        let hash = files.put(bytes.clone()).await.unwrap();
        assert_eq!(files.put(bytes.clone()).await.unwrap(), hash);
        assert_eq!(files.get(&hash).await.unwrap(), Some(Kept::Whole(bytes)));
        assert!(files.holds(&hash).await.unwrap());
        files.remove(&hash).await.unwrap();
        assert_eq!(files.get(&hash).await.unwrap(), None);
        assert!(!files.holds(&hash).await.unwrap());
    }
    files.try_keeping(Bytes::from_static(b"try")).await.unwrap();
    let hash = files.put(Bytes::from_static(b"paper")).await.unwrap();
    let mut changed = 0;
    let mut folders = vec![server.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read(&path).unwrap() == b"paper" {
                fs::write(&path, "Paper").unwrap();
                changed += 1;
            }
        }
    }
    assert_eq!(changed, 1);
    assert_eq!(files.get(&hash).await.unwrap(), Some(Kept::Damaged));
    files.put(Bytes::from_static(b"paper")).await.unwrap();
    let whole = Some(Kept::Whole(Bytes::from_static(b"paper")));
    assert_eq!(files.get(&hash).await.unwrap(), whole);
    // Another prefix is another place, and a stranger gets nothing.
    let other = Files::open(&server.storage("s3://city/other", KEY)).unwrap();
    assert_eq!(other.get(&hash).await.unwrap(), None);
    let stranger = Files::open(&server.storage("s3://city/jianjia", "guessed")).unwrap();
    assert!(stranger.get(&hash).await.is_err());
}

#[test]
fn an_instance_lives_with_its_files_in_a_bucket_that_no_other_may_take() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let dir = |name: &str| folder.path().join(name);
    let tell = |name: &str, files: &str, words: &[&str]| {
        let (is_done, told) = server.jianjia(&dir(name), files, words);
        assert!(is_done, "{words:?}: {told}");
        told
    };
    let here = "s3://city/here";
    tell("here", here, &["account", "wangfang"]);
    assert!(!dir("here").join("files").exists());
    let told = tell("here", here, &["doctor"]);
    assert!(
        told.contains("a file was kept and taken away again"),
        "{told}"
    );
    assert!(tell("here", here, &["verify"]).ends_with("all is well\n"));
    let backup = dir("city.zip").display().to_string();
    tell("here", here, &["backup", &backup]);
    // Another instance is refused there, whether it works or only looks.
    tell("there", "s3://city/there", &["account", "lina"]);
    for words in [&["account", "zhao"][..], &["verify"]] {
        let (is_done, told) = server.jianjia(&dir("there"), here, words);
        assert!(
            !is_done && told.contains("belongs to another instance"),
            "{told}"
        );
    }
    // A place that nobody marked is not this instance's either.
    let (is_done, told) = server.jianjia(&dir("here"), "s3://city/empty", &["account", "zhao"]);
    assert!(
        !is_done && told.contains("is not the one of this database"),
        "{told}"
    );
    tell("again", "s3://city/again", &["restore", &backup]);
    tell("again", "s3://city/again", &["account", "zhao"]);
    assert!(tell("again", "s3://city/again", &["verify"]).ends_with("all is well\n"));
    let endpoint = server.endpoint.clone();
    drop(server);
    let away = Command::new(env!("CARGO_BIN_EXE_jianjia"))
        .args(["serve", "--listen", "127.0.0.1:0", "--files", here])
        .args(["--files-endpoint", &endpoint, "--dir"])
        .arg(dir("here"))
        .env("JIANJIA_FILES_KEY_ID", KEY)
        .env("JIANJIA_FILES_SECRET", KEY)
        .output()
        .unwrap();
    let told = String::from_utf8(away.stderr).unwrap();
    assert_eq!(away.status.code(), Some(1), "{told}");
    assert!(
        told.starts_with("jianjia: the server of the files' bucket does not answer")
            && told.contains("s3://city/here can't be read"),
        "{told}"
    );
}
