//! The code of the second factor after the password.

use std::sync::Arc;

use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
};
use jianjia_app::{core::app::App, office::factor as factors};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    measures::Measures,
    page::{PageResult, page, see_other, unprocessable},
    pages::office::sign_in::{by_notices, inside},
    routes::{Access, Route},
    session::{Awaiting, Token},
    visit::{Visiting, percent_encoded},
};

const CODE: &str = "/sign-in/code";

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(CODE, Access::SignedIn, show),
        Route::post(CODE, Access::SignedIn, give),
    ]
}

/// Where a code is given before going on.
pub fn address(next: &str) -> String {
    format!("{CODE}?next={}", percent_encoded(next))
}

#[derive(Template)]
#[template(path = "office/factor/code.html")]
struct CodePage {
    frame: Frame,
    problems: Problems,
    name: String,
    next: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    next: String,
    code: String,
}

async fn show(Awaiting(actor): Awaiting, frame: Frame, Query(asked): Query<Asked>) -> PageResult {
    page(&CodePage {
        frame,
        problems: Problems::none(),
        name: actor.name,
        next: asked.next,
    })
}

async fn give(
    State(app): State<App>,
    Awaiting(actor): Awaiting,
    Token(token): Token,
    Visiting(visit): Visiting,
    frame: Frame,
    Extension(measures): Extension<Arc<Measures>>,
    Form(asked): Form<Asked>,
) -> PageResult {
    let given = factors::give(&app, &actor, &token, &asked.code).await;
    match told(given, &frame)? {
        Ok(()) => see_other(&by_notices(&inside(&asked.next), visit.has_notices)),
        Err(problems) => {
            measures.sign_in_failures.inc();
            unprocessable(&CodePage {
                frame,
                problems,
                name: actor.name,
                next: asked.next,
            })
        }
    }
}
