//! The year sheet: what is asked, what was stated, what can be confirmed; and saving answers (`saying`).

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        ids::{PersonId, StatementId, UnitId},
        place::UnitPlace,
        policy::{self, Act, Actor},
    },
    year::{
        assessment,
        evidence::{Evidence, EvidenceUse, Target},
        sheet::{self, SheetGroup},
        statement::{self, Facts, Offer, Said, Source, Statement, StatementRefusal},
    },
};
use jianjia_standard::{
    Standard,
    fact::{Fact, FactValue},
    subject::Subject,
};
use jianjia_store::{
    core::db::Tx,
    year::{
        evidence, statement as statements,
        subject::{self, PersonFacts, RegisterFacts},
    },
};
use jiff::civil::Date;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    year::assessment as assessments,
};

mod saying;
pub use saying::{Saved, SayInput, say};

refuses!(StatementRefusal);

/// A year's sheet of a unit, or of a person of it.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub unit: UnitPlace,
    pub register: RegisterFacts,
    pub person: Option<PersonFacts>,
    pub year: i16,
    pub subject: Subject,
    /// All statements of the year, in order.
    pub statements: Vec<Statement>,
    /// The fold of the statements.
    pub facts: Facts,
    /// Last year's answers and the register's, for questions without an answer.
    pub offers: BTreeMap<String, Offer>,
    /// What the register answers.
    pub known: Vec<(String, FactValue)>,
    /// The key of the title worked towards; `None` if the highest is held.
    pub aim: Option<String>,
    pub evidence: Vec<Evidence>,
    /// The uses of the evidence in this year.
    pub uses: Vec<EvidenceUse>,
    /// Whether the actor may save answers, and the year is open for it.
    pub may_say: bool,
    /// Last year's answers, from which the offers are made.
    last_year: Facts,
}

impl Sheet {
    /// The questions, group by group.
    pub fn groups<'a>(&self, standard: &'a Standard) -> Vec<SheetGroup<'a>> {
        let known: Vec<&str> = self.known.iter().map(|(key, _)| key.as_str()).collect();
        let aim = self.aim.as_deref().and_then(|key| standard.title(key));
        // A question that depends on a yes is asked while that yes is only offered, so that confirming all leaves nothing behind.
        let mut expected = self.subject.clone();
        for (key, offer) in &self.offers {
            let value = || offer.value.clone();
            expected.facts.entry(key.clone()).or_insert_with(value);
        }
        sheet::groups(standard, &expected, &known, aim)
    }

    /// Takes in what was said just now, with all that follows from it.
    fn add(&mut self, standard: &Standard, said: Vec<Statement>, as_of: Date) {
        self.statements.extend(said);
        self.facts = statement::fold(&self.statements);
        self.subject.facts = statement::known(standard, &self.facts);
        if self.person.is_none() {
            assessments::add_known(standard, &mut self.subject.facts, &self.known);
        }
        let is_person = self.person.is_some();
        let (facts, last_year) = (&self.facts, &self.last_year);
        self.offers = offers(standard, facts, last_year, &self.register, is_person);
        self.aim = assessment::aim(standard, &self.subject, as_of).map(|title| title.key.clone());
    }

    /// The key of the next group in which something is due, after the group that a form was of.
    fn next_after(&self, standard: &Standard, group: Option<&str>) -> Option<String> {
        sheet::next_after(&self.groups(standard), group?).map(str::to_owned)
    }

    /// The newest statement: what a form made now has seen.
    pub fn seen(&self) -> Option<StatementId> {
        self.statements.last().map(|statement| statement.id)
    }

    /// The offers for those due questions of a group that have no answer yet.
    pub fn open_offers<'a>(&'a self, group: &SheetGroup<'a>) -> Vec<(&'a Fact, &'a Offer)> {
        group
            .questions
            .iter()
            .filter(|question| !question.is_ahead)
            .filter_map(|question| {
                let offer = self.offers.get(&question.fact.key)?;
                Some((question.fact, offer))
            })
            .collect()
    }

    /// The evidence attached to a fact.
    pub fn evidence_of(&self, fact: &str) -> Vec<&Evidence> {
        let target = Target::fact(self.person.as_ref().map(|person| &person.id), fact);
        self.uses
            .iter()
            .filter(|used| used.target == target)
            .filter_map(|used| self.evidence.iter().find(|kept| kept.id == used.evidence))
            .collect()
    }

    /// The values of a form that was refused: what was typed, except that a field left as the older form showed it gets the present answer.
    pub fn typed_again(&self, input: &SayInput) -> BTreeMap<String, String> {
        let seen = input.seen;
        let before = statement::fold(
            self.statements
                .iter()
                .filter(|statement| seen.is_some_and(|seen| statement.id <= seen)),
        );
        input
            .typed
            .iter()
            .map(|(key, words)| {
                let was_left = *words == statement::form_words(before.get(key));
                let words = if was_left {
                    statement::form_words(self.facts.get(key))
                } else {
                    words.clone()
                };
                (key.clone(), words)
            })
            .collect()
    }

    pub fn history(&self, fact: &str) -> Vec<Said> {
        statement::history(&self.statements, fact)
    }
}

