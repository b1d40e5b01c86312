//! The result of a poll, for its members and whoever has its address, and the file to count it again from.

use askama::Template;
use axum::{extract::State, http::header, response::IntoResponse};
use jianjia_app::{
    core::app::App,
    rating::poll::{self as polls, ObjectResult, PublicResult},
};
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{PollState, counting::Ways, roll},
};

use jianjia_words::format;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    path::Path,
    routes::{Access, Route},
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/ratings/{poll}", Access::Public, show),
        Route::get("/ratings/{poll}/recount.csv", Access::Public, recount),
    ]
}

#[derive(Template)]
#[template(path = "rating/result/published.html")]
struct Show {
    frame: Frame,
    result: PublicResult,
}

/// One answer of an object: its words, ballots, and its piece of the bar.
struct Line {
    words: String,
    ballots: i64,
    /// Where the piece begins and how long it is, in hundredths of the bar.
    from: String,
    width: String,
}

impl Show {
    /// The roll beside the members.
    fn roll_words(&self) -> String {
        roll::words(&self.result.rules, &self.result.poll.plan, self.frame.lang)
    }

    /// What it replaced.
    fn replaced(&self) -> Option<String> {
        let (poll, sum) = (&self.result.poll, self.result.replaced_sum.as_deref());
        crate::pages::rating::poll::replaced(&self.frame, poll, sum)
    }

    fn is_signed(&self) -> bool {
        self.result.poll.state() == PollState::Signed
    }

    /// By what the result counts or not: enough ballots, or too few.
    fn turnout(&self) -> String {
        let (lang, reaches) = (self.frame.lang, self.result.reaches_quorum);
        let words = if reaches {
            format::quorum
        } else {
            format::short_of_quorum
        };
        let quorum = self.result.quorum;
        quorum.map_or_else(String::new, |quorum| words(lang, quorum))
    }

    fn is_withheld(&self) -> bool {
        self.result.record.is_withheld()
    }

    /// The answers of an object in the order of the slip, the void ones last.
    fn lines(&self, object: &ObjectResult) -> Vec<Line> {
        let answers = &object.tally.answers;
        let graded = self.result.grades.iter().map(|grade| {
            let ballots = answers.get(&grade.key).copied().unwrap_or(0);
            (self.frame.text(&grade.name).to_owned(), ballots)
        });
        let void: i64 = answers
            .iter()
            .filter(|(key, _)| !self.result.grades.iter().any(|grade| grade.key == **key))
            .map(|(_, ballots)| *ballots)
            .sum();
        let all: i64 = answers.values().sum();
        let mut begun = 0;
        graded
            .chain([(self.frame.t("废票").to_owned(), void)])
            .map(|(words, ballots)| {
                let (from, to) = (part(begun, all), part(begun + ballots, all));
                begun += ballots;
                Line {
                    words,
                    ballots,
                    from: hundredths(from),
                    width: hundredths(to - from),
                }
            })
            .collect()
    }

    /// The day voting ended.
    fn closed_on(&self) -> String {
        let closed = self.result.poll.stage.closed();
        closed.map_or_else(String::new, |closed| {
            self.frame.day(jianjia_domain::core::day::day_of(closed.at))
        })
    }

    /// Name and instant of each signature.
    fn signatures(&self) -> Vec<(String, String)> {
        let poll = &self.result.poll;
        poll.signatures()
            .iter()
            .map(|signature| {
                let name = poll.member_name(signature.member).to_owned();
                (name, self.frame.minute(signature.at))
            })
            .collect()
    }

    /// The object that decides, and what its satisfied ballots are called in the recount file.
    fn deciding(&self) -> Option<&ObjectResult> {
        self.result
            .objects
            .iter()
            .find(|object| object.object.decides)
    }
}

/// Ten-thousandths of the bar.
fn part(count: i64, of: i64) -> i64 {
    (count * 10_000).checked_div(of).unwrap_or(0)
}

fn hundredths(part: i64) -> String {
    format!("{}.{:02}", part / 100, part % 100)
}

async fn show(State(app): State<App>, frame: Frame, Path(poll): Path<PollId>) -> PageResult {
    let result = polls::result(&app, &poll).await?;
    page(&Show { frame, result })
}

async fn recount(State(app): State<App>, frame: Frame, Path(poll): Path<PollId>) -> PageResult {
    let file = polls::recount_file(&app, &poll, frame.lang).await?;
    Ok((
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"recount.csv\"",
            ),
        ],
        file,
    )
        .into_response())
}
