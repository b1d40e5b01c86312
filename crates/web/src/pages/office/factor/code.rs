//! The second factor after the password: a code, or a passkey where there is one.

use std::sync::Arc;

use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
};
use jianjia_app::{
    core::app::App,
    office::{
        factor as factors,
        passkey::{self as passkeys, relying::Here},
    },
};
use jianjia_domain::office::factor::Ways;
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    measures::Measures,
    page::{PageResult, json, page, see_other, unprocessable},
    pages::office::sign_in::{by_notices, inside},
    routes::{Access, Route},
    session::{Awaiting, Token},
    visit::{Visit, Visiting, percent_encoded},
};

const CODE: &str = "/sign-in/code";

/// What the passkey of whoever gives no code is asked.
const QUESTION: &str = "/sign-in/code/passkey";

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(CODE, Access::SignedIn, show),
        Route::post(CODE, Access::SignedIn, give),
        Route::post(QUESTION, Access::SignedIn, question),
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
    ways: Ways,
    here: Here,
    question: &'static str,
}

fn code_page(app: &App, visit: &Visit, frame: Frame, name: String, next: String) -> CodePage {
    CodePage {
        frame,
        problems: Problems::none(),
        name,
        next,
        ways: visit.ways,
        here: passkeys::relying::here(app, &visit.origin),
        question: QUESTION,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    next: String,
    code: String,
    /// What a passkey signed; empty when a code was typed.
    passkey: String,
}

async fn show(
    State(app): State<App>,
    Awaiting(actor): Awaiting,
    Visiting(visit): Visiting,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    page(&code_page(&app, &visit, frame, actor.name, asked.next))
}

async fn question(
    State(app): State<App>,
    Awaiting(actor): Awaiting,
    Token(token): Token,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    json(passkeys::question(&app, &actor, &token).await?)
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
    let given = if asked.passkey.is_empty() {
        factors::give(&app, &actor, &token, &asked.code).await
    } else {
        passkeys::give(&app, &actor, &token, &asked.passkey).await
    };
    match told(given, &frame)? {
        Ok(()) => see_other(&by_notices(&inside(&asked.next), visit.has_notices)),
        Err(problems) => {
            measures.sign_in_failures.inc();
            unprocessable(&CodePage {
                problems,
                ..code_page(&app, &visit, frame, actor.name, asked.next)
            })
        }
    }
}
