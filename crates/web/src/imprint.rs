//! What official papers say besides their text: number, addressees, who gets a copy, day of issue. One form for the papers of all nouns, below the address of
//! each, for whoever does the act that the paper tells of.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    imprint::{self as imprints, ImprintView},
};
use jianjia_domain::core::{
    imprint::{ImprintInput, Official},
    policy::{Act, Actor},
};

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    const ROUND: &str = "/rounds/{year}/imprint";
    const NOTICE: &str = "/publications/{id}/imprint";
    const BATCH: &str = "/honours/batches/{batch}/imprint";
    const CHECK: &str = "/spot-checks/{year}/imprint";
    vec![
        Route::get(ROUND, Access::Act(Act::SetCalendar), of_round),
        Route::post(ROUND, Access::Act(Act::SetCalendar), say_round),
        Route::get(NOTICE, Access::Act(Act::PublishCandidates), of_notice),
        Route::post(NOTICE, Access::Act(Act::PublishCandidates), say_notice),
        Route::get(BATCH, Access::Act(Act::ChangeHonour), of_batch),
        Route::post(BATCH, Access::Act(Act::ChangeHonour), say_batch),
        Route::get(CHECK, Access::Act(Act::HoldSpotCheck), of_check),
        Route::post(CHECK, Access::Act(Act::HoldSpotCheck), say_check),
    ]
}

/// Where the form stands, by what the paper is of.
pub fn address(kind: Official, subject: &str) -> String {
    let under = match kind {
        Official::Notice => "rounds",
        Official::Publication => "publications",
        Official::Decision => "honours/batches",
        Official::SpotCheckReport => "spot-checks",
    };
    format!("/{under}/{subject}/imprint")
}

/// The page that offers the paper.
fn page_of(kind: Official, subject: &str) -> String {
    match kind {
        Official::Notice => format!("/rounds/{subject}"),
        Official::Publication => format!("/publications/{subject}"),
        Official::Decision => format!("/honours/batches/{subject}"),
        Official::SpotCheckReport => format!("/check-reports/{subject}"),
    }
}

#[derive(Template)]
#[template(path = "imprint/edit.html")]
struct Edit {
    frame: Frame,
    /// Where the form is sent.
    address: String,
    /// The page that offers the paper.
    back: String,
    view: ImprintView,
    form: ImprintInput,
    problems: Problems,
}

async fn of_round(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<String>,
) -> PageResult {
    show(&app, &actor, frame, (Official::Notice, &year)).await
}

async fn say_round(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<String>,
    Form(form): Form<ImprintInput>,
) -> PageResult {
    say(&app, &actor, frame, (Official::Notice, &year), form).await
}

async fn of_notice(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> PageResult {
    show(&app, &actor, frame, (Official::Publication, &id)).await
}

async fn say_notice(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<ImprintInput>,
) -> PageResult {
    say(&app, &actor, frame, (Official::Publication, &id), form).await
}

async fn of_batch(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(batch): Path<String>,
) -> PageResult {
    show(&app, &actor, frame, (Official::Decision, &batch)).await
}

async fn say_batch(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(batch): Path<String>,
    Form(form): Form<ImprintInput>,
) -> PageResult {
    say(&app, &actor, frame, (Official::Decision, &batch), form).await
}

async fn of_check(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<String>,
) -> PageResult {
    show(&app, &actor, frame, (Official::SpotCheckReport, &year)).await
}

async fn say_check(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<String>,
    Form(form): Form<ImprintInput>,
) -> PageResult {
    say(
        &app,
        &actor,
        frame,
        (Official::SpotCheckReport, &year),
        form,
    )
    .await
}

async fn show(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (kind, subject): (Official, &str),
) -> PageResult {
    let view = imprints::show(app, actor, kind, subject).await?;
    page(&Edit {
        frame,
        address: address(kind, subject),
        back: page_of(kind, subject),
        form: view.input(),
        view,
        problems: Problems::none(),
    })
}

async fn say(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (kind, subject): (Official, &str),
    mut form: ImprintInput,
) -> PageResult {
    let done = imprints::say(app, actor, kind, subject, &form).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&page_of(kind, subject), "已登记，下载的文书按登记的打印。"),
        Err(problems) => {
            let view = imprints::show(app, actor, kind, subject).await?;
            // Whoever sends it again has seen what was said meanwhile: it stands on the page.
            form.revision = view.input().revision;
            unprocessable(&Edit {
                frame,
                address: address(kind, subject),
                back: page_of(kind, subject),
                view,
                form,
                problems,
            })
        }
    }
}
