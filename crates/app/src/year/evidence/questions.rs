//! One piece of evidence for many questions of a year at once.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{EvidenceId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor},
    },
    year::evidence::{Evidence, EvidenceUse, Target},
};
use jianjia_standard::{Text, kinds::Kind};
use jianjia_store::{core::scope::Scope, year::evidence as kept};
use serde_json::json;

use super::{attach_in, of_unit};
use crate::core::{app::App, error::Result};

/// Uses a piece that the unit has for exactly these questions of a year: attached to those that are new, detached from the others; its uses for
/// people and activities stay.
///
/// # Errors
/// As `App::permit`; not found when the piece isn't of the unit, or the year's standard doesn't ask one of them.
pub async fn use_for_facts(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    id: &EvidenceId,
    year: i16,
    keys: &[String],
) -> Result<usize> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app
        .permit(&mut tx, actor, Act::AttachEvidence, unit)
        .await?;
    of_unit(&mut tx, unit, id).await?;
    let before: Vec<EvidenceUse> = kept::uses(&mut tx, unit)
        .await?
        .into_iter()
        .filter(|used| used.evidence == *id && used.year == year)
        .filter(|used| matches!(used.target, Target::Fact(_)))
        .collect();
    let wanted: Vec<EvidenceUse> = keys
        .iter()
        .map(|key| EvidenceUse {
            evidence: *id,
            year,
            target: Target::Fact(key.clone()),
        })
        .collect();
    for used in wanted.iter().filter(|used| !before.contains(used)) {
        attach_in(&mut tx, app, actor, &permit.unit, used).await?;
    }
    for used in before.iter().filter(|used| !wanted.contains(used)) {
        kept::detach(&mut tx, unit, used).await?;
        let detail = json!({"year": used.year, "target": used.target.to_string()});
        let (deed, object) = (Deed::DetachEvidence, Object::Evidence(*id));
        app.trail(&mut tx, actor, deed, object, Some(&permit.unit), detail)
            .await?;
    }
    tx.commit().await?;
    Ok(wanted.len())
}

/// The questions of a year for which a piece can serve: those of the unit's kind that expect a document.
///
/// # Errors
/// As `App::permit`; not found when the piece isn't of the unit.
pub async fn questions(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    id: &EvidenceId,
    year: i16,
) -> Result<Questions> {
    let mut tx = app.db.read().await?;
    let permit = app
        .permit(&mut tx, actor, Act::AttachEvidence, unit)
        .await?;
    let evidence = of_unit(&mut tx, unit, id).await?;
    let used: Vec<String> = kept::uses(&mut tx, unit)
        .await?
        .into_iter()
        .filter(|used| used.evidence == *id && used.year == year)
        .filter_map(|used| match used.target {
            Target::Fact(key) => Some(key),
            _ => None,
        })
        .collect();
    let kind: Option<Kind> = permit.unit.kind.key().parse().ok();
    let standard = app.standards.of(year);
    let facts = kind.map_or_else(Vec::new, |kind| standard.facts_asked(kind));
    let facts = facts
        .into_iter()
        .filter(|fact| fact.evidence)
        .map(|fact| {
            (
                fact.key.clone(),
                fact.name.clone(),
                used.contains(&fact.key),
            )
        })
        .collect();
    Ok(Questions {
        unit: permit.unit,
        evidence,
        year,
        facts,
    })
}

/// A piece, and the questions of a year for which it can serve: key, name, whether it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Questions {
    pub unit: UnitPlace,
    pub evidence: Evidence,
    pub year: i16,
    pub facts: Vec<(String, Text, bool)>,
}
