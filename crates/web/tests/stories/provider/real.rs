//! The same against a real provider, which knows nothing of us: `oidc-provider`, as npm has it.

use std::{
    io::{BufRead, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdout, Command, Stdio},
};

use axum::http::StatusCode;
use jianjia_app::core::{app::App, clock::Clock};
use reqwest::redirect::Policy;

use super::{SECRET, chair, is_refused, settings_of, visitor, with};
use crate::site::{self, TestSite};

const BACK: &str = "http://localhost/sign-in/provider/return";

/// Where `bin/setup` puts it.
const MODULES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../target/oidc-provider/node_modules"
);

const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/stories/provider/real/serve.mjs"
);

struct RealProvider {
    issuer: String,
    process: Child,
    /// Kept, since it must not write into a pipe that is closed.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Drop for RealProvider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start() -> RealProvider {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mut process = Command::new("node")
        .args([SCRIPT, MODULES, &port.to_string(), SECRET, BACK])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("node: bin/setup installs it");
    let said = BufReader::new(process.stdout.take().unwrap());
    let mut lines = said.lines();
    let serves = lines.any(|line| line.unwrap() == "serving");
    assert!(serves, "the provider is missing: run bin/setup");
    RealProvider {
        issuer: format!("http://127.0.0.1:{port}"),
        process,
        _said: lines,
    }
}

/// Signs in at the provider as somebody: where it sends them then.
async fn sign_in_there(at: &str, login: &str) -> String {
    // A browser, but for our own address, which is not served on a port.
    let browser = reqwest::Client::builder()
        .cookie_store(true)
        .redirect(Policy::custom(|attempt| {
            if attempt.url().as_str().starts_with(BACK) {
                attempt.stop()
            } else {
                attempt.follow()
            }
        }))
        .build()
        .unwrap();
    let mut answer = browser.get(at).send().await.unwrap();
    for fields in [
        &[("prompt", "login"), ("login", login), ("password", "x")][..],
        &[("prompt", "consent")],
    ] {
        let page = answer.text().await.unwrap();
        let (_, rest) = page.split_once("action=\"").expect("a form");
        let action = rest.split('"').next().unwrap();
        answer = browser.post(action).form(fields).send().await.unwrap();
    }
    let back = answer.headers()["location"].to_str().unwrap().to_owned();
    let (_, query) = back.split_once('?').expect("a query");
    format!("/sign-in/provider/return?{query}")
}

async fn arrive(site: &TestSite, app: &App, login: &str) -> crate::site::Page {
    let mut client = visitor(site, app);
    let page = client.get("/sign-in/provider?next=/units").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    let back = sign_in_there(&page.location(), login).await;
    client.get(&back).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_provider_signs_in_whom_it_knows() {
    let provider = start();
    for site in site::both().await {
        chair(&site, "chen").await;
        // It goes by the real time.
        let app = App {
            clock: Clock::Real,
            ..with(&site, settings_of(&provider.issuer))
        };
        let page = arrive(&site, &app, "chen").await;
        assert_eq!(page.location(), "/units", "{}", page.text());
        let page = arrive(&site, &app, "nobody").await;
        is_refused(&page, "没有和您对应的账号");
    }
}
