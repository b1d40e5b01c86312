//! Help at the end of every page: a line or two (`words/help.toml`), what the standard says of it, and whom to ask.

use jianjia_app::office::contact::Contact;
use jianjia_standard::{Lang, Standard, Text, check::Check, programme::Title};
use jianjia_words::help;

use crate::visit::Visit;

/// The help of a page, in both languages: a page of voting may change its language after this was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    pub zh: &'static str,
    pub en: &'static str,
    /// Clauses of the standard and their texts.
    pub clauses: Vec<(String, Text)>,
    pub contact: Contact,
}

impl Help {
    pub fn words(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }

    pub fn clauses(&self, lang: Lang) -> impl Iterator<Item = (&str, &str)> {
        let clauses = self.clauses.iter();
        clauses.map(move |(clause, text)| (clause.as_str(), text.get(lang)))
    }
}

/// The help of the page that is visited.
pub fn of(standard: &Standard, visit: &Visit) -> Help {
    let Some(found) = help::of(&visit.path) else {
        return Help {
            contact: visit.contact.clone(),
            ..Help::default()
        };
    };
    let text = |clause: &str| {
        let told = standard.clauses.iter().find(|told| told.clause == clause);
        let criterion = || standard.criterion(clause).map(|criterion| &criterion.text);
        let text = told.map(|told| &told.text).or_else(criterion)?;
        Some((clause.to_owned(), text.clone()))
    };
    Help {
        zh: &found.zh,
        en: &found.en,
        clauses: clauses(standard, &found.about)
            .into_iter()
            .filter_map(text)
            .collect(),
        contact: visit.contact.clone(),
    }
}

/// The clauses of the standard on a matter, each once.
fn clauses<'a>(standard: &'a Standard, about: &str) -> Vec<&'a str> {
    let mut clauses: Vec<&str> = match about {
        "calendar" => standard
            .calendar
            .iter()
            .map(|calendar| calendar.clause.as_str())
            .collect(),
        "routes" => standard
            .routes
            .iter()
            .map(|route| route.clause.as_str())
            .collect(),
        "equivalence" => standard
            .equivalence
            .iter()
            .map(|equivalence| equivalence.clause.as_str())
            .collect(),
        "rating" => standard.titles.iter().flat_map(rated).collect(),
        _ => Vec::new(),
    };
    clauses.dedup();
    clauses
}

/// The criteria of a title that ask for a rating.
fn rated(title: &Title) -> impl Iterator<Item = &str> {
    let criteria = title.criteria.iter();
    criteria
        .filter(|asked| {
            let mut parts = asked.check.parts().into_iter();
            parts.any(|check| matches!(check, Check::Rating { .. }))
        })
        .map(|asked| asked.clause.as_str())
}
