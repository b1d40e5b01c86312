//! Meetings: the list, calling one, and one with its places and who comes.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    sharing::meeting::{self as meetings, MeetingPage, MeetingView},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        ids::{BookingId, MeetingId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, Role},
        refusal::{General, Refusal},
    },
    sharing::meeting::{Booking, BookingState, Meeting, MeetingForm, MeetingKind},
};
use serde::Deserialize;

use super::topic::options;
use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::{Listed, Rows, streamed},
        sharing::address,
    },
    path::{self, Path},
    request_key,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let hold = Access::Act(Act::HoldMeeting);
    let book_places = Access::Act(Act::BookMeeting);
    vec![
        Route::get("/meetings", Access::SignedIn, list),
        Route::get("/meetings/export", Access::SignedIn, export),
        Route::get("/meetings/new", hold, new),
        Route::post("/meetings", hold, call),
        Route::get("/meetings/{id}", Access::SignedIn, show),
        Route::get("/meetings/{id}/export", Access::SignedIn, export_bookings),
        Route::get("/meetings/{id}/edit", hold, edit),
        Route::post("/meetings/{id}/edit", hold, change),
        Route::post("/meetings/{id}/cancellation", hold, cancel),
        Route::post("/meetings/{id}/bookings", book_places, book),
        Route::post(
            "/meetings/{id}/bookings/{booking}/cancellation",
            book_places,
            cancel_booking,
        ),
        Route::post("/meetings/{id}/attendance", Access::SignedIn, mark),
    ]
}

/// Which page, and of a file its format.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    page: String,
    format: String,
}

/// A line of the list.
struct Line {
    id: String,
    title: String,
    kind: &'static str,
    unit_name: String,
    host_name: String,
    when: String,
    place: String,
    taken: i64,
    places: i64,
    is_cancelled: bool,
    is_over: bool,
    /// Places are not booked any more.
    is_closed: bool,
}

fn line(frame: &Frame, meeting: &Meeting) -> Line {
    let plan = &meeting.plan;
    Line {
        id: meeting.id.to_string(),
        title: plan.title.clone(),
        kind: frame.t_fixed(meeting.kind.word()),
        unit_name: meeting.unit_name.clone(),
        host_name: meeting.host_name.clone(),
        when: format!("{} {}", plan.held_on, plan.begins),
        place: plan.place.clone(),
        taken: meeting.taken,
        places: plan.places,
        is_cancelled: meeting.cancellation.is_some(),
        is_over: plan.held_on < frame.today,
        is_closed: plan.book_until < frame.today,
    }
}

impl Line {
    /// Where it stands, as the list and its table say it.
    fn state(&self, frame: &Frame) -> &'static str {
        if self.is_cancelled {
            frame.t_fixed("会议|已取消")
        } else if self.is_over {
            frame.t_fixed("会议|已开过")
        } else if self.is_closed {
            frame.t_fixed("会议|预约已截止")
        } else if self.taken >= self.places {
            frame.t_fixed("会议|已约满")
        } else {
            frame.t_fixed("会议|可以预约")
        }
    }

    fn tag(&self) -> &'static str {
        if self.is_cancelled {
            "tag-unmet"
        } else if self.is_over || self.is_closed {
            "tag-na"
        } else {
            "tag-claimed"
        }
    }
}

#[derive(Template)]
#[template(path = "sharing/meeting/list.html")]
struct List {
    frame: Frame,
    lines: Vec<Line>,
    found: MeetingPage,
}

async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(which): Query<Which>,
) -> PageResult {
    let number = which.page.trim().parse().unwrap_or(1);
    let found = meetings::list(&app, &actor, number).await?;
    let lines = found.meetings.iter();
    page(&List {
        lines: lines.map(|meeting| line(&frame, meeting)).collect(),
        found,
        frame,
    })
}