/// The sheet, for anybody who may see the unit.
///
/// # Errors
/// Not found when the actor doesn't see the unit, or the person isn't of it; `NotJudged` for a federation that holds no titles.
pub async fn read(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    person: Option<&PersonId>,
    year: i16,
) -> Result<Sheet> {
    let mut tx = app.db.read().await?;
    let place = app.seen(&mut tx, actor, unit).await?;
    let mut sheet = sheet_of(&mut tx, app, &place, person, year).await?;
    sheet.may_say = policy::may(actor, Act::SayFacts, &place)
        && statement::open_year(app.standards.of(year), year, app.clock.today().year()).is_ok();
    Ok(sheet)
}

/// The sheet as read in a transaction; `may_say` is left to the caller.
///
/// # Errors
/// Not found when the person isn't of the unit; `NotJudged` for a federation that holds no titles.
pub async fn sheet_of(
    tx: &mut Tx,
    app: &App,
    place: &UnitPlace,
    person: Option<&PersonId>,
    year: i16,
) -> Result<Sheet> {
    let mut sheet = answers_of(tx, app, place, person, year).await?;
    sheet.evidence = evidence::of_unit(tx, &place.id).await?;
    sheet.uses = evidence::uses(tx, &place.id).await?;
    sheet.uses.retain(|used| used.year == year);
    Ok(sheet)
}

/// The sheet without its evidence, which saving an answer doesn't ask for.
async fn answers_of(
    tx: &mut Tx,
    app: &App,
    place: &UnitPlace,
    person: Option<&PersonId>,
    year: i16,
) -> Result<Sheet> {
    let standard = app.standards.of(year);
    let register = subject::unit(tx, &place.id).await?.ok_or(Error::NotFound)?;
    let person = match person {
        None => None,
        Some(id) => Some(
            subject::person(tx, &place.id, id)
                .await?
                .ok_or(Error::NotFound)?,
        ),
    };
    let person_id = person.as_ref().map(|person| person.id);
    let as_of = assessments::as_of(app, year);
    let said = statements::of_year(tx, &place.id, person_id.as_ref(), year).await?;
    let facts = statement::fold(&said);
    let (subject, known) = match &person_id {
        None => {
            let register = register.clone();
            let gathered = assessments::gather_one(tx, app, register, &facts, year, as_of).await?;
            (gathered.subject, gathered.known)
        }
        Some(id) => {
            let id = Some(id);
            let subject = assessments::subject_of(tx, app, &place.id, id, year, as_of).await?;
            (subject, Vec::new())
        }
    };
    let last_year = statements::facts_of(tx, &place.id, person_id.as_ref(), year - 1).await?;
    Ok(Sheet {
        unit: place.clone(),
        aim: assessment::aim(standard, &subject, as_of).map(|title| title.key.clone()),
        offers: offers(standard, &facts, &last_year, &register, person.is_some()),
        register,
        person,
        year,
        subject,
        statements: said,
        facts,
        known,
        evidence: Vec::new(),
        uses: Vec::new(),
        may_say: false,
        last_year,
    })
}

/// What can be confirmed: last year's answer, else the register's figure, for every question without an answer this year.
fn offers(
    standard: &Standard,
    facts: &Facts,
    last_year: &Facts,
    register: &RegisterFacts,
    is_person: bool,
) -> BTreeMap<String, Offer> {
    let registered = |key: &str| {
        let count = match key {
            "workers" => register.workers,
            "members" => register.members,
            _ => None,
        };
        let count = count.filter(|count| *count > 0 && !is_person)?;
        Some(FactValue::Number(u64::try_from(count).ok()?))
    };
    standard
        .facts
        .iter()
        .filter(|fact| facts.get(&fact.key).is_none_or(|said| said.value.is_null()))
        .filter_map(|fact| {
            let carried = last_year.get(&fact.key).and_then(|said| said.known(fact));
            let offer = match carried {
                Some(value) => Offer {
                    value,
                    source: Source::Carried,
                },
                None => Offer {
                    value: registered(&fact.key)?,
                    source: Source::Register,
                },
            };
            Some((fact.key.clone(), offer))
        })
        .collect()
}

/// The request key of a form, prefixed with the unit, so that one unit's form can't be taken for another's.
pub(crate) fn request_key(unit: &UnitId, person: Option<&PersonId>, key: &str) -> Option<String> {
    let person = person.map_or_else(String::new, ToString::to_string);
    (!key.is_empty()).then(|| format!("{unit}:{person}:{key}"))
}
