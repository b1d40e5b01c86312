//! The city reckons the subsidies of a year: first seen, then kept. What was reckoned before stays, and only what came out otherwise gets a new record.

use std::{collections::HashMap, sync::Arc};

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{SubsidyId, SubsidyReckoningId, UnitId},
        place::UnitPlace,
        policy::{Actor, act},
        refusal::General,
    },
    money::subsidy::{
        Entitlement, Reckoning, Subsidy, differs, has_no_place, open_year, reckon_year,
    },
    register::unit::Unit,
};
use jianjia_standard::Standard;
use jianjia_store::{
    core::{db::Tx, file::content_hash, scope::Scope},
    money::subsidy as subsidies,
    register::unit,
};
use serde_json::json;

use super::gather::entitlements;
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// What would be new for a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub unit: UnitPlace,
    pub before: Option<Subsidy>,
    pub now: Entitlement,
}

/// What reckoning a year would do today.
pub struct Preview {
    pub year: i16,
    pub standard: Arc<Standard>,
    /// In the order of the tree.
    pub lines: Vec<Line>,
    /// How many would stay as they are.
    pub same: usize,
    /// What all come to now and would come to, where they are known.
    pub before_fen: i64,
    pub after_fen: i64,
    /// Of so many the amount would not be known.
    pub unknown: usize,
    /// Units without a place by which their scheme could be told.
    pub without_place: Vec<UnitPlace>,
    /// The newest reckoning.
    pub last: Option<Reckoning>,
    /// What is sent with the act, so that what was seen is what is done.
    pub digest: String,
}

/// What is sent to reckon a year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReckonInput {
    /// The digest of the preview.
    pub seen: String,
    pub reason: String,
}

/// What reckoning a year would do today.
///
/// # Errors
/// As `App::permit`, for reckoning; as `open_year`.
pub async fn preview(app: &App, actor: &Actor, year: i16) -> Result<Preview> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    app.permit_at(&mut tx, actor, act::ReckonSubsidies, &city)
        .await?;
    foreseen(&mut tx, app, year).await
}

async fn foreseen(tx: &mut Tx, app: &App, year: i16) -> Result<Preview> {
    let standard = app.standards.of(year).clone();
    open_year(&standard, year)?;
    let units = units(tx, &standard).await?;
    let mut kept: HashMap<UnitId, Subsidy> = subsidies::of_year(tx, year)
        .await?
        .into_iter()
        .map(|subsidy| (subsidy.unit, subsidy))
        .collect();
    let amounts = kept.values().filter_map(Subsidy::amount_fen);
    let before_fen = amounts.sum();
    let (mut lines, mut same, mut after_fen, mut unknown) = (Vec::new(), 0, 0_i64, 0);
    for (unit, now) in entitlements(tx, app, &standard, year, &units).await? {
        match now.reckoned.amount_fen {
            Some(fen) => after_fen = after_fen.saturating_add(fen),
            None => unknown += 1,
        }
        let before = kept.remove(&unit.id);
        if differs(before.as_ref(), &now) {
            lines.push(Line {
                unit: unit.place(),
                before,
                now,
            });
        } else {
            same += 1;
        }
    }
    // Of units that ended, or are of another place by now, what was reckoned stays.
    let staying = kept.values().filter_map(Subsidy::amount_fen);
    after_fen = after_fen.saturating_add(staying.sum());
    let without_place = units.iter().filter(|unit| has_no_place(&standard, unit));
    let reckonings = subsidies::reckonings(tx, year).await?;
    Ok(Preview {
        year,
        digest: digest(&standard, &lines),
        lines,
        same: same + kept.len(),
        before_fen,
        after_fen,
        unknown,
        without_place: without_place.map(Unit::place).collect(),
        last: reckonings.into_iter().next(),
        standard,
    })
}

