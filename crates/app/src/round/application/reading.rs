//! Where an application is, who has it, since when, and why; and what a unit may apply for.

use jianjia_standard::programme::RoundAct;
use std::sync::Arc;

use anyhow::Context;
use jianjia_domain::{
    core::{
        ids::{ApplicationId, JudgementId, PersonId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, may, sees},
        refusal::Refusal,
    },
    register::person::Person,
    round::{
        application::{Application, ApplicationEvent, State},
        review::{self, Conflict, Finding},
        round::Round,
        veto::Veto,
    },
};
use jianjia_standard::{
    Standard, Text,
    judgement::{Judgement, Reason},
    kinds::Kind,
    subject::Subject,
};
use jianjia_store::{
    core::{db::Tx, place},
    honour::honour,
    register::{person, unit},
    round::{application as applications, conflict, finding, receipt, veto},
    year::{judgement as judgements, statement as statements},
};
use jiff::civil::Date;

use super::{ClauseRow, as_of, clauses_of, held_since, title_of, visible};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{assessment as confirmed, round as rounds},
    year::assessment as assessments,
};

/// Everything that one may know of an application.
#[derive(Clone, Debug)]
pub struct ApplicationView {
    pub application: Application,
    pub unit: UnitPlace,
    pub title: Text,
    pub round: Round,
    pub events: Vec<ApplicationEvent>,
    pub findings: Vec<Finding>,
    pub conflicts: Vec<Conflict>,
    /// Clause by clause: by the judgement that it was submitted or decided on, or for a draft by today's.
    pub clauses: Vec<ClauseRow>,
    /// Why the title can't be applied for or given, in words; empty when it can.
    pub because: Vec<Text>,
    /// Why it can't be handed in today, whatever it says; none where it can, or isn't with the applicant.
    pub closed: Option<Refusal>,
    /// The day as of which it was judged.
    pub as_of: Option<Date>,
    pub may: Possible,
    /// The number on the receipt, by which it is named on the telephone: `2016-00042`; none before it was handed in.
    pub number: Option<String>,
    /// The telephone of the unit that has it now, for the applicant; none where it is with the applicant or the register knows none.
    pub holder_phone: Option<String>,
}

/// What the actor may do, for the page to offer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Possible {
    pub edit: bool,
    pub submit: bool,
    pub withdraw: bool,
    pub review: bool,
}

/// An application, for everyone involved; for others it isn't there.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it.
pub async fn view(app: &App, actor: &Actor, id: &ApplicationId) -> Result<ApplicationView> {
    let mut tx = app.db.read().await?;
    let application = applications::find(&mut tx, id)
        .await?
        .filter(|application| visible(actor, application))
        .ok_or(Error::NotFound)?;
    let unit = place::find(&mut tx, &application.unit.id)
        .await?
        .ok_or(Error::NotFound)?;
    let title = title_of(app, application.year, &application.title)?
        .name
        .clone();
    let round = rounds::of_year(&mut tx, app, application.year).await?;
    let findings = finding::of_application(&mut tx, id).await?;
    let judged = judged(&mut tx, app, &application, &findings).await?;
    let last_year = last_year(&mut tx, app, &application).await?;
    let (clauses, because) = match &judged {
        Some(judged) => {
            let clauses = clauses_of(
                &mut tx,
                app,
                &application,
                judged,
                last_year.as_ref(),
                &findings,
            )
            .await?;
            let because = judged.subject.as_ref().map_or_else(Vec::new, |subject| {
                review::because(
                    &judged.standard,
                    subject,
                    &judged.judgement,
                    &application.title,
                    &findings,
                    judged.as_of,
                )
            });
            (clauses, because)
        }
        None => (Vec::new(), Vec::new()),
    };
    // Handing in is judged on claims: what a reviewer rejected is to be mended, but does not stop the applicant from saying so.
    let because = if is_with_applicant(&application) {
        claims_against(&mut tx, app, &application).await?
    } else {
        because
    };
    Ok(ApplicationView {
        number: receipt::find(&mut tx, id)
            .await?
            .map(|number| format!("{}-{number:05}", application.year)),
        closed: closed(&mut tx, app, &application).await?,
        holder_phone: holder_phone(&mut tx, actor, &application).await?,
        events: applications::events(&mut tx, id).await?,
        conflicts: conflict::of_application(&mut tx, id).await?,
        title,
        round,
        findings,
        clauses,
        because,
        as_of: judged.map(|judged| judged.as_of),
        may: possible(actor, &application, &unit),
        unit,
        application,
    })
}

/// Why it can't be handed in today by the year's calendar.
async fn closed(tx: &mut Tx, app: &App, application: &Application) -> Result<Option<Refusal>> {
    let act = match application.state {
        State::Draft => RoundAct::Submit,
        State::Returned { .. } => RoundAct::Resubmit,
        _ => return Ok(None),
    };
    refusal_of(rounds::open(tx, app, application.year, act).await)
}

