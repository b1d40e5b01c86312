//! A real browser before the pages: starts Chromium, serves the web in this process, and reads and uses pages as people do, by
//! the words they see. With a folder in `JIANJIA_SCREENSHOTS`, a screenshot of each step goes there, at both widths; without one, only the last
//! page of a story that fails is kept, in `screenshots/`: pictures of whole pages take longer than the steps.

mod chromedriver;
mod fields;
mod pressing;
pub mod scanning;
mod seeing;

use std::{
    future::Future,
    path::{Path, PathBuf},
    time::Duration,
};

use axum::ServiceExt;
use jianjia_app::core::app::App;
use jianjia_web::Site;
use serde_json::{Value, json};
use thirtyfour::{WebDriver, WindowHandle};

use chromedriver::{Chromedriver, capabilities};

/// How long a page may take to show what is waited for, unless a story asks for more.
const PATIENCE: Duration = Duration::from_secs(20);

/// Widths of a phone and of a desk.
const WIDTHS: [u32; 2] = [375, 1280];

/// One person's browser on one web. Cheap to clone.
#[derive(Clone)]
pub struct Browser {
    driver: WebDriver,
    /// `http://127.0.0.1:<port>`
    pub address: String,
    chromedriver: String,
    http: reqwest::Client,
    /// Where the last page of a story that fails goes, and each step if `takes_pictures`.
    pictures: PathBuf,
    takes_pictures: bool,
    /// How long a page may take to show what is waited for.
    pub patience: Duration,
}

/// Serves the app, opens a browser on it and lets `story` use it. When the story fails, the last page is kept as a picture and as
/// text under the story's name.
///
/// # Panics
/// When the story does, or when there is no Chromium.
pub async fn with_browser<F, S>(name: &'static str, app: App, story: S)
where
    S: FnOnce(Browser) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    with_browser_on(name, jianjia_web::site(app), story).await;
}

/// As `with_browser`, on a site of its own: the demo's.
///
/// # Panics
/// When the story does, or when there is no Chromium.
pub async fn with_browser_on<F, S>(name: &'static str, site: Site, story: S)
where
    S: FnOnce(Browser) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let address = serve(site).await;
    with_browser_at(name, address, story).await;
}

/// As `with_browser`, on whatever serves at an address: the program itself.
///
/// # Panics
/// When the story does, or when there is no Chromium.
pub async fn with_browser_at<F, S>(name: &'static str, address: String, story: S)
where
    S: FnOnce(Browser) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let profile = tempfile::tempdir().expect("a folder for the profile");
    let chromedriver = Chromedriver::start();
    let driver = WebDriver::new(&chromedriver.address, capabilities(profile.path()))
        .await
        .expect("Chromium starts");
    let asked = std::env::var_os("JIANJIA_SCREENSHOTS");
    let takes_pictures = asked.is_some();
    let pictures = asked.map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../screenshots"),
        PathBuf::from,
    );
    let browser = Browser {
        driver,
        address,
        chromedriver: chromedriver.address.clone(),
        http: reqwest::Client::new(),
        pictures: pictures.join(name),
        takes_pictures,
        patience: PATIENCE,
    };
    std::fs::create_dir_all(&browser.pictures).expect("a folder for screenshots");
    // A task, so that a failing story comes back here and the browser is closed all the same.
    let ended = tokio::spawn(story(browser.clone())).await;
    if ended.is_err() {
        browser.keep_failure().await;
    }
    // Closing is a courtesy: the processes end with `chromedriver` anyway.
    let _ = browser.driver.clone().quit().await;
    drop(chromedriver);
    if let Err(failure) = ended {
        std::panic::resume_unwind(failure.into_panic());
    }
}

impl Browser {
    /// Opens an address of the web: `/standard`.
    pub async fn open(&self, path: &str) {
        let address = format!("{}{path}", self.address);
        self.driver.goto(address).await.expect("the page opens");
    }

    /// Signs in through the sign-in page; whoever was signed in before is signed out first.
    pub async fn sign_in(&self, login: &str, password: &str) {
        self.driver
            .delete_all_cookies()
            .await
            .expect("a fresh visitor");
        self.open("/sign-in").await;
        self.fill("用户名", login).await;
        self.fill("密码", password).await;
        self.click_in("main", "登录").await;
        self.sees("退出").await;
        // A visitor without cookies is a new browser: the next one is told of it.
        let address = self.driver.current_url().await.expect("an address");
        if address.path() == "/accounts/notices" {
            self.click_in("main", "我知道了").await;
        }
    }

