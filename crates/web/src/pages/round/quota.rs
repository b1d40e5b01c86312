//! The city's places: by federation and title, with what is used and what came back.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::recommendation::{self as recommendations, PlaceInput, QuotaTable},
};
use jianjia_domain::core::{ids::UnitId, policy::Act};

use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    path::{self, Path},
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
            .get(name)
            .map_or_else(|| places.to_string(), str::to_owned)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
) -> PageResult {
    let table = recommendations::table(&app, &actor, year).await?;
    page(&Show {
        frame,
        table,
        typed: Fields::default(),
        problems: Problems::none(),
    })
}

async fn set(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let mut inputs = Vec::new();
    for (rest, places) in fields.beginning("places_") {
        let (federation, title) = rest.split_once('_').ok_or(PageError::NotFound)?;
        let seen = fields.get(&format!("seen_{rest}")).unwrap_or("0");
        inputs.push(PlaceInput {
            federation: path::read(federation)?,
            title: title.to_owned(),
            seen: path::read(seen)?,
            places: places.to_owned(),
        });
    }
    match told(
        recommendations::set_places(&app, &actor, year, &inputs).await,
        &frame,
    )? {
        Ok(_) => see_other_with(&address::quotas(year), "名额已保存。"),
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
