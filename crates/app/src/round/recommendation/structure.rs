//! What a list is made up of: what is known of each candidate, and how the standard's rules stand over them.

use std::collections::HashMap;

use jianjia_domain::{
    core::{
        ids::{ApplicationId, PersonId, UnitId},
        place::UnitKind,
    },
    register::{person::Post, unit::Unit},
    round::{
        application::Application,
        structure::{self, Asked, Breach, Counts, Holding, Tally},
    },
};
use jianjia_standard::{
    Standard, Text,
    kinds::Kind,
    programme::{Holds, NO_EMPLOYER, Property, RegisterField, StructureRule},
};
use jianjia_store::{
    core::db::Tx,
    register::{person, unit},
    round::property as properties,
};
use serde_json::{Value, json};

use crate::core::{app::App, error::Result};

/// A property of a candidate, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub property: String,
    pub name: Text,
    /// None: it is not asked, the register alone says it.
    pub question: Option<Text>,
    pub choices: Vec<(String, Text)>,
    /// The choice that was answered; none where nobody did.
    pub said: Option<String>,
    /// What holds, by the answer or by the register: none is unknown.
    pub holds: Option<(String, Text)>,
}

/// A rule over a list, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleLine {
    pub clause: String,
    pub name: Text,
    pub text: Text,
    pub holds: Holds,
    /// Over those recommended.
    pub recommended: (Tally, Holding),
    /// How many it asks for of as many.
    pub asked: Asked,
    /// Over those within the places by the ranks as they are.
    pub ranked: (Tally, Holding),
}

/// What is known of each application by which lists for its title are composed, in their order.
pub(crate) async fn answers(
    tx: &mut Tx,
    app: &App,
    year: i16,
    title: &str,
    applications: &[Application],
) -> Result<Vec<Vec<Answer>>> {
    let standard = app.standards.of(year);
    let asked: Vec<&Property> = standard
        .properties
        .iter()
        .filter(|property| property.titles.iter().any(|key| key == title))
        .collect();
    if asked.is_empty() || applications.is_empty() {
        return Ok(vec![Vec::new(); applications.len()]);
    }
    let ids: Vec<ApplicationId> = applications.iter().map(|one| one.id).collect();
    let said = properties::of_applications(tx, &ids).await?;
    let register = Register::of(tx, applications).await?;
    let answers_of = |application: &Application| -> Vec<Answer> {
        let answered = said.get(&application.id).map_or(&[][..], Vec::as_slice);
        let each = asked.iter().map(|property| {
            let said = answered.iter().find(|(key, _)| *key == property.key);
            let said = said.map(|(_, choice)| choice.clone());
            let registered = property
                .from
                .and_then(|field| register.value(application, field));
            let holds = property.holds(said.as_deref(), registered);
            Answer {
                property: property.key.clone(),
                name: property.name.clone(),
                question: property.question.clone(),
                choices: property
                    .choices
                    .iter()
                    .map(|choice| (choice.key.clone(), choice.name.clone()))
                    .collect(),
                holds: holds.map(|choice| (choice.key.clone(), choice.name.clone())),
                said,
            }
        });
        each.collect()
    };
    Ok(applications.iter().map(answers_of).collect())
}

/// How the rules on a title stand over some candidates; `answers` are those of `applications`.
fn tallies(
    app: &App,
    (year, title): (i16, &str),
    applications: &[Application],
    answers: &[Vec<Answer>],
    counted: &[ApplicationId],
) -> Vec<(Tally, Holding)> {
    let standard = app.standards.of(year);
    rules_on(standard, title)
        .map(|rule| {
            let candidates = applications.iter().zip(answers);
            let counts = candidates
                .filter(|(application, _)| counted.contains(&application.id))
                .map(|(_, answers)| counts(standard, rule, answers));
            let tally = Tally::of(counts);
            (tally, structure::decide(rule, &tally))
        })
        .collect()
}

fn rules_on<'a>(standard: &'a Standard, title: &'a str) -> impl Iterator<Item = &'a StructureRule> {
    let rules = standard.structure.iter();
    rules.filter(move |rule| rule.titles.iter().any(|key| key == title))
}

/// Whether a candidate counts for a rule, by what is known of it.
fn counts(standard: &Standard, rule: &StructureRule, answers: &[Answer]) -> Counts {
    let property = structure::property_of(&standard.properties, rule);
    let answer = answers.iter().find(|one| one.property == rule.property);
    let known = answer.and_then(|answer| answer.holds.as_ref());
    let choice = known.and_then(|(key, _)| property?.choice(key));
    structure::counts(rule, choice)
}

