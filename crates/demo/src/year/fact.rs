//! What the unions say of a year. The grade of a union decides how far its answers reach; the figures leave met, unmet and unknown
//! of every clause somewhere in the city.

use std::collections::{BTreeMap, HashMap};

use jianjia_domain::year::sheet;
use jianjia_standard::{
    fact::{Fact, FactKind, FactValue},
    kinds::{Employer, Kind},
    programme::Standard,
    subject::Subject,
};

use crate::{
    core::{
        city::{City, Filled, Grade, Unit},
        draw::Draw,
    },
    register::growth::FIRST_YEAR,
};

pub type Answers = BTreeMap<String, FactValue>;

/// The questions of each kind and employer, with the tier that first asks them.
pub struct Questions<'a> {
    by_subject: HashMap<(Kind, Option<Employer>), Vec<(&'a Fact, Grade)>>,
}

/// What the register answers through the last election; the sheet doesn't ask it again.
pub const KNOWN: [&str; 2] = ["last_election_on", "term_years"];

impl<'a> Questions<'a> {
    pub fn of(standard: &'a Standard) -> Questions<'a> {
        let employers = std::iter::once(None).chain(Employer::ALL.iter().copied().map(Some));
        let subjects =
            employers.flat_map(|employer| Kind::ALL.iter().map(move |kind| (*kind, employer)));
        let by_subject = subjects
            .map(|(kind, employer)| ((kind, employer), asked(standard, kind, employer)))
            .collect();
        Questions { by_subject }
    }

    pub fn asked(&self, kind: Kind, employer: Option<Employer>) -> &[(&'a Fact, Grade)] {
        self.by_subject
            .get(&(kind, employer))
            .map_or(&[], Vec::as_slice)
    }
}

fn asked(standard: &Standard, kind: Kind, employer: Option<Employer>) -> Vec<(&Fact, Grade)> {
    let mut subject = Subject::unknown("", kind);
    subject.employer = employer;
    // With every yes said, the questions that hang on one are asked too.
    for key in standard
        .facts
        .iter()
        .filter_map(|fact| fact.ask_when.clone())
    {
        subject.facts.insert(key, FactValue::Truth(true));
    }
    let grade = |tier: &str| match tier {
        "trusted" => Grade::Trusted,
        "model" => Grade::Model,
        _ => Grade::Qualified,
    };
    sheet::groups(standard, &subject, &KNOWN, None)
        .into_iter()
        .flat_map(|group| group.questions)
        .map(|question| (question.fact, grade(&question.title.tier)))
        .collect()
}

/// The answers of a unit for a year, and none where it said nothing.
pub fn answers(
    questions: &Questions,
    unit: &Unit,
    kind: Kind,
    year: i64,
    is_of_story: bool,
) -> Option<Answers> {
    let is_before = year < i64::from(FIRST_YEAR);
    let filled = match unit.grade {
        // The year before the first was closed: nearly everybody has finished it.
        _ if !is_before => unit.filled,
        Grade::Sparse => Filled::Half,
        _ => Filled::All,
    };
    let mut draw = Draw::of("answers", unit.number << 12 | year);
    if filled == Filled::Nothing || is_before && !is_of_story && draw.chance(9) {
        return None;
    }
    let asked = questions.asked(kind, unit.employer);
    let limit = if filled == Filled::All {
        asked.len()
    } else {
        asked.len() * draw.between(20, 75) as usize / 100
    };
    let mut facts = Answers::new();
    for (fact, tier) in &asked[..limit] {
        // A full sheet still has a question left open here and there, unless the union is a good one.
        if unit.grade < Grade::Model && draw.chance(2) {
            continue;
        }
        facts.insert(fact.key.clone(), answer(fact, *tier, unit, year));
    }
    keep_possible(&mut facts);
    drop_unasked(&mut facts, asked);
    Some(facts)
}

fn answer(fact: &Fact, tier: Grade, unit: &Unit, year: i64) -> FactValue {
    let steady = if fact.changes_yearly { year } else { 0 };
    let mut draw = Draw::of(&fact.key, unit.number << 12 | steady);
    let truth = match unit.grade.cmp(&tier) {
        std::cmp::Ordering::Less => draw.chance(if unit.grade == Grade::Sparse { 62 } else { 84 }),
        _ => true,
    };
    let members = unit.members as u64;
    match fact.kind {
        FactKind::Truth if fact.key == "many_young_women" => FactValue::Truth(unit.number % 5 == 0),
        FactKind::Truth => FactValue::Truth(truth),
        FactKind::Date => FactValue::Date(unit.last_election),
        FactKind::Choice => FactValue::Choice(unit.term_years.to_string()),
        FactKind::Level => FactValue::Number(match unit.grade {
            Grade::Trusted => 5,
            Grade::Model => 4,
            _ => 2 + u64::from(truth),
        }),
        FactKind::Count | FactKind::Money => number(&fact.key, unit, members, truth, &mut draw),
    }
}

fn number(key: &str, unit: &Unit, members: u64, truth: bool, draw: &mut Draw) -> FactValue {
    let share = |whole: u64, permille: i64| (whole * permille as u64).div_ceil(1000);
    let card_rate = |draw: &mut Draw| match unit.grade {
        Grade::Trusted | Grade::Model => draw.between(915, 1000),
        Grade::Qualified => draw.between(810, 960),
        _ => draw.between(430, 900),
    };
    let mut issuing = Draw::of("cards", unit.number);
    let issued = share(members, card_rate(&mut issuing));
    let used = share(issued, card_rate(&mut issuing));
    let due = members * 9600;
    let hardship =
        Draw::of("hardship", unit.number).below(1 + unit.workers.min(900) as usize / 60) as u64;
    match key {
        "workers" => FactValue::Number(unit.workers as u64),
        "members" => FactValue::Number(members),
        "cards_issued" => FactValue::Number(issued),
        "cards_used" => FactValue::Number(used),
        "dues_due" => FactValue::Money(due),
        "dues_paid" => FactValue::Money(if truth {
            due
        } else {
            share(due, draw.between(600, 990)) / 100 * 100
        }),
        "contracts_due" => FactValue::Number(unit.workers as u64),
        "contracts_signed" => {
            let workers = unit.workers as u64;
            FactValue::Number(if truth {
                workers
            } else {
                share(workers, draw.between(850, 995))
            })
        }
        "hardship_workers" => FactValue::Number(hardship),
        "hardship_helped" | "hardship_well_off" => {
            FactValue::Number(if truth { hardship } else { hardship / 2 })
        }
        _ => FactValue::Number(draw.between(0, 20) as u64),
    }
}

/// No answer is more than what bounds it.
fn keep_possible(facts: &mut Answers) {
    for (key, bound) in [
        ("members", "workers"),
        ("cards_issued", "members"),
        ("cards_used", "cards_issued"),
        ("contracts_signed", "contracts_due"),
        ("hardship_helped", "hardship_workers"),
        ("hardship_well_off", "hardship_workers"),
    ] {
        if let (Some(FactValue::Number(value)), Some(FactValue::Number(bound))) =
            (facts.get(key), facts.get(bound))
            && value > bound
        {
            facts.insert(key.to_owned(), FactValue::Number(*bound));
        }
    }
}

/// What hangs on a yes is not asked without one.
fn drop_unasked(facts: &mut Answers, asked: &[(&Fact, Grade)]) {
    for (fact, _) in asked {
        if fact
            .ask_when
            .as_ref()
            .is_some_and(|key| facts.get(key) != Some(&FactValue::Truth(true)))
        {
            facts.remove(&fact.key);
        }
    }
}

/// The answers of a person: most are plainly good.
pub fn personal(questions: &Questions, number: i64) -> Answers {
    questions
        .asked(Kind::Person, None)
        .iter()
        .map(|(fact, _)| {
            (
                fact.key.clone(),
                FactValue::Truth(Draw::of(&fact.key, number).chance(97)),
            )
        })
        .collect()
}

/// The standard's word for a unit's kind; none for the city and the districts, which only lead.
pub fn kind_of(city: &City, unit: usize) -> Option<Kind> {
    city.units[unit].kind.key().parse().ok()
}
