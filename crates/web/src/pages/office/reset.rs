//! A forgotten password: a code is asked for, and typed on the page that says that it was sent. The answer is the same whoever asks.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    office::{
        contact::{self, Contact},
        reset as resets,
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other, unprocessable},
    pages::office::address::FORGOTTEN,
    routes::{Access, Route},
    session::Browser,
};

const SENT: &str = "/sign-in/forgotten/sent";

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(FORGOTTEN, Access::Public, show),
        Route::post(FORGOTTEN, Access::Public, ask),
        Route::get(SENT, Access::Public, sent),
    ]
}

#[derive(Template)]
#[template(path = "office/reset/show.html")]
struct Forgotten {
    frame: Frame,
    problems: Problems,
    asked: String,
    /// Whether mail or text messages are set up: without them nobody helps oneself.
    is_set_up: bool,
    contact: Contact,
}

#[derive(Template)]
#[template(path = "office/reset/sent.html")]
struct Sent {
    frame: Frame,
    problems: Problems,
}

async fn forgotten(app: &App, frame: Frame, problems: Problems, asked: String) -> Forgotten {
    Forgotten {
        frame,
        problems,
        asked,
        is_set_up: is_set_up(app),
        contact: contact::of(app, None).await,
    }
}

fn is_set_up(app: &App) -> bool {
    !app.post.channels().is_empty() && app.takes_passwords()
}

async fn show(State(app): State<App>, frame: Frame) -> PageResult {
    page(&forgotten(&app, frame, Problems::none(), String::new()).await)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    asked: String,
}

async fn ask(
    State(app): State<App>,
    Browser(browser): Browser,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> PageResult {
    if !is_set_up(&app) {
        return see_other(FORGOTTEN);
    }
    let asked = resets::ask(&app, &browser, &typed.asked).await;
    match told(asked, &frame)? {
        Ok(()) => see_other(SENT),
        Err(problems) => {
            let again = forgotten(&app, frame, problems, typed.asked).await;
            unprocessable(&again)
        }
    }
}

async fn sent(frame: Frame) -> PageResult {
    page(&Sent {
        frame,
        problems: Problems::none(),
    })
}
