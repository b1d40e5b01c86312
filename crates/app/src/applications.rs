//! Applications: drafting, submitting, withdrawing, and where each one is.

use jianjia_domain::{
    application::{
        self, ApplicantPerson, ApplicantUnit, Application, ApplicationEvent, ApplicationRefusal,
        CriterionReason, EventAct, State,
    },
    assessment::Basis,
    honour::Honour,
    ids::{ApplicationEventId, ApplicationId, JudgementId, PersonId, UnitId},
    policy::{Act, Actor, Permit, sees},
    refusal::{General, Refusal},
    review,
    round::RoundAct,
    route::{self, RouteRefusal},
    unit::UnitPlace,
};
use jianjia_standard::{judgement::Reason, kinds::Kind, programme::Title};
use jianjia_store::{application as applications, db::Tx, honour, person, unit};
use serde_json::json;

use crate::{
    app::{App, act_name},
    assessments,
    error::{Error, Result},
    rounds,
};

mod clauses;
mod reading;
use clauses::clauses_of;
pub use clauses::{ClauseRow, Figure};
pub use reading::{ApplicationView, Offer, Possible, UnitApplications, of_unit, view};

/// The most characters of what an applicant says of itself.
pub const STORY_AT_MOST: usize = 3000;

/// What a draft is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftInput {
    pub year: i16,
    pub title: String,
    pub person: Option<PersonId>,
    pub story: String,
    /// Made with the form: sent twice, it drafts once.
    pub request_key: String,
}

/// What an act on an application expects to find; made with the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    pub revision: i64,
    /// Sent twice, the act is done once.
    pub request_key: String,
}

/// Begins an application. A draft may be made on any day.
pub async fn draft(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    input: &DraftInput,
) -> Result<ApplicationId> {
    let mut tx = app.db.write(&format!("unit:{unit}")).await?;
    let permit = app
        .permit(&mut tx, actor, Act::DraftApplication, unit)
        .await?;
    if let Some(done) = applications::of_request(&mut tx, &input.request_key).await? {
        return Ok(done);
    }
    rounds::of_year(&mut tx, app, input.year).await?;
    let title = title_for(app, &permit.unit, input)?;
    let person = match &input.person {
        Some(id) => person::find(&mut tx, id).await?,
        None => None,
    };
    let is_personal = title.kinds.contains(&Kind::Person);
    let fits = match &person {
        Some(person) => is_personal && person.unit_id == *unit && person.left_on.is_none(),
        None => !is_personal && input.person.is_none(),
    };
    if !fits {
        return Err(field("person", ApplicationRefusal::WhoIsMissing));
    }
    let story = story_of(&input.story)?;
    let register = unit::find(&mut tx, unit).await?.ok_or(Error::NotFound)?;
    let now = app.now();
    let application = Application {
        id: ApplicationId(app.entropy.id(now)),
        year: input.year,
        title: title.key.clone(),
        unit: ApplicantUnit {
            id: *unit,
            path: permit.unit.path.clone(),
            name: permit.unit.name.clone(),
            sort_key: register.sort_key,
        },
        person: person.map(|person| ApplicantPerson {
            id: person.id,
            name: person.details.name,
        }),
        story,
        state: State::Draft,
        route: Vec::new(),
        rank: None,
        recommended_by: None,
        judgement: None,
        since_at: now,
        submitted_at: None,
        created_by: actor.account,
        created_at: now,
        revision: 1,
    };
    if !applications::insert(&mut tx, &application).await? {
        let person = application.person.as_ref().map(|person| person.id);
        let standing =
            applications::standing(&mut tx, input.year, &title.key, unit, person.as_ref()).await?;
        let refusal = ApplicationRefusal::AlreadyApplied {
            title: title.name.clone(),
            year: input.year,
            state: standing.map_or("draft", |standing| standing.state.key()),
        };
        return Err(Refusal::from(refusal).into());
    }
    let happened = Happened {
        act: EventAct::Drafted,
        opinion: "",
        reasons: &[],
        judgement: None,
        request_key: &input.request_key,
    };
    record(&mut tx, app, actor, &permit, &application, None, happened).await?;
    tx.commit().await?;
    Ok(application.id)
}