/// The rules on a title over those recommended and over those within the places.
pub(crate) fn lines(
    app: &App,
    of: (i16, &str),
    applications: &[Application],
    answers: &[Vec<Answer>],
    (recommended, within): (&[ApplicationId], &[ApplicationId]),
) -> Vec<RuleLine> {
    let (year, title) = of;
    let recommended = tallies(app, of, applications, answers, recommended);
    let ranked = tallies(app, of, applications, answers, within);
    rules_on(app.standards.of(year), title)
        .zip(recommended.into_iter().zip(ranked))
        .map(|(rule, (recommended, ranked))| RuleLine {
            clause: rule.clause.clone(),
            name: rule.name.clone(),
            text: rule.text.clone(),
            holds: rule.holds,
            asked: structure::asked(rule, &recommended.0),
            recommended,
            ranked,
        })
        .collect()
}

/// The rules that bar closing the list.
pub(super) fn barring(lines: &[RuleLine]) -> Vec<Breach> {
    lines
        .iter()
        .filter(|line| line.holds == Holds::Bar && line.recommended.1 == Holding::Broken)
        .map(|line| Breach {
            text: line.text.clone(),
            tally: line.recommended.0,
            asked: line.asked,
        })
        .collect()
}

/// The rules that bar adding candidates to those that are counted: broken with them, and not all of them are known to bring the list nearer to the
/// rule. `answers` are those of `applications`.
pub(crate) fn barring_with(
    app: &App,
    (year, title): (i16, &str),
    applications: &[Application],
    answers: &[Vec<Answer>],
    (counted, added): (&[ApplicationId], &[ApplicationId]),
) -> Vec<Breach> {
    let together: Vec<ApplicationId> = counted.iter().chain(added).copied().collect();
    let of = (year, title);
    let together = tallies(app, of, applications, answers, &together);
    let standard = app.standards.of(year);
    let all_help = |rule: &StructureRule| {
        let candidates = applications.iter().zip(answers);
        candidates
            .filter(|(one, _)| added.contains(&one.id))
            .all(|(_, answers)| structure::helps(rule, counts(standard, rule, answers)))
    };
    rules_on(standard, title)
        .zip(together)
        .filter(|(rule, (_, holding))| {
            rule.holds == Holds::Bar && *holding == Holding::Broken && !all_help(rule)
        })
        .map(|(rule, (tally, _))| Breach {
            text: rule.text.clone(),
            tally,
            asked: structure::asked(rule, &tally),
        })
        .collect()
}

/// The rules as the trail keeps them.
pub(super) fn told(lines: &[RuleLine]) -> Value {
    let each = lines.iter().map(|line| {
        let (tally, holding) = &line.recommended;
        json!(format!(
            "{}：{}（{}/{}/{}）",
            line.name.zh,
            holding.word(),
            tally.yes,
            tally.no,
            tally.unknown
        ))
    });
    each.collect()
}

/// What the register says of candidates.
struct Register {
    units: HashMap<UnitId, Unit>,
    posts: HashMap<PersonId, Post>,
}

impl Register {
    async fn of(tx: &mut Tx, applications: &[Application]) -> Result<Register> {
        let ids: Vec<UnitId> = applications.iter().map(|one| one.unit.id).collect();
        let mut found = unit::find_many(tx, &ids).await?;
        // A branch has its union's employer.
        let branches = found.iter().filter(|unit| unit.kind == UnitKind::Branch);
        let uppers: Vec<UnitId> = branches.filter_map(|unit| unit.parent_id).collect();
        found.extend(unit::find_many(tx, &uppers).await?);
        let people = applications.iter().filter_map(|one| one.person.as_ref());
        let people: Vec<PersonId> = people.map(|person| person.id).collect();
        Ok(Register {
            units: found.into_iter().map(|unit| (unit.id, unit)).collect(),
            posts: person::posts(tx, &people).await?.into_iter().collect(),
        })
    }

    fn value(&self, application: &Application, field: RegisterField) -> Option<&str> {
        let unit = self.units.get(&application.unit.id)?;
        match field {
            RegisterField::Kind => Some(unit.kind.key()),
            RegisterField::Post => {
                let person = application.person.as_ref()?;
                self.posts.get(&person.id).map(|post| post.key())
            }
            RegisterField::Employer => {
                self.of_employer(unit, |unit| unit.details.employer.as_deref())
            }
            RegisterField::EconomicType => self.of_employer(unit, |unit| {
                let known = unit.details.employer_economic_type.as_deref();
                known.or_else(|| {
                    // Organs and institutions have none, which is no gap in the register.
                    let employer = unit.details.employer.as_deref()?;
                    let has_none = ["organ", "institution", "institution-as-enterprise"];
                    has_none.contains(&employer).then_some(NO_EMPLOYER)
                })
            }),
        }
    }

    fn of_employer<'a>(
        &'a self,
        unit: &'a Unit,
        value: impl Fn(&'a Unit) -> Option<&'a str>,
    ) -> Option<&'a str> {
        let has_employer = Kind::from_key(unit.kind.key()).is_some_and(Kind::has_employer);
        if !has_employer {
            return Some(NO_EMPLOYER);
        }
        value(unit).or_else(|| {
            let upper = unit.parent_id.filter(|_| unit.kind == UnitKind::Branch)?;
            value(self.units.get(&upper)?)
        })
    }
}
