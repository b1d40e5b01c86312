//! 审核报告: what the offices found, criterion by criterion, and what the last of them said.

use jianjia_domain::{
    core::{
        day,
        policy::{Act, Actor, may},
    },
    round::{
        application::{ApplicationEvent, State},
        review::Outcome,
    },
};
use jianjia_standard::{Lang, programme::Verify};
use jiff::civil::Date;
use serde::Serialize;

use super::{is_opinion, plain};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
    round::application::{ApplicationView, ClauseRow},
};

#[derive(Serialize)]
struct Report {
    office: String,
    union: String,
    title: String,
    number: String,
    ways: String,
    reviewers: Vec<String>,
    reviewed_on: Date,
    result: String,
    findings: Vec<Found>,
    opinion: String,
}

#[derive(Serialize)]
struct Found {
    clause: String,
    text: String,
    said: &'static str,
    found: &'static str,
    note: Option<String>,
}

/// The report on an application, for those who review files of its union.
///
/// # Errors
/// Not found when the actor doesn't review files of the union, or nobody has found or said anything.
pub async fn sheet(_app: &App, actor: &Actor, view: &ApplicationView) -> Result<Sheet> {
    if !is_there(view) || !may(actor, Act::DeclareConflict, &view.unit) {
        return Err(Error::NotFound);
    }
    let opinion = opinion(view);
    let finding = view.findings.last();
    // Whoever spoke last.
    let (office, unit, at) = match (opinion, finding) {
        (Some(event), Some(finding)) if finding.at >= event.at => {
            (&finding.unit_name, finding.unit, finding.at)
        }
        (Some(event), _) => (&event.unit_name, event.unit, event.at),
        (None, Some(finding)) => (&finding.unit_name, finding.unit, finding.at),
        (None, None) => return Err(Error::NotFound),
    };
    let opinion = opinion.filter(|event| event.unit == unit);
    let mut reviewers: Vec<String> = Vec::new();
    let looked = view.findings.iter().filter(|finding| finding.unit == unit);
    let said = opinion.iter().map(|event| &event.account_name);
    for name in looked.map(|finding| &finding.account_name).chain(said) {
        if !reviewers.contains(name) {
            reviewers.push(name.clone());
        }
    }
    let application = &view.application;
    let report = Report {
        office: office.clone(),
        union: application.applicant_name(),
        title: view.title.zh.clone(),
        number: view.number.clone().unwrap_or_default(),
        ways: ways(&view.clauses),
        reviewers,
        reviewed_on: day::day_of(at),
        result: opinion.map_or_else(|| "正在审核".to_owned(), |event| plain(event.act.word())),
        findings: view.clauses.iter().map(found).collect(),
        opinion: opinion.map_or_else(String::new, |event| event.opinion.clone()),
    };
    Sheet::of("review", application.applicant_name(), &report)
}

/// Whether anybody has looked at the file.
pub fn is_there(view: &ApplicationView) -> bool {
    let is_handed_in = view.application.state != State::Draft;
    is_handed_in && (opinion(view).is_some() || !view.findings.is_empty())
}

fn opinion(view: &ApplicationView) -> Option<&ApplicationEvent> {
    let mut events = view.events.iter().rev();
    events.find(|event| is_opinion(event.act))
}

/// How the criteria are looked at that anybody found on.
fn ways(rows: &[ClauseRow]) -> String {
    let ways = [
        (Verify::Figures, "核对数字"),
        (Verify::Ledger, "看台账"),
        (Verify::Talk, "找职工了解"),
        (Verify::OnTheSpot, "实地查看"),
    ];
    let looked = || rows.iter().filter(|row| row.finding().is_some());
    let words: Vec<&str> = ways
        .into_iter()
        .filter(|(way, _)| looked().any(|row| row.verify.contains(way)))
        .map(|(_, word)| word)
        .collect();
    if words.is_empty() {
        "书面审核".to_owned()
    } else {
        words.join("、")
    }
}

fn found(row: &ClauseRow) -> Found {
    let finding = row.finding();
    let outcome = finding.map(|finding| finding.outcome);
    Found {
        clause: row.clause.clone(),
        text: row.text.zh.clone(),
        said: match outcome {
            // A claim that was rejected is shown as not met, whatever was said.
            Some(Outcome::Rejected) => "达到",
            _ => row.status.name(Lang::Zh),
        },
        found: match outcome {
            Some(Outcome::Confirmed) => "属实",
            Some(Outcome::Rejected) => "不认可",
            None => "未核实",
        },
        note: finding
            .map(|finding| finding.note.clone())
            .filter(|note| !note.is_empty()),
    }
}
