//! Meetings: called by a federation at a union, booked by unions, with a list of who came that the host marks. Nothing that judges reads it.

mod booking;
mod calling;
mod reminding;

use jianjia_domain::{
    core::{
        ids::MeetingId,
        place::{UnitPlace, is_within},
        policy::{self, Act, Actor},
    },
    sharing::{
        is_for,
        meeting::{Booking, BookingState, Meeting, MeetingRefusal},
    },
};
use jianjia_store::{
    core::{db::Tx, place},
    sharing::meeting::{self as meetings, MeetingFilter},
};
use jiff::civil::Date;

pub use self::{
    booking::{book, cancel_booking, mark},
    calling::{call, cancel, change, form_of},
    reminding::remind_due,
};
use super::topic::places_to;
use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    sharing::{Circle, LINES, circle, pages},
};

refuses!(MeetingRefusal);

/// A page of meetings.
#[derive(Clone, Debug)]
pub struct MeetingPage {
    pub meetings: Vec<Meeting>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// The federations for which the actor may call one.
    pub may_call: Vec<UnitPlace>,
}

fn filter_of(actor: &Actor, from: Option<Date>) -> MeetingFilter {
    let Circle {
        within, offered_by, ..
    } = circle(actor);
    let hosts = places_to(actor, Act::HostMeeting);
    MeetingFilter {
        within,
        offered_by,
        hosts: hosts.iter().map(|place| place.id).collect(),
        from,
    }
}

/// The meetings that are for the actor, the latest first.
///
/// # Errors
/// When they can't be read.
pub async fn list(app: &App, actor: &Actor, page: i64) -> Result<MeetingPage> {
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (meetings, total) = export(app, actor, (LINES, offset)).await?;
    Ok(MeetingPage {
        meetings,
        total,
        page,
        pages: pages(total),
        may_call: places_to(actor, Act::HoldMeeting),
    })
}

/// A portion (limit, offset) of the same, and how many there are.
///
/// # Errors
/// When they can't be read.
pub async fn export(app: &App, actor: &Actor, portion: (i64, i64)) -> Result<(Vec<Meeting>, i64)> {
    let mut tx = app.db.read().await?;
    Ok(meetings::list(&mut tx, &filter_of(actor, None), portion).await?)
}

/// So many meetings are told on the desk.
const ON_THE_DESK: i64 = 3;

/// The next meetings that are for the actor.
pub(crate) async fn ahead(tx: &mut Tx, actor: &Actor, today: Date) -> Result<Vec<Meeting>> {
    let filter = filter_of(actor, Some(today));
    Ok(meetings::list(tx, &filter, (ON_THE_DESK, 0)).await?.0)
}

/// A meeting as somebody reads it.
#[derive(Clone, Debug)]
pub struct MeetingView {
    pub meeting: Meeting,
    /// All that stand for whoever calls it or is host; for a union its own.
    pub bookings: Vec<Booking>,
    pub waiting: i64,
    pub came: i64,
    /// The unions for which the actor may book.
    pub books_for: Vec<UnitPlace>,
    pub may_change: bool,
    pub may_mark: bool,
    /// Whether the actor reads who comes for other unions.
    pub sees_all: bool,
    pub today: Date,
}

/// A meeting, for those whom it is for.
///
/// # Errors
/// Not found when it isn't there or isn't for the actor.
pub async fn view(app: &App, actor: &Actor, id: &MeetingId) -> Result<MeetingView> {
    let mut tx = app.db.read().await?;
    let meeting = seen(&mut tx, actor, id).await?;
    let is_host = is_host(&mut tx, actor, &meeting).await?;
    let calls = places_to(actor, Act::HoldMeeting);
    let may_change = calls.iter().any(|place| place.id == meeting.unit);
    let sees_all = is_host || policy::sees(actor, &meeting.unit_path);
    let all = meetings::bookings(&mut tx, id).await?;
    let count = |state| all.iter().filter(|one| one.state == state).count() as i64;
    let (waiting, came) = (count(BookingState::Waiting), count(BookingState::Came));
    let books_for = booking_for(actor, &meeting);
    let mut bookings = all;
    bookings.retain(|one| {
        let is_own = books_for.iter().any(|place| place.id == one.unit);
        is_own || (sees_all && one.state != BookingState::Cancelled)
    });
    Ok(MeetingView {
        waiting,
        came,
        may_change,
        may_mark: is_host || may_change,
        sees_all,
        books_for,
        bookings,
        meeting,
        today: app.clock.today(),
    })
}

async fn seen(tx: &mut Tx, actor: &Actor, id: &MeetingId) -> Result<Meeting> {
    let meeting = meetings::find(tx, id).await?.ok_or(Error::NotFound)?;
    // A host that moved to another district since is host still.
    match is_for(actor, &meeting.unit_path, &[]) || is_host(tx, actor, &meeting).await? {
        true => Ok(meeting),
        false => Err(Error::NotFound),
    }
}

async fn is_host(tx: &mut Tx, actor: &Actor, meeting: &Meeting) -> Result<bool> {
    let host = place::find(tx, &meeting.host).await?;
    Ok(host.is_some_and(|host| policy::may(actor, Act::HostMeeting, &host)))
}

/// The actor's unions that may come.
fn booking_for(actor: &Actor, meeting: &Meeting) -> Vec<UnitPlace> {
    let mut own = places_to(actor, Act::BookMeeting);
    own.retain(|place| is_within(&place.path, &meeting.unit_path));
    own
}
