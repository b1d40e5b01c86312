//! When the acts of a round are done.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::keyed;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub clause: String,
    pub declaration: Window,
    pub examination: Window,
    pub commendation: Window,
    /// Which act is done when.
    pub acts: Vec<ActWindow>,
}

/// When an act may be done: from the first day of one phase to the last day of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActWindow {
    pub act: RoundAct,
    pub from: Phase,
    pub to: Phase,
}

keyed! {
    pub enum Phase {
        Declaration = "declaration",
        Examination = "examination",
        Commendation = "commendation",
    }
}

keyed! {
    /// The acts of a round that are bound to days.
    pub enum RoundAct {
        Submit = "submit",
        /// After a return for correction.
        Resubmit = "resubmit",
        /// Of what was submitted; a draft may be thrown away on any day.
        Withdraw = "withdraw",
        /// Findings, opinions, returns and rejections.
        Review = "review",
        Decide = "decide",
        /// Recommending, taking that back, closing the list.
        Recommend = "recommend",
        Name = "name",
    }
}

impl ActWindow {
    /// The windows where a standard names no others: reviewers may begin when the first application arrives, a correction and a withdrawal come
    /// in while files are examined, and what is decided or recommended is so in the examination.
    pub fn usual() -> Vec<ActWindow> {
        RoundAct::ALL
            .into_iter()
            .map(|act| {
                let (from, to) = match act {
                    RoundAct::Submit => (Phase::Declaration, Phase::Declaration),
                    RoundAct::Resubmit | RoundAct::Withdraw | RoundAct::Review => {
                        (Phase::Declaration, Phase::Examination)
                    }
                    RoundAct::Decide | RoundAct::Recommend => {
                        (Phase::Examination, Phase::Examination)
                    }
                    RoundAct::Name => (Phase::Examination, Phase::Commendation),
                };
                ActWindow { act, from, to }
            })
            .collect()
    }
}

/// A reminder by the calendar: some working days before the last day of a phase, those who have something to do are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    pub phase: Phase,
    /// Working days before the phase's last day; 0 is that day itself.
    pub before: i64,
    pub to: Reminded,
}

keyed! {
    /// Who is reminded: only those of them who have something to do.
    pub enum Reminded {
        /// Chairs and clerks of unions that have not applied for anything yet.
        Unions = "unions",
        /// Chairs and clerks of unions whose poll is not over.
        Polls = "polls",
        /// Reviewers and approvers of offices where files wait.
        Offices = "offices",
        /// Approvers of federations with places that they have not used.
        Federations = "federations",
    }
}

/// A range of days of a year, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub from: MonthDay,
    pub to: MonthDay,
    /// 0 for the round's own year, 1 for the next.
    pub year_offset: i16,
}

/// A day of any year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    pub month: i8,
    pub day: i8,
}

impl Window {
    /// The first and last day in a round's year.
    pub fn days(self, round_year: i16) -> (Date, Date) {
        let year = round_year.saturating_add(self.year_offset);
        (self.from.in_year(year), self.to.in_year(year))
    }
}

impl MonthDay {
    /// The day in a year; 29 February becomes the 28th where there is none.
    pub fn in_year(self, year: i16) -> Date {
        Date::new(year, self.month, self.day)
            .or_else(|_| Date::new(year, self.month, 28))
            .unwrap_or(Date::MIN)
    }
}
