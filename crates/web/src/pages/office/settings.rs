//! Language and large type, remembered in the browser.

use askama::Template;
use axum::{extract::Query, http::header};
use serde::Deserialize;

use crate::{
    form::Form,
    frame::Frame,
    page::{PageResult, page, see_other},
    pages::office::sign_in::inside,
    routes::{Access, Route},
    visit::preference_cookie,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/settings", Access::Public, show),
        Route::post("/settings", Access::Public, change),
    ]
}

#[derive(Template)]
#[template(path = "office/settings/show.html")]
struct SettingsPage {
    frame: Frame,
    next: String,
}

#[derive(Debug, Default, Deserialize)]
struct Settings {
    #[serde(default)]
    language: String,
    #[serde(default, rename = "type")]
    type_size: String,
    #[serde(default)]
    next: String,
}

async fn show(frame: Frame, Query(settings): Query<Settings>) -> PageResult {
    page(&SettingsPage {
        next: if settings.next.is_empty() {
            "/settings".to_owned()
        } else {
            inside(&settings.next)
        },
        frame,
    })
}

/// Each button of the page head sends one of the two; the settings page sends both.
async fn change(Form(settings): Form<Settings>) -> PageResult {
    let mut response = see_other(&inside(&settings.next))?;
    let language = match settings.language.as_str() {
        "zh" => Some("zh"),
        "en" => Some("en"),
        _ => None,
    };
    let type_size = match settings.type_size.as_str() {
        "normal" => Some("normal"),
        "large" => Some("large"),
        _ => None,
    };
    let headers = response.headers_mut();
    if let Some(language) = language {
        headers.append(header::SET_COOKIE, preference_cookie("lang", language));
    }
    if let Some(type_size) = type_size {
        headers.append(header::SET_COOKIE, preference_cookie("type", type_size));
    }
    Ok(response)
}
