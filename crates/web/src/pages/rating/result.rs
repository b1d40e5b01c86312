//! The members' rating of a year: how far it is, what comes next, what it came to, for everybody who sees the unit.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    rating::{
        paper as papers,
        poll::{self as polls, Held, PollPage},
    },
};
use jianjia_domain::{
    core::{ids::UnitId, policy::Actor},
    rating::poll::PollState,
};
use jianjia_standard::{Standard, check::Check, kinds::Kind};
use jianjia_words::{format, title};

use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page, unprocessable},
    pages::year::address,
    paper::{self, Link},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

mod plan;
mod published;
mod step;

use step::{Step, steps};

pub fn routes() -> Vec<Route> {
    let mut routes = vec![Route::get("/units/{id}/rating/{year}", Access::Seen, show)];
    routes.extend(plan::routes());
    routes.extend(published::routes());
    routes
}

/// The standard's rule of the rating in words.
pub fn note(app: &App, frame: &Frame, year: i16) -> String {
    let rating = app.standards.of(year).rating.as_ref();
    let note = rating.and_then(|rating| rating.note.as_ref());
    note.map_or_else(String::new, |note| frame.text(note).to_owned())
}

/// The fewest ballots of a roll with which the result counts.
pub fn quorum(app: &App, year: i16, roll: i64) -> u64 {
    let rating = app.standards.of(year).rating.as_ref();
    rating.map_or(0, |rating| {
        rating.quorum.of(u64::try_from(roll).unwrap_or(0))
    })
}

#[derive(Template)]
#[template(path = "rating/result/show.html")]
struct Show {
    frame: Frame,
    rating: PollPage,
    held: Option<Held>,
    steps: Vec<Step>,
    note: String,
    /// Criteria that ask for the rating: clause and text.
    asked: Vec<(String, String)>,
    /// The titles of the unit's kind that take a rating, as they are called; empty where none does.
    rated: String,
    /// How many of the members make a valid rating.
    turnout: String,
    /// How long it takes, where the standard says so.
    takes: String,
    problems: Problems,
    papers: Vec<Link>,
    /// What was typed: the reason of an annulment, an improvement, a report.
    typed: String,
}

impl Show {
    fn state(&self) -> Option<PollState> {
        self.rating.poll.as_ref().map(|poll| poll.state())
    }

    /// Whether the poll may still be declared void.
    fn may_annul(&self) -> bool {
        let ended = [PollState::Abandoned, PollState::Annulled];
        self.rating.may_supervise && self.state().is_some_and(|state| !ended.contains(&state))
    }

    /// Whether the union above is asked to agree to a second poll.
    fn may_consent(&self) -> bool {
        let poll = self.rating.poll.as_ref();
        let asked = poll.is_some_and(|poll| {
            let is_planned = poll.state() == PollState::Preparing && poll.consent.is_none();
            is_planned && poll.replaces.is_some()
        });
        asked && self.rating.may_consent
    }

    /// Whether the union may begin a second poll: the year has a result, and no poll is under way.
    fn may_hold_again(&self) -> bool {
        let is_free = self.state().is_none_or(PollState::is_over);
        self.rating.may_hold && self.rating.rating.is_some() && is_free
    }

    /// The roll of the result beside the members; empty where they are the same.
    fn roll_words(&self) -> String {
        self.rating.roll_words(self.frame.lang)
    }

    /// The roll of the newest poll beside the members, for who agrees to it.
    fn planned_words(&self) -> String {
        self.rating.planned_words(self.frame.lang)
    }

    /// What the poll would replace.
    fn replaced(&self) -> Option<String> {
        let poll = self.rating.poll.as_ref()?;
        super::poll::replaced(&self.frame, poll, self.rating.sum.as_deref())
    }

    /// Whether the box of a second poll is open, while the earlier result stands until the signatures.
    fn is_counted_anew(&self) -> bool {
        let poll = self.rating.poll.as_ref().map(|poll| poll.id);
        self.state() == Some(PollState::Counted) && self.rating.result != poll
    }