/// Changes what a draft, or an application returned for correction, says.
pub async fn edit(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    story: &str,
    revision: i64,
) -> Result<Application> {
    let mut tx = app.db.write(&format!("application:{id}")).await?;
    let (application, permit) = own(&mut tx, app, actor, id, Act::DraftApplication).await?;
    if !matches!(application.state, State::Draft | State::Returned { .. }) {
        let refusal = ApplicationRefusal::WrongState {
            state: application.state.key(),
        };
        return Err(Refusal::from(refusal).into());
    }
    expect(&mut tx, &application, revision).await?;
    let edited = Application {
        story: story_of(story)?,
        revision: application.revision + 1,
        ..application
    };
    keep(&mut tx, &edited).await?;
    app.trail(
        &mut tx,
        actor,
        "edit-application",
        ("application", &id.to_string()),
        Some(&permit.unit),
        json!({ "characters": edited.story.chars().count() }),
    )
    .await?;
    tx.commit().await?;
    Ok(edited)
}

/// Hands an application in, or in again after a return: judged on claims at this moment, by clauses A1-A6, V1-V11 and the prerequisites. The judgement is kept.
pub async fn submit(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    expected: &Expected,
) -> Result<Application> {
    let mut tx = app.db.write(&format!("application:{id}")).await?;
    let (application, permit) = own(&mut tx, app, actor, id, Act::SubmitApplication).await?;
    if applications::of_request(&mut tx, &expected.request_key)
        .await?
        .is_some()
    {
        return Ok(application);
    }
    expect(&mut tx, &application, expected.revision).await?;
    let (window, act) = match application.state {
        State::Returned { .. } => (RoundAct::Resubmit, EventAct::Resubmitted),
        _ => (RoundAct::Submit, EventAct::Submitted),
    };
    rounds::open(&mut tx, app, application.year, window).await?;
    let title = title_of(app, &application.title)?;
    refuse_held(&mut tx, app, &application, title).await?;
    let judgement = judge_claims(&mut tx, app, &application, title).await?;
    // A union that files for its branch has spoken for it by filing: the route goes on above the union.
    let above = unit::above(&mut tx, &permit.as_role.unit.path).await?;
    let way = app
        .standard
        .route(&title.key)
        .ok_or_else(|| RouteRefusal::NoRoute {
            title: title.name.zh.clone(),
        })
        .and_then(|way| route::resolve(way, &above))
        .map_err(Refusal::from)?;
    let submitted =
        application::submit(application, way, judgement, app.now()).map_err(Refusal::from)?;
    keep(&mut tx, &submitted).await?;
    let happened = Happened {
        act,
        opinion: "",
        reasons: &[],
        judgement: Some(judgement),
        request_key: &expected.request_key,
    };
    record(&mut tx, app, actor, &permit, &submitted, None, happened).await?;
    tx.commit().await?;
    Ok(submitted)
}

/// Takes an application back; a draft is thrown away on any day.
pub async fn withdraw(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    reason: &str,
    expected: &Expected,
) -> Result<Application> {
    let mut tx = app.db.write(&format!("application:{id}")).await?;
    let found = applications::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound)?;
    // Whoever may draft may also throw the draft away; what was handed in is the chair's.
    let act = match found.state {
        State::Draft => Act::DraftApplication,
        _ => Act::WithdrawApplication,
    };
    let (application, permit) = own(&mut tx, app, actor, id, act).await?;
    if applications::of_request(&mut tx, &expected.request_key)
        .await?
        .is_some()
    {
        return Ok(application);
    }
    expect(&mut tx, &application, expected.revision).await?;
    if application.state != State::Draft {
        rounds::open(&mut tx, app, application.year, RoundAct::Withdraw).await?;
    }
    let step = application.state.step();
    let withdrawn = application::withdraw(application, app.now()).map_err(Refusal::from)?;
    keep(&mut tx, &withdrawn).await?;
    let happened = Happened {
        act: EventAct::Withdrawn,
        opinion: reason.trim(),
        reasons: &[],
        judgement: None,
        request_key: &expected.request_key,
    };
    record(&mut tx, app, actor, &permit, &withdrawn, step, happened).await?;
    tx.commit().await?;
    Ok(withdrawn)
}

