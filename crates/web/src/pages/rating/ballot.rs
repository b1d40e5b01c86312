//! Voting by slip, on a phone or at the union's shared tablet: type or scan, choose, a last look, thanks. Nothing of it is kept but the ballot:
//! no cookie, no account, no script, and no page that shows a choice together with a slip.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jianjia_app::{
    core::app::App,
    rating::{
        ballot::{self as ballots, Paper, Slip},
        poll::{self as polls, Heading},
    },
};
use jianjia_domain::{core::ids::PollId, rating::poll::slip::SlipRefusal};
use jianjia_standard::Lang;

use crate::{
    form::NamelessForm,
    frame::Frame,
    page::{PageError, PageResult, page, see_other, unprocessable},
    pages::rating::address,
    path::Path,
    routes::{Access, Route},
    visit::preference_cookie,
};

pub mod cast;
mod paper;

use paper::{Confirm, PaperPage, chosen};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/v", Access::Public, enter),
        Route::post("/v", Access::Public, typed),
        Route::get("/v/why", Access::Public, why),
        Route::get("/v/thanks", Access::Public, thanks),
        Route::get("/v/confirm", Access::Public, to_the_start),
        Route::post("/v/confirm", Access::Public, confirm),
        Route::get("/v/cast", Access::Public, to_the_start),
        Route::post("/v/cast", Access::Public, cast::cast),
        Route::get("/v/{code}", Access::Public, scanned),
        Route::get("/kiosk/{poll}", Access::Public, kiosk),
        Route::get("/kiosk/{poll}/thanks", Access::Public, kiosk_thanks),
    ]
}

/// The slip's code is typed. At the shared tablet `kiosk` is its poll, elsewhere empty; all pages of voting carry it on.
#[derive(Template)]
#[template(path = "rating/ballot/enter.html")]
struct Enter {
    frame: Frame,
    kiosk: String,
    heading: Option<Heading>,
    typed: String,
    problem: Option<String>,
}

/// Why there is no voting with this slip.
#[derive(Template)]
#[template(path = "rating/ballot/told.html")]
struct Told {
    frame: Frame,
    kiosk: String,
    is_used: bool,
    sentence: String,
}

#[derive(Template)]
#[template(path = "rating/ballot/thanks.html")]
struct Thanks {
    frame: Frame,
    kiosk: String,
}

#[derive(Template)]
#[template(path = "rating/ballot/why.html")]
struct Why {
    frame: Frame,
}

async fn enter(frame: Frame) -> PageResult {
    page(&Enter {
        frame,
        kiosk: String::new(),
        heading: None,
        typed: String::new(),
        problem: None,
    })
}

async fn kiosk(State(app): State<App>, frame: Frame, Path(poll): Path<PollId>) -> PageResult {
    let heading = polls::heading(&app, &poll).await?;
    page(&Enter {
        frame,
        kiosk: heading.poll.to_string(),
        heading: Some(heading),
        typed: String::new(),
        problem: None,
    })
}

async fn why(frame: Frame) -> PageResult {
    page(&Why { frame })
}

async fn thanks(frame: Frame) -> PageResult {
    let kiosk = String::new();
    page(&Thanks { frame, kiosk })
}

async fn kiosk_thanks(frame: Frame, Path(poll): Path<PollId>) -> PageResult {
    page(&Thanks {
        frame,
        kiosk: poll.to_string(),
    })
}

async fn to_the_start() -> PageResult {
    see_other("/v")
}

async fn scanned(State(app): State<App>, frame: Frame, Path(code): Path<String>) -> PageResult {
    match ballots::slip(&app, &code).await? {
        Slip::Paper(paper) => PaperPage {
            chosen: chosen(&NamelessForm::default(), &paper),
            suggestion: String::new(),
            kiosk: String::new(),
            problem: None,
            paper,
            frame,
        }
        .level(StatusCode::OK),
        Slip::Counted(poll) => see_other(&address::result(&poll)),
        Slip::Refused(refused) => page(&told(frame, String::new(), refused)),
    }
}

/// Shows the paper of a typed code; also the way back from the last look, with what was chosen.
async fn typed(State(app): State<App>, mut frame: Frame, form: NamelessForm) -> PageResult {
    let kept = preferred(&mut frame, &form);
    let mut answer = match slip(&app, &frame, &form).await? {
        Ok(paper) => PaperPage {
            chosen: chosen(&form, &paper),
            suggestion: form.field("suggestion").to_owned(),
            kiosk: form.field("kiosk").to_owned(),
            problem: None,
            paper,
            frame,
        }
        .level(StatusCode::OK)?,
        Err(answer) => answer,
    };
    answer.headers_mut().extend(kept);
    Ok(answer)
}

/// Language and type that a button of the paper asks for: shown so at once, with what was chosen, and remembered as the settings are.
fn preferred(frame: &mut Frame, form: &NamelessForm) -> HeaderMap {
    let mut kept = HeaderMap::new();
    let language = match form.field("language") {
        "zh" => Some((Lang::Zh, "zh")),
        "en" => Some((Lang::En, "en")),
        _ => None,
    };
    if let Some((lang, word)) = language {
        frame.lang = lang;
        kept.append(header::SET_COOKIE, preference_cookie("lang", word));
    }
    let type_size = match form.field("type") {
        "large" => Some((true, "large")),
        "normal" => Some((false, "normal")),
        _ => None,
    };
    if let Some((is_large, word)) = type_size {
        frame.large_type = is_large;
        kept.append(header::SET_COOKIE, preference_cookie("type", word));
    }
    kept
}

async fn confirm(State(app): State<App>, frame: Frame, form: NamelessForm) -> PageResult {
    let paper = match slip(&app, &frame, &form).await? {
        Ok(paper) => paper,
        Err(answer) => return Ok(answer),
    };
    Confirm {
        chosen: chosen(&form, &paper),
        suggestion: form.field("suggestion").trim().to_owned(),
        kiosk: form.field("kiosk").to_owned(),
        paper,
        frame,
    }
    .level()
}

/// The paper of the form's slip, or the page that tells why there is none.
async fn slip(
    app: &App,
    frame: &Frame,
    form: &NamelessForm,
) -> Result<Result<Paper, Response>, PageError> {
    let kiosk = form.field("kiosk").to_owned();
    let refused = match ballots::slip(app, form.field("code")).await? {
        // A tablet serves the members of one union.
        Slip::Paper(paper) if kiosk.is_empty() || kiosk == paper.poll.to_string() => {
            return Ok(Ok(paper));
        }
        Slip::Counted(poll) => {
            let answer = see_other(&address::result(&poll))?;
            return Ok(Err(answer));
        }
        Slip::Paper(_) => SlipRefusal::Unknown,
        Slip::Refused(refused) => refused,
    };
    let frame = frame.clone();
    let answer = if refused == SlipRefusal::Unknown {
        let heading = match kiosk.parse::<PollId>() {
            Ok(poll) => Some(polls::heading(app, &poll).await?),
            Err(_) => None,
        };
        unprocessable(&Enter {
            problem: Some(refused.sentence(frame.lang)),
            typed: form.field("code").to_owned(),
            heading,
            kiosk,
            frame,
        })
    } else {
        unprocessable(&told(frame, kiosk, refused))
    };
    Ok(Err(answer?.into_response()))
}

fn told(frame: Frame, kiosk: String, refused: SlipRefusal) -> Told {
    Told {
        is_used: refused == SlipRefusal::Used,
        sentence: refused.sentence(frame.lang),
        frame,
        kiosk,
    }
}
