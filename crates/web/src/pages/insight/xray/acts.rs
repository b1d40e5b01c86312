//! What is done from the list: the data is looked through now, and contradictions are dealt with many at once, through a preview.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    insight::{
        doubt::{self as doubts, Handling, HandlingInput, usual_answer_by},
        xray as xrays,
    },
};
use jianjia_domain::{
    core::{
        ids::{DoubtId, UnitId},
        refusal::Refusal,
    },
    insight::doubt::Doubt,
};
use serde::Deserialize;

use super::{Asked, Index, figures};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, see_other_with, unprocessable},
    pages::{core::address::job, insight::address::XRAY},
    path, query,
    session::SignedIn,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RunForm {
    unit: String,
    year: String,
}

pub(super) async fn run(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<RunForm>,
) -> PageResult {
    let unit: UnitId = path::read(&form.unit)?;
    let year: i16 = path::read(&form.year)?;
    match told(xrays::run(&app, &actor, &unit, year).await, &frame)? {
        Ok(id) => see_other(&job(&id)),
        Err(problems) => {
            let asked = Asked {
                year: form.year,
                ..Asked::default()
            };
            unprocessable(&Index::of(&app, &actor, frame, (asked, problems)).await?)
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChosenForm {
    chosen: Vec<String>,
    act: String,
    seen: Vec<String>,
    text: String,
    answer_by: String,
    /// The list that they were chosen from.
    q: String,
    year: String,
    rule: String,
    state: String,
    under: String,
    page: String,
}

impl ChosenForm {
    fn asked(&self) -> Asked {
        Asked {
            q: self.q.clone(),
            year: self.year.clone(),
            rule: self.rule.clone(),
            state: self.state.clone(),
            under: self.under.clone(),
            page: self.page.clone(),
        }
    }

    fn chosen(&self) -> Result<Vec<DoubtId>, PageError> {
        let seen = self.seen.iter();
        let of_seen = seen.filter_map(|token| token.split_once('~').map(|(id, _)| id.to_owned()));
        let chosen = self.chosen.iter().cloned().chain(of_seen);
        chosen.map(|id| path::read(&id)).collect()
    }

    /// An act that is none is that of a form that is not ours.
    fn handling(&self) -> Result<Handling, PageError> {
        Handling::from_key(&self.act).ok_or(PageError::NotFound)
    }
}

#[derive(Template)]
#[template(path = "insight/xray/preview.html")]
struct Preview {
    frame: Frame,
    app: App,
    handling: Handling,
    lines: Vec<(Doubt, Option<Refusal>)>,
    form: ChosenForm,
    problems: Problems,
}

impl Preview {
    /// Back to the page of the list.
    fn back(&self) -> String {
        let asked = self.form.asked();
        match self.form.page.as_str() {
            "" | "1" => asked.list(),
            page => query::asked(XRAY, &asked.fields()) + "page=" + page,
        }
    }

    fn able(&self) -> usize {
        let able = self.lines.iter().filter(|(_, refusal)| refusal.is_none());
        able.count()
    }

    fn is_asking(&self) -> bool {
        self.handling == Handling::Ask
    }

    fn heading(&self) -> String {
        let (frame, able) = (&self.frame, self.able());
        match self.handling {
            Handling::Ask => frame.t1("询问工会，{} 个疑点", able),
            Handling::Explain => frame.t1("认可说明，{} 个疑点", able),
            Handling::SetAside => frame.t1("不再追问，{} 个疑点", able),
        }
    }

    fn rule_name(&self, doubt: &Doubt) -> String {
        let standard = self.app.standards.of(doubt.year);
        figures::rule_name(&self.frame, standard, doubt)
    }

    fn sentence(&self, doubt: &Doubt) -> String {
        let standard = self.app.standards.of(doubt.year);
        figures::sentence(&self.frame, standard, doubt)
    }
}

pub(super) async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(mut form): Form<ChosenForm>,
) -> PageResult {
    let (handling, chosen) = (form.handling()?, form.chosen()?);
    if form.answer_by.is_empty() {
        form.answer_by = usual_answer_by(&app).to_string();
    }
    match told(
        doubts::preview(&app, &actor, handling, &chosen).await,
        &frame,
    )? {
        Ok(lines) => page(&Preview {
            frame,
            app,
            handling,
            lines,
            form,
            problems: Problems::none(),
        }),
        Err(problems) => {
            let again = (form.asked(), problems);
            unprocessable(&Index::of(&app, &actor, frame, again).await?)
        }
    }
}

pub(super) async fn carry_out(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<ChosenForm>,
) -> PageResult {
    let handling = form.handling()?;
    let input = HandlingInput {
        seen: form.seen.clone(),
        text: form.text.clone(),
        answer_by: form.answer_by.clone(),
    };
    match told(
        doubts::carry_out(&app, &actor, handling, &input).await,
        &frame,
    )? {
        Ok(done) => {
            let notice = match handling {
                Handling::Ask => frame.t1("已询问，共 {} 个疑点。工会在消息里会看到。", done.len()),
                Handling::Explain => frame.t1("已认可说明，共 {} 个疑点。", done.len()),
                Handling::SetAside => frame.t1("不再追问，共 {} 个疑点。", done.len()),
            };
            see_other_with(&form.asked().list(), &notice)
        }
        Err(problems) => {
            let chosen = form.chosen()?;
            match told(
                doubts::preview(&app, &actor, handling, &chosen).await,
                &frame,
            )? {
                Ok(lines) => unprocessable(&Preview {
                    frame,
                    app,
                    handling,
                    lines,
                    form,
                    problems,
                }),
                Err(problems) => {
                    let again = (form.asked(), problems);
                    unprocessable(&Index::of(&app, &actor, frame, again).await?)
                }
            }
        }
    }
}
