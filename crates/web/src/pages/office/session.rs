//! The devices on which an account is signed in: listed and ended by its owner.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    office::session::own::{self as sessions, Listed},
};
use jianjia_domain::office::device::Device;
use serde::Deserialize;

use crate::{
    form::{Form, Nothing},
    frame::Frame,
    page::{PageResult, page, see_other_with},
    routes::{Access, Route},
    session::{SignedIn, Token},
};

const SESSIONS: &str = "/accounts/sessions";

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(SESSIONS, Access::SignedIn, index),
        Route::post("/accounts/sessions/ending", Access::SignedIn, end),
        Route::post("/accounts/sessions/others", Access::SignedIn, end_others),
    ]
}

#[derive(Template)]
#[template(path = "office/session/index.html")]
struct Index {
    frame: Frame,
    sessions: Vec<Listed>,
}

impl Index {
    fn device(&self, session: &Listed) -> String {
        device_words(&self.frame, &session.device)
    }
}

/// A browser as people call it: `微信（安卓）`.
pub fn device_words(frame: &Frame, device: &Device) -> String {
    let program = frame.t_fixed(device.program.word());
    frame.t2("{}（{}）", program, frame.t_fixed(device.system.word()))
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Token(token): Token,
    frame: Frame,
) -> PageResult {
    let sessions = sessions::list(&app, &actor, &token).await?;
    page(&Index { frame, sessions })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ended {
    session: String,
}

async fn end(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Form(ended): Form<Ended>,
) -> PageResult {
    sessions::end(&app, &actor, &ended.session).await?;
    see_other_with(SESSIONS, "那台设备上的登录已经结束")
}

async fn end_others(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Token(token): Token,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    sessions::end_others(&app, &actor, &token).await?;
    see_other_with(SESSIONS, "其他设备上的登录都已经结束")
}
