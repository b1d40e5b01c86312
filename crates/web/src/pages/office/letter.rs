//! Letters of the public: written without an account, followed by number and code; and for those who answer, the list and each letter.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    office::letter::{self as letters, Letters, Receipt},
};
use jianjia_domain::{
    core::{
        ids::LetterId,
        policy::{Act, Actor},
    },
    office::letter::{Letter, LetterForm, LetterKind, Writer},
    rating::poll::slip,
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, see_other_with, unprocessable},
    pages::{core::export::download, office::address},
    path::Path,
    request_key,
    routes::{Access, Route},
    session::{Browser, SignedIn},
};

pub(crate) mod export;

const ANSWER: Access = Access::Act(Act::AnswerLetter);

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(address::CONTACT, Access::Public, write),
        Route::post(address::CONTACT, Access::Public, receive),
        Route::get("/contact/follow", Access::Public, find),
        Route::get("/contact/{number}", Access::Public, ask),
        Route::post("/contact/{number}", Access::Public, follow),
        Route::get(address::LETTERS, ANSWER, list),
        Route::get("/letters/export", ANSWER, download::<export::Letters>),
        Route::get("/letters/{id}", ANSWER, show),
        Route::post("/letters/{id}/answer", ANSWER, answer),
    ]
}

#[derive(Template)]
#[template(path = "office/letter/write.html")]
struct Write {
    frame: Frame,
    problems: Problems,
    form: LetterForm,
}

impl Write {
    fn kinds(&self) -> Vec<(String, String)> {
        let kinds = LetterKind::ALL.into_iter();
        kinds
            .map(|kind| {
                let word = self.frame.t_fixed(kind.word());
                (kind.key().to_owned(), word.to_owned())
            })
            .collect()
    }
}

/// The kind may be in the address, so that a link leads to a complaint.
async fn write(State(app): State<App>, frame: Frame, Query(form): Query<LetterForm>) -> PageResult {
    page(&Write {
        frame,
        problems: Problems::none(),
        form: LetterForm {
            kind: form.kind,
            request_key: request_key::fresh(&app),
            ..LetterForm::default()
        },
    })
}

/// What is told once to whoever wrote. The code is kept nowhere, so there is no page to go on to.
#[derive(Template)]
#[template(path = "office/letter/received.html")]
struct Received {
    frame: Frame,
    number: i64,
    code: String,
}

async fn receive(
    State(app): State<App>,
    Browser(browser): Browser,
    frame: Frame,
    Form(form): Form<LetterForm>,
) -> PageResult {
    let received = letters::receive(&app, &browser.network, &form).await;
    match told(received, &frame)? {
        Ok(Receipt { number, code }) => page(&Received {
            frame,
            number,
            code: slip::printed(&code),
        }),
        Err(problems) => unprocessable(&Write {
            frame,
            problems,
            form,
        }),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Number {
    number: String,
}

/// The number is typed into a form and stands in the address of the letter.
async fn find(Query(asked): Query<Number>) -> PageResult {
    match asked.number.trim().parse::<i64>() {
        Ok(number) => see_other(&address::followed(number)),
        Err(_) => see_other(address::CONTACT),
    }
}

#[derive(Template)]
#[template(path = "office/letter/follow.html")]
struct Follow {
    frame: Frame,
    problems: Problems,
    number: i64,
    letter: Option<Letter>,
}

async fn ask(frame: Frame, Path(number): Path<i64>) -> PageResult {
    page(&Follow {
        frame,
        problems: Problems::none(),
        number,
        letter: None,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Code {
    code: String,
}

async fn follow(
    State(app): State<App>,
    Browser(browser): Browser,
    frame: Frame,
    Path(number): Path<i64>,
    Form(typed): Form<Code>,
) -> PageResult {
    let found = letters::follow(&app, &browser.network, number, &typed.code).await;
    match told(found, &frame)? {
        Ok(letter) => page(&Follow {
            frame,
            problems: Problems::none(),
            number,
            letter: Some(letter),
        }),
        Err(problems) => unprocessable(&Follow {
            frame,
            problems,
            number,
            letter: None,
        }),
    }
}

#[derive(Template)]
#[template(path = "office/letter/list.html")]
struct List {
    frame: Frame,
    list: Letters,
}

impl List {
    fn kind(&self, letter: &Letter) -> &'static str {
        self.frame.t_fixed(letter.kind.word())
    }

    fn beginning(&self, letter: &Letter) -> String {
        beginning(letter)
    }
}

/// How it begins.
fn beginning(letter: &Letter) -> String {
    const SHOWN: usize = 40;
    let mut beginning: String = letter.text.chars().take(SHOWN).collect();
    if letter.text.chars().count() > SHOWN {
        beginning.push('…');
    }
    beginning
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
}

async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let number = asked.page.trim().parse().unwrap_or(1);
    let list = letters::list(&app, &actor, number).await?;
    page(&List { frame, list })
}

#[derive(Template)]
#[template(path = "office/letter/show.html")]
struct Show {
    frame: Frame,
    problems: Problems,
    letter: Letter,
    /// None where the instance's key can't open it.
    writer: Option<Writer>,
    typed: String,
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<LetterId>,
) -> PageResult {
    let shown = shown(&app, &actor, frame, &id, (Problems::none(), String::new())).await?;
    page(&shown)
}

async fn shown(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &LetterId,
    (problems, typed): (Problems, String),
) -> Result<Show, PageError> {
    let (letter, writer) = letters::show(app, actor, id).await?;
    Ok(Show {
        frame,
        problems,
        letter,
        writer,
        typed,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    answer: String,
}

async fn answer(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<LetterId>,
    Form(typed): Form<Answer>,
) -> PageResult {
    let answered = letters::answer(&app, &actor, &id, &typed.answer).await;
    match told(answered, &frame)? {
        Ok(()) => see_other_with(
            &address::letter(&id),
            "已答复，来信人凭编号和查询码能看到。",
        ),
        Err(problems) => {
            let again = (problems, typed.answer);
            unprocessable(&shown(&app, &actor, frame, &id, again).await?)
        }
    }
}
