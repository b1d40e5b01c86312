//! Saving the answers of a form.

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{PersonId, StatementId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor},
    },
    year::statement::{self, Changes, Confirm, Saying, Source, Statement, StatementRefusal},
};
use jianjia_standard::{Standard, fact::Fact};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    year::{standing, statement as statements},
};
use jiff::civil::Date;
use serde_json::json;

use super::{Sheet, answers_of, request_key};
use crate::{
    core::{app::App, error::Result},
    year::{
        assessment::{self as assessments, Gathered},
        standing as standings,
    },
};

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
///
/// # Errors
/// As `App::permit`; `YearClosed`; not found when the person isn't of the unit; `NotJudged` for a federation that holds no titles; by the fact's
/// key as `statement::say`; `NothingToConfirm`.
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
    let changes = changes_of(standard, &sheet, input, app.clock.today())?;
    if changes.is_empty() {
        return match input.confirm {
            Confirm::None => Ok(unchanged(&sheet)),
            Confirm::One(_) | Confirm::All => Err(StatementRefusal::NothingToConfirm.into()),
        };
    }
    let on = (&permit.unit, person, year);
    let said = keep_said(&mut tx, app, actor, on, changes, request_key).await?;
    let answers = said.iter().map(|statement| statement.facts.len()).sum();
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

/// What a form changes in the answers that hold now.
fn changes_of(
    standard: &Standard,
    sheet: &Sheet,
    input: &SayInput,
    today: Date,
) -> Result<Changes> {
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
    Ok(statement::say(&Saying {
        standard,
        source: Source::Union,
        asked: &asked,
        now: &sheet.facts,
        seen: &seen,
        typed: &input.typed,
        offers: &offers,
        confirm: &input.confirm,
        today,
    })?)
}

/// Writes what was said, a statement for each source; the first carries the form's key.
async fn keep_said(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (unit, person, year): (&UnitPlace, Option<&PersonId>, i16),
    changes: Changes,
    mut request_key: Option<String>,
) -> Result<Vec<Statement>> {
    let now = app.now();
    app.follow(tx, "statement").await?;
    let mut said = Vec::new();
    for (source, facts) in changes.by_source {
        let statement = Statement {
            id: StatementId(app.entropy.id(now)),
            unit: unit.id,
            unit_path: unit.path.clone(),
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
        statements::insert(tx, std::slice::from_ref(&statement)).await?;
        said.push(statement);
        app.trail(tx, actor, Deed::SayFacts, object, Some(unit), detail)
            .await?;
    }
    Ok(said)
}
