//! The inbox: what somebody was told, unread first, each with what to do, by when, and where.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    office::message::{self as messages, Inbox},
};
use jianjia_domain::core::{day, ids::MessageId, message::Received};
use jianjia_words::message::todo;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    form::Form,
    frame::Frame,
    page::{PageResult, page, see_other},
    pages::{
        core::export::download,
        office::{address, message::export::Messages},
    },
    path::{self, Path},
    routes::{Access, Route},
    session::SignedIn,
};

pub(crate) mod export;
mod link;
mod words;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/messages", Access::SignedIn, list),
        Route::get("/messages/export", Access::SignedIn, download::<Messages>),
        Route::post("/messages/read", Access::SignedIn, read),
        Route::get("/messages/{id}", Access::SignedIn, open),
    ]
}

#[derive(Template)]
#[template(path = "office/message/list.html")]
struct List {
    frame: Frame,
    days: Vec<Day>,
    /// The instant of the newest that is shown: what comes later is not read with it.
    until: String,
    has_unread: bool,
    total: i64,
    page: i64,
    pages: i64,
}

/// The messages of a day, either all read or all unread.
struct Day {
    heading: String,
    is_read: bool,
    messages: Vec<Shown>,
}

/// A message in words.
struct Shown {
    id: String,
    /// Where it is dealt with, by way of its own address, which marks it as read.
    href: String,
    sentence: String,
    because: Vec<String>,
    /// Of a reminder: each thing, with its page.
    lines: Vec<(String, String)>,
    todo: String,
    left: String,
    minute: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
}

async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let number = asked.page.trim().parse().unwrap_or(1);
    let inbox = messages::inbox(&app, &actor, number).await?;
    page(&list_of(&app, frame, inbox))
}

fn list_of(app: &App, frame: Frame, inbox: Inbox) -> List {
    let until = inbox.messages.iter().map(|message| message.at).max();
    let mut days: Vec<Day> = Vec::new();
    for message in &inbox.messages {
        let heading = frame.day(day::day_of(message.at));
        let shown = shown(app, &frame, message);
        match days.last_mut() {
            Some(last) if last.heading == heading && last.is_read == message.is_read => {
                last.messages.push(shown);
            }
            _ => days.push(Day {
                heading,
                is_read: message.is_read,
                messages: vec![shown],
            }),
        }
    }
    List {
        days,
        until: until.map_or_else(String::new, |at| at.to_string()),
        has_unread: inbox.messages.iter().any(|message| !message.is_read),
        total: inbox.total,
        page: inbox.page,
        pages: inbox.pages,
        frame,
    }
}

fn shown(app: &App, frame: &Frame, message: &Received) -> Shown {
    let lines = message.detail.lines.iter();
    Shown {
        id: message.id.to_string(),
        href: address::message(&message.id),
        sentence: words::told(frame, message),
        because: words::because(frame, message),
        lines: lines
            .map(|line| (words::line(frame, line), link::of(line.kind, &line.about)))
            .collect(),
        todo: todo(frame.lang, message),
        left: words::left(frame, app.in_force(), message),
        minute: frame.minute(message.at),
    }
}

/// Where it is dealt with; from then on it is read.
async fn open(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<MessageId>,
) -> PageResult {
    let message = messages::open(&app, &actor, &id).await?;
    let to = message.kind.map(|kind| link::of(kind, &message.about));
    see_other(to.as_deref().unwrap_or(address::MESSAGES))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reading {
    /// One of them.
    id: String,
    /// All that had come by this instant.
    until: String,
}

async fn read(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Form(reading): Form<Reading>,
) -> PageResult {
    if reading.id.is_empty() {
        let until: Timestamp = path::read(&reading.until)?;
        messages::read_until(&app, &actor, until).await?;
    } else {
        messages::read_one(&app, &actor, &path::read(&reading.id)?).await?;
    }
    see_other(address::MESSAGES)
}
