//! A proposal of places by the standard's figure of the register, whose sum is exactly what the city wants to give.

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitPlace, is_within},
        policy::{Actor, act, permit},
        refusal::Refusal,
    },
    round::{
        quota::{QuotaRefusal, apportion},
        recommendation::MOST_PLACES,
    },
};
use jianjia_standard::{
    Standard, Text,
    kinds::Kind,
    programme::{ApportionedBy, Apportionment},
};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    round::quota::{self as quotas, Counted},
};

use super::{places::federations, titles};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::round as rounds,
};

/// The most places that a proposal divides.
const MOST: i64 = MOST_PLACES * 10;

/// What is proposed for one title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub title: String,
    pub title_name: Text,
    pub clause: String,
    pub by: ApportionedBy,
    pub least: u64,
    pub total: i64,
    pub shares: Vec<ProposedShare>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedShare {
    pub federation: UnitPlace,
    pub places: i64,
    /// What was counted of it.
    pub figure: i64,
    /// Units whose figure the register doesn't know.
    pub unknown: i64,
}

/// The titles for which the standard says how places are proposed.
pub fn proposable(app: &App, year: i16) -> Vec<(String, Text)> {
    let standard = app.standards.of(year);
    let mut titles = titles(app, year);
    titles.retain(|(title, _)| apportionment(standard, title).is_some());
    titles
}

/// Proposals for the titles for which a total was typed; nothing is kept.
///
/// # Errors
/// Not found to those who don't see the city and for a title that isn't recommended; `NotYourRole`; `OutsideProgramme`; by field `total_TITLE`:
/// `NotANumber`, `NoProposal`, `NothingToCount`, `TooFewForAll`.
pub async fn propose(
    app: &App,
    actor: &Actor,
    year: i16,
    totals: &[(String, String)],
) -> Result<Vec<Proposal>> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let city = app.seen(&mut tx, actor, &city.id).await?;
    permit(actor, act::SetQuota, &city)?;
    rounds::of_year(&mut tx, app, year).await?;
    let federations = federations(&mut tx, app, year).await?;
    let known = titles(app, year);
    let (mut proposals, mut wrong) = (Vec::new(), Vec::new());
    for (title, typed) in totals.iter().filter(|(_, typed)| !typed.trim().is_empty()) {
        let found = known.iter().find(|(key, _)| key == title);
        let (title, name) = found.ok_or(Error::NotFound)?;
        match proposed(&mut tx, app, year, (title, name), &federations, typed).await {
            Ok(proposal) => proposals.push(proposal),
            Err(Error::Refused(refusal)) => wrong.push((format!("total_{title}"), refusal)),
            Err(error) => return Err(error),
        }
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong).into());
    }
    Ok(proposals)
}

async fn proposed(
    tx: &mut Tx,
    app: &App,
    year: i16,
    (title, name): (&str, &Text),
    federations: &[UnitPlace],
    typed: &str,
) -> Result<Proposal> {
    let total = typed.trim().parse::<i64>();
    let total = total.ok().filter(|total| (0..=MOST).contains(total));
    let total = total.ok_or(QuotaRefusal::NotANumber { most: MOST })?;
    let standard = app.standards.of(year);
    let rule = apportionment(standard, title).ok_or_else(|| QuotaRefusal::NoProposal {
        title: name.clone(),
    })?;
    let kinds: Vec<&str> = counted_kinds(standard, rule, title);
    let counted = quotas::counted(tx, &kinds).await?;
    let figures = figures(federations, &counted, rule.by);
    let least = i64::try_from(rule.least).unwrap_or(i64::MAX);
    let by: Vec<i64> = figures.iter().map(|(figure, _)| *figure).collect();
    let places = apportion(total, &by, least)?;
    let shares = federations.iter().zip(figures).zip(places);
    Ok(Proposal {
        title: title.to_owned(),
        title_name: name.clone(),
        clause: rule.clause.clone(),
        by: rule.by,
        least: rule.least,
        total,
        shares: shares
            .map(|((federation, (figure, unknown)), places)| ProposedShare {
                federation: federation.clone(),
                places,
                figure,
                unknown,
            })
            .collect(),
    })
}

fn apportionment<'a>(standard: &'a Standard, title: &str) -> Option<&'a Apportionment> {
    let mut rules = standard.apportionments.iter();
    rules.find(|rule| rule.titles.iter().any(|key| key == title))
}

/// The kinds of units that count: those that the standard names, or those that can hold the title.
fn counted_kinds<'a>(standard: &Standard, rule: &Apportionment, title: &str) -> Vec<&'a str> {
    let own = standard
        .title(title)
        .map_or(&[][..], |title| title.kinds.as_slice());
    let kinds = if rule.kinds.is_empty() {
        own
    } else {
        &rule.kinds
    };
    kinds.iter().map(|kind: &Kind| kind.key()).collect()
}

/// The figure of each federation, with how many units are unknown: a unit counts for the nearest federation above it.
fn figures(federations: &[UnitPlace], counted: &[Counted], by: ApportionedBy) -> Vec<(i64, i64)> {
    let mut figures = vec![(0, 0); federations.len()];
    for unit in counted {
        let above = federations.iter().enumerate();
        let nearest = above
            .filter(|(_, federation)| is_within(&unit.path, &federation.path))
            .max_by_key(|(_, federation)| federation.path.len());
        let Some((at, _)) = nearest else { continue };
        let figure = match by {
            ApportionedBy::Units => Some(1),
            ApportionedBy::Members => unit.members,
            ApportionedBy::Workers => unit.workers,
        };
        match figure {
            Some(figure) => figures[at].0 += figure,
            None => figures[at].1 += 1,
        }
    }
    figures
}

/// The places proposed for a federation and title, if any are.
pub fn proposed_for(proposals: &[Proposal], title: &str, federation: &UnitId) -> Option<i64> {
    let proposal = proposals.iter().find(|proposal| proposal.title == title)?;
    let mut shares = proposal.shares.iter();
    let share = shares.find(|share| share.federation.id == *federation)?;
    Some(share.places)
}
