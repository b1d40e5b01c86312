//! What a unit and its people may apply for in a year, and why not; with the applications that they have.

use jianjia_domain::{
    core::{
        ids::{ApplicationId, PersonId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, may, sees},
        refusal::Refusal,
    },
    register::person::Person,
    round::{
        application::{Application, State},
        review,
        round::Round,
        veto::Veto,
    },
};
use jianjia_standard::{Text, judgement::Reason, kinds::Kind, programme::RoundAct};
use jianjia_store::{
    core::db::Tx,
    honour::honour,
    register::person,
    round::{application as applications, veto},
    year::statement as statements,
};

use super::refusal_of;
use crate::{
    core::{app::App, error::Result},
    round::{application::held_since, round as rounds},
    year::assessment as assessments,
};

/// What a unit may apply for in a year, and its applications.
#[derive(Clone, Debug)]
pub struct UnitApplications {
    pub unit: UnitPlace,
    pub round: Round,
    /// Whether today is in the declaration.
    pub is_open: bool,
    /// Why it isn't, in words.
    pub closed: Option<Refusal>,
    /// The year's time for applications has passed.
    pub is_over: bool,
    /// The later year in which one can apply today, where this one isn't it.
    pub open_year: Option<i16>,
    pub offers: Vec<Offer>,
    /// The people that the personal titles are for.
    pub people: Vec<Person>,
    /// All applications, newest first; drafts only for the unit's own.
    pub applications: Vec<Application>,
    pub may_draft: bool,
    /// How many of the unit's answers of the year before are not given anew yet: where they still hold, they need only be confirmed.
    pub carried: usize,
}

/// A title of the unit's kind: whether it may be applied for, or why not.
#[derive(Clone, Debug)]
pub struct Offer {
    pub title: String,
    pub name: Text,
    pub slogan: Option<Text>,
    /// For whom, where the title is for people.
    pub person: Option<Person>,
    pub allowed: bool,
    pub because: Vec<Text>,
    /// The vetoes among the reasons, as they are on record: nothing that is filled in helps against them.
    pub vetoes: Vec<Veto>,
    /// The reasons besides vetoes.
    pub mendable: Vec<Text>,
    /// Since which year the title is held: there is nothing to apply for then.
    pub held_since: Option<i16>,
    /// The application that stands already.
    pub standing: Option<ApplicationId>,
    pub standing_state: Option<&'static str>,
}

/// The applications of a unit, for those who see the unit. `person` asks about one of its people.
///
/// # Errors
/// Not found when the actor doesn't see the unit; `OutsideProgramme`.
pub async fn of_unit(
    app: &App,
    actor: &Actor,
    id: &UnitId,
    year: i16,
    person_id: Option<&PersonId>,
) -> Result<UnitApplications> {
    let mut tx = app.db.read().await?;
    let place = app.seen(&mut tx, actor, id).await?;
    let is_own = actor.belongs_to(&place.path);
    let applications: Vec<Application> = applications::of_unit(&mut tx, id)
        .await?
        .into_iter()
        .filter(|application| is_own || application.state != State::Draft)
        .filter(|application| sees(actor, &application.unit.path))
        .collect();
    let people: Vec<Person> = person::of_unit(&mut tx, id)
        .await?
        .into_iter()
        .filter(|person| person.left_on.is_none())
        .collect();
    let mut offers = Vec::new();
    if place.kind.key().parse::<Kind>().is_ok() {
        offers.extend(offers_of(&mut tx, app, &place, None, year, &applications).await?);
    }
    let chosen = person_id.and_then(|id| people.iter().find(|person| person.id == *id));
    if let Some(person) = chosen {
        let person = Some(person);
        offers.extend(offers_of(&mut tx, app, &place, person, year, &applications).await?);
    }
    let rounds = rounds::around(&mut tx, app, year).await?;
    let closed = refusal_of(rounds.open(app, RoundAct::Submit))?;
    let is_asked = is_own && offers.iter().any(|offer| !offer.mendable.is_empty());
    Ok(UnitApplications {
        carried: if is_asked {
            carried(&mut tx, id, year).await?
        } else {
            0
        },
        may_draft: may(actor, Act::DraftApplication, &place),
        unit: place,
        is_open: closed.is_none(),
        is_over: rounds.not_over(app, RoundAct::Submit).is_err(),
        open_year: rounds
            .open_year(app, RoundAct::Submit)
            .filter(|open| *open != year),
        closed,
        round: rounds.this,
        offers,
        people,
        applications,
    })
}

async fn carried(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<usize> {
    let before = statements::facts_of(tx, unit, None, year - 1).await?;
    if before.is_empty() {
        return Ok(0);
    }
    let said = statements::facts_of(tx, unit, None, year).await?;
    let open = before.iter().filter(|(key, value)| {
        let now = said.get(*key);
        !value.value.is_null() && now.is_none_or(|now| now.value.is_null())
    });
    Ok(open.count())
}

async fn offers_of(
    tx: &mut Tx,
    app: &App,
    unit: &UnitPlace,
    person: Option<&Person>,
    year: i16,
    applications: &[Application],
) -> Result<Vec<Offer>> {
    let as_of = rounds::as_of(tx, app, year).await?;
    let person_id = person.map(|person| &person.id);
    let assessment = assessments::assess(tx, app, &unit.id, person_id, year, as_of).await?;
    let kind = assessment.subject.kind;
    let held = honour::held(tx, &unit.id, person_id).await?;
    let vetoes = veto::of_unit(tx, &unit.id, year).await?;
    let mut offers = Vec::new();
    for title in app.standards.of(year).titles_of(kind) {
        let may = assessment.judgement.may_apply.get(&title.key);
        let standing = applications.iter().find(|application| {
            application.year == year
                && application.title == title.key
                && application.person.as_ref().map(|person| &person.id) == person_id
                && !matches!(application.state, State::Withdrawn { .. })
        });
        let because = review::because(
            app.standards.of(year),
            &assessment.subject,
            &assessment.judgement,
            &title.key,
            &[],
            as_of,
        );
        let reasons = may.map_or(&[][..], |may| &may.because);
        let mendable = reasons
            .iter()
            .zip(&because)
            .filter(|(reason, _)| !matches!(reason, Reason::Veto(_)))
            .map(|(_, words)| words.clone())
            .collect();
        let bars = |veto: &&Veto| reasons.contains(&Reason::Veto(veto.clause.clone()));
        offers.push(Offer {
            title: title.key.clone(),
            name: title.name.clone(),
            slogan: title.slogan.clone(),
            person: person.cloned(),
            allowed: may.is_some_and(|may| may.allowed),
            because,
            mendable,
            vetoes: vetoes.iter().filter(bars).cloned().collect(),
            held_since: held_since(app.standards.of(year), &held, &title.key),
            standing: standing.map(|standing| standing.id),
            standing_state: standing.map(|standing| standing.state.key()),
        });
    }
    Ok(offers)
}
