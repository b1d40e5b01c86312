//! The year sheet: what is asked of whom, group by group, and how far it is filled in.

use std::collections::BTreeMap;

use jianjia_standard::{
    fact::{Fact, FactGroup, FactValue},
    programme::{Standard, Title, TitleCriterion},
    subject::Subject,
};

use crate::statement::Facts;

/// A question to this union: with the lowest title that asks it and the clauses that use the answer.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub fact: &'a Fact,
    pub title: &'a Title,
    pub clauses: Vec<&'a str>,
    /// Whether only a title above the one strived for asks it.
    pub is_ahead: bool,
}

/// How far a group is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    Empty,
    Part,
    Full,
}

impl Fill {
    /// The Chinese word shown to people; the locales hold the English one.
    pub fn word(self) -> &'static str {
        match self {
            Fill::Empty => "未填",
            Fill::Part => "填了一部分",
            Fill::Full => "已填",
        }
    }
}

/// One page of the sheet.
#[derive(Clone, Debug)]
pub struct SheetGroup<'a> {
    pub group: &'a FactGroup,
    pub questions: Vec<Question<'a>>,
}

impl SheetGroup<'_> {
    /// The questions asked for the title strived for.
    pub fn due(&self) -> impl Iterator<Item = &Question<'_>> {
        self.questions.iter().filter(|question| !question.is_ahead)
    }

    /// How many of the due questions have a known answer, and how many there are.
    pub fn count(&self, facts: &Facts) -> (usize, usize) {
        let answered = self
            .due()
            .filter(|question| is_known(facts, question.fact))
            .count();
        (answered, self.due().count())
    }

    pub fn fill(&self, facts: &Facts) -> Fill {
        match self.count(facts) {
            (answered, asked) if answered == asked => Fill::Full,
            (0, _) => Fill::Empty,
            _ => Fill::Part,
        }
    }
}

/// The questions of the sheet, in its order, group by group. What the system knows (`known`: keys) is not asked, nor what no
/// title of this kind and employer uses, nor what hangs on another answer that is not yes.
pub fn groups<'a>(
    standard: &'a Standard,
    subject: &Subject,
    known: &[&str],
    aim: Option<&Title>,
) -> Vec<SheetGroup<'a>> {
    let titles: Vec<&Title> = standard.titles_of(subject.kind).collect();
    let aim_at = aim
        .and_then(|aim| titles.iter().position(|title| title.key == aim.key))
        .unwrap_or(titles.len());
    // One pass over the criteria: which of them use which fact, lowest title first.
    let mut users: BTreeMap<&str, Vec<(usize, &'a Title, &'a str)>> = BTreeMap::new();
    for (at, title) in titles.iter().enumerate() {
        for criterion in title
            .criteria
            .iter()
            .filter(|criterion| applies(criterion, subject))
        {
            for fact in criterion.check.facts() {
                users
                    .entry(&fact.key)
                    .or_default()
                    .push((at, *title, &criterion.clause));
            }
        }
    }
    let questions: Vec<Question<'a>> = standard
        .facts
        .iter()
        .filter(|fact| fact.from.is_none() && !known.contains(&fact.key.as_str()))
        .filter(|fact| fact.ask_kinds.is_empty() || fact.ask_kinds.contains(&subject.kind))
        .filter(|fact| hangs_on_a_yes(fact, subject))
        .filter_map(|fact| {
            let users = users.get(fact.key.as_str())?;
            let (at, title, _) = users.first()?;
            let mut clauses: Vec<&str> = Vec::new();
            for (_, _, clause) in users {
                if !clauses.contains(clause) {
                    clauses.push(clause);
                }
            }
            Some(Question {
                fact,
                title,
                clauses,
                is_ahead: *at > aim_at,
            })
        })
        .collect();
    standard
        .groups
        .iter()
        .map(|group| SheetGroup {
            group,
            questions: questions
                .iter()
                .filter(|question| question.fact.group == group.key)
                .cloned()
                .collect(),
        })
        .filter(|group| !group.questions.is_empty())
        .collect()
}

/// How many of all questions (for every title) have a known answer, and how many there are.
pub fn count_all(groups: &[SheetGroup<'_>], facts: &Facts) -> (usize, usize) {
    let all = || groups.iter().flat_map(|group| &group.questions);
    let answered = all()
        .filter(|question| is_known(facts, question.fact))
        .count();
    (answered, all().count())
}

fn is_known(facts: &Facts, fact: &Fact) -> bool {
    facts
        .get(&fact.key)
        .is_some_and(|said| said.known(fact).is_some())
}

/// Whether a criterion can apply: its kind, and its employer unless the employer is not known.
fn applies(criterion: &TitleCriterion, subject: &Subject) -> bool {
    let of_employer = criterion.employers.is_empty()
        || (subject.kind.has_employer()
            && subject
                .employer
                .is_none_or(|employer| criterion.employers.contains(&employer)));
    criterion.kinds.contains(&subject.kind) && of_employer
}

fn hangs_on_a_yes(fact: &Fact, subject: &Subject) -> bool {
    let facts: &BTreeMap<String, FactValue> = &subject.facts;
    fact.ask_when
        .as_ref()
        .is_none_or(|key| facts.get(key) == Some(&FactValue::Truth(true)))
}