async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(which): Query<Which>,
) -> PageResult {
    let headings = [
        "会议名称",
        "会议类别",
        "召集单位",
        "承办单位",
        "时间",
        "地点",
        "会议名额",
        "已预约",
        "状态",
    ];
    let listed = Listed::of(&frame, "现场交流", "meetings", &headings);
    let (app, actor, frame) = (&app, &actor, &frame);
    let read = |portion| async move {
        let (found, total) = meetings::export(app, actor, portion).await?;
        let row = |meeting: &Meeting| {
            let line = line(frame, meeting);
            let state = line.state(frame);
            vec![
                Cell::Text(line.title),
                Cell::from(line.kind),
                Cell::Text(line.unit_name),
                Cell::Text(line.host_name),
                Cell::Text(line.when),
                Cell::Text(line.place),
                Cell::Number(line.places),
                Cell::Number(line.taken),
                Cell::from(state),
            ]
        };
        Ok::<_, PageError>(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    };
    streamed(listed, &which.format, read).await
}

#[derive(Template)]
#[template(path = "sharing/meeting/edit.html")]
struct Edit {
    frame: Frame,
    problems: Problems,
    form: MeetingForm,
    action: String,
    back: String,
    /// Empty where it is changed: who calls it, where and what kind it is stay.
    units: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
}

fn kinds(frame: &Frame) -> Vec<(String, String)> {
    let kinds = MeetingKind::ALL.into_iter();
    kinds
        .map(|kind| (kind.key().to_owned(), frame.t_fixed(kind.word()).to_owned()))
        .collect()
}

async fn new_page(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (problems, form): (Problems, MeetingForm),
) -> Result<Edit, PageError> {
    let may_call = meetings::list(app, actor, 1).await?.may_call;
    if may_call.is_empty() {
        let roles = vec![Role::Reviewer, Role::Approver];
        let refusal = General::NotYourRole {
            act: Act::HoldMeeting,
            roles,
        };
        return Err(Refusal::from(refusal).into());
    }
    Ok(Edit {
        problems,
        form,
        action: address::MEETINGS.to_owned(),
        back: address::MEETINGS.to_owned(),
        units: options(&may_call),
        kinds: kinds(&frame),
        frame,
    })
}

async fn new(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    let form = MeetingForm {
        begins: "14:00".to_owned(),
        each: "1".to_owned(),
        remind_days: app.in_force().sharing.remind_days.to_string(),
        request_key: request_key::fresh(&app),
        ..MeetingForm::default()
    };
    page(&new_page(&app, &actor, frame, (Problems::none(), form)).await?)
}

async fn call(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<MeetingForm>,
) -> PageResult {
    let unit: UnitId = path::read(&form.unit)?;
    let done = meetings::call(&app, &actor, &unit, &form).await;
    match told(done, &frame)? {
        Ok(id) => see_other_with(&address::meeting(&id), "会议已发布，承办单位会收到消息。"),
        Err(problems) => unprocessable(&new_page(&app, &actor, frame, (problems, form)).await?),
    }
}

fn edit_page(frame: Frame, id: &MeetingId, (problems, form): (Problems, MeetingForm)) -> Edit {
    Edit {
        problems,
        form,
        action: format!("{}/edit", address::meeting(id)),
        back: address::meeting(id),
        units: Vec::new(),
        kinds: kinds(&frame),
        frame,
    }
}

async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<MeetingId>,
) -> PageResult {
    let (_, form) = meetings::form_of(&app, &actor, &id).await?;
    page(&edit_page(frame, &id, (Problems::none(), form)))
}

async fn change(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<MeetingId>,
    Form(mut form): Form<MeetingForm>,
) -> PageResult {
    let done = meetings::change(&app, &actor, &id, &form).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::meeting(&id), "已修改，预约的单位会收到消息。"),
        Err(problems) => {
            let (found, _) = meetings::form_of(&app, &actor, &id).await?;
            form.revision = found.revision.to_string();
            unprocessable(&edit_page(frame, &id, (problems, form)))
        }
    }
}

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
struct Typed {
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

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<MeetingId>,
) -> PageResult {
    let nothing = (Problems::none(), Typed::default());
    page(&shown(&app, &actor, frame, &id, nothing).await?)
}

/// Who comes, as far as the page shows it.
async fn export_bookings(
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

async fn book(
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

async fn cancel_booking(
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

async fn cancel(
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

async fn mark(
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
