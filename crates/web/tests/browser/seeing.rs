//! What is to be seen on a page, and what its links lead to.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Browser, WIDTHS, from_base64};

impl Browser {
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
}
