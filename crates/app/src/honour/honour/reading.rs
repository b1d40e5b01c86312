//! The honour roll and one honour, as the public and as insiders see them: the names of people are masked for whoever does not see
//! their union.

use std::collections::{BTreeMap, BTreeSet};

use jianjia_domain::{
    core::{
        ids::{HonourId, PersonId, UnitId},
        place::UnitPlace,
        policy::{self, Act, Actor, Permit},
    },
    honour::honour::{self, Honour, HonourAct, HonourEvent},
};
use jianjia_store::{
    core::{db::Tx, place},
    honour::honour::{self as honours, RollEntry, RollFilter},
    register::unit,
};

use super::{permitted, place as place_of};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        imprint as imprints,
    },
    honour::certificate::paper,
};

/// How many lines a page of the roll has.
pub const LINES: i64 = 50;

/// What is asked of the roll; `page` counts from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollQuery {
    /// Its `within` is set from `under`.
    pub filter: RollFilter,
    /// Only what a federation and the unions below it hold.
    pub under: Option<UnitId>,
    pub page: i64,
}

/// One line of the roll; the person's name is masked where it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollLine {
    pub entry: RollEntry,
    /// The name of the district (and township) that the holder lies in.
    pub place: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollPage {
    pub lines: Vec<RollLine>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// The federation to which the roll is narrowed.
    pub under: Option<UnitPlace>,
}

/// A page of the roll, for everybody.
///
/// # Errors
/// Not found when the unit asked for isn't there or is no federation.
pub async fn roll(app: &App, actor: Option<&Actor>, query: &RollQuery) -> Result<RollPage> {
    let mut tx = app.db.read().await?;
    let (filter, under) = narrowed(&mut tx, query).await?;
    let page = query.page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (found, total) = honours::roll(&mut tx, &filter, LINES, offset).await?;
    Ok(RollPage {
        lines: lines(&mut tx, actor, found).await?,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        under,
    })
}

/// A portion (limit, offset) of the same lines, for a file, and their total number.
///
/// # Errors
/// As `roll`.
pub async fn export(
    app: &App,
    actor: Option<&Actor>,
    query: &RollQuery,
    (limit, offset): (i64, i64),
) -> Result<(Vec<RollLine>, i64)> {
    let mut tx = app.db.read().await?;
    let (filter, _) = narrowed(&mut tx, query).await?;
    let (found, total) = honours::roll(&mut tx, &filter, limit, offset).await?;
    Ok((lines(&mut tx, actor, found).await?, total))
}

/// The filter with its subtree. A unit that is not there finds nothing.
async fn narrowed(tx: &mut Tx, query: &RollQuery) -> Result<(RollFilter, Option<UnitPlace>)> {
    let mut filter = query.filter.clone();
    let Some(id) = &query.under else {
        return Ok((filter, None));
    };
    let place = place::find(tx, id).await?.ok_or(Error::NotFound)?;
    // The names of federations are public; what a single union holds is found by its name.
    if !place.kind.is_federation() {
        return Err(Error::NotFound);
    }
    filter.within = Some(place.path.clone());
    Ok((filter, Some(place)))
}

/// Everything the page of an honour shows.
#[derive(Clone, Debug)]
pub struct HonourView {
    /// The person's name is masked where it has to be.
    pub honour: Honour,
    /// The name of the district (and township) that the holder lies in.
    pub place: String,
    /// Who did it is told to those who see the holder only.
    pub events: Vec<HonourEvent>,
    pub named_by: Option<UnitPlace>,
    pub reconfirmed_by: Option<UnitPlace>,
    /// Whether the actor sees the inside of the holder.
    pub is_inside: bool,
    /// What the actor may do with it now.
    pub acts: Vec<HonourAct>,
    pub may_reconfirm: bool,
    /// How many titles its batch has, when the actor may withdraw them.
    pub batch: Option<(String, i64)>,
    /// The path of its certificate's public page, for those who see the inside of the holder: the certificate says the whole name.
    pub certificate: Option<String>,
}

/// One honour, for everybody.
///
/// # Errors
/// Not found when it isn't there.
pub async fn view(app: &App, actor: Option<&Actor>, id: &HonourId) -> Result<HonourView> {
    let mut tx = app.db.read().await?;
    let mut honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let is_inside = sees(actor, &honour.unit_path, honour.person.as_ref());
    let mut events = honours::events(&mut tx, id).await?;
    if !is_inside {
        for event in &mut events {
            event.account = None;
            event.account_name = String::new();
        }
    }
    if !honour.batch.is_empty() {
        let begun = events.iter_mut().filter(|event| is_beginning(event));
        for event in begun {
            let as_named = std::mem::take(&mut event.document_number);
            event.document_number =
                imprints::decision_number(&mut tx, &honour.batch, as_named).await?;
        }
    }
    let named_by = match &honour.named_by {
        Some(unit) => place::find(&mut tx, unit).await?,
        None => None,
    };
    let reconfirmed_by = match &honour.reconfirmed_by {
        Some(unit) => place::find(&mut tx, unit).await?,
        None => None,
    };
    let may = |act: Act| actor.is_some_and(|actor| permitted(actor, act, &honour).is_ok());
    let acts: Vec<HonourAct> = if may(Act::ChangeHonour) {
        honour::acts_from(honour.state).collect()
    } else {
        Vec::new()
    };
    let may_reconfirm = !honour.reconfirmed
        && honour.is_in_force()
        && honour::counts_when_reconfirmed(app.in_force(), &honour)
        && may(Act::ReconfirmHonour);
    let batch = if may(Act::ChangeHonour) && !honour.batch.is_empty() {
        let size = honours::size_of_batch(&mut tx, &honour.batch).await?;
        Some((honour.batch.clone(), size))
    } else {
        None
    };
    let place = place_names(&mut tx, &[honour.division.as_str()]).await?;
    let certificate = match is_inside {
        true => paper::page(&mut tx, app, &honour).await?,
        false => None,
    };
    if !is_inside {
        honour.person_name = honour::masked(&honour.person_name);
    }
    Ok(HonourView {
        place: place.into_values().collect(),
        honour,
        events,
        named_by,
        reconfirmed_by,
        is_inside,
        acts,
        may_reconfirm,
        batch,
        certificate,
    })
}

