//! The way in: the code, then the password. Needs neither script nor account.

use askama::Template;
use axum::{extract::State, http::header};
use jianjia_app::{
    core::app::App,
    office::invitation::joining::{self, Invitee, JoinInput},
};
use jianjia_domain::office::account::{NameSource, login};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other, unprocessable},
    pages::office::sign_in::begun_at,
    routes::{Access, Route},
    session::Browser,
    visit::notice_cookie,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/join", Access::Public, enter),
        Route::post("/join", Access::Public, code),
        Route::get("/join/password", Access::Public, to_the_start),
        Route::post("/join/password", Access::Public, join),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    code: String,
    name: String,
    login: String,
    password: String,
    password_again: String,
}

#[derive(Template)]
#[template(path = "office/invitation/enter.html")]
struct Enter {
    frame: Frame,
    problems: Problems,
    typed: Typed,
}

#[derive(Template)]
#[template(path = "office/invitation/password.html")]
struct Password {
    frame: Frame,
    problems: Problems,
    invitee: Invitee,
    typed: Typed,
}

impl Password {
    fn asks_the_name(&self) -> bool {
        self.invitee.account.name_source != NameSource::Given && !self.invitee.is_reset
    }

    fn login(&self) -> String {
        if self.typed.login.is_empty() {
            login::shown(&self.invitee.account.login)
        } else {
            self.typed.login.clone()
        }
    }

    fn hint(&self) -> String {
        let sentence =
            "至少 {} 个字符，可以用几个不相干的词或一句话；不用姓名、工会名称、手机号和常用密码";
        self.frame.t1(sentence, self.invitee.least)
    }
}

async fn enter(frame: Frame) -> PageResult {
    page(&Enter {
        frame,
        problems: Problems::none(),
        typed: Typed::default(),
    })
}

/// Who reloads the second page begins again.
async fn to_the_start() -> PageResult {
    see_other("/join")
}

async fn code(
    State(app): State<App>,
    Browser(browser): Browser,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> PageResult {
    match told(joining::look(&app, &browser, &typed.code).await, &frame)? {
        Ok(invitee) => page(&Password {
            frame: asking(frame, &invitee),
            problems: Problems::none(),
            invitee,
            typed,
        }),
        Err(problems) => unprocessable(&Enter {
            frame,
            problems,
            typed,
        }),
    }
}

/// Help names the federation of the sheet, too.
fn asking(mut frame: Frame, invitee: &Invitee) -> Frame {
    frame.help.contact = invitee.contact.clone();
    frame
}

async fn join(
    State(app): State<App>,
    Browser(browser): Browser,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> PageResult {
    let input = JoinInput {
        code: typed.code.clone(),
        name: typed.name.clone(),
        login: typed.login.clone(),
        chosen: typed.password.clone(),
        again: typed.password_again.clone(),
    };
    let problems = match told(joining::join(&app, &browser, &input).await, &frame)? {
        Ok(begun) => {
            let mut response = begun_at("/desk", &begun)?;
            let notice = "欢迎您！密码已经设好，您已经登录。以后用您的用户名和这个密码登录。";
            let headers = response.headers_mut();
            headers.append(header::SET_COOKIE, notice_cookie(notice));
            return Ok(response);
        }
        Err(problems) => problems
            .renamed("chosen", "password")
            .renamed("again", "password_again"),
    };
    // The code stays good when only the password was not: the page with its owner comes back.
    if problems.of("code").is_none()
        && let Ok(invitee) = told(joining::look(&app, &browser, &typed.code).await, &frame)?
    {
        return unprocessable(&Password {
            frame: asking(frame, &invitee),
            problems,
            invitee,
            typed,
        });
    }
    unprocessable(&Enter {
        frame,
        problems,
        typed,
    })
}
