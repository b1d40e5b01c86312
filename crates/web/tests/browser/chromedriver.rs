//! The driver that starts Chromium and speaks for us.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities, DesiredCapabilities};

/// The driver's process and what it started; gone when dropped.
pub(super) struct Chromedriver {
    process: Child,
    pub(super) address: String,
}

impl Chromedriver {
    /// On a port that it chooses itself and tells.
    pub(super) fn start() -> Chromedriver {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver is installed: see bin/setup");
        let told = process.stdout.take().expect("its words");
        let mut words = String::new();
        for line in BufReader::new(told).lines() {
            let line = line.expect("words of chromedriver");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                let port = port.trim().trim_end_matches('.');
                return Chromedriver {
                    address: format!("http://127.0.0.1:{port}"),
                    process,
                };
            }
            let _ = writeln!(words, "{line}");
        }
        let _ = process.kill();
        let _ = process.wait();
        panic!("chromedriver did not start:\n{words}");
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // The whole group, so that no browser is left behind.
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill")
            .args(["-TERM", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.process.wait();
    }
}

pub(super) fn capabilities(profile: &Path) -> ChromeCapabilities {
    let mut capabilities = DesiredCapabilities::chrome();
    for argument in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--window-size=1280,900",
    ] {
        capabilities.add_arg(argument).expect("an argument");
    }
    capabilities
        .add_arg(&format!("--user-data-dir={}", profile.display()))
        .expect("an argument");
    capabilities
}