/// The active units of the kinds that get subsidies, in the order of the tree.
async fn units(tx: &mut Tx, standard: &Standard) -> Result<Vec<Unit>> {
    let rules = standard.subsidy.iter();
    let kinds: Vec<&str> = rules
        .flat_map(|rules| rules.kinds.iter().map(|kind| kind.key()))
        .collect();
    let places = unit::of_kinds(tx, &kinds).await?;
    let ids: Vec<UnitId> = places.iter().map(|place| place.id).collect();
    let mut units = unit::find_many(tx, &ids).await?;
    units.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(units)
}

/// The same as long as the same would be done.
fn digest(standard: &Standard, lines: &[Line]) -> String {
    let mut all = standard.version.clone();
    for line in lines {
        let (id, now) = (&line.unit.id, &line.now);
        let replaces = line.before.as_ref().map(|before| before.id.to_string());
        all.push_str(&format!(
            "\n{id} {} {:?} {} {}",
            now.scheme,
            now.reckoned.amount_fen,
            now.sum.zh,
            replaces.unwrap_or_default()
        ));
    }
    content_hash(all.as_bytes())
}

/// Reckons a year: every result that is new is kept with its facts and the standard's version, beside the one that it replaces. Sent twice, it is done
/// once.
///
/// # Errors
/// As `preview`, in the act's own transaction; `Stale` when something changed since it was seen; as `reckon_year`.
pub async fn reckon(app: &App, actor: &Actor, year: i16, input: &ReckonInput) -> Result<Reckoning> {
    let mut tx = app.db.write(Scope::Units).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, act::ReckonSubsidies, &city)
        .await?;
    let preview = foreseen(&mut tx, app, year).await?;
    if let Some(last) = &preview.last
        && last.digest == input.seen
        && last.by == actor.account
    {
        return Ok(last.clone());
    }
    let reason = reckon_year(
        &permit,
        &preview.standard,
        (year, app.clock.today().year()),
        preview.last.as_ref(),
        preview.lines.len(),
        &input.reason,
    )?;
    if preview.digest != input.seen {
        return Err(General::Stale.into());
    }
    app.follow(&mut tx, "subsidy").await?;
    let now = app.now();
    let reckoning = Reckoning {
        id: SubsidyReckoningId(app.entropy.id(now)),
        year,
        number: preview.last.as_ref().map_or(0, |last| last.number) + 1,
        standard_version: preview.standard.version.clone(),
        reason,
        units: i64::try_from(preview.lines.len()).map_err(anyhow::Error::from)?,
        digest: preview.digest.clone(),
        by: actor.account,
        by_name: actor.name.clone(),
        at: now,
    };
    let (new, replaces) = records(app, &reckoning, &preview);
    subsidies::insert_reckoning(&mut tx, &reckoning).await?;
    subsidies::keep(&mut tx, &new, &replaces).await?;
    let detail = json!({
        "number": reckoning.number,
        "standard": reckoning.standard_version,
        "units": reckoning.units,
        "before_fen": preview.before_fen,
        "after_fen": preview.after_fen,
        "reason": reckoning.reason,
    });
    app.trail(
        &mut tx,
        actor,
        Deed::ReckonSubsidies,
        Object::Subsidies(year),
        Some(&city),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(reckoning)
}

/// The new records, and which they replace.
fn records(
    app: &App,
    reckoning: &Reckoning,
    preview: &Preview,
) -> (Vec<Subsidy>, Vec<(SubsidyId, SubsidyId)>) {
    let mut replaces = Vec::new();
    let mut new = Vec::with_capacity(preview.lines.len());
    for line in &preview.lines {
        let subsidy = Subsidy {
            id: SubsidyId(app.entropy.id(reckoning.at)),
            reckoning: reckoning.id,
            year: reckoning.year,
            unit: line.unit.id,
            unit_path: line.unit.path.clone(),
            unit_name: line.unit.name.clone(),
            standard_version: reckoning.standard_version.clone(),
            entitlement: line.now.clone(),
            replaced_by: None,
        };
        if let Some(before) = &line.before {
            replaces.push((before.id, subsidy.id));
        }
        new.push(subsidy);
    }
    (new, replaces)
}
