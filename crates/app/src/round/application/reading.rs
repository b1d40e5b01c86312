//! Where an application is, who has it, since when, and why; and what a unit may apply for.

mod judged;
mod offered;

use jianjia_domain::{
    core::{
        ids::ApplicationId,
        place::UnitPlace,
        policy::{Act, Actor, may},
        refusal::Refusal,
    },
    round::{
        application::{Application, ApplicationEvent, EventAct, State, receipt_number},
        review::{self, Conflict, Finding},
        round::Round,
    },
};
use jianjia_standard::{Text, programme::RoundAct};
use jianjia_store::{
    core::{db::Tx, place},
    honour::honour as honours,
    register::unit,
    round::{application as applications, conflict, finding, receipt},
};
use jiff::civil::Date;

pub(super) use self::judged::Judged;
use self::judged::{judged, last_year};
pub use self::offered::{Offer, UnitApplications, of_unit};
use super::{ClauseRow, as_of, clauses_of, title_of, visible};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        imprint as imprints,
    },
    round::{
        entry as entries, posting as postings,
        recommendation::{Answer, answers},
        round as rounds,
    },
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
    /// What is asked of candidates for the title, and what is known.
    pub answers: Vec<Answer>,
    /// Why it can't be handed in today, whatever it says; none where it can, or isn't with the applicant.
    pub closed: Option<Refusal>,
    /// The day as of which it was judged.
    pub as_of: Option<Date>,
    pub may: Possible,
    /// The vetoes that stop it where it is.
    pub stopped: Vec<Text>,
    /// Why it is not decided or named for the time being: a department's entry on the unit waits.
    pub held: Option<Refusal>,
    /// The number on the receipt, by which it is named on the telephone: `2016-00042`; none before it was handed in.
    pub number: Option<String>,
    /// The telephone of the unit that has it now, for the applicant; none where it is with the applicant or the register knows none.
    pub holder_phone: Option<String>,
    /// Whether the standard has it shown in the unit before it is handed in, asked for or not.
    pub is_posted: bool,
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
    let of = (application.year, application.title.as_str());
    let own = std::slice::from_ref(&application);
    let answers = answers(&mut tx, app, of.0, of.1, own).await?;
    Ok(ApplicationView {
        answers: answers.into_iter().next().unwrap_or_default(),
        number: receipt::find(&mut tx, id)
            .await?
            .map(|number| receipt_number(application.year, number)),
        closed: closed(&mut tx, app, &application).await?,
        holder_phone: holder_phone(&mut tx, actor, &application).await?,
        is_posted: postings::asked(app, &application).is_some(),
        events: events(&mut tx, &application).await?,
        conflicts: conflict::of_application(&mut tx, id).await?,
        title,
        round,
        findings,
        clauses,
        because,
        as_of: judged.map(|judged| judged.as_of),
        may: possible(actor, &application, &unit),
        stopped: entries::stopped_in_words(&mut tx, app, &application).await?,
        held: held(&mut tx, app, &application).await?,
        unit,
        application,
    })
}

/// What happened to it. Where it was named by a document, that is called by the number of the decision, as everywhere; an opinion that was written stays.
async fn events(tx: &mut Tx, application: &Application) -> Result<Vec<ApplicationEvent>> {
    let mut events = applications::events(tx, &application.id).await?;
    if !matches!(application.state, State::Named { .. }) {
        return Ok(events);
    }
    let person = application.person.as_ref().map(|person| &person.id);
    let held = honours::of_holder(tx, &application.unit.id, person).await?;
    let mut held = held.into_iter();
    let Some(honour) = held.find(|honour| honour.application == Some(application.id)) else {
        return Ok(events);
    };
    let Some(begun) = honours::events(tx, &honour.id).await?.into_iter().next() else {
        return Ok(events);
    };
    let as_named = begun.document_number;
    let is_by_document = |event: &&mut ApplicationEvent| {
        event.act == EventAct::Named && event.opinion == as_named && !as_named.is_empty()
    };
    for event in events.iter_mut().filter(is_by_document) {
        event.opinion = imprints::decision_number(tx, &honour.batch, as_named.clone()).await?;
    }
    Ok(events)
}

/// What keeps it from being decided or named, while it is under way.
async fn held(tx: &mut Tx, app: &App, application: &Application) -> Result<Option<Refusal>> {
    if application.state.closed_at().is_some() {
        return Ok(None);
    }
    refusal_of(entries::refuse_held(tx, app, application).await)
}

/// Why it can't be handed in today by the year's calendar, or for its notice in the unit.
async fn closed(tx: &mut Tx, app: &App, application: &Application) -> Result<Option<Refusal>> {
    let act = match application.state {
        State::Draft => RoundAct::Submit,
        State::Returned { .. } => RoundAct::Resubmit,
        _ => return Ok(None),
    };
    let by_calendar = refusal_of(rounds::open(tx, app, application.year, act).await)?;
    match by_calendar {
        Some(refusal) => Ok(Some(refusal)),
        None => refusal_of(postings::may_submit(tx, app, application).await),
    }
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
