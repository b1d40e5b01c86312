//! Every unit as judging sees it, made from the invented year at once instead of read back from the database one by one.

use std::collections::HashMap;

use jianjia_domain::core::place::UnitKind;
use jianjia_standard::{
    fact::FactValue,
    kinds::HonourLevel,
    programme::Standard,
    subject::{Activity, HeldTitle, Subject, Subordinates, VetoState},
};
use jiff::civil::Date;

use crate::{
    core::city::City,
    honour::title::Honour,
    round::veto::Veto,
    year::{
        activity::{Held, Rated},
        fact::{self as facts, Answers},
    },
};

/// What is known of all units on a day, beside what they say themselves.
pub struct Known {
    titles: HashMap<usize, Vec<HeldTitle>>,
    vetoes: HashMap<usize, Vec<VetoState>>,
    below: Vec<Option<Subordinates>>,
}

/// What a unit says and does in a year.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub answers: Option<Answers>,
    pub activities: Vec<Held>,
    pub rating: Option<Rated>,
}

pub fn known(
    city: &City,
    standard: &Standard,
    honours: &[Honour],
    vetoes: &[Veto],
    day: Date,
) -> Known {
    let mut titles: HashMap<usize, Vec<HeldTitle>> = HashMap::new();
    for honour in honours
        .iter()
        .filter(|honour| honour.person.is_none() && honour.is_held_on(day))
    {
        titles.entry(honour.unit).or_default().push(held(honour));
    }
    let mut known: HashMap<usize, Vec<VetoState>> = HashMap::new();
    for veto in vetoes.iter().filter(|veto| !veto.is_lifted) {
        let state = VetoState {
            clause: veto.clause.clone(),
            year: veto.year,
        };
        known.entry(veto.unit).or_default().push(state);
    }
    Known {
        below: below(city, standard, &titles),
        titles,
        vetoes: known,
    }
}

/// A unit as it is judged; none for the city and the districts.
pub fn subject(city: &City, known: &Known, index: usize, told: &Told) -> Option<Subject> {
    let unit = &city.units[index];
    let mut subject = Subject::unknown(unit.id.to_string(), facts::kind_of(city, index)?);
    subject.employer = unit.employer;
    subject.founded_on = Some(unit.founded_on);
    subject.facts = told.answers.clone().unwrap_or_default();
    if unit.kind != UnitKind::Branch {
        subject.facts.insert(
            "last_election_on".to_owned(),
            FactValue::Date(unit.last_election),
        );
        subject.facts.insert(
            "term_years".to_owned(),
            FactValue::Choice(unit.term_years.to_string()),
        );
    }
    let activities: Vec<Activity> = told
        .activities
        .iter()
        .map(|held| Activity {
            on: held.on,
            kind: held.kind.clone(),
        })
        .collect();
    // Where nobody ever logged one, nothing is known.
    subject.activities = (!activities.is_empty()).then_some(activities);
    subject.rating = told.rating.map(|rated| rated.totals().counts());
    subject.titles = known.titles.get(&index).cloned().unwrap_or_default();
    // A branch carries its union's.
    let bearer = if unit.kind == UnitKind::Branch {
        unit.above.unwrap_or(index)
    } else {
        index
    };
    subject.vetoes = known.vetoes.get(&bearer).cloned().unwrap_or_default();
    subject.subordinates = known.below[index].clone();
    Some(subject)
}

pub fn held(honour: &Honour) -> HeldTitle {
    HeldTitle {
        title: honour.title.clone(),
        year: honour.year,
        level: Some(honour.level),
        reconfirmed: honour.reconfirmed,
    }
}

/// For each federation, the grassroots unions below it and how many of them hold the model tier or more (clause F1).
fn below(
    city: &City,
    standard: &Standard,
    titles: &HashMap<usize, Vec<HeldTitle>>,
) -> Vec<Option<Subordinates>> {
    let none = Subordinates {
        unions: Some(0),
        holding: [("model".to_owned(), 0)].into(),
    };
    let mut below: Vec<Option<Subordinates>> = city
        .units
        .iter()
        .map(|unit| unit.kind.is_federation().then(|| none.clone()))
        .collect();
    let is_model = |held: &HeldTitle| {
        counts_now(held)
            && standard
                .title(&held.title)
                .is_some_and(|title| title.tier == "model" || title.tier == "trusted")
    };
    for (index, unit) in city.units.iter().enumerate() {
        if !matches!(unit.kind, UnitKind::Grassroots | UnitKind::Direct) {
            continue;
        }
        let holds_model = titles
            .get(&index)
            .is_some_and(|held| held.iter().any(is_model));
        let mut above = unit.above;
        while let Some(federation) = above {
            if let Some(subordinates) = &mut below[federation] {
                *subordinates.unions.get_or_insert(0) += 1;
                *subordinates.holding.entry("model".to_owned()).or_default() +=
                    u64::from(holds_model);
            }
            above = city.units[federation].above;
        }
    }
    below
}

fn counts_now(held: &HeldTitle) -> bool {
    held.year >= 2016 || held.reconfirmed && held.level != Some(HonourLevel::County)
}