    /// Comes to the site with these cookies and no others: name and value.
    pub async fn come_with(&self, cookies: &[(&str, &str)]) {
        self.devtools("Network.clearBrowserCookies", json!({}))
            .await;
        for (name, value) in cookies.iter().filter(|(_, value)| !value.is_empty()) {
            let cookie = json!({"name": name, "value": value, "url": self.address});
            self.devtools("Network.setCookie", cookie).await;
        }
    }

    /// A window as wide as this from now on.
    pub async fn be_wide(&self, width: u32) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}),
        )
        .await;
    }

    /// The page as it is printed, or on the screen again.
    pub async fn be_paper(&self, is_paper: bool) {
        let media = if is_paper { "print" } else { "" };
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": media }))
            .await;
    }

    /// Has each page that is opened from now on run a script before its own.
    pub async fn run_before_each_page(&self, script: &str) {
        let source = json!({"source": script});
        self.devtools("Page.addScriptToEvaluateOnNewDocument", source)
            .await;
    }

    /// Leaves as a visitor whom nobody knows.
    pub async fn sign_out(&self) {
        self.click("退出").await;
        self.sees("登录").await;
    }

    /// Closes the tab, as somebody does who puts the phone away; another, empty one is there then.
    pub async fn close_tab(&self) {
        let old = self.driver.window().await.expect("a tab");
        let fresh = self.driver.new_tab().await.expect("another tab");
        self.driver
            .switch_to_window(old)
            .await
            .expect("the first tab");
        self.driver.close_window().await.expect("it closes");
        self.driver
            .switch_to_window(fresh)
            .await
            .expect("the other tab");
    }

    /// Opens another tab beside this one and goes there; both, this one first.
    pub async fn opens_beside(&self) -> [WindowHandle; 2] {
        let first = self.driver.window().await.expect("a tab");
        let second = self.driver.new_tab().await.expect("another tab");
        self.goes_to(&second).await;
        [first, second]
    }

    pub async fn goes_to(&self, tab: &WindowHandle) {
        let gone = self.driver.switch_to_window(tab.clone()).await;
        gone.expect("the tab is there");
    }

    /// The words of the page as a person sees them.
    pub async fn text(&self) -> String {
        let text = self.script(
            "return document.body ? document.body.innerText : ''",
            vec![],
        );
        text.await.as_str().unwrap_or_default().to_owned()
    }

    /// The path of the page: `/desk`.
    pub async fn path(&self) -> String {
        let address = self.driver.current_url().await.expect("an address");
        match address.query() {
            Some(query) => format!("{}?{query}", address.path()),
            None => address.path().to_owned(),
        }
    }

    /// Runs a script in the page.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.driver.execute(script, arguments).await;
        answer.expect("the script runs").json().clone()
    }

    /// Asks what only the browser itself can do or tell.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let parameters = json!({"cmd": command, "params": parameters});
        self.extension("goog/cdp/execute", parameters).await
    }

    /// A command that WebDriver knows by an extension, by its path.
    pub async fn extension(&self, path: &str, parameters: Value) -> Value {
        let address = format!(
            "{}/session/{}/{path}",
            self.chromedriver,
            self.driver.session_id()
        );
        let body = parameters.to_string();
        let answer = self.http.post(address).body(body).send().await;
        let answer = answer.expect("chromedriver answers").text().await;
        serde_json::from_str(&answer.expect("an answer")).expect("JSON")
    }

    /// Address and words of the page, for a failure.
    async fn page(&self) -> String {
        format!("{}\n{}", self.path().await, self.text().await)
    }

    async fn keep_failure(&self) {
        let file = self.pictures.join("failure.png");
        let _ = self.driver.screenshot(&file).await;
        let _ = std::fs::write(self.pictures.join("failure.txt"), self.page().await);
        let _ = std::fs::write(
            self.pictures.join("failure.html"),
            self.driver.source().await.unwrap_or_default(),
        );
    }
}

/// Serves the web on a free port, at the address returned.
///
/// # Panics
/// When there is none.
pub async fn serve(site: Site) -> String {
    let (listener, port) = free_port().await;
    serve_on(listener, site);
    format!("http://127.0.0.1:{port}")
}

/// A port of this machine, before it is known what is served there.
pub async fn free_port() -> (tokio::net::TcpListener, u16) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

/// Serves a site there.
pub fn serve_on(listener: tokio::net::TcpListener, site: Site) {
    let service = site.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
}

/// What devtools answer with bytes.
pub fn from_base64(text: &str) -> Vec<u8> {
    let value = |letter: u8| -> Option<u32> {
        Some(match letter {
            b'A'..=b'Z' => u32::from(letter - b'A'),
            b'a'..=b'z' => u32::from(letter - b'a') + 26,
            b'0'..=b'9' => u32::from(letter - b'0') + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        })
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0, 0_u32);
    for six in text.bytes().filter_map(value) {
        held = held << 6 | six;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    bytes
}
