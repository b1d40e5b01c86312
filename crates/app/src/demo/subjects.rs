//! Every unit as judging sees it, made from the invented year at once instead of read back from the database one by one.

use std::collections::HashMap;

use jianjia_domain::unit::UnitKind;
use jianjia_standard::{
    kinds::{HonourLevel, Kind},
    programme::Standard,
    subject::{Activity, HeldTitle, RatingCounts, Subject, Subordinates, VetoState},
};

use super::{
    activities::{Held, Rated},
    city::City,
    facts::{self, Answers},
    titles::Honour,
    vetoes::Veto,
};

/// The invented year 2016 (and 2015), by the index of the unit.
pub struct Year {
    pub answers: Vec<Option<Answers>>,
    pub activities: Vec<Vec<Held>>,
    pub ratings: Vec<Option<Rated>>,
    pub honours: Vec<Honour>,
    pub vetoes: Vec<Veto>,
}

/// The subject of every unit that is judged; none for the city and the districts.
pub fn subjects(city: &City, standard: &Standard, year: &Year) -> Vec<Option<Subject>> {
    let mut titles: HashMap<usize, Vec<HeldTitle>> = HashMap::new();
    for honour in year.honours.iter().filter(|honour| honour.person.is_none() && honour.state == "in-force") {
        titles.entry(honour.unit).or_default().push(held(honour));
    }
    let mut vetoes: HashMap<usize, Vec<VetoState>> = HashMap::new();
    for veto in year.vetoes.iter().filter(|veto| !veto.is_lifted) {
        let state = VetoState { clause: veto.clause.clone(), year: veto.year as i16 };
        vetoes.entry(veto.unit).or_default().push(state);
    }
    let below = below(city, standard, &titles);
    (0..city.units.len())
        .map(|index| {
            let unit = &city.units[index];
            let mut subject = Subject::unknown(unit.id.to_string(), facts::kind_of(city, index)?);
            subject.employer = unit.employer;
            subject.founded_on = Some(unit.founded_on);
            subject.facts = year.answers[index].clone().unwrap_or_default();
            subject.activities = Some(
                year.activities[index]
                    .iter()
                    .map(|held| Activity { on: held.on, kind: held.kind.to_owned() })
                    .collect(),
            );
            subject.rating = year.ratings[index].map(counts);
            subject.titles = titles.get(&index).cloned().unwrap_or_default();
            let bearer = if unit.kind == UnitKind::Branch { unit.above.unwrap_or(index) } else { index };
            subject.vetoes = vetoes.get(&bearer).cloned().unwrap_or_default();
            subject.subordinates = below[index].clone();
            Some(subject)
        })
        .collect()
}

pub fn held(honour: &Honour) -> HeldTitle {
    HeldTitle {
        title: honour.title.to_owned(),
        year: honour.year,
        level: Some(honour.level),
        reconfirmed: honour.reconfirmed,
    }
}

fn counts(rated: Rated) -> RatingCounts {
    RatingCounts {
        roll: Some(rated.roll as u64),
        answers: [
            ("satisfied", rated.satisfied),
            ("basically_satisfied", rated.basically_satisfied),
            ("dissatisfied", rated.dissatisfied),
            ("void", rated.void),
        ]
        .into_iter()
        .map(|(answer, count)| (answer.to_owned(), count as u64))
        .collect(),
    }
}

/// For each federation, the grassroots unions below it and how many of them hold each tier (clause F1).
fn below(city: &City, standard: &Standard, titles: &HashMap<usize, Vec<HeldTitle>>) -> Vec<Option<Subordinates>> {
    let mut below: Vec<Option<Subordinates>> = city
        .units
        .iter()
        .map(|unit| unit.kind.is_federation().then(Subordinates::default))
        .collect();
    for (index, unit) in city.units.iter().enumerate() {
        if !matches!(unit.kind, UnitKind::Grassroots | UnitKind::Direct) {
            continue;
        }
        let tiers: Vec<&str> = titles.get(&index).map_or(Vec::new(), |held| {
            let mut tiers: Vec<&str> = held.iter().filter(|held| counts_now(held)).filter_map(|held| Some(standard.title(&held.title)?.tier.as_str())).collect();
            tiers.sort_unstable();
            tiers.dedup();
            tiers
        });
        let mut above = unit.above;
        while let Some(federation) = above {
            if let Some(subordinates) = &mut below[federation] {
                *subordinates.unions.get_or_insert(0) += 1;
                for tier in &tiers {
                    *subordinates.holding.entry((*tier).to_owned()).or_default() += 1;
                }
            }
            above = city.units[federation].above;
        }
    }
    below
}

fn counts_now(held: &HeldTitle) -> bool {
    held.year >= 2016 || held.reconfirmed && held.level != Some(HonourLevel::County)
}

/// How many questions a unit's sheet asks and how many are answered.
pub fn progress(questions: &facts::Questions, kind: Kind, answers: Option<&Answers>) -> (i64, i64) {
    let asked = questions.asked(kind);
    let is_asked = |fact: &jianjia_standard::fact::Fact| {
        fact.ask_when.as_ref().is_none_or(|key| {
            answers.and_then(|answers| answers.get(key)) == Some(&jianjia_standard::fact::FactValue::Truth(true))
        })
    };
    let total = asked.iter().filter(|(fact, _)| is_asked(fact)).count();
    let answered = asked
        .iter()
        .filter(|(fact, _)| is_asked(fact) && answers.is_some_and(|answers| answers.contains_key(&fact.key)))
        .count();
    (answered as i64, total as i64)
}
