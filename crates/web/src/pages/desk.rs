//! The page after signing in: what waits for me, by role.

use askama::Template;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/desk", Access::SignedIn, show)]
}

#[derive(Template)]
#[template(path = "desk/show.html")]
struct DeskPage {
    frame: Frame,
}

async fn show(frame: Frame, SignedIn(_): SignedIn) -> PageResult {
    page(&DeskPage { frame })
}
