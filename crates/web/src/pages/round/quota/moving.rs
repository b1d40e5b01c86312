//! Places that came back move on: a preview, and the act.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::recommendation::{self as recommendations, MoveInput, MovePreview},
};
use jianjia_domain::core::policy::Actor;

use super::form;
use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    path::{self, Path},
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "round/quota/move.html")]
struct Preview {
    frame: Frame,
    preview: MovePreview,
}

impl Preview {
    /// The first of those who can move up.
    fn reserves(&self) -> String {
        let names = self.preview.reserves.iter().cloned();
        self.frame.first_names(names)
    }

    /// What nobody takes of the giver's closed list, now and then.
    fn free_before(&self) -> i64 {
        let from = &self.preview.from;
        from.before.left_over(from.taken)
    }

    fn free_after(&self) -> i64 {
        let from = &self.preview.from;
        from.after.left_over(from.taken)
    }
}

fn input(fields: &Fields) -> Result<MoveInput, PageError> {
    Ok(MoveInput {
        title: fields.first("title").to_owned(),
        from: Some(fields.read("from")?),
        to: Some(fields.read("to")?),
        places: fields.first("places").to_owned(),
        reason: fields.first("reason").to_owned(),
    })
}

pub(super) async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let planned = recommendations::preview_move(&app, &actor, year, &input(&fields)?).await;
    match told(planned, &frame)? {
        Ok(preview) => page(&Preview { frame, preview }),
        Err(problems) => again(&app, &actor, frame, year, fields, problems).await,
    }
}

pub(super) async fn confirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let seen = (
        path::read(fields.first("seen_from"))?,
        path::read(fields.first("seen_to"))?,
    );
    let input = input(&fields)?;
    let done = recommendations::move_places(&app, &actor, year, &input, seen).await;
    match told(done, &frame)? {
        Ok(moved) => {
            let words = frame.t1("已调剂 {} 个名额，并告知得到名额的单位。", moved.places);
            see_other_with(&address::quotas(year), &words)
        }
        Err(problems) => again(&app, &actor, frame, year, fields, problems).await,
    }
}

/// The city's places with the form of the move as it was typed.
async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    year: i16,
    fields: Fields,
    problems: Problems,
) -> PageResult {
    unprocessable(&form(app, actor, frame, year, fields, problems).await?)
}
