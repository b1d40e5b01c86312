//! Endorsing or deciding many applications at once, or confirming what nobody has looked at: first shown what would happen to each, then done,
//! each in its own transaction.

use std::collections::HashMap;

use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        policy::Actor,
        refusal::Refusal,
    },
    round::{
        application::{Application, ApplicationRefusal, State},
        review,
    },
};
use jianjia_standard::{Text, programme::Unconfirmed};
use jianjia_store::{
    core::db::Tx,
    round::{application as applications, finding},
};

use super::{
    OpinionInput, assess_confirmed, decision::decide_in, endorse_in, findings::confirm_all_in,
    opinion_of,
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{
        application::{Expected, visible},
        recommendation::within_share,
        scope as scopes,
    },
};

jianjia_standard::keyed! {
    pub enum BulkAct {
        Endorse = "endorse",
        Decide = "decide",
        /// In the approver's own name, with a reason: the criteria that count as met only because the applicant says so.
        Confirm = "confirm",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkInput {
    pub act: BulkAct,
    /// The applications and the revisions that the page showed.
    pub chosen: Vec<(ApplicationId, i64)>,
    /// The same opinion for each; the reason, where they are confirmed.
    pub opinion: String,
    pub request_key: String,
}

/// What happened, or would happen, to one of them.
#[derive(Clone, Debug)]
pub struct BulkLine {
    pub application: Application,
    /// The criteria that nobody had confirmed before the act: clause and name.
    pub unconfirmed: Vec<(String, Text)>,
    /// None: done, or would be done.
    pub refusal: Option<Refusal>,
}

/// At most this many at once, so that a preview stays quick.
pub const AT_MOST: usize = 200;

/// What would happen: every act is tried in full, and nothing is kept.
///
/// # Errors
/// `NothingChosen`; `opinion`: `OpinionMissing`, `ReasonMissing` where they are confirmed, `TooLong`; not found when one isn't there or the actor doesn't see it. Why one would be refused stands in its line.
pub async fn preview(app: &App, actor: &Actor, input: &BulkInput) -> Result<Vec<BulkLine>> {
    each(app, actor, input, Keeping::Nothing).await
}

/// Does it. One that is refused does not hold up the others.
///
/// # Errors
/// As `preview`.
pub async fn carry_out(app: &App, actor: &Actor, input: &BulkInput) -> Result<Vec<BulkLine>> {
    each(app, actor, input, Keeping::Everything).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeping {
    Nothing,
    Everything,
}

async fn each(
    app: &App,
    actor: &Actor,
    input: &BulkInput,
    keeping: Keeping,
) -> Result<Vec<BulkLine>> {
    if input.chosen.is_empty() {
        return Err(ApplicationRefusal::NothingChosen.into());
    }
    let missing = match input.act {
        BulkAct::Endorse | BulkAct::Decide => ApplicationRefusal::OpinionMissing,
        BulkAct::Confirm => ApplicationRefusal::ReasonMissing,
    };
    opinion_of("opinion", &input.opinion, missing)?;
    let mut lines = Vec::new();
    let mut planned = Planned::new();
    for (id, revision) in input.chosen.iter().take(AT_MOST) {
        let one = OpinionInput {
            opinion: input.opinion.clone(),
            expected: Expected {
                revision: *revision,
                request_key: format!("{}:{id}", input.request_key),
            },
        };
        let scopes = match input.act {
            BulkAct::Endorse => scopes::of_endorsement(app, id).await?,
            BulkAct::Confirm => scopes::of_application(app, id).await?,
            BulkAct::Decide => scopes::of_decision(app, id).await?,
        };
        let mut tx = app.db.write(scopes).await?;
        let before = applications::find(&mut tx, id)
            .await?
            .filter(|application| visible(actor, application))
            .ok_or(Error::NotFound)?;
        let unconfirmed = unconfirmed_of(&mut tx, app, &before).await?;
        let done = match input.act {
            BulkAct::Endorse if keeping == Keeping::Nothing => {
                endorse_besides(&mut tx, app, actor, &before, &one, &mut planned).await
            }
            BulkAct::Endorse => endorse_in(&mut tx, app, actor, id, &one).await,
            BulkAct::Decide => {
                decide_confirmed(&mut tx, app, actor, &before, &one, &unconfirmed).await
            }
            BulkAct::Confirm => {
                let clauses: Vec<String> = unconfirmed
                    .iter()
                    .map(|(clause, _)| clause.clone())
                    .collect();
                confirm_all_in(&mut tx, app, actor, &before, &clauses, &one.opinion).await
            }
        };
        lines.push(match done {
            Ok(application) => {
                if keeping == Keeping::Everything {
                    tx.commit().await?;
                }
                BulkLine {
                    application,
                    unconfirmed,
                    refusal: None,
                }
            }
            Err(Error::Refused(refusal)) => BulkLine {
                application: before,
                unconfirmed,
                refusal: Some(refusal),
            },
            Err(error) => return Err(error),
        });
    }
    Ok(lines)
}

/// By year, title and office: how many would go on, of which a preview keeps nothing.
type Planned = HashMap<(i16, String, UnitId), i64>;

/// Endorses after those that would go on from the same office before it, and counts it among them: together they stay within its share.
async fn endorse_besides(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    before: &Application,
    input: &OpinionInput,
    planned: &mut Planned,
) -> Result<Application> {
    let office = before.turn().map(|turn| turn.unit.id);
    let list = office.map(|office| (before.year, before.title.clone(), office));
    let besides = list.as_ref().and_then(|list| planned.get(list)).copied();
    // What is refused for another reason is told that first; what stands there counts before this one goes on.
    let within = within_share(tx, app, before, besides.unwrap_or(0)).await;
    let endorsed = endorse_in(tx, app, actor, &before.id, input).await?;
    within?;
    if let Some(list) = list {
        *planned.entry(list).or_default() += 1;
    }
    Ok(endorsed)
}

/// Decides, unless a criterion counts as met only because the applicant says so.
async fn decide_confirmed(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    before: &Application,
    input: &OpinionInput,
    unconfirmed: &[(String, Text)],
) -> Result<Application> {
    let decided = decide_in(tx, app, actor, &before.id, input).await?;
    if unconfirmed.is_empty() {
        return Ok(decided);
    }
    let names = unconfirmed.iter().map(|(_, name)| name.clone()).collect();
    Err(unconfirmed_refusal(app, before.year, vec![(before.applicant_name(), names)]).into())
}

/// That criteria of these files are confirmed by nobody, with what the standard lets one do.
pub(crate) fn unconfirmed_refusal(
    app: &App,
    year: i16,
    files: Vec<(String, Vec<Text>)>,
) -> ApplicationRefusal {
    ApplicationRefusal::Unconfirmed {
        files,
        may_confirm: app.standards.of(year).review.unconfirmed == Unconfirmed::Confirm,
    }
}

/// The criteria of a file under review that nobody has confirmed; none where the applicant can't be judged any more.
pub(super) async fn unconfirmed_of(
    tx: &mut Tx,
    app: &App,
    application: &Application,
) -> Result<Vec<(String, Text)>> {
    if !matches!(application.state, State::UnderReview { .. }) {
        return Ok(Vec::new());
    }
    let assessment = match assess_confirmed(tx, app, application).await {
        Ok(assessment) => assessment,
        Err(Error::NotFound) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let findings = finding::of_application(tx, &application.id).await?;
    Ok(review::unconfirmed(
        app.standards.of(application.year),
        &assessment.judgement,
        &application.title,
        &findings,
    ))
}
