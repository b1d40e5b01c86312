//! Acts on many applications at once: the preview of what would happen, and the act.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::review::{self as reviews, BulkAct, BulkInput, BulkLine},
};
use jianjia_domain::core::policy::Actor;
use serde::Deserialize;

use super::{again, asked::Asked};
use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_linking, see_other_with, unprocessable},
    pages::round::{
        address,
        recommendation::{self, Place},
    },
    path,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "round/review/preview.html")]
struct Preview {
    frame: Frame,
    lines: Vec<Line>,
    chosen: Vec<String>,
    act: &'static str,
    opinion: String,
    request_key: String,
    /// The list that one came from.
    back: String,
    list: String,
    /// Year and title, and the federation, of the list of candidates that one came from.
    candidates: Option<(String, String)>,
    ready: usize,
    is_done: bool,
}

struct Line {
    applicant: String,
    title: String,
    href: String,
    /// What nobody has confirmed.
    unconfirmed: Vec<String>,
    refusal: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BulkForm {
    act: String,
    /// `application:revision`.
    chosen: Vec<String>,
    opinion: String,
    request_key: String,
    back: String,
    /// Year and title of the list of candidates, and whose it is, where the form stands there and not in the queue.
    list: String,
    federation: String,
}

impl BulkForm {
    /// The list of candidates that one came from.
    fn candidates(&self) -> Option<Place> {
        let (year, title) = self.list.split_once('/')?;
        Place::read(year, title, &self.federation)
    }

    /// The address of the list that one came from.
    fn list(&self) -> String {
        self.candidates()
            .map_or_else(|| Asked::of(&self.back).list(), |place| place.address())
    }

    /// The list that one came from, with what was ticked and typed and why it could not be done.
    async fn again(self, app: &App, actor: &Actor, frame: Frame, problems: Problems) -> PageResult {
        let place = self.candidates();
        let chosen = self.chosen.into_iter();
        let mut typed: Vec<(String, String)> =
            chosen.map(|value| ("chosen".to_owned(), value)).collect();
        typed.push(("opinion".to_owned(), self.opinion));
        typed.push(("back".to_owned(), self.back));
        let typed = Fields(typed);
        match place {
            Some(place) => recommendation::again(app, actor, frame, &place, typed, problems).await,
            None => again(app, actor, frame, typed, problems).await,
        }
    }

    fn input(&self) -> Result<BulkInput, PageError> {
        let chosen = self
            .chosen
            .iter()
            .map(|text| {
                let (id, revision) = text.split_once(':').ok_or(PageError::NotFound)?;
                Ok((path::read(id)?, path::read(revision)?))
            })
            .collect::<Result<_, PageError>>()?;
        Ok(BulkInput {
            act: BulkAct::from_key(&self.act).ok_or(PageError::NotFound)?,
            chosen,
            opinion: self.opinion.clone(),
            request_key: self.request_key.clone(),
        })
    }
}

pub(super) async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<BulkForm>,
) -> PageResult {
    let input = form.input()?;
    match told(reviews::preview(&app, &actor, &input).await, &frame)? {
        Ok(lines) => page(&preview_page(&app, frame, form, &input, lines, false)),
        Err(problems) => form.again(&app, &actor, frame, problems).await,
    }
}

pub(super) async fn carry_out(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<BulkForm>,
) -> PageResult {
    let input = form.input()?;
    match told(reviews::carry_out(&app, &actor, &input).await, &frame)? {
        Ok(lines) if lines.iter().all(|line| line.refusal.is_none()) => {
            let notice = done_words(&frame, input.act, &lines);
            if form.candidates().is_some() {
                return see_other_with(&form.list(), &notice);
            }
            let done = Asked::of(&form.back).done(input.act).list();
            see_other_linking(&form.list(), &notice, (&done, "打开名单"))
        }
        Ok(lines) => unprocessable(&preview_page(&app, frame, form, &input, lines, true)),
        Err(problems) => form.again(&app, &actor, frame, problems).await,
    }
}

/// What was done, on how many and which.
fn done_words(frame: &Frame, act: BulkAct, lines: &[BulkLine]) -> String {
    let number = lines.len();
    let names = lines.iter().map(|line| line.application.applicant_name());
    let names = frame.first_names(names);
    match act {
        BulkAct::Endorse => frame.t2("已同意上报 {} 份申报：{}。", number, names),
        BulkAct::Decide => frame.t2("已评定 {} 份申报：{}。", number, names),
        BulkAct::Confirm => frame.t2(
            "已以您的名义认定 {} 份申报里未核实的条目：{}。",
            number,
            names,
        ),
    }
}

fn preview_page(
    app: &App,
    frame: Frame,
    form: BulkForm,
    input: &BulkInput,
    lines: Vec<BulkLine>,
    is_done: bool,
) -> Preview {
    let ready = lines.iter().filter(|line| line.refusal.is_none()).count();
    let lines = lines
        .into_iter()
        .map(|line| Line {
            applicant: line.application.applicant_name(),
            title: app
                .standards
                .of(line.application.year)
                .title(&line.application.title)
                .map_or_else(String::new, |title| frame.text(&title.name).to_owned()),
            href: address::review(&line.application.id),
            unconfirmed: line
                .unconfirmed
                .iter()
                .map(|(_, name)| frame.text(name).to_owned())
                .collect(),
            refusal: line.refusal.map(|refusal| refusal.sentence(frame.lang)),
        })
        .collect();
    Preview {
        act: input.act.key(),
        opinion: input.opinion.clone(),
        list: form.list(),
        back: Asked::of(&form.back).query(),
        candidates: form.candidates().map(|place| place.key()),
        chosen: form.chosen,
        request_key: form.request_key,
        lines,
        ready,
        is_done,
        frame,
    }
}
