//! What stands beside each candidate: the figures that the standard names, and the titles held.

use std::collections::HashMap;

use jianjia_domain::{core::ids::UnitId, honour::honour::Honour, round::application::Application};
use jianjia_standard::{
    Standard, Text,
    judgement::{CheckVerdict, CriterionVerdict, Judgement, Status},
};
use jianjia_store::{core::db::Tx, honour::honour};

use crate::{
    core::{app::App, error::Result},
    round::review::Judged,
};

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
pub(crate) async fn beside(
    tx: &mut Tx,
    app: &App,
    applications: &[Application],
    year: i16,
    judged: &Judged,
) -> Result<Vec<(Vec<Shown>, Vec<(String, i16)>)>> {
    let standard = app.standards.of(year);
    let units: Vec<_> = applications.iter().map(|one| one.unit.id).collect();
    let held = honour::of_units(tx, &units).await?;
    let mut of_units: HashMap<UnitId, Vec<&Honour>> = HashMap::new();
    for honour in held.iter().filter(|honour| honour.is_in_force()) {
        of_units.entry(honour.unit).or_default().push(honour);
    }
    let each = applications.iter().map(|application| {
        let judged = application.judgement.and_then(|id| judged.get(&id));
        let figures = judged.map_or_else(Vec::new, |judged| figures(standard, judged, application));
        let person = application.person.as_ref().map(|person| person.id);
        let of_unit = of_units.get(&application.unit.id).into_iter().flatten();
        let titles = of_unit.filter(|honour| honour.person == person);
        let titles = titles.map(|honour| (honour.title.clone(), honour.year));
        (figures, titles.collect())
    });
    Ok(each.collect())
}

fn figures(standard: &Standard, judged: &Judgement, application: &Application) -> Vec<Shown> {
    let clauses = standard.review.shown.iter();
    clauses
        .filter_map(|clause| {
            let asked = verdicts(standard, judged, &application.title);
            let named = asked.iter().find(|verdict| verdict.clause == *clause)?;
            let what = &named.checks.first()?.what;
            // A higher tier asks for more of the same: its line is the one that counts.
            let measures = |verdict: &&&CriterionVerdict| figure_of(verdict, what).is_some();
            let found = asked.iter().rev().find(measures)?;
            let figure = figure_of(found, what)?;
            Some(Shown {
                clause: found.clause.clone(),
                name: standard.criterion(&found.clause)?.name.clone(),
                actual: figure.actual.clone().unwrap_or_default(),
                status: found.status,
            })
        })
        .collect()
}

/// Where a criterion works out this figure.
fn figure_of<'a>(verdict: &'a CriterionVerdict, what: &str) -> Option<&'a CheckVerdict> {
    verdict.checks.iter().find(|check| check.what == what)
}

/// The verdicts on the criteria of a title and of those it builds on, the lowest tier's first.
fn verdicts<'a>(
    standard: &Standard,
    judged: &'a Judgement,
    title: &str,
) -> Vec<&'a CriterionVerdict> {
    let chain = standard.title(title).map(|title| standard.chain(title));
    let tiers = chain.into_iter().flatten();
    tiers
        .filter_map(|tier| judged.verdict(&tier.key))
        .flat_map(|verdict| &verdict.criteria)
        .collect()
}
