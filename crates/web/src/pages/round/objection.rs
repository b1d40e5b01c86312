//! Objections: written without an account at a public notice, followed by number and code; and for those who handle them, the list and each of them
//! (`handling`).

pub(crate) mod export;
mod handling;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, paper::Format},
    round::{
        objection::{self as objections, Followed, Receipt},
        paper::reply,
        publication::{self as publications, Notice},
    },
};
use jianjia_domain::{
    core::{ids::PublicationId, policy::Act, refusal::Refusal},
    rating::poll::slip,
    round::{
        objection::{FILES_AT_MOST, FILES_BYTES, ObjectionForm, ObjectionRefusal, ObjectionState},
        publication::Shown,
    },
};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, unprocessable},
    pages::{core::export::download, round::address, year::evidence::files_of},
    paper,
    path::Path,
    request_key,
    routes::{Access, Route},
    session::Browser,
};

const LOOK: Access = Access::Act(Act::LookIntoObjection);
const HANDLE: Access = Access::Act(Act::HandleObjection);

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/publications/{id}/objection", Access::Public, write),
        Route::post("/publications/{id}/objection", Access::Public, receive),
        Route::get("/objections/follow", Access::Public, find),
        Route::get("/objections/follow/{number}", Access::Public, ask),
        Route::post("/objections/follow/{number}", Access::Public, follow),
        Route::get(address::OBJECTIONS, LOOK, handling::list),
        Route::get("/objections/export", LOOK, download::<export::Handled>),
        Route::get("/objections/{id}", LOOK, handling::show),
        Route::get(
            "/objections/{id}/evidence/{place}",
            LOOK,
            handling::evidence,
        ),
        Route::post("/objections/{id}/assignment", HANDLE, handling::assign),
        Route::post("/objections/{id}/note", LOOK, handling::note),
        Route::post("/objections/{id}/answer", HANDLE, handling::answer),
    ]
}

/// What the files can be, for the browser's dialogue.
const ACCEPT: &str = ".jpg,.jpeg,.png,.pdf";

#[derive(Template)]
#[template(path = "round/objection/write.html")]
struct Write {
    frame: Frame,
    problems: Problems,
    form: ObjectionForm,
    notice: Notice,
}

impl Write {
    fn candidates(&self, shown: &Shown) -> Vec<(String, String)> {
        let lines = shown.lines.iter().zip(&self.notice.applications);
        lines
            .map(|(line, id)| {
                let words = match line.union.as_str() {
                    "" => format!("{}. {}", line.place, line.name),
                    union => format!("{}. {} · {union}", line.place, line.name),
                };
                (id.to_string(), words)
            })
            .collect()
    }

    fn files_hint(&self) -> String {
        self.frame.t2(
            "照片（JPG、PNG）或 PDF，最多 {} 个，一共不超过 {} MB；照片里的拍摄地点等信息会自动去掉。",
            FILES_AT_MOST,
            FILES_BYTES / (1024 * 1024),
        )
    }
}

async fn write(State(app): State<App>, frame: Frame, Path(id): Path<PublicationId>) -> PageResult {
    page(&Write {
        frame,
        problems: Problems::none(),
        form: ObjectionForm {
            request_key: request_key::fresh(&app),
            ..ObjectionForm::default()
        },
        notice: publications::notice(&app, &id).await?,
    })
}

/// What is told once to whoever objected. The code is kept nowhere, so there is no page to go on to.
#[derive(Template)]
#[template(path = "round/objection/received.html")]
struct Received {
    frame: Frame,
    number: i64,
    code: String,
    confirm_from: Option<Timestamp>,
}

async fn receive(
    State(app): State<App>,
    Browser(browser): Browser,
    frame: Frame,
    Path(id): Path<PublicationId>,
    upload: Upload,
) -> PageResult {
    let field = |name: &str| upload.field(name).to_owned();
    let form = ObjectionForm {
        application: field("application"),
        text: field("text"),
        name: field("name"),
        telephone: field("telephone"),
        keep_from: field("keep_from"),
        website: field("website"),
        request_key: field("request_key"),
    };
    let received = match files_of(&upload) {
        Ok(files) => objections::receive(&app, &browser.network, &id, &form, files).await,
        Err(dropped) => Err(dropped),
    };
    match told(received, &frame)? {
        Ok(Receipt {
            number,
            code,
            confirm_from,
        }) => page(&Received {
            frame,
            number,
            code: slip::printed(&code),
            confirm_from,
        }),
        Err(problems) => unprocessable(&Write {
            frame,
            problems,
            form,
            notice: publications::notice(&app, &id).await?,
        }),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Number {
    number: String,
}

/// The number is typed into a form and stands in the address of the objection.
async fn find(frame: Frame, Query(asked): Query<Number>) -> PageResult {
    // People copy it with what stands around it: 第2号.
    let digits: String = asked.number.chars().filter_map(digit).collect();
    if let Ok(number) = digits.parse::<i64>() {
        return see_other(&address::followed_objection(number));
    }
    let typed = asked.number.trim().to_owned();
    let refusal = ObjectionRefusal::NoNumber {
        typed: typed.clone(),
    };
    page(&Follow {
        problems: Problems::new(&Refusal::at("number", refusal), frame.lang),
        typed,
        ..Follow::asking(frame, None)
    })
}

/// A digit, however wide.
fn digit(letter: char) -> Option<char> {
    match letter {
        '0'..='9' => Some(letter),
        '０'..='９' => char::from_u32(u32::from(letter) - u32::from('０') + u32::from('0')),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "round/objection/follow.html")]
struct Follow {
    frame: Frame,
    problems: Problems,
    /// None where it is still to be typed.
    number: Option<i64>,
    /// As a number, where it was none.
    typed: String,
    found: Option<Followed>,
    /// Kept for the form that confirms, once it was right.
    code: String,
}

impl Follow {
    fn asking(frame: Frame, number: Option<i64>) -> Follow {
        Follow {
            frame,
            problems: Problems::none(),
            number,
            typed: String::new(),
            found: None,
            code: String::new(),
        }
    }

    fn waits(&self, found: &Followed) -> bool {
        found.objection.state() == ObjectionState::Unconfirmed
    }
}

async fn ask(frame: Frame, Path(number): Path<i64>) -> PageResult {
    page(&Follow::asking(frame, Some(number)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Code {
    code: String,
    /// `confirm`; `reply.pdf`, `reply.docx` for the answer as a paper; or nothing.
    act: String,
}

async fn follow(
    State(app): State<App>,
    Browser(browser): Browser,
    frame: Frame,
    Path(number): Path<i64>,
    Form(typed): Form<Code>,
) -> PageResult {
    let mut problems = Problems::none();
    if typed.act == "confirm" {
        let done = objections::confirm(&app, &browser.network, number, &typed.code).await;
        if let Err(told) = told(done, &frame)? {
            problems = told;
        }
    }
    let found = objections::follow(&app, &browser.network, number, &typed.code).await;
    match told(found, &frame)? {
        Ok(found) if typed.act.starts_with("reply.") => {
            let (_, format) = Format::of_name(&typed.act).ok_or(PageError::NotFound)?;
            let reply = reply::followed(&app, &found).await?;
            paper::made(&app, reply, format).await
        }
        Ok(found) => {
            let shown = Follow {
                frame,
                number: Some(number),
                typed: String::new(),
                found: Some(found),
                code: typed.code,
                problems,
            };
            if shown.problems.is_empty() {
                page(&shown)
            } else {
                unprocessable(&shown)
            }
        }
        Err(problems) => unprocessable(&Follow {
            problems,
            ..Follow::asking(frame, Some(number))
        }),
    }
}
