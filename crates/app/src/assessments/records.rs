//! What the records say of any number of units and people, with one query a table, and put together for judging one by one.

use std::collections::BTreeMap;

use jianjia_domain::{
    assessment,
    ids::{PersonId, UnitId},
    refusal::Refusal,
    statement::{self, Facts},
    unit::{UnitKind, UnitPlace},
};
use jianjia_standard::{
    Standard,
    check::{Check, FactName},
    fact::{FactSource, FactValue, impossible},
    kinds::Kind,
    subject::{Activity, HeldTitle, RatingCounts, Subject, UnionOfPerson, VetoState},
};
use jianjia_store::{
    activity,
    db::Tx,
    rating, statement as statements,
    subject::{self, PersonFacts, RegisterFacts},
    unit,
};
use jiff::{ToSpan, civil::Date};

use super::walk;
use crate::error::{Error, Result};

/// How far back activities are read: four complete quarters or twelve complete months before a day, with room.
const MONTHS_OF_ACTIVITIES: i32 = 15;

/// Who can hold a title: a unit itself, or a person of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    pub unit: UnitId,
    pub person: Option<PersonId>,
}

/// The rows about some holders and, where their judging needs it, about the unions above them.
pub(super) struct Records {
    units: BTreeMap<UnitId, RegisterFacts>,
    above: BTreeMap<String, UnitPlace>,
    people: BTreeMap<PersonId, PersonFacts>,
    facts: BTreeMap<(UnitId, Option<PersonId>), Facts>,
    elections: BTreeMap<UnitId, (Date, i64)>,
    /// None of a unit that never logged one, for then nothing is known.
    activities: BTreeMap<UnitId, Vec<(Date, String)>>,
    ratings: BTreeMap<UnitId, RatingCounts>,
    titles: BTreeMap<UnitId, Vec<HeldTitle>>,
    titles_of_people: BTreeMap<PersonId, Vec<HeldTitle>>,
    vetoes: BTreeMap<UnitId, Vec<VetoState>>,
}

impl Records {
    pub(super) async fn read(
        tx: &mut Tx,
        holders: &[Holder],
        year: i16,
        as_of: Date,
    ) -> Result<Records> {
        let all: Vec<UnitId> = holders.iter().map(|holder| holder.unit).collect();
        let people: Vec<PersonId> = holders.iter().filter_map(|holder| holder.person).collect();
        // The units that stand for themselves.
        let own: Vec<UnitId> = holders
            .iter()
            .filter(|holder| holder.person.is_none())
            .map(|holder| holder.unit)
            .collect();
        let units = subject::units(tx, &all).await?;
        let paths: Vec<&str> = units
            .values()
            .filter(|unit| unit.kind == UnitKind::Branch)
            .flat_map(|unit| unit::paths_above(&unit.path))
            .collect();
        let above: BTreeMap<String, UnitPlace> = if paths.is_empty() {
            BTreeMap::new()
        } else {
            let places = unit::at_paths(tx, &paths).await?;
            let by_path = places.into_iter().map(|place| (place.path.clone(), place));
            by_path.collect()
        };
        let unions: Vec<UnitId> = all
            .iter()
            .copied()
            .chain(above.values().map(|place| place.id))
            .collect();
        let mut records = Records {
            facts: statements::facts_of_many(tx, &all, &people, year).await?,
            titles: subject::titles_of_units(tx, &unions, as_of).await?,
            vetoes: subject::vetoes(tx, &unions).await?,
            units,
            above,
            people: BTreeMap::new(),
            titles_of_people: BTreeMap::new(),
            elections: BTreeMap::new(),
            activities: BTreeMap::new(),
            ratings: BTreeMap::new(),
        };
        if !people.is_empty() {
            records.people = subject::people(tx, &people).await?;
            records.titles_of_people = subject::titles_of_people(tx, &people, as_of).await?;
        }
        if !own.is_empty() {
            let from = as_of.saturating_sub(MONTHS_OF_ACTIVITIES.months());
            records.elections = subject::last_elections(tx, &own, as_of).await?;
            records.activities = activity::logged(tx, &own, from, as_of).await?;
            for unit in own {
                if let Some(rating) = rating::of_year(tx, &unit, year).await? {
                    records.ratings.insert(unit, rating.counts.counts());
                }
            }
        }
        Ok(records)
    }

    /// The unit, if it is one that leads others and whose own titles depend on theirs (F1).
    pub(super) fn federation(&self, unit: &UnitId) -> Option<&RegisterFacts> {
        self.units
            .get(unit)
            .filter(|register| register.kind.is_federation())
    }

