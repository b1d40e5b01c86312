//! What a case says, as it is typed and as it is kept.

use jiff::Timestamp;
use serde::Deserialize;

use super::{CaseRefusal, lines};
use crate::{
    core::{ids::CaseId, refusal::Refusal, text},
    sharing::personal::numbers_in,
};

jianjia_standard::keyed! {
    /// Who wrote a text.
    pub enum Side {
        Union = "union" / "案例|报送单位原稿",
        City = "city" / "案例|市总工会编辑稿",
    }
}

/// A text of a case. What left its writer's hands stays as it is; a later one is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseText {
    pub case: CaseId,
    /// Counted from 1.
    pub number: i64,
    pub side: Side,
    pub written: Written,
    pub written_by_name: String,
    pub written_at: Timestamp,
}

/// What is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub title: String,
    pub problem: String,
    pub method: String,
    pub effect: String,
    /// Clauses of criteria, in the order of the standard.
    pub clauses: Vec<String>,
    /// Whether the people who are named agree to it.
    pub names_agreed: bool,
}

impl Written {
    /// All of it, as it is searched.
    pub fn all(&self) -> String {
        format!(
            "{}\n{}\n{}\n{}",
            self.title, self.problem, self.method, self.effect
        )
    }
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CaseForm {
    pub title: String,
    pub problem: String,
    pub method: String,
    pub effect: String,
    pub clauses: Vec<String>,
    /// `on` when ticked.
    pub names_agreed: String,
}

impl CaseForm {
    pub fn of(written: &Written) -> CaseForm {
        CaseForm {
            title: written.title.clone(),
            problem: written.problem.clone(),
            method: written.method.clone(),
            effect: written.effect.clone(),
            clauses: written.clauses.clone(),
            names_agreed: if written.names_agreed { "on" } else { "" }.to_owned(),
        }
    }
}

/// The most characters of a title, and of each of the three parts.
const LONGEST_TITLE: usize = 40;
const LONGEST_PART: usize = 3_000;

/// The most clauses of a case: one that is tied to everything is found beside nothing.
const MOST_CLAUSES: usize = 5;

/// The most photos of a case, and characters under one.
pub const MOST_PHOTOS: usize = 6;
pub const LONGEST_CAPTION: usize = 60;

/// Reads a text. `known`: the clauses of criteria, in the order of the standard; `people`: the names that the register has of the union.
///
/// # Errors
/// A refusal for each field that can't be taken: missing or long, with numbers of people, or naming somebody of the union without saying that they agree.
pub fn read(form: &CaseForm, known: &[String], people: &[String]) -> Result<Written, Refusal> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let title = text::line(&form.title);
    let parts = [
        ("title", title, LONGEST_TITLE),
        ("problem", lines(&form.problem), LONGEST_PART),
        ("method", lines(&form.method), LONGEST_PART),
        ("effect", lines(&form.effect), LONGEST_PART),
    ];
    for (field, said, most) in &parts {
        if let Some(refusal) = wrong_with(field, said, *most) {
            wrong.push(((*field).to_owned(), refusal.into()));
        }
    }
    let chosen = known.iter().filter(|clause| form.clauses.contains(clause));
    let clauses: Vec<String> = chosen.cloned().collect();
    if clauses.is_empty() {
        wrong.push(("clauses".to_owned(), CaseRefusal::NoClause.into()));
    } else if clauses.len() > MOST_CLAUSES {
        let refusal = CaseRefusal::TooManyClauses { most: MOST_CLAUSES };
        wrong.push(("clauses".to_owned(), refusal.into()));
    }
    let names_agreed = !form.names_agreed.is_empty();
    let named = named(people, &parts.each_ref().map(|(_, said, _)| said.as_str()));
    if !named.is_empty() && !names_agreed {
        let refusal = CaseRefusal::NamesWithoutConsent { named };
        wrong.push(("names_agreed".to_owned(), refusal.into()));
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    let [title, problem, method, effect] = parts.map(|(_, said, _)| said);
    Ok(Written {
        title,
        problem,
        method,
        effect,
        clauses,
        names_agreed,
    })
}

fn wrong_with(field: &str, said: &str, most: usize) -> Option<CaseRefusal> {
    if said.is_empty() {
        return Some(match field {
            "title" => CaseRefusal::NoTitle,
            "problem" => CaseRefusal::NoProblem,
            "method" => CaseRefusal::NoMethod,
            _ => CaseRefusal::NoEffect,
        });
    }
    if said.chars().count() > most {
        return Some(CaseRefusal::TooLong { most });
    }
    let numbers = numbers_in(said);
    (!numbers.is_empty()).then_some(CaseRefusal::Numbers { numbers })
}

/// Who of the union is named.
fn named(people: &[String], parts: &[&str]) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    for name in people {
        let is_name = name.chars().count() > 1;
        if is_name && !named.contains(name) && parts.iter().any(|part| part.contains(name.as_str()))
        {
            named.push(name.clone());
        }
    }
    named
}

/// What stands under a photo, for those who don't see it, too.
///
/// # Errors
/// `NoCaption`; `TooLong`; `Numbers`; `PhotoWithoutConsent` when nobody says that the people in it agree.
pub fn caption(typed: &str, agreed: &str) -> Result<String, Refusal> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let said = text::line(typed);
    let numbers = numbers_in(&said);
    let refusal = if said.is_empty() {
        Some(CaseRefusal::NoCaption)
    } else if said.chars().count() > LONGEST_CAPTION {
        let most = LONGEST_CAPTION;
        Some(CaseRefusal::TooLong { most })
    } else if !numbers.is_empty() {
        Some(CaseRefusal::Numbers { numbers })
    } else {
        None
    };
    if let Some(refusal) = refusal {
        wrong.push(("caption".to_owned(), refusal.into()));
    }
    if agreed.is_empty() {
        let refusal = CaseRefusal::PhotoWithoutConsent;
        wrong.push(("agreed".to_owned(), refusal.into()));
    }
    if wrong.is_empty() {
        Ok(said)
    } else {
        Err(Refusal::Fields(wrong))
    }
}
