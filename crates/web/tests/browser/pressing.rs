//! Pressing buttons, following links and unfolding what is folded.

use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::{By, WebElement};

use super::{Browser, fields::quoted};

impl Browser {
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

    /// Brings it into the middle of the window at once, whatever the style says.
    pub(super) async fn show(&self, element: &WebElement) {
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
}

/// Conditions of an element that can be pressed and says just these words.
fn own_pressable(words: &str) -> String {
    let words = quoted(words);
    format!("(self::button or self::a or self::summary) and normalize-space(.) = {words}")
}

fn pressable_steps(words: &str) -> String {
    format!("descendant-or-self::*[{}]", own_pressable(words))
}