    /// Everything but the unions below a federation.
    ///
    /// # Errors
    /// Not found without the unit or the person; a refusal where a unit of its kind can't be judged.
    pub(super) fn subject_of(&self, standard: &Standard, holder: &Holder) -> Result<Subject> {
        let register = self.units.get(&holder.unit).ok_or(Error::NotFound)?;
        let facts = self.facts.get(&(holder.unit, holder.person));
        let facts = facts.map_or_else(BTreeMap::new, |facts| statement::known(standard, facts));
        if let Some(person) = &holder.person {
            return self.person(standard, register, person, facts);
        }
        let kind = assessment::kind_of(register.kind).map_err(Refusal::from)?;
        let mut found = Subject::unknown(register.id.to_string(), kind);
        found.employer = register.employer;
        found.founded_on = register.founded_on;
        found.facts = facts;
        let election = self.elections.get(&register.id).copied();
        for (key, value) in known_to_the_system(standard, register, election) {
            found.facts.insert(key, value);
        }
        for (key, _) in impossible(standard, &found.facts) {
            found.facts.remove(&key);
        }
        let activities = self.activities.get(&register.id);
        found.activities = activities.map(|logged| {
            logged
                .iter()
                .map(|(on, kind)| Activity {
                    on: *on,
                    kind: kind.clone(),
                })
                .collect()
        });
        found.rating = self.ratings.get(&register.id).cloned();
        found.titles = self.titles_of(standard, &register.id);
        found.vetoes = self.vetoes_of(standard, &register.id);
        if register.kind == UnitKind::Branch {
            for place in self.above(register) {
                if !place.kind.is_federation() {
                    found.vetoes.extend(self.vetoes_of(standard, &place.id));
                }
            }
        }
        Ok(found)
    }

    fn person(
        &self,
        standard: &Standard,
        register: &RegisterFacts,
        id: &PersonId,
        facts: BTreeMap<String, FactValue>,
    ) -> Result<Subject> {
        let person = self
            .people
            .get(id)
            .filter(|person| person.unit == register.id)
            .ok_or(Error::NotFound)?;
        let mut found = Subject::unknown(id.to_string(), Kind::Person);
        found.post = Some(person.post);
        found.facts = facts;
        let titles = self.titles_of_people.get(id).cloned().unwrap_or_default();
        found.titles = known_titles(standard, titles);
        // The person's own union: the unit itself, or the grassroots union that a branch belongs to.
        let mut union = UnionOfPerson {
            vetoes: self.vetoes_of(standard, &register.id),
            ..UnionOfPerson::default()
        };
        if register.kind != UnitKind::Branch {
            union.titles = self.titles_of(standard, &register.id);
        } else {
            for place in self.above(register) {
                union.vetoes.extend(self.vetoes_of(standard, &place.id));
                if place.kind != UnitKind::Branch {
                    union.titles = self.titles_of(standard, &place.id);
                    break;
                }
            }
        }
        found.union = Some(union);
        Ok(found)
    }

    /// The units above a branch, nearest first.
    fn above(&self, register: &RegisterFacts) -> impl Iterator<Item = &UnitPlace> {
        unit::paths_above(&register.path)
            .into_iter()
            .filter_map(|path| self.above.get(path))
    }

    fn titles_of(&self, standard: &Standard, unit: &UnitId) -> Vec<HeldTitle> {
        known_titles(standard, self.titles.get(unit).cloned().unwrap_or_default())
    }

    fn vetoes_of(&self, standard: &Standard, unit: &UnitId) -> Vec<VetoState> {
        known_vetoes(standard, self.vetoes.get(unit).cloned().unwrap_or_default())
    }
}

/// The answers that the register and the last election (day and term in years) have, by fact.
pub(super) fn known_to_the_system(
    standard: &Standard,
    register: &RegisterFacts,
    election: Option<(Date, i64)>,
) -> Vec<(String, FactValue)> {
    let mut known = Vec::new();
    if let Some((date, years)) = term_facts(standard)
        && let Some((held_on, term_years)) = election
    {
        known.push((date.key.clone(), FactValue::Date(held_on)));
        let value = serde_json::Value::from(term_years);
        let fact = standard.fact(&years.key);
        if let Some(years_value) = fact.and_then(|fact| FactValue::from_json(fact, &value).ok()) {
            known.push((years.key.clone(), years_value));
        }
    }
    for (key, count) in [("workers", register.workers), ("members", register.members)] {
        let from_register = standard
            .fact(key)
            .is_some_and(|fact| fact.from == Some(FactSource::Register));
        if let Some(count) = count.and_then(|count| u64::try_from(count).ok())
            && from_register
        {
            known.push((key.to_owned(), FactValue::Number(count)));
        }
    }
    known
}

/// The facts of the standard's term check: the day of the last election and the years of the term.
fn term_facts(standard: &Standard) -> Option<(&FactName, &FactName)> {
    let mut found = None;
    for title in &standard.titles {
        for criterion in &title.criteria {
            walk(&criterion.check, &mut |check| {
                if let Check::Term { date, years } = check {
                    found.get_or_insert((date, years));
                }
            });
        }
    }
    found
}

/// Titles and vetoes of another standard say nothing to this one.
fn known_titles(standard: &Standard, mut titles: Vec<HeldTitle>) -> Vec<HeldTitle> {
    titles.retain(|held| standard.title(&held.title).is_some());
    titles
}

fn known_vetoes(standard: &Standard, mut vetoes: Vec<VetoState>) -> Vec<VetoState> {
    vetoes.retain(|state| standard.veto(&state.clause).is_some());
    vetoes
}
