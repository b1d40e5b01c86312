//! Closing the books of a year.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    money::books::{self, Closing},
};
use jianjia_domain::{core::policy::Act, money::amount::yuan};

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::money::address,
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::CloseBooks);
    vec![
        Route::get("/money/{year}/closing", act, show),
        Route::post("/money/{year}/closing", act, close),
    ]
}

#[derive(Template)]
#[template(path = "money/books/closing.html")]
struct Show {
    frame: Frame,
    of: Closing,
    problems: Problems,
}

impl Show {
    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
) -> PageResult {
    page(&Show {
        of: books::preview(&app, &actor, year).await?,
        frame,
        problems: Problems::none(),
    })
}

async fn close(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    match told(books::close(&app, &actor, year).await, &frame)? {
        Ok(done) => {
            let notice = frame.t2("{} 年度已结账，结余 {} 元。", year, yuan(done.left_fen));
            see_other_with(&address::year(year), &notice)
        }
        Err(problems) => unprocessable(&Show {
            of: books::preview(&app, &actor, year).await?,
            frame,
            problems,
        }),
    }
}
