//! One piece of evidence for many questions of a year at once.

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{EvidenceId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor},
    },
    year::{
        evidence::{Evidence, EvidenceUse, Target},
        sheet::Question,
        statement,
    },
};
use jianjia_standard::{Standard, Text, kinds::Kind};
use jianjia_store::{core::scope::Scope, year::evidence as kept};
use serde_json::json;

use super::{attach_in, of_unit};
use crate::{
    core::{app::App, error::Result},
    year::sheet::{self as sheets, Sheet},
};

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

/// The questions of a year for which a piece can serve: those put to the unit that expect a document, and those that it serves already.
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
    let is_judged = permit.unit.kind.key().parse::<Kind>().is_ok();
    let groups = if is_judged {
        let standard = app.standards.of(year);
        let sheet = sheets::sheet_of(&mut tx, app, &permit.unit, None, year).await?;
        let groups = standard.groups.iter();
        groups
            .map(|group| QuestionGroup {
                name: group.name.clone(),
                questions: of_group(standard, &sheet, &group.key, id),
            })
            .filter(|group| !group.questions.is_empty())
            .collect()
    } else {
        Vec::new()
    };
    Ok(Questions {
        unit: permit.unit,
        evidence,
        year,
        groups,
    })
}

/// The questions of a group that expect a document, with the clauses that use the answer.
fn of_group(
    standard: &Standard,
    sheet: &Sheet,
    group: &str,
    evidence: &EvidenceId,
) -> Vec<QuestionToServe> {
    let put = sheet.groups(standard);
    let put: BTreeMap<&str, &Question> = put
        .iter()
        .flat_map(|group| &group.questions)
        .map(|question| (question.fact.key.as_str(), question))
        .collect();
    let facts = standard.facts.iter().filter(|fact| fact.group == group);
    facts
        .filter_map(|fact| {
            let pieces = sheet.evidence_of(&fact.key);
            let serves = pieces.iter().any(|piece| piece.id == *evidence);
            let asked = put.get(fact.key.as_str());
            let known = sheet.known.iter().any(|(key, _)| *key == fact.key);
            if !(serves || fact.evidence && (asked.is_some() || known)) {
                return None;
            }
            let value = sheet.subject.facts.get(&fact.key);
            Some(QuestionToServe {
                key: fact.key.clone(),
                name: fact.name.clone(),
                clauses: asked.map_or_else(Vec::new, |asked| {
                    let clauses = asked.clauses.iter();
                    clauses.map(|clause| (*clause).to_owned()).collect()
                }),
                serves,
                is_lacking: pieces.is_empty() && value.is_some_and(statement::claims),
            })
        })
        .collect()
}

/// A piece, and the questions of a year for which it can serve, group by group.
#[derive(Clone, Debug, PartialEq)]
pub struct Questions {
    pub unit: UnitPlace,
    pub evidence: Evidence,
    pub year: i16,
    pub groups: Vec<QuestionGroup>,
}

/// The questions of one page of the sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionGroup {
    pub name: Text,
    pub questions: Vec<QuestionToServe>,
}

/// A question for which a piece can serve.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionToServe {
    pub key: String,
    pub name: Text,
    /// The clauses that use the answer; none where nothing asks it any more.
    pub clauses: Vec<String>,
    /// Whether this piece serves it.
    pub serves: bool,
    /// Whether something is claimed and no piece serves it.
    pub is_lacking: bool,
}
