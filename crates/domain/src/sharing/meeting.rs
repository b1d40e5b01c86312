//! On-site meetings and exchanges (O4): a federation calls one at a union, unions book places until there are none, the next ones wait, and the host marks
//! who came. Who came is no fact about a union: nothing that judges knows of it.

mod refusal;

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use serde::Deserialize;

pub use self::refusal::MeetingRefusal;
use super::{lines, personal::numbers_in};
use crate::core::{
    day,
    ids::{BookingId, MeetingId, UnitId},
    policy::{Permit, act},
    refusal::Refusal,
    text,
};

jianjia_standard::keyed! {
    /// The keys stand in tables.
    pub enum MeetingKind {
        OnSite = "on-site" / "会议|现场会",
        Visit = "visit" / "会议|观摩会",
        Exchange = "exchange" / "会议|经验交流会",
    }
}

jianjia_standard::keyed! {
    /// The keys stand in tables.
    pub enum BookingState {
        Booked = "booked" / "预约|已预约",
        Waiting = "waiting" / "预约|候补",
        Cancelled = "cancelled" / "预约|已取消",
        Came = "came" / "预约|已到会",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    pub id: MeetingId,
    /// The federation that calls it.
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    /// The union where it is held.
    pub host: UnitId,
    pub host_name: String,
    pub kind: MeetingKind,
    pub plan: Plan,
    /// So many places are booked: never more than there are.
    pub taken: i64,
    pub called_by_name: String,
    pub called_at: Timestamp,
    pub cancellation: Option<Cancellation>,
    pub revision: i64,
}

/// What can be changed of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub title: String,
    /// What is shown and talked about.
    pub agenda: String,
    /// Where.
    pub place: String,
    pub held_on: Date,
    /// `14:00`.
    pub begins: String,
    /// The last day on which places are booked.
    pub book_until: Date,
    pub places: i64,
    /// So many people of one union at most.
    pub each: i64,
    /// So many days before, those who booked are reminded.
    pub remind_days: i64,
}

/// Why it is not held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    pub reason: String,
    pub by_name: String,
    pub at: Timestamp,
}

/// Somebody who comes for a union, or waits to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub id: BookingId,
    pub meeting: MeetingId,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    /// Who comes.
    pub name: String,
    /// In the order of booking: who waits is taken by it.
    pub number: i64,
    pub state: BookingState,
    pub by_name: String,
    pub at: Timestamp,
    pub changed_at: Timestamp,
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MeetingForm {
    /// The federation that calls it.
    pub unit: String,
    /// The host, by its number or its name.
    pub host: String,
    pub kind: String,
    pub title: String,
    pub agenda: String,
    pub place: String,
    pub held_on: String,
    pub begins: String,
    pub book_until: String,
    pub places: String,
    pub each: String,
    pub remind_days: String,
    pub request_key: String,
    pub revision: String,
}

impl MeetingForm {
    pub fn of(meeting: &Meeting) -> MeetingForm {
        let plan = &meeting.plan;
        MeetingForm {
            unit: meeting.unit.to_string(),
            host: meeting.host_name.clone(),
            kind: meeting.kind.key().to_owned(),
            title: plan.title.clone(),
            agenda: plan.agenda.clone(),
            place: plan.place.clone(),
            held_on: plan.held_on.to_string(),
            begins: plan.begins.clone(),
            book_until: plan.book_until.to_string(),
            places: plan.places.to_string(),
            each: plan.each.to_string(),
            remind_days: plan.remind_days.to_string(),
            request_key: String::new(),
            revision: meeting.revision.to_string(),
        }
    }
}

const LONGEST_TITLE: usize = 40;
const LONGEST_PLACE: usize = 100;
const LONGEST_AGENDA: usize = 3_000;
const LONGEST_NAME: usize = 20;
const LONGEST_REASON: usize = 500;
const MOST_PLACES: i64 = 2_000;
const MOST_DAYS_BEFORE: i64 = 30;