/// What a naming brings along: the permission it was done with, the judgement it stands on, and its request.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    pub permit: &'a Permit,
    pub judgement: Option<JudgementId>,
    pub opinion: &'a str,
    /// One for each application: `{form's key}:{application}`.
    pub request_key: &'a str,
}

/// Marks an application named within the naming's own transaction, which keeps the title.
///
/// # Errors
/// When it isn't at a step that decides, or somebody acted in between.
pub async fn mark_named(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: Application,
    naming: Naming<'_>,
) -> Result<Application> {
    let step = application.state.step();
    let named =
        application::name(application, naming.judgement, app.now()).map_err(Refusal::from)?;
    keep(tx, &named).await?;
    let happened = Happened {
        act: EventAct::Named,
        opinion: naming.opinion,
        reasons: &[],
        judgement: naming.judgement,
        request_key: naming.request_key,
    };
    record(tx, app, actor, naming.permit, &named, step, happened).await?;
    Ok(named)
}

/// Whether the actor may see the application: everyone who sees the unit, and the person it names. A draft is its own unit's only.
pub fn visible(actor: &Actor, application: &Application) -> bool {
    let is_named = actor.person.is_some()
        && actor.person == application.person.as_ref().map(|person| person.id);
    is_named
        || match application.state {
            State::Draft => actor.belongs_to(&application.unit.path),
            _ => sees(actor, &application.unit.path),
        }
}

/// What happened, to be kept as an event and a line of the trail.
pub(crate) struct Happened<'a> {
    pub act: EventAct,
    pub opinion: &'a str,
    pub reasons: &'a [CriterionReason],
    pub judgement: Option<JudgementId>,
    pub request_key: &'a str,
}

/// Keeps the event and the trail's line. `step` is the one at which it happened.
pub(crate) async fn record(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    permit: &Permit,
    application: &Application,
    step: Option<usize>,
    happened: Happened<'_>,
) -> Result<()> {
    // The instant of the transition itself, so that `expect` knows the event by which an application came where it is.
    let at = application.since_at;
    let event = ApplicationEvent {
        id: ApplicationEventId(app.entropy.id(at)),
        application: application.id,
        act: happened.act,
        step,
        unit: permit.as_role.unit.id,
        unit_name: permit.as_role.unit.name.clone(),
        account: Some(actor.account),
        account_name: actor.name.clone(),
        opinion: happened.opinion.to_owned(),
        reasons: happened.reasons.to_vec(),
        judgement: happened.judgement,
        at,
        request_key: Some(happened.request_key)
            .filter(|key| !key.is_empty())
            .map(str::to_owned),
    };
    if !applications::add_event(tx, &event).await? {
        // The same form arrived twice at the same moment: the first one counts.
        return Err(General::Stale.into());
    }
    app.trail(
        tx,
        actor,
        &act_name(permit.act),
        ("application", &application.id.to_string()),
        Some(&permit.unit),
        json!({
            "event": event.act,
            "title": application.title,
            "year": application.year,
            "state": application.state,
            "judgement": event.judgement,
        }),
    )
    .await
}

/// Keeps the application, unless somebody acted in between.
pub(crate) async fn keep(tx: &mut Tx, application: &Application) -> Result<()> {
    if applications::update(tx, application).await? {
        Ok(())
    } else {
        Err(General::Stale.into())
    }
}

/// Refuses an act that was decided on an older state, and says who did what in between.
pub(crate) async fn expect(tx: &mut Tx, application: &Application, revision: i64) -> Result<()> {
    if application.revision == revision {
        return Ok(());
    }
    let events = applications::events(tx, &application.id).await?;
    // An edit leaves no event: then nothing more is known than that it changed.
    match events
        .last()
        .filter(|event| event.at == application.since_at && event.act != EventAct::Drafted)
    {
        Some(event) => Err(Refusal::from(ApplicationRefusal::Overtaken {
            who: event.account_name.clone(),
            unit: event.unit_name.clone(),
            act: event.act,
            at: event.at,
        })
        .into()),
        None => Err(General::Stale.into()),
    }
}

