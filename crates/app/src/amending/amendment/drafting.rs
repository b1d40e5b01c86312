//! Beginning a new version: from the one in force, with the changes of a proposal, or from files that were sent.

use jianjia_domain::{
    amending::{
        amendment::{self, Amendment, AmendmentRefusal, DraftInput, Files, Origin},
        what_if::Proposal,
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AmendmentId, ProposalId},
        policy::{self, Act, Actor},
    },
};
use jianjia_standard::amendment::{Change, from_changes, with_questions};
use jianjia_store::{
    amending::amendment as amendments,
    core::{db::Tx, scope::Scope},
    register::unit,
};
use serde_json::json;

use super::{
    checking::check,
    city_for, note,
    upload::{self, Sent},
};
use crate::{
    amending::what_if::proposal,
    core::{
        app::App,
        error::{Error, Result},
        standard::texts_of,
    },
};

/// From what a new version is made.
#[derive(Clone, Debug)]
pub enum Source {
    /// The version that holds for the rounds of a year, as it is.
    InForce { year: i16 },
    /// The same with the changes of a proposal, which is known by its id.
    Proposal {
        year: i16,
        id: String,
        changes: Vec<Change>,
    },
    /// Files that were sent; what is not among them is as in the version that holds for the year.
    Upload { year: i16, sent: Vec<Sent> },
}

/// A proposal of what-if, to begin a new version from: its name and reason, and its changes.
///
/// # Errors
/// As `proposal::find`.
pub async fn of_proposal(app: &App, actor: &Actor, id: &ProposalId) -> Result<(Proposal, Source)> {
    let proposal = proposal::find(app, actor, id).await?.proposal;
    let changes = proposal.changes.iter().cloned().map(|change| Change {
        title: change.title,
        clause: change.clause,
        path: change.path,
        value: change.value,
    });
    let source = Source::Proposal {
        year: proposal.year,
        id: id.to_string(),
        changes: changes.collect(),
    };
    Ok((proposal, source))
}

/// Drafts a new version, and checks it. What is sent twice makes one.
///
/// # Errors
/// Not found, `NotYourRole`; as `amendment::draft`; by field `file`: what can't be taken of what was sent; `Changes` of a proposal that can't be made.
pub async fn draft(
    app: &App,
    actor: &Actor,
    from: &Source,
    input: &DraftInput,
) -> Result<AmendmentId> {
    // Looking hundreds of cases through takes a while: no other act waits for it.
    let mut tx = app.db.read().await?;
    city_for(&mut tx, actor, Act::PrepareAmendment).await?;
    let (base, files) = begun(&mut tx, app, from).await?;
    tx.commit().await?;
    let checked = check(&files).await?;
    let id = AmendmentId(app.entropy.id(app.now()));
    // A form that is sent twice is somebody's own.
    let scopes = [Scope::Amendment(id), Scope::Account(actor.account)];
    let mut tx = app.db.write(scopes).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, policy::act::PrepareAmendment, &city)
        .await?;
    let made = amendments::of_request(&mut tx, &actor.account, &input.request_key).await?;
    if let Some(made) = made {
        return Ok(made);
    }
    let said = amendment::draft(&permit, input)?;
    let (origin, origin_id) = match from {
        Source::InForce { .. } => (Origin::InForce, String::new()),
        Source::Proposal { id, .. } => (Origin::Proposal, id.clone()),
        Source::Upload { .. } => (Origin::Upload, String::new()),
    };
    let now = app.now();
    let new = Amendment {
        id,
        name: said.name,
        reason: said.reason,
        state: checked.state(),
        base,
        origin,
        origin_id,
        made_by: actor.account,
        made_by_name: actor.name.clone(),
        made_at: now,
        changed_at: now,
        revision: 1,
        checked,
        proposal: None,
    };
    amendments::insert(&mut tx, &new, &files, &input.request_key).await?;
    note(&mut tx, app, actor, &id, Deed::DraftAmendment, &new.reason).await?;
    let detail = json!({
        "name": new.name,
        "reason": new.reason,
        "version": new.checked.version,
        "mistakes": new.checked.mistakes.len() + new.checked.more,
    });
    let object = Object::Amendment(id);
    app.trail(
        &mut tx,
        actor,
        Deed::DraftAmendment,
        object,
        Some(&city),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// The version that is taken as the base, and the files that the new one begins with.
async fn begun(tx: &mut Tx, app: &App, from: &Source) -> Result<(String, Files)> {
    let (Source::InForce { year } | Source::Proposal { year, .. } | Source::Upload { year, .. }) =
        from;
    let base = app.standards.of(*year);
    let texts = texts_of(tx, app, &base.version).await?;
    let cases = amendments::newest_cases(tx, &base.key).await?;
    let mut files = Files {
        cases: cases.into_iter().collect(),
        ..Files::default()
    };
    if let Some(texts) = texts {
        files.standard_toml = texts.standard_toml;
        files.facts_toml = texts.facts_toml;
    } else if !matches!(from, Source::Upload { .. }) {
        let missing = anyhow::anyhow!("no texts are kept of the standard {}", base.version);
        return Err(missing.into());
    }
    match from {
        Source::InForce { .. } => {}
        Source::Proposal { changes, .. } => {
            let (text, changes) = with_questions(&files.standard_toml, base, changes);
            files.standard_toml =
                from_changes(&text, &changes).map_err(AmendmentRefusal::Changes)?;
        }
        Source::Upload { sent, .. } => upload::put(&mut files, sent)?,
    }
    Ok((base.version.clone(), files))
}
