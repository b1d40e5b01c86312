//! Filling in forms, by the words that people see at the fields.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;
use thirtyfour::{By, WebElement};

use super::Browser;

impl Browser {
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

    pub(super) async fn first(&self, pattern: &str, what: &str) -> WebElement {
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
}

/// A string of XPath, which has no escapes.
pub(super) fn quoted(text: &str) -> String {
    assert!(!text.contains('"'), "words without straight quotes");
    format!("\"{text}\"")
}
