//! The page that says in words why there is no other.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use jianjia_app::core::{app::App, error::Outage};
use jianjia_domain::core::refusal::General;

use crate::{
    form::Problems,
    frame::Frame,
    help::Help,
    page::{Explanation, is_html},
    pages::office::factor::proof::ProofPage,
    visit::{Typed, Visit, is_nameless},
};

/// Writes what a handler could not answer as a page in the person's language; any other answer stays as it is.
pub fn explained(app: &App, visit: &Visit, response: Response) -> Response {
    let Some(explanation) = explanation_of(&response) else {
        return response;
    };
    let status = response.status();
    let mut frame = Frame::of(app, visit);
    // The page that was asked for is not shown, so its help would help with something else; whom to ask remains.
    frame.help = Help {
        contact: frame.help.contact,
        ..Help::default()
    };
    match rendered(app, frame, explanation, visit) {
        Ok(html) => {
            let mut page = (status, Html(html)).into_response();
            for name in [header::ALLOW, header::RETRY_AFTER] {
                if let Some(value) = response.headers().get(&name) {
                    page.headers_mut().insert(name, value.clone());
                }
            }
            page
        }
        Err(error) => {
            tracing::error!(%error, "the error page failed");
            status.into_response()
        }
    }
}

/// What is to be explained of an answer: what its handler says, or what the router and the extractors answer, who write no page.
fn explanation_of(response: &Response) -> Option<Explanation> {
    if let Some(explanation) = response.extensions().get::<Explanation>() {
        return Some(explanation.clone());
    }
    let status = response.status();
    let is_bare = !response.headers().contains_key(header::CONTENT_TYPE);
    if status == StatusCode::NOT_FOUND && is_bare {
        Some(Explanation::NotFound)
    } else if status.is_server_error() && is_bare {
        Some(Explanation::Internal)
    } else if is_json(response) {
        // A handler's own answer to a script.
        None
    } else if status.is_client_error() && !is_html(response) {
        Some(Explanation::Told {
            title: "这次请求看不懂",
            sentence: "地址或表单的内容不完整，系统没有保存任何内容。请返回上一页，刷新后再试。",
        })
    } else {
        None
    }
}

fn is_json(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

/// The page of an explanation; for voters without menu, account or script.
fn rendered(
    app: &App,
    frame: Frame,
    explanation: Explanation,
    visit: &Visit,
) -> Result<String, askama::Error> {
    if let Explanation::Refused(refusal) = &explanation
        && refusal.of() == Some(&General::ProofAsked)
    {
        return ProofPage::new(app, frame, visit, visit.address.clone(), Problems::none()).render();
    }
    let page = ErrorPage::new(frame, explanation, visit);
    if !is_nameless(&visit.path) {
        return page.render();
    }
    let ErrorPage {
        frame,
        title,
        sentence,
        ..
    } = page;
    NamelessErrorPage {
        frame,
        title,
        sentence,
    }
    .render()
}

#[derive(Template)]
#[template(path = "core/error/explanation.html")]
struct ErrorPage {
    frame: Frame,
    title: &'static str,
    sentence: String,
    may_sign_in: bool,
    /// The page whose form was sent.
    form: Option<String>,
    /// Whether the same may be tried again in a while.
    may_try_again: bool,
    /// What was sent, to be sent again.
    typed: Option<Typed>,
}

/// The same for voters: without menu, account or script.
#[derive(Template)]
#[template(path = "core/error/nameless.html")]
struct NamelessErrorPage {
    frame: Frame,
    title: &'static str,
    sentence: String,
}

impl ErrorPage {
    fn new(frame: Frame, explanation: Explanation, visit: &Visit) -> ErrorPage {
        let may_try_again = matches!(explanation, Explanation::Outage(_) | Explanation::Internal);
        let (title, sentence) = match explanation {
            Explanation::NotFound => (
                "没有找到这一页",
                frame
                    .t("地址可能写错了，或者这一页不在您的权限范围内。请从下面的入口重新进入。")
                    .to_owned(),
            ),
            Explanation::Refused(refusal) => ("这件事现在不能办", refusal.sentence(frame.lang)),
            Explanation::Internal => (
                "系统出了问题",
                frame
                    .t("这次没有办成，也没有保存。问题已经记录下来，请稍后再试；如果一直这样，请联系市总工会。")
                    .to_owned(),
            ),
            Explanation::Outage(outage) => {
                let (title, sentence) = of_outage(outage);
                (title, frame.t(sentence).to_owned())
            }
            Explanation::Told { title, sentence } => (title, frame.t(sentence).to_owned()),
        };
        ErrorPage {
            may_sign_in: frame.actor.is_none(),
            typed: visit.typed.get().filter(|_| may_try_again).cloned(),
            form: visit.form.clone(),
            may_try_again,
            title: frame.t_fixed(title),
            sentence,
            frame,
        }
    }
}

/// Title and sentence of what the machine lacks.
fn of_outage(outage: Outage) -> (&'static str, &'static str) {
    match outage {
        Outage::Away => (
            "数据库暂时没有回应",
            "这次没有办成，也没有保存。这是系统的问题，不是您的操作有错。请过一两分钟再试；如果一直这样，请联系市总工会。",
        ),
        Outage::FilesAway => (
            "存放文件的服务器暂时没有回应",
            "这次没有办成，也没有保存。这是系统的问题，不是您的操作有错。请过一两分钟再试；如果一直这样，请联系市总工会。",
        ),
        Outage::Full => (
            "服务器的磁盘满了",
            "现在什么都存不进去，所以这次没有保存；查看不受影响。请告诉市总工会的系统管理员，腾出空间后就能继续。",
        ),
        Outage::ReadOnly | Outage::Disk => (
            "服务器的磁盘暂时不能写入",
            "现在什么都存不进去，所以这次没有保存。请告诉市总工会的系统管理员，修好后就能继续。",
        ),
    }
}
