//! Proposals to change the standard: kept, revised, withdrawn and listed. They decide nothing and touch no record of anybody.

use jianjia_domain::{
    amending::what_if::{
        Proposal, ProposalInput, ProposalState, Proposer, propose as decide_on,
        revise as decide_again, withdraw as decide_against,
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::ProposalId,
        place::UnitPlace,
        policy::{self, Act, Actor, Permit, act},
        refusal::General,
    },
};
use jianjia_standard::what_if::change::Change;
use jianjia_store::{
    amending::what_if as proposals,
    core::{db::Tx, place, scope::Scope},
};
use serde_json::json;

use crate::{
    amending::what_if::{Where, own_places, stage},
    core::{
        app::App,
        error::{Error, Result},
    },
};

/// How many lines a page of the list has.
pub const LINES: i64 = 50;

/// What was typed to keep a proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaveInput {
    pub asked: Where,
    pub name: String,
    pub reason: String,
    pub changes: Vec<Change>,
    pub request_key: String,
}

/// Keeps changes under a name, with a reason. Sent twice, they are kept once.
///
/// # Errors
/// As `stage`; changes that can't be made; a name or a reason that is missing.
pub async fn propose(app: &App, actor: &Actor, input: &SaveInput) -> Result<Proposal> {
    let looked_at = stage(app, actor, &input.asked).await?;
    let (_, changes) = looked_at.changed(&input.changes)?;
    let mut tx = app.db.write(Scope::Proposals).await?;
    let permit = app
        .permit(&mut tx, actor, act::ProposeChange, &looked_at.place.id)
        .await?;
    let key = format!("{}:{}", actor.account, input.request_key);
    if let Some(kept) = proposals::of_request(&mut tx, &key).await? {
        return Ok(kept);
    }
    let by = by(app, actor);
    let id = ProposalId(app.entropy.id(by.now));
    let typed = ProposalInput {
        name: input.name.clone(),
        reason: input.reason.clone(),
        changes,
    };
    let of_year = (looked_at.year, &*looked_at.standard);
    let proposal = decide_on(&permit, (id, &key), of_year, &typed, by)?;
    proposals::insert(&mut tx, &proposal).await?;
    trail(
        &mut tx,
        app,
        actor,
        Deed::ProposeChange,
        &proposal,
        &permit.unit,
    )
    .await?;
    tx.commit().await?;
    Ok(proposal)
}

/// Says a proposal otherwise, or changes other things.
///
/// # Errors
/// As `propose`; not found; `Stale`; `Withdrawn`.
pub async fn revise(
    app: &App,
    actor: &Actor,
    (id, revision): (&ProposalId, i64),
    input: &SaveInput,
) -> Result<Proposal> {
    let standard;
    let changes;
    {
        let found = find(app, actor, id).await?;
        let asked = Where {
            year: Some(found.proposal.year),
            place: Some(found.proposal.unit),
        };
        let looked_at = stage(app, actor, &asked).await?;
        (_, changes) = looked_at.changed(&input.changes)?;
        standard = looked_at.standard;
    }
    let mut tx = app.db.write(Scope::Proposals).await?;
    let (before, permit) = permitted(&mut tx, app, actor, id).await?;
    if before.revision != revision {
        return Err(General::Stale.into());
    }
    let typed = ProposalInput {
        name: input.name.clone(),
        reason: input.reason.clone(),
        changes,
    };
    let after = decide_again(before, &permit, &standard, &typed, by(app, actor))?;
    if !proposals::update(&mut tx, &after).await? {
        return Err(General::Stale.into());
    }
    trail(
        &mut tx,
        app,
        actor,
        Deed::ReviseProposal,
        &after,
        &permit.unit,
    )
    .await?;
    tx.commit().await?;
    Ok(after)
}

/// Takes a proposal back; it stays to be read.
///
/// # Errors
/// Not found; `NotYourRole`; `Stale`; `Withdrawn`.
pub async fn withdraw(
    app: &App,
    actor: &Actor,
    (id, revision): (&ProposalId, i64),
) -> Result<Proposal> {
    let mut tx = app.db.write(Scope::Proposals).await?;
    let (before, permit) = permitted(&mut tx, app, actor, id).await?;
    if before.revision != revision {
        return Err(General::Stale.into());
    }
    let after = decide_against(before, &permit, by(app, actor))?;
    if !proposals::update(&mut tx, &after).await? {
        return Err(General::Stale.into());
    }
    trail(
        &mut tx,
        app,
        actor,
        Deed::WithdrawProposal,
        &after,
        &permit.unit,
    )
    .await?;
    tx.commit().await?;
    Ok(after)
}

/// A proposal with the unit that it is looked at for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub proposal: Proposal,
    pub place: UnitPlace,
    /// Whether the actor may revise or withdraw it.
    pub may_change: bool,
    /// Whether the actor may draft a new version of the standard from it.
    pub may_be_drafted: bool,
}

/// One proposal.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see its unit; `NotYourRole`.
pub async fn find(app: &App, actor: &Actor, id: &ProposalId) -> Result<Found> {
    let mut tx = app.db.read().await?;
    let proposal = proposals::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let place = place::find(&mut tx, &proposal.unit)
        .await?
        .ok_or(Error::NotFound)?;
    policy::permit(actor, act::AskWhatIf, &place)?;
    let is_open = proposal.state == ProposalState::Open;
    Ok(Found {
        may_change: is_open && policy::may(actor, Act::ProposeChange, &place),
        may_be_drafted: is_open && policy::may(actor, Act::PrepareAmendment, &place),
        proposal,
        place,
    })
}

/// What is wanted of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    pub state: Option<ProposalState>,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalPage {
    pub lines: Vec<Proposal>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// The proposals made at or below the federations at which the actor may look.
///
/// # Errors
/// `NotYourRole` to those who may look nowhere.
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: &ListFilter,
    page: i64,
) -> Result<ProposalPage> {
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (lines, total) = export(app, actor, filter, (LINES, offset)).await?;
    Ok(ProposalPage {
        lines,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
    })
}

/// A portion (limit, offset) of them, for a file, with how many there are.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    filter: &ListFilter,
    portion: (i64, i64),
) -> Result<(Vec<Proposal>, i64)> {
    let places = own_places(actor);
    if places.is_empty() {
        let at = actor.main_unit().ok_or(Error::NotFound)?;
        policy::permit(actor, act::AskWhatIf, at)?;
    }
    let filter = proposals::ProposalFilter {
        within: places.into_iter().map(|place| place.path).collect(),
        state: filter.state,
        text: filter.text.clone(),
    };
    let mut tx = app.db.read().await?;
    Ok(proposals::list(&mut tx, &filter, portion).await?)
}

async fn permitted(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    id: &ProposalId,
) -> Result<(Proposal, Permit<act::ProposeChange>)> {
    let proposal = proposals::find(tx, id).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit(tx, actor, act::ProposeChange, &proposal.unit)
        .await?;
    Ok((proposal, permit))
}

fn by<'a>(app: &App, actor: &'a Actor) -> Proposer<'a> {
    Proposer {
        account: actor.account,
        name: &actor.name,
        now: app.now(),
    }
}

async fn trail(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    deed: Deed,
    proposal: &Proposal,
    place: &UnitPlace,
) -> Result<()> {
    let detail = json!({ "name": proposal.name, "year": proposal.year, "reason": proposal.reason });
    let object = Object::Proposal(proposal.id);
    app.trail(tx, actor, deed, object, Some(place), detail)
        .await
}
