//! The year sheet: what is asked, what was stated, what can be confirmed; and saving answers.

use std::collections::BTreeMap;

use jianjia_domain::core::audit::{deed::Deed, object::Object};
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
        statement::{
            self, Confirm, Facts, Offer, Said, Saying, Source, Statement, StatementRefusal,
        },
    },
};
use jianjia_standard::{
    Standard,
    fact::{Fact, FactValue},
    subject::Subject,
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    year::{
        evidence, standing, statement as statements,
        subject::{self, PersonFacts, RegisterFacts},
    },
};
use jiff::civil::Date;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    year::{
        assessment::{self as assessments, Gathered},
        standing as standings,
    },
};

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

/// A submitted form of the sheet.
#[derive(Clone, Debug, Default)]
pub struct SayInput {
    /// The group's key; `None` for the whole sheet.
    pub group: Option<String>,
    pub typed: BTreeMap<String, String>,
    pub confirm: Confirm,
    /// The newest statement when the form was made.
    pub seen: Option<StatementId>,
    /// Makes a double submit harmless; empty for none.
    pub request_key: String,
}

/// What saving a form came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// The number of answers that changed: zero if none did or the same form came twice.
    pub answers: usize,
    /// The key of the next group in which something is due; none after the last one, or where the form was of the whole sheet.
    pub next: Option<String>,
}

/// Saves the answers that changed.
pub async fn say(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    person: Option<&PersonId>,
    year: i16,
    input: &SayInput,
) -> Result<Saved> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, Act::SayFacts, unit).await?;
    let standard = app.standards.of(year);
    statement::open_year(standard, year, app.clock.today().year())?;
    let request_key = request_key(unit, person, &input.request_key);
    let is_said = match &request_key {
        Some(key) => statements::is_said(&mut tx, key).await?,
        None => false,
    };
    if is_said && input.group.is_none() {
        return Ok(Saved::default());
    }
    if person.is_none() {
        // Where the unit stands follows from what is gathered here.
        standing::take_turn(&mut tx, std::slice::from_ref(unit)).await?;
    }
    let mut sheet = answers_of(&mut tx, app, &permit.unit, person, year).await?;
    let group = input.group.as_deref();
    let unchanged = |sheet: &Sheet| Saved {
        answers: 0,
        next: sheet.next_after(standard, group),
    };
    if is_said {
        return Ok(unchanged(&sheet));
    }
    let groups = sheet.groups(standard);
    let asked: Vec<&Fact> = groups
        .iter()
        .filter(|group| {
            input
                .group
                .as_ref()
                .is_none_or(|key| *key == group.group.key)
        })
        .flat_map(|group| group.questions.iter().map(|question| question.fact))
        .collect();
    // "Confirm all" means what is due now; what only a higher title asks is confirmed where it is asked.
    let ahead: Vec<&str> = groups
        .iter()
        .flat_map(|group| &group.questions)
        .filter(|question| question.is_ahead)
        .map(|question| question.fact.key.as_str())
        .collect();
    let mut offers = sheet.offers.clone();
    if input.confirm == Confirm::All {
        offers.retain(|key, _| !ahead.contains(&key.as_str()));
    }
    let seen = statement::fold(
        sheet
            .statements
            .iter()
            .filter(|statement| input.seen.is_some_and(|seen| statement.id <= seen)),
    );
    let changes = statement::say(&Saying {
        standard,
        source: Source::Union,
        asked: &asked,
        now: &sheet.facts,
        seen: &seen,
        typed: &input.typed,
        offers: &offers,
        confirm: &input.confirm,
    })?;
    if changes.is_empty() {
        return match input.confirm {
            Confirm::None => Ok(unchanged(&sheet)),
            Confirm::One(_) | Confirm::All => Err(StatementRefusal::NothingToConfirm.into()),
        };
    }
    let now = app.now();
    app.follow(&mut tx, "statement").await?;
    let mut answers = 0;
    let mut said = Vec::new();
    let mut request_key = request_key;
    for (source, facts) in changes.by_source {
        answers += facts.len();
        let statement = Statement {
            id: StatementId(app.entropy.id(now)),
            unit: *unit,
            unit_path: permit.unit.path.clone(),
            person: person.copied(),
            year,
            source,
            facts,
            said_by: Some(actor.account),
            said_by_name: actor.name.clone(),
            said_at: now,
            request_key: request_key.take(),
        };
        let detail = json!({"year": year, "source": source.key(), "facts": statement.facts, "person": person});
        let object = Object::Statement(statement.id);
        statements::insert(&mut tx, std::slice::from_ref(&statement)).await?;
        said.push(statement);
        app.trail(
            &mut tx,
            actor,
            Deed::SayFacts,
            object,
            Some(&permit.unit),
            detail,
        )
        .await?;
    }
    let as_of = assessments::as_of(app, year);
    sheet.add(standard, said, as_of);
    let next = sheet.next_after(standard, group);
    if person.is_none() {
        let gathered = Gathered {
            register: sheet.register,
            as_of,
            subject: sheet.subject,
            known: sheet.known,
        };
        standings::keep(&mut tx, app, vec![gathered], year).await?;
    }
    tx.commit().await?;
    Ok(Saved { answers, next })
}

/// The sheet as read in a transaction; `may_say` is left to the caller.
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
