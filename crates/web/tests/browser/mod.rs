//! A real browser before the pages: starts Chromium, serves the web in this process, and reads and uses pages as people do, by
//! the words they see. With a folder in `JIANJIA_SCREENSHOTS`, a screenshot of each step goes there, at both widths; without one, only the last
//! page of a story that fails is kept, in `screenshots/`: pictures of whole pages take longer than the steps.

pub mod scanning;

use std::{
    fmt::Write as _,
    future::Future,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::ServiceExt;
use jianjia_app::core::app::App;
use jianjia_web::Site;
use serde_json::{Value, json};
use thirtyfour::{ChromeCapabilities, prelude::*};

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

    /// Presses the button or follows the link with these words, in the page's main part if there is one.
    pub async fn click(&self, words: &str) {
        let found = self.pressable("", words).await;
        self.press(found, words).await;
    }

    /// The same within the smallest part of the page that holds the words `near`: a row, a card, a form. `near` may also be
    /// `main`.
    pub async fn click_in(&self, near: &str, words: &str) {
        let scope = if near == "main" {
            "//main".to_owned()
        } else {
            let near = quoted(near);
            let pressable = pressable_steps(words);
            format!("(//main//*[contains(normalize-space(.), {near}) and ({pressable})])[last()]")
        };
        let found = self.pressable(&scope, words).await;
        self.press(found, words).await;
    }

    /// Presses and waits until the next page is there.
    async fn press(&self, found: Option<WebElement>, words: &str) {
        let Some(element) = found else {
            panic!("nothing to press says “{words}” on\n{}", self.page().await);
        };
        self.show(&element).await;
        self.script("window.isOld = true", vec![]).await;
        if let Err(error) = element.click().await {
            panic!("“{words}” can't be pressed: {error}\n{}", self.page().await);
        }
        let until = Instant::now() + self.patience;
        let is_new = "return !window.isOld && document.readyState === 'complete'";
        // While the pages change there is nobody to answer.
        while !matches!(self.driver.execute(is_new, vec![]).await, Ok(answer) if answer.json() == &json!(true))
        {
            assert!(
                Instant::now() < until,
                "“{words}” leads nowhere on\n{}",
                self.page().await
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn pressable(&self, scope: &str, words: &str) -> Option<WebElement> {
        let steps = pressable_steps(words);
        let patterns: Vec<String> = if scope.is_empty() {
            vec![
                format!("//main//*[{}]", own_pressable(words)),
                format!("//*[{}]", own_pressable(words)),
            ]
        } else {
            vec![format!("{scope}/{steps}")]
        };
        let until = Instant::now() + self.patience;
        loop {
            for pattern in &patterns {
                let found = self.driver.find_all(By::XPath(pattern.as_str())).await;
                for element in found.unwrap_or_default() {
                    if element.is_displayed().await.unwrap_or(false) {
                        return Some(element);
                    }
                }
            }
            if Instant::now() > until {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
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

    /// Writes into the field with this label (or name for a screen reader, or id).
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        let kind = field.attr("type").await.ok().flatten().unwrap_or_default();
        if kind == "date" {
            // What the keys of a date field mean depends on the machine's language.
            self.script(
                "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}));",
                vec![field.to_json().expect("a reference"), json!(text)],
            )
            .await;
            return;
        }
        field.clear().await.expect("the field can be emptied");
        field
            .send_keys(text)
            .await
            .expect("the field can be written");
    }

    /// What stands in the field with this label.
    pub async fn value(&self, label: &str) -> String {
        let value = self.field(label).await.prop("value").await;
        value.expect("a field").unwrap_or_default()
    }

    /// Chooses an entry of the list with this label, by its words.
    pub async fn select(&self, label: &str, words: &str) {
        let field = self.field(label).await;
        let pattern = format!(".//option[contains(normalize-space(.), {})]", quoted(words));
        let Ok(option) = field.find(By::XPath(pattern.as_str())).await else {
            panic!(
                "“{label}” does not offer “{words}” on\n{}",
                self.page().await
            );
        };
        option.click().await.expect("the entry can be chosen");
    }

    /// Answers the question (a group of choices) with these words.
    pub async fn choose(&self, question: &str, answer: &str) {
        let pattern = format!(
            "//fieldset[.//legend[contains(normalize-space(.), {})]]//label[normalize-space(.) = {}]",
            quoted(question),
            quoted(answer)
        );
        let what = format!("the answer “{answer}” to “{question}”");
        let choice = self.first(&pattern, &what).await;
        self.show(&choice).await;
        choice.click().await.expect("the answer can be chosen");
    }

    /// Ticks the box that these words name, in its label or for a screen reader; a ticked one stays so.
    pub async fn tick(&self, words: &str) {
        self.set_box(words, true).await;
    }

    /// Takes the tick off such a box.
    pub async fn untick(&self, words: &str) {
        self.set_box(words, false).await;
    }

    /// Whether such a box is ticked.
    pub async fn is_ticked(&self, words: &str) -> bool {
        let found = self.named_box(words).await;
        let reference = found.to_json().expect("a reference");
        let script = "return (arguments[0].control || arguments[0]).checked";
        self.script(script, vec![reference]).await == true
    }

    async fn named_box(&self, words: &str) -> WebElement {
        let words = quoted(words);
        let pattern = format!(
            "//main//label[contains(normalize-space(.), {words})][.//input[@type='checkbox'] or @for=//input[@type='checkbox']/@id] | //main//input[@type='checkbox'][contains(@aria-label, {words})]"
        );
        self.first(&pattern, &format!("a box {words}")).await
    }

    async fn set_box(&self, words: &str, wanted: bool) {
        if self.is_ticked(words).await != wanted {
            let found = self.named_box(words).await;
            self.show(&found).await;
            found.click().await.expect("the box can be ticked");
        }
    }

    /// Brings it into the middle of the window at once, whatever the style says.
    async fn show(&self, element: &WebElement) {
        self.script(
            "arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})",
            vec![element.to_json().expect("a reference")],
        )
        .await;
    }

    /// Opens the part of the page that is folded under these words, or under a line with them as its heading.
    pub async fn unfold(&self, words: &str) {
        let quoted_words = quoted(words);
        let pattern = format!(
            "//main//summary[normalize-space(.) = {quoted_words} or h3/text()[normalize-space(.) = {quoted_words}]]"
        );
        let summary = self.first(&pattern, &format!("“{words}” to unfold")).await;
        self.show(&summary).await;
        summary.click().await.expect("it unfolds");
    }

    /// Presses what a selector finds, where the words alone don't tell which one.
    pub async fn press_at(&self, selector: &str) {
        let found = self.driver.find(By::Css(selector)).await.ok();
        if let Some(element) = &found {
            self.show(element).await;
        }
        self.press(found, selector).await;
    }

    /// Chooses a file in the field with this label.
    pub async fn attach(&self, label: &str, file: &Path) {
        let field = self.field(label).await;
        let file = file.to_str().expect("a path in letters");
        field.send_keys(file).await.expect("the file can be chosen");
    }

    /// Chooses a file in the only file field of the page.
    pub async fn attach_only(&self, file: &Path) {
        let field = self
            .first("//main//input[@type='file']", "a file field")
            .await;
        let file = file.to_str().expect("a path in letters");
        field.send_keys(file).await.expect("the file can be chosen");
    }

    /// Waits until the page says it.
    pub async fn sees(&self, text: &str) {
        let until = Instant::now() + self.patience;
        while !self.text().await.contains(text) {
            assert!(
                Instant::now() < until,
                "“{text}” is not to be seen on\n{}",
                self.page().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the page doesn't say it (any more).
    pub async fn does_not_see(&self, text: &str) {
        let until = Instant::now() + self.patience;
        while self.text().await.contains(text) {
            assert!(
                Instant::now() < until,
                "“{text}” is to be seen on\n{}",
                self.page().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
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

    /// A page wider than the phone fails. With it goes a picture of the whole page at each width, if pictures are taken.
    pub async fn picture(&self, name: &str) {
        let phone = WIDTHS[0];
        self.be_wide(phone).await;
        let seen = self.script("return document.documentElement.scrollWidth", vec![]);
        let wider = seen.await.as_u64().unwrap_or(0);
        let wider = wider.saturating_sub(u64::from(phone));
        if self.takes_pictures {
            for width in WIDTHS {
                self.be_wide(width).await;
                let file = self.pictures.join(format!("{name}-{width}.png"));
                std::fs::write(file, self.screenshot().await).expect("the picture is kept");
            }
        }
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({}))
            .await;
        assert_eq!(
            wider,
            0,
            "{name} ({}) is {wider} pixels wider than a phone",
            self.path().await
        );
    }

    /// The whole page as it is, as a PNG.
    async fn screenshot(&self) -> Vec<u8> {
        let wanted = json!({"format": "png", "captureBeyondViewport": true});
        let picture = self.devtools("Page.captureScreenshot", wanted).await;
        from_base64(picture["value"]["data"].as_str().expect("a picture"))
    }

    /// The same, and goes on at the width of the phone.
    pub async fn picture_on_the_phone(&self, name: &str) {
        self.picture(name).await;
        self.be_wide(WIDTHS[0]).await;
    }

    /// What a link of the page leads to, as its reader would save it; `selector` finds the link.
    pub async fn download(&self, selector: &str) -> Vec<u8> {
        let script = "return fetch(document.querySelector(arguments[0]).href)
            .then((answer) => answer.arrayBuffer())
            .then((bytes) => btoa([...new Uint8Array(bytes)].map((byte) => String.fromCharCode(byte)).join('')));";
        let told = self.script(script, vec![json!(selector)]).await;
        from_base64(told.as_str().expect("the bytes of a file"))
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

    async fn field(&self, label: &str) -> WebElement {
        let words = quoted(label);
        let pattern = format!(
            "//label[starts-with(normalize-space(.), {words})] | //*[self::input or self::select or self::textarea][@aria-label={words} or @id={words}]"
        );
        let found = self.first(&pattern, &format!("a field “{label}”")).await;
        if found.tag_name().await.expect("a tag") != "label" {
            return found;
        }
        let id = found.attr("for").await.ok().flatten();
        let field = match id {
            Some(id) => self.driver.find(By::Id(id)).await,
            None => found.find(By::Css("input, select, textarea")).await,
        };
        field.expect("the label has its field")
    }

    async fn first(&self, pattern: &str, what: &str) -> WebElement {
        let until = Instant::now() + self.patience;
        loop {
            if let Ok(found) = self.driver.find(By::XPath(pattern)).await {
                return found;
            }
            assert!(
                Instant::now() < until,
                "there is not {what} on\n{}",
                self.page().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
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

/// The driver's process and what it started; gone when dropped.
struct Chromedriver {
    process: Child,
    address: String,
}

impl Chromedriver {
    /// On a port that it chooses itself and tells.
    fn start() -> Chromedriver {
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

fn capabilities(profile: &Path) -> ChromeCapabilities {
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

/// Conditions of an element that can be pressed and says just these words.
fn own_pressable(words: &str) -> String {
    let words = quoted(words);
    format!("(self::button or self::a or self::summary) and normalize-space(.) = {words}")
}

fn pressable_steps(words: &str) -> String {
    format!("descendant-or-self::*[{}]", own_pressable(words))
}

/// A string of XPath, which has no escapes.
fn quoted(text: &str) -> String {
    assert!(!text.contains('"'), "words without straight quotes");
    format!("\"{text}\"")
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
