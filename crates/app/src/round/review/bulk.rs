//! Endorsing or deciding many applications at once: first shown what would happen to each, then done, each in its own transaction.

use jianjia_domain::{
    core::{ids::ApplicationId, policy::Actor, refusal::Refusal},
    round::application::{Application, ApplicationRefusal},
};
use jianjia_store::round::application as applications;

use super::{OpinionInput, decision::decide_in, endorse_in};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{
        application::{Expected, visible},
        scope as scopes,
    },
};

jianjia_standard::keyed! {
    pub enum BulkAct {
        Endorse = "endorse",
        Decide = "decide",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkInput {
    pub act: BulkAct,
    /// The applications and the revisions that the page showed.
    pub chosen: Vec<(ApplicationId, i64)>,
    /// The same opinion for each.
    pub opinion: String,
    pub request_key: String,
}

/// What happened, or would happen, to one of them.
#[derive(Clone, Debug)]
pub struct BulkLine {
    pub application: Application,
    /// None: done, or would be done.
    pub refusal: Option<Refusal>,
}

/// At most this many at once, so that a preview stays quick.
pub const AT_MOST: usize = 200;

/// What would happen: every act is tried in full, and nothing is kept.
///
/// # Errors
/// `NothingChosen`; not found when one isn't there or the actor doesn't see it. Why one would be refused stands in its line.
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
    let mut lines = Vec::new();
    for (id, revision) in input.chosen.iter().take(AT_MOST) {
        let one = OpinionInput {
            opinion: input.opinion.clone(),
            expected: Expected {
                revision: *revision,
                request_key: format!("{}:{id}", input.request_key),
            },
        };
        let scopes = match input.act {
            BulkAct::Endorse => scopes::of_application(app, id).await?,
            BulkAct::Decide => scopes::of_decision(app, id).await?,
        };
        let mut tx = app.db.write(scopes).await?;
        let before = applications::find(&mut tx, id)
            .await?
            .filter(|application| visible(actor, application))
            .ok_or(Error::NotFound)?;
        let done = match input.act {
            BulkAct::Endorse => endorse_in(&mut tx, app, actor, id, &one).await,
            BulkAct::Decide => decide_in(&mut tx, app, actor, id, &one).await,
        };
        lines.push(match done {
            Ok(application) => {
                if keeping == Keeping::Everything {
                    tx.commit().await?;
                }
                BulkLine {
                    application,
                    refusal: None,
                }
            }
            Err(Error::Refused(refusal)) => BulkLine {
                application: before,
                refusal: Some(refusal),
            },
            Err(error) => return Err(error),
        });
    }
    Ok(lines)
}