pub(crate) fn title_of<'a>(app: &'a App, key: &str) -> Result<&'a Title> {
    app.standard.title(key).ok_or(Error::NotFound)
}

/// Refuses a title that is held already.
pub(crate) async fn refuse_held(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    title: &Title,
) -> Result<()> {
    let person = application.person.as_ref().map(|person| &person.id);
    let held = honour::held(tx, &application.unit.id, person).await?;
    match held_since(app, &held, &title.key) {
        Some(year) => Err(Refusal::from(ApplicationRefusal::AlreadyHeld {
            title: title.name.clone(),
            year,
        })
        .into()),
        None => Ok(()),
    }
}

/// The year of the title among those held, if there is nothing to apply for any more. An honour from before the programme stands for the
/// tier (P5) and doesn't stand in the way of the programme's own.
pub(crate) fn held_since(app: &App, held: &[Honour], title: &str) -> Option<i16> {
    held.iter()
        .find(|honour| {
            honour.title == title
                && honour.is_in_force()
                && honour.year >= app.standard.programme.first_year
        })
        .map(|honour| honour.year)
}

async fn judge_claims(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    title: &Title,
) -> Result<JudgementId> {
    let as_of = rounds::as_of(tx, app, application.year).await?;
    let person = application.person.as_ref().map(|person| &person.id);
    let mut assessment = assessments::assess(
        tx,
        app,
        &application.unit.id,
        person,
        application.year,
        as_of,
        Basis::Claims,
    )
    .await?;
    let allowed = assessment
        .judgement
        .may_apply
        .get(&title.key)
        .is_some_and(|may| may.allowed);
    if !allowed {
        let because = review::because(
            &app.standard,
            &assessment.subject,
            &assessment.judgement,
            &title.key,
            &[],
            as_of,
        );
        let is_vetoed = assessment
            .judgement
            .may_apply
            .get(&title.key)
            .is_some_and(|may| {
                may.because
                    .iter()
                    .any(|reason| matches!(reason, Reason::Veto(_)))
            });
        return Err(Refusal::from(ApplicationRefusal::MayNotApply {
            title: title.name.clone(),
            because,
            is_vetoed,
        })
        .into());
    }
    assessments::keep(tx, app, &mut assessment).await
}

fn title_for<'a>(app: &'a App, unit: &UnitPlace, input: &DraftInput) -> Result<&'a Title> {
    let refused = |title: &Title| {
        field(
            "title",
            ApplicationRefusal::NotForThisKind {
                title: title.name.clone(),
                kind: unit.kind.word(),
            },
        )
    };
    let title = title_of(app, &input.title)?;
    let is_for_unit = title.kinds.iter().any(|kind| kind.key() == unit.kind.key());
    if is_for_unit || title.kinds.contains(&Kind::Person) {
        Ok(title)
    } else {
        Err(refused(title))
    }
}

/// The application, if it is of the actor's own unit and the act is permitted there.
async fn own(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    act: Act,
) -> Result<(Application, Permit)> {
    let application = applications::find(tx, id).await?.ok_or(Error::NotFound)?;
    if !visible(actor, &application) {
        return Err(Error::NotFound);
    }
    let permit = app.permit(tx, actor, act, &application.unit.id).await?;
    Ok((application, permit))
}

fn story_of(typed: &str) -> Result<String> {
    let story = typed.trim();
    if story.chars().count() > STORY_AT_MOST {
        let most = STORY_AT_MOST;
        return Err(field("story", ApplicationRefusal::TooLong { most }));
    }
    Ok(story.to_owned())
}

/// A refusal about one field of a form.
pub(crate) fn field(name: &str, refusal: ApplicationRefusal) -> Error {
    Refusal::Fields(vec![(name.to_owned(), refusal.into())]).into()
}