/// Reads the plan of a meeting; `taken` places of it are booked already.
///
/// # Errors
/// A refusal for each field that can't be taken; `Past` for a day that is over; `FewerThanTaken`.
pub fn plan(
    form: &MeetingForm,
    _permit: &Permit<act::HoldMeeting>,
    taken: i64,
    (remind_days, today): (i64, Date),
) -> Result<Plan, Refusal> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: MeetingRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    let title = text::line(&form.title);
    let place = text::line(&form.place);
    for (field, said, most) in [
        ("title", &title, LONGEST_TITLE),
        ("place", &place, LONGEST_PLACE),
    ] {
        if said.is_empty() && field == "title" {
            refuse(field, MeetingRefusal::NoTitle);
        } else if said.is_empty() {
            refuse(field, MeetingRefusal::NoPlace);
        } else if said.chars().count() > most {
            refuse(field, MeetingRefusal::TooLong { most });
        }
    }
    let agenda = lines(&form.agenda);
    if agenda.is_empty() {
        refuse("agenda", MeetingRefusal::NoAgenda);
    } else if agenda.chars().count() > LONGEST_AGENDA {
        let most = LONGEST_AGENDA;
        refuse("agenda", MeetingRefusal::TooLong { most });
    }
    let (held, until) = (day::read(&form.held_on), day::read(&form.book_until));
    match held {
        None => refuse("held_on", MeetingRefusal::NoDay),
        Some(held) if held < today => refuse("held_on", MeetingRefusal::Past { today }),
        Some(_) => {}
    }
    match (until, held) {
        (None, _) => refuse("book_until", MeetingRefusal::NoDay),
        (Some(until), Some(held)) if until > held => {
            refuse("book_until", MeetingRefusal::UntilAfter { held });
        }
        (Some(_), _) => {}
    }
    let begins = hour(&form.begins);
    if begins.is_none() {
        refuse("begins", MeetingRefusal::NoHour);
    }
    let places = number(&form.places, 1, MOST_PLACES);
    match places {
        None => {
            let most = MOST_PLACES;
            refuse("places", MeetingRefusal::NoNumber { least: 1, most });
        }
        Some(places) if places < taken => {
            refuse("places", MeetingRefusal::FewerThanTaken { taken });
        }
        Some(_) => {}
    }
    let each = match form.each.trim() {
        "" => Some(1),
        typed => number(typed, 1, 20),
    };
    if each.is_none() {
        let refusal = MeetingRefusal::NoNumber { least: 1, most: 20 };
        refuse("each", refusal);
    }
    let remind = match form.remind_days.trim() {
        "" => Some(remind_days),
        typed => number(typed, 0, MOST_DAYS_BEFORE),
    };
    if remind.is_none() {
        let most = MOST_DAYS_BEFORE;
        refuse("remind_days", MeetingRefusal::NoNumber { least: 0, most });
    }
    match (held, until, begins, places, each, remind) {
        (
            Some(held_on),
            Some(book_until),
            Some(begins),
            Some(places),
            Some(each),
            Some(remind_days),
        ) if wrong.is_empty() => Ok(Plan {
            title,
            agenda,
            place,
            held_on,
            begins,
            book_until,
            places,
            each,
            remind_days,
        }),
        _ => Err(Refusal::Fields(wrong)),
    }
}

/// The kind that was chosen.
///
/// # Errors
/// `NoKind`.
pub fn kind(form: &MeetingForm) -> Result<MeetingKind, Refusal> {
    MeetingKind::from_key(&form.kind).ok_or_else(|| Refusal::at("kind", MeetingRefusal::NoKind))
}

fn number(typed: &str, least: i64, most: i64) -> Option<i64> {
    let typed = crate::core::width::narrow(typed);
    let number: i64 = typed.parse().ok()?;
    (least..=most).contains(&number).then_some(number)
}

/// An hour as people write it: `14:00`, `14：30`, `9:05`.
fn hour(typed: &str) -> Option<String> {
    let typed = crate::core::width::narrow(typed);
    let (hour, minute) = typed.split_once(':')?;
    let time = Time::new(hour.trim().parse().ok()?, minute.trim().parse().ok()?, 0, 0).ok()?;
    Some(format!("{:02}:{:02}", time.hour(), time.minute()))
}

