//! Slips: a sheet to cut, shown once; slips and printings declared spoiled.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::{
        app::App,
        paper::{self as papers, Format},
    },
    rating::{
        paper,
        slip::{self as slips, SlipSheet},
    },
};
use jianjia_domain::{
    core::{ids::PollId, policy::Act},
    rating::poll::slip::printed,
};

use serde::Deserialize;

use crate::{
    form::{Form, told},
    frame::Frame,
    page::{PageResult, page, see_other_with},
    pages::rating::{
        address,
        poll::{Typed, again, ticked},
    },
    path::Path,
    qr,
    routes::{Access, Route},
    session::SignedIn,
    table_file,
    visit::Origin,
};

pub fn routes() -> Vec<Route> {
    const HOLD: Access = Access::Act(Act::HoldPoll);
    vec![
        Route::post("/polls/{id}/slips", HOLD, make),
        Route::post("/polls/{id}/spoiled-slips", HOLD, spoil),
        Route::post("/polls/{id}/spoiled-batches", HOLD, spoil_batch),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct SlipForm {
    number: String,
    code: String,
    batch: String,
    sure: String,
    /// `pdf`: as a file, else as a page to print.
    #[serde(rename = "as")]
    wanted: String,
}

/// The sheet to cut, ten slips a page.
#[derive(Template)]
#[template(path = "rating/slip/sheet.html")]
struct SheetPage {
    frame: Frame,
    sheet: SlipSheet,
    /// Code in groups of four, and the QR code of its address.
    slips: Vec<(String, String)>,
    /// Where a code is typed: `jianjia.example/v`.
    address: String,
    closes_on: String,
}

/// Slips to a printed page.
const A_PAGE: usize = 10;

async fn make(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Origin(origin): Origin,
    frame: Frame,
    Path(id): Path<PollId>,
    Form(form): Form<SlipForm>,
) -> PageResult {
    let sheet = match told(slips::make(&app, &actor, &id, &form.number).await, &frame)? {
        Ok(sheet) => sheet,
        Err(problems) => {
            let typed = Typed {
                number: form.number,
                ..Typed::default()
            };
            return again(&app, &actor, frame, &id, problems, typed).await;
        }
    };
    if form.wanted == Format::Pdf.ending() {
        let paper = paper::slips::sheet(&app, &sheet, |code| scanned(&origin, code))?;
        let name = paper.file_name(Format::Pdf);
        match papers::one(&app, paper, Format::Pdf).await {
            Ok(file) => return Ok(table_file::named(&name, Format::Pdf.media_type(), file)),
            // The codes are shown this once, on the page at least.
            Err(error) => tracing::error!(%error, "slips are shown on the page"),
        }
    }
    let closes_on = sheet.poll.plan.closes_on;
    let host = origin
        .split_once("://")
        .map_or(origin.as_str(), |(_, host)| host);
    page(&SheetPage {
        slips: sheet
            .codes
            .iter()
            .map(|code| (printed(code), qr::svg(&scanned(&origin, code))))
            .collect(),
        address: format!("{host}/v"),
        closes_on: closes_on.map_or_else(String::new, |day| frame.day(day)),
        sheet,
        frame,
    })
}

/// The address that a slip's QR code leads to. The code stands where no browser sends it to a server, so that no log on the way has it; the
/// page at `/v` puts it into its form, or has it typed where there is no script.
fn scanned(origin: &str, code: &str) -> String {
    format!("{origin}/v#{code}")
}

async fn spoil(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PollId>,
    Form(form): Form<SlipForm>,
) -> PageResult {
    match told(slips::spoil(&app, &actor, &id, &form.code).await, &frame)? {
        Ok(()) => see_other_with(&address::slips(&id), "这张票已作废，可以补制一张换给他。"),
        Err(problems) => {
            let typed = Typed {
                code: form.code,
                ..Typed::default()
            };
            again(&app, &actor, frame, &id, problems, typed).await
        }
    }
}

async fn spoil_batch(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PollId>,
    Form(form): Form<SlipForm>,
) -> PageResult {
    // What is no number is no batch: nothing becomes spoiled.
    let batch = form.batch.parse().unwrap_or(0);
    let done = match ticked(&form.sure) {
        Ok(()) => slips::spoil_batch(&app, &actor, &id, batch).await,
        Err(refused) => Err(refused),
    };
    match told(done, &frame)? {
        Ok(_) => see_other_with(
            &address::slips(&id),
            "这一批没用过的票都已作废，可以重新制作测评票。",
        ),
        Err(problems) => {
            let problems = problems.renamed("sure", &tick_of(batch));
            again(&app, &actor, frame, &id, problems, Typed::default()).await
        }
    }
}

/// The id of the tick at a printing; each has one, and so has the end of voting.
pub fn tick_of(batch: i64) -> String {
    format!("sure-{batch}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_is_asked_for_has_no_code() {
        let address = scanned("https://jianjia.example", "ABCD2345EFGH");
        let uri: axum::http::Uri = address.parse().unwrap();
        assert_eq!(uri.path_and_query().unwrap().as_str(), "/v");
        assert!(address.ends_with("#ABCD2345EFGH"));
    }
}
