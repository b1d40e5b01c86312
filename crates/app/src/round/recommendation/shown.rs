//! What stands beside each candidate: the figures that the standard names, and the titles held.

use std::collections::HashMap;

use anyhow::Context;
use jianjia_domain::{
    core::ids::JudgementId, honour::honour::HonourState, round::application::Application,
};
use jianjia_standard::{
    Standard, Text,
    judgement::{CriterionVerdict, Judgement, Status},
};
use jianjia_store::{core::db::Tx, honour::honour, year::judgement};

use crate::core::{app::App, error::Result};

/// One figure beside a candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub clause: String,
    pub name: Text,
    /// As it was worked out; empty where it is not known.
    pub actual: String,
    pub status: Status,
}

/// Figures and titles held of each, in their order.
pub(super) async fn beside(
    tx: &mut Tx,
    app: &App,
    applications: &[Application],
    year: i16,
) -> Result<Vec<(Vec<Shown>, Vec<(String, i16)>)>> {
    let kept: Vec<JudgementId> = applications
        .iter()
        .filter_map(|application| application.judgement)
        .collect();
    let mut judgements: HashMap<JudgementId, Judgement> = HashMap::new();
    for (id, verdict) in judgement::verdicts(tx, &kept).await? {
        let judged = serde_json::from_value(verdict).context("a kept judgement")?;
        judgements.insert(id, judged);
    }
    let standard = app.standards.of(year);
    let units: Vec<_> = applications.iter().map(|one| one.unit.id).collect();
    let held = honour::of_units(tx, &units).await?;
    let each = applications.iter().map(|application| {
        let judged = application.judgement.and_then(|id| judgements.get(&id));
        let figures = judged.map_or_else(Vec::new, |judged| figures(standard, judged, application));
        let person = application.person.as_ref().map(|person| person.id);
        let titles = held.iter().filter(|honour| {
            honour.unit == application.unit.id
                && honour.person == person
                && honour.state == HonourState::InForce
        });
        let titles = titles.map(|honour| (honour.title.clone(), honour.year));
        (figures, titles.collect())
    });
    Ok(each.collect())
}

fn figures(standard: &Standard, judged: &Judgement, application: &Application) -> Vec<Shown> {
    let clauses = standard.review.shown.iter();
    clauses
        .filter_map(|clause| {
            let found = verdict_on(standard, judged, &application.title, clause)?;
            let name = standard.criterion(clause)?.name.clone();
            let figure = found.checks.iter().find_map(|check| check.actual.clone());
            Some(Shown {
                clause: clause.clone(),
                name,
                actual: figure.unwrap_or_default(),
                status: found.status,
            })
        })
        .collect()
}

/// The verdict on a clause of the title or of one that it builds on; none where it is not asked.
fn verdict_on<'a>(
    standard: &Standard,
    judged: &'a Judgement,
    title: &str,
    clause: &str,
) -> Option<&'a CriterionVerdict> {
    let title = standard.title(title)?;
    standard
        .chain(title)
        .into_iter()
        .find_map(|tier| judged.verdict(&tier.key)?.criterion(clause))
}
