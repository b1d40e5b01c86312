//! Who applies for what in a round, and how it goes: every state of every title.

use std::collections::{HashMap, HashSet};

use jianjia_domain::core::place::UnitKind;
use jianjia_standard::{
    judge::judge,
    kinds::{Kind, Post},
    programme::{Standard, Title},
    subject::{HeldTitle, Subject, UnionOfPerson},
};
use jiff::civil::Date;

use crate::{
    core::{
        city::{City, Filled, Grade, Person},
        draw::Draw,
    },
    honour::title::Honour,
    register::growth::FIRST_YEAR,
    year::{
        fact::{self as facts, Questions},
        subject as subjects,
    },
};

/// How an application goes. By the end of its year each has gone all its way; until then it is as far as it has come by the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Draft,
    /// Waits long for the first step's unit, and goes through in the end.
    Waiting,
    /// The township or zone gives its opinion soon; it goes through in the end.
    Endorsed,
    /// Is not handed in again.
    Returned,
    /// Was returned, corrected and handed in again.
    Resubmitted,
    Withdrawn,
    Rejected,
    /// Named by the district or industry federation, or recommended to the city and named by it, if a place is left.
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

/// What a year's applications are decided by.
pub struct Season<'a, 's> {
    pub city: &'a City,
    pub standard: &'s Standard,
    pub questions: &'a Questions<'s>,
    pub year: i16,
    /// The day as of which they are judged.
    pub as_of: Date,
    /// What was given since the programme began.
    pub given: Given<'a>,
    /// What people hold.
    pub held: HashMap<usize, Vec<HeldTitle>>,
}

/// Unit, person and title of what was given since the programme began.
pub type Given<'a> = HashSet<(usize, Option<usize>, &'a str)>;

impl<'a, 's> Season<'a, 's> {
    pub fn of(
        city: &'a City,
        (standard, questions): (&'s Standard, &'a Questions<'s>),
        year: i16,
        as_of: Date,
        honours: &'a [Honour],
    ) -> Season<'a, 's> {
        let mut held: HashMap<usize, Vec<HeldTitle>> = HashMap::new();
        for honour in honours.iter().filter(|honour| honour.is_held_on(as_of)) {
            if let Some(person) = honour.person {
                held.entry(person).or_default().push(subjects::held(honour));
            }
        }
        // A suspended title is still held: nobody applies for it again.
        let given = honours
            .iter()
            .filter(|honour| honour.year >= FIRST_YEAR && honour.is_given_on(as_of))
            .map(|honour| (honour.unit, honour.person, honour.title.as_str()))
            .collect();
        Season {
            city,
            standard,
            questions,
            year,
            as_of,
            given,
            held,
        }
    }

    fn draw(&self, what: &str, number: i64) -> Draw {
        Draw::of(what, number << 12 | i64::from(self.year))
    }

    /// The unions of the story apply for themselves while people watch.
    fn is_of_story(&self, unit: usize) -> bool {
        [self.city.cast.union, self.city.cast.vetoed].contains(&unit)
    }

    /// What a unit applies for in the year.
    pub fn of_unit(&self, index: usize, subject: &Subject) -> Option<Filing<'s>> {
        let unit = &self.city.units[index];
        if self.is_of_story(index) || unit.above.is_some_and(|above| self.is_of_story(above)) {
            return None;
        }
        let mut draw = self.draw("filings", unit.number);
        let judgement = judge(self.standard, subject, self.as_of);
        for title in self.standard.titles_of(subject.kind) {
            let holds = self.given.contains(&(index, None, title.key.as_str()));
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
                return Some(Filing {
                    unit: index,
                    person: None,
                    title,
                    subject: subject.clone(),
                    fate,
                });
            }
        }
        None
    }

    /// What the people of a unit apply for in the year; `union` is their unit as it is judged.
    pub fn of_people(&self, people: &[usize], union: Option<&Subject>) -> Vec<Filing<'s>> {
        people
            .iter()
            .filter_map(|index| self.of_person(*index, union))
            .collect()
    }

    fn of_person(&self, index: usize, union: Option<&Subject>) -> Option<Filing<'s>> {
        let person = &self.city.people[index];
        let unit = &self.city.units[person.unit];
        let mut draw = self.draw("personal-filings", index as i64);
        // The sheet of a branch is no person's, and above the city nobody decides.
        let is_known =
            unit.grade >= Grade::Model && !matches!(unit.kind, UnitKind::Branch | UnitKind::City);
        if !is_known || self.is_of_story(person.unit) {
            return None;
        }
        for title in self.standard.titles_of(Kind::Person) {
            let holder = (person.unit, Some(index), title.key.as_str());
            let percent = match (title.tier.as_str(), person.post) {
                _ if self.given.contains(&holder) => 0,
                ("model", Post::Chair) => 5,
                ("model", _) => 12,
                _ => 80,
            };
            if !draw.chance(percent) {
                continue;
            }
            let held = self.held.get(&index).cloned().unwrap_or_default();
            let subject = person_subject(index, person, held, union, self.questions);
            let judgement = judge(self.standard, &subject, self.as_of);
            if judgement
                .may_apply
                .get(&title.key)
                .is_some_and(|may| may.allowed)
            {
                let fate = fate(&mut draw);
                return Some(Filing {
                    unit: person.unit,
                    person: Some(index),
                    title,
                    subject,
                    fate,
                });
            }
        }
        None
    }
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