/// The titles of a batch, for whoever may withdraw them.
///
/// # Errors
/// Not found when there is no such batch; as `may_change` for each of its titles.
pub async fn batch(app: &App, actor: &Actor, batch: &str) -> Result<Vec<Honour>> {
    let mut tx = app.db.read().await?;
    let all = honours::of_batch(&mut tx, batch).await?;
    if all.is_empty() {
        return Err(Error::NotFound);
    }
    for honour in &all {
        permitted(actor, Act::ChangeHonour, honour)?;
    }
    Ok(all)
}

/// The titles that were named together, with what the list of them says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTogether {
    pub honours: Vec<Honour>,
    /// That of the decision; empty where none was said.
    pub document_number: String,
    /// The federation that named them.
    pub by: Option<UnitPlace>,
    pub may_withdraw: bool,
}

/// The titles of a batch, for whoever may withdraw them and for auditors.
///
/// # Errors
/// Not found when there is no such batch; as `batch` for who is neither.
pub async fn named_together(app: &App, actor: &Actor, batch: &str) -> Result<NamedTogether> {
    let mut tx = app.db.read().await?;
    let honours = honours::of_batch(&mut tx, batch).await?;
    if honours.is_empty() {
        return Err(Error::NotFound);
    }
    let mut may_withdraw = true;
    for honour in &honours {
        let withdrawing = permitted(actor, Act::ChangeHonour, honour);
        may_withdraw &= withdrawing.is_ok();
        if !policy::may(actor, Act::ReadAudit, &place_of(honour)) {
            withdrawing?;
        }
    }
    together(&mut tx, honours, may_withdraw).await
}

/// As `named_together`, for whoever may withdraw the titles, in the transaction of an act on their decision.
///
/// # Errors
/// As `batch`; as `App::permit_at` at the first holder.
pub(crate) async fn decided_together(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    batch: &str,
) -> Result<(NamedTogether, Permit)> {
    let honours = honours::of_batch(tx, batch).await?;
    let first = honours.first().ok_or(Error::NotFound)?;
    for honour in &honours {
        permitted(actor, Act::ChangeHonour, honour)?;
    }
    let permit = app
        .permit_at(tx, actor, Act::ChangeHonour, &place_of(first))
        .await?;
    Ok((together(tx, honours, true).await?, permit))
}

/// What the list of titles that were named together says.
async fn together(tx: &mut Tx, honours: Vec<Honour>, may_withdraw: bool) -> Result<NamedTogether> {
    let first = honours.first().ok_or(Error::NotFound)?;
    let events = honours::events(tx, &first.id).await?;
    let begun = events.into_iter().find(is_beginning);
    let as_named = begun.map(|event| event.document_number).unwrap_or_default();
    let document_number = imprints::decision_number(tx, &first.batch, as_named).await?;
    let by: Vec<UnitId> = first.named_by.into_iter().collect();
    let by = unit::places(tx, &by).await?.into_iter().next();
    Ok(NamedTogether {
        document_number,
        by,
        may_withdraw,
        honours,
    })
}

/// Whether a title begins by it, so that its document is the decision.
fn is_beginning(event: &HonourEvent) -> bool {
    matches!(event.act, HonourAct::Named | HonourAct::Imported)
}

/// The lines of what was found on the roll, as the actor sees them.
async fn lines(tx: &mut Tx, actor: Option<&Actor>, found: Vec<RollEntry>) -> Result<Vec<RollLine>> {
    let codes: Vec<&str> = found.iter().map(|entry| entry.division.as_str()).collect();
    let names = place_names(tx, &codes).await?;
    let line = |mut entry: RollEntry| {
        if !sees(actor, &entry.unit_path, entry.person.as_ref()) {
            entry.person_name = honour::masked(&entry.person_name);
        }
        let place = names.get(&entry.division).cloned().unwrap_or_default();
        RollLine { entry, place }
    };
    Ok(found.into_iter().map(line).collect())
}

/// Whether the actor sees the inside of a holder.
pub(crate) fn sees(actor: Option<&Actor>, unit_path: &str, person: Option<&PersonId>) -> bool {
    actor.is_some_and(|actor| {
        policy::sees(actor, unit_path) || (person.is_some() && actor.person.as_ref() == person)
    })
}

/// The names of some places by their codes, from the district down.
async fn place_names(tx: &mut Tx, codes: &[&str]) -> Result<BTreeMap<String, String>> {
    let codes: BTreeSet<&str> = codes
        .iter()
        .copied()
        .filter(|code| !code.is_empty())
        .collect();
    let known = honours::roll::divisions_of(tx, &codes).await?;
    let name = |code: &str| {
        known
            .iter()
            .filter(|(larger, _)| code.starts_with(larger.as_str()))
            .map(|(_, name)| name.as_str())
            .collect()
    };
    Ok(codes
        .into_iter()
        .map(|code| (code.to_owned(), name(code)))
        .collect())
}
