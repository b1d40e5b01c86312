//! 未命名原因告知函: why an application was not approved, clause by clause, and what to do.

use jianjia_domain::{
    core::{day, policy::Actor},
    round::application::{ApplicationEvent, EventAct, State},
};
use jianjia_standard::{Lang, Standard};
use jianjia_store::register::unit;
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
    round::application::{ApplicationView, ClauseRow},
};

#[derive(Serialize)]
struct Letter {
    office: String,
    union: String,
    title: String,
    year: i16,
    number: String,
    decided_by: String,
    written_on: Date,
    telephone: Option<String>,
    /// How long it can be objected to; none where nobody says so.
    days: Option<String>,
    reasons: Vec<Reason>,
    /// What was said besides.
    opinion: Option<String>,
    /// How many other criteria are met, where some are not.
    others: Option<usize>,
}

#[derive(Serialize)]
struct Reason {
    clause: String,
    name: String,
    rule: String,
    found: String,
    remedy: Option<String>,
}

/// The letter on an application that was rejected, for everybody who sees the application.
///
/// # Errors
/// Not found when it was not rejected.
pub async fn sheet(app: &App, _actor: &Actor, view: &ApplicationView) -> Result<Sheet> {
    let application = &view.application;
    let State::Rejected { at, .. } = application.state else {
        return Err(Error::NotFound);
    };
    let mut events = view.events.iter().rev();
    let event = events.find(|event| event.act == EventAct::Rejected);
    let event = event.ok_or(Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let office = unit::find(&mut tx, &event.unit).await?;
    tx.commit().await?;
    let reasons: Vec<Reason> = view
        .clauses
        .iter()
        .filter_map(|row| reason(app.standards.of(application.year), row, event))
        .collect();
    let letter = Letter {
        office: event.unit_name.clone(),
        union: application.applicant_name(),
        title: view.title.zh.clone(),
        year: application.year,
        number: view.number.clone().unwrap_or_default(),
        decided_by: event.unit_name.clone(),
        written_on: day::day_of(at),
        telephone: office.and_then(|office| office.details.phone),
        days: None,
        opinion: Some(event.opinion.trim().to_owned()).filter(|opinion| !opinion.is_empty()),
        others: others(view, reasons.len()),
        reasons,
    };
    Sheet::of("reasons", application.applicant_name(), &letter)
}

/// A criterion that was named as a reason, or is not met or not known.
fn reason(standard: &Standard, row: &ClauseRow, event: &ApplicationEvent) -> Option<Reason> {
    let named = event
        .reasons
        .iter()
        .find(|reason| reason.clause == row.clause);
    if named.is_none() && !row.is_open() {
        return None;
    }
    let finding = row.finding().map(|finding| finding.note.as_str());
    let note = named.map(|reason| reason.note.as_str()).or(finding);
    let facts: Vec<String> = row
        .facts
        .iter()
        .map(|(fact, said)| format!("{}：{}", fact.zh, said.zh))
        .collect();
    let mut found: Vec<String> = Vec::new();
    found.extend(note.filter(|note| !note.is_empty()).map(str::to_owned));
    found.extend(row.shortage.as_ref().map(|shortage| shortage.zh.clone()));
    if !facts.is_empty() {
        found.push(format!("{}。", facts.join("，")));
    }
    if found.is_empty() {
        found.push(row.status.name(Lang::Zh).to_owned());
    }
    Some(Reason {
        clause: row.clause.clone(),
        name: row.name.zh.clone(),
        rule: row.text.zh.clone(),
        found: found.join(" "),
        remedy: advice(standard, &row.clause),
    })
}

/// What the standard advises on a criterion.
fn advice(standard: &Standard, clause: &str) -> Option<String> {
    let advice = standard.criterion(clause)?.advice.as_ref()?;
    Some(advice.zh.clone())
}

/// How many criteria are no reason, beside some that are; none where all or none are.
fn others(view: &ApplicationView, reasons: usize) -> Option<usize> {
    let rest = view.clauses.len().saturating_sub(reasons);
    (reasons > 0 && rest > 0).then_some(rest)
}
