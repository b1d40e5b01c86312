//! Who applies for what in the running round, and how far each application has come by now: every state of every title.

use std::collections::{BTreeSet, HashMap, HashSet};

use jianjia_domain::{core::place::UnitKind, honour::honour::HonourState};
use jianjia_standard::{
    judge::judge,
    judgement::Judgement,
    kinds::{Kind, Post},
    programme::{Standard, Title},
    subject::{HeldTitle, Subject, UnionOfPerson},
};

use crate::{
    core::{
        city::{City, Filled, Person},
        draw::Draw,
    },
    honour::title::Honour,
    making::AS_OF,
    year::{
        fact::{self as facts, Questions},
        subject as subjects,
    },
};

/// How far an application has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Draft,
    /// Waits for the first step's unit.
    Waiting,
    /// The township or zone has given its opinion.
    Endorsed,
    Returned,
    /// Was returned, corrected and handed in again.
    Resubmitted,
    Withdrawn,
    Rejected,
    /// Named by the district or industry federation, or recommended to the city.
    Through,
}

/// One application to be.
pub struct Filing<'a> {
    pub unit: usize,
    pub person: Option<usize>,
    pub title: &'a Title,
    pub subject: Subject,
    pub fate: Fate,
}

/// Every application of the year, in the order of the register.
pub fn filings<'a>(
    city: &City,
    standard: &'a Standard,
    questions: &Questions,
    honours: &[Honour],
    subjects: &[Option<Subject>],
    judgements: &[Option<Judgement>],
) -> Vec<Filing<'a>> {
    let mut filings = Vec::new();
    let given = given(honours);
    let in_story: BTreeSet<usize> = [city.cast.union, city.cast.vetoed].into();
    for (index, unit) in city.units.iter().enumerate() {
        let (Some(subject), Some(judgement)) = (&subjects[index], &judgements[index]) else {
            continue;
        };
        // The unions of the story apply for themselves while people watch.
        if in_story.contains(&index) || unit.above.is_some_and(|above| in_story.contains(&above)) {
            continue;
        }
        let mut draw = Draw::of("filings", unit.number);
        for title in standard.titles_of(subject.kind) {
            let holds = given.contains(&(index, None, title.key.as_str()));
            let may = judgement
                .may_apply
                .get(&title.key)
                .is_some_and(|may| may.allowed);
            let percent = match (title.tier.as_str(), unit.kind) {
                _ if holds || unit.filled == Filled::Nothing => 0,
                ("qualified", _) => 34,
                ("model", UnitKind::Branch) => 30,
                ("model", _) => 36,
                _ => 72,
            };
            // Not everybody who begins a draft meets the conditions.
            let percent = if may { percent } else { percent.min(2) };
            if draw.chance(percent) {
                let fate = if may { fate(&mut draw) } else { Fate::Draft };
                filings.push(Filing {
                    unit: index,
                    person: None,
                    title,
                    subject: subject.clone(),
                    fate,
                });
                break;
            }
        }
    }
    filings.extend(personal(
        city, standard, questions, honours, &given, subjects,
    ));
    filings
}

/// Unit, person and title of what was given since the programme began.
type Given<'a> = HashSet<(usize, Option<usize>, &'a str)>;

/// A suspended title is still held: nobody applies for it again.
fn given(honours: &[Honour]) -> Given<'_> {
    honours
        .iter()
        .filter(|honour| {
            honour.year >= AS_OF.year()
                && matches!(honour.state, HonourState::InForce | HonourState::Suspended)
        })
        .map(|honour| (honour.unit, honour.person, honour.title.as_str()))
        .collect()
}

fn personal<'a>(
    city: &City,
    standard: &'a Standard,
    questions: &Questions,
    honours: &[Honour],
    given: &Given<'_>,
    subjects: &[Option<Subject>],
) -> Vec<Filing<'a>> {
    let mut held: HashMap<usize, Vec<HeldTitle>> = HashMap::new();
    for honour in honours
        .iter()
        .filter(|honour| honour.state == HonourState::InForce)
    {
        if let Some(person) = honour.person {
            held.entry(person).or_default().push(subjects::held(honour));
        }
    }
    let mut filings = Vec::new();
    for (index, person) in city.people.iter().enumerate() {
        let unit = &city.units[person.unit];
        let mut draw = Draw::of("personal-filings", index as i64);
        let is_known =
            unit.grade >= crate::core::city::Grade::Model && unit.kind != UnitKind::Branch;
        if !is_known || person.unit == city.cast.union || person.unit == city.cast.vetoed {
            continue;
        }
        let held = held.get(&index).cloned().unwrap_or_default();
        let union = subjects[person.unit].as_ref();
        let subject = person_subject(index, person, held, union, questions);
        for title in standard.titles_of(Kind::Person) {
            let holds = given.contains(&(person.unit, Some(index), title.key.as_str()));
            let percent = match (title.tier.as_str(), person.post) {
                _ if holds => 0,
                ("model", Post::Chair) => 5,
                ("model", _) => 12,
                _ => 80,
            };
            if !draw.chance(percent) {
                continue;
            }
            let judgement = judge(standard, &subject, AS_OF);
            if judgement
                .may_apply
                .get(&title.key)
                .is_some_and(|may| may.allowed)
            {
                let fate = fate(&mut draw);
                filings.push(Filing {
                    unit: person.unit,
                    person: Some(index),
                    title,
                    subject,
                    fate,
                });
                break;
            }
        }
    }
    filings
}

fn person_subject(
    index: usize,
    person: &Person,
    held: Vec<HeldTitle>,
    union: Option<&Subject>,
    questions: &Questions,
) -> Subject {
    let mut subject = Subject::unknown(person.id.to_string(), Kind::Person);
    subject.post = Some(person.post);
    subject.facts = facts::personal(questions, index as i64);
    subject.titles = held;
    subject.union = Some(UnionOfPerson {
        titles: union.map_or(Vec::new(), |union| union.titles.clone()),
        vetoes: union.map_or(Vec::new(), |union| union.vetoes.clone()),
    });
    subject
}

fn fate(draw: &mut Draw) -> Fate {
    match draw.below(100) {
        0..10 => Fate::Draft,
        10..32 => Fate::Waiting,
        32..54 => Fate::Endorsed,
        54..63 => Fate::Returned,
        63..68 => Fate::Resubmitted,
        68..72 => Fate::Withdrawn,
        72..79 => Fate::Rejected,
        _ => Fate::Through,
    }
}
