//! Meetings: one in spring, one in autumn, called by the city at a good union, with fewer places than are asked for.

use anyhow::Result;
use jianjia_app::sharing::meeting as meetings;
use jianjia_domain::{
    core::ids::BookingId,
    sharing::meeting::{BookingState, MeetingForm},
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};

use super::{Sharing, theme::MEETINGS};
use crate::{core::day::working, office::actor::told};

/// So many places there are, and unions that ask for one.
const PLACES: usize = 6;
const ASKING: usize = 8;

impl Sharing<'_> {
    pub(super) async fn call_meeting(&mut self, day: Date) -> Result<()> {
        let is_autumn = day.month() >= 9;
        let (kind, title, agenda) = MEETINGS[usize::from(is_autumn)];
        // The host is another each year.
        let turn = usize::from(is_autumn) + usize::try_from(day.year()).unwrap_or(0) * 3;
        let host = self.chairs.get(1 + turn % (self.chairs.len().max(2) - 1));
        let Some(host) = host.cloned() else {
            return Ok(());
        };
        let Some(host) = self.as_of_today(&host).await? else {
            return Ok(());
        };
        let (Some(place), Some(city)) = (host.main_unit(), self.leading.main_unit()) else {
            return Ok(());
        };
        let (month, on) = if is_autumn { (11, 15) } else { (5, 17) };
        let held = working(date(day.year(), month, on));
        let number = {
            let mut tx = self.app.db.read().await?;
            let found = jianjia_store::register::unit::find(&mut tx, &place.id).await?;
            found.map_or_else(String::new, |unit| unit.number.to_string())
        };
        let form = MeetingForm {
            host: number,
            kind: kind.to_owned(),
            title: title.to_owned(),
            agenda: agenda.to_owned(),
            place: format!("{}会议室", place.name.trim_end_matches("工会")),
            held_on: held.to_string(),
            begins: "14:00".to_owned(),
            book_until: held.saturating_sub(3.days()).to_string(),
            places: PLACES.to_string(),
            each: "2".to_owned(),
            ..MeetingForm::default()
        };
        let city = city.id;
        let id = told(meetings::call(self.app, &self.leading, &city, &form).await)?;
        self.meeting = Some(id);
        let asking: Vec<_> = self.chairs.iter().skip(2).take(ASKING).cloned().collect();
        for chair in asking {
            let Some(chair) = self.as_of_today(&chair).await? else {
                continue;
            };
            let Some(unit) = chair.main_unit().map(|unit| unit.id) else {
                continue;
            };
            let name = chair.name.clone();
            told(meetings::book(self.app, &chair, (&id, &unit), &name).await)?;
        }
        Ok(())
    }

    /// Whoever came is marked; one of those who booked was not seen.
    pub(super) async fn hold_meeting(&mut self) -> Result<()> {
        let Some(id) = self.meeting.take() else {
            return Ok(());
        };
        let view = told(meetings::view(self.app, &self.leading, &id).await)?;
        if view.today < view.meeting.plan.held_on {
            return Ok(());
        }
        let booked = view.bookings.iter();
        let booked = booked.filter(|one| one.state == BookingState::Booked);
        let came: Vec<BookingId> = booked.skip(1).map(|one| one.id).collect();
        told(meetings::mark(self.app, &self.leading, &id, &came).await)?;
        Ok(())
    }
}