/// A refusal to be shown beforehand.
fn refusal_of(done: Result<()>) -> Result<Option<Refusal>> {
    match done {
        Ok(()) => Ok(None),
        Err(Error::Refused(refusal)) => Ok(Some(refusal)),
        Err(error) => Err(error),
    }
}

async fn holder_phone(
    tx: &mut Tx,
    actor: &Actor,
    application: &Application,
) -> Result<Option<String>> {
    let Some(turn) = application
        .turn()
        .filter(|_| actor.belongs_to(&application.unit.path))
    else {
        return Ok(None);
    };
    let holder = unit::find(tx, &turn.unit.id).await?;
    Ok(holder.and_then(|holder| holder.details.phone))
}

fn is_with_applicant(application: &Application) -> bool {
    matches!(application.state, State::Draft | State::Returned { .. })
}

fn possible(actor: &Actor, application: &Application, unit: &UnitPlace) -> Possible {
    let is_open = application.state.closed_at().is_none();
    let is_with_applicant = is_with_applicant(application);
    let withdraw_act = match application.state {
        State::Draft => Act::DraftApplication,
        _ => Act::WithdrawApplication,
    };
    Possible {
        edit: is_with_applicant && may(actor, Act::DraftApplication, unit),
        submit: is_with_applicant && may(actor, Act::SubmitApplication, unit),
        withdraw: is_open && may(actor, withdraw_act, unit),
        review: application.turn().is_some_and(|step| {
            actor.roles.iter().any(|at| at.unit.id == step.unit.id)
                && may(actor, Act::RecordFinding, unit)
        }),
    }
}

/// What stands against handing it in, by what the applicant says.
async fn claims_against(tx: &mut Tx, app: &App, application: &Application) -> Result<Vec<Text>> {
    let as_of = as_of(tx, app, application).await?;
    let (unit, year) = (&application.unit.id, application.year);
    let person = application.person.as_ref().map(|person| &person.id);
    let assessed = assessments::assess(tx, app, unit, person, year, as_of).await;
    match assessed {
        Ok(assessment) => Ok(review::because(
            app.standards.of(application.year),
            &assessment.subject,
            &assessment.judgement,
            &application.title,
            &[],
            as_of,
        )),
        // Somebody who has left the union isn't judged any more.
        Err(Error::NotFound) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// A judgement with what it was made from, as far as that can still be read.
pub(crate) struct Judged {
    /// By which it was judged.
    pub standard: Arc<Standard>,
    pub subject: Option<Subject>,
    pub judgement: Judgement,
    pub as_of: Date,
}

/// The judgement that an application stands on: while it is with the applicant or under review one by what is known today, on what is
/// confirmed; once it has ended the kept one.
pub(crate) async fn judged(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    findings: &[Finding],
) -> Result<Option<Judged>> {
    if application.state.closed_at().is_some() {
        return match &application.judgement {
            Some(id) => kept(tx, app, id).await,
            None => Ok(None),
        };
    }
    let as_of = as_of(tx, app, application).await?;
    let assessed = confirmed::of_one(tx, app, application, findings, as_of).await;
    match assessed {
        Ok(assessment) => Ok(Some(Judged {
            standard: app.standards.of(application.year).clone(),
            subject: Some(assessment.subject),
            judgement: assessment.judgement,
            as_of,
        })),
        // Somebody who has left the union isn't judged any more.
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn kept(tx: &mut Tx, app: &App, id: &JudgementId) -> Result<Option<Judged>> {
    let Some(kept) = judgements::find(tx, id).await? else {
        return Ok(None);
    };
    let used = app.standards.of_version(tx, &kept.standard_hash).await?;
    let standard = used.unwrap_or_else(|| app.standards.of(kept.year).clone());
    Ok(Some(Judged {
        subject: kept.subject(&standard),
        standard,
        judgement: serde_json::from_str(&kept.judgement).context("a kept judgement")?,
        as_of: kept.as_of,
    }))
}

/// The newest judgement of the year before of the same applicant, if it was ever judged then by the same programme: another's clauses are others.
pub(crate) async fn last_year(
    tx: &mut Tx,
    app: &App,
    application: &Application,
) -> Result<Option<Judgement>> {
    let programme = &app.standards.of(application.year).key;
    let person = application.person.as_ref().map(|person| person.id);
    let kept = judgements::of_unit(tx, &application.unit.id, application.year - 1).await?;
    kept.into_iter()
        .find(|kept| kept.person == person && kept.standard_key == *programme)
        .map(|kept| Ok(serde_json::from_str(&kept.judgement).context("last year's judgement")?))
        .transpose()
}

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
