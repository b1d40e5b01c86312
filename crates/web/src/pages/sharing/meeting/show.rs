//! A meeting with its places and who comes: booked and cancelled by unions, marked by the host, called off by whoever called it.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    sharing::meeting::{self as meetings, MeetingView},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        ids::{BookingId, MeetingId, UnitId},
        place::UnitPlace,
        policy::Actor,
    },
    sharing::meeting::{Booking, BookingState},
};
use serde::Deserialize;

use super::{Which, line};
use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::Listed,
        sharing::{address, topic::options},
    },
    path::{self, Path},
    session::SignedIn,
};

/// Who comes, as the page shows it.
struct Coming {
    id: String,
    number: i64,
    name: String,
    unit_name: String,
    state: &'static str,
    tag: &'static str,
    is_marked: bool,
    can_be_marked: bool,
    can_be_cancelled: bool,
}

#[derive(Template)]
#[template(path = "sharing/meeting/show.html")]
struct Show {
    frame: Frame,
    problems: Problems,
    view: MeetingView,
    kind: &'static str,
    state: &'static str,
    tag: &'static str,
    coming: Vec<Coming>,
    units: Vec<(String, String)>,
    typed: Typed,
}

/// What the forms of the page send.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    name: String,
    unit: String,
    reason: String,
    came: Vec<String>,
}

impl Show {
    fn left(&self) -> i64 {
        (self.view.meeting.plan.places - self.view.meeting.taken).max(0)
    }

    /// Whether places are booked still.
    fn is_booked(&self) -> bool {
        let meeting = &self.view.meeting;
        meeting.cancellation.is_none() && self.view.today <= meeting.plan.book_until
    }

    fn is_marked_now(&self) -> bool {
        let meeting = &self.view.meeting;
        self.view.may_mark
            && meeting.cancellation.is_none()
            && self.view.today >= meeting.plan.held_on
    }

    fn is_changed_still(&self) -> bool {
        let meeting = &self.view.meeting;
        self.view.may_change
            && meeting.cancellation.is_none()
            && self.view.today <= meeting.plan.held_on
    }
}

async fn shown(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &MeetingId,
    (problems, typed): (Problems, Typed),
) -> Result<Show, PageError> {
    let view = meetings::view(app, actor, id).await?;
    let told = line(&frame, &view.meeting);
    let (is_before, is_on) = (
        view.today < view.meeting.plan.held_on,
        view.meeting.cancellation.is_none(),
    );
    let coming = view.bookings.iter().map(|booking| {
        let stands = matches!(booking.state, BookingState::Booked | BookingState::Waiting);
        let is_own = view.books_for.iter().any(|place| place.id == booking.unit);
        Coming {
            id: booking.id.to_string(),
            number: booking.number,
            name: booking.name.clone(),
            unit_name: booking.unit_name.clone(),
            state: frame.t_fixed(booking.state.word()),
            tag: booking_tag(booking),
            is_marked: booking.state == BookingState::Came,
            can_be_marked: matches!(booking.state, BookingState::Booked | BookingState::Came),
            can_be_cancelled: stands && is_own && is_before && is_on,
        }
    });
    // Whose union has booked all that it can is not asked for another name.
    let may_send_more = |unit: &UnitPlace| {
        let stands = |one: &&Booking| one.unit == unit.id && one.state != BookingState::Cancelled;
        (view.bookings.iter().filter(stands).count() as i64) < view.meeting.plan.each
    };
    let mut units = view.books_for.clone();
    units.retain(may_send_more);
    Ok(Show {
        problems,
        kind: told.kind,
        state: told.state(&frame),
        tag: told.tag(),
        coming: coming.collect(),
        units: options(&units),
        typed,
        view,
        frame,
    })
}

fn booking_tag(booking: &Booking) -> &'static str {
    match booking.state {
        BookingState::Came => "tag-met",
        BookingState::Booked => "tag-claimed",
        BookingState::Waiting | BookingState::Cancelled => "tag-na",
    }
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<MeetingId>,
) -> PageResult {
    let nothing = (Problems::none(), Typed::default());
    page(&shown(&app, &actor, frame, &id, nothing).await?)
}

/// Who comes, as far as the page shows it.
pub(super) async fn export_bookings(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<MeetingId>,
    Query(which): Query<Which>,
) -> PageResult {
    let view = meetings::view(&app, &actor, &id).await?;
    let headings = ["序号", "姓名", "工会", "状态", "预约时间", "经办人"];
    let listed = Listed::of(&frame, "预约名单", "bookings", &headings);
    let row = |booking: &Booking| {
        vec![
            Cell::Number(booking.number),
            Cell::Text(booking.name.clone()),
            Cell::Text(booking.unit_name.clone()),
            Cell::from(frame.t_fixed(booking.state.word())),
            Cell::Text(frame.minute(booking.at)),
            Cell::Text(booking.by_name.clone()),
        ]
    };
    let rows = view.bookings.iter().map(row).collect();
    listed.answer(rows, &which.format).await
}

async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &MeetingId,
    what: (Problems, Typed),
) -> PageResult {
    unprocessable(&shown(app, actor, frame, id, what).await?)
}

pub(super) async fn book(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<MeetingId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let unit: UnitId = path::read(&typed.unit)?;
    let done = meetings::book(&app, &actor, (&id, &unit), &typed.name).await;
    match told(done, &frame)? {
        Ok(BookingState::Waiting) => see_other_with(
            &address::meeting(&id),
            "名额已满，排在候补里；有人取消，按先后自动补上，会发消息。",
        ),
        Ok(_) => see_other_with(&address::meeting(&id), "已预约。"),
        Err(problems) => again(&app, &actor, frame, &id, (problems, typed)).await,
    }
}

pub(super) async fn cancel_booking(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, booking)): Path<(MeetingId, BookingId)>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let done = meetings::cancel_booking(&app, &actor, &id, &booking).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::meeting(&id), "预约已取消，名额让给候补的单位。"),
        Err(problems) => again(&app, &actor, frame, &id, (problems, Typed::default())).await,
    }
}

pub(super) async fn cancel(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<MeetingId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let done = meetings::cancel(&app, &actor, &id, &typed.reason).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            &address::meeting(&id),
            "会议已取消，预约和承办的单位会收到消息。",
        ),
        Err(problems) => again(&app, &actor, frame, &id, (problems, typed)).await,
    }
}

pub(super) async fn mark(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<MeetingId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let came = typed.came.iter().map(|id| path::read(id));
    let came = came.collect::<Result<Vec<BookingId>, _>>()?;
    let done = meetings::mark(&app, &actor, &id, &came).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(&address::meeting(&id), "到会人员已登记。"),
        Err(problems) => again(&app, &actor, frame, &id, (problems, Typed::default())).await,
    }
}
