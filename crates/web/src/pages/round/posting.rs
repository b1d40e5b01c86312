//! The notice of an application in its own unit: printed, put up, and recorded.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::posting::{self as postings, PostingView},
};
use jianjia_domain::{
    core::{ids::ApplicationId, policy::Act},
    round::posting::PostingInput,
};

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    paper::{self, Link},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/applications/{id}/posting", Access::Seen, show),
        Route::post(
            "/applications/{id}/posting",
            Access::Act(Act::DraftApplication),
            record,
        ),
        Route::get("/applications/{id}/posting/sheet", Access::Seen, sheet),
    ]
}

#[derive(Template)]
#[template(path = "round/posting/show.html")]
struct Show {
    frame: Frame,
    view: PostingView,
    form: PostingInput,
    problems: Problems,
}

impl Show {
    fn papers(&self) -> Vec<Link> {
        paper::links(
            &address::application(&self.view.application.id),
            &["posting"],
        )
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    let view = postings::view(&app, &actor, &id).await?;
    let form = match &view.posting {
        Some(posting) => PostingInput {
            from: posting.from_on.to_string(),
            to: posting.to_on.to_string(),
            place: posting.place.clone(),
        },
        None => PostingInput {
            from: frame.today.to_string(),
            to: view.until.value.to_string(),
            place: String::new(),
        },
    };
    page(&Show {
        frame,
        view,
        form,
        problems: Problems::none(),
    })
}

async fn record(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(form): Form<PostingInput>,
) -> PageResult {
    let done = postings::record(&app, &actor, &id, &form).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::application(&id), "已登记在本单位的公示。"),
        Err(problems) => {
            let view = postings::view(&app, &actor, &id).await?;
            unprocessable(&Show {
                frame,
                view,
                form,
                problems,
            })
        }
    }
}

#[derive(Template)]
#[template(path = "round/posting/sheet.html")]
struct Sheet {
    frame: Frame,
    view: PostingView,
}

impl Sheet {
    /// From when to when it hangs: as recorded, or as it would from today on.
    fn days(&self) -> (String, String) {
        match &self.view.posting {
            Some(posting) => (
                self.frame.day(posting.from_on),
                self.frame.day(posting.to_on),
            ),
            None => (
                self.frame.day(self.frame.today),
                self.frame.day(self.view.until.value),
            ),
        }
    }
}

async fn sheet(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    let view = postings::view(&app, &actor, &id).await?;
    page(&Sheet { frame, view })
}
