//! Meetings: the list. `calling` has the forms of whoever calls one, `show` one with its places and who comes.

mod calling;
mod show;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    sharing::meeting::{self as meetings, MeetingPage},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{core::policy::Act, sharing::meeting::Meeting};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::core::export::{Listed, Rows, streamed},
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let hold = Access::Act(Act::HoldMeeting);
    let book_places = Access::Act(Act::BookMeeting);
    vec![
        Route::get("/meetings", Access::SignedIn, list),
        Route::get("/meetings/export", Access::SignedIn, export),
        Route::get("/meetings/new", hold, calling::new),
        Route::post("/meetings", hold, calling::call),
        Route::get("/meetings/{id}", Access::SignedIn, show::show),
        Route::get(
            "/meetings/{id}/export",
            Access::SignedIn,
            show::export_bookings,
        ),
        Route::get("/meetings/{id}/edit", hold, calling::edit),
        Route::post("/meetings/{id}/edit", hold, calling::change),
        Route::post("/meetings/{id}/cancellation", hold, show::cancel),
        Route::post("/meetings/{id}/bookings", book_places, show::book),
        Route::post(
            "/meetings/{id}/bookings/{booking}/cancellation",
            book_places,
            show::cancel_booking,
        ),
        Route::post("/meetings/{id}/attendance", Access::SignedIn, show::mark),
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
