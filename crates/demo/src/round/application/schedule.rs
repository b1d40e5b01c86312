//! The days and hours of an application's steps.

use jianjia_domain::{core::day, round::application::EventAct};
use jiff::{Timestamp, ToSpan, civil::date};

use crate::{
    core::{
        day::{office_hour, working},
        draw::Draw,
    },
    round::{application::Walk, filing::Fate},
};

impl Walk<'_, '_> {
    /// When the next step is: on a working day, in office hours, in the days of its act, and some time after the step before. What is decided or
    /// recommended is so in November; the city names in December, all of a title in one act.
    pub(super) fn next(&mut self, act: EventAct) -> Timestamp {
        if let Some(at) = self.named_at().filter(|_| act == EventAct::Named) {
            return at;
        }
        let year = self.desk.year;
        let last = day::day_of(self.at);
        let is_slow = self.filing.fate == Fate::Waiting;
        let after = |draw: &mut Draw, days: i64| last.saturating_add(draw.between(1, days).days());
        let of_month = |draw: &mut Draw, month, days: i64| {
            date(year, month, 1).saturating_add(draw.between(0, days).days())
        };
        let draw = &mut self.draw;
        let day = match act {
            EventAct::Submitted => after(draw, 4),
            EventAct::Endorsed if is_slow => of_month(draw, 11, 6).max(after(draw, 2)),
            EventAct::Named => of_month(draw, 11, 27).max(after(draw, 2)),
            EventAct::Rejected if self.filing.fate != Fate::Rejected => {
                of_month(draw, 11, 27).max(after(draw, 2))
            }
            EventAct::Recommended => of_month(draw, 11, 27).max(after(draw, 2)),
            _ => after(draw, 3),
        };
        let mut at = office_hour(working(day), draw);
        while at <= self.at {
            let next = day::day_of(at).saturating_add(1.day());
            at = office_hour(working(next), draw);
        }
        at
    }
}
