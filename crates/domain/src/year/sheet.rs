//! The year sheet: what is asked of whom, group by group, and how far it is filled in.

use std::collections::{BTreeMap, HashMap};

use jianjia_standard::{
    fact::{Fact, FactGroup, FactValue},
    kinds::{Employer, Kind},
    programme::{Standard, Title, TitleCriterion},
    subject::Subject,
};

use crate::year::statement::Facts;

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
    let mut questions = questions(standard, subject.kind, subject.employer, aim);
    questions.retain(|question| is_put(question.fact, &subject.facts, known));
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

/// The key of the first group after another one in which something is due.
pub fn next_after<'a>(groups: &[SheetGroup<'a>], group: &str) -> Option<&'a str> {
    let mut later = groups
        .iter()
        .skip_while(|known| known.group.key != group)
        .skip(1);
    later
        .find(|known| known.due().count() > 0)
        .map(|known| known.group.key.as_str())
}

/// The questions of each kind and employer, worked out once: for telling of thousands of subjects what each is asked.
#[derive(Clone, Debug, Default)]
pub struct Questions<'a> {
    by_subject: HashMap<(Kind, Option<Employer>), Vec<Question<'a>>>,
}

impl<'a> Questions<'a> {
    /// For these subjects; others are asked nothing.
    pub fn of<'b>(
        standard: &'a Standard,
        subjects: impl IntoIterator<Item = &'b Subject>,
    ) -> Questions<'a> {
        let mut by_subject = HashMap::new();
        for subject in subjects {
            by_subject
                .entry((subject.kind, subject.employer))
                .or_insert_with(|| questions(standard, subject.kind, subject.employer, None));
        }
        Questions { by_subject }
    }

    /// The facts that a subject is asked, as `groups` puts them.
    pub fn put_to(&self, subject: &Subject, known: &[&str]) -> impl Iterator<Item = &'a Fact> {
        self.by_subject
            .get(&(subject.kind, subject.employer))
            .into_iter()
            .flatten()
            .map(|question| question.fact)
            .filter(|fact| is_put(fact, &subject.facts, known))
    }

    /// How many questions have a known answer, and how many there are.
    pub fn count(&self, subject: &Subject, known: &[&str]) -> (usize, usize) {
        let mut count = (0, 0);
        for fact in self.put_to(subject, known) {
            count.0 += usize::from(subject.facts.contains_key(&fact.key));
            count.1 += 1;
        }
        count
    }
}

/// What the titles of a kind and employer use, in the sheet's order.
fn questions<'a>(
    standard: &'a Standard,
    kind: Kind,
    employer: Option<Employer>,
    aim: Option<&Title>,
) -> Vec<Question<'a>> {
    let titles: Vec<&Title> = standard.titles_of(kind).collect();
    let aim_at = aim
        .and_then(|aim| titles.iter().position(|title| title.key == aim.key))
        .unwrap_or(titles.len());
    // One pass over the criteria: which of them use which fact, lowest title first.
    let mut users: BTreeMap<&str, Vec<(usize, &'a Title, &'a str)>> = BTreeMap::new();
    for (at, title) in titles.iter().enumerate() {
        for criterion in title
            .criteria
            .iter()
            .filter(|criterion| applies(criterion, kind, employer))
        {
            for fact in criterion.check.facts() {
                users
                    .entry(&fact.key)
                    .or_default()
                    .push((at, *title, &criterion.clause));
            }
        }
    }
    standard
        .facts
        .iter()
        .filter(|fact| fact.from.is_none())
        .filter(|fact| fact.ask_kinds.is_empty() || fact.ask_kinds.contains(&kind))
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
        .collect()
}

fn is_known(facts: &Facts, fact: &Fact) -> bool {
    facts
        .get(&fact.key)
        .is_some_and(|said| said.known(fact).is_some())
}

/// Whether a criterion can apply: its kind, and its employer unless the employer is not known.
fn applies(criterion: &TitleCriterion, kind: Kind, employer: Option<Employer>) -> bool {
    let of_employer = criterion.employers.is_empty()
        || (kind.has_employer()
            && employer.is_none_or(|employer| criterion.employers.contains(&employer)));
    criterion.kinds.contains(&kind) && of_employer
}

/// Whether a question is put: the system doesn't know the answer, and what it hangs on is a yes.
fn is_put(fact: &Fact, facts: &BTreeMap<String, FactValue>, known: &[&str]) -> bool {
    !known.contains(&fact.key.as_str())
        && fact
            .ask_when
            .as_ref()
            .is_none_or(|key| facts.get(key) == Some(&FactValue::Truth(true)))
}
