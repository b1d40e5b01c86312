//! Sheets to hand down or post: a page for each union, or labels. The codes stand in this answer only.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::{
        app::App,
        error::Result as Done,
        paper::{self as papers, Format},
    },
    office::{
        invitation::{
            Filter,
            printing::{self, Sheet, Sheets},
        },
        paper::invitations,
    },
};
use jianjia_domain::{
    core::ids::{AccountId, UnitId},
    office::account::login,
    rating::poll::slip::printed,
};
use serde::Deserialize;

use crate::{
    form::{Form, told},
    frame::Frame,
    page::{PageResult, page, unprocessable},
    pages::office::invitation::{INVITE, Search, chosen_days, listed, name, seats},
    path::{self, Path},
    qr,
    routes::Route,
    session::SignedIn,
    table_file,
    visit::Origin,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/invitations/sheets", INVITE, print),
        Route::post("/accounts/{id}/invitation", INVITE, print_one),
    ]
}

/// Labels to a printed page.
const LABELS: usize = 12;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    under: String,
    show: String,
    form: String,
    valid: String,
    sure: String,
}

#[derive(Template)]
#[template(path = "office/invitation/sheets.html")]
struct SheetsPage {
    frame: Frame,
    made: Sheets,
    origin: String,
    is_labels: bool,
    back: String,
}

impl SheetsPage {
    fn qr(&self, sheet: &Sheet) -> String {
        qr::svg(&scanned(&self.origin, &sheet.code))
    }

    fn code(&self, sheet: &Sheet) -> String {
        printed(&sheet.code)
    }

    /// Where a code is typed: `jianjia.example/join`.
    fn address(&self) -> String {
        typed_at(&self.origin)
    }

    fn name(&self, sheet: &Sheet) -> String {
        name(&self.frame, &sheet.name, sheet.name_source)
    }

    fn login(&self, sheet: &Sheet) -> String {
        login::shown(&sheet.login)
    }

    fn until(&self) -> String {
        self.frame.day(self.made.until)
    }
}

/// Where a code is typed: `jianjia.example/join`.
fn typed_at(origin: &str) -> String {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    format!("{host}/join")
}

/// The address that a QR code leads to: the code stands behind the `#`, which no browser sends, so that no log on the way has it.
fn scanned(origin: &str, code: &str) -> String {
    format!("{origin}/join#{code}")
}

async fn print(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Origin(origin): Origin,
    frame: Frame,
    Form(asked): Form<Asked>,
) -> PageResult {
    let under: UnitId = path::read(&asked.under)?;
    let filter = Filter::from_key(&asked.show).unwrap_or(Filter::New);
    let days = chosen_days(&asked.valid);
    let made = printing::print(&app, &actor, &under, filter, days).await;
    match told(made, &frame)? {
        Ok(made) => {
            let back = format!("/invitations?under={under}&show={}", filter.key());
            shown(&app, frame, made, origin, &asked, back).await
        }
        Err(problems) => {
            let search = Search {
                under: asked.under,
                show: asked.show,
                ..Search::default()
            };
            unprocessable(&listed(&app, &actor, frame, problems, &search).await?)
        }
    }
}

async fn print_one(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Origin(origin): Origin,
    frame: Frame,
    Path(id): Path<AccountId>,
    Form(asked): Form<Asked>,
) -> PageResult {
    let days = chosen_days(&asked.valid);
    let is_sure = asked.sure == "yes";
    let made: Done<Sheets> = printing::print_one(&app, &actor, &id, days, is_sure).await;
    match told(made, &frame)? {
        Ok(made) => {
            let back = format!("/units/{}/accounts", made.unit.id);
            shown(&app, frame, made, origin, &asked, back).await
        }
        Err(problems) => seats::again(&app, &actor, frame, &id, problems).await,
    }
}

async fn shown(
    app: &App,
    frame: Frame,
    made: Sheets,
    origin: String,
    asked: &Asked,
    back: String,
) -> PageResult {
    if asked.form == Format::Pdf.ending() {
        let paper =
            invitations::sheet(app, &made, typed_at(&origin), |code| scanned(&origin, code))?;
        let name = paper.file_name(Format::Pdf);
        match papers::one(app, paper, Format::Pdf).await {
            Ok(file) => return Ok(table_file::named(&name, Format::Pdf.media_type(), file)),
            // The codes are shown this once, on the page at least.
            Err(error) => tracing::error!(%error, "invitations are shown on the page"),
        }
    }
    page(&SheetsPage {
        frame,
        made,
        origin,
        is_labels: asked.form == "labels",
        back,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_is_asked_for_has_no_code() {
        let address = scanned("https://jianjia.example", "ABCD2345EFGH");
        let uri: axum::http::Uri = address.parse().unwrap();
        assert_eq!(uri.path_and_query().unwrap().as_str(), "/join");
        assert!(address.ends_with("#ABCD2345EFGH"));
    }
}
