//! Accounts for the chairs of a subtree, made from the register: first what it would do, then done.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    office::invitation::making::{self, Preview},
};
use jianjia_domain::core::{ids::UnitId, policy::Actor};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::office::invitation::INVITE,
    path,
    routes::Route,
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/invitations/making", INVITE, show),
        Route::post("/invitations/making", INVITE, make),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    under: String,
    /// `all`, or `named` for the unions whose register names the chair.
    which: String,
    shown: String,
}

#[derive(Template)]
#[template(path = "office/invitation/making.html")]
struct Making {
    frame: Frame,
    problems: Problems,
    preview: Preview,
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let under: UnitId = path::read(&asked.under)?;
    page(&shown(&app, &actor, frame, Problems::none(), &under).await?)
}

async fn make(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(asked): Form<Asked>,
) -> PageResult {
    let under: UnitId = path::read(&asked.under)?;
    let count = asked.shown.parse().unwrap_or(0);
    let is_all = asked.which != "named";
    match told(
        making::make(&app, &actor, &under, is_all, count).await,
        &frame,
    )? {
        Ok(made) => {
            let notice = frame.t1(
                "已经建好 {} 个账号，还不能登录：请打印邀请单。",
                frame.count(made),
            );
            see_other_with(&format!("/invitations?under={under}"), &notice)
        }
        Err(problems) => unprocessable(&shown(&app, &actor, frame, problems, &under).await?),
    }
}

async fn shown(
    app: &App,
    actor: &Actor,
    frame: Frame,
    problems: Problems,
    under: &UnitId,
) -> Result<Making, PageError> {
    Ok(Making {
        preview: making::preview(app, actor, under).await?,
        frame,
        problems,
    })
}
