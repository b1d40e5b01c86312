//! Help at the end of every page: a line or two (`words/help.toml`), what the standard says of it, and whom to ask.

use jianjia_app::{core::app::App, office::contact::Contact};
use jianjia_standard::{Lang, Standard, Text, check::Check};
use jianjia_words::help::{self, About};

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
pub fn of(app: &App, visit: &Visit) -> Help {
    let Some(found) = help::of_instance(&visit.path, app.takes_passwords()) else {
        return Help {
            contact: visit.contact.clone(),
            ..Help::default()
        };
    };
    Help {
        zh: &found.zh,
        en: &found.en,
        clauses: clauses(app.in_force(), &found.about),
        contact: visit.contact.clone(),
    }
}

/// The clauses of the standard on these matters, each once.
pub fn clauses(standard: &Standard, about: &[About]) -> Vec<(String, Text)> {
    let mut found: Vec<(String, Text)> = Vec::new();
    for (clause, text) in about.iter().flat_map(|about| on(standard, *about)) {
        if !found.iter().any(|(known, _)| *known == clause) {
            found.push((clause, text));
        }
    }
    found
}

fn on(standard: &Standard, about: About) -> Vec<(String, Text)> {
    let told = |clause: &str| {
        let mut clauses = standard.clauses.iter();
        let told = clauses.find(|told| told.clause == clause)?;
        Some((clause.to_owned(), told.text.clone()))
    };
    match about {
        About::Calendar => {
            let calendar = standard.calendar.iter();
            calendar.filter_map(|of| told(&of.clause)).collect()
        }
        About::Routes => {
            let routes = standard.routes.iter();
            routes.filter_map(|route| told(&route.clause)).collect()
        }
        About::Notice => {
            let rules = &standard.publication;
            told(&rules.clause).into_iter().collect()
        }
        About::Equivalence => {
            let rule = standard.equivalence.iter();
            rule.map(|rule| (rule.clause.clone(), rule.text.clone()))
                .collect()
        }
        About::Rating => asking(standard, |check| matches!(check, Check::Rating { .. })),
        About::Activities => asking(standard, |check| matches!(check, Check::Activities { .. })),
        About::Vetoes => {
            let vetoes = standard.vetoes.iter();
            vetoes
                .map(|veto| (veto.clause.clone(), veto.text.clone()))
                .collect()
        }
        About::Targets => {
            let targets = standard.targets.iter();
            targets
                .map(|target| (target.clause.clone(), target.name.clone()))
                .collect()
        }
        About::Rewards => {
            let rewards = standard.rewards.iter();
            rewards
                .map(|reward| (reward.clause.clone(), reward.text.clone()))
                .collect()
        }
    }
}

/// The criteria of titles that have such a check.
fn asking(standard: &Standard, is_such: impl Fn(&Check) -> bool) -> Vec<(String, Text)> {
    let asked = standard.titles.iter().flat_map(|title| &title.criteria);
    asked
        .filter(|asked| asked.check.parts().into_iter().any(&is_such))
        .filter_map(|asked| standard.criterion(&asked.clause))
        .map(|criterion| (criterion.clause.clone(), criterion.text.clone()))
        .collect()
}