/// What a union asks for when it books: who comes. `own`: its bookings that stand.
///
/// # Errors
/// `Cancelled`; `TooLate`; `NoName`, `TooLong`, `Numbers`; `Twice` when the same person is booked already; `EnoughOfOne`.
pub fn book(
    meeting: &Meeting,
    _permit: &Permit<act::BookMeeting>,
    own: &[Booking],
    typed: &str,
    today: Date,
) -> Result<String, Refusal> {
    is_on(meeting)?;
    let plan = &meeting.plan;
    if today > plan.book_until {
        let until = plan.book_until;
        return Err(MeetingRefusal::TooLate { until }.into());
    }
    let name = text::line(typed);
    if name.is_empty() {
        return Err(Refusal::at("name", MeetingRefusal::NoName));
    }
    if name.chars().count() > LONGEST_NAME {
        let most = LONGEST_NAME;
        return Err(Refusal::at("name", MeetingRefusal::TooLong { most }));
    }
    if !numbers_in(&name).is_empty() {
        return Err(Refusal::at("name", MeetingRefusal::NotAName));
    }
    if own.iter().any(|booking| booking.name == name) {
        return Err(Refusal::at("name", MeetingRefusal::Twice { name }));
    }
    if own.len() as i64 >= plan.each {
        return Err(MeetingRefusal::EnoughOfOne { each: plan.each }.into());
    }
    Ok(name)
}

/// Whether a booking may be cancelled, and whether it gives a place free.
///
/// # Errors
/// `Cancelled`; `Began` from the day of the meeting on; `NotBooked` when it does not stand any more.
pub fn cancel_booking(
    meeting: &Meeting,
    _permit: &Permit<act::BookMeeting>,
    booking: &Booking,
    today: Date,
) -> Result<bool, MeetingRefusal> {
    is_on(meeting)?;
    if today >= meeting.plan.held_on {
        let held = meeting.plan.held_on;
        return Err(MeetingRefusal::Began { held });
    }
    match booking.state {
        BookingState::Booked => Ok(true),
        BookingState::Waiting => Ok(false),
        BookingState::Cancelled | BookingState::Came => Err(MeetingRefusal::NotBooked),
    }
}

/// Why a meeting is not held.
///
/// # Errors
/// `Cancelled`; `Held` when it is over; `NoReason`, `TooLong`.
pub fn cancel(
    meeting: &Meeting,
    _permit: &Permit<act::HoldMeeting>,
    typed: &str,
    today: Date,
) -> Result<String, Refusal> {
    is_on(meeting)?;
    if today > meeting.plan.held_on {
        let held = meeting.plan.held_on;
        return Err(MeetingRefusal::Held { held }.into());
    }
    let reason = lines(typed);
    if reason.is_empty() {
        return Err(Refusal::at("reason", MeetingRefusal::NoReason));
    }
    if reason.chars().count() > LONGEST_REASON {
        let most = LONGEST_REASON;
        return Err(Refusal::at("reason", MeetingRefusal::TooLong { most }));
    }
    Ok(reason)
}

/// Whether it can be changed.
///
/// # Errors
/// `Cancelled`; `Held` when it is over.
pub fn may_change(meeting: &Meeting, today: Date) -> Result<(), MeetingRefusal> {
    is_on(meeting)?;
    if today > meeting.plan.held_on {
        let held = meeting.plan.held_on;
        return Err(MeetingRefusal::Held { held });
    }
    Ok(())
}

/// Whether it can be marked who came: from its day on. Who is not marked was not seen, which is no word about them.
///
/// # Errors
/// `Cancelled`; `NotYet`.
pub fn may_mark(meeting: &Meeting, today: Date) -> Result<(), MeetingRefusal> {
    is_on(meeting)?;
    if today < meeting.plan.held_on {
        let held = meeting.plan.held_on;
        return Err(MeetingRefusal::NotYet { held });
    }
    Ok(())
}

fn is_on(meeting: &Meeting) -> Result<(), MeetingRefusal> {
    match &meeting.cancellation {
        None => Ok(()),
        Some(_) => Err(MeetingRefusal::Cancelled),
    }
}

#[cfg(test)]
mod tests;
