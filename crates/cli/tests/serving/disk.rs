//! Disks that are full, slow, broken or read-only, under the real program: it says so, goes on reading, and goes on by itself when the disk is well
//! again. The small disks are file systems of the tests' own, in memory; where none can be made the tests fail.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode, redirect::Policy};

use tempfile::TempDir;

use crate::serving::{BETWEEN, SOON, Server};

/// A small disk in memory, which only the programs started with `command` see.
struct Disk {
    folder: TempDir,
    holder: Child,
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

impl Disk {
    fn of(megabytes: u32) -> Disk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private"]);
        if !is_root() {
            command.arg("--map-root-user");
        }
        // It lasts until the test lets go of its input.
        let mount = format!(
            "mount -t tmpfs -o mode=700,size={megabytes}m none \"$0\" && echo mounted && exec cat >/dev/null"
        );
        let mut holder = command
            .args(["sh", "-c", &mount])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare (of util-linux) is there");
        let mut line = String::new();
        BufReader::new(holder.stdout.take().expect("its words"))
            .read_line(&mut line)
            .expect("words");
        assert_eq!(line, "mounted\n", "no small disk can be made here");
        Disk { folder, holder }
    }

    /// A program that sees the disk.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        if !is_root() {
            command.args(["--user", "--preserve-credentials"]);
        }
        let holder = self.holder.id().to_string();
        command.args(["--mount", "--target", &holder, program]);
        command.env_remove("JIANJIA_DATABASE");
        command
    }

    fn jianjia(&self, words: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_jianjia"));
        command.args(words).arg("--dir").arg(self.folder.path());
        command
    }

    /// A path of the disk as this test sees it.
    fn seen(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().strip_prefix("/").expect("a whole path");
        Path::new(&format!("/proc/{}/root", self.holder.id()))
            .join(folder)
            .join(name)
    }

    /// Leaves no room.
    fn fill(&self) {
        let mut file = File::create(self.seen("filler")).expect("a file");
        for size in [1 << 16, 1 << 12, 1] {
            let piece = vec![0; size];
            while file.write_all(&piece).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.seen("filler")).expect("it was filled");
    }

    fn runs(&self, program: &str, words: &[&str]) {
        let status = self.command(program).args(words).status();
        assert!(status.expect("it starts").success(), "{program} {words:?}");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}

/// How it ended and its one sentence.
fn told(command: &mut Command) -> (Option<i32>, String) {
    let begun = Instant::now();
    let output = command.output().expect("the program starts");
    let told = String::from_utf8([output.stdout, output.stderr].concat()).expect("words");
    assert!(begun.elapsed() < Duration::from_secs(15), "at once: {told}");
    (output.status.code(), told)
}

#[test]
fn a_doctor_tells_of_a_full_disk_and_of_one_that_may_only_be_read() {
    let disk = Disk::of(64);
    let (code, _) = told(&mut disk.jianjia(&["account", "wangfang"]));
    assert_eq!(code, Some(0));
    disk.fill();
    let (code, full) = told(&mut disk.jianjia(&["doctor"]));
    assert_eq!(code, Some(1), "{full}");
    let told_of = |told: &str, part: &str, expect: &str| {
        let mut lines = told.lines();
        lines.any(|line| line.starts_with(&format!("fault    {part}")) && line.contains(expect))
    };
    assert!(told_of(&full, "disk", "0 MB are free"), "{full}");
    assert!(told_of(&full, "", "the disk is full"), "{full}");
    disk.free();
    let folder = disk.folder.path().display().to_string();
    disk.runs("mount", &["-o", "remount,ro", &folder]);
    let (code, read_only) = told(&mut disk.jianjia(&["doctor"]));
    assert_eq!(code, Some(1), "{read_only}");
    assert!(
        told_of(&read_only, "folder", "can't be written"),
        "{read_only}"
    );
}

async fn ready(server: &Server) -> (StatusCode, String) {
    let answer = reqwest::get(server.url("/readyz"))
        .await
        .expect("an answer");
    (answer.status(), answer.text().await.expect("text"))
}

/// Asks until the answer is this one; it holds for a second.
async fn until_ready(server: &Server, expect: (StatusCode, &str)) {
    let begun = Instant::now();
    loop {
        let (status, text) = ready(server).await;
        if status == expect.0 && text.contains(expect.1) {
            return;
        }
        assert!(begun.elapsed() < SOON, "{status} {text}, not {expect:?}");
        tokio::time::sleep(BETWEEN).await;
    }
}

/// A sign-in with a wrong password, which writes.
async fn guess(server: &Server, login: &str) -> (StatusCode, String) {
    let client = Client::builder()
        .cookie_store(true)
        .redirect(Policy::none())
        .build()
        .expect("a client");
    let page = client.get(server.url("/sign-in")).send().await;
    let page = page.expect("an answer").text().await.expect("text");
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
    let (csrf, _) = rest.split_once('"').expect("a form");
    let form = [("csrf", csrf), ("login", login), ("password", "guessed")];
    let answer = client.post(server.url("/sign-in")).form(&form).send().await;
    let answer = answer.expect("an answer");
    (answer.status(), answer.text().await.expect("text"))
}

const READY: (StatusCode, &str) = (StatusCode::OK, "ready");
const FULL: (StatusCode, &str) = (StatusCode::SERVICE_UNAVAILABLE, "the disk is full");