    /// Whether an earlier poll of the year has a result to look at.
    fn has_earlier_result(&self) -> bool {
        let mut earlier = self.rating.earlier.iter();
        earlier.any(|poll| poll.state().has_result())
    }

    fn may_demand(&self) -> bool {
        let early = [PollState::Preparing, PollState::Open];
        self.rating.may_supervise && self.state().is_some_and(|state| early.contains(&state))
    }

    fn has_result(&self) -> bool {
        self.state().is_some_and(PollState::has_result)
    }

    /// Whether the result stays closed because too few voted.
    fn is_withheld(&self) -> bool {
        let poll = self.rating.poll.as_ref();
        let record = poll.and_then(|poll| poll.record());
        record.is_some_and(|record| record.is_withheld())
    }

    /// What the union above should look at, once the box is open.
    fn signals(&self) -> Vec<String> {
        let poll = self.rating.poll.as_ref();
        let record = poll.and_then(|poll| poll.record());
        record.map_or_else(Vec::new, |record| {
            let signals = record.signals.iter();
            signals
                .map(|signal| signal.sentence(self.frame.lang))
                .collect()
        })
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, year)): Path<(UnitId, i16)>,
) -> PageResult {
    let shown = read(&app, &actor, frame, (&unit, year), Problems::none(), "").await?;
    page(&shown)
}

/// The page again, with what is wrong and what was typed.
pub async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    of: (&UnitId, i16),
    problems: Problems,
    typed: &str,
) -> PageResult {
    unprocessable(&read(app, actor, frame, of, problems, typed).await?)
}

async fn read(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (unit, year): (&UnitId, i16),
    problems: Problems,
    typed: &str,
) -> Result<Show, PageError> {
    let rating = polls::of_unit(app, actor, unit, year).await?;
    let held = match &rating.poll {
        Some(poll) if rating.may_hold || (rating.may_supervise && poll.slips_by_upper) => {
            Some(polls::held(app, actor, &poll.id).await?)
        }
        _ => None,
    };
    let steps = if rating.may_hold {
        steps(&frame, &rating, held.as_ref())
    } else {
        Vec::new()
    };
    Ok(Show {
        note: note(app, &frame, year),
        asked: asked(app.standards.of(year), &frame),
        rated: rated(app.standards.of(year), &frame, rating.unit.kind.key()),
        turnout: turnout(app.standards.of(year), &frame),
        takes: takes(app.standards.of(year), &frame),
        typed: typed.to_owned(),
        papers: paper::links(&address::rating(unit, year), &papers::of_rating(&rating)),
        frame,
        rating,
        held,
        steps,
        problems,
    })
}

fn rated(standard: &Standard, frame: &Frame, kind: &str) -> String {
    let asks = |title: &_| title::asks_for_rating(standard, title);
    let kind: Option<Kind> = kind.parse().ok();
    kind.map_or_else(String::new, |kind| {
        title::called_of(frame.lang, standard, kind, asks)
    })
}

fn takes(standard: &Standard, frame: &Frame) -> String {
    let days = standard
        .rating
        .as_ref()
        .and_then(|rating| rating.takes_days);
    days.map_or_else(String::new, |days| {
        frame.t1("从准备到签字，一般要 {} 天。", days)
    })
}

fn turnout(standard: &Standard, frame: &Frame) -> String {
    let rating = standard.rating.as_ref();
    rating.map_or_else(String::new, |rating| {
        format::majority(frame.lang, rating.quorum)
    })
}

fn asked(standard: &Standard, frame: &Frame) -> Vec<(String, String)> {
    let mut asked: Vec<(String, String)> = Vec::new();
    let criteria = standard.titles.iter().flat_map(|title| &title.criteria);
    for criterion in criteria {
        let parts = criterion.check.parts();
        let is_asked = parts
            .iter()
            .any(|check| matches!(check, Check::Rating { .. }));
        let is_known = asked.iter().any(|(clause, _)| *clause == criterion.clause);
        if is_asked && !is_known {
            let words = standard.criterion(&criterion.clause);
            let words = words.map_or_else(String::new, |found| frame.text(&found.text).to_owned());
            asked.push((criterion.clause.clone(), words));
        }
    }
    asked
}
