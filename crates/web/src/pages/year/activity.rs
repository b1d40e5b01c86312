//! The activity log of a union: what was done, month by month, and which months and quarters are still empty.

mod export;
mod list;

use askama::Template;
use axum::extract::State;
use jianjia_app::{core::app::App, year::activity as activities};
use jianjia_domain::{
    core::{
        ids::{ActivityId, UnitId},
        place::UnitPlace,
        policy::Act,
    },
    year::activity::{Activity, ActivityInput},
};
use jianjia_standard::programme::ActivityKind;
use serde::Deserialize;

use self::list::{list, list_page};
use crate::{
    form::{Form, Nothing, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::year::{address, evidence::files_of},
    path::{self, Path},
    request_key,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::LogActivity);
    vec![
        Route::get("/units/{id}/activities", Access::Seen, list),
        Route::get(
            "/units/{id}/activities/export",
            Access::Seen,
            export::export,
        ),
        Route::post("/units/{id}/activities", act, log),
        Route::get("/units/{id}/activities/{activity}", act, edit),
        Route::post("/units/{id}/activities/{activity}", act, correct),
        Route::get("/units/{id}/activities/{activity}/removal", act, ask),
        Route::post("/units/{id}/activities/{activity}/removal", act, remove),
    ]
}

async fn log(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(unit): Path<UnitId>,
    upload: Upload,
) -> PageResult {
    let input = ActivityInput {
        held_on: upload.field("held_on").to_owned(),
        kind: upload.field("kind").to_owned(),
        title: upload.field("title").to_owned(),
        participants: upload.field("participants").to_owned(),
        note: upload.field("note").to_owned(),
        with_others: !upload.field("with_others").is_empty(),
    };
    let reuse = upload
        .fields
        .iter()
        .filter(|(name, _)| name == "reuse")
        .map(|(_, id)| path::read(id))
        .collect::<Result<Vec<_>, _>>()?;
    let key = upload.field("request_key");
    let done = match files_of(&upload) {
        Ok(files) => activities::log(&app, &actor, &unit, &input, files, &reuse, key).await,
        Err(dropped) => Err(dropped),
    };
    match told(done, &frame)? {
        Ok(_) => see_other_with(&address::activities(&unit), "活动已登记。"),
        Err(problems) => {
            let log = activities::read(&app, &actor, &unit).await?;
            unprocessable(&list_page(&app, frame, log, input, problems))
        }
    }
}

/// One activity, to be corrected.
#[derive(Template)]
#[template(path = "year/activity/edit.html")]
struct Edit {
    frame: Frame,
    unit: UnitPlace,
    id: ActivityId,
    kinds: Vec<(String, String)>,
    input: ActivityInput,
    request_key: String,
    problems: Problems,
}

async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, id)): Path<(UnitId, ActivityId)>,
) -> PageResult {
    let (unit, found) = activities::find(&app, &actor, &unit, &id).await?;
    page(&Edit {
        kinds: kinds(&app, &frame, app.clock.today().year()),
        input: ActivityInput {
            held_on: found.held_on.to_string(),
            kind: found.kind,
            title: found.title,
            participants: found
                .participants
                .map_or_else(String::new, |count| count.to_string()),
            note: found.note,
            with_others: false,
        },
        request_key: request_key::fresh(&app),
        problems: Problems::none(),
        unit,
        id,
        frame,
    })
}

async fn correct(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, id)): Path<(UnitId, ActivityId)>,
    Form(form): Form<Corrected>,
) -> PageResult {
    let input = ActivityInput {
        held_on: form.held_on,
        kind: form.kind,
        title: form.title,
        participants: form.participants,
        note: form.note,
        with_others: !form.with_others.is_empty(),
    };
    let done = activities::edit(&app, &actor, &unit, &id, &input, &form.request_key).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(&address::activities(&unit), "活动已修改。"),
        Err(problems) => {
            let (unit, _) = activities::find(&app, &actor, &unit, &id).await?;
            unprocessable(&Edit {
                kinds: kinds(&app, &frame, app.clock.today().year()),
                request_key: request_key::fresh(&app),
                unit,
                id,
                input,
                problems,
                frame,
            })
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Corrected {
    held_on: String,
    kind: String,
    title: String,
    participants: String,
    note: String,
    with_others: String,
    request_key: String,
}

/// Whether it is really to be removed.
#[derive(Template)]
#[template(path = "year/activity/removal.html")]
struct Ask {
    frame: Frame,
    unit: UnitPlace,
    found: Activity,
}

async fn ask(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, id)): Path<(UnitId, ActivityId)>,
) -> PageResult {
    let (unit, found) = activities::find(&app, &actor, &unit, &id).await?;
    page(&Ask { frame, unit, found })
}

async fn remove(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((unit, activity)): Path<(UnitId, ActivityId)>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    activities::remove(&app, &actor, &unit, &activity).await?;
    see_other_with(
        &address::activities(&unit),
        "已从台账里去掉，记录仍保留备查。",
    )
}

/// The kinds to choose from: today's plan's, and those that the plan of last year had besides, whose activities can be logged late.
fn kinds(app: &App, frame: &Frame, this_year: i16) -> Vec<(String, String)> {
    let (plan, before) = (app.standards.of(this_year), app.standards.of(this_year - 1));
    let name = |kind: &ActivityKind| frame.text(&kind.name).to_owned();
    let mut kinds: Vec<(String, String)> = plan
        .activity_kinds
        .iter()
        .map(|kind| (kind.key.clone(), name(kind)))
        .collect();
    for kind in &before.activity_kinds {
        if plan.activity_kind(&kind.key).is_none() {
            let until = before.programme.last_year;
            let name = frame.t2("{}（{} 年及以前）", name(kind), until);
            kinds.push((kind.key.clone(), name));
        }
    }
    kinds
}
