//! The city's places: by federation and title, with what is used and what came back.

use askama::Template;
use axum::extract::{Path, State};
use jianjia_app::{
    core::app::App,
    round::recommendation::{self as recommendations, PlaceInput, QuotaTable},
};
use jianjia_domain::core::{ids::UnitId, policy::Act};

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::year::sheet::read_id,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::SetQuota);
    vec![
        Route::get("/quotas/{year}", Access::Seen, show),
        Route::post("/quotas/{year}", act, set),
    ]
}

type Fields = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "round/quota/show.html")]
struct Show {
    frame: Frame,
    table: QuotaTable,
    typed: Fields,
    problems: Problems,
}

impl Show {
    fn name(&self, federation: &UnitId, place: &usize) -> String {
        let title = self
            .table
            .titles
            .get(*place)
            .map_or("", |(title, _)| title.as_str());
        format!("places_{federation}_{title}")
    }

    /// The name without what says which sort of field it is.
    fn rest<'a>(&self, name: &'a str) -> &'a str {
        name.strip_prefix("places_").unwrap_or(name)
    }

    /// What was typed, or the places as they are.
    fn value(&self, name: &str, places: &i64) -> String {
        self.typed
            .iter()
            .find(|(key, _)| key == name)
            .map_or_else(|| places.to_string(), |(_, typed)| typed.clone())
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<String>,
) -> PageResult {
    let table = recommendations::table(&app, &actor, read_id(&year)?).await?;
    page(&Show {
        frame,
        table,
        typed: Vec::new(),
        problems: Problems::none(),
    })
}

async fn set(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<String>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let year = read_id(&year)?;
    let mut inputs = Vec::new();
    for (key, places) in &fields {
        let Some(rest) = key.strip_prefix("places_") else {
            continue;
        };
        let (federation, title) = rest.split_once('_').ok_or(PageError::NotFound)?;
        let seen = fields
            .iter()
            .find(|(name, _)| name.strip_prefix("seen_") == Some(rest))
            .map_or("0", |(_, seen)| seen);
        inputs.push(PlaceInput {
            federation: read_id(federation)?,
            title: title.to_owned(),
            seen: read_id(seen)?,
            places: places.clone(),
        });
    }
    match told(
        recommendations::set_places(&app, &actor, year, &inputs).await,
        &frame,
    )? {
        Ok(_) => see_other_with(&format!("/quotas/{year}"), "名额已保存。"),
        Err(problems) => {
            let table = recommendations::table(&app, &actor, year).await?;
            unprocessable(&Show {
                frame,
                table,
                typed: fields,
                problems,
            })
        }
    }
}
