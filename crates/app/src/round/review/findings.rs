//! What a reviewer finds on the criteria: each claim confirmed or rejected, or the met ones confirmed together.

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, FindingId},
        policy::{Act, Actor, act},
    },
    round::{
        application::{Application, ApplicationRefusal},
        recommendation::reserve,
        review::{Finding, Outcome},
    },
};
use jianjia_standard::programme::{RouteAct, Unconfirmed};
use jianjia_store::{core::db::Tx, round::finding};
use serde_json::json;

use super::{Opened, admitted, opinion_of, short_enough};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{
        application::{field, seen, title_of, view},
        scope as scopes,
    },
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingInput {
    pub clause: String,
    pub outcome: Outcome,
    /// Needed where the claim is rejected.
    pub note: String,
}

/// A reviewer confirms or rejects the claim on one criterion.
///
/// # Errors
/// As `open`, but for `Overtaken` and `Stale`; not found when the title doesn't ask for the criterion; at its note: `TooLong`, or `ReasonMissing`
/// when it is rejected without one.
pub async fn record_finding(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &FindingInput,
) -> Result<Finding> {
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let opened = open_to_find(&mut tx, app, actor, id).await?;
    let title = title_of(app, opened.application.year, &opened.application.title)?;
    let is_asked = app
        .standards
        .of(opened.application.year)
        .chain(title)
        .iter()
        .flat_map(|tier| &tier.criteria)
        .any(|criterion| criterion.clause == input.clause);
    if !is_asked {
        return Err(Error::NotFound);
    }
    let (note, name) = (input.note.trim(), format!("note_{}", input.clause));
    if input.outcome == Outcome::Rejected && note.is_empty() {
        return Err(field(&name, ApplicationRefusal::ReasonMissing));
    }
    short_enough(&name, note)?;
    let found = keep_finding(&mut tx, app, actor, &opened, input).await?;
    let detail = json!({ "clause": found.clause, "outcome": found.outcome });
    trail(&mut tx, app, actor, &opened, detail).await?;
    tx.commit().await?;
    Ok(found)
}

/// Confirms every criterion that is met and that nobody has found on yet: what the reviewer looked through and didn't object to, with a
/// reason that is kept with each. The file, and how many.
///
/// # Errors
/// As `view`; as `open`, but for `Overtaken` and `Stale`; `rest_reason`: `ReasonMissing`, `TooLong`.
pub async fn confirm_rest(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    reason: &str,
) -> Result<(Application, usize)> {
    let view = view(app, actor, id).await?;
    let mut rest: Vec<String> = view
        .clauses
        .iter()
        .filter(|row| row.is_claimed())
        .map(|row| row.clause.clone())
        .collect();
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let opened = open_to_find(&mut tx, app, actor, id).await?;
    // What another reviewer found since the page was looked through stands.
    let found = finding::of_application(&mut tx, id).await?;
    rest.retain(|clause| found.iter().all(|finding| finding.clause != *clause));
    if rest.is_empty() {
        return Ok((opened.application, 0));
    }
    let missing = ApplicationRefusal::ReasonMissing;
    let reason = opinion_of("rest_reason", reason, missing)?;
    for clause in &rest {
        let confirmed = FindingInput {
            clause: clause.clone(),
            outcome: Outcome::Confirmed,
            note: reason.to_owned(),
        };
        keep_finding(&mut tx, app, actor, &opened, &confirmed).await?;
    }
    let detail = json!({ "clauses": rest, "outcome": Outcome::Confirmed, "reason": reason });
    trail(&mut tx, app, actor, &opened, detail).await?;
    tx.commit().await?;
    Ok((opened.application, rest.len()))
}

/// Confirms these criteria in the name of whoever decides or recommends the file, with a reason that is kept with each (`[review]` of the
/// standard says whether this may be done).
///
/// # Errors
/// `ConfirmedOneByOne`; as `admitted` for the step's own act; `WrongStep` when the step neither decides nor recommends; `opinion`: `ReasonMissing`,
/// `TooLong`.
pub(crate) async fn confirm_all_in(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: &Application,
    clauses: &[String],
    reason: &str,
) -> Result<Application> {
    let turn = application.turn().map(|turn| turn.act);
    let file = application.clone();
    match turn {
        Some(RouteAct::Recommend) => {
            let act = act::RecommendApplication;
            match admitted(tx, app, actor, file.clone(), act, None).await {
                Ok(opened) => confirm_as(tx, app, actor, &opened, clauses, reason).await?,
                // After the time for recommending whoever takes a reserve up looks through it.
                Err(Error::Refused(_)) if reserve::is_reserve(application) => {
                    let act = act::TakeUpReserve;
                    let opened = admitted(tx, app, actor, file, act, None).await?;
                    confirm_as(tx, app, actor, &opened, clauses, reason).await?;
                }
                Err(error) => return Err(error),
            }
        }
        // Any other step is refused by what it is: another's turn, or no step that decides.
        _ => {
            let act = act::DecideApplication;
            let opened = admitted(tx, app, actor, file, act, None).await?;
            if let Some(turn) = opened
                .application
                .turn()
                .filter(|turn| turn.act != RouteAct::Decide)
            {
                let (unit, act) = (turn.unit.name.clone(), turn.act);
                return Err(ApplicationRefusal::WrongStep { unit, act }.into());
            }
            confirm_as(tx, app, actor, &opened, clauses, reason).await?;
        }
    }
    Ok(application.clone())
}

async fn confirm_as<A>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    opened: &Opened<A>,
    clauses: &[String],
    reason: &str,
) -> Result<()> {
    let standard = app.standards.of(opened.application.year);
    if standard.review.unconfirmed == Unconfirmed::Refuse {
        return Err(ApplicationRefusal::ConfirmedOneByOne.into());
    }
    let reason = opinion_of("opinion", reason, ApplicationRefusal::ReasonMissing)?;
    for clause in clauses {
        let confirmed = FindingInput {
            clause: clause.clone(),
            outcome: Outcome::Confirmed,
            note: reason.to_owned(),
        };
        keep_finding(tx, app, actor, opened, &confirmed).await?;
    }
    if clauses.is_empty() {
        return Ok(());
    }
    let detail = json!({ "clauses": clauses, "outcome": Outcome::Confirmed, "reason": reason });
    trail(tx, app, actor, opened, detail).await
}

/// A finding is of the criterion, whoever acted on the application since the page was shown.
async fn open_to_find(tx: &mut Tx, app: &App, actor: &Actor, id: &ApplicationId) -> Result<Opened> {
    let application = seen(tx, actor, id).await?;
    admitted(tx, app, actor, application, Act::RecordFinding, None).await
}

async fn keep_finding<A>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    opened: &Opened<A>,
    input: &FindingInput,
) -> Result<Finding> {
    app.follow(tx, "finding").await?;
    let at = app.now();
    let found = Finding {
        id: FindingId(app.entropy.id(at)),
        application: opened.application.id,
        clause: input.clause.clone(),
        outcome: input.outcome,
        note: input.note.trim().to_owned(),
        unit: opened.permit.as_role.unit.id,
        unit_name: opened.permit.as_role.unit.name.clone(),
        account: actor.account,
        account_name: actor.name.clone(),
        at,
    };
    finding::insert(tx, &found).await?;
    Ok(found)
}

async fn trail<A>(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    opened: &Opened<A>,
    detail: serde_json::Value,
) -> Result<()> {
    let unit = Some(&opened.permit.unit);
    app.trail(
        tx,
        actor,
        Deed::RecordFinding,
        Object::Application(opened.application.id),
        unit,
        detail,
    )
    .await
}
