//! Beginning an application and changing what it says.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ApplicationId, PersonId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor},
    },
    register::person::Person,
    round::application::{
        ApplicantPerson, ApplicantUnit, Application, ApplicationRefusal, EventAct, State,
    },
};
use jianjia_standard::{
    kinds::Kind,
    programme::{RoundAct, Title},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::{person, unit},
    round::application as applications,
};
use serde_json::json;

use super::{Happened, expect, field, keep, own, properties::keep_answers, record, title_of};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{round as rounds, scope as scopes},
};

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

/// Begins an application: before the time for applications as well as in it, but not after it.
///
/// # Errors
/// As `App::permit`; `OutsideProgramme`; not found when the year's standard knows no such title; by field: `title`: `NotForThisKind`; `person`:
/// `WhoIsMissing`; `story`: `TooLong`; `OutsideWindow` when the year's time for applications has passed (P6); `AlreadyApplied` when one for the
/// title and year stands.
pub async fn draft(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    input: &DraftInput,
) -> Result<ApplicationId> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app
        .permit(&mut tx, actor, Act::DraftApplication, unit)
        .await?;
    if let Some(done) = applications::of_request(&mut tx, &input.request_key).await? {
        return Ok(done);
    }
    let rounds = rounds::around(&mut tx, app, input.year).await?;
    let title = title_for(app, &permit.unit, input)?;
    let person = applicant(&mut tx, unit, title, input).await?;
    let story = story_of(&input.story)?;
    rounds.not_over(app, RoundAct::Submit)?;
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
        return Err(standing_already(&mut tx, &application, title).await?.into());
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

/// The person who applies; none where the unit itself does. Refused where that is not who the title is for.
async fn applicant(
    tx: &mut Tx,
    unit: &UnitId,
    title: &Title,
    input: &DraftInput,
) -> Result<Option<Person>> {
    let person = match &input.person {
        Some(id) => person::find(tx, id).await?,
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
    Ok(person)
}

/// Why a second application for one title and year can't be begun.
async fn standing_already(
    tx: &mut Tx,
    application: &Application,
    title: &Title,
) -> Result<ApplicationRefusal> {
    let person = application.person.as_ref().map(|person| person.id);
    let (unit, year) = (&application.unit.id, application.year);
    let standing = applications::standing(tx, year, &title.key, unit, person.as_ref()).await?;
    Ok(ApplicationRefusal::AlreadyApplied {
        title: title.name.clone(),
        year,
        state: standing.map_or("draft", |standing| standing.state.key()),
    })
}

/// Keeps the story that came along with another act where it differs from the one kept, and gives the revision to go on with.
///
/// # Errors
/// As `edit`.
pub async fn keep_story(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    story: &str,
    revision: i64,
) -> Result<i64> {
    let mut tx = app.db.read().await?;
    let (application, _) = own(&mut tx, app, actor, id, Act::DraftApplication).await?;
    drop(tx);
    // The same form sent twice keeps it once; what is under way already says so itself.
    let is_draft = matches!(application.state, State::Draft | State::Returned { .. });
    if !is_draft || story_of(story)? == application.story {
        return Ok(revision);
    }
    Ok(edit(app, actor, id, story, revision).await?.revision)
}

/// Changes what a draft, or an application returned for correction, says.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it; as `App::permit`; `WrongState` unless it is a draft or returned; `Overtaken`, or
/// `Stale`, when it was changed since; `story`: `TooLong`.
pub async fn edit(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    story: &str,
    revision: i64,
) -> Result<Application> {
    edit_saying(app, actor, id, story, &[], revision).await
}

/// As `edit`, with answers to what the standard asks of candidates for the title: the property's key and the choice's; an empty one takes an answer
/// back.
///
/// # Errors
/// As `edit`; not found for a property that isn't asked, and for a choice that it doesn't have.
pub async fn edit_saying(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    story: &str,
    answers: &[(String, String)],
    revision: i64,
) -> Result<Application> {
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let (application, permit) = own(&mut tx, app, actor, id, Act::DraftApplication).await?;
    if !matches!(application.state, State::Draft | State::Returned { .. }) {
        let refusal = ApplicationRefusal::WrongState {
            state: application.state.key(),
        };
        return Err(refusal.into());
    }
    expect(&mut tx, &application, revision).await?;
    let edited = Application {
        story: story_of(story)?,
        revision: application.revision + 1,
        ..application
    };
    keep(&mut tx, &edited).await?;
    let said = keep_answers(&mut tx, app, actor, &edited, answers).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::EditApplication,
        Object::Application(*id),
        Some(&permit.unit),
        json!({ "characters": edited.story.chars().count(), "said": said }),
    )
    .await?;
    tx.commit().await?;
    Ok(edited)
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
    let title = title_of(app, input.year, &input.title)?;
    let is_for_unit = title.kinds.iter().any(|kind| kind.key() == unit.kind.key());
    if is_for_unit || title.kinds.contains(&Kind::Person) {
        Ok(title)
    } else {
        Err(refused(title))
    }
}

fn story_of(typed: &str) -> Result<String> {
    let story = typed.trim();
    if story.chars().count() > STORY_AT_MOST {
        let most = STORY_AT_MOST;
        return Err(field("story", ApplicationRefusal::TooLong { most }));
    }
    Ok(story.to_owned())
}