#[tokio::test]
async fn a_disk_that_was_full_is_told_and_needs_no_restart() {
    let disk = Disk::of(24);
    let server = Server::start(&mut disk.jianjia(&["serve", "--listen", "127.0.0.1:0"]));
    until_ready(&server, READY).await;
    for round in 0..3 {
        disk.fill();
        until_ready(&server, FULL).await;
        for number in 0..4 {
            let (status, page) = guess(&server, &format!("nobody.{round}.{number}")).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
        }
        // What needs no room goes on.
        let home = reqwest::get(server.url("/standard")).await.unwrap();
        assert_eq!(home.status(), StatusCode::OK);
        disk.free();
        until_ready(&server, READY).await;
        for number in 0..4 {
            let (status, page) = guess(&server, &format!("someone.{round}.{number}")).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        }
    }
}

#[test]
fn a_start_and_a_backup_on_a_full_disk_say_so_at_once() {
    let disk = Disk::of(24);
    let listen = ["serve", "--listen", "127.0.0.1:0"];
    // With nothing there yet, and with an instance.
    disk.fill();
    let (code, words) = told(&mut disk.jianjia(&listen));
    assert_eq!(code, Some(1));
    assert!(words.contains("the disk is full"), "{words}");
    disk.free();
    let (code, words) = told(&mut disk.jianjia(&["account", "wangfang"]));
    assert_eq!(code, Some(0), "{words}");
    disk.fill();
    let backup = disk.folder.path().join("city.zip").display().to_string();
    for command in [&listen[..], &["backup", &backup]] {
        let (code, words) = told(&mut disk.jianjia(command));
        assert_eq!(code, Some(1), "{command:?}");
        assert!(words.contains("the disk is full"), "{command:?}: {words}");
        assert_eq!(words.lines().count(), 1, "{command:?}: {words}");
    }
    assert!(!disk.seen("city.zip").exists(), "half a backup is none");
    disk.free();
    let (code, words) = told(&mut disk.jianjia(&["backup", &backup]));
    assert_eq!(code, Some(0), "{words}");
    let (code, words) = told(&mut disk.jianjia(&["verify"]));
    assert_eq!(code, Some(0), "{words}");
}

#[tokio::test]
async fn folders_that_may_only_be_read_are_told() {
    let disk = Disk::of(24);
    let server = Server::start(&mut disk.jianjia(&["serve", "--listen", "127.0.0.1:0"]));
    until_ready(&server, READY).await;
    let files = disk.folder.path().join("files").display().to_string();
    disk.runs("mount", &["--bind", &files, &files]);
    disk.runs("mount", &["-o", "remount,bind,ro", &files]);
    until_ready(
        &server,
        (StatusCode::SERVICE_UNAVAILABLE, "may only be read"),
    )
    .await;
    disk.runs("umount", &[&files]);
    until_ready(&server, READY).await;
    drop(server);
    // The whole instance.
    let folder = disk.folder.path().display().to_string();
    disk.runs("mount", &["-o", "remount,ro", &folder]);
    let (code, words) = told(&mut disk.jianjia(&["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("may only be read"), "{words}");
}

/// Stands between the program and the machine's writing out: it waits while the file `slow` is in the folder, and fails while `broken` is.
const WRITING_OUT: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static int is(const char *what) {
    char path[4096];
    const char *folder = getenv("DISK");
    if (!folder) return 0;
    snprintf(path, sizeof path, "%s/%s", folder, what);
    return access(path, F_OK) == 0;
}
static int out(long call, int file) {
    while (is("slow")) usleep(20000);
    if (is("broken")) { errno = EIO; return -1; }
    return (int)syscall(call, file);
}
int fsync(int file) { return out(SYS_fsync, file); }
int fdatasync(int file) { return out(SYS_fdatasync, file); }
"#;

/// A server whose disk can be made slow or broken by a file in the second folder.
fn troubled(folder: &TempDir, control: &TempDir) -> Server {
    let (source, library) = (
        control.path().join("disk.c"),
        control.path().join("disk.so"),
    );
    fs::write(&source, WRITING_OUT).expect("a file");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status();
    assert!(built.expect("a C compiler").success());
    Server::start(
        Command::new(env!("CARGO_BIN_EXE_jianjia"))
            .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
            .arg(folder.path())
            .env("LD_PRELOAD", &library)
            .env("DISK", control.path()),
    )
}

#[tokio::test]
async fn a_disk_that_does_not_answer_is_told_while_reading_goes_on() {
    let (folder, control) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = troubled(&folder, &control);
    until_ready(&server, READY).await;
    let slow = control.path().join("slow");
    fs::write(&slow, "").unwrap();
    until_ready(&server, (StatusCode::SERVICE_UNAVAILABLE, "three seconds")).await;
    let home = reqwest::get(server.url("/standard")).await.unwrap();
    assert_eq!(home.status(), StatusCode::OK);
    fs::remove_file(&slow).unwrap();
    until_ready(&server, READY).await;
    let (status, page) = guess(&server, "someone").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
}

#[tokio::test]
async fn a_disk_that_failed_once_needs_no_restart() {
    let (folder, control) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = troubled(&folder, &control);
    let broken = control.path().join("broken");
    for round in 0..3 {
        fs::write(&broken, "").unwrap();
        until_ready(&server, (StatusCode::SERVICE_UNAVAILABLE, "the disk")).await;
        let (status, page) = guess(&server, &format!("nobody.{round}")).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
        fs::remove_file(&broken).unwrap();
        until_ready(&server, READY).await;
        let (status, page) = guess(&server, &format!("someone.{round}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    }
}
