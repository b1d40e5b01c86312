//! The page that says in words why there is no other.

use askama::Template;

use crate::{
    frame::Frame,
    page::Explanation,
    visit::{Visit, is_nameless},
};

/// The page of an explanation; for voters without menu, account or script.
///
/// # Errors
/// When the template can't be rendered.
pub fn page(
    frame: Frame,
    explanation: Explanation,
    visit: &Visit,
) -> Result<String, askama::Error> {
    let page = ErrorPage::new(frame, explanation, visit.form.clone());
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
#[template(path = "errors/explanation.html")]
struct ErrorPage {
    frame: Frame,
    title: &'static str,
    sentence: String,
    may_sign_in: bool,
    /// The page whose form was sent.
    form: Option<String>,
}

/// The same for voters: without menu, account or script.
#[derive(Template)]
#[template(path = "errors/nameless.html")]
struct NamelessErrorPage {
    frame: Frame,
    title: &'static str,
    sentence: String,
}

impl ErrorPage {
    fn new(frame: Frame, explanation: Explanation, form: Option<String>) -> ErrorPage {
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
            Explanation::Told { title, sentence } => (title, frame.t(sentence).to_owned()),
        };
        ErrorPage {
            may_sign_in: frame.actor.is_none(),
            title: frame.t_fixed(title),
            sentence,
            form,
            frame,
        }
    }
}
