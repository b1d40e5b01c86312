//! Sheets as they leave the printer: what stands on them, and what a telephone reads from their code.

use jianjia_app::{core::clock::Clock, office::factor::totp};
use jianjia_domain::office::factor;
use serde_json::{Value, json};

use crate::{
    Story,
    browser::{Browser, from_base64, scanning::words_of_code},
    running::BETWEEN,
};

/// A sheet, scanned.
pub struct Sheet {
    pub union: String,
    /// Name and role: `陈静 工会主席`.
    pub who: String,
    pub login: String,
    /// Where its code leads: `/join#…`.
    pub path: String,
}

/// Takes the sheets that the page shows to the printer, and scans the first so many.
pub async fn printed(story: &Story, sheets: usize, scanned: usize) -> Vec<Sheet> {
    let browser = &story.browser;
    browser.be_paper(true).await;
    browser.does_not_see("不要刷新这一页").await;
    let pages = pages(browser).await;
    assert_eq!(pages, sheets, "each sheet is a page of its own");
    let script = "return [...document.querySelectorAll('.invite-sheet')].map((sheet) => {
        const box = sheet.querySelector('svg').getBoundingClientRect();
        const words = (part) => sheet.querySelector(part).innerText.replace(/\\s+/g, ' ').trim();
        return {
            union: words('.invite-to'), who: words('.invite-who'), code: words('.invite-digits'), text: sheet.innerText,
            clip: {x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height, scale: 2},
        };
    })";
    let found = browser.script(script, vec![]).await;
    let found = found.as_array().expect("sheets");
    assert_eq!(found.len(), sheets);
    let mut taken = Vec::new();
    for sheet in &found[..scanned] {
        let word = |key: &str| sheet[key].as_str().expect("words").to_owned();
        let address = scan(browser, &sheet["clip"]).await;
        // Whoever can't scan types the same.
        let code = word("code").replace('-', "");
        assert_eq!(address, format!("{}/join#{code}", browser.address));
        let text = word("text");
        let (_, login) = text.split_once("用户名 ").expect("a user name");
        let (login, _) = login.split_once(" 登录").expect("words behind it");
        taken.push(Sheet {
            union: word("union"),
            who: word("who"),
            login: login.to_owned(),
            path: format!("/join#{code}"),
        });
    }
    browser.be_paper(false).await;
    taken
}

/// How many pages the printer would give out.
async fn pages(browser: &Browser) -> usize {
    let printed = browser
        .devtools("Page.printToPDF", json!({"preferCSSPageSize": true}))
        .await;
    let pdf = from_base64(printed["value"]["data"].as_str().expect("a document"));
    let mark = b"/Type /Page";
    let is_page = |window: &&[u8]| window.starts_with(mark) && window[mark.len()] != b's';
    pdf.windows(mark.len() + 1).filter(is_page).count()
}

/// What a telephone reads from a part of the page.
async fn scan(browser: &Browser, clip: &Value) -> String {
    let parameters = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
    let picture = browser.devtools("Page.captureScreenshot", parameters).await;
    let bytes = from_base64(picture["value"]["data"].as_str().expect("a picture"));
    words_of_code(&bytes)
}

/// The telephone of somebody with a second factor.
pub struct Telephone {
    seed: Vec<u8>,
    /// The half minute whose code was given last: it counts once, and no earlier one after it.
    given: i64,
}

impl Telephone {
    /// One that scanned a seed, as the page groups its letters.
    pub fn of(letters: &str) -> Telephone {
        let (mut bits, mut held, mut seed) = (0_u32, 0, Vec::new());
        for letter in letters.bytes().filter(|letter| *letter != b' ') {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                _ => letter - b'2' + 26,
            };
            bits = bits << 5 | u32::from(value);
            held += 5;
            if held >= 8 {
                held -= 8;
                seed.push((bits >> held & 255) as u8);
            }
        }
        Telephone { seed, given: 0 }
    }

    /// A code that counts: that of this half minute or, if it was given, the next, which a clock that is a little fast shows already.
    pub async fn code(&mut self) -> String {
        loop {
            let now = factor::step(Clock::Real.now());
            let step = now.max(self.given + 1);
            if step <= now + 1 {
                self.given = step;
                return totp::code(&self.seed, step);
            }
            tokio::time::sleep(BETWEEN).await;
        }
    }
}
