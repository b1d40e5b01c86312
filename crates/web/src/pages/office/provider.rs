//! Signing in by the city's identity provider: the way there and back. Both are links: a form that leads to another host is forbidden to our pages.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
};
use jianjia_app::core::{
    app::App,
    error::{Error, Result as Done},
    provider::{Provider, RETURN},
};
use jianjia_domain::office::provider::ProviderRefusal;
use jianjia_identity::{self as identity, Returned};
use serde::Deserialize;

use crate::{
    demo::Demo,
    form::told,
    frame::Frame,
    measures::Measures,
    page::{PageError, PageResult, TRY_AGAIN, see_other},
    pages::office::{
        address::PROVIDER,
        sign_in::{begun_at, inside, refused},
    },
    routes::{Access, Route},
    session::Browser,
    visit::{Visiting, attempt_cookie, ended_attempt_cookie},
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(PROVIDER, Access::Public, begin),
        Route::get(RETURN, Access::Public, come_back),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct After {
    next: String,
}

async fn begin(
    State(app): State<App>,
    frame: Frame,
    Extension(demo): Extension<Arc<Demo>>,
    Query(after): Query<After>,
) -> PageResult {
    let provider = set_up(&app)?;
    let next = inside(&after.next);
    let begun = identity::begin(&app, &provider, &next).await;
    let status = status(&begun);
    match told(begun, &frame)? {
        Ok(way) => {
            let mut response = see_other(&way.to)?;
            let headers = response.headers_mut();
            headers.append(header::SET_COOKIE, attempt_cookie(&way.kept));
            // The state is for this browser alone.
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Err(problems) => {
            let response = refused(&app, frame, demo, problems, next)?;
            Ok(answered(response, status))
        }
    }
}

async fn come_back(
    State(app): State<App>,
    Visiting(visit): Visiting,
    frame: Frame,
    Browser(browser): Browser,
    Extension(measures): Extension<Arc<Measures>>,
    Extension(demo): Extension<Arc<Demo>>,
    Query(returned): Query<Returned>,
) -> PageResult {
    let provider = set_up(&app)?;
    let finished = identity::finish(&app, &provider, &browser, &visit.attempt, returned).await;
    let status = status(&finished);
    let mut response = match told(finished, &frame)? {
        Ok((begun, next)) => begun_at(&inside(&next), &begun)?,
        Err(problems) => {
            measures.sign_in_failures.inc();
            let response = refused(&app, frame, demo, problems, "/desk".to_owned())?;
            answered(response, status)
        }
    };
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, ended_attempt_cookie());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn set_up(app: &App) -> Result<Arc<Provider>, PageError> {
    app.provider.clone().ok_or(PageError::NotFound)
}

/// A provider that is away is an outage, to be tried again.
fn status<T>(done: &Done<T>) -> StatusCode {
    match done {
        Err(Error::Refused(refusal)) if refusal.of() == Some(&ProviderRefusal::Away) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn answered(
    mut response: axum::response::Response,
    status: StatusCode,
) -> axum::response::Response {
    *response.status_mut() = status;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let soon = HeaderValue::from_static(TRY_AGAIN);
        response.headers_mut().insert(header::RETRY_AFTER, soon);
    }
    response
}
