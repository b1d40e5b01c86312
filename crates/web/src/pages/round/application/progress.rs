//! How far an application is: the steps of its route, and what happened to it.

use jianjia_app::{core::app::App, round::application::ApplicationView};
use jianjia_domain::round::{
    application::{EventAct, State},
    round::window,
    route::{Step, act_word, window_of},
};
use jiff::civil::Date;

use crate::frame::Frame;

/// One step of the route and how it stands.
pub struct StepLine {
    pub unit: String,
    pub act: &'static str,
    /// `done`, `now` or empty.
    pub state: &'static str,
    /// When it was last dealt with, or since when it waits.
    pub at: String,
}

/// One thing that happened, for reading.
pub struct EventLine {
    pub act: &'static str,
    pub unit: String,
    pub by: String,
    pub at: String,
    pub opinion: String,
    /// Clause, its name and the note.
    pub reasons: Vec<(String, String, String)>,
}

/// The route as steps.
pub fn steps(frame: &Frame, view: &ApplicationView) -> Vec<StepLine> {
    let application = &view.application;
    let here = application.state.step();
    let is_over = application.state.closed_at().is_some();
    let since = || frame.t1("{} 起", frame.minute(application.since_at));
    let is_returned = matches!(application.state, State::Returned { .. });
    let mut lines: Vec<StepLine> = application
        .route
        .iter()
        .enumerate()
        .map(|(place, step)| {
            let last = view.events.iter().rev().find(|event| {
                event.step == Some(place) && event.act != EventAct::RecommendationUndone
            });
            let state = match here {
                Some(here) if place < here || (place == here && is_over) => "done",
                Some(here) if place == here && !is_returned => "now",
                _ => "",
            };
            let at = match (state, last) {
                ("done", Some(event)) => frame.minute(event.at),
                ("now", _) => since(),
                _ => String::new(),
            };
            StepLine {
                unit: step.unit.name.clone(),
                act: frame.t_fixed(act_word(step.act)),
                state,
                at,
            }
        })
        .collect();
    // While it is returned it is the applicant's turn, before the office to which it comes back.
    if let (true, Some(here)) = (is_returned, here) {
        let applicant = StepLine {
            unit: application.applicant_name(),
            act: frame.t_fixed("环节|补正"),
            state: "now",
            at: since(),
        };
        lines.insert(here.min(lines.len()), applicant);
    }
    lines
}

/// What happened, newest first, drafts left out.
pub fn events(app: &App, frame: &Frame, view: &ApplicationView) -> Vec<EventLine> {
    view.events
        .iter()
        .rev()
        .filter(|event| event.act != EventAct::Drafted)
        .map(|event| EventLine {
            act: frame.t_fixed(event.act.word()),
            unit: event.unit_name.clone(),
            by: event.account_name.clone(),
            at: frame.minute(event.at),
            opinion: event.opinion.clone(),
            reasons: event
                .reasons
                .iter()
                .map(|reason| {
                    let name = app
                        .standards
                        .of(view.application.year)
                        .criterion(&reason.clause)
                        .map_or("", |criterion| frame.text(&criterion.name));
                    (reason.clause.clone(), name.to_owned(), reason.note.clone())
                })
                .collect(),
        })
        .collect()
}

/// A tag's class for an application's state.
pub fn state_class(key: &str) -> &'static str {
    match key {
        "named" => "tag-met",
        "rejected" | "returned" => "tag-unmet",
        _ => "tag-na",
    }
}

/// By when the year's calendar expects a step to be done.
pub fn by_when(view: &ApplicationView, step: &Step) -> Date {
    window(&view.round, window_of(step.act)).to
}
