//! Text in the two languages of the product.

use crate::keyed;

keyed! {
    /// A language of the product; Chinese is the source.
    pub enum Lang {
        Zh = "zh",
        En = "en",
    }
}

impl Default for Lang {
    /// Chinese is the language of the product's users.
    fn default() -> Lang {
        Lang::Zh
    }
}

/// The same text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

impl Text {
    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}
