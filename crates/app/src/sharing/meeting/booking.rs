//! Booking places: the last one is given once, the next ones wait in their order, and a place that comes free goes to who waits longest.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{BookingId, MeetingId, UnitId},
        message::{About, Kind, Message, To, UNION},
        place::is_within,
        policy::{self, Act, Actor, act},
    },
    sharing::{
        SharingRefusal,
        meeting::{self, Booking, BookingState, Meeting, MeetingRefusal},
    },
};
use jianjia_store::{
    core::{db::Tx, place, scope::Scope},
    sharing::meeting as meetings,
};
use serde_json::json;

use super::{is_host, seen};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
    },
    sharing::permit_on_seen,
};

/// Books a place for one of a union's people; where there is none left, they wait. Gives which of the two.
///
/// # Errors
/// Not found when the meeting isn't for the actor; as `App::permit`; `NotFor` when it isn't for the union; as `meeting::book`.
pub async fn book(
    app: &App,
    actor: &Actor,
    (id, unit): (&MeetingId, &UnitId),
    name: &str,
) -> Result<BookingState> {
    let mut tx = app.db.write(Scope::Meeting(*id)).await?;
    let found = seen(&mut tx, actor, id).await?;
    let permit = app.permit(&mut tx, actor, act::BookMeeting, unit).await?;
    let place = &permit.unit;
    if !is_within(&place.path, &found.unit_path) {
        let unit = place.name.clone();
        return Err(SharingRefusal::NotFor { unit }.into());
    }
    let all = meetings::bookings(&mut tx, id).await?;
    let mut own = all.clone();
    own.retain(|one| one.unit == place.id && one.state != BookingState::Cancelled);
    let name = meeting::book(&found, &permit, &own, name, app.clock.today())?;
    // Whoever waits comes first.
    let is_full = all.iter().any(|one| one.state == BookingState::Waiting);
    let state = if !is_full && meetings::take_place(&mut tx, id).await? {
        BookingState::Booked
    } else {
        BookingState::Waiting
    };
    let now = app.now();
    let mut booking = Booking {
        id: BookingId(app.entropy.id(now)),
        meeting: *id,
        unit: place.id,
        unit_path: place.path.clone(),
        unit_name: place.name.clone(),
        name,
        number: 0,
        state,
        by_name: actor.name.clone(),
        at: now,
        changed_at: now,
    };
    meetings::book(&mut tx, &mut booking).await?;
    let detail = json!({"number": booking.number, "title": found.plan.title});
    let (object, deed) = (Object::Meeting(*id), Deed::BookMeeting);
    app.trail(&mut tx, actor, deed, object, Some(place), detail)
        .await?;
    tx.commit().await?;
    Ok(state)
}

/// A union cancels a booking; who waits longest gets the place and is told.
///
/// # Errors
/// Not found when it isn't there or the actor sees neither it nor its union; `NotYours`; as `App::permit`; as `meeting::cancel_booking`.
pub async fn cancel_booking(
    app: &App,
    actor: &Actor,
    id: &MeetingId,
    booking: &BookingId,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Meeting(*id)).await?;
    let found = seen(&mut tx, actor, id).await?;
    let booked = meetings::booking(&mut tx, booking).await?;
    let booked = booked.filter(|one| one.meeting == *id);
    let booked = booked.ok_or(Error::NotFound)?;
    let reads_all =
        policy::sees(actor, &found.unit_path) || is_host(&mut tx, actor, &found).await?;
    let (of, act) = (&booked.unit, act::BookMeeting);
    let permit = match reads_all {
        true => permit_on_seen(app, &mut tx, actor, act, of).await?,
        false => app.permit(&mut tx, actor, act, of).await?,
    };
    let today = app.clock.today();
    let frees = meeting::cancel_booking(&found, &permit, &booked, today)?;
    let step = (booked.state, BookingState::Cancelled);
    if !meetings::move_on(&mut tx, booking, step, app.now()).await? {
        return Err(MeetingRefusal::NotBooked.into());
    }
    if frees {
        meetings::free_place(&mut tx, id).await?;
        move_up(&mut tx, app, actor, &found).await?;
    }
    let detail = json!({"number": booked.number, "title": found.plan.title});
    let (object, deed) = (Object::Meeting(*id), Deed::CancelBooking);
    app.trail(&mut tx, actor, deed, object, Some(&permit.unit), detail)
        .await?;
    Ok(tx.commit().await?)
}

/// Gives places that are free to those who wait, the longest-waiting first, and tells their unions.
pub(super) async fn move_up(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    meeting: &Meeting,
) -> Result<()> {
    let mut waiting = meetings::bookings(tx, &meeting.id).await?;
    waiting.retain(|one| one.state == BookingState::Waiting);
    for one in waiting {
        if !meetings::take_place(tx, &meeting.id).await? {
            break;
        }
        let step = (BookingState::Waiting, BookingState::Booked);
        meetings::move_on(tx, &one.id, step, app.now()).await?;
        let to = To::Unit {
            unit: one.unit,
            roles: UNION,
        };
        let about = About::of(&Object::Meeting(meeting.id), Some(one.unit), 0);
        let told = Message::of(Kind::BookingMovedUp, about, one.id, vec![to])
            .says([meeting.plan.title.as_str().into(), one.name.into()]);
        tell(app, tx, actor, told);
    }
    Ok(())
}

/// Marks who came, from the day of the meeting on: those who are named came, the others were not seen. Done again, what is said last holds.
///
/// # Errors
/// Not found when the meeting isn't for the actor; `NotYours` to whoever is neither host nor called it; as `App::permit`; as `meeting::may_mark`.
pub async fn mark(app: &App, actor: &Actor, id: &MeetingId, came: &[BookingId]) -> Result<i64> {
    let mut tx = app.db.write(Scope::Meeting(*id)).await?;
    let found = seen(&mut tx, actor, id).await?;
    let host = place::find(&mut tx, &found.host).await?;
    let host = host.filter(|host| policy::may(actor, Act::HostMeeting, host));
    let by = match host {
        Some(host) => {
            app.permit_at(&mut tx, actor, act::HostMeeting, &host)
                .await?
                .unit
        }
        None => {
            permit_on_seen(app, &mut tx, actor, act::HoldMeeting, &found.unit)
                .await?
                .unit
        }
    };
    meeting::may_mark(&found, app.clock.today())?;
    let now = app.now();
    let mut number = 0;
    for one in meetings::bookings(&mut tx, id).await? {
        let is_here = came.contains(&one.id);
        let step = match (one.state, is_here) {
            (BookingState::Booked, true) => (BookingState::Booked, BookingState::Came),
            (BookingState::Came, false) => (BookingState::Came, BookingState::Booked),
            _ => {
                number += i64::from(one.state == BookingState::Came);
                continue;
            }
        };
        meetings::move_on(&mut tx, &one.id, step, now).await?;
        number += i64::from(is_here);
    }
    let detail = json!({"people": number, "title": found.plan.title});
    let (object, deed) = (Object::Meeting(*id), Deed::MarkAttendance);
    app.trail(&mut tx, actor, deed, object, Some(&by), detail)
        .await?;
    tx.commit().await?;
    Ok(number)
}
